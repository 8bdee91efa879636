"""Deciding the diff of a run: accept or decline its lines, and what follows from that."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.rules import may_plan
from forum.core.audit import record
from forum.core.clock import utcnow
from forum.core.database import insert_into
from forum.core.errors import Conflict, require
from forum.core.events import publish
from forum.core.languages import _
from forum.core.people import Reader
from forum.posts.models import Post
from forum.posts.status import Moderation, Visibility
from forum.themes import versions
from forum.themes.counting import chunks
from forum.themes.events import ThemesMerged, ThemeSplit
from forum.themes.jobs import count, place_posts, plan
from forum.themes.membership import seat, unseat
from forum.themes.models import DeclinedLine, RunCluster, RunLine, RunMember, Theme, ThemeMember, ThemeRun
from forum.themes.reopening import keep_accepted, keep_declined, mark_of
from forum.themes.rulings import Rulings, read_rulings
from forum.themes.status import LineDecision, LineKind, Placing, RunState, ThemeState

_PIECE = 500  # rows per statement


def accept_line(session: Session, line: RunLine, *, by: Reader) -> LineDecision:
    """Make a line of the diff so: move its posts, make or end its themes, take over the engine's words for them.

    What people decided stays: pinned posts do not move, none joins a theme that it is kept out of, and given
    names are kept. A line about themes that have changed since is not carried out and becomes *moot*, which is
    returned. The last decision closes the diff and stores a version. Raises `NotAllowed` unless `by` plans the
    backlog, and `Conflict` when the line is decided or a newer run has replaced it.
    """
    require(may_plan(by), _("Only product managers decide about themes."))
    run = _lock(session, line)
    versions.keep_before(session, run, by=by)
    touched = _accept(session, run, line, by)
    count(session, run.product_id, touched)
    close_if_decided(session, run, by)
    return line.decision


def decline_line(session: Session, line: RunLine, *, by: Reader) -> None:
    """Leave everything in a line as it stands, and remember it so that the next run does not ask again.

    Raises as `accept_line` does.
    """
    require(may_plan(by), _("Only product managers decide about themes."))
    run = _lock(session, line)
    moves = _plan_moves(session, run, line)
    mark = mark_of(line)
    known = sa.select(DeclinedLine.post_id).where(
        DeclinedLine.product_id == run.product_id, DeclinedLine.fingerprint == mark
    )
    fresh = sorted(moves.moved.difference(session.scalars(known)))
    keep_declined(session, line, fresh)
    rows = [{"product_id": run.product_id, "post_id": post, "fingerprint": mark} for post in fresh]
    for piece in chunks(rows, _PIECE):
        session.execute(insert_into(session, DeclinedLine).on_conflict_do_nothing(), list(piece))
    decide(session, line, LineDecision.DECLINED, by)
    close_if_decided(session, run, by)


def open_lines(session: Session, run_id: int) -> list[RunLine]:
    """The lines of a diff that nobody has decided yet, in order."""
    wanted = sa.select(RunLine).where(RunLine.run_id == run_id, RunLine.decision == LineDecision.OPEN)
    return list(session.scalars(wanted.order_by(RunLine.position)))


def void_lines(session: Session, product_id: int, theme_ids: Collection[int]) -> None:
    """Make the open lines about themes moot that a person has merged, split, dismissed or taken back meanwhile."""
    runs = sa.select(ThemeRun.id).where(ThemeRun.product_id == product_id, ThemeRun.state == RunState.PROPOSED)
    for line in session.scalars(
        sa.select(RunLine).where(RunLine.run_id.in_(runs), RunLine.decision == LineDecision.OPEN)
    ):
        if not set(theme_ids).isdisjoint(line.theme_ids):
            line.decision, line.decided_at = LineDecision.MOOT, utcnow()


def _lock(session: Session, line: RunLine) -> ThemeRun:
    run = session.get_one(ThemeRun, line.run_id, with_for_update=True)
    session.refresh(line)
    check_open(run)
    if line.decision is not LineDecision.OPEN:
        raise Conflict(_("Somebody has decided this line already. Reload the page to see how."))
    return run


def check_open(run: ThemeRun) -> None:
    """Raise `Conflict` unless the diff of `run` waits for decisions."""
    if run.state is RunState.REPLACED:
        raise Conflict(_("A newer run has replaced this diff. Decide the newer one instead."))
    if run.state is not RunState.PROPOSED:
        raise Conflict(_("This diff is not open for decisions."))


def _accept(session: Session, run: ThemeRun, line: RunLine, by: Reader) -> set[int]:
    """Carry a line out, unless it is moot; return the themes whose numbers changed."""
    if moot_lines(session, [line]):
        decide(session, line, LineDecision.MOOT, by)
        return set()
    keep_accepted(session, run.id, [line])
    moves = _plan_moves(session, run, line)
    themes = themes_for(session, [line], run.product_id, by)[line.id]
    take_words(session, run, themes)
    touched = {*line.theme_ids, *(theme.id for theme in themes.values()), *moves.left}
    for ref, theme in themes.items():
        seat(session, theme, moves.seats.get(ref, {}), Placing.FIT)
    unseat(session, moves.leaving)
    for hidden_id, posts in moves.caught.items():
        seat(session, session.get_one(Theme, hidden_id), posts, Placing.FIT)
    end_themes(session, line, themes)
    decide(session, line, LineDecision.ACCEPTED, by)
    return touched


def moot_lines(session: Session, lines: Collection[RunLine]) -> set[int]:
    """Those of some lines whose themes are no longer what they were, so that nothing is left to decide."""
    themes = {theme for line in lines for theme in line.theme_ids}
    gone = sa.select(Theme.id).where(Theme.id.in_(themes), Theme.state != ThemeState.ACCEPTED)
    ended = set(session.scalars(gone))
    vanishing = {theme for line in lines if line.kind is LineKind.VANISHED for theme in line.theme_ids}
    if vanishing:  # what a person put there keeps it alive
        held = sa.select(ThemeMember.theme_id).where(
            ThemeMember.theme_id.in_(vanishing), ThemeMember.placing == Placing.PERSON
        )
        ended |= set(session.scalars(held.distinct()))
    return {line.id for line in lines if not ended.isdisjoint(line.theme_ids)}


@dataclass
class _Moves:
    """What a line would do to posts at this moment."""

    seats: dict[int, dict[int, float]]  # group's ref → post → likeness
    leaving: set[int]  # posts that would be unsorted
    caught: dict[int, dict[int, float]]  # dismissed theme → posts that it would take
    moved: set[int]  # all whose theme would change
    left: set[int]  # themes that lose posts


def _plan_moves(session: Session, run: ThemeRun, line: RunLine) -> _Moves:
    """Compare a line's groups with where their posts are now, under what people decided."""
    rulings = read_rulings(session, run.product_id)
    targets = {ref: target_of(line, ref) for ref in line.refs}
    moves = _Moves({ref: {} for ref in line.refs}, set(), {}, set(), set())
    for post, ref, likeness, here, placing in session.execute(arriving(run.id, line.refs)):
        target = targets[ref]
        if placing is Placing.PERSON or not is_free(rulings, post, target):
            continue
        moves.seats[ref][post] = likeness
        if here != target or target is None:
            moves.moved.add(post)
            moves.left |= {here} if here else set()
    hidden = dismissed_ids(session, run.product_id)
    for post, ref, likeness in session.execute(_departing(run.id, line)):
        if ref in hidden:
            moves.caught.setdefault(ref, {})[post] = likeness
        else:
            moves.leaving.add(post)
        moves.moved.add(post)
    return moves


