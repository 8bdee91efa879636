"""Reading notices. What a person may no longer see is left out, whenever it was written."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import Row
from sqlalchemy.orm import Session

from forum.accounts.models import User
from forum.accounts.status import AccountState
from forum.backlog.models import BacklogItem
from forum.backlog.queries import shown_to
from forum.core.database import Words
from forum.core.people import Reader
from forum.launches.models import Receipt
from forum.notifications.models import Happening, Notice, NoticeChoice
from forum.notifications.status import DEFAULTS, How, Kind, Subject, Topic
from forum.posts.models import Comment, Follow, Post
from forum.posts.queries import find_post, visible_comments, visible_to
from forum.posts.status import Moderation
from forum.products.models import Area
from forum.themes.models import EarlyWarning, Theme
from forum.themes.queries import visible_themes

AnyRow = Row[*tuple[Any, ...]]
PAGE = 60  # notices on one page, before they are grouped


class Title(NamedTuple):
    """What another post is called."""

    title: str
    language: str


def notices(reader: Reader) -> sa.Select[*tuple[Any, ...]]:
    """The notices of `reader` that they may still see, with what their sentences need."""
    is_open = (Comment.moderation == Moderation.OPEN) & visible_comments(reader)
    return (
        sa.select(
            Notice.id,
            Notice.tie,
            Notice.created_at,
            Notice.seen_at,
            Happening.kind,
            Happening.values.label("details"),
            Happening.theme_id,
            Happening.item_id,
            Happening.comment_id,
            Post.id.label("post_id"),
            Post.title,
            Post.language,
            Comment.body_html,
            Comment.language.label("comment_language"),
            Comment.department,
            User.display_name.label("actor"),
            BacklogItem.title.label("item"),
            Theme.name,
            Theme.suggestion,
            Receipt.id.label("receipt_id"),
            Receipt.sentence.label("own_words"),
            Receipt.said_at,
            Receipt.joined,
            EarlyWarning.people,
            EarlyWarning.usual,
        )
        .join(Happening, Happening.id == Notice.happening_id)
        .outerjoin(Post, Post.id == Notice.post_id)
        .outerjoin(Comment, Comment.id == Happening.comment_id)
        .outerjoin(User, (User.id == Happening.actor_id) & (User.state != AccountState.ERASED))
        .outerjoin(BacklogItem, BacklogItem.id == Happening.item_id)
        .outerjoin(Theme, Theme.id == Happening.theme_id)
        .outerjoin(
            Receipt,
            (Receipt.user_id == Notice.user_id) & (Receipt.launch_id == Happening.values["launch_id"].as_integer()),
        )
        .outerjoin(EarlyWarning, EarlyWarning.id == Happening.values["warning_id"].as_integer())
        .where(
            Notice.user_id == reader.id,
            Notice.post_id.is_(None) | visible_to(reader),
            Happening.comment_id.is_(None) | is_open,
            # Whoever is in a pilot hears of it, also where its item is internal.
            Happening.item_id.is_(None) | shown_to(reader) | (Happening.kind == Kind.PILOT),
            Happening.theme_id.is_(None) | visible_themes(reader),
        )
    )


def page_of(session: Session, reader: Reader, *, before: int) -> Sequence[AnyRow]:
    """The notices of `reader` with ids below `before`, the latest first; one more than a page shows."""
    query = notices(reader).where(Notice.id < before).order_by(Notice.id.desc()).limit(PAGE + 1)
    return session.execute(query).all()


def of_mail(session: Session, reader: Reader, mail_id: int) -> Sequence[AnyRow]:
    """The notices that a mail tells of, the oldest first."""
    return session.execute(notices(reader).where(Notice.mail_id == mail_id).order_by(Notice.id)).all()


def other_titles(session: Session, reader: Reader, rows: Sequence[AnyRow]) -> Mapping[int, Title]:
    """The titles of the other posts that notices speak of, as far as `reader` may see them."""
    ids = {row.details["into_id"] for row in rows if "into_id" in row.details}
    ids |= {one for row in rows for key in ("new_ids", "newest_ids") for one in row.details.get(key, ())}
    if not ids:
        return {}
    found = session.execute(sa.select(Post.id, Post.title, Post.language).where(Post.id.in_(ids), visible_to(reader)))
    return {post_id: Title(title, language) for post_id, title, language in found}


def choices(session: Session, user_ids: Sequence[int]) -> dict[int, dict[Topic, How]]:
    """How some people hear of each topic."""
    found = {user_id: dict(DEFAULTS) for user_id in user_ids}
    chosen = sa.select(NoticeChoice.user_id, NoticeChoice.topic, NoticeChoice.how)
    for user_id, topic, how in session.execute(chosen.where(NoticeChoice.user_id.in_(user_ids))):
        found[user_id][topic] = how
    return found


def can_be_followed(session: Session, reader: Reader, subject: Subject, subject_id: int) -> Words | str | None:
    """What a thing that `reader` may see and follow is called; None when there is no such thing."""
    query: sa.Select[Any]
    match subject:
        case Subject.POST:
            post = session.scalars(find_post(reader, subject_id)).one_or_none()
            return post.title if post else None
        case Subject.AREA:
            query = sa.select(Area.name).where(Area.id == subject_id)
        case Subject.ITEM:
            query = sa.select(BacklogItem.title).where(BacklogItem.id == subject_id, shown_to(reader))
        case Subject.THEME:
            seen = sa.select(Theme).where(Theme.id == subject_id, visible_themes(reader))
            theme = session.scalars(seen).one_or_none()
            return (theme.name or theme.suggestion) if theme else None
    name: Words | None = session.scalars(query).one_or_none()
    return name


def follows(session: Session, reader: Reader, subject: Subject, subject_id: int) -> bool:
    """Whether `reader` follows it."""
    return session.get(Follow, (reader.id, subject.value, subject_id)) is not None


def followed(session: Session, reader: Reader, limit: int, start: int = 0) -> Sequence[AnyRow]:
    """What `reader` follows and may see, the latest first, from place `start`: kind, id, and what it is called."""
    theirs = (
        sa.select(
            Follow.subject,
            Follow.subject_id,
            Follow.since,
            Post.title,
            Post.language,
            Area.name.label("area"),
            BacklogItem.title.label("item"),
            Theme.name,
            Theme.suggestion,
        )
        .outerjoin(Post, (Follow.subject == Subject.POST.value) & (Post.id == Follow.subject_id) & visible_to(reader))
        .outerjoin(Area, (Follow.subject == Subject.AREA.value) & (Area.id == Follow.subject_id))
        .outerjoin(
            BacklogItem,
            (Follow.subject == Subject.ITEM.value) & (BacklogItem.id == Follow.subject_id) & shown_to(reader),
        )
        .outerjoin(
            Theme, (Follow.subject == Subject.THEME.value) & (Theme.id == Follow.subject_id) & visible_themes(reader)
        )
        .where(Follow.user_id == reader.id)
    )
    there = sa.or_(*(model.id.is_not(None) for model in (Post, Area, BacklogItem, Theme)))
    latest = (Follow.since.desc(), Follow.subject, Follow.subject_id.desc())
    return session.execute(theirs.where(there).order_by(*latest).limit(limit).offset(start)).all()
