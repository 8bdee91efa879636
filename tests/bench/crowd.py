"""As many posts as one likes with known labels: sentences of real posts crossed with others of their label.

Two posts of one label that share a word are joined at it, words are dropped, exchanged and misspelt. Labels are of
very different sizes. A twenty-fifth of all posts are about RARE subjects, with made-up words of their own, that are
too small to be seen in any sample of the whole.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np

RARE = 200  # subjects
RARE_SHARE = 0.04  # of the posts
NOISE = 0.08  # of the words
LONGEST = 40  # words of a post
BLOCK = 10_000  # posts that come from one random generator
_SYLLABLES = [first + last for first in "bdfgklmnprstv" for last in "aeiou"]


class Crowd:
    """Posts of a file over and over, but not twice the same."""

    def __init__(self, posts: Sequence[dict[str, str]]) -> None:
        self._heaps: dict[tuple[str, str], list[list[str]]] = defaultdict(list)
        said: Counter[str] = Counter()
        for post in posts:
            words = f"{post['title']} {post['body']}".split()
            if len(words) > 2:
                self._heaps[post["label"], post["lang"]].append(words)
                said.update(words)
        self._names = sorted(self._heaps)
        self._at = {name: _places(heap) for name, heap in self._heaps.items()}
        self._words = sorted(said)
        self._chance = np.array([said[word] for word in self._words], dtype=float)
        self._chance /= self._chance.sum()
        rng = np.random.default_rng(0)
        weight = {label: 1 / (rank + 3) ** 0.8 for rank, label in enumerate(rng.permutation(self.labels).tolist())}
        self._weight = np.array([weight[label] * len(self._heaps[label, lang]) for label, lang in self._names])
        self._weight /= self._weight.sum()
        self._rare = ["".join(rng.choice(_SYLLABLES, 3)) for _ in range(RARE * 8)]

    @property
    def labels(self) -> list[str]:
        """The labels that the posts had, rare subjects apart."""
        return sorted({label for label, _lang in self._names})

    def posts(self, n: int, seed: int = 0) -> Iterator[dict[str, str | int]]:
        """So many posts; the same for the same seed, and the first ones the same for every `n`."""
        for start in range(0, n, BLOCK):
            rng = np.random.default_rng([seed, start])
            names = rng.choice(len(self._names), BLOCK, p=self._weight)
            others = iter(rng.choice(len(self._words), BLOCK * LONGEST, p=self._chance).tolist())
            rare = rng.random(BLOCK) < RARE_SHARE
            for place in range(min(BLOCK, n - start)):
                label, lang = self._names[names[place]]
                words = self._crossed((label, lang), rng)
                if rare[place]:
                    subject = int(rng.integers(RARE))
                    label, words = f"rare {subject}", self._about(subject, words, rng)
                text = " ".join(_noisy(words, rng, (self._words[next(others)] for _ in words)))
                yield {"id": start + place, "title": text, "body": "", "lang": lang, "label": label}

    def _crossed(self, name: tuple[str, str], rng: np.random.Generator) -> list[str]:
        heap, at = self._heaps[name], self._at[name]
        words = heap[int(rng.integers(len(heap)))]
        for _turn in range(2):
            cut = int(rng.integers(len(words)))
            there = at[words[cut]]
            other, place = there[int(rng.integers(len(there)))]
            words = [*words[:cut], *heap[other][place:]][:LONGEST]
        return words

    def _about(self, subject: int, words: list[str], rng: np.random.Generator) -> list[str]:
        mine = self._rare[subject * 8 : subject * 8 + 8]
        return [mine[int(rng.integers(8))] if len(word) > 4 else word for word in words] + [mine[int(rng.integers(8))]]


def _places(heap: list[list[str]]) -> dict[str, list[tuple[int, int]]]:
    at: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for number, words in enumerate(heap):
        for place, word in enumerate(words):
            at[word].append((number, place))
    return at


def _noisy(words: list[str], rng: np.random.Generator, others: Iterator[str]) -> Iterator[str]:
    for word, chance, other in zip(words, rng.random(len(words)).tolist(), others, strict=True):
        if chance > NOISE:
            yield word
        elif chance > 0.6 * NOISE:
            yield other
        elif chance > 0.3 * NOISE and len(word) > 3:
            yield word[:1] + word[2:3] + word[1:2] + word[3:]


class PostsInFile:
    """One column of the first `most` lines of JSON of a file, read afresh each time it is gone through."""

    def __init__(self, path: Path, column: str, most: int | None = None) -> None:
        self._path = path
        self._column = column
        self._most = most

    def __iter__(self) -> Iterator[str]:
        with self._path.open(encoding="utf-8") as file:
            for line in islice(file, self._most):
                yield json.loads(line)[self._column]


def write_crowd(path: Path, posts: Sequence[dict[str, str]], n: int) -> None:
    """Write `n` posts as JSON lines to `path`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    with draft.open("w", encoding="utf-8") as file:
        for post in Crowd(posts).posts(n):
            file.write(json.dumps(post, ensure_ascii=False) + "\n")
    draft.replace(path)
