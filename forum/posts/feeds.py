"""What feeds tell of posts: what everybody may read, the newest first, each with its whole text."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.models import User
from forum.accounts.status import AccountState
from forum.core.feeds import MOST, Entry
from forum.core.languages import _
from forum.core.people import ANYBODY
from forum.posts import timeline
from forum.posts.models import Comment, Post
from forum.posts.queries import visible_comments, visible_to
from forum.posts.reading import PostInFull
from forum.posts.status import Voice

_POSTS = (
    sa.select(
        Post.id,
        Post.title,
        Post.body_html,
        Post.language,
        Post.kind,
        Post.published_at,
        Post.edited_at,
        User.display_name.label("author"),
    )
    .outerjoin(User, (User.id == Post.author_id) & (User.state != AccountState.ERASED))
    .where(visible_to(ANYBODY), Post.newest_key.is_not(None))
    .order_by(Post.newest_key.desc())
    .limit(MOST)
)


def newest_posts(
    session: Session, address: str, *, areas: Sequence[int] = (), theme_id: int | None = None
) -> list[Entry]:
    """The newest posts of all, of some areas, or of a theme; `address` is what stands before a post's number."""
    query = _POSTS
    if areas:
        query = query.where(Post.area_id.in_(areas))
    if theme_id is not None:
        query = query.where(Post.theme_id == theme_id)
    return [
        Entry(
            path=f"{address}{row.id}",
            title=row.title,
            at=row.published_at,
            updated=max(row.published_at, row.edited_at or row.published_at),
            html=row.body_html,
            author=row.author or _("Author unknown"),
            language=row.language,
            labels=(row.kind.value,),
        )
        for row in session.execute(query)
    ]


def about_post(session: Session, post: PostInFull, address: str) -> list[Entry]:
    """The post itself, its newest comments and what became of it; `address` is the post's own."""
    at = post.published_at or post.created_at
    itself = Entry(
        path=address,
        title=post.title,
        at=at,
        updated=max(at, post.edited_at or at),
        html=post.body_html,
        author=post.author_name or _("Author unknown"),
        language=post.language,
        labels=(post.kind.value,),
    )
    told = [
        Entry(f"{address}#became-{place}", entry.sentence, entry.at, entry.at)
        for place, entry in enumerate(timeline.entries(session, post.id, ANYBODY), start=1)
    ]
    said = [*_comments(session, post.id, address), *told]
    return [itself, *sorted(said, key=lambda entry: entry.at, reverse=True)[:MOST]]


def _comments(session: Session, post_id: int, address: str) -> list[Entry]:
    query = (
        sa.select(
            *(Comment.id, Comment.body_html, Comment.language, Comment.voice),
            *(Comment.created_at, Comment.edited_at, User.display_name.label("author")),
        )
        .outerjoin(User, (User.id == Comment.author_id) & (User.state != AccountState.ERASED))
        .where(Comment.post_id == post_id, visible_comments(ANYBODY))
        .order_by(Comment.created_at.desc(), Comment.id.desc())
        .limit(MOST)
    )
    return [
        Entry(
            path=f"{address}#comment-{row.id}",
            title=_title(row.voice, row.author),
            at=row.created_at,
            updated=row.edited_at or row.created_at,
            html=row.body_html,
            author=row.author or _("Author unknown"),
            language=row.language,
        )
        for row in session.execute(query)
    ]


def _title(voice: Voice, author: str | None) -> str:
    if voice is Voice.OFFICIAL:
        return _("The company answered.")
    return _("Comment by {name}", name=author) if author else _("A comment")