def is_free(rulings: Rulings, post: int, target: int | None) -> bool:
    """Whether no person said that `post` belongs elsewhere, or not to `target`."""
    return rulings.pins.get(post) in (None, target) and (post, target) not in rulings.keep_out


def arriving(run_id: int, refs: list[int]) -> sa.Select[int, int, float, int | None, Placing | None]:
    """The posts of groups, those that are still public, with the theme they are in now."""
    return (
        sa.select(RunMember.post_id, RunMember.ref, RunMember.similarity, ThemeMember.theme_id, ThemeMember.placing)
        .join(Post, Post.id == RunMember.post_id)
        .outerjoin(ThemeMember, ThemeMember.post_id == RunMember.post_id)
        .where(
            RunMember.run_id == run_id,
            RunMember.ref.in_(refs),
            Post.visibility == Visibility.PUBLIC,
            Post.moderation.in_((Moderation.OPEN, Moderation.MERGED)),
        )
    )


def _departing(run_id: int, line: RunLine) -> sa.Select[int, int, float]:
    """The posts of a line's themes that the run saw elsewhere; what came since, or is private, stays."""
    return (
        sa.select(RunMember.post_id, RunMember.ref, RunMember.similarity)
        .join(ThemeMember, ThemeMember.post_id == RunMember.post_id)
        .where(
            RunMember.run_id == run_id,
            RunMember.ref.not_in(line.refs),
            ThemeMember.theme_id.in_(line.theme_ids),
            ThemeMember.placing != Placing.PERSON,
        )
    )


def dismissed_ids(session: Session, product_id: int) -> set[int]:
    """The dismissed themes of a product, which go on catching their posts."""
    wanted = sa.select(Theme.id).where(Theme.product_id == product_id, Theme.state == ThemeState.DISMISSED)
    return set(session.scalars(wanted))


