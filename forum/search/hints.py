"""What is said of each post that is offered while somebody types: can it be voted for, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.core.database import Words
from forum.core.markup import cut, words_of
from forum.core.people import Reader
from forum.posts import timeline
from forum.posts.models import Comment, Post, TimelineEntry, Vote
from forum.posts.queries import Sight, sight_of, visible_with
from forum.posts.status import Interest, Kind, Moderation, Status, Voice
from forum.products.models import Area
from forum.products.rules import may_vote, takes
from forum.products.status import Openness
from forum.search.similar import Look, Similar

REPLY = 140  # characters of an answer or a reason


@dataclass(frozen=True, slots=True)
class Hint:
    """A post that says something similar, as it is offered."""

    post: Similar
    reply: str  # first words of the official answer, or why it is *not now*; empty when there is neither
    is_own: bool  # written by the reader, who is counted behind it already
    is_votable: bool
    interest: Interest | None  # of the reader's own vote


@dataclass(frozen=True, slots=True)
class ProposedArea:
    """The area that a text probably belongs in, and by how many of the posts like it."""

    id: int
    name: Words
    openness: Openness
    share: int
    of: int


@dataclass(frozen=True, slots=True)
class Hints:
    """What is offered to somebody who types."""

    posts: list[Hint]
    area: ProposedArea | None


def read_hints(session: Session, found: Look, reader: Reader) -> Hints:
    """What there is to say of the posts that were found, as `reader` may know it, and their area.

    One query, and one more when something of it is *not now*.
    """
    ids = {one.id for one in found.posts}
    if not ids:
        return Hints([], None)
    wanted = ids | ({found.area.post_id} if found.area else set())
    values = {"ids": sorted(wanted), "me": reader.id}
    rows = {row.id: row for row in session.connection().execute(_about(sight_of(reader)), values)}
    reasons = _reasons(session, [one.id for one in found.posts if one.status == Status.NOT_NOW.value])
    posts = [_hint(one, rows[one.id], reasons.get(one.id, "")) for one in found.posts if one.id in rows]
    return Hints(posts, _area(found, rows))


@lru_cache
def _about(sight: Sight) -> sa.Select[*tuple[Any, ...]]:
    """The posts with the given ids, what their areas take, and their latest official answer. Built once a sight."""
    me: sa.BindParameter[int] = sa.bindparam("me", type_=sa.Integer)
    answer = (
        sa.select(Comment.body_html)
        .where(
            Comment.post_id == Post.id,
            Comment.voice == Voice.OFFICIAL,
            ~Comment.is_internal,
            Comment.moderation == Moderation.OPEN,
        )
        .order_by(Comment.created_at.desc(), Comment.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return (
        sa.select(
            Post.id,
            Post.area_id,
            (Post.author_id == me).label("is_own"),
            Area.name.label("area_name"),
            Area.openness,
            Vote.interest,
            answer.label("answer"),
        )
        .join(Area, Area.id == Post.area_id)
        .outerjoin(Vote, (Vote.post_id == Post.id) & (Vote.user_id == me))
        .where(Post.id.in_(sa.bindparam("ids", expanding=True)), visible_with(sight, me))
    )


def _hint(one: Similar, row: Any, reason: str) -> Hint:
    reply = reason or (words_of(row.answer, REPLY) if row.answer else "")
    return Hint(one, reply, bool(row.is_own), may_vote(row, Kind(one.kind)), row.interest)


def _area(found: Look, rows: dict[int, Any]) -> ProposedArea | None:
    guess = found.area
    row = rows.get(guess.post_id) if guess else None
    if guess is None or row is None or row.area_id != guess.area_id:
        return None
    return ProposedArea(row.area_id, row.area_name, row.openness, guess.share, guess.of)


def _reasons(session: Session, post_ids: Sequence[int]) -> dict[int, str]:
    """Why some posts are *not now*, in the reader's language, as their timelines say it."""
    if not post_ids:
        return {}
    told = session.execute(
        sa.select(TimelineEntry.post_id, TimelineEntry.at, TimelineEntry.kind, TimelineEntry.values.label("said"))
        .where(
            TimelineEntry.post_id.in_(post_ids),
            TimelineEntry.is_public,
            TimelineEntry.values["status"].as_string() == Status.NOT_NOW.value,
        )
        .order_by(TimelineEntry.at, TimelineEntry.id)
    )
    reasons = {}
    for row in told:
        for entry in timeline.word_all([(row.at, row.kind, row.said, "")]):
            reasons[row.post_id] = cut(" ".join(entry.why.split()), REPLY) if entry.why else entry.sentence
    return reasons


def takes_it(area: ProposedArea, kind: str) -> bool:
    """Whether the proposed area takes what somebody is writing; where the kind is still open, it may."""
    return kind != Kind.IDEA.value or takes(area, Kind.IDEA)
