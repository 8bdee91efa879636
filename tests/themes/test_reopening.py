"""What was decided about one line of a diff is undone exactly, as long as nothing later builds on it."""

import pytest
import sqlalchemy as sa

from forum.backlog.evidence import standing_posts
from forum.backlog.models import Evidence, ItemTheme
from forum.backlog.schemas import Promotion
from forum.backlog.services import promote_themes
from forum.core.clock import utcnow
from forum.core.errors import Conflict, NotAllowed
from forum.core.people import Role
from forum.posts.models import Follow, Post, TimelineEntry
from forum.posts.status import Visibility
from forum.themes import steering, versions
from forum.themes.accepting import accept_all
from forum.themes.membership import seat
from forum.themes.models import (
    DeclinedLine,
    FirstAssignment,
    LineSeat,
    RunCluster,
    RunLine,
    RunMember,
    Steering,
    Theme,
    ThemeMember,
    ThemeVersion,
)
from forum.themes.reopening import reopen_line
from forum.themes.services import accept_line, decline_line
from forum.themes.status import LineDecision, LineKind, Placing, RunState, ThemeState

_THEME = (Theme.state, Theme.heir_id, Theme.suggestion, Theme.terms, Theme.exemplar_ids, Theme.posts, Theme.people)
_ROWS = (
    sa.select(*(column for column in ThemeMember.__table__.c)),
    sa.select(Post.id, Post.theme_id),
    sa.select(Theme.id, Theme.name, *_THEME).where(Theme.state != ThemeState.VANISHED),
    sa.select(RunLine.id, RunLine.decision, RunLine.decided_at, RunLine.decided_by_id),
    sa.select(RunCluster.ref, RunCluster.theme_id),
    sa.select(FirstAssignment.post_id, FirstAssignment.theme_id, FirstAssignment.at),
    sa.select(TimelineEntry.post_id, TimelineEntry.kind, TimelineEntry.at),
    sa.select(DeclinedLine.post_id, DeclinedLine.fingerprint),
    sa.select(LineSeat.line_id),
)


@pytest.fixture
def look(session):
    """All rows that deciding a line may change."""

    def read():
        session.commit()
        return [sorted(session.execute(query).all(), key=repr) for query in _ROWS]

    return read


@pytest.fixture
def run(session, make, propose, manager):
    """A diff with a line of each kind, one of whose groups takes a post from another."""
    parts = [[make.post() for _ in range(8)] for _ in range(6)]
    a, b, c, d, _e, f = parts
    grew, merged, _also, split, gone, gave = (make.theme(f"Theme {n}", one) for n, one in enumerate(parts))
    seat(session, merged, {make.post("Private", visibility=Visibility.PRIVATE).id: 0.3}, Placing.PERSON)
    for theme in (grew, merged, split, gone, gave):
        versions.count(session, theme.product_id, {theme.id})
    fresh = [make.post() for _ in range(4)]
    run = propose(
        {
            grew.id: [*a, *f[:3], fresh[0]],
            merged.id: [*b, *c],
            split.id: d[:4],
            -1: d[4:],
            gave.id: f[3:],
            -2: fresh[1:],
        }
    )
    assert {line.kind for line in session.scalars(sa.select(RunLine))} == set(LineKind) - {LineKind.UNCHANGED}
    assert len(session.scalars(sa.select(RunMember.post_id)).all()) == 52
    return run


@pytest.mark.parametrize("place", range(6))
def test_an_accepted_line_is_undone_exactly(session, run, lines, look, manager, place):
    before = look()
    line = lines(run)[place]
    accept_line(session, line, by=manager)
    assert look() != before

    reopen_line(session, line, by=manager)

    assert look() == before
    assert accept_line(session, line, by=manager) is LineDecision.ACCEPTED


def test_all_lines_accepted_at_once_are_undone_one_by_one(session, run, lines, look, manager):
    before = look()
    accept_all(session, run, by=manager)
    assert run.state is RunState.DECIDED

    for line in lines(run):
        reopen_line(session, line, by=manager)

    assert look() == before
    assert run.state is RunState.PROPOSED


def test_a_declined_line_is_asked_again(session, run, lines, look, manager):
    before = look()
    for line in lines(run):
        decline_line(session, line, by=manager)
    for line in lines(run):
        reopen_line(session, line, by=manager)

    assert look() == before


