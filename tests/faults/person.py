"""Somebody who uses a besieged site with a browser, and notices how long it takes."""

import http.client
import time
from urllib.parse import urlencode

from tests.faults.besieging import Besieged, read_token

SOON = 2.0  # seconds that a page may take whatever is wrong


class Person:
    """Somebody with a browser who comments."""

    def __init__(self, site: Besieged, cookie: str, *, form: str = "/posts/new") -> None:
        """The `cookie` of a sign-in, or none; `form` is a page with a form that they may fill in."""
        self._site, self._headers = site, {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
        self._token = read_token(site.connect(), self._headers, form)
        self.slowest = 0.0  # seconds that an answer has taken at most

    def ask(self, method: str, address: str, **fields: str) -> tuple[int, str, http.client.HTTPMessage]:
        """Status, page and headers of an answer."""
        began = time.monotonic()
        connection = self._site.connect()
        connection.request(method, address, urlencode(fields) if fields else None, self._headers)
        answer = connection.getresponse()
        body = answer.read().decode()
        connection.close()
        self.slowest = max(self.slowest, time.monotonic() - began)
        return answer.status, body, answer.headers

    def send(self, address: str, **fields: str) -> tuple[int, str, http.client.HTTPMessage]:
        """Send a form of ours."""
        return self.ask("POST", address, csrf_token=self._token, **fields)

    def comment(self, words: str) -> tuple[int, str, http.client.HTTPMessage]:
        """Send a comment."""
        return self.send(f"/posts/{self._site.posts[0]}/comments", body=words, speaks="personal")

    def reads(self, *addresses: str) -> float:
        """Read these pages, or the board and a post; the seconds that the slowest of them took."""
        slowest = 0.0
        for address in addresses or ("/", f"/posts/{self._site.posts[0]}"):
            at = time.monotonic()
            assert self.ask("GET", address)[0] == 200, address
            slowest = max(slowest, time.monotonic() - at)
        return slowest
