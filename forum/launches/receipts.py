"""Receipts: what everybody behind a launch gets, in their own words. Written in batches; there may be thousands."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.models import User
from forum.accounts.status import AccountState
from forum.backlog.evidence import Voice, people_behind
from forum.backlog.models import BacklogItem, Evidence, ItemTheme
from forum.backlog.quoting import own_sentence, stems
from forum.backlog.status import Behind
from forum.core.clock import utcnow
from forum.launches.models import Launch, Receipt
from forum.posts.models import Post
from forum.posts.queries import IN_PUBLIC
from forum.themes.models import Theme

_PIECE = 2_000  # people at a time


def write_receipts(session: Session, launch: Launch, item: BacklogItem, *, leave_out: Collection[int]) -> int:
    """Give everybody behind `item` their receipt for `launch`, and return how many there are.

    An author's quotes their own post, a voter's the post they voted for. Those in `leave_out` are not named.
    How many joined counts the people behind public posts. Whoever first wrote publicly said it first.
    """
    voices = people_behind(session, item.id)
    public = {voice.user_id for voice in voices if voice.is_listed}
    first = _first(voices)
    about = words_of_item(session, item)
    now = utcnow()
    sentences: dict[int, str] = {}
    written = 0
    for piece in _pieces(voices):
        alive = _alive(session, piece)
        sentences |= _sentences(session, {voice.post_id for voice in piece} - sentences.keys(), about)
        rows = [
            {
                "launch_id": launch.id,
                "user_id": voice.user_id,
                "behind": voice.behind,
                "post_id": voice.post_id,
                "sentence": sentences[voice.post_id],
                "said_at": voice.said_at,
                "joined": len(public) - (voice.user_id in public),
                "is_first": voice.user_id == first,
                "is_credited": voice.user_id not in leave_out,
                "created_at": now,
            }
            for voice in piece
            if voice.user_id in alive
        ]
        if rows:
            session.execute(sa.insert(Receipt), rows)
        written += len(rows)
    return written


def _first(voices: Sequence[Voice]) -> int | None:
    """Who was the first to write it where everybody can read it."""
    wrote: list[tuple[datetime, int]] = [
        (voice.said_at, voice.user_id) for voice in voices if voice.behind is Behind.AUTHOR and voice.is_listed
    ]
    return min(wrote)[1] if wrote else None


def _pieces(voices: Sequence[Voice]) -> Iterator[Sequence[Voice]]:
    return (voices[start : start + _PIECE] for start in range(0, len(voices), _PIECE))


def _alive(session: Session, voices: Sequence[Voice]) -> set[int]:
    """Those of some people who were not erased."""
    ids = [voice.user_id for voice in voices]
    return set(session.scalars(sa.select(User.id).where(User.id.in_(ids), User.state != AccountState.ERASED)))


def _sentences(session: Session, post_ids: Collection[int], about: Collection[str]) -> dict[int, str]:
    rows = session.execute(sa.select(Post.id, Post.title, Post.body_html).where(Post.id.in_(post_ids)))
    return {row.id: own_sentence(row.title, row.body_html, about) for row in rows}


def words_of_item(session: Session, item: BacklogItem) -> set[str]:
    """The words that an item is about: the terms of its themes, or their names; of its own, where it has no theme."""
    of_themes = sa.select(Theme.terms, Theme.name).join(ItemTheme, ItemTheme.theme_id == Theme.id)
    themes = session.execute(of_themes.where(ItemTheme.item_id == item.id)).all()
    words = [word for theme in themes for word in theme.terms or theme.name.values()]
    return stems(" ".join(words or [*item.title.values(), *item.problem.values()]))


def example(session: Session, item: BacklogItem) -> str:
    """The sentence of the first author behind an item, to show what receipts will quote; empty without one."""
    first = sa.select(Post.title, Post.body_html).join(Evidence, Evidence.post_id == Post.id)
    first = first.where(Evidence.item_id == item.id, Evidence.removed_at.is_(None), IN_PUBLIC)
    row = session.execute(first.where(Post.author_id.is_not(None)).order_by(Post.created_at).limit(1)).one_or_none()
    return own_sentence(row.title, row.body_html, words_of_item(session, item)) if row else ""
