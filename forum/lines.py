"""Which request a thread takes next: reading does not wait behind writing.

The database takes one writer at a time, so that many writing threads get no further than two. Left alone, a burst
of posts holds every thread, and whoever only reads stands behind all of them. Here what writes has a line of its
own, and at most `WRITING` threads work on it; where both wait, they are taken in turns.
"""

from collections import deque
from typing import Any

from waitress.task import ThreadedTaskDispatcher

WRITING = 2  # threads: one has the database while the other one reads its form, or checks a password
_READS = ("GET", "HEAD", "OPTIONS")


class Lines:
    """The tasks that wait, in two lines; it has the face of the one line that it stands for.

    It is as long as there are tasks that may begin. Whoever uses it holds the dispatcher's lock.
    """

    def __init__(self, most: int) -> None:
        self.most = most  # tasks of the second line at a time
        self.begun = 0
        self._reading: deque[Any] = deque()
        self._writing: deque[Any] = deque()
        self._is_turn_of_writing = False

    def __len__(self) -> int:
        return len(self._reading) + max(0, min(len(self._writing), self.most - self.begun))

    def append(self, task: Any) -> None:
        """Put a task at the end of its line."""
        (self._writing if isinstance(task, Writing) else self._reading).append(task)

    def popleft(self) -> Any:
        """The task that begins now. Raises `IndexError` when none may."""
        may_write = bool(self._writing) and self.begun < self.most
        if may_write and (self._is_turn_of_writing or not self._reading):
            self._is_turn_of_writing = False
            self.begun += 1
            return self._writing.popleft()
        self._is_turn_of_writing = True
        return self._reading.popleft()


class Writing:
    """A request that writes, as the dispatcher has it; it tells when it is done."""

    def __init__(self, channel: Any, dispatcher: "TwoLines") -> None:
        self.channel, self.dispatcher = channel, dispatcher

    def service(self) -> None:
        """Answer the request, then let the next one that writes begin."""
        try:
            self.channel.service()
        finally:
            self.dispatcher.end_writing()

    def cancel(self) -> None:
        """Leave the request unanswered, because the server stops."""
        self.channel.cancel()
        self.dispatcher.queue.begun -= 1  # it was taken out of its line to be told so


class TwoLines(ThreadedTaskDispatcher):  # type: ignore[misc]  # waitress tells no types
    """Threads that take requests from two lines."""

    def __init__(self, threads: int, *, writing: int = WRITING) -> None:
        super().__init__()
        self.queue = Lines(writing)
        self.set_thread_count(threads)

    def add_task(self, task: Any) -> None:
        """Put a channel with a request in its line, and wake a thread if it may begin.

        Not the parent's, which warns of every request that waits: in a flood that fills the log.
        """
        command = getattr(task.requests[0], "command", "GET") if task.requests else "GET"
        with self.lock:
            self.queue.append(task if command in _READS else Writing(task, self))
            self.queue_cv.notify()

    def end_writing(self) -> None:
        """One request that wrote is done: the next one may begin."""
        with self.lock:
            self.queue.begun -= 1
            self.queue_cv.notify()
