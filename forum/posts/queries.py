"""What a reader may see. Every list, search, count and action starts from `visible_to`."""

import sqlalchemy as sa

from forum.accounts.rules import may_moderate
from forum.core.people import Reader
from forum.posts.models import Comment, Post
from forum.posts.status import Moderation, Visibility

# What the moderators have not taken out of sight; merged posts keep their text under a link to the other one.
_IN_SIGHT = (Moderation.OPEN, Moderation.MERGED)


def visible_to(reader: Reader) -> sa.ColumnElement[bool]:
    """The condition on `Post` for what `reader` may see.

    Everybody sees public posts that are open or merged; people see their own in any state except erased; the
    team sees private ones too, and moderators those that wait or were taken out of sight.
    """
    everybody = Post.is_listed | ((Post.moderation == Moderation.MERGED) & (Post.visibility == Visibility.PUBLIC))
    if reader.id is None:
        return everybody
    if may_moderate(reader):
        return Post.moderation != Moderation.ERASED
    own = (Post.author_id == reader.id) & (Post.moderation != Moderation.ERASED)
    if reader.is_team:
        return Post.moderation.in_(_IN_SIGHT) | own
    return everybody | own


def find_post(reader: Reader, post_id: int) -> sa.Select[Post]:
    """The post with this id, if `reader` may see it."""
    return sa.select(Post).where(Post.id == post_id, visible_to(reader))


def visible_comments(reader: Reader) -> sa.ColumnElement[bool]:
    """The condition on `Comment` for what `reader` may see of a post that they may see.

    A comment that was hidden or removed stays visible to its author and to moderators.
    """
    in_sight: sa.ColumnElement[bool] = Comment.moderation == Moderation.OPEN
    if may_moderate(reader):
        in_sight = Comment.moderation != Moderation.ERASED
    elif reader.id is not None:
        in_sight = in_sight | ((Comment.author_id == reader.id) & (Comment.moderation != Moderation.ERASED))
    return in_sight if reader.is_team else in_sight & ~Comment.is_internal


def find_comment(reader: Reader, comment_id: int) -> sa.Select[Comment]:
    """The comment with this id, if `reader` may see it and its post."""
    return (
        sa.select(Comment)
        .join(Post, Post.id == Comment.post_id)
        .where(Comment.id == comment_id, visible_comments(reader), visible_to(reader))
    )
