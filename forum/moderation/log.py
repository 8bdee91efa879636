"""The log in full, for moderators: who did what, when and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from config import settings
from forum.accounts.models import User, UserRole
from forum.accounts.status import AccountState
from forum.core.audit import AuditEntry
from forum.core.languages import _, mark
from forum.core.paging import Page, read_cursor, write_cursor
from forum.core.people import Reader, Role
from forum.core.sheets import write_csv
from forum.posts.models import Comment, Post
from forum.posts.queries import visible_to

PAGE_SIZE = 50
EXPORTED = 20_000  # the newest lines at most, so that an export stays a file of a few megabytes

# What each action is called. The log of moderation is about these; other desks show their own.
ACTIONS: Mapping[str, str] = {
    "post.open": mark("Approved a post"),
    "post.ask": mark("Asked the author to change a post"),
    "post.hide": mark("Hid a post"),
    "post.remove": mark("Removed a post"),
    "post.restore": mark("Put a post back"),
    "post.merge": mark("Joined a post with another"),
    "post.unmerge": mark("Undid a merge"),
    "post.bundle": mark("Bundled posts"),
    "post.split": mark("Split a post"),
    "post.unsplit": mark("Undid a split"),
    "comment.open": mark("Approved a comment"),
    "comment.ask": mark("Asked the author to change a comment"),
    "comment.hide": mark("Hid a comment"),
    "comment.remove": mark("Removed a comment"),
    "comment.restore": mark("Put a comment back"),
    "post.edit": mark("Edited a post"),
    "post.revert": mark("Put the words of a post back"),
    "comment.edit": mark("Edited a comment"),
    "comment.revert": mark("Put the words of a comment back"),
    "post.move": mark("Moved a post"),
    "post.lock": mark("Locked a post"),
    "post.unlock": mark("Unlocked a post"),
    "post.pin": mark("Pinned a post"),
    "post.unpin": mark("Took the pin off a post"),
    "person.warn": mark("Warned a person"),
    "person.suspend": mark("Suspended a person"),
    "person.withdraw": mark("Withdrew a warning"),
    "person.lift": mark("Lifted a suspension"),
    "person.keep": mark("Kept to a warning or suspension"),
    "reason.write": mark("Worded a reason"),
    "reason.retire": mark("Retired a reason"),
    "reason.bring_back": mark("Brought a reason back"),
    "area.rules": mark("Wrote the rules of an area"),
    "case.keep": mark("Kept what was reported"),
    "case.reopen": mark("Took back a decision to keep"),
    "moderation.export_log": mark("Exported this log"),
    "moderation.decide": mark("Tried to decide a case"),
    "moderation.undo": mark("Tried to take a decision back"),
    "moderation.moderate": mark("Tried to moderate a post or comment"),
}

Actor = aliased(User, name="actor")
About = aliased(User, name="about")
# Comments carry their post only by way of the comment.
_POST_ID = sa.case((AuditEntry.subject == "post", AuditEntry.subject_id), else_=Comment.post_id)

_LINES = (
    sa.select(
        AuditEntry.id,
        AuditEntry.at,
        AuditEntry.action,
        AuditEntry.subject,
        AuditEntry.subject_id,
        # What was written to somebody who erased their account may name them; the entry itself cannot be changed.
        sa.case((About.state == AccountState.ERASED, ""), else_=AuditEntry.reason).label("reason"),
        AuditEntry.refused,
        AuditEntry.details,
        AuditEntry.actor_id,
        AuditEntry.about_id,
        Actor.display_name.label("actor"),
        About.display_name.label("about"),
        Post.id.label("post_id"),
        Post.title,
        Post.language,
    )
    .outerjoin(Actor, Actor.id == AuditEntry.actor_id)
    .outerjoin(About, About.id == AuditEntry.about_id)
    .outerjoin(Comment, sa.and_(AuditEntry.subject == "comment", Comment.id == AuditEntry.subject_id))
    .order_by(AuditEntry.id.desc())
)


@dataclass(frozen=True)
class Filters:
    """Which lines to show; None for all."""

    post_id: int | None = None
    person_id: int | None = None  # who did it, or whom it concerned
    action: str = ""
    moderator_id: int | None = None  # who did it
    since: date | None = None  # days of the site's time zone, both counted in
    until: date | None = None


def lines(session: Session, reader: Reader, filters: Filters, cursor: str = "") -> Page[Any]:
    """A page of the log, newest first, with the titles of posts that `reader` may see."""
    query, keys = _filtered(reader, filters), read_cursor(cursor)
    if keys:
        query = query.where(AuditEntry.id < keys[0])
    rows = session.execute(query.limit(PAGE_SIZE + 1)).all()
    after = write_cursor(rows[PAGE_SIZE - 1].id) if len(rows) > PAGE_SIZE else ""
    return Page(rows[:PAGE_SIZE], after, is_first=keys is None)


def _filtered(reader: Reader, filters: Filters) -> sa.Select[*tuple[Any, ...]]:
    query: sa.Select[*tuple[Any, ...]] = _LINES.outerjoin(Post, sa.and_(Post.id == _POST_ID, visible_to(reader)))
    known = filters.action in ACTIONS
    query = query.where(AuditEntry.action == filters.action if known else AuditEntry.action.in_(ACTIONS))
    if filters.post_id is not None:
        comments = sa.select(Comment.id).where(Comment.post_id == filters.post_id)
        of_post = sa.and_(AuditEntry.subject == "post", AuditEntry.subject_id == filters.post_id)
        query = query.where(of_post | sa.and_(AuditEntry.subject == "comment", AuditEntry.subject_id.in_(comments)))
    if filters.person_id is not None:
        query = query.where((AuditEntry.actor_id == filters.person_id) | (AuditEntry.about_id == filters.person_id))
    if filters.moderator_id is not None:
        query = query.where(AuditEntry.actor_id == filters.moderator_id)
    zone = ZoneInfo(settings().time_zone)
    if filters.since is not None:
        query = query.where(AuditEntry.at >= datetime.combine(filters.since, time(), zone))
    if filters.until is not None:
        query = query.where(AuditEntry.at < datetime.combine(filters.until + timedelta(days=1), time(), zone))
    return query


def moderators(session: Session) -> list[tuple[int, str]]:
    """Who moderates, or is an admin, with their ids; for the filter."""
    query = sa.select(User.id, User.display_name).join(UserRole, UserRole.user_id == User.id)
    query = query.where(UserRole.role.in_((Role.MODERATOR, Role.ADMIN))).distinct().order_by(User.display_name)
    return [(row.id, row.display_name) for row in session.execute(query.limit(200))]


def export(session: Session, reader: Reader, filters: Filters) -> str:
    """The newest lines of the log as CSV, in the language of the moment."""
    header = (_("When (UTC)"), _("Who"), _("What"), _("Refused"), _("Which post"), _("Title"), _("Whose"), _("Why"))
    rows = session.execute(_filtered(reader, filters).limit(EXPORTED))
    return write_csv(
        header,
        (
            (
                row.at.strftime("%Y-%m-%d %H:%M:%S"),
                row.actor,
                _(ACTIONS[row.action]),
                _("yes") if row.refused else "",
                row.post_id,
                row.title,
                row.about,
                row.reason,
            )
            for row in rows
        ),
    )
