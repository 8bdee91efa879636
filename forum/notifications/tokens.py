"""What an unsubscribe link carries: who, of what and of which post; signed, and good for as long as the site is."""

from typing import NamedTuple

from itsdangerous import BadSignature, URLSafeSerializer

from config import settings
from forum.core.mail import absolute
from forum.notifications.status import Topic


class Leaving(NamedTuple):
    """Who wants fewer mails, and of what."""

    user_id: int
    topic: Topic | None  # None: everything that is gathered once a day
    post_id: int | None


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(settings().secret, salt="unsubscribe")


def leaving_address(user_id: int, topic: Topic | None, post_id: int | None) -> str:
    """The full address where one press ends mail of `topic`, or the daily one, to a person without signing in."""
    word = _signer().dumps([user_id, topic.value if topic else "", post_id or 0])
    return absolute(f"/unsubscribe/{word if isinstance(word, str) else word.decode()}")


def read_leaving(token: str) -> Leaving | None:
    """What a link carries, or None when it is not one of ours."""
    try:
        user_id, topic, post_id = _signer().loads(token[:400])
        return Leaving(int(user_id), Topic(topic) if topic else None, int(post_id) or None)
    except (BadSignature, ValueError, TypeError):
        return None
