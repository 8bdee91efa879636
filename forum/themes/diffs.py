"""What the team reads about runs: how far one is, and its diff line by line."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.models import User
from forum.core.jobs import Job, JobState
from forum.core.languages import _, ngettext, pick
from forum.posts.models import Post
from forum.themes.labels import first_upper, label_of
from forum.themes.models import LineKept, RunCluster, RunLine, RunMember, Theme, ThemeRun
from forum.themes.moving import Moving, read_moving
from forum.themes.queries import Quote
from forum.themes.status import LineDecision, LineKind, Method, RunState, Solidity
from forum.themes.trends import percent_change


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run, as far as lists and pages tell of it."""

    id: int
    product_id: int
    state: RunState
    started_at: datetime
    finished_at: datetime | None
    started_by: str  # empty: from the command line
    posts: int
    themes: int
    coverage: float
    resolution: float
    method: Method
    notes: dict[str, Any]
    error: str
    job_id: int | None
    job_state: JobState | None
    step: str
    steps_done: int
    percent: float
    job_started_at: datetime | None
    cancel_asked: bool
    model_file: str
    job_result: dict[str, Any] | None

    @property
    def problem(self) -> str:
        """Why it failed, in the reader's language where there are words for readers."""
        return pick((self.job_result or {}).get("problem")) or self.error

    @property
    def real_state(self) -> RunState:
        """The run's state, also when its process ended without being able to say so."""
        if self.state is not RunState.FITTING or self.job_state in (JobState.QUEUED, JobState.RUNNING):
            return self.state
        return RunState.CANCELLED if self.job_state is JobState.CANCELLED else RunState.FAILED


_RUN: sa.Select[*tuple[Any, ...]] = (
    sa.select(
        ThemeRun.id,
        ThemeRun.product_id,
        ThemeRun.state,
        ThemeRun.started_at,
        ThemeRun.finished_at,
        sa.func.coalesce(User.display_name, ""),
        ThemeRun.posts,
        ThemeRun.themes,
        ThemeRun.coverage,
        ThemeRun.resolution,
        ThemeRun.method,
        ThemeRun.notes,
        sa.func.coalesce(sa.func.nullif(ThemeRun.error, ""), Job.error, ""),
        ThemeRun.job_id,
        Job.state,
        sa.func.coalesce(Job.step, ""),
        sa.func.coalesce(Job.steps_done, 0),
        sa.func.coalesce(Job.percent, 0.0),
        Job.started_at,
        sa.func.coalesce(Job.cancel_asked, False),
        ThemeRun.model_file,
        Job.result,
    )
    .outerjoin(User, User.id == ThemeRun.started_by_id)
    .outerjoin(Job, Job.id == ThemeRun.job_id)
)


def read_run(session: Session, run_id: int) -> RunRow | None:
    """One run, or None."""
    return next(_runs(session, _RUN.where(ThemeRun.id == run_id)), None)


def read_runs(session: Session, product_id: int, count: int = 6) -> list[RunRow]:
    """The last runs of a product, newest first."""
    return list(_runs(session, _RUN.where(ThemeRun.product_id == product_id).order_by(ThemeRun.id.desc()).limit(count)))


def _runs(session: Session, query: sa.Select[*tuple[Any, ...]]) -> Iterator[RunRow]:
    return (RunRow(*row) for row in session.execute(query))


@dataclass(slots=True)
class GroupView:
    """A group of a run as a line shows it."""

    ref: int
    label: str
    terms: list[str]
    solidity: Solidity
    size: int
    theme_id: int | None  # the theme that it is, once it is one
    quotes: list[Quote] = field(default_factory=list)


@dataclass(slots=True)
class LineView:
    """A line of the diff, ready for its sentence."""

    id: int
    kind: LineKind
    decision: LineDecision
    is_automatic: bool  # decided by the site: nothing to decide, or declined before
    names: dict[int, str]  # standing theme → what it is called
    theme_ids: list[int]
    groups: list[GroupView]
    before: int  # posts
    after: int
    joins: int
    leaves: int
    moving: Moving | None  # of a line that is open
    can_reopen: bool  # what undoing it needs is kept

    @property
    def percent(self) -> int:
        """By how much the theme grew, or shrank, in percent."""
        return percent_change(self.before, self.after)

    @property
    def label(self) -> str:
        """What the theme that the line is mostly about is called."""
        if self.theme_ids:
            return self.names.get(self.theme_ids[0], "")
        return self.groups[0].label if self.groups else ""

    @property
    def is_open(self) -> bool:
        """Whether a person has still to decide."""
        return self.decision is LineDecision.OPEN


