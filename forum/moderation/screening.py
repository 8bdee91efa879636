"""Looking at new posts for advertising and duplicates. What is found waits for a moderator; nothing is taken away."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.rules import THE_SITE
from forum.core.database import Json, transaction
from forum.core.jobs import Job, JobState, enqueue, job
from forum.moderation import queries, spam
from forum.moderation.models import Case
from forum.moderation.services import open_case
from forum.moderation.status import CaseKind
from forum.posts.models import Post
from forum.posts.status import Moderation, Visibility
from forum.search.similar import similar_posts

DELAY = 5  # seconds after a post; what comes until then is looked at together
AT_ONCE = 200  # posts that are looked at in one transaction
DUPLICATE = 0.6  # soft cosine from which a post most likely says what another one says


@job("moderation.screen", timeout=300)
def screen_posts(*, after_id: int) -> Json:
    """Look at the posts with a higher id than `after_id`, 200 at a time."""
    with transaction() as session:
        last, found = screen(session, after_id)
        if last is not None:
            enqueue(session, screen_posts, after_id=last)
    return {"found": found}


def plan(session: Session, post_id: int) -> None:
    """Have this post and those after it looked at in a few seconds, unless that is queued already."""
    queued = sa.select(Job.id).where(Job.name == screen_posts.job_name, Job.state == JobState.QUEUED)  # type: ignore[attr-defined]
    if session.scalar(queued.limit(1)) is None:
        enqueue(session, screen_posts, delay=DELAY, after_id=post_id - 1)


def screen(session: Session, after_id: int) -> tuple[int | None, int]:
    """Look at up to 200 posts written here with a higher id; how far it came when there may be more, and how many
    cases were opened or renamed.

    A post that waits keeps its one case, which is called after what was found.
    """
    query = sa.select(Post).where(Post.id > after_id, Post.source == "site", Post.visibility == Visibility.PUBLIC)
    query = query.where(Post.moderation.in_((Moderation.OPEN, Moderation.WAITING))).order_by(Post.id).limit(AT_ONCE)
    posts = session.scalars(query).all()
    found = sum(_look_at(session, post) for post in posts)
    return posts[-1].id if len(posts) == AT_ONCE else None, found


def _look_at(session: Session, post: Post) -> bool:
    kind = _suspicion(session, post)
    if kind is None:
        return False
    waiting = session.scalars(
        sa.select(Case).where(Case.post_id == post.id, Case.comment_id.is_(None), Case.decided_at.is_(None))
    ).all()
    if any(case.kind in (CaseKind.SPAM, CaseKind.DUPLICATE) for case in waiting):
        return False
    first = next((case for case in waiting if case.kind is CaseKind.FIRST_POST), None)
    if first is None:
        if post.looked_at is not None:  # a moderator or the team has dealt with it
            return False
        case = open_case(session, kind, post.id)
        return case.kind is kind
    first.kind, first.open_key = kind, queries.open_key(kind, post.id, None)
    return True


def _suspicion(session: Session, post: Post) -> CaseKind | None:
    """What a post looks like, if anything; advertising first."""
    text = f"{post.title}\n{post.body}"
    if spam.score(text) >= spam.LIKELY:
        return CaseKind.SPAM
    like = similar_posts(session, text, reader=THE_SITE, limit=1, leave_out=post.id)
    is_duplicate = bool(like) and like[0].score >= DUPLICATE and like[0].id < post.id
    return CaseKind.DUPLICATE if is_duplicate else None
