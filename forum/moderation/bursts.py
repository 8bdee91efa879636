"""Votes that came many at once: a newsletter, or a ring of accounts that somebody made. Figures, not a verdict."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import Row
from sqlalchemy.orm import Session

from forum.accounts.models import User
from forum.posts.counting import group_of, hour_of
from forum.posts.models import Post, Vote
from forum.posts.ranking import BURST

YOUNG = timedelta(days=7)  # an account that is no older when it votes
MOST = 3  # hours, or posts, that are shown


class Hour(NamedTuple):
    """One hour in which more people voted than count in full."""

    start: datetime  # UTC
    people: int
    young: int  # of them, whose account was at most a week old


def crowded_hours(session: Session, post_id: int) -> list[Hour]:
    """The most crowded hours of a post and of what was merged into it."""
    people, hour = sa.func.count(Vote.user_id.distinct()), hour_of(session)
    counted = sa.and_(Vote.post_id.in_(group_of(post_id)), Vote.is_counted)
    crowded = sa.select(hour, people).where(counted).group_by(hour).having(people > BURST)
    hours = []
    for name, n in session.execute(crowded.order_by(people.desc(), hour).limit(MOST)):
        start = datetime.strptime(name, "%Y-%m-%d %H").replace(tzinfo=UTC)
        then = sa.and_(counted, Vote.cast_at >= start, Vote.cast_at < start + timedelta(hours=1))
        young = sa.select(people).join(User, User.id == Vote.user_id).where(then, User.created_at > start - YOUNG)
        hours.append(Hour(start, n, session.scalars(young).one()))
    return hours


def crowded_posts(session: Session, theme_id: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """The posts of a theme with the most votes that count less because they came many at once."""
    less = Post.votes - Post.effective_votes
    return session.execute(
        sa.select(Post.id, Post.title, Post.language, Post.votes, Post.effective_votes)
        .where(Post.theme_id == theme_id, Post.is_listed, Post.effective_votes < Post.votes)
        .order_by(less.desc(), Post.id)
        .limit(MOST)
    ).all()
