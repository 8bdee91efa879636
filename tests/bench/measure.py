"""Asking two servers in turns, and reading what each answer cost its processor."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.seed import HOME, environment

ROUNDS = 60  # short ones, in turns: what else the machine does meanwhile then meets both alike

Ask = tuple[str, str, bytes | None, dict[str, str]]  # method, address, body, headers


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _share_a_core() -> None:
    """Put this process on the last core that it may use: both servers then meet the same neighbours."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


class Server:
    """One of the two servers, in a process of its own, or in several under granian.

    `more` are further settings, `beside` gives the processor seconds of what works for it elsewhere.
    """

    def __init__(
        self,
        which: str,
        folder: Path,
        more: dict[str, str] | None = None,
        kind: str = "waitress",
        beside: Callable[[], float] | None = None,
    ) -> None:
        self.port, self.beside = free_port(), beside
        command = [sys.executable, "-m", "tests.bench.server", which, str(self.port), kind]
        self.process = subprocess.Popen(
            command, cwd=HOME, env=environment(folder) | (more or {}), stdout=subprocess.PIPE, preexec_fn=_share_a_core
        )
        self.connection = self.connect()
        if kind == "waitress":
            if self.process.stdout is None or self.process.stdout.readline() != b"ready\n":
                raise SystemExit(f"the server “{which}” did not start")
        else:
            self._wait()

    def connect(self) -> http.client.HTTPConnection:
        """A further connection to it."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def _wait(self) -> None:
        for _n in range(300):
            try:
                self.ask(("GET", "/healthz", None, {}))
            except (OSError, http.client.HTTPException):
                self.connection = self.connect()
                time.sleep(0.1)
            else:
                return
        raise SystemExit("the server did not start")

    def ask(self, asked: Ask) -> tuple[int, bytes, http.client.HTTPMessage]:
        """One request on the one connection: status, body, headers."""
        method, address, body, headers = asked
        self.connection.request(method, address, body, headers)
        answer = self.connection.getresponse()
        return answer.status, answer.read(), answer.headers

    def cpu(self) -> float:
        """Processor seconds that its processes have used so far, all their threads together."""
        pids = [self.process.pid, *children_of(self.process.pid)]
        own = sum(time.clock_gettime((~pid << 3) | 2) for pid in pids)  # Linux: the CPU clock of another process
        return own + (self.beside() if self.beside else 0.0)

    def stop(self) -> None:
        """End the process."""
        self.process.terminate()
        self.process.wait(10)


def children_of(pid: int) -> list[int]:
    """The processes that `pid` has started and that still run."""
    tasks = Path(f"/proc/{pid}/task")
    return [int(child) for task in tasks.iterdir() for child in (task / "children").read_text().split()]


@dataclass
class Cost:
    """Processor milliseconds per request, of each round, and how many milliseconds each answer took."""

    rounds: list[float] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    bytes: int = 0
    status: int = 0

    @property
    def ms(self) -> float:
        """The mean of the quietest third of the rounds: others' work only ever adds."""
        quiet = sorted(self.rounds)[: max(1, len(self.rounds) // 3)]
        return sum(quiet) / len(quiet)


def compare(
    servers: dict[str, Server], asks: dict[str, Callable[[int], Ask]], count: int, rounds: int = ROUNDS
) -> dict[str, Cost]:
    """Ask each of its server `count` times a round, in turns; `asks` gives the nth request for each name.

    A name begins with that of its server: "ours", "bare", "ours deep".
    """
    costs = {name: Cost() for name in asks}
    numbers = dict.fromkeys(asks, 0)
    for round_number in range(-3, rounds):  # the first ones warm up
        for name, ask in asks.items():
            server = servers[name.split(" ")[0]]
            before = server.cpu()
            for _n in range(count):
                asked, start = ask(numbers[name]), time.perf_counter()
                status, body, _headers = server.ask(asked)
                costs[name].times.append(1000 * (time.perf_counter() - start))
                numbers[name] += 1
            spent = server.cpu() - before
            costs[name].status, costs[name].bytes = status, len(body)
            if round_number >= 0:
                costs[name].rounds.append(1000 * spent / count)
    return costs
