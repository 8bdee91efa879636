"""While the database is locked or the disk full, people read on; writing is refused politely until it is over."""

import http.client
import resource
import sys
import time
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from tests.faults.besieging import WEB, Besieged, read_token

LOCKED = 30.0  # seconds
SOON = 2.0  # seconds that a page may take meanwhile
ROOM = 2**20  # bytes that the log of writes may still grow


class Person:
    """Somebody with a browser who comments."""

    def __init__(self, site: Besieged, cookie: str) -> None:
        self._site, self._headers = site, {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
        self._token = read_token(site.connect(), self._headers)

    def ask(self, method: str, address: str, **fields: str) -> tuple[int, str, http.client.HTTPMessage]:
        """Status, page and headers of an answer."""
        connection = self._site.connect()
        connection.request(method, address, urlencode(fields) if fields else None, self._headers)
        answer = connection.getresponse()
        body = answer.read().decode()
        connection.close()
        return answer.status, body, answer.headers

    def comment(self, words: str) -> tuple[int, str, http.client.HTTPMessage]:
        """Send a comment."""
        address = f"/posts/{self._site.posts[0]}/comments"
        return self.ask("POST", address, body=words, speaks="personal", csrf_token=self._token)

    def reads(self) -> float:
        """Read the board and a post; the seconds that the slower of them took."""
        slowest = 0.0
        for address in ("/", f"/posts/{self._site.posts[0]}"):
            at = time.monotonic()
            assert self.ask("GET", address)[0] == 200
            slowest = max(slowest, time.monotonic() - at)
        return slowest


@pytest.fixture
def site(empty_database, tmp_path) -> Iterator[Besieged]:
    made = Besieged(empty_database, tmp_path / "site")
    made.cookies = made.people(1)
    made.start(WEB)
    yield made
    made.stop()


def test_a_locked_database_refuses_writes_politely_and_takes_them_again(site):
    person = Person(site, site.cookies[0])
    assert person.comment("Before")[0] == 303
    with site.session() as session:
        session.connection()  # takes the write lock
        began = time.monotonic()
        status, page, headers = person.comment("Meanwhile, and a sentence that took long to write")
        assert status == 503
        assert int(headers["Retry-After"]) > 0
        assert "a sentence that took long to write" in page  # still there, to be sent again
        while time.monotonic() - began < LOCKED:
            assert person.reads() < SOON
            time.sleep(0.5)
        assert person.comment("Meanwhile")[0] == 503
    assert person.comment("After")[0] == 303


@pytest.mark.skipif(sys.platform != "linux", reason="limits of another process can be set on Linux")
def test_a_full_disk_refuses_writes_politely_and_takes_them_again(site):
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
