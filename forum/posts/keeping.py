"""What moderators do with a post besides judging it: move it, close it to comments, keep it on top for a while."""

from datetime import datetime

from sqlalchemy.orm import Session

from forum.core import audit
from forum.core.clock import utcnow
from forum.core.errors import Conflict, Invalid, require
from forum.core.events import publish
from forum.core.languages import _
from forum.core.people import Reader
from forum.posts import rules, services
from forum.posts.events import PostChanged, PostMoved
from forum.posts.models import Post
from forum.posts.openness import find_area_for


def move_post(session: Session, post: Post, area_id: int, *, by: Reader, reason: str) -> None:
    """Put a post into another area, if that takes its kind. Publishes `PostMoved` and `PostChanged`.

    Raises `NotAllowed` unless `by` moderates, `Invalid` without a reason, for the same area, or when the target is
    not open to it.
    """
    _begin(session, post, by, reason)
    if area_id == post.area_id:
        raise Invalid(fields={"area_id": _("It is in this area already. Choose another one.")})
    area, before = find_area_for(session, area_id, post.kind), post.area_id
    services.change_area(session, post, area)
    assert by.id is not None
    publish(session, PostMoved(post.id, before, area.id, by.id))
    publish(session, PostChanged(post.id))
    _record(session, "post.move", post, by, reason)


def lock_post(session: Session, post: Post, is_locked: bool, *, by: Reader, reason: str) -> None:
    """Close a post to new comments, but for the team's, or open it to them again. Errors as `move_post`."""
    _begin(session, post, by, reason)
    if post.is_locked is is_locked:
        raise Conflict(_("Somebody has done that already."))
    post.is_locked = is_locked
    _record(session, "post.lock" if is_locked else "post.unlock", post, by, reason)


def pin_post(session: Session, post: Post, until: datetime | None, *, by: Reader, reason: str) -> None:
    """Show a listed post beside the board until that moment, or no longer with None. Errors as `move_post`."""
    _begin(session, post, by, reason)
    if until is not None and until <= utcnow():
        raise Invalid(fields={"until": _("Choose a day to come.")})
    if until is not None and not post.is_listed:
        raise Invalid(_("Only posts that everybody can read are pinned."))
    post.pinned_until = until
    _record(session, "post.pin" if until else "post.unpin", post, by, reason)


def _begin(session: Session, post: Post, by: Reader, reason: str) -> None:
    require(rules.may_hide(by), _("Only moderators move, lock and pin posts."))
    if not reason.strip():
        raise Invalid(fields={"words": _("Say why: it is written into the log.")})
    session.refresh(post, with_for_update=True)


def _record(session: Session, action: str, post: Post, by: Reader, reason: str) -> None:
    post.looked_at = utcnow()
    audit.record(
        session, action, by=by.id, subject="post", subject_id=post.id, about=post.author_id, reason=reason.strip()
    )
