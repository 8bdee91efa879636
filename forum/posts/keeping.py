"""What moderators do with a post besides judging it: move it, close it to comments, keep it on top for a while.

Each of these can be taken back by one press, exactly, as long as nothing of its kind has happened to the post since.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.models import User
from forum.core import audit
from forum.core.audit import AuditEntry
from forum.core.clock import utcnow
from forum.core.errors import Conflict, Invalid, require
from forum.core.events import publish
from forum.core.languages import _, speaking
from forum.core.people import Reader
from forum.posts import rules, services
from forum.posts.events import PostChanged, PostMoved
from forum.posts.models import Post
from forum.posts.openness import find_area_for
from forum.products.models import Area

KINDS = (("post.move",), ("post.lock", "post.unlock"), ("post.pin", "post.unpin"))


@dataclass(frozen=True)
class Deed:
    """The last that moderators did to a post of its kind."""

    entry_id: int
    action: str
    at: datetime
    by_name: str
    reason: str
    details: dict[str, Any]
    can_be_undone: bool


def move_post(session: Session, post: Post, area_id: int, *, by: Reader, reason: str) -> int:
    """Put a post into another area, if that takes its kind. Publishes `PostMoved` and `PostChanged`.

    Returns what `undo` takes back. Raises `NotAllowed` unless `by` moderates, `Invalid` without a reason, for the
    same area, or when the target is not open to it.
    """
    _begin(session, post, by, reason)
    if area_id == post.area_id:
        raise Invalid(fields={"area_id": _("It is in this area already. Choose another one.")})
    find_area_for(session, area_id, post.kind)
    return _move(session, post, session.get_one(Area, area_id), by, reason)


def _move(session: Session, post: Post, area: Area, by: Reader, reason: str, **details: Any) -> int:
    before = post.area_id
    services.change_area(session, post, area)
    assert by.id is not None
    publish(session, PostMoved(post.id, before, area.id, by.id))
    publish(session, PostChanged(post.id))
    return _record(session, "post.move", post, by, reason, before=before, after=area.id, **details)


def lock_post(session: Session, post: Post, is_locked: bool, *, by: Reader, reason: str) -> int:
    """Close a post to new comments, but for the team's, or open it to them again. Answers and errors as `move_post`."""
    _begin(session, post, by, reason)
    if post.is_locked is is_locked:
        raise Conflict(_("Somebody has done that already."))
    return _lock(session, post, is_locked, by, reason)


def _lock(session: Session, post: Post, is_locked: bool, by: Reader, reason: str, **details: Any) -> int:
    before, post.is_locked = post.is_locked, is_locked
    action = "post.lock" if is_locked else "post.unlock"
    return _record(session, action, post, by, reason, before=before, after=is_locked, **details)


def pin_post(
    session: Session, post: Post, until: datetime | None, *, by: Reader, reason: str, on_board: bool = True
) -> int:
    """Show a listed post on top of its area until that moment, and of the board, or no longer with None.

    Answers and errors as `move_post`.
    """
    _begin(session, post, by, reason)
    if until is not None and until <= utcnow():
        raise Invalid(fields={"until": _("Choose a day to come.")})
    if until is not None and not post.is_listed:
        raise Invalid(_("Only posts that everybody can read are pinned."))
    return _pin(session, post, until, until is not None and on_board, by, reason)


def _pin(
    session: Session, post: Post, until: datetime | None, on_board: bool, by: Reader, reason: str, **details: Any
) -> int:
    before = _pinned(post)
    post.pinned_until, post.is_pinned_on_board = until, on_board
    action = "post.pin" if until else "post.unpin"
    return _record(session, action, post, by, reason, before=before, after=_pinned(post), **details)


def _pinned(post: Post) -> list[Any]:
    """How a post is pinned, as the log keeps it: in UTC, as it is when it is read again."""
    until = post.pinned_until.astimezone(UTC).isoformat() if post.pinned_until else ""
    return [until, post.is_pinned_on_board]


def undo(session: Session, post: Post, entry_id: int, *, by: Reader) -> None:
    """Take back what was done to a post, which becomes exactly what it was in that respect; it stands in the log.

    Raises `NotAllowed` unless `by` moderates, and `Conflict` when something else was done since.
    """
    _begin(session, post, by, "-")
    deed = next((one for one in deeds(session, post) if one.entry_id == entry_id and one.can_be_undone), None)
    if deed is None:
        raise Conflict(_("Something else has happened since. Look at it again and decide afresh."))
    before = deed.details["before"]
    with speaking(""):  # the log is the site's, so it is written in the site's language
        reason = _("Taken back.")
    if deed.action == "post.move":
        _move(session, post, session.get_one(Area, before), by, reason, undoes=entry_id)
    elif deed.action in ("post.lock", "post.unlock"):
        _lock(session, post, before, by, reason, undoes=entry_id)
    else:
        until = datetime.fromisoformat(before[0]) if before[0] else None
        _pin(session, post, until, before[1], by, reason, undoes=entry_id)


def deeds(session: Session, post: Post) -> list[Deed]:
    """The last move, locking or unlocking, and pinning or unpinning of a post, where there was one."""
    now = {"post.move": post.area_id, "post.lock": post.is_locked, "post.pin": _pinned(post)}
    last = sa.func.max(AuditEntry.id)
    about = (AuditEntry.subject == "post", AuditEntry.subject_id == post.id, ~AuditEntry.refused)
    ids = [sa.select(last).where(*about, AuditEntry.action.in_(kind)).scalar_subquery() for kind in KINDS]
    query = sa.select(AuditEntry, User.display_name).outerjoin(User, User.id == AuditEntry.actor_id)
    found = []
    for entry, name in session.execute(query.where(AuditEntry.id.in_(ids)).order_by(AuditEntry.id)):
        kind = next(kind[0] for kind in KINDS if entry.action in kind)
        is_exact = "undoes" not in entry.details and entry.details.get("after") == now[kind]
        found.append(Deed(entry.id, entry.action, entry.at, name or "", entry.reason, entry.details, is_exact))
    return found


def _begin(session: Session, post: Post, by: Reader, reason: str) -> None:
    require(rules.may_hide(by), _("Only moderators move, lock and pin posts."))
    if not reason.strip():
        raise Invalid(fields={"words": _("Say why: it is written into the log.")})
    session.refresh(post, with_for_update=True)


def _record(session: Session, action: str, post: Post, by: Reader, reason: str, **details: Any) -> int:
    post.looked_at = utcnow()
    entry = audit.record(
        session,
        action,
        by=by.id,
        subject="post",
        subject_id=post.id,
        about=post.author_id,
        reason=reason.strip(),
        **details,
    )
    session.flush()
    return entry.id
