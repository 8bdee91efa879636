"""What everybody may know of what moderators did: neither whose it was, nor who reported or decided it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.core.audit import AuditEntry
from forum.core.database import Words
from forum.core.languages import _, current_language, mark, pick
from forum.core.paging import Page, read_cursor, write_cursor
from forum.core.people import Reader
from forum.moderation.log import PAGE_SIZE
from forum.moderation.models import Case, ReasonText
from forum.moderation.reasons import REASONS
from forum.moderation.status import Decision, Reason
from forum.posts.models import Comment, Post
from forum.posts.queries import visible_comments, visible_to
from forum.posts.status import Visibility
from forum.products.models import Area


@dataclass(frozen=True)
class PublicLine:
    """What everybody may know about one deed."""

    at: datetime
    what: str
    area: str  # empty where it was about no post
    why: str
    post_id: int | None  # None where there is none, or the reader may not see it
    comment_id: int | None


# Decisions that changed what others can read: what was done to a post, and to a comment.
_DECIDED = {
    Decision.HIDDEN: (mark("A post was hidden"), mark("A comment was hidden")),
    Decision.ASKED: (mark("An author was asked to change a post"), mark("An author was asked to change a comment")),
    Decision.REMOVED: (mark("A post was removed"), mark("A comment was removed")),
    Decision.RESTORED: (mark("A post was put back"), mark("A comment was put back")),
    Decision.EDITED: (mark("A post was edited"), mark("A comment was edited")),
    Decision.REVERTED: (mark("The words of a post were put back"), mark("The words of a comment were put back")),
}
# Everything else, by its line in the full log.
_DONE = {
    "post.move": mark("A post was moved"),
    "post.lock": mark("A post was locked"),
    "post.unlock": mark("A post was unlocked"),
    "post.pin": mark("A post was pinned"),
    "post.unpin": mark("A post was pinned no longer"),
    "post.merge": mark("A post was joined with another"),
    "post.unmerge": mark("Posts that were joined stand apart again"),
    "post.split": mark("A part of a post became a post of its own"),
    "post.unsplit": mark("A part of a post was put back into it"),
    "person.warn": mark("Somebody was warned"),
    "person.withdraw": mark("A warning was withdrawn"),
    "person.suspend": mark("Somebody was suspended for a while"),
    "person.lift": mark("A suspension was lifted"),
    "person.keep": mark("A warning or suspension was looked at again and stands"),
}
OWN_WORDS = mark("Told to the author in the moderator's own words.")
IN_LOG = mark("The moderators' log has the reason.")

_BEGINNING = datetime.fromtimestamp(0, UTC)
_TICK = timedelta(microseconds=1)

_CASES = (
    sa.select(Case.id, Case.decision, Case.decided_at.label("at"), Case.ground, Case.own_ground_id, Case.comment_id)
    .add_columns(Area.name)
    .join(Post, Post.id == Case.post_id)
    .join(Area, Area.id == Post.area_id)
    .add_columns(Post.id.label("post_id"))
    .outerjoin(Comment, Comment.id == Case.comment_id)
    .where(Case.decision.in_(_DECIDED), Case.reason != "", Post.visibility == Visibility.PUBLIC)
    .where(sa.func.coalesce(Comment.is_internal, sa.false()).is_(sa.false()))
    .order_by(Case.decided_at.desc(), Case.id.desc())
)
_ENTRIES = (
    sa.select(AuditEntry.id, AuditEntry.action, AuditEntry.at, AuditEntry.details, AuditEntry.reason, Area.name)
    .add_columns(Post.id.label("post_id"), sa.null().label("comment_id"))
    .outerjoin(Post, (AuditEntry.subject == "post") & (Post.id == AuditEntry.subject_id))
    .outerjoin(Area, Area.id == Post.area_id)
    .where(AuditEntry.action.in_(_DONE), ~AuditEntry.refused)
    .where((AuditEntry.subject == "person") | (Post.visibility == Visibility.PUBLIC))
    .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
)


def public_lines(session: Session, reader: Reader, cursor: str = "") -> Page[PublicLine]:
    """A page of what moderators did, newest first, without the names of those concerned.

    Each line leads to its post or comment as far as `reader` may see it.
    """
    keys = read_cursor(cursor, 3)
    seen = visible_to(reader)
    cases = _CASES.add_columns((seen & (Comment.id.is_(None) | visible_comments(reader))).label("is_seen"))
    rows = _read(session, cases, Case.decided_at, Case.id, 1, keys)
    rows += _read(session, _ENTRIES.add_columns(seen.label("is_seen")), AuditEntry.at, AuditEntry.id, 0, keys)
    rows.sort(key=lambda found: found[0], reverse=True)
    shown, more = rows[:PAGE_SIZE], len(rows) > PAGE_SIZE
    after = ""
    if more:
        at, rank, row_id = shown[-1][0]
        after = write_cursor((at - _BEGINNING) // _TICK, rank, row_id)
    library = _Library(session, [row for _key, row in shown])
    return Page([_line(row, library) for _key, row in shown], after, is_first=keys is None)


def _read(
    session: Session,
    query: sa.Select[*tuple[Any, ...]],
    at: Any,
    row_id: Any,
    rank: int,
    keys: Sequence[int] | None,
) -> list[tuple[tuple[datetime, int, int], Any]]:
    """Rows of one kind behind the cursor, with what orders both kinds among each other: moment, rank, id."""
    if keys:
        moment, last_rank, last_id = _BEGINNING + keys[0] * _TICK, keys[1], keys[2]
        behind = row_id < last_id if rank == last_rank else sa.literal(rank < last_rank)
        query = query.where((at < moment) | ((at == moment) & behind))
    return [((row.at, rank, row.id), row) for row in session.execute(query.limit(PAGE_SIZE + 1))]


class _Library:
    """The words of reasons and areas that a page of lines needs, read at once."""

    def __init__(self, session: Session, rows: Sequence[Any]) -> None:
        details = [row.details for row in rows if "details" in row._fields]
        self.areas: dict[int, Words] = {}
        if any("after" in one for one in details):
            self.areas = {row.id: row.name for row in session.execute(sa.select(Area.id, Area.name))}
        texts = session.execute(sa.select(ReasonText.id, ReasonText.built_in, ReasonText.words)).all()
        self.own = {row.id: row.words for row in texts}
        self.changed = {row.built_in: row.words for row in texts if row.built_in}

    def why(self, ground: Reason | None, own_id: int | None) -> str:
        """The library's sentence; a moderator's own words may name somebody, so they are told to the author alone."""
        if own_id is not None:
            return pick(self.own.get(own_id))
        if ground is None or ground not in REASONS:
            return _(OWN_WORDS)
        return self.changed.get(ground, {}).get(current_language()) or _(REASONS[ground])


def _line(row: Any, library: _Library) -> PublicLine:
    if "decision" in row._fields:
        words = _DECIDED[row.decision][row.comment_id is not None]
        why = library.why(row.ground, row.own_ground_id)
    else:
        words, why = _DONE[row.action], _why(row, row.details, library)
    place = (row.post_id, row.comment_id) if row.is_seen else (None, None)
    return PublicLine(row.at, _(words), pick(row.name), why, *place)


def _why(row: Any, details: dict[str, Any], library: _Library) -> str:
    if "undoes" in details:
        return _("Taken back.")
    if row.action == "post.move" and details.get("before") in library.areas and details.get("after") in library.areas:
        before, after = pick(library.areas[details["before"]]), pick(library.areas[details["after"]])
        return _("From {before} to {after}.", before=before, after=after)
    ground = details.get("ground")
    if isinstance(ground, int):
        return library.why(Reason.OTHER, ground)
    if ground:
        return library.why(Reason(ground), None)
    return _(IN_LOG) if row.reason else ""