def target_of(line: RunLine, ref: int) -> int | None:
    """The standing theme that a group goes on as, or None when it would be a theme of its own."""
    if ref in line.theme_ids:
        return ref
    has_heir = any(other in line.theme_ids for other in line.refs)
    return line.theme_ids[0] if line.theme_ids and ref == line.refs[0] and not has_heir else None


def themes_for(session: Session, lines: Sequence[RunLine], product_id: int, by: Reader) -> dict[int, dict[int, Theme]]:
    """The theme of each group of some lines, by line and ref, made where it is new; it asks and writes once for all."""
    standing = sa.select(Theme).where(Theme.id.in_([theme for line in lines for theme in line.theme_ids]))
    known = {theme.id: theme for theme in session.scalars(standing)}
    found: dict[int, dict[int, Theme]] = {}
    for line in lines:
        targets = {ref: target_of(line, ref) for ref in line.refs}
        found[line.id] = {
            ref: known[target] if target else _make_theme(session, product_id, by) for ref, target in targets.items()
        }
    session.flush()  # new ones need their ids
    return found


def _make_theme(session: Session, product_id: int, by: Reader) -> Theme:
    now = utcnow()
    theme = Theme(product_id=product_id, created_at=now, changed_at=now, created_by_id=by.id, version=1)
    session.add(theme)
    return theme


def end_themes(session: Session, line: RunLine, themes: dict[int, Theme]) -> None:
    """End the themes that do not go on, their addresses leading to the heir, and publish what happened."""
    kept = {theme.id for theme in themes.values()}
    heir = next(iter(themes.values()), None)
    for theme_id in line.theme_ids:
        if theme_id in kept:
            continue
        theme = session.get_one(Theme, theme_id)
        if heir is None:
            unseat(
                session, session.scalars(sa.select(ThemeMember.post_id).where(ThemeMember.theme_id == theme_id)).all()
            )
            theme.state = ThemeState.VANISHED
        else:
            join(session, theme, heir)
    if line.kind is LineKind.SPLIT and heir is not None:
        for theme in list(themes.values())[1:]:
            publish(session, ThemeSplit(heir.id, theme.id))


def join(session: Session, theme: Theme, heir: Theme) -> list[int]:
    """Let `theme` live on in `heir`: all its posts move as they were placed, its address leads there.

    Returns the posts that moved. Publishes `ThemesMerged`.
    """
    rows = session.execute(
        sa.select(ThemeMember.post_id, ThemeMember.similarity, ThemeMember.placing).where(
            ThemeMember.theme_id == theme.id
        )
    ).all()
    for placing in Placing:
        seat(session, heir, {row.post_id: row.similarity for row in rows if row.placing is placing}, placing)
    theme.state, theme.heir_id = ThemeState.MERGED, heir.id
    theme.changed_at = utcnow()
    publish(session, ThemesMerged(theme.id, heir.id))
    return [row.post_id for row in rows]


def take_words(session: Session, run: ThemeRun, themes: dict[int, Theme]) -> None:
    """Take over what the run says about its groups; a name that a person gave stays in front of it."""
    for cluster in session.scalars(
        sa.select(RunCluster).where(RunCluster.run_id == run.id, RunCluster.ref.in_(list(themes)))
    ):
        theme = themes[cluster.ref]
        theme.suggestion, theme.terms = cluster.label, list(cluster.terms)
        theme.exemplar_ids, theme.odd_one_id = list(cluster.exemplar_ids), cluster.odd_one_id
        theme.solidity = cluster.solidity
        cluster.theme_id = theme.id


def decide(session: Session, line: RunLine, decision: LineDecision, by: Reader) -> None:
    """Write down what `by` said to a line; the caller flushes."""
    line.decision, line.decided_at, line.decided_by_id = decision, utcnow(), by.id
    record(
        session,
        "theme.line",
        by=by.id,
        subject="theme_run",
        subject_id=line.run_id,
        kind=line.kind.value,
        themes=line.theme_ids,
        decision=decision.value,
    )


def close_if_decided(session: Session, run: ThemeRun, by: Reader) -> None:
    """After the last decision: let dismissed themes catch theirs, store the version, place what came meanwhile."""
    session.flush()
    if open_lines(session, run.id):
        return
    run.state = RunState.DECIDED
    _catch(session, run)
    versions.store(session, run.product_id, run_id=run.id, by=by)
    plan(session, place_posts, run.product_id, delay=0)


def _catch(session: Session, run: ThemeRun) -> None:
    for theme_id in dismissed_ids(session, run.product_id):
        has_theme = sa.exists().where(ThemeMember.post_id == RunMember.post_id)
        rows = session.execute(
            sa.select(RunMember.post_id, RunMember.similarity).where(
                RunMember.run_id == run.id, RunMember.ref == theme_id, ~has_theme
            )
        )
        seat(session, session.get_one(Theme, theme_id), {row.post_id: row.similarity for row in rows}, Placing.FIT)
