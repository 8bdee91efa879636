"""The web server, and the worker beside it."""

import socket
import sys
import threading
import time
from http.client import HTTPConnection

import pytest

from forum.serving import THREADS, WorkerKeeper, make_server


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


@pytest.fixture
def port(app, monkeypatch):
    """Where the web server listens that we ship."""
    monkeypatch.setattr("sys.setswitchinterval", lambda _seconds: None)  # of all threads, in later tests as well
    server, done = make_server(app, "127.0.0.1", 0), threading.Event()

    def answer():
        while not done.is_set():
            server.asyncore.loop(timeout=0.02, map=server._map, use_poll=True, count=1)

    thread = threading.Thread(target=answer)
    thread.start()
    yield server.socket.getsockname()[1]
    done.set()
    thread.join()
    server.task_dispatcher.shutdown()
    server.asyncore.close_all(server._map)


def test_whoever_sends_half_a_request_keeps_nobody_waiting(port):
    stalled = [socket.create_connection(("127.0.0.1", port)) for _n in range(2 * THREADS)]
    for one in stalled:
        one.sendall(b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\nemail=")
    asking = HTTPConnection("127.0.0.1", port, timeout=5)
    asking.request("GET", "/healthz")
    answer = asking.getresponse()
    said = answer.read()
    for one in (*stalled, asking):
        one.close()

    assert (answer.status, said) == (200, b'{"status":"ok"}\n')
    assert answer.headers["Server"] is None
