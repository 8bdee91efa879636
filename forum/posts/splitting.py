"""Splitting a laundry list: words of a post become posts of their own, and voters say which parts they meant.

The text stays as it is, and votes stay where they were cast: an answer is a vote on the part.
"""

import re
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.core import audit, markup
from forum.core.clock import utcnow
from forum.core.database import insert_into
from forum.core.errors import Conflict, Invalid, NotAllowed, require
from forum.core.events import publish
from forum.core.languages import _
from forum.core.people import Reader
from forum.posts import counting, merging, rules, services, timeline
from forum.posts.events import PostSplit
from forum.posts.locking import lock_groups
from forum.posts.models import Follow, Post, Split, SplitAnswer, Vote
from forum.posts.openness import HasPlace, find_area_for
from forum.posts.queries import visible_to
from forum.posts.schemas import MAX_TITLE
from forum.posts.status import INTEREST_RANK, Interest, Moderation
from forum.posts.voting import PostId, cast_vote
from forum.products.models import Area
from forum.products.rules import may_vote

_SENTENCE = re.compile(r"(?<=[.!?…])[”\"»«“)]?\s+|\n+")
_BLOCK = re.compile(r"</(?:p|li|h\d|blockquote|pre)>|<br ?/?>")


class Piece(NamedTuple):
    """What shall become a post of its own: sentences by their places in `sentences_of`, its headline and its area."""

    sentences: Collection[int]
    title: str = ""  # "": the first sentence
    area_id: int | None = None  # None: where the whole post stands
    number: int = 1  # as the moderator called it


class Part(NamedTuple):
    """A post that was split off another."""

    id: int
    title: str
    language: str
    votes: int
    split_id: int
    takes_votes: bool


class Origin(NamedTuple):
    """The post that another was split off."""

    id: int
    title: str
    language: str


def sentences_of(post: Post) -> list[str]:
    """The sentences of a post's text, in their order and without markup."""
    blocks = (markup.words_of(block) for block in _BLOCK.split(post.body_html))
    return [sentence.strip() for block in blocks for sentence in _SENTENCE.split(block) if sentence.strip()]


def split_post(session: Session, post: Post, pieces: Sequence[Piece], *, by: Reader) -> list[Split]:
    """Let pieces of what `post` says be posts of their own by the same author, all in one go.

    Publishes `PostSplit` once, and `PostPublished` for each. Raises `NotAllowed` unless `by` moderates, `Invalid`
    without a sentence, for a post that not everybody can read and beside the area (`area_id_` and the piece's number)
    that does not take it, and `Conflict` when the words of a piece have a post of their own already.
    """
    require(rules.may_merge(by), str(rules.may_merge.refusal))  # type: ignore[attr-defined]
    session.refresh(post, with_for_update=True)
    if not post.is_listed:
        raise Invalid(_("Only posts that everybody can read are split."))
    known = sentences_of(post)
    chosen = [[known[place] for place in sorted(set(one.sentences)) if 0 <= place < len(known)] for one in pieces]
    if not chosen or not all(chosen):
        raise Invalid(fields={"places": _("Choose at least one sentence.")})
    areas = [_area_of(session, post, piece) for piece in pieces]
    now = utcnow()
    made = [
        _split_off(session, post, words, piece.title, area, by, now)
        for piece, words, area in zip(pieces, chosen, areas, strict=True)
    ]
    publish(session, PostSplit(post.id, tuple(one.part_id for one in made), by.id or 0))
    return made


def _area_of(session: Session, post: Post, piece: Piece) -> HasPlace:
    if piece.area_id is None or piece.area_id == post.area_id:
        return session.get_one(Area, post.area_id)
    try:
        return find_area_for(session, piece.area_id, post.kind)
    except Invalid as problem:
        raise Invalid(fields={f"area_id_{piece.number}": problem.fields.get("area_id", problem.message)}) from problem


def _split_off(
    session: Session, post: Post, sentences: Sequence[str], title: str, area: HasPlace, by: Reader, now: datetime
) -> Split:
    words = " ".join(sentences)
    if session.scalar(_standing(post.id).where(Split.words == words).with_only_columns(Split.id)):
        raise Conflict(_("These words have a post of their own already."))
    part = services.write_part(session, post, area, title=title or markup.cut(sentences[0], MAX_TITLE), body=words)
    split = Split(post_id=post.id, part_id=part.id, words=words, split_at=now, split_by_id=by.id)
    session.add(split)
    session.flush()  # its id is needed to undo it
    if post.author_id is not None:
        row = {"user_id": post.author_id, "subject": "post", "subject_id": part.id, "since": now}
        session.execute(insert_into(session, Follow).on_conflict_do_nothing().values(row))
    timeline.add(session, post.id, "split", at=now, actor_id=by.id, part_id=part.id)
    timeline.add(session, part.id, "split_from", at=now, actor_id=by.id, from_id=post.id)
    _record(session, "post.split", post, part.id, by)
    return split


def undo_round(session: Session, split: Split, *, by: Reader) -> None:
    """Take back a split, and what was split off the same post with the same press."""
    same = sa.select(Split).where(Split.post_id == split.post_id, Split.split_at == split.split_at)
    for one in session.scalars(same.order_by(Split.id)).all():
        undo_split(session, one, by=by)


