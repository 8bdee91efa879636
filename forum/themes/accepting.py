"""Accepting a large diff in the background, each line in a short transaction of its own."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.models import User
from forum.accounts.rules import may_plan
from forum.accounts.sessions import reader_from
from forum.core.database import Json, reading, transaction
from forum.core.errors import Conflict, NotAllowed, require
from forum.core.jobs import enqueue, job
from forum.core.languages import _
from forum.core.people import Reader
from forum.themes.models import RunCluster, RunLine, ThemeRun
from forum.themes.services import accept_line, open_lines
from forum.themes.status import LineDecision

AT_ONCE = 5_000  # posts in the open lines' groups, which take about half a second


def takes_long(session: Session, run: ThemeRun) -> bool:
    """Whether the open lines of a diff concern too many posts for one request."""
    refs = [ref for line in open_lines(session, run.id) for ref in line.refs]
    size = sa.select(sa.func.coalesce(sa.func.sum(RunCluster.size), 0))
    return session.scalars(size.where(RunCluster.run_id == run.id, RunCluster.ref.in_(refs))).one() > AT_ONCE


def accept_later(session: Session, run: ThemeRun, *, by: Reader) -> None:
    """Queue the acceptance of every open line of a diff, in the name of `by`."""
    require(may_plan(by), _("Only product managers decide about themes."))
    enqueue(session, accept_lines, by=by.id, run_id=run.id, user_id=by.id)


@job("themes.accept", timeout=900)
def accept_lines(*, run_id: int, user_id: int) -> Json:
    """Accept the lines of a diff that are still open, in their order; what was decided meanwhile stays decided."""
    with reading() as session:
        line_ids = [line.id for line in open_lines(session, run_id)]
    accepted = 0
    for line_id in line_ids:
        try:
            with transaction() as session:
                line = session.get_one(RunLine, line_id)
                by = reader_from(session, session.get_one(User, user_id))
                accepted += accept_line(session, line, by=by) is LineDecision.ACCEPTED
        except Conflict:
            continue  # decided, or replaced by a newer run, in the meantime
        except NotAllowed:
            break  # no product manager any more
    return {"accepted": accepted}
