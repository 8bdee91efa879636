"""One server in a process of its own: `python -m tests.bench.server ours|bare|same PORT [waitress|granian]`."""

import gc
import importlib
import os
import sys
from typing import Any

from forum.serving import make_server

APPS = {"ours": "forum.app", "bare": "tests.bench.bare", "same": "tests.bench.same"}
WORKERS = 2


def main(which: str, port: int, kind: str = "waitress") -> None:
    """Serve the real site or a bare one, both by waitress as it is shipped or both by granian."""
    if kind == "granian":
        os.environ["BENCH_APP"] = which
        target = "tests.bench.server:make()"
        options = ["--factory", "--interface", "wsgi", "--workers", str(WORKERS), "--blocking-threads", "4"]
        run = [sys.executable, "-m", "granian", *options, "--port", str(port), "--log-level", "error"]
        os.execv(sys.executable, [*run, target.removesuffix("()")])
    server = make_server(make(which), "127.0.0.1", port)
    gc.freeze()
    print("ready", flush=True)
    server.run()


def make(which: str = "") -> Any:
    """The application; ours says how many queries each answer took."""
    which = which or os.environ["BENCH_APP"]
    app = importlib.import_module(APPS[which]).create_app()
    if which == "ours":
        _count(app)
    return app


def _count(app: Any) -> None:
    from flask import g
    from sqlalchemy import event

    from forum.core.database import engine

    def note(*_rest: object) -> None:
        g.bench_queries = g.get("bench_queries", 0) + 1

    def tell(response: Any) -> Any:
        response.headers["X-Queries"] = str(g.get("bench_queries", 0))
        return response

    event.listen(engine(), "before_cursor_execute", note)
    app.after_request(tell)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), *sys.argv[3:])