def undo_split(session: Session, split: Split, *, by: Reader) -> None:
    """Take a split back: a part that nobody used goes, another one is joined with its post, so nothing is lost.

    Doing it twice changes nothing. Raises `NotAllowed` unless `by` moderates.
    """
    require(rules.may_merge(by), str(rules.may_merge.refusal))  # type: ignore[attr-defined]
    session.refresh(split, with_for_update=True)
    if split.undone_at is not None:
        return
    split.undone_at, split.undone_by_id = utcnow(), by.id
    post, part = session.get_one(Post, split.post_id), session.get_one(Post, split.part_id)
    if part.moderation is Moderation.OPEN and not _is_used(session, part):
        services.remove_post(session, part, by=by, reason=_("It stands in the post that it was taken from."))
    elif part.moderation is Moderation.OPEN and post.moderation is Moderation.OPEN:
        merging.merge(session, part, post, by=by)
    told = sa.select(Post.id).where(Post.id == post.id)
    timeline.show_or_hide(session, told, ("split",), is_public=False, part_id=part.id)
    _record(session, "post.unsplit", post, part.id, by)


def _is_used(session: Session, part: Post) -> bool:
    voted = session.scalar(sa.select(Vote.post_id).where(Vote.post_id == part.id).limit(1))
    return voted is not None or part.comments > 0 or not merging.is_alone(session, part)


def answer(session: Session, post: Post, part_ids: Collection[int], *, by: Reader) -> list[int]:
    """Say which parts of a post one meant: a vote on each, as strong as the one on the post, which stays.

    None of them means the post as a whole; parts that are not put to the vote are passed over. Returns the parts that
    were voted for. Raises `NotAllowed` unless `by` voted for the post, and what `cast_vote` raises.
    """
    interest = _interest(session, post.id, by)
    if interest is None:
        raise NotAllowed(_("Only whoever voted for this post is asked what they meant."))
    meant = [part.id for part in parts_of(session, post.id, by) if part.takes_votes and part.id in part_ids]
    lock_groups(session, meant)
    for part_id in meant:
        cast_vote(session, PostId(part_id), by=by, interest=interest)
    row = {"post_id": post.id, "user_id": by.id, "answered_at": utcnow()}
    statement = insert_into(session, SplitAnswer).values(row)
    session.execute(
        statement.on_conflict_do_update(index_elements=["post_id", "user_id"], set_={"answered_at": row["answered_at"]})
    )
    return meant


def _interest(session: Session, post_id: int, by: Reader) -> Interest | None:
    rank = session.scalar(
        sa.select(counting.strongest(Vote.interest)).where(
            Vote.post_id.in_(counting.group_of(post_id)), Vote.user_id == by.id
        )
    )
    return next((interest for interest, one in INTEREST_RANK.items() if one == rank), None)


def parts_of(session: Session, post_id: int, reader: Reader) -> list[Part]:
    """The posts that were split off a post, as far as `reader` may see them, the first ones first."""
    query = sa.select(Post, Split.id, Area).join(Split, Split.part_id == Post.id).join(Area, Area.id == Post.area_id)
    query = query.where(Split.post_id == post_id, Split.undone_at.is_(None), visible_to(reader)).order_by(Split.id)
    return [
        Part(post.id, post.title, post.language, post.votes, split_id, may_vote(area, post.kind))
        for post, split_id, area in session.execute(query)
    ]


def origin_of(session: Session, part_id: int, reader: Reader) -> Origin | None:
    """The post that one was split off, if `reader` may see it."""
    query = sa.select(Post.id, Post.title, Post.language).join(Split, Split.post_id == Post.id)
    row = session.execute(
        query.where(Split.part_id == part_id, Split.undone_at.is_(None), visible_to(reader))
    ).one_or_none()
    return None if row is None else Origin._make(row)


def is_asked(session: Session, post_id: int, reader: Reader) -> bool:
    """Whether `reader` voted before a part was split off, and has not said since what they meant."""
    if reader.id is None:
        return False
    answered = sa.select(SplitAnswer.answered_at).where(
        SplitAnswer.post_id == post_id, SplitAnswer.user_id == reader.id
    )
    voted = sa.select(sa.func.min(Vote.cast_at)).where(
        Vote.post_id.in_(counting.group_of(post_id)), Vote.user_id == reader.id
    )
    last = sa.select(sa.func.max(Split.split_at)).where(Split.post_id == post_id, Split.undone_at.is_(None))
    then, cast, split = session.execute(
        sa.select(answered.scalar_subquery(), voted.scalar_subquery(), last.scalar_subquery())
    ).one()
    return cast is not None and split is not None and cast < split and (then is None or then < split)


def _standing(post_id: int) -> sa.Select[Split]:
    return sa.select(Split).where(Split.post_id == post_id, Split.undone_at.is_(None))


def _record(session: Session, action: str, post: Post, part_id: int, by: Reader) -> None:
    audit.record(session, action, by=by.id, subject="post", subject_id=post.id, about=post.author_id, part_id=part_id)
