"""Posts written before signing in: kept on the server for 30 days, found by a key of which only the hash is stored."""

import hashlib
import secrets
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.core.clock import utcnow
from forum.core.people import Reader
from forum.posts.models import Draft
from forum.posts.schemas import NewPost

KEPT = timedelta(days=30)


def keep_draft(session: Session, new: NewPost) -> str:
    """Keep what somebody wrote and return the key to it. Drafts that nobody came back for are dropped."""
    key, now = secrets.token_urlsafe(32), utcnow()
    session.execute(sa.delete(Draft).where(Draft.expires_at < now))
    session.add(Draft(key_hash=_hash(key), fields=new.model_dump(mode="json"), created_at=now, expires_at=now + KEPT))
    return key


def find_draft(session: Session, key: str, *, by: Reader, lock: bool = False) -> Draft | None:
    """The draft behind `key`, unless it has expired or somebody else signed in with it; `lock` it to send it."""
    query = sa.select(Draft).where(Draft.key_hash == _hash(key), Draft.expires_at > utcnow())
    draft = session.scalars(query.with_for_update() if lock else query).one_or_none()
    if draft is None or draft.user_id not in (None, by.id):
        return None
    return draft


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
