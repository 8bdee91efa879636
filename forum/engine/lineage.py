"""Say what became of themes between two groupings of (mostly) the same posts."""

from dataclasses import dataclass

SAME = 0.9  # Jaccard similarity from which a theme counts as unchanged
MOSTLY = 0.5  # share of a theme that must come from, or go to, another for a merge or split
AKIN = 0.2  # least Jaccard similarity, on the posts both sides know, of a theme that goes on


@dataclass(frozen=True)
class Change:
    """What became of a theme, or of several.

    Attributes
    ----------
    kind : str
        unchanged, grew, shrank, split, merged, new or vanished.
    old_ids, new_ids : tuple of theme ids
        Themes before and after; the heir comes first.
    shared : int
        Posts that the old and the new themes of this change share.
    jaccard : float
        Shared posts divided by all posts of either side, in [0, 1].
    """

    kind: str
    old_ids: tuple
    new_ids: tuple
    shared: int
    jaccard: float


def match_lineage(old, new):
    """Match the themes of two groupings by the posts they share.

    Parameters
    ----------
    old, new : mapping of theme id to iterable of post ids, or a fitted model
        A post is in one theme at most. A model stands for the themes it shows.

    Returns
    -------
    changes : list of Change
        Each old and each new theme is in exactly one change. Merges and splits count when more than half
        of each theme went into, or came from, the other side; what is left is paired by Jaccard similarity
        (Jaccard 1912; Greene et al. 2010 track groups the same way).

    Raises
    ------
    ValueError
        When a post is in two themes of one side.
    NotFittedError
        When a model has no fit.

    Examples
    --------
    >>> from forum.engine import match_lineage
    >>> for change in match_lineage({1: "abcdefgh", 2: "xyz"}, {1: "abcd", 5: "efgh", 2: "xyzw"}):
    ...     print(change.kind, change.old_ids, change.new_ids, change.shared, change.jaccard)
    split (1,) (1, 5) 8 1.0
    grew (2,) (2,) 3 0.75
    """
    before, after = _members(old), _members(new)
    shared = _shared(before, after)
    changes = []
    open_old, open_new = dict(before), dict(after)
    for kind, left, right in (*_merges(before, after, shared), *_splits(before, after, shared)):
        if all(theme in open_old for theme in left) and all(theme in open_new for theme in right):
            changes.append(_change(kind, left, right, before, after))
            for theme in left:
                del open_old[theme]
            for theme in right:
                del open_new[theme]
    for left, right in _pairs(open_old, open_new, shared, before, after):
        changes.append(_change(_size_word(before[left], after[right]), (left,), (right,), before, after))
        del open_old[left], open_new[right]
    changes += [_change("vanished", (theme,), (), before, after) for theme in open_old]
    changes += [_change("new", (), (theme,), before, after) for theme in open_new]
    return changes


def _members(side):
    if hasattr(side, "members_"):
        side = side.members_
    elif not hasattr(side, "items"):
        raise ValueError("a grouping is a mapping of theme id to post ids, or a fitted model")
    members = {theme: frozenset(posts) for theme, posts in side.items()}
    seen: dict = {}
    for theme, posts in members.items():
        for post in posts:
            if seen.setdefault(post, theme) != theme:
                raise ValueError(f"post {post!r} is in theme {seen[post]!r} and in theme {theme!r}")
    return members


def _shared(before, after):
    """Return dict of (old, new) -> number of shared posts, where there are any."""
    home = {post: theme for theme, posts in after.items() for post in posts}
    shared: dict = {}
    for old, posts in before.items():
        for post in posts:
            if post in home:
                shared[old, home[post]] = shared.get((old, home[post]), 0) + 1
    return shared


def _known(members, shared, side):
    """Return dict of theme -> posts of it that the other grouping knows as well."""
    known = dict.fromkeys(members, 0)
    for pair, count in shared.items():
        known[pair[side]] += count
    return known


def _merges(before, after, shared):
    """Return (kind, olds, (new,)) for each new theme that most of two or more old ones went into."""
    known_old, known_new = _known(before, shared, 0), _known(after, shared, 1)
    gone_into: dict = {}
    for (old, new), count in shared.items():
        # A tiny theme swallowed by a large one is not a merger of the two unless it is part of the result.
        if count > MOSTLY * known_old[old] and count >= 0.1 * known_new[new]:
            gone_into.setdefault(new, []).append((-count, repr(old), old))
    return [
        ("merged", tuple(old for *_, old in sorted(gone_into[new], key=lambda item: item[:2])), (new,))
        for new in after
        if len(gone_into.get(new, ())) > 1
    ]


def _splits(before, after, shared):
    """Return (kind, (old,), news) for each old theme that most of two or more new ones came from."""
    known_old, known_new = _known(before, shared, 0), _known(after, shared, 1)
    come_from: dict = {}
    for (old, new), count in shared.items():
        if count > MOSTLY * known_new[new] and count >= 0.1 * known_old[old]:
            come_from.setdefault(old, []).append((-count, repr(new), new))
    return [
        ("split", (old,), tuple(new for *_, new in sorted(come_from[old], key=lambda item: item[:2])))
        for old in before
        if len(come_from.get(old, ())) > 1
    ]


def _pairs(open_old, open_new, shared, before, after):
    """Return (old, new) pairs, likest first, each theme once; likeness on posts both sides know."""
    known_old, known_new = _known(before, shared, 0), _known(after, shared, 1)
    candidates = []
    for (old, new), count in shared.items():
        likeness = count / (known_old[old] + known_new[new] - count)
        if old in open_old and new in open_new and likeness >= AKIN:
            candidates.append((-likeness, -count, repr(old), repr(new), old, new))
    used_old, used_new, pairs = set(), set(), []
    for *_, old, new in sorted(candidates, key=lambda item: item[:4]):
        if old not in used_old and new not in used_new:
            used_old.add(old)
            used_new.add(new)
            pairs.append((old, new))
    return pairs


def _size_word(before, after):
    if len(before & after) >= SAME * len(before | after):
        return "unchanged"
    return "grew" if len(after) > len(before) else "shrank"


def _change(kind, left, right, before, after):
    old = frozenset().union(*(before[theme] for theme in left))
    new = frozenset().union(*(after[theme] for theme in right))
    shared, every = len(old & new), len(old | new)
    return Change(kind, left, right, shared, shared / every if every else 0.0)
