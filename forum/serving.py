"""Starting the site: the web server with a worker beside it, ended together."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import click
from flask import Flask, current_app

from config import HOME, note_running, settings
from forum.core.database import engine

THREADS = 8
_ARENA_MAX = -8  # what glibc calls M_ARENA_MAX
SWITCH = 0.001  # seconds
WORKER = (sys.executable, "-m", "flask", "--app", "wsgi", "worker")
FIRST_WAIT = 1.0  # seconds until a worker that ended is started again; twice as long each time
CONNECTIONS = 1000  # stalled clients cannot stop waitress: it reads a request before a thread gets it


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, help="Port to listen on.")
@click.option("--try", "trying", is_flag=True, help="For trying it out: demo content on the first start.")
@click.option("--worker/--no-worker", "with_worker", default=True, help="Start a worker beside the web server.")
def serve(host: str, port: int, trying: bool, with_worker: bool) -> None:
    """Serve the site, with a worker for background jobs, until Ctrl-C.

    Migrates the database first. With --try the first start plants the demo content and makes one
    account for each role.
    """
    import gc

    from forum.core import schema

    _settle_address(host, port)
    if not schema.is_current(engine()):
        schema.upgrade(engine())
    if trying:
        from forum.demo.trying import prepare

        prepare()
    _share_one_heap()
    server = make_server(current_app._get_current_object(), host, port)  # type: ignore[attr-defined]
    keeper = None
    for sign in (signal.SIGTERM, signal.SIGINT):  # also where a shell started us with Ctrl-C ignored
        signal.signal(sign, _interrupt)
    gc.freeze()  # what start-up made stays; the collector need not look at it again
    try:
        with suppress(OSError):  # commands then print the address of the settings
            note_running(settings().data_dir, settings().site_url)
        keeper = WorkerKeeper() if with_worker else None
        _announce(trying)
        server.run()
    finally:
        server.close()
        if keeper:
            keeper.stop()
    click.echo("Stopped.")


def _share_one_heap() -> None:
    """Have all threads take memory from one heap where the C library can: one for each holds much that none uses.

    The web process then holds a fifth less after thousands of pages. Python's own lock lets one thread run at a
    time, so they hardly ever wait for each other there.
    """
    with suppress(OSError, AttributeError):  # another C library than glibc
        ctypes.CDLL(None).mallopt(_ARENA_MAX, 1)


def make_server(app: Flask, host: str, port: int) -> Any:
    """The web server as it is shipped, listening but not answering yet."""
    from waitress.server import create_server

    from forum.lines import TwoLines

    # A thread with the interpreter hands it over after so many seconds. Readers ask the database often and would
    # wait for that each time while somebody else's page is made.
    sys.setswitchinterval(SWITCH)
    return create_server(
        app,
        host=host,
        port=port,
        connection_limit=CONNECTIONS,
        ident=None,
        clear_untrusted_proxy_headers=False,
        _dispatcher=TwoLines(THREADS),
    )


def _interrupt(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt


class WorkerKeeper:
    """A worker in a process of its own, started again when it ends although nobody stopped it."""

    def __init__(self, command: tuple[str, ...] = WORKER, longest_wait: float = 60.0) -> None:
        self.command = command
        self.longest_wait = longest_wait  # seconds
        self._stopped = threading.Event()
        self._starting = threading.Lock()  # so that none is started once we are stopped
        self.process = self._start()
        threading.Thread(target=self._keep, daemon=True).start()

    def _start(self) -> subprocess.Popen[bytes]:
        # A session of its own: Ctrl-C reaches the worker once, through us.
        return subprocess.Popen(self.command, cwd=HOME, start_new_session=True)  # noqa: S603  # our own arguments

    def _keep(self) -> None:
        wait = FIRST_WAIT
        while True:
            began = time.monotonic()
            status = self.process.wait()
            if time.monotonic() - began > self.longest_wait:
                wait = FIRST_WAIT
            if self._stopped.is_set():
                return
            click.echo(f"The worker has ended (status {status}) and is started again in {wait:g} seconds.", err=True)
            if self._stopped.wait(wait):
                return
            wait = min(2 * wait, self.longest_wait)
            with self._starting:
                if self._stopped.is_set():
                    return
                self.process = self._start()

    def stop(self) -> None:
        """End the worker for good, within ten seconds."""
        with self._starting:
            self._stopped.set()
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()


def _settle_address(host: str, port: int) -> None:
    """On this machine alone, the address in mails and links follows the port; elsewhere the setting rules."""
    chosen = settings()
    if chosen.is_loopback and urlsplit(chosen.site_url).port != port:
        chosen.site_url = os.environ["FORUM_SITE_URL"] = f"http://{host}:{port}"


def _announce(trying: bool) -> None:
    click.echo(f"\nCabin is running on {settings().site_url}  (Ctrl-C stops it)")
    if trying:
        from forum.demo.trying import sign_in_lines

        for line in sign_in_lines():
            click.echo(line)
