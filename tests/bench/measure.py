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
    """One of the two servers, in a process of its own."""

    def __init__(self, which: str, folder: Path) -> None:
        port = free_port()
        command = [sys.executable, "-m", "tests.bench.server", which, str(port)]
        self.process = subprocess.Popen(
            command, cwd=HOME, env=environment(folder), stdout=subprocess.PIPE, preexec_fn=_share_a_core
        )
        if self.process.stdout is None or self.process.stdout.readline() != b"ready\n":
            raise SystemExit(f"the server “{which}” did not start")
        self.connection = http.client.HTTPConnection("127.0.0.1", port)

    def ask(self, asked: Ask) -> tuple[int, bytes, http.client.HTTPMessage]:
        """One request on the one connection: status, body, headers."""
        method, address, body, headers = asked
        self.connection.request(method, address, body, headers)
        answer = self.connection.getresponse()
        return answer.status, answer.read(), answer.headers

    def cpu(self) -> float:
        """Processor seconds that the process has used so far, all its threads together."""
        return time.clock_gettime((~self.process.pid << 3) | 2)  # Linux: the CPU clock of another process

    def stop(self) -> None:
        """End the process."""
        self.process.terminate()
        self.process.wait(10)


@dataclass
class Cost:
    """Processor milliseconds per request, of each round."""

    rounds: list[float] = field(default_factory=list)
    bytes: int = 0
    status: int = 0

    @property
    def ms(self) -> float:
        """The mean of the quietest third of the rounds: others' work only ever adds."""
        quiet = sorted(self.rounds)[: max(1, len(self.rounds) // 3)]
        return sum(quiet) / len(quiet)


def compare(servers: dict[str, Server], asks: dict[str, Callable[[int], Ask]], count: int) -> dict[str, Cost]:
    """Ask each of its server `count` times a round, in turns; `asks` gives the nth request for each name.

    A name begins with that of its server: "ours", "bare", "ours deep".
    """
    costs = {name: Cost() for name in asks}
    numbers = dict.fromkeys(asks, 0)
    for round_number in range(-3, ROUNDS):  # the first ones warm up
        for name, ask in asks.items():
            server = servers[name.split(" ")[0]]
            before = server.cpu()
            for _n in range(count):
                status, body, _headers = server.ask(ask(numbers[name]))
                numbers[name] += 1
            spent = server.cpu() - before
            costs[name].status, costs[name].bytes = status, len(body)
            if round_number >= 0:
                costs[name].rounds.append(1000 * spent / count)
    return costs
