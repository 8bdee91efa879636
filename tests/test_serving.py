"""The worker beside the web server."""

import sys
import time

from forum.serving import WorkerKeeper


def test_a_worker_that_ends_is_started_again_and_one_that_is_stopped_is_not(tmp_path, capfd, monkeypatch):
    monkeypatch.setattr("forum.serving.FIRST_WAIT", 0.05)
    log = tmp_path / "log"
    code = f"import os, time; open({str(log)!r}, 'a').write(f'{{os.getpid()}}\\n'); time.sleep(60)"
    keeper = WorkerKeeper((sys.executable, "-c", code))

    first = wait_for_lines(log, 1)[0]
    keeper.process.kill()
    first_again, second = wait_for_lines(log, 2)
    keeper.stop()
    time.sleep(0.3)

    assert first == first_again != second
    assert keeper.process.poll() is not None
    assert len(log.read_text().splitlines()) == 2
    assert "The worker has ended (status -9) and is started again" in capfd.readouterr().err


def wait_for_lines(log, count):
    """The first `count` lines of a file, once they are there."""
    end = time.monotonic() + 20
    while not log.exists() or len(log.read_text().splitlines()) < count:
        assert time.monotonic() < end
        time.sleep(0.02)
    return log.read_text().splitlines()[:count]
