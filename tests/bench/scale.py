"""`make bench-themes SIZE=100000`: what a fit of very many posts costs and what it finds, beside smaller ones.

The posts are those of FILE=, or the demo's, crossed with each other until there are so many (see `crowd`), read from
a file while they are fitted. Each size runs in a process of its own, on one thread. The table is kept in
var/bench/scale.json.
"""

import json
import math
import os
import resource
import subprocess
import sys
import time
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from config import HOME
from tests.bench.crowd import PostsInFile, write_crowd
from tests.bench.group import read_posts
from tests.bench.seed import BENCH

SMALLEST = 10_000  # posts of the smallest size, beside which the others are shown
ASKED = 1_000  # posts placed one by one
COUNTED = 100_000  # posts that agreement with the labels is reckoned on
COLUMNS = ("posts", "CPU s", "wall s", "MiB", "AMI", "themes", "in a theme", "place p95 ms", "file MB", "CPU × per ×10")


def measure(path: Path, largest: int) -> None:
    """Fit SMALLEST posts made of those at `path`, ten times as many and so on; print the table and keep it."""
    crowd = BENCH / f"crowd-{path.name.split('.')[0]}.jsonl"
    if not crowd.exists() or sum(1 for _line in crowd.open("rb")) < largest:
        write_crowd(crowd, read_posts(path), largest)
    sizes = sorted({min(SMALLEST, largest), *(10**k for k in range(4, 10) if 10**k < largest), largest})
    print(f"\nPosts crossed from {path.name}, one thread\n\n" + "".join(f"{name:>14}" for name in COLUMNS))
    table: list[dict[str, float]] = []
    for size in sizes:
        row = _in_own_process(crowd, size)
        if table:
            factor = math.log10(size / table[-1]["posts"])
            row["CPU × per ×10"] = (row["CPU s"] / table[-1]["CPU s"]) ** (1 / factor)
        table.append(row)
        print("".join(f"{_shown(row.get(name)):>14}" for name in COLUMNS), flush=True)
    known = BENCH / "scale.json"
    kept = json.loads(known.read_text()) if known.exists() else {}
    kept[path.name] = table
    known.write_text(json.dumps(kept, indent=2))


def _shown(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 1000 or value == int(value) else f"{value:.3g}"


def _in_own_process(crowd: Path, size: int) -> dict[str, float]:
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    command = [sys.executable, "-m", "tests.bench.scale", str(crowd), str(size)]
    done = subprocess.run(command, cwd=HOME, env=os.environ | threads, stdout=subprocess.PIPE, check=True)
    row: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return row


def fit(crowd: Path, size: int) -> dict[str, float]:
    """Fit the first `size` posts of the file `crowd`; return a row of the table."""
    from sklearn.metrics import adjusted_mutual_info_score

    from forum.engine import ThemeModel, load_themes

    languages = [sys.intern(code) for code in PostsInFile(crowd, "lang", size)]
    began, wall = time.process_time(), time.monotonic()
    model = ThemeModel(random_state=0).fit(PostsInFile(crowd, "title", size), languages=languages)
    row: dict[str, float] = {"posts": size, "CPU s": time.process_time() - began, "wall s": time.monotonic() - wall}
    row["MiB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    labels = list(PostsInFile(crowd, "label", size))
    some = np.random.default_rng(0).permutation(size)[:COUNTED]
    row["AMI"] = adjusted_mutual_info_score([labels[place] for place in some], model.labels_[some])
    row["themes"], row["in a theme"] = len(model.themes_), model.coverage_
    with TemporaryDirectory() as folder:
        path = Path(folder) / "model"
        model.save(path)
        row["file MB"] = path.stat().st_size / 1e6
        themes: Any = load_themes(path)
    took = []
    for text in islice(PostsInFile(crowd, "title", size), ASKED):
        start = time.perf_counter()
        themes.predict([text])
        took.append(time.perf_counter() - start)
    row["place p95 ms"] = float(np.percentile(took, 95)) * 1000
    return row


if __name__ == "__main__":
    print(json.dumps(fit(Path(sys.argv[1]), int(sys.argv[2]))))
