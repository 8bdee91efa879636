"""A worker and jobs that hang the first time: `python -m tests.core.slow_worker SECONDS_OF_SILENCE`."""

import os
import sys
import time
from pathlib import Path
from typing import Any

from forum.core import jobs, worker
from forum.core.database import transaction


@jobs.job("tests.hang_once")
def hang_once(*, began: str, progress: jobs.Progress) -> dict[str, Any]:
    """Hang when run for the first time, finish when run again; `began` is the file that tells by which process."""
    progress.step("waiting", 0, 1)
    if not Path(began).exists():
        Path(began).with_suffix(".new").write_text(str(os.getpid()))
        Path(began).with_suffix(".new").rename(began)
        time.sleep(60)
    with transaction() as session:
        progress.fence(session)
    return {"process": os.getpid()}


@jobs.job("tests.hang_once_apart", heavy=True, timeout=30)
def hang_once_apart(*, began: str, progress: jobs.Progress) -> dict[str, Any]:
    """The same in a process of its own."""
    answer: dict[str, Any] = hang_once(began=began, progress=progress)
    return answer


if __name__ == "__main__":
    jobs.HEARTBEAT, jobs.SILENCE, worker.SWEEP_EVERY = 0.2, float(sys.argv[1]), 0.3
    worker.work(threads=1)
