"""A worker that knows a job which writes down that it was done: `python -m tests.faults.counting_worker`."""

import os
import time
from pathlib import Path

from config import settings
from forum.core import jobs, worker


def done_file() -> Path:
    """Where each job writes a line: its number and the process that did it."""
    return settings().data_dir / "done.txt"


@jobs.job("tests.write_down")
def write_down(*, number: int) -> None:
    """Take a moment, then say so."""
    time.sleep(0.02)
    with done_file().open("a") as file:
        file.write(f"{number} {os.getpid()}\n")  # one write: lines of two processes do not mix


if __name__ == "__main__":
    worker.work()