def test_followers_items_and_what_speaks_for_them_go_back_with_a_line(session, make, run, lines, look, manager):
    by_kind = {line.kind: line for line in lines(run)}
    into, gone = (session.get_one(Theme, theme) for theme in by_kind[LineKind.MERGED].theme_ids)
    grew = session.get_one(Theme, by_kind[LineKind.GREW].theme_ids[0])
    for theme in (grew, gone):
        promote_themes(session, [theme], Promotion(title_en="It", owner_id=manager.id, is_public=True), by=manager)
    both, one, left = (make.person() for _ in range(3))
    for theme, person in ((into, both), (gone, both), (gone, one), (gone, left)):
        session.add(Follow(user_id=person.id, subject="theme", subject_id=theme.id, since=utcnow()))

    def hanging():
        session.commit()
        rows = (
            sa.select(ItemTheme.theme_id, ItemTheme.item_id),
            sa.select(Evidence.item_id, Evidence.post_id, Evidence.via_theme_id, Evidence.removed_at),
            sa.select(Follow.subject_id, Follow.user_id).where(Follow.subject == "theme"),
            sa.select(Post.id, Post.status),
        )
        return [sorted(session.execute(query).all(), key=repr) for query in rows]

    before, rows = hanging(), look()
    accept_all(session, run, by=manager)
    assert all(was != now for was, now in zip(before[:3], hanging()[:3], strict=True))
    for kind in (LineKind.GREW, LineKind.MERGED):
        reopen_line(session, by_kind[kind], by=manager)
    assert hanging() == before

    for kind in set(by_kind) - {LineKind.GREW, LineKind.MERGED}:
        reopen_line(session, by_kind[kind], by=manager)
    assert look() == rows
    accept_line(session, by_kind[LineKind.MERGED], by=manager)
    session.execute(sa.delete(Follow).where(Follow.user_id == left.id))  # who lets go meanwhile does not follow again
    reopen_line(session, by_kind[LineKind.MERGED], by=manager)
    assert hanging()[2] == [row for row in before[2] if row.user_id != left.id]


def test_a_merger_by_hand_gives_followers_and_the_item_back_when_it_is_undone(session, make, manager):
    theme, into = make.theme("One", [make.post()]), make.theme("Other", [make.post()])
    fan = make.person()
    session.add(Follow(user_id=fan.id, subject="theme", subject_id=theme.id, since=utcnow()))
    item = promote_themes(session, [theme], Promotion(title_en="It", owner_id=manager.id, is_public=True), by=manager)
    steering.merge_themes(session, theme, into, by=manager)
    assert session.get_one(ItemTheme, into.id).item_id == item.id
    assert len(standing_posts(session, item.id)) == 2

    steering.undo(session, session.scalars(sa.select(Steering)).one(), by=manager)

    assert session.get_one(ItemTheme, theme.id).item_id == item.id
    assert session.get(ItemTheme, into.id) is None
    assert len(standing_posts(session, item.id)) == 1
    followed = sa.select(Follow.subject_id).where(Follow.user_id == fan.id, Follow.subject == "theme")
    assert session.scalars(followed).all() == [theme.id]


def test_what_later_things_build_on_stays(session, make, run, lines, propose, manager):
    by_kind = {line.kind: line for line in lines(run)}
    accept_all(session, run, by=manager)
    theme = session.get_one(Theme, by_kind[LineKind.GREW].theme_ids[0])
    steering.rename(session, theme, {"en": "Cold"}, by=manager)
    with pytest.raises(Conflict, match="steered these themes since"):
        reopen_line(session, by_kind[LineKind.GREW], by=manager)

    made = {row.ref: row.theme_id for row in session.execute(sa.select(RunCluster.ref, RunCluster.theme_id))}
    promotion = Promotion(title_en="Split", owner_id=manager.id, is_public=True)
    promote_themes(session, [session.get_one(Theme, made[-1])], promotion, by=manager)
    with pytest.raises(Conflict, match="on the backlog"):
        reopen_line(session, by_kind[LineKind.SPLIT], by=manager)

    moved = session.scalars(sa.select(ThemeMember.post_id).where(ThemeMember.theme_id == made[-2])).first()
    seat(session, theme, {moved: 0.5}, Placing.FIT)
    with pytest.raises(Conflict, match="has moved these posts"):
        reopen_line(session, by_kind[LineKind.NEW], by=manager)
    with pytest.raises(NotAllowed):
        reopen_line(session, by_kind[LineKind.MERGED], by=make.reader("Kim", Role.MODERATOR))


def test_a_newer_run_or_a_restored_version_builds_on_what_was_decided(session, make, run, lines, propose, manager):
    first, *_others = lines(run)
    accept_line(session, first, by=manager)
    versions.restore(session, session.scalars(sa.select(ThemeVersion)).first(), by=manager)
    with pytest.raises(Conflict, match="newer run or a restored version"):
        reopen_line(session, first, by=manager)

    again = propose({-1: [make.post() for _ in range(5)]})
    line = lines(again)[0]
    accept_line(session, line, by=manager)
    propose({-1: [make.post() for _ in range(5)]})
    with pytest.raises(Conflict, match="newer run or a restored version"):
        reopen_line(session, line, by=manager)


def test_the_page_of_a_diff_undoes_a_line(session, run, lines, visitor, make):
    line = lines(run)[0]
    visitor.sign_in(make.manager()).open(f"/themes/runs/{run.id}")
    visitor.send("Accept", into=f"/lines/{line.id}")

    visitor.send("Undo", into=f"/lines/{line.id}/reopen")

    assert "the line can be decided again" in visitor.text
    session.refresh(line)
    assert line.decision is LineDecision.OPEN
