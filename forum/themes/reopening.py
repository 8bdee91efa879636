"""Undoing a decision about one line of a diff, exactly, as long as nothing later builds on it.

What a line changes is kept when it is decided: where its posts were, and what its themes were called. It is let go of
when a newer run publishes its diff, or a version is restored: both begin from what was decided.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.rules import may_plan
from forum.core.audit import record
from forum.core.clock import utcnow
from forum.core.errors import Conflict, require
from forum.core.events import publish
from forum.core.languages import _
from forum.core.people import Reader
from forum.posts import timeline
from forum.posts.models import Post
from forum.themes import hanging, versions
from forum.themes.counting import chunks
from forum.themes.events import ThemeTakenBack
from forum.themes.jobs import count, place_posts, plan
from forum.themes.membership import JOINED, unseat
from forum.themes.models import (
    DeclinedLine,
    FirstAssignment,
    LineKept,
    LineSeat,
    RunCluster,
    RunLine,
    RunMember,
    Steering,
    Theme,
    ThemeMember,
    ThemeRun,
)
from forum.themes.status import LineDecision, LineKind, RunState, ThemeState

_PIECE = 500  # rows per statement
_SEAT = ["line_id", "post_id", "theme_id", "placing", "similarity", "since"]


def keep_accepted(session: Session, run_id: int, lines: Sequence[RunLine]) -> None:
    """Keep how the posts and themes of some lines stand, before the lines are carried out together."""
    session.flush()
    themes = {theme: line.id for line in lines for theme in line.theme_ids}
    refs = {ref: line.id for line in lines for ref in line.refs}
    standing = session.scalars(sa.select(Theme).where(Theme.id.in_(themes)))
    facts: dict[int, dict[str, Any]] = {line.id: {} for line in lines}
    for theme in standing:
        facts[themes[theme.id]][str(theme.id)] = versions.facts_of(theme)
    now, every = utcnow(), hanging.look_at(session, themes)
    session.add_all(
        LineKept(
            line_id=line.id,
            began_at=now,
            themes=facts[line.id],
            declined=[],
            hanging=hanging.of_themes(every, line.theme_ids),
        )
        for line in lines
    )
    session.flush()
    for seats in _seats(run_id, themes, refs):
        session.execute(sa.insert(LineSeat).from_select(_SEAT, seats))


def _seats(run_id: int, themes: dict[int, int], refs: dict[int, int]) -> list[sa.Select[Any]]:
    """Where posts are: those that would come into lines, and those in their themes that no other line takes."""
    by_theme = sa.case(themes, value=ThemeMember.theme_id) if themes else sa.cast(sa.null(), sa.Integer)
    by_ref = sa.case(refs, value=RunMember.ref) if refs else sa.cast(sa.null(), sa.Integer)
    here = (ThemeMember.theme_id, ThemeMember.placing, ThemeMember.similarity, ThemeMember.since)
    both = sa.and_(RunMember.run_id == run_id, RunMember.post_id == ThemeMember.post_id)
    return [
        sa.select(by_ref, RunMember.post_id, *here)
        .outerjoin(ThemeMember, ThemeMember.post_id == RunMember.post_id)
        .where(RunMember.run_id == run_id, RunMember.ref.in_(refs), by_theme.is_distinct_from(by_ref)),
        sa.select(by_theme, ThemeMember.post_id, *here)
        .outerjoin(RunMember, both)
        .where(ThemeMember.theme_id.in_(themes), sa.func.coalesce(by_ref, by_theme) == by_theme),
    ]


def keep_declined(session: Session, line: RunLine, posts: Sequence[int]) -> None:
    """Keep which posts of a line are remembered only since it was declined."""
    session.add(LineKept(line_id=line.id, began_at=utcnow(), themes={}, declined=list(posts), hanging={}))


def reopen_line(session: Session, line: RunLine, *, by: Reader) -> None:
    """Take back what a person decided about a line: posts, themes and their words are as before, the line is open.

    So are followers and backlog items that went along, and posts speak for an item no more that came by the line.

    A theme that the line had made ends; posts that came into it meanwhile are placed anew. Raises `NotAllowed`
    unless `by` plans the backlog, and `Conflict` when something later builds on the line.
    """
    require(may_plan(by), _("Only product managers decide about themes."))
    run = session.get_one(ThemeRun, line.run_id, with_for_update=True)
    session.refresh(line)
    kept = session.get(LineKept, line.id)
    if kept is None or line.decided_at is None:
        raise Conflict(_("This can no longer be undone: a newer run or a restored version builds on it."))
    if line.decision is LineDecision.ACCEPTED:
        _take_back(session, run, line, kept, line.decided_at)
    else:
        _ask_again(session, line, kept)
    record(
        session,
        "theme.reopen_line",
        by=by.id,
        subject="theme_run",
        subject_id=run.id,
        kind=line.kind.value,
        themes=line.theme_ids,
        decision=line.decision.value,
    )
    session.execute(sa.delete(LineSeat).where(LineSeat.line_id == line.id))
    session.delete(kept)
    line.decision, line.decided_at, line.decided_by_id = LineDecision.OPEN, None, None
    run.state = RunState.PROPOSED
    session.flush()


def _ask_again(session: Session, line: RunLine, kept: LineKept) -> None:
    for piece in chunks(kept.declined, _PIECE):
        session.execute(
            sa.delete(DeclinedLine).where(DeclinedLine.fingerprint == mark_of(line), DeclinedLine.post_id.in_(piece))
        )


def mark_of(line: RunLine) -> str:
    """Under which a declined line is remembered."""
    mark: str = line.values["fingerprint"]
    # A new theme is about no standing one: only the line keeps it apart from others.
    return f"{mark}:{line.id}" if line.kind is LineKind.NEW else mark


def _take_back(session: Session, run: ThemeRun, line: RunLine, kept: LineKept, decided_at: datetime) -> None:
    made = _made(session, line)
    posts = sa.select(LineSeat.post_id).where(LineSeat.line_id == line.id)
    _check_nothing_builds(session, run, line, decided_at, {*line.theme_ids, *made})
    for theme_id in made:
        publish(session, ThemeTakenBack(theme_id))
    left = set(session.scalars(sa.select(LineSeat.theme_id).where(LineSeat.line_id == line.id).distinct()))
    for theme in session.scalars(sa.select(Theme).where(Theme.id.in_({*line.theme_ids, *made}))):
        _put_back(theme, kept.themes.get(str(theme.id)))
    session.flush()
    _put_posts_back(session, line)
    hanging.give_back(session, kept.hanging, {*line.theme_ids, *made}, kept.began_at, decided_at)
    newcomers = session.scalars(sa.select(ThemeMember.post_id).where(ThemeMember.theme_id.in_(made))).all()
    unseat(session, newcomers)
    since = FirstAssignment.at.between(kept.began_at, decided_at)
    session.execute(sa.delete(FirstAssignment).where(FirstAssignment.post_id.in_(posts), since))
    timeline.remove(session, posts, JOINED, kept.began_at, decided_at)
    session.execute(
        sa.update(RunCluster).where(RunCluster.run_id == run.id, RunCluster.ref.in_(line.refs)).values(theme_id=None)
    )
    count(session, run.product_id, {*line.theme_ids, *made, *(theme for theme in left if theme)})
    if newcomers:
        plan(session, place_posts, run.product_id, delay=0)


def _made(session: Session, line: RunLine) -> set[int]:
    """The themes that accepting a line has made."""
    wanted = sa.select(RunCluster.theme_id).where(RunCluster.run_id == line.run_id, RunCluster.ref.in_(line.refs))
    return {theme for theme in session.scalars(wanted) if theme and theme not in line.theme_ids}


def _check_nothing_builds(
    session: Session, run: ThemeRun, line: RunLine, decided_at: datetime, theme_ids: set[int]
) -> None:
    """Raise `Conflict` when people steered the line's themes or posts since, or another line moved its posts."""
    mine = sa.select(LineSeat.post_id).where(LineSeat.line_id == line.id)
    about = (Steering.theme_id.in_(theme_ids), Steering.other_theme_id.in_(theme_ids), Steering.post_id.in_(mine))
    steered = sa.exists().where(
        Steering.product_id == run.product_id,
        sa.or_(Steering.said_at > decided_at, Steering.undone_at > decided_at),
        sa.or_(*about),
    )
    moved = sa.exists().where(ThemeMember.post_id.in_(mine), ThemeMember.since > decided_at)
    gone = sa.exists().where(
        LineSeat.line_id == line.id,
        Theme.id == LineSeat.theme_id,
        Theme.id.not_in(line.theme_ids),
        Theme.state.not_in((ThemeState.ACCEPTED, ThemeState.DISMISSED)),
    )
    was_steered, was_moved, is_gone = session.execute(sa.select(steered, moved, gone)).one()
    if was_steered:
        raise Conflict(_("Somebody has steered these themes since. Undo that first, under What people decided."))
    if was_moved or is_gone:
        raise Conflict(_("Another line that was accepted later has moved these posts. Undo that one first."))


