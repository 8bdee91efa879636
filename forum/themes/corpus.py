"""What a run reads: the posts of a product, and its themes as they stand."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.core.database import reading
from forum.posts.models import Post
from forum.posts.status import Moderation, Visibility
from forum.products.models import Product
from forum.themes.counting import chunks
from forum.themes.models import Theme, ThemeMember
from forum.themes.status import Placing, ThemeState
from forum.themes.ties import Tie, ties

STANDING = (ThemeState.ACCEPTED, ThemeState.DISMISSED)
MOST_OF_ONE = 0.05  # share of the posts of a product up to which one person's posts count in full
FEWEST_OF_ONE = 5  # posts of one person that always count in full
MOST_HELD = 20_000  # posts, up to which a run holds all their texts
_PIECE = 1_000  # posts per statement
_ADDRESS = re.compile(r"\]\([^)\s]*\)|https?://\S+|www\.\S+|\S+@\S+\.\S+")


@dataclass(frozen=True)
class Corpus:
    """What a run reads: one entry per post. Public posts only, so that nothing private can show through."""

    product_id: int
    ids: list[int]
    texts: Iterable[str]  # of very many posts read from the database whenever they are gone through
    languages: list[str]
    weights: list[float]
    quotable: list[bool]  # merged posts count, but others are quoted
    stop_words: list[str]
    equal_words: list[list[str]]  # no stop word among them
    ties: list[Tie]  # that there are besides words


@dataclass(frozen=True)
class Standing:
    """The themes of a product as they stand, dismissed ones included, with the corpus's posts in each."""

    members: dict[int, set[int]]
    names: dict[int, str]  # the engine's suggestion
    terms: dict[int, list[str]]
    hidden: set[int]  # dismissed
    next_id: int  # above every id that was ever a theme's
    placed: set[int] = field(default_factory=set)  # posts that no run has read yet, where their wording put them

    @property
    def shown(self) -> dict[int, set[int]]:
        """The members of accepted themes."""
        return {theme: posts for theme, posts in self.members.items() if theme not in self.hidden}


def read_corpus(session: Session, product_id: int) -> Corpus:
    """What a run over a product reads: its public posts that are open or merged into another."""
    rows = session.execute(
        sa.select(Post.id, Post.language, Post.author_id, Post.moderation)
        .where(
            Post.product_id == product_id,
            Post.visibility == Visibility.PUBLIC,
            Post.moderation.in_((Moderation.OPEN, Moderation.MERGED)),
        )
        .order_by(Post.id)
    ).all()
    product = session.get_one(Product, product_id)
    stop_words = [*product.own_names, *product.name.values()]
    ids = [row.id for row in rows]
    return Corpus(
        product_id,
        ids=ids,
        texts=read_texts(session, ids)[0] if len(ids) <= MOST_HELD else TextsInDatabase(ids),
        languages=[row.language for row in rows],
        weights=_weights([row.author_id for row in rows]),
        quotable=[row.moderation is Moderation.OPEN for row in rows],
        stop_words=stop_words,
        equal_words=_equal_words(product, stop_words),
        ties=ties(session, product),
    )


def _equal_words(product: Product, stop_words: Iterable[str]) -> list[list[str]]:
    """The product's groups of equal words without what says nothing: its name may have changed meanwhile."""
    said = {word.casefold() for words in stop_words for word in words.split()}
    groups = [[word for word in group if word.casefold() not in said] for group in product.equal_words]
    return [group for group in groups if len(group) > 1]


def read_texts(session: Session, post_ids: Sequence[int]) -> tuple[list[str], list[str]]:
    """What the engine reads of posts and their languages, in the order asked for; of a post that is gone nothing."""
    found: dict[int, tuple[str, str]] = {}
    for piece in chunks(post_ids, _PIECE):
        rows = session.execute(sa.select(Post.id, Post.title, Post.body, Post.language).where(Post.id.in_(piece)))
        found |= {row.id: (text_of(row.title, row.body), row.language) for row in rows}
    pairs = [found.get(post, ("", "und")) for post in post_ids]
    return [text for text, _language in pairs], [language for _text, language in pairs]


class TextsInDatabase:
    """What the engine reads of posts, a piece at a time in a short transaction each; as often as one likes."""

    def __init__(self, post_ids: Sequence[int]) -> None:
        self._post_ids = post_ids

    def __len__(self) -> int:
        return len(self._post_ids)

    def __iter__(self) -> Iterator[str]:
        for piece in chunks(self._post_ids, _PIECE):
            with reading() as session:
                texts, _languages = read_texts(session, piece)
            yield from texts


def text_of(title: str, body: str) -> str:
    """What the engine reads of a post: its words without addresses, and not the title twice.

    The title is the first line, which the engine takes for what the post is about; the body is one more.
    """
    begins_alike = body.startswith(title.rstrip("…").rstrip())
    said = " ".join(body.split())
    return _ADDRESS.sub(" ", said if begins_alike else f"{title}\n{said}")


def _weights(authors: Sequence[int | None]) -> list[float]:
    """How much each post counts: one person's posts together at most a twentieth, so that one is not ten."""
    posts = Counter(author for author in authors if author is not None)
    most = max(FEWEST_OF_ONE, MOST_OF_ONE * len(authors))
    return [1.0 if author is None else min(1.0, most / posts[author]) for author in authors]


def read_standing(session: Session, product_id: int, known: Iterable[int]) -> Standing:
    """The standing themes of a product, with those of their posts that are among the `known`."""
    themes = session.execute(
        sa.select(Theme.id, Theme.suggestion, Theme.terms, Theme.state).where(
            Theme.product_id == product_id, Theme.state.in_(STANDING)
        )
    ).all()
    known = set(known)
    members: dict[int, set[int]] = {theme.id: set() for theme in themes}
    placed = set()
    for post_id, theme_id, placing in _memberships(session, product_id):
        if post_id in known:
            members[theme_id].add(post_id)
            if placing is Placing.WORDING:
                placed.add(post_id)
    highest = session.scalar(sa.select(sa.func.max(Theme.id))) or 0
    return Standing(
        members=members,
        names={theme.id: theme.suggestion for theme in themes},
        terms={theme.id: list(theme.terms) for theme in themes},
        hidden={theme.id for theme in themes if theme.state is ThemeState.DISMISSED},
        placed=placed,
        next_id=highest + 1,
    )


def read_memberships(session: Session, product_id: int) -> Iterable[tuple[int, int]]:
    """Which theme each post of a product is in, as (post, theme); dismissed themes included."""
    return ((post_id, theme_id) for post_id, theme_id, _placing in _memberships(session, product_id))


def _memberships(session: Session, product_id: int) -> Iterable[tuple[int, int, Placing]]:
    rows = session.execute(
        sa.select(ThemeMember.post_id, ThemeMember.theme_id, ThemeMember.placing)
        .join(Theme, Theme.id == ThemeMember.theme_id)
        .where(Theme.product_id == product_id, Theme.state.in_(STANDING))
    )
    return ((post_id, theme_id, placing) for post_id, theme_id, placing in rows)
