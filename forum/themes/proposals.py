"""From a fit to a diff: what would happen to which themes, line by line, and writing it down.

A line is about some standing themes and some groups of the run. What a person declined before is not asked
again: a post that stayed where it was by a person's word stays, and a split, merger, new or vanished theme
whose posts were mostly in a declined line is declined from the start.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.core.clock import utcnow
from forum.core.database import transaction
from forum.core.events import publish
from forum.core.jobs import Progress
from forum.themes.corpus import Standing
from forum.themes.counting import chunks
from forum.themes.events import RunFinished
from forum.themes.forgetting import forget_decided
from forum.themes.found import Change, Group, Proposal
from forum.themes.labels import LABEL
from forum.themes.models import DeclinedLine, RunCluster, RunLine, RunMember, Theme, ThemeMember, ThemeRun
from forum.themes.status import LineDecision, LineKind, Placing, RunState
from forum.themes.training import UNSORTED, compare

REMEMBERED = 0.8  # share of a line's posts that a person said no to before, from which it is not asked again
PIECE = 2 / 3  # share of a new theme's posts that were in one declined line that would have made a theme
_BATCH = 2000  # rows per transaction
# What changes most comes first; the same order in which they are decided.
_ORDER = (
    LineKind.NEW,
    LineKind.SPLIT,
    LineKind.MERGED,
    LineKind.GREW,
    LineKind.SHRANK,
    LineKind.VANISHED,
    LineKind.UNCHANGED,
)
# Lines about the members of one theme speak of the same thing, whichever way its size went.
_MEMBERS = (LineKind.UNCHANGED, LineKind.GREW, LineKind.SHRANK)

_MAKE_THEMES = (LineKind.NEW.value, LineKind.SPLIT.value)

Memory = Mapping[str, set[int]]  # fingerprint → posts of declined lines


@dataclass
class Line:
    """A line of the diff before it is written."""

    kind: LineKind
    theme_ids: list[int]
    refs: list[int]
    shared: int
    jaccard: float
    moved: set[int]  # posts that would come, go or change their theme
    values: dict[str, Any] = field(default_factory=dict)
    decision: LineDecision = LineDecision.OPEN


def fingerprint(kind: LineKind, theme_ids: Iterable[int]) -> str:
    """What a declined line was about, so that the next run recognises it."""
    word = "members" if kind in _MEMBERS else kind.value
    return ":".join((word, *(str(theme) for theme in sorted(theme_ids))))[:64]


def respect(places: dict[int, tuple[int, float]], standing: Standing, memory: Memory) -> None:
    """Leave posts where they stand that a person did not want moved, in place."""
    home = {post: theme for theme, posts in standing.members.items() for post in posts}
    for post, (ref, likeness) in places.items():
        here = home.get(post, UNSORTED)
        if ref == here:
            continue
        said_no = any(post in memory.get(f"members:{theme}", ()) for theme in (here, ref) if theme > 0)
        if said_no:
            places[post] = (here, likeness)


def lines_of(proposal: Proposal, standing: Standing, memory: Memory) -> list[Line]:
    """The diff between a proposal and the standing themes, what changes most first."""
    members: dict[int, set[int]] = {group.ref: set() for group in proposal.groups}
    for post, (ref, _likeness) in proposal.places.items():
        if ref in members:
            members[ref].add(post)
    home = {post: theme for theme, posts in standing.shown.items() for post in posts}
    changes = [*_joined_up(compare(standing.shown, members)), *_emptied(standing)]
    lines = [_line(change, members, standing, home) for change in changes]
    for line in lines:
        if not line.moved and line.kind is LineKind.UNCHANGED:
            line.decision = LineDecision.ACCEPTED  # nothing to decide
        elif line.moved and _is_remembered(line, memory):
            line.decision = LineDecision.DECLINED
    return sorted(lines, key=_place)


def _place(line: Line) -> tuple[int, int, list[int]]:
    """Where a line stands in the diff: by kind, then the larger first."""
    return _ORDER.index(line.kind), -line.values["size"], [abs(one) for one in (*line.theme_ids, *line.refs)]


def _joined_up(changes: list[Change]) -> list[Change]:
    """`changes` with a theme that the engine continues kept in one line, however much of it is new."""
    gone = {change.old[0] for change in changes if change.kind == LineKind.VANISHED.value}
    again = {change.new[0] for change in changes if change.kind == LineKind.NEW.value} & gone
    kept = [change for change in changes if not (set(change.old or change.new) & again and _is_lonely(change))]
    return kept + [Change(LineKind.GREW.value, (theme,), (theme,), 0, 0.0) for theme in sorted(again)]


def _is_lonely(change: Change) -> bool:
    return change.kind in (LineKind.NEW.value, LineKind.VANISHED.value)


def _emptied(standing: Standing) -> list[Change]:
    """Accepted themes without a single public post: nothing can continue them."""
    empty = [theme for theme, posts in standing.shown.items() if not posts]
    return [Change(LineKind.VANISHED.value, (theme,), (), 0, 0.0) for theme in empty]


def _line(change: Change, members: Mapping[int, set[int]], standing: Standing, home: Mapping[int, int]) -> Line:
    kind = LineKind(change.kind)
    old, new = _heir_first(list(change.old), list(change.new))
    before = set().union(*(standing.members[theme] for theme in old)) if old else set()
    after = set().union(*(members[ref] for ref in new)) if new else set()
    if len(old) == len(new) == 1:
        moved = before ^ after
        kind = _size_kind(len(before), len(after), len(before & after))
    else:
        heir = old[0] if old else UNSORTED
        stays = {post for post in before & after if home.get(post) == heir and post in members.get(new[0], ())}
        moved = (before | after) - stays
    values = {
        "size": max(len(before), len(after)),
        "before": {str(theme): len(standing.members[theme]) for theme in old},
        "after": {str(ref): len(members[ref]) for ref in new},
        "joins": len(after - before),
        "leaves": len(before - after),
        "fingerprint": fingerprint(kind, old),
    }
    union = len(before | after)
    shared = len(before & after)
    return Line(kind, old, new, shared, shared / union if union else 0.0, moved, values)


def _heir_first(old: list[int], new: list[int]) -> tuple[list[int], list[int]]:
    """Both sides with the theme that goes on in front."""
    heir = next((ref for ref in new if ref in old), None)
    if heir is None:
        return old, new
    return [heir, *(one for one in old if one != heir)], [heir, *(one for one in new if one != heir)]


def _size_kind(before: int, after: int, shared: int) -> LineKind:
    union = before + after - shared
    if union and shared >= 0.9 * union:
        return LineKind.UNCHANGED
    return LineKind.GREW if after >= before else LineKind.SHRANK


def _is_remembered(line: Line, memory: Memory) -> bool:
    if line.kind is LineKind.NEW:  # a declined theme that comes back in pieces is the same question
        declined = (posts for mark, posts in memory.items() if mark.partition(":")[0] in _MAKE_THEMES)
        return any(len(line.moved & posts) >= PIECE * len(line.moved) for posts in declined)
    known = memory.get(line.values["fingerprint"], set())
    return line.kind not in _MEMBERS and len(line.moved & known) >= REMEMBERED * len(line.moved)


def read_memory(session: Session, product_id: int) -> Memory:
    """The posts of declined lines, by what the lines were about."""
    found: dict[str, set[int]] = {}
    rows = session.execute(
        sa.select(DeclinedLine.fingerprint, DeclinedLine.post_id).where(DeclinedLine.product_id == product_id)
    )
    for mark, post_id in rows:
        found.setdefault(mark, set()).add(post_id)
    return found


def write(run_id: int, proposal: Proposal, progress: Progress) -> None:
    """Write the groups and members of an unfinished run in batches, in place of those of an earlier attempt.

    Nothing of it shows before `publish_proposal`. Raises `JobCancelled` when the job is not this attempt's any more.
    """
    _clear(run_id, progress)
    with transaction() as session:
        progress.fence(session)
        for group in proposal.groups:
            session.add(_cluster(run_id, group))
    rows = [
        {"run_id": run_id, "post_id": post, "ref": ref, "similarity": likeness}
        for post, (ref, likeness) in sorted(proposal.places.items())
    ]
    for batch in chunks(rows, _BATCH):
        with transaction() as session:
            progress.fence(session)
            session.execute(sa.insert(RunMember), list(batch))


def _clear(run_id: int, progress: Progress) -> None:
    with transaction() as session:
        progress.fence(session)
        session.execute(sa.delete(RunCluster).where(RunCluster.run_id == run_id))
        session.execute(sa.delete(RunLine).where(RunLine.run_id == run_id))
    while True:
        with transaction() as session:
            progress.fence(session)
            some = session.scalars(sa.select(RunMember.post_id).where(RunMember.run_id == run_id).limit(_BATCH)).all()
            if not some:
                return
            session.execute(sa.delete(RunMember).where(RunMember.run_id == run_id, RunMember.post_id.in_(some)))


def _cluster(run_id: int, group: Group) -> RunCluster:
    return RunCluster(
        run_id=run_id,
        ref=group.ref,
        label=group.label[:LABEL],
        terms=group.terms,
        exemplar_ids=group.exemplars,
        odd_one_id=group.odd_one,
        solidity=group.solidity,
        size=group.size,
    )


def publish_proposal(
    session: Session, run: ThemeRun, proposal: Proposal, lines: list[Line], *, model_file: str
) -> None:
    """Put a run's diff before the product managers, in place of the one that was open. Publishes `RunFinished`."""
    now = utcnow()
    for older in session.scalars(
        sa.select(ThemeRun).where(
            ThemeRun.product_id == run.product_id, ThemeRun.state == RunState.PROPOSED, ThemeRun.id != run.id
        )
    ):
        older.state = RunState.REPLACED
    forget_decided(session, run.product_id)
    for position, line in enumerate(lines):
        session.add(
            RunLine(
                run_id=run.id,
                position=position,
                kind=line.kind,
                theme_ids=line.theme_ids,
                refs=line.refs,
                shared=line.shared,
                jaccard=line.jaccard,
                values=line.values,
                decision=line.decision,
                decided_at=None if line.decision is LineDecision.OPEN else now,
            )
        )
    is_open = any(line.decision is LineDecision.OPEN for line in lines)
    run.state = RunState.PROPOSED if is_open else RunState.DECIDED
    run.active_key = None
    run.finished_at = now
    run.posts = len(proposal.places)
    run.themes = len(proposal.groups)
    run.coverage = proposal.coverage
    run.model_file = model_file
    run.notes = {
        "unmet": [asdict(one) for one in proposal.unmet],
        "pairs": [list(pair) for pair in proposal.pairs],
        "too_few": proposal.is_too_few,
        "provisional": proposal.is_provisional,
        "without_vectors": proposal.is_without_vectors,
        "slider": {str(notch): dict(told) for notch, told in proposal.notches.items()},
    }
    session.flush()
    _link_undecided(session, run, lines)
    _confirm_placings(session, run)
    publish(session, RunFinished(run.id))


def _confirm_placings(session: Session, run: ThemeRun) -> None:
    """Note which posts a run left in the theme where their wording had put them: they are there by a fit now."""
    left_there = sa.exists().where(
        RunMember.run_id == run.id,
        RunMember.post_id == ThemeMember.post_id,
        RunMember.ref == ThemeMember.theme_id,
    )
    session.execute(
        sa.update(ThemeMember)
        .where(ThemeMember.placing == Placing.WORDING, left_there)
        .values(placing=Placing.FIT)
        .execution_options(synchronize_session=False)
    )


def _link_undecided(session: Session, run: ThemeRun, lines: list[Line]) -> None:
    """Tie the groups that need no decision to their themes; how solid those are is news, their names are not."""
    settled = {ref for line in lines if line.decision is LineDecision.ACCEPTED for ref in line.refs}
    for cluster in session.scalars(sa.select(RunCluster).where(RunCluster.run_id == run.id)):
        if cluster.ref in settled:
            cluster.theme_id = cluster.ref
            session.get_one(Theme, cluster.ref).solidity = cluster.solidity
