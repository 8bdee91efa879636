"""Which posts cannot be taken back any more, because somebody has done something with them.

Votes and comments hold a post here; later stages add what else does when they are imported.
"""

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from forum.posts.models import Comment, Post, Vote
from forum.posts.status import Moderation

_joined = aliased(Post)
_HOLDS: list[sa.ColumnElement[bool]] = [
    Post.moderation != Moderation.OPEN,  # a moderator has dealt with it
    sa.exists().where(Vote.post_id == Post.id),
    sa.exists().where(Comment.post_id == Post.id),
    sa.exists().where(_joined.merged_into_id == Post.id),
]


def hold(condition: sa.ColumnElement[bool]) -> None:
    """From now on posts for which `condition` is true are held as well."""
    _HOLDS.append(condition)


def is_held() -> sa.ColumnElement[bool]:
    """Whether a post must stay."""
    return sa.or_(*_HOLDS)
