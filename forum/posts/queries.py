"""What a reader may see. Every list, search, count and action starts from `visible_to`."""

from enum import Enum

import sqlalchemy as sa

from forum.accounts.rules import may_moderate
from forum.core.people import Reader
from forum.posts.models import Comment, Follow, Post
from forum.posts.status import Moderation, Visibility

# What the moderators have not taken out of sight; merged posts keep their text under a link to the other one.
_IN_SIGHT = (Moderation.OPEN, Moderation.MERGED)
# What everybody may read; it is evidence: a merged post keeps its words, and whoever is behind it.
IN_PUBLIC = Post.is_listed | ((Post.moderation == Moderation.MERGED) & (Post.visibility == Visibility.PUBLIC))


class Sight(Enum):
    """How far a reader sees, apart from their own posts."""

    ANYBODY = "anybody"
    PERSON = "person"
    TEAM = "team"
    MODERATOR = "moderator"


def sight_of(reader: Reader) -> Sight:
    """How far `reader` sees; statements can be kept per sight, with the reader's id bound as a value."""
    if reader.id is None:
        return Sight.ANYBODY
    if may_moderate(reader):
        return Sight.MODERATOR
    return Sight.TEAM if reader.is_team else Sight.PERSON


Me = int | sa.BindParameter[int] | None


def visible_to(reader: Reader) -> sa.ColumnElement[bool]:
    """The condition on `Post` for what `reader` may see.

    Everybody sees public posts that are open or merged; people see their own in any state except erased; the
    team sees private ones too, and moderators those that wait or were taken out of sight.
    """
    return visible_with(sight_of(reader), reader.id)


def visible_with(sight: Sight, me: Me) -> sa.ColumnElement[bool]:
    """The condition of `visible_to` for anybody who sees so far, `me` being their id or a parameter for it."""
    if sight is Sight.ANYBODY:
        return IN_PUBLIC
    if sight is Sight.MODERATOR:
        return Post.moderation != Moderation.ERASED
    own = (Post.author_id == me) & (Post.moderation != Moderation.ERASED)
    return own | (Post.moderation.in_(_IN_SIGHT) if sight is Sight.TEAM else IN_PUBLIC)


def find_post(reader: Reader, post_id: int) -> sa.Select[Post]:
    """The post with this id, if `reader` may see it."""
    return sa.select(Post).where(Post.id == post_id, visible_to(reader))


def is_followed(reader: Reader, subject: str, subject_id: sa.SQLColumnExpression[int]) -> sa.ColumnElement[bool]:
    """Whether `reader` follows the thing in a row, as a column of a query that reads it anyway."""
    theirs = (Follow.user_id == reader.id, Follow.subject == subject, Follow.subject_id == subject_id)
    return sa.exists().where(*theirs) if reader.id is not None else sa.false()


def visible_comments(reader: Reader) -> sa.ColumnElement[bool]:
    """The condition on `Comment` for what `reader` may see of a post that they may see.

    A comment that was hidden or removed stays visible to its author and to moderators.
    """
    return comments_with(sight_of(reader), reader.id)


def comments_with(sight: Sight, me: Me) -> sa.ColumnElement[bool]:
    """The condition of `visible_comments` for anybody who sees so far."""
    in_sight: sa.ColumnElement[bool] = Comment.moderation == Moderation.OPEN
    if sight is Sight.MODERATOR:
        return Comment.moderation != Moderation.ERASED
    if sight is not Sight.ANYBODY:
        in_sight = in_sight | ((Comment.author_id == me) & (Comment.moderation != Moderation.ERASED))
    return in_sight if sight is Sight.TEAM else in_sight & ~Comment.is_internal


def find_comment(reader: Reader, comment_id: int) -> sa.Select[Comment]:
    """The comment with this id, if `reader` may see it and its post."""
    return (
        sa.select(Comment)
        .join(Post, Post.id == Comment.post_id)
        .where(Comment.id == comment_id, visible_comments(reader), visible_to(reader))
    )
