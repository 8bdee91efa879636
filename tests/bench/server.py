"""One server in a process of its own: `python -m tests.bench.server ours|bare PORT`."""

import gc
import sys

from forum.serving import make_server


def main(which: str, port: int) -> None:
    """Serve the real site or the bare one, both by waitress as it is shipped."""
    if which == "ours":
        from forum.app import create_app
    else:
        from tests.bench.bare import create_app
    server = make_server(create_app(), "127.0.0.1", port)
    gc.freeze()
    print("ready", flush=True)
    server.run()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
