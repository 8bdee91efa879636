"""Merging: a post is joined with another that says the same, as a link and not a move.

Merged posts form trees. Each knows the next post up its tree (`merged_into_id`) and the survivor at the top
(`survivor_id`), which counts everybody in the group once. Votes, comments and followers keep their rows, so that
undoing takes a post out of the tree, with whatever is joined with it, and nothing is lost.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.core import audit
from forum.core.clock import utcnow
from forum.core.database import Json
from forum.core.errors import Conflict, Invalid, NotFound, require
from forum.core.events import publish
from forum.core.languages import _
from forum.core.people import Reader
from forum.posts import commenting, counting, rules, services, timeline
from forum.posts.counting import group_of
from forum.posts.events import MergeUndone, PostMerged
from forum.posts.locking import lock_groups
from forum.posts.models import Follow, Merge, Post, Vote
from forum.posts.status import INTEREST_RANK, Interest, Moderation, Visibility
from forum.products.models import Area
from forum.products.rules import takes


@dataclass(frozen=True)
class Receipt:
    """What a merge makes of two posts, in numbers."""

    votes: int  # of the post that is joined
    votes_into: int
    people: int  # who stand behind both together
    both: int  # people who voted on both
    would_buy: int
    would_try: int
    comments: int
    comments_into: int
    followers: int  # of the post that is joined
    followers_in_all: int
    posts: int  # in the group afterwards


def merge(session: Session, post: Post, into: Post, *, by: Reader) -> Merge:
    """Join `post`, with what is joined with it already, with `into`, which counts everybody from now on.

    Doing it twice changes nothing. Publishes `PostMerged`, and `PostUnlisted` for `post`. Raises `NotAllowed`
    unless `by` moderates, `Invalid` for posts that cannot be joined, and `Conflict` when one of them has changed
    meanwhile or is joined with something else already.
    """
    require(rules.may_merge(by), str(rules.may_merge.refusal))  # type: ignore[attr-defined]
    lock_posts(session, post, into)
    if post.merged_into_id == into.id:
        return standing_merge(session, post.id)
    check(session, post, into)
    now = utcnow()
    merged = Merge(post_id=post.id, into_id=into.id, merged_at=now, merged_by_id=by.id, before=_remember(post, into))
    session.add(merged)
    session.flush()  # the log needs its id
    session.execute(sa.update(Post).where(Post.survivor_id == post.id).values(survivor_id=into.id))
    post.moderation, post.looked_at = Moderation.MERGED, now
    post.merged_into_id = post.survivor_id = into.id
    services.relist(session, post)
    _count(session, post, into)
    _answer_for_both(session, into)
    timeline.add(session, post.id, "joined", at=now, actor_id=by.id, into_id=into.id)
    timeline.add(session, into.id, "took_in", at=now, actor_id=by.id, from_id=post.id, people=into.votes)
    _record(session, "post.merge", merged, post, by)
    publish(session, PostMerged(post.id, into.id, by.id or 0))
    return merged


def unmerge(session: Session, merged: Merge, *, by: Reader) -> None:
    """Undo a merge: the post, with what is joined with it, stands by itself again as it did before.

    Doing it twice changes nothing. Publishes `MergeUndone`, and `PostPublished` for the post. Raises `NotAllowed`
    unless `by` moderates.
    """
    require(rules.may_merge(by), str(rules.may_merge.refusal))  # type: ignore[attr-defined]
    post = session.get_one(Post, merged.post_id)
    survivor = lock_tree(session, post)
    session.refresh(merged)
    if merged.undone_at is not None or survivor is None:
        return
    now = utcnow()
    merged.undone_at, merged.undone_by_id = now, by.id
    below = posts_below(session, post.id)
    post.merged_into_id = post.survivor_id = None
    session.execute(sa.update(Post).where(Post.id.in_(below)).values(survivor_id=post.id))
    _put_back(post, merged.before)
    services.relist(session, post)
    _count(session, post, survivor)
    _answer_for_itself(session, survivor, post, merged.before)
    timeline.add(session, post.id, "separated", at=now, actor_id=by.id)
    timeline.add(session, survivor.id, "let_go", at=now, actor_id=by.id, from_id=post.id)
    _record(session, "post.unmerge", merged, post, by)
    publish(session, MergeUndone(post.id, merged.into_id, by.id or 0))


def standing_merge(session: Session, post_id: int) -> Merge:
    """The merge by which a post is joined with another now. Raises `NotFound` when it stands by itself."""
    found = session.scalars(sa.select(Merge).where(Merge.post_id == post_id, Merge.undone_at.is_(None))).one_or_none()
    if found is None:
        raise NotFound(_("This post stands by itself."))
    return found


def is_alone(session: Session, post: Post) -> bool:
    """Whether nothing is joined with a post."""
    return session.scalar(sa.select(Post.id).where(Post.survivor_id == post.id).limit(1)) is None


def check(session: Session, post: Post, into: Post) -> None:
    """Raise `Invalid` or `Conflict` with the reason why `post` cannot be joined with `into`."""
    if into.survivor_id == post.id:
        raise Conflict(_("The other post is joined with this one already. Undo that first, or keep it so."))
    for one in (post, into):
        if one.survivor_id is not None:
            raise Conflict(_("“{title}” is joined with another post already. Undo that first.", title=one.title))
        if one.moderation is not Moderation.OPEN:
            raise Invalid(_("“{title}” is not open. Only posts that everybody can read are joined.", title=one.title))
    check_place(session, post, into)


def check_place(session: Session, post: Post, into: Post) -> None:
    """Do the same for what no moderator can change: two different posts, both public, where either may stand."""
    if post.id == into.id:
        raise Invalid(_("These are the same post. Choose another one."))
    for one in (post, into):
        if one.visibility is Visibility.PRIVATE:
            raise Invalid(_("“{title}” is private. Only posts that everybody can read are joined.", title=one.title))
    if post.product_id != into.product_id:
        raise Invalid(_("These posts are about different products, which answer for themselves."))
    if not takes(session.get_one(Area, into.area_id), post.kind):
        raise Invalid(_("The other post stands in an area that takes no ideas, and this is one."))


def preview(session: Session, post: Post, into: Post) -> Receipt:
    """What joining `post` with `into` would make of them. Changes nothing."""
    here, there = Vote.post_id.in_(group_of(post.id)), Vote.post_id.in_(group_of(into.id))
    people = (
        sa.select(
            counting.strongest(Vote.interest).label("rank"),
            sa.func.max(sa.case((here, 1), else_=0)).label("here"),
            sa.func.max(sa.case((there, 1), else_=0)).label("there"),
        )
        .where(here | there, Vote.is_counted)
        .group_by(Vote.user_id)
        .subquery()
    )
    numbers = {
        "votes": people.c.here == 1,
        "votes_into": people.c.there == 1,
        "both": people.c.here + people.c.there == 2,
        "people": sa.true(),
        "would_try": people.c.rank == INTEREST_RANK[Interest.TRY],
        "would_buy": people.c.rank == INTEREST_RANK[Interest.BUY],
    }
    counts = session.execute(
        sa.select(*(sa.func.count().filter(condition).label(name) for name, condition in numbers.items())).select_from(
            people
        )
    ).one()
    followers_here, followers_there = (set(followers(session, one.id)) for one in (post, into))
    either = Post.id.in_((post.id, into.id)) | Post.survivor_id.in_((post.id, into.id))
    return Receipt(
        **counts._asdict(),
        comments=post.comments,
        comments_into=into.comments,
        followers=len(followers_here),
        followers_in_all=len(followers_here | followers_there),
        posts=session.scalars(sa.select(sa.func.count()).where(either)).one(),
    )


def followers(session: Session, post_id: int) -> list[int]:
    """Who follows a post or one that was merged into it: ids of people, each once, in order."""
    query = sa.select(Follow.user_id).where(Follow.subject == "post", Follow.subject_id.in_(group_of(post_id)))
    return list(session.scalars(query.distinct().order_by(Follow.user_id)))


def lock_posts(session: Session, *posts: Post) -> None:
    """Hold the groups of some posts, the areas in which they count, and read `posts` afresh. Raises `Conflict`."""
    lock_groups(session, [post.id for post in posts])
    for post in posts:
        session.refresh(post)
    areas = sa.select(Area.id).where(Area.id.in_({post.area_id for post in posts}))
    session.execute(areas.order_by(Area.id).with_for_update(key_share=True))


def lock_tree(session: Session, post: Post) -> Post | None:
    """Hold the group of a post and read it afresh; its survivor, or None when it stands by itself."""
    lock_groups(session, [post.id])
    session.refresh(post)
    if post.survivor_id is None:
        return None
    return session.get_one(Post, post.survivor_id, populate_existing=True)


def posts_below(session: Session, post_id: int) -> list[int]:
    """The ids of the posts that are joined with a post, directly or by way of others."""
    tree = sa.select(Post.id).where(Post.merged_into_id == post_id).cte("below", recursive=True)
    tree = tree.union(sa.select(Post.id).join(tree, Post.merged_into_id == tree.c.id))
    return list(session.scalars(sa.select(tree.c.id)))


def _remember(post: Post, into: Post) -> Json:
    """What undoing needs to know of a post, and of the one it is joined with: imported answers have no comment."""
    moments = {
        "looked_at": post.looked_at,
        "answered_at": into.answered_at,
        "last_answered_at": into.last_answered_at,
    }
    return {"reason": post.moderation_reason} | {
        name: moment.isoformat() if moment else "" for name, moment in moments.items()
    }


def _moment(before: Json, name: str) -> datetime | None:
    return datetime.fromisoformat(before[name]) if before[name] else None


def _put_back(post: Post, before: Json) -> None:
    if post.moderation is Moderation.MERGED:  # what was erased meanwhile stays so
        post.moderation, post.moderation_reason = Moderation.OPEN, str(before["reason"])
    post.looked_at = _moment(before, "looked_at")


def _count(session: Session, *posts: Post) -> None:
    for post in posts:
        counting.recount(session, post)
    session.flush()


def _answer_for_both(session: Session, into: Post) -> None:
    """An answer to a post that was joined with another answers that one too."""
    first, last = commenting.answers_of(session, into.id)
    if first is not None and last is not None:
        first, last = min(first, into.answered_at or first), max(last, into.last_answered_at or last)
        commenting.set_answers(session, into, first, last)


def _answer_for_itself(session: Session, survivor: Post, post: Post, before: Json) -> None:
    """Take the answers of a post that is leaving out of what the survivor shows as its own."""
    if commenting.answers_of(session, post.id) == (None, None):
        return
    first, last = commenting.answers_of(session, survivor.id)
    commenting.set_answers(
        session, survivor, first or _moment(before, "answered_at"), last or _moment(before, "last_answered_at")
    )


def _record(session: Session, action: str, merged: Merge, post: Post, by: Reader) -> None:
    audit.record(
        session,
        action,
        by=by.id,
        subject="post",
        subject_id=post.id,
        about=post.author_id,
        merge_id=merged.id,
        into_id=merged.into_id,
    )
