"""Looking at new posts for advertising and duplicates. What is found waits for a moderator; nothing is taken away."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.rules import THE_SITE
from forum.core.database import Json, reading, transaction
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
_LOOKED_AT = (Moderation.OPEN, Moderation.WAITING)


@job("moderation.screen", timeout=300)
def screen_posts(*, after_id: int) -> Json:
    """Look at the posts with a higher id than `after_id`, 200 at a time; what is found is written in one go."""
    with reading() as session:
        last, found = suspects(session, after_id)
    with transaction() as session:
        opened = sum(open_suspicion(session, post_id, kind) for post_id, kind in found)
        if last is not None:
            enqueue(session, screen_posts, after_id=last)
    return {"found": opened}


_QUEUED = (
    sa.select(Job.id)
    .where(Job.name == screen_posts.job_name, Job.state == JobState.QUEUED)  # type: ignore[attr-defined]
    .limit(1)
)


def plan(session: Session, post_id: int) -> None:
    """Have this post and those after it looked at in a few seconds, unless that is queued already."""
    if session.scalar(_QUEUED) is None:
        enqueue(session, screen_posts, delay=DELAY, after_id=post_id - 1)


def suspects(session: Session, after_id: int) -> tuple[int | None, list[tuple[int, CaseKind]]]:
    """Look at up to 200 posts written here with a higher id; changes nothing and takes some seconds.

    Returns how far it came when there may be more, and the posts that look like something, with what.
    """
    query = sa.select(Post.id, Post.title, Post.body).where(Post.id > after_id, Post.source == "site")
    query = query.where(Post.visibility == Visibility.PUBLIC, Post.moderation.in_(_LOOKED_AT))
    rows = session.execute(query.order_by(Post.id).limit(AT_ONCE)).all()
    looked = [(row.id, _suspicion(session, row.id, f"{row.title}\n{row.body}")) for row in rows]
    found = [(post_id, kind) for post_id, kind in looked if kind is not None]
    return rows[-1].id if len(rows) == AT_ONCE else None, found


def open_suspicion(session: Session, post_id: int, kind: CaseKind) -> bool:
    """Put a post before a moderator as what it looks like; False when that is settled or waits already.

    A post that waits keeps its one case, which is called after what was found. Nothing is taken away.
    """
    post = session.get_one(Post, post_id)
    waiting = session.scalars(
        sa.select(Case).where(Case.post_id == post_id, Case.comment_id.is_(None), Case.decided_at.is_(None))
    ).all()
    is_known = any(case.kind in (CaseKind.SPAM, CaseKind.DUPLICATE, CaseKind.CHANGED) for case in waiting)
    if is_known or post.moderation not in _LOOKED_AT:
        return False
    first = next((case for case in waiting if case.kind is CaseKind.FIRST_POST), None)
    if first is not None:
        first.kind, first.open_key = kind, queries.open_key(kind, post_id, None)
        return True
    if post.looked_at is not None:  # a moderator or the team has dealt with it
        return False
    return open_case(session, kind, post_id).kind is kind


def _suspicion(session: Session, post_id: int, text: str) -> CaseKind | None:
    """What a post looks like, if anything; advertising first."""
    if spam.score(text) >= spam.LIKELY:
        return CaseKind.SPAM
    like = similar_posts(session, text, reader=THE_SITE, limit=1, leave_out=post_id)
    is_duplicate = bool(like) and like[0].score >= DUPLICATE and like[0].id < post_id
    return CaseKind.DUPLICATE if is_duplicate else None
