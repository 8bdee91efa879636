"""Choose the part of very many posts that themes are looked for in.

A part drawn blindly shows what many say and misses what few do. So a first, quick look at a blind part says which
other posts it explains badly: those unlike all its groups, and those with words that it does not know although
several others say them (Arthur & Vassilvitskii 2007 seed k-means by the same idea). A quarter of the part is made
of these. Posts that people spoke of, members of standing themes and small languages are in it in any case.
"""

from collections import Counter
from dataclasses import replace
from zlib import crc32

import numpy as np

from forum.engine.assignment import UNSORTED
from forum.engine.batches import BatchReader
from forum.engine.communities import communities
from forum.engine.corpus import FEW_WORDS, read_corpus
from forum.engine.graph import linked
from forum.engine.grouping import group_means
from forum.engine.spaces import read
from forum.engine.vectors import learn_spaces

DRAWN, BADLY_EXPLAINED = 9_000, 3_000  # posts of the part, of 100,000
GROWTH, MOST = 0.2, 1.5  # of ten times as many posts 10 ** GROWTH as many, at most MOST times: so few can be compared
LOOKED_AT = 20_000  # posts, and a twentieth of all
OF_A_LANGUAGE = 1_000  # posts at least, where there are so many
OF_A_THEME = 30  # members of a standing theme, or posts pinned to one
SPOKEN_OF = 3_000  # other posts that people decided about
FINE = 2.0  # resolution of the quick look
RECURS = 5  # posts looked at that say an unknown word, from which it may be of a theme
ENOUGH = 100  # different posts for a quick look
STEEP = 4  # power of the weight: what is twice as badly explained is drawn sixteen times as often
BATCH = 4_000  # posts read at a time


def choose_part(corpus, settings, ruling, previous):
    """Return the sorted positions (m,) of the posts of `corpus` to look for themes in.

    Whether a post is drawn depends on its id: the next fit looks at mostly the same posts, so that themes differ
    for what was said since and not by the luck of the draw.
    """
    n = len(corpus.ids)
    scale = min((n / 100_000) ** GROWTH, MOST)
    lot = _lots(corpus.ids, settings.seed)
    among = _draw(corpus, LOOKED_AT + n // 20, lot)
    near = replace(corpus, links=None).part(among)
    drawn = _draw(near, round(DRAWN * scale), lot[among])
    readings, core = read_corpus(near.part(drawn), settings.stop, settings.equal)
    badly = np.zeros(len(among))
    if len(core.positions) >= ENOUGH:
        badly = _badly_explained([readings[place] for place in core.positions], near, settings)
        badly[drawn] = 0
    more = _weighted_draw(badly, round(BADLY_EXPLAINED * scale), _lots(near.ids, settings.seed + 1))
    part = np.concatenate([among[drawn[core.positions]], among[more], _spoken_of(ruling, lot)])
    return _with_standing(np.unique(part), corpus.ids, previous, lot)


def _lots(ids, seed):
    """Return (n,) numbers evenly spread over (0, 1), the same for the same id and seed."""
    lot = np.fromiter((crc32(repr(post).encode()) for post in ids), dtype=np.uint64, count=len(ids))
    lot += np.uint64(seed) << np.uint64(32)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):  # the finaliser of SplitMix64
        lot = (lot ^ (lot >> np.uint64(shift))) * np.uint64(factor)
    return ((lot >> np.uint64(12)).astype(np.float64) + 0.5) / 2**52


def _draw(corpus, number, lot):
    """Return sorted positions of the `number` posts with the smallest `lot`, more where a language has too few."""
    order = np.argsort(lot, kind="stable")
    spoken = np.array(corpus.languages)[order]
    more = [order[spoken == code][:OF_A_LANGUAGE] for code in np.unique(spoken)]
    return np.unique(np.concatenate([order[:number], *more]))


def _spoken_of(ruling, lot):
    """Return positions of posts that people decided about: some pinned to each theme, and some of all others."""
    pinned = [np.array(places) for places in ruling.pinned().values()]
    spoken = np.concatenate([np.zeros(0, dtype=np.intp), *(tied.positions for tied in ruling.groups)])
    heaps = [(heap, OF_A_THEME) for heap in pinned] + [(spoken, SPOKEN_OF)]
    return np.concatenate([heap[np.argsort(lot[heap])][:most] for heap, most in heaps])


def _with_standing(part, ids, previous, lot):
    """Return the positions `part` and members of the themes of `previous` that have too few there."""
    if previous is None:
        return part
    theme_of = dict(zip(previous.post_ids, previous.post_labels.tolist(), strict=True))
    home = np.array([theme_of.get(post, UNSORTED) for post in ids])
    rank = lot.copy()
    rank[part] -= 1  # those that are there come first
    order = np.lexsort((rank, home))
    first = np.searchsorted(home[order], home[order])
    some = order[(np.arange(len(order)) - first < OF_A_THEME) & (home[order] != UNSORTED)]
    return np.union1d(part, some)


def _badly_explained(known, part, settings):
    """Return (m,) how badly the `known` readings explain each post of `part`; 0 for copies and posts of few words."""
    spaces, blocks = learn_spaces(known, settings.seed)
    rows = spaces.side_by_side(blocks)
    languages = [reading.language for reading in known]
    means = group_means(rows, communities(linked(rows, languages, 10), FINE, settings.seed, np.array(languages)))
    reader = BatchReader(spaces)
    unlike = np.zeros(len(part.ids))
    said: list[set[str]] = []
    seen: set = set()
    for start in range(0, len(part.ids), BATCH):
        texts, codes = (values[start : start + BATCH] for values in (part.texts, part.languages))
        readings = [read(*both, settings.stop, settings.equal) for both in zip(texts, codes, strict=True)]
        unlike[start : start + len(texts)] = 1 - (reader.rows(readings) @ means.T).max(axis=1)
        for place, reading in enumerate(readings, start=start):
            key = hash((reading.language, *reading.words))
            if len(reading.stems) < FEW_WORDS or key in seen:
                unlike[place] = 0
            seen.add(key)
            said.append(set(reading.stems))
    found_in = Counter(stem for reading in known for stem in set(reading.stems))
    common = {stem for stem, number in found_in.items() if number > 1}
    new = [stems - common for stems in said]
    recurring = {stem for stem, number in Counter(stem for stems in new for stem in stems).items() if number >= RECURS}
    strange = [len(stems & recurring) / max(len(every), 1) for stems, every in zip(new, said, strict=True)]
    return np.where(unlike > 0, unlike + strange, 0)


def _weighted_draw(weights, number, lot):
    """Return sorted positions of `number` posts drawn without replacement in proportion to `weights` ** STEEP.

    By exponential waiting times (Efraimidis & Spirakis 2006).
    """
    inside = np.flatnonzero(weights > 0)
    wait = -np.log(lot[inside]) / weights[inside] ** STEEP
    return np.sort(inside[np.argsort(wait, kind="stable")[:number]])