def _put_back(theme: Theme, known: dict[str, Any] | None) -> None:
    """Let a theme be what it was; one that the line had made was nothing and ends."""
    if known is None:
        theme.state = ThemeState.VANISHED
    else:
        theme.state, theme.heir_id = ThemeState(known["state"]), known["heir_id"]
        versions.put_words_back(theme, known)
    theme.changed_at = utcnow()
    theme.version += 1


def _put_posts_back(session: Session, line: RunLine) -> None:
    is_mine = LineSeat.line_id == line.id
    mine = sa.select(LineSeat.post_id).where(is_mine)
    session.execute(
        sa.delete(ThemeMember).where(ThemeMember.post_id.in_(mine)), execution_options={"synchronize_session": False}
    )
    before = (LineSeat.post_id, LineSeat.theme_id, LineSeat.placing, LineSeat.similarity, LineSeat.since)
    seated = sa.select(*before).where(is_mine, LineSeat.theme_id.is_not(None))
    session.execute(sa.insert(ThemeMember).from_select([column.key for column in before], seated))
    shown = (
        sa.select(LineSeat.theme_id)
        .join(Theme, Theme.id == LineSeat.theme_id)
        .where(is_mine, LineSeat.post_id == Post.id, Theme.state == ThemeState.ACCEPTED)
        .scalar_subquery()
    )
    session.execute(
        sa.update(Post).where(Post.id.in_(mine)).values(theme_id=shown).execution_options(synchronize_session=False)
    )
    session.expire_all()
