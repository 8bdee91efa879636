"""Accepting all open lines of a diff: at once in few statements, or line by line in the background."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

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
from forum.themes import versions
from forum.themes.jobs import count
from forum.themes.membership import seat, seat_groups, unseat
from forum.themes.models import RunCluster, RunLine, RunMember, Theme, ThemeMember, ThemeRun
from forum.themes.reopening import keep_accepted
from forum.themes.rulings import read_rulings
from forum.themes.services import (
    accept_line,
    arriving,
    check_open,
    close_if_decided,
    decide,
    dismissed_ids,
    end_themes,
    is_free,
    moot_lines,
    open_lines,
    take_words,
    target_of,
    themes_for,
)
from forum.themes.status import LineDecision, Placing

AT_ONCE = 30_000  # posts in the open lines' groups, which take about a second


def accept_all(session: Session, run: ThemeRun, *, by: Reader) -> dict[LineDecision, int]:
    """Accept every open line of a diff in the order shown; return how many were accepted and how many were moot.

    Lines of one run are about different groups. As long as they are about different themes too, what comes of them
    is the same in whatever order, and all are written together.
    """
    require(may_plan(by), _("Only product managers decide about themes."))
    session.flush()
    session.refresh(run, with_for_update=True)
    check_open(run)
    versions.keep_before(session, run, by=by)
    lines = open_lines(session, run.id)
    themes = [theme for line in lines for theme in line.theme_ids]
    if len(themes) == len(set(themes)):
        _accept_together(session, run, lines, by)
    else:
        for line in lines:
            accept_line(session, line, by=by)
    moot = sum(line.decision is LineDecision.MOOT for line in lines)
    return {LineDecision.ACCEPTED: len(lines) - moot, LineDecision.MOOT: moot}


def _accept_together(session: Session, run: ThemeRun, lines: Sequence[RunLine], by: Reader) -> None:
    """Carry out lines about different themes, but those that are moot."""
    moot = moot_lines(session, lines)
    taken = [line for line in lines if line.id not in moot]
    keep_accepted(session, run.id, taken)
    moves = _plan_moves(session, run, taken)
    themes = themes_for(session, taken, run.product_id, by)
    groups = {ref: theme for mine in themes.values() for ref, theme in mine.items()}
    take_words(session, run, groups)
    unseat(session, moves.leaving)
    seat_groups(session, run.id, groups, moves.staying)
    for hidden_id, posts in moves.caught.items():
        seat(session, session.get_one(Theme, hidden_id), posts, Placing.FIT)
    for line in lines:
        if line.id not in moot:
            end_themes(session, line, themes[line.id])
        decide(session, line, LineDecision.MOOT if line.id in moot else LineDecision.ACCEPTED, by)
    touched = {theme for line in taken for theme in line.theme_ids} | {theme.id for theme in groups.values()}
    count(session, run.product_id, touched | moves.left)
    close_if_decided(session, run, by)


@dataclass
class _Moves:
    """What some lines would do to posts beside seating their groups."""

    staying: set[int] = field(default_factory=set)  # posts of their groups that people decided about
    left: set[int] = field(default_factory=set)  # themes that lose posts
    leaving: set[int] = field(default_factory=set)  # posts that would be unsorted
    caught: dict[int, dict[int, float]] = field(default_factory=dict)  # dismissed theme → posts that it would take


def _plan_moves(session: Session, run: ThemeRun, lines: Sequence[RunLine]) -> _Moves:
    rulings = read_rulings(session, run.product_id)
    targets = {ref: target_of(line, ref) for line in lines for ref in line.refs}
    moves, coming = _Moves(), set[int]()
    for post, ref, _likeness, here, placing in session.execute(arriving(run.id, list(targets))):
        if placing is Placing.PERSON or not is_free(rulings, post, targets[ref]):
            moves.staying.add(post)
            continue
        coming.add(post)
        if here and here != targets[ref]:
            moves.left.add(here)
    own = {theme: set(line.refs) for line in lines for theme in line.theme_ids}
    hidden = dismissed_ids(session, run.product_id)
    for post, ref, likeness, theme in session.execute(_seen(run.id, own)):
        if ref in own[theme] or post in coming:
            continue
        if ref in hidden:
            moves.caught.setdefault(ref, {})[post] = likeness
        else:
            moves.leaving.add(post)
    return moves


def _seen(run_id: int, themes: Collection[int]) -> sa.Select[int, int, float, int]:
    """The posts of themes that a run has read, with the group it saw them in and where they are."""
    return (
        sa.select(RunMember.post_id, RunMember.ref, RunMember.similarity, ThemeMember.theme_id)
        .join(ThemeMember, ThemeMember.post_id == RunMember.post_id)
        .where(
            RunMember.run_id == run_id,
            ThemeMember.theme_id.in_(list(themes)),
            ThemeMember.placing != Placing.PERSON,
        )
    )


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
