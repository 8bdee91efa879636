"""Authors who say that their post is about something else than its theme.

What they say goes to the moderators first, as a case; what a moderator passes on waits on the product managers' list
of steering, where it becomes a move, a keeping out, or nothing.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.models import User
from forum.accounts.rules import check_may_write, may_plan
from forum.core.audit import record
from forum.core.clock import utcnow
from forum.core.errors import Conflict, NotFound, require
from forum.core.events import publish
from forum.core.languages import _
from forum.core.people import Reader
from forum.moderation.models import Report
from forum.moderation.services import open_case
from forum.moderation.status import CaseKind, ReportReason
from forum.posts.models import Post
from forum.posts.queries import visible_to
from forum.posts.status import Moderation
from forum.themes import steering
from forum.themes.events import PlaceDecided
from forum.themes.models import Misplaced, Theme

Row = sa.Row[*tuple[Any, ...]]


def said_before(session: Session, post: Post) -> Misplaced | None:
    """What the author of a post said of the theme that it is in, or None."""
    wanted = sa.select(Misplaced).where(Misplaced.post_id == post.id, Misplaced.theme_id == post.theme_id)
    return session.scalars(wanted.order_by(Misplaced.id.desc()).limit(1)).one_or_none()


def say_misplaced(session: Session, post: Post, text: str, *, by: Reader) -> Misplaced:
    """Say of one's own post that it is about something else than its theme; a moderator looks at it first.

    Raises `NotAllowed` for anybody but its author, `NotFound` for a post in no theme, and `Conflict` the second time.
    """
    require(by.id is not None and post.author_id == by.id, _("Only who wrote a post says what it is about."))
    check_may_write(by)
    if post.theme_id is None or post.moderation is not Moderation.OPEN:
        raise NotFound(_("This post is in no theme, or not any more."))
    if said_before(session, post) is not None:
        raise Conflict(_("You have said so already, once is enough. A moderator looks at it."))
    case = open_case(session, CaseKind.MISPLACED, post.id)
    now = utcnow()
    session.add(
        Report(case_id=case.id, reporter_id=by.id, reason=ReportReason.MISPLACED, text=text.strip(), reported_at=now)
    )
    said = Misplaced(product_id=post.product_id, post_id=post.id, theme_id=post.theme_id, case_id=case.id, said_at=now)
    session.add(said)
    session.flush()
    return said


def pass_on(session: Session, case_id: int, *, is_granted: bool) -> None:
    """Put before the product managers what a moderator agreed to; what was not agreed to ends here."""
    said = session.scalars(sa.select(Misplaced).where(Misplaced.case_id == case_id)).one_or_none()
    if said is None or said.passed_on_at is not None or said.decided_at is not None:
        return
    if is_granted:
        said.passed_on_at = utcnow()
    else:
        said.decided_at = utcnow()


def read_waiting(session: Session, product_id: int, reader: Reader) -> Sequence[Row]:
    """What waits for a product manager: the post, its theme, who said it and their words; oldest first, at most 100."""
    return session.execute(
        sa.select(
            Misplaced.id,
            Misplaced.said_at,
            Misplaced.theme_id,
            Theme.name,
            Theme.suggestion,
            Post.id.label("post_id"),
            Post.title,
            Post.excerpt,
            Post.language,
            User.display_name.label("who"),
            sa.func.coalesce(Report.text, "").label("text"),
        )
        .join(Post, Post.id == Misplaced.post_id)
        .join(Theme, Theme.id == Misplaced.theme_id)
        .outerjoin(User, User.id == Post.author_id)
        .outerjoin(Report, Report.case_id == Misplaced.case_id)
        .where(
            Misplaced.product_id == product_id,
            Misplaced.passed_on_at.is_not(None),
            Misplaced.decided_at.is_(None),
            Post.moderation == Moderation.OPEN,
            visible_to(reader),
        )
        .order_by(Misplaced.id)
        .limit(100)
    ).all()


def answer(session: Session, said: Misplaced, how: str, into: Theme | None, *, by: Reader) -> None:
    """Let a post go to another theme, only out of the one it is in, or stay; a run obeys as it does all steering.

    Publishes `PlaceDecided`. Raises `NotAllowed` unless `by` plans the backlog, `Conflict` when somebody was faster or
    no theme was chosen.
    """
    require(may_plan(by), _("Only product managers steer themes."))
    session.refresh(said, with_for_update=True)
    if said.passed_on_at is None or said.decided_at is not None:
        raise Conflict(_("Somebody has decided this already. Reload the page to see how."))
    theme = session.get_one(Theme, said.theme_id)
    if how == "move":
        if into is None:
            raise Conflict(_("Choose the theme that it belongs to."))
        said.steering_id = steering.pin(session, into, said.post_id, by=by).id
    elif how == "keep_out":
        said.steering_id = steering.keep_out(session, theme, said.post_id, by=by).id
    said.decided_at, said.decided_by_id = utcnow(), by.id
    author_id = session.get_one(Post, said.post_id).author_id
    if author_id is not None:
        publish(session, PlaceDecided(said.post_id, author_id, how, into.id if into and how == "move" else None, by.id))
    record(session, "theme.misplaced", by=by.id, subject="theme", subject_id=theme.id, post=said.post_id, how=how)