def read_lines(session: Session, run_id: int, *, line_id: int | None = None) -> list[LineView]:
    """The diff of a run, or one line of it, with names, numbers, exemplars and movers, in five queries."""
    query = sa.select(RunLine, LineKept.line_id).outerjoin(LineKept, LineKept.line_id == RunLine.id)
    query = query.where(RunLine.run_id == run_id).order_by(RunLine.position)
    if line_id is not None:
        query = query.where(RunLine.id == line_id)
    rows = session.execute(query).all()
    lines, kept = [row[0] for row in rows], {row[1] for row in rows}
    refs = {ref for line in lines for ref in line.refs}
    clusters = session.scalars(sa.select(RunCluster).where(RunCluster.run_id == run_id, RunCluster.ref.in_(refs))).all()
    made = {one.ref: one.theme_id for one in clusters if one.theme_id}
    theme_ids = {theme for line in lines for theme in line.theme_ids} | set(made.values())
    themes = session.execute(sa.select(Theme.id, Theme.name, Theme.suggestion).where(Theme.id.in_(theme_ids)))
    names = {row.id: label_of(row) for row in themes}
    quotes = _quotes(session, run_id, clusters)
    groups = {one.ref: _group(one, made.get(one.ref, one.ref), names, quotes.get(one.ref, [])) for one in clusters}
    moving = read_moving(session, run_id, lines)
    return [_line(line, names, groups, moving.get(line.id), line.id in kept) for line in lines]


def _quotes(session: Session, run_id: int, clusters: Iterable[RunCluster]) -> dict[int, list[Quote]]:
    """The exemplars of groups that everybody can still read, by group."""
    wanted = {one.ref: one.exemplar_ids[:3] for one in clusters}
    ids = [post_id for posts in wanted.values() for post_id in posts]
    rows = session.execute(
        sa.select(Post.id, Post.title, Post.excerpt, Post.language, Post.created_at)
        .join(RunMember, sa.and_(RunMember.post_id == Post.id, RunMember.run_id == run_id))
        .where(Post.id.in_(ids), Post.is_listed)
    )
    found = {row.id: Quote(*row) for row in rows}
    return {ref: [found[post_id] for post_id in posts if post_id in found] for ref, posts in wanted.items()}


def _group(cluster: RunCluster, theme: int, names: dict[int, str], quotes: list[Quote]) -> GroupView:
    label = names.get(theme) or first_upper(cluster.label)
    theme_id = theme if theme in names else None
    return GroupView(cluster.ref, label, list(cluster.terms), cluster.solidity, cluster.size, theme_id, quotes)


def _line(
    line: RunLine, names: dict[int, str], groups: dict[int, GroupView], moving: Moving | None, can_reopen: bool
) -> LineView:
    return LineView(
        id=line.id,
        kind=line.kind,
        decision=line.decision,
        is_automatic=line.decision is not LineDecision.OPEN and line.decided_by_id is None,
        names={theme: names.get(theme, "") for theme in line.theme_ids},
        theme_ids=list(line.theme_ids),
        groups=[groups[ref] for ref in line.refs if ref in groups],
        before=sum(line.values.get("before", {}).values()),
        after=sum(line.values.get("after", {}).values()),
        joins=line.values.get("joins", 0),
        leaves=line.values.get("leaves", 0),
        moving=moving,
        can_reopen=can_reopen,
    )


def summary_of(lines: Sequence[LineView]) -> str:
    """A diff in one line: *2 new, 1 grown by 40 %, 1 splitting, 14 unchanged*."""
    parts = []
    for kind, word in _COUNTS.items():
        mine = [line for line in lines if line.kind is kind]
        if mine:
            parts.append(word(mine))
    return ", ".join(parts)


def _grown(lines: Sequence[LineView]) -> str:
    n = len(lines)
    if n == 1 and lines[0].percent:
        return _("1 grown by {percent} %", percent=lines[0].percent)
    return ngettext("{n} grown", "{n} grown", n)


def _shrunk(lines: Sequence[LineView]) -> str:
    n = len(lines)
    if n == 1 and lines[0].percent:
        return _("1 shrunk by {percent} %", percent=-lines[0].percent)
    return ngettext("{n} shrunk", "{n} shrunk", n)


_COUNTS: dict[LineKind, Any] = {
    LineKind.NEW: lambda lines: ngettext("{n} new", "{n} new", len(lines)),
    LineKind.GREW: _grown,
    LineKind.SHRANK: _shrunk,
    LineKind.SPLIT: lambda lines: ngettext("{n} splitting", "{n} splitting", len(lines)),
    LineKind.MERGED: lambda lines: ngettext("{n} merging", "{n} merging", len(lines)),
    LineKind.VANISHED: lambda lines: ngettext("{n} vanished", "{n} vanished", len(lines)),
    LineKind.UNCHANGED: lambda lines: ngettext("{n} unchanged", "{n} unchanged", len(lines)),
}
