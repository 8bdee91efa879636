"""Starting the site: the web server with a worker beside it, ended together."""

import os
import signal
import subprocess
import sys
from urllib.parse import urlsplit

import click
from flask import current_app

from config import HOME, settings
from forum.core.database import engine

THREADS = 8
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

    from waitress.server import create_server

    from forum.core import schema

    _settle_address(host, port)
    if not schema.is_current(engine()):
        schema.upgrade(engine())
    if trying:
        from forum.demo.trying import prepare

        prepare()
    server = create_server(
        current_app._get_current_object(),  # type: ignore[attr-defined]
        host=host,
        port=port,
        threads=THREADS,
        connection_limit=CONNECTIONS,
        ident=None,
        clear_untrusted_proxy_headers=False,
    )
    worker = _start_worker() if with_worker else None
    for sign in (signal.SIGTERM, signal.SIGINT):  # also where a shell started us with Ctrl-C ignored
        signal.signal(sign, _interrupt)
    gc.freeze()  # what start-up made stays; the collector need not look at it again
    _announce(trying)
    try:
        server.run()
    finally:
        server.close()
        if worker:
            _stop(worker)
    click.echo("Stopped.")


def _interrupt(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _start_worker() -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]
    # A session of its own: Ctrl-C reaches the worker once, through us.
    return subprocess.Popen(command, cwd=HOME, start_new_session=True)  # noqa: S603  # our own arguments


def _stop(worker: subprocess.Popen[bytes]) -> None:
    worker.terminate()
    try:
        worker.wait(10)
    except subprocess.TimeoutExpired:
        worker.kill()


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
