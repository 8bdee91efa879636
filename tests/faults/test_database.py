"""While the database is locked or the disk full, people read on; writing is refused politely until it is over."""

import resource
import sys
import time
from collections.abc import Iterator

import pytest

from tests.faults.besieging import WEB, Besieged
from tests.faults.person import SOON, Person

LOCKED = 30.0  # seconds
ROOM = 2**20  # bytes that the log of writes may still grow


@pytest.fixture
def site(empty_database, tmp_path) -> Iterator[Besieged]:
    made = Besieged(empty_database, tmp_path / "site")
    made.cookies = made.people(1)
    made.start(WEB)
    yield made
    made.stop()


def test_a_locked_database_refuses_writes_politely_and_takes_them_again(site, record_property):
    person = Person(site, site.cookies[0])
    assert person.comment("Before")[0] == 303
    with site.session() as session:
        session.connection()  # takes the write lock
        began = time.monotonic()
        status, page, headers = person.comment("Meanwhile, and a sentence that took long to write")
        assert status == 503
        assert int(headers["Retry-After"]) > 0
        assert "a sentence that took long to write" in page  # still there, to be sent again
        slowest = 0.0
        while time.monotonic() - began < LOCKED:
            slowest = max(slowest, person.reads())
            time.sleep(0.5)
        assert slowest < SOON
        assert person.comment("Meanwhile")[0] == 503
    assert person.comment("After")[0] == 303
    record_property("figure", f"locked for {LOCKED:g} s, slowest page {slowest:.2f} s")


@pytest.mark.skipif(sys.platform != "linux", reason="limits of another process can be set on Linux")
def test_a_full_disk_refuses_writes_politely_and_takes_them_again(site, record_property):
    person = Person(site, site.cookies[0])
    size = max(path.stat().st_size for path in site.folder.iterdir())
    site.limit(WEB, resource.RLIMIT_FSIZE, size + ROOM)
    written = 0
    for written in range(2_000):
        status, page, headers = person.comment(f"{written} " + "words " * 400)
        if status != 303:
            break
    assert status == 503
    assert int(headers["Retry-After"]) > 0
    assert "words words" in page
    assert person.reads() < SOON

    site.limit(WEB, resource.RLIMIT_FSIZE, resource.RLIM_INFINITY)
    assert person.comment("There is room again")[0] == 303
    assert site.is_whole()
    assert site.comments() == written + 1
    record_property("figure", f"{written} comments until the disk was full, {written + 1} stand when there is room")
