"""What else than words says that posts belong together: a moderator merged them, or the same people want them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import combinations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.posts.models import Post, Vote
from forum.products.models import Product

Tie = tuple[int, int, float]  # two posts and how strongly they belong together, in (0, 1]

MERGED = 1.0
VOTERS_WORTH = 0.4  # of a link between posts that all the same people want
FEWEST_SHARED = 2  # voters; one person's taste says little
MOST_VOTES = 100_000  # newest ones that are looked at
MOST_OF_ONE = 25  # posts; who votes for more votes for everything
MOST_TIES = 5  # through voters, of one post


def ties(session: Session, product: Product) -> list[Tie]:
    """The posts of a product that belong together whatever their words, each pair once."""
    return [*_merged(session, product.id), *_wanted_together(_votes(session, product.id))]


def _merged(session: Session, product_id: int) -> list[Tie]:
    rows = session.execute(
        sa.select(Post.id, Post.merged_into_id).where(Post.product_id == product_id, Post.merged_into_id.is_not(None))
    )
    return [(post, into, MERGED) for post, into in rows if into is not None]


def _votes(session: Session, product_id: int) -> Sequence[tuple[int, int]]:
    rows = session.execute(
        sa.select(Vote.user_id, Vote.post_id)
        .join(Post, Post.id == Vote.post_id)
        .where(Post.product_id == product_id, Post.is_listed, Vote.is_counted)
        .order_by(Vote.cast_at.desc(), Vote.post_id, Vote.user_id)
        .limit(MOST_VOTES)
    )
    return [(person, post) for person, post in rows]


def _wanted_together(votes: Iterable[tuple[int, int]]) -> list[Tie]:
    """Shared voters of two posts over the geometric mean of the voters of each (Ochiai 1957), times VOTERS_WORTH."""
    chosen: dict[int, list[int]] = {}
    for person, post in votes:
        chosen.setdefault(person, []).append(post)
    telling = [sorted(posts) for posts in chosen.values() if 1 < len(posts) <= MOST_OF_ONE]
    voters = Counter(post for posts in telling for post in posts)
    shared = Counter(pair for posts in telling for pair in combinations(posts, 2))
    weighed = [
        (VOTERS_WORTH * count / (voters[first] * voters[second]) ** 0.5, first, second)
        for (first, second), count in shared.items()
        if count >= FEWEST_SHARED
    ]
    kept: Counter[int] = Counter()
    found: list[Tie] = []
    for weight, first, second in sorted(weighed, key=lambda one: (-one[0], one[1:])):
        if max(kept[first], kept[second]) < MOST_TIES:
            kept.update((first, second))
            found.append((first, second, weight))
    return found
