"""Moderators change somebody's words: a typing mistake, a title, private matters. Both versions stay in the history."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.core import audit, markup
from forum.core.clock import utcnow
from forum.core.database import Json
from forum.core.errors import Conflict, Invalid, require
from forum.core.events import publish
from forum.core.languages import _, speaking
from forum.core.people import Reader
from forum.posts import rules, services
from forum.posts.events import PostChanged
from forum.posts.language import guess_language
from forum.posts.models import Comment, Post, Revision


@dataclass(frozen=True)
class Correction:
    """How a post or comment shall read; comments have no title. `version` is the one that was opened."""

    title: str
    body: str
    version: int
    closes_before: bool = False  # how it read so far shows what nobody but its author and the moderators should read


def correct(session: Session, text: Post | Comment, wanted: Correction, *, by: Reader, reason: str) -> Json:
    """Change somebody's words; its author reads the `reason`. Publishes `PostChanged` for a post.

    Returns what `put_back` and `take_back` need. Raises `NotAllowed` unless `by` moderates and it can still be
    changed, `Conflict` when it is no longer at that version, and `Invalid` when nothing would change.
    """
    require(rules.may_correct(by, text), _("Only moderators edit what others wrote, and not after it was removed."))
    session.refresh(text, with_for_update=True)
    if text.version != wanted.version:
        raise Conflict(_("This was changed while you were writing. Look at it again."))
    if (wanted.title, wanted.body) == (_title(text), text.body):
        raise Invalid(_("Nothing is changed yet."))
    kept = _replace(session, text, wanted.title, wanted.body, by, reason)
    closed = _close(session, text) if wanted.closes_before else []
    _record(session, text, "edit", by, reason)
    return {"revision": kept, "closed": closed, "version": text.version}


def put_back(session: Session, text: Post | Comment, done: Json, *, by: Reader, reason: str) -> Json:
    """Let it read as before the edit that `done` tells of: its author objected. Both stay in the history.

    Returns what `take_back` needs. Raises `NotAllowed` unless `by` moderates, and `Conflict` when it was changed since.
    """
    require(rules.may_hide(by), _("Only moderators edit what others wrote, and not after it was removed."))
    before = _before(session, text, done)
    kept = _replace(session, text, before.title, before.body, by, reason)
    _open(session, done["closed"])
    _record(session, text, "revert", by, reason)
    return {"revision": kept, "closed": [], "version": text.version}


def take_back(session: Session, text: Post | Comment, done: Json, *, by: Reader) -> None:
    """Undo the edit that `done` tells of as if it had not been made. Errors as `put_back`."""
    require(rules.may_hide(by), _("Only moderators edit what others wrote, and not after it was removed."))
    before = _before(session, text, done)
    _set(session, text, before.title, before.body)
    was_written_at = before.written_at
    text.edited_at = None if was_written_at == text.created_at else was_written_at
    _open(session, done["closed"])
    session.delete(before)
    with speaking(""):  # the log is the site's, so it is written in the site's language
        _record(session, text, "revert", by, _("Taken back within ten minutes."))


def stands(text: Post | Comment, done: Json) -> bool:
    """Whether nobody has changed the words since the edit that `done` tells of."""
    return bool(done.get("revision")) and text.version == done["version"]


def _before(session: Session, text: Post | Comment, done: Json) -> Revision:
    session.refresh(text, with_for_update=True)
    before = session.get(Revision, done["revision"]) if stands(text, done) else None
    if before is None:
        raise Conflict(_("Something else has happened since. Look at it again and decide afresh."))
    return before


def _title(text: Post | Comment) -> str:
    return text.title if isinstance(text, Post) else ""


def _replace(session: Session, text: Post | Comment, title: str, body: str, by: Reader, reason: str) -> int:
    """Keep how it reads in the history, and let it read differently; the id of what is kept."""
    now = utcnow()
    kept = Revision(
        post_id=text.id if isinstance(text, Post) else text.post_id,
        comment_id=None if isinstance(text, Post) else text.id,
        title=_title(text),
        body=text.body,
        written_at=text.edited_at or text.created_at,
        replaced_at=now,
        replaced_by_id=by.id,
        reason=reason,
    )
    session.add(kept)
    _set(session, text, title, body)
    text.edited_at = now
    session.flush()
    return kept.id


def _set(session: Session, text: Post | Comment, title: str, body: str) -> None:
    text.version += 1
    if isinstance(text, Post):
        services.set_text(text, title, body, text.language)
        services.relist(session, text)
        publish(session, PostChanged(text.id))
        return
    text.body, text.body_html = body, markup.render(body)
    text.markup_version, text.language = markup.MARKUP_VERSION, guess_language(body)


def _close(session: Session, text: Post | Comment) -> list[int]:
    """Let only the author and the moderators read how it read so far; the ids of what was open until now."""
    about: sa.ColumnElement[bool] = Revision.comment_id == text.id
    if isinstance(text, Post):
        about = (Revision.post_id == text.id) & Revision.comment_id.is_(None)
    ids = list(session.scalars(sa.select(Revision.id).where(about, ~Revision.is_closed)))
    session.execute(sa.update(Revision).where(Revision.id.in_(ids)).values(is_closed=True))
    return ids


def _open(session: Session, ids: list[int]) -> None:
    session.execute(sa.update(Revision).where(Revision.id.in_(ids)).values(is_closed=False))


def _record(session: Session, text: Post | Comment, act: str, by: Reader, reason: str) -> None:
    subject = "post" if isinstance(text, Post) else "comment"
    if isinstance(text, Post):
        text.looked_at = utcnow()
    audit.record(
        session, f"{subject}.{act}", by=by.id, subject=subject, subject_id=text.id, about=text.author_id, reason=reason
    )
    session.flush()
