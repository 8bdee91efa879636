"""Drafts of posts, kept on the server for 30 days after they were last saved.

What somebody wrote before signing in is found by a key of which only the hash is stored; what people save while they
are signed in is theirs, and found by its id.
"""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.core.clock import utcnow
from forum.core.errors import Invalid, require
from forum.core.languages import _
from forum.core.people import Reader
from forum.posts import pictures, rules
from forum.posts.models import Draft, Picture, Post
from forum.posts.schemas import DraftFields, NewPost

KEPT = timedelta(days=30)
MOST = 20  # drafts of one person


def keep_draft(session: Session, new: NewPost | DraftFields) -> str:
    """Keep what somebody wrote before signing in, and return the key to it. Drafts nobody came back for are dropped."""
    key = secrets.token_urlsafe(32)
    drop_old(session)
    session.add(_new_draft(key, new))
    return key


def save_draft(
    session: Session, fields: DraftFields, *, by: Reader, draft: Draft | None = None, stamp: str = ""
) -> Draft:
    """Save what `by` is writing, in `draft` or as a new one; it is kept for 30 days from now.

    `stamp` is that of the draft as it was opened. If it was saved elsewhere since, and would lose words, what is
    written here becomes a draft of its own. Raises `NotAllowed` unless `by` is signed in, and `Invalid` when they
    have 20 drafts already.
    """
    require(rules.may_post(by), str(rules.may_post.refusal))  # type: ignore[attr-defined]
    if draft is not None and is_stale(draft, fields, stamp):
        draft = None
    if draft is None:
        if len(own_drafts(session, by)) >= MOST:
            raise Invalid(_("You have {n} drafts already. Post or remove one under My posts first.", n=MOST))
        drop_old(session)
        draft = _new_draft(secrets.token_urlsafe(32), fields)
        session.add(draft)
    draft.user_id = by.id
    draft.fields, draft.expires_at = fields.model_dump(mode="json"), utcnow() + KEPT
    session.flush()  # its id stands in the page
    return draft


def stamp_of(draft: Draft) -> str:
    """What tells a draft as it stands from what it was, or will be, after another saving."""
    return draft.expires_at.isoformat()


def is_stale(draft: Draft, fields: DraftFields, stamp: str) -> bool:
    """Whether `draft` was saved elsewhere since `stamp`, with words that do not begin what `fields` say."""
    title, body = draft.fields.get("title", ""), draft.fields.get("body", "")
    goes_on = fields.title.startswith(title) and fields.body.startswith(body)
    return stamp != stamp_of(draft) and not goes_on


def _new_draft(key: str, fields: NewPost | DraftFields) -> Draft:
    now = utcnow()
    return Draft(key_hash=_hash(key), fields=fields.model_dump(mode="json"), created_at=now, expires_at=now + KEPT)


def find_draft(session: Session, key: str, *, by: Reader, lock: bool = False) -> Draft | None:
    """The draft behind `key`, or the reader's own with this id, unless it has expired or is somebody else's.

    `lock` it to send it.
    """
    query = sa.select(Draft).where(Draft.expires_at > utcnow())
    if key.isascii() and key.isdigit():
        query = query.where(Draft.id == int(key[:9]), Draft.user_id == by.id, Draft.user_id.is_not(None))
    else:
        query = query.where(Draft.key_hash == _hash(key))
    draft = session.scalars(query.with_for_update() if lock else query).one_or_none()
    if draft is None or draft.user_id not in (None, by.id):
        return None
    return draft


def own_drafts(session: Session, reader: Reader) -> Sequence[Draft]:
    """The drafts of `reader`, the last saved first."""
    query = sa.select(Draft).where(Draft.user_id == reader.id, Draft.expires_at > utcnow())
    return session.scalars(query.order_by(Draft.expires_at.desc(), Draft.id.desc())).all()


def send_draft(session: Session, draft: Draft, post: Post, *, stamp: str = "") -> None:
    """Forget a draft that has become a post, which takes over its pictures.

    It stays when it was saved elsewhere since `stamp`, with words that the post does not have.
    """
    pictures.move_to_post(session, draft, post)
    if not stamp or not is_stale(draft, DraftFields(title=post.title, body=post.body), stamp):
        session.delete(draft)


def drop_draft(session: Session, draft: Draft) -> None:
    """Forget a draft that its author has removed, with its pictures."""
    pictures.remove_all(session, pictures.pictures_of(session, draft))
    session.flush()
    session.delete(draft)


def adopt_draft(session: Session, key: str, *, by: Reader) -> Draft | None:
    """Make the draft behind `key` that of `by`, who has signed in with it."""
    draft = find_draft(session, key, by=by, lock=True)
    if draft is not None:
        draft.user_id = by.id
    return draft


def drop_old(session: Session) -> None:
    """Forget the drafts that nobody came back for."""
    old = sa.select(Draft.id).where(Draft.expires_at < utcnow())
    pictures.remove_all(session, session.scalars(sa.select(Picture).where(Picture.draft_id.in_(old))).all())
    session.flush()
    session.execute(sa.delete(Draft).where(Draft.id.in_(old)))


def saved_values(draft: Draft) -> dict[str, Any]:
    """What the form of a new post begins with when it is this draft's."""
    fields = dict(draft.fields) | {"stamp": stamp_of(draft)}
    fields["visibility"] = "private" if fields.get("visibility") == "private" else ""
    return fields


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
