"""What the shipped server and its worker hold in memory at rest."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from tests.bench.measure import free_port
from tests.bench.seed import HOME, environment


def at_rest(folder: Path) -> dict[str, float]:
    """MiB (PSS) of the web process and of its worker, after some pages and two quiet seconds."""
    port = free_port()
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "serve", "--port", str(port)]
    web = subprocess.Popen(command, cwd=HOME, env=environment(folder), stdout=subprocess.DEVNULL)
    try:
        wait_for(port)
        for address in ("/", "/?order=newest", "/search?q=seat") * 5:
            urllib.request.urlopen(f"http://127.0.0.1:{port}{address}").read()
        time.sleep(4)
        workers = [int(pid) for pid in os.listdir("/proc") if pid.isdigit() and _parent(int(pid)) == web.pid]
        return {"web": pss(web.pid), "worker": sum(pss(pid) for pid in workers)}
    finally:
        web.send_signal(signal.SIGTERM)
        web.wait(20)


def wait_for(port: int) -> None:
    """Return once the server at `port` answers."""
    for _n in range(100):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz").read()
            return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("the server did not start")


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
    except (OSError, IndexError):
        return 0


def pss(pid: int) -> float:
    """The MiB that a process holds, what it shares with others counted in part."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
