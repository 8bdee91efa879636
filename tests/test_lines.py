"""Two lines of requests before the threads of the web server."""

import threading
from types import SimpleNamespace

from forum.lines import Lines, TwoLines, Writing


class Channel:
    """A connection with one request: it says when it is answered, and may have to wait for its answer."""

    def __init__(self, command, answered, held=None):
        self.requests = [SimpleNamespace(command=command)]
        self.answered, self.held, self.begun = answered, held, threading.Event()

    def service(self):
        self.begun.set()
        if self.held:
            self.held.wait(10)
        self.answered.append(self.requests[0].command)

    def cancel(self):
        self.answered.append("cancelled")


def test_reading_and_writing_take_turns_and_no_more_write_at_once_than_may():
    lines, posts = Lines(1), [Writing(Channel("POST", []), None) for _n in range(2)]
    for task in (*posts, "page", "other page"):
        lines.append(task)

    taken = [lines.popleft()]
    taken += [lines.popleft() for _n in range(len(lines))]  # the second post may not begin
    lines.begun -= 1
    taken += [lines.popleft() for _n in range(len(lines))]

    assert taken == ["page", posts[0], "other page", posts[1]]


def test_a_reader_does_not_wait_behind_those_who_write():
    answered, held = [], threading.Event()
    server = TwoLines(3, writing=1)
    posts = [Channel("POST", answered, held) for _n in range(20)]
    page, done = Channel("GET", answered), Channel("POST", answered)
    for channel in (*posts, page, done):
        server.add_task(channel)

    assert page.begun.wait(10)
    assert [post.begun.is_set() for post in posts].count(True) <= 1
    held.set()
    assert done.begun.wait(10)
    server.shutdown()

    assert answered[0] == "GET"
    assert answered[1:] == ["POST"] * 21


def test_what_waits_to_write_is_told_when_the_server_stops():
    answered, held = [], threading.Event()
    server = TwoLines(1, writing=2)
    first, second = Channel("POST", answered, held), Channel("POST", answered)
    server.add_task(first)
    assert first.begun.wait(10)
    server.add_task(second)
    threading.Timer(0.2, held.set).start()
    server.shutdown()

    assert sorted(answered) == ["POST", "cancelled"]
