"""Asking two servers in turns, and reading what each answer cost its processor."""

import http.client
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from tests.bench.seed import HOME, environment

ROUNDS = 7
OURS, BARE = 8471, 8472

Ask = tuple[str, str, bytes | None, dict[str, str]]  # method, address, body, headers


class Server:
    """One of the two servers, in a process of its own."""

    def __init__(self, which: str, port: int, folder: Path) -> None:
        self.port = port
        command = [sys.executable, "-m", "tests.bench.server", which, str(port)]
        self.process = subprocess.Popen(command, cwd=HOME, env=environment(folder), stdout=subprocess.PIPE)
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
        """The cost of an ordinary round."""
        return median(self.rounds) if self.rounds else 0.0


def compare(servers: dict[str, Server], asks: dict[str, Callable[[int], Ask]], count: int) -> dict[str, Cost]:
    """Ask each of its server `count` times a round, in turns; `asks` gives the nth request for each name."""
    costs = {name: Cost() for name in asks}
    numbers = dict.fromkeys(asks, 0)
    for round_number in range(-1, ROUNDS):  # the first warms up
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
