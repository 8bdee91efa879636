"""A run ends in a diff; its lines are accepted or declined."""

import pytest
import sqlalchemy as sa

from forum.core import events
from forum.core.errors import Conflict, NotAllowed
from forum.posts import timeline
from forum.posts.models import Post, TimelineEntry
from forum.posts.status import Moderation, Visibility
from forum.themes import accepting, steering
from forum.themes.accepting import accept_all
from forum.themes.diffs import read_lines, summary_of
from forum.themes.events import PostsJoinedTheme
from forum.themes.membership import seat
from forum.themes.models import FirstAssignment, RunLine, RunMember, Theme, ThemeMember, ThemeVersion, VersionMember
from forum.themes.services import accept_line, decline_line, open_lines
from forum.themes.status import LineDecision, LineKind, Placing, RunState, ThemeState


def posts_of(make, count):
    return [make.post(f"Post {n}") for n in range(count)]


def test_the_first_diff_is_all_new_and_accepting_it_makes_the_themes(session, make, propose, lines, members, manager):
    posts = posts_of(make, 6)
    run = propose({-1: posts[:4], -2: posts[4:]}, n1="cold seat", n2="loud fan")
    assert [line.kind for line in lines(run)] == [LineKind.NEW, LineKind.NEW]

    assert accept_all(session, run, by=manager) == {LineDecision.ACCEPTED: 2, LineDecision.MOOT: 0}

    themes = session.scalars(sa.select(Theme).order_by(Theme.id)).all()
    assert [(theme.suggestion, theme.posts, theme.people) for theme in themes] == [
        ("cold seat", 4, 4),
        ("loud fan", 2, 2),
    ]
    assert members(themes[0]) == {post.id for post in posts[:4]}
    assert run.state is RunState.DECIDED
    assert session.scalars(sa.select(sa.func.count()).select_from(ThemeVersion)).one() == 1


def test_joining_is_told_once_and_stands_on_the_timeline(session, make, propose, manager, monkeypatch):
    told = []
    monkeypatch.setitem(events._receivers, PostsJoinedTheme, [lambda session, event: told.append(event)])
    posts = posts_of(make, 3)
    accept_all(session, propose({-1: posts}, n1="cold seat"), by=manager)
    theme = session.scalars(sa.select(Theme)).one()

    accept_all(session, propose({theme.id: [*posts, make.post("Another")]}), by=manager)

    assert [len(event.post_ids) for event in told] == [3, 1]
    entries = timeline.entries(session, posts[0].id, manager)
    assert [entry.sentence for entry in entries] == ["Part of the theme “Cold seat”, with 2 others."]
    assert entries[0].href == f"/themes/{theme.id}"


def test_lines_say_what_became_of_each_theme(session, make, propose, lines):
    a, b, c, d, e = (posts_of(make, 10) for _ in range(5))
    grew, merged, also, split, gone = (make.theme(f"Theme {n}", part) for n, part in enumerate((a, b, c, d, e)))
    run = propose(
        {grew.id: [*a, *posts_of(make, 4)], merged.id: [*b, *c], split.id: d[:6], -1: d[6:], -2: posts_of(make, 5)}
    )

    found = [(line.kind, line.theme_ids, line.refs) for line in lines(run)]

    assert found == [
        (LineKind.NEW, [], [-2]),
        (LineKind.SPLIT, [split.id], [split.id, -1]),
        (LineKind.MERGED, [merged.id, also.id], [merged.id]),
        (LineKind.GREW, [grew.id], [grew.id]),
        (LineKind.VANISHED, [gone.id], []),
    ]
    assert summary_of(read_lines(session, run.id)) == "1 new, 1 grown by 40 %, 1 splitting, 1 merging, 1 vanished"


def test_merging_and_splitting_keep_addresses_and_names(session, make, propose, lines, members, manager):
    b, c, d = (posts_of(make, 10) for _ in range(3))
    merged, also, split = make.theme("Cold seats", b), make.theme("Seats", c), make.theme("Noise", d)
    run = propose({merged.id: [*b, *c], split.id: d[:6], -1: d[6:]}, n1="rattling door")

    accept_all(session, run, by=manager)

    assert (also.state, also.heir_id) == (ThemeState.MERGED, merged.id)
    assert members(merged) == {post.id for post in (*b, *c)}
    assert (merged.name, split.name) == ({"en": "Cold seats"}, {"en": "Noise"})
    new = session.scalars(sa.select(Theme).where(Theme.suggestion == "rattling door")).one()
    assert members(new) == {post.id for post in d[6:]}
    assert members(split) == {post.id for post in d[:6]}


@pytest.mark.sqlite
def test_all_lines_at_once_do_what_they_do_one_by_one(session, make, propose, members, manager):
    parts = [posts_of(make, 8) for _ in range(7)]
    parts[2].append(make.post("Only for the team", visibility=Visibility.PRIVATE))
    grew, merged, _also, split, _gone, gave, set_aside = (make.theme(f"Theme {n}", one) for n, one in enumerate(parts))
    steering.dismiss(session, set_aside, by=manager)
    steering.pin(session, gave, parts[5][0].id, by=manager)
    steering.keep_out(session, grew, parts[5][1].id, by=manager)
    a, b, c, d, e, f, _g = parts
    fresh = posts_of(make, 5)
    run = propose(
        {
            grew.id: [*a[:7], *f[:4]],
            merged.id: [*b, *c[:7], e[0]],
            split.id: d[:4],
            -1: [*d[4:], a[7]],
            gave.id: f[4:],
            -2: fresh,
        }
    )
    session.execute(sa.update(RunMember).where(RunMember.post_id == c[7].id).values(ref=set_aside.id))
    session.commit()

    def accept_and_look(accept):
        with session.begin_nested() as nested:
            accept()
            session.flush()
            found = [sorted(session.execute(query).all(), key=repr) for query in _ROWS]
            nested.rollback()
        return found

    by_line = accept_and_look(lambda: [accept_line(session, one, by=manager) for one in open_lines(session, run.id)])
    at_once = accept_and_look(lambda: accept_all(session, run, by=manager))

    assert at_once == by_line
    assert {row.theme_id for row in at_once[0]} == {grew.id, merged.id, split.id, gave.id, set_aside.id, 8, 9}


_ROWS = (
    sa.select(ThemeMember.post_id, ThemeMember.theme_id, ThemeMember.placing, ThemeMember.similarity),
    sa.select(Post.id, Post.theme_id),
    sa.select(Theme.id, Theme.state, Theme.heir_id, Theme.suggestion, Theme.exemplar_ids, Theme.posts, Theme.people),
    sa.select(RunLine.id, RunLine.decision, RunLine.decided_by_id),
    sa.select(FirstAssignment.post_id, FirstAssignment.theme_id),
    sa.select(TimelineEntry.post_id, TimelineEntry.kind, TimelineEntry.is_public, TimelineEntry.values["theme_id"]),
    sa.select(VersionMember.post_id, VersionMember.theme_id),
)


def test_a_theme_vanishes_only_by_a_persons_yes(session, make, propose, lines, members, manager):
    theme = make.theme("Old", posts_of(make, 5))
    run = propose({-1: posts_of(make, 5)})
    line = next(line for line in lines(run) if line.theme_ids == [theme.id])
    assert (line.kind, theme.state) == (LineKind.VANISHED, ThemeState.ACCEPTED)

    accept_line(session, line, by=manager)

    assert theme.state is ThemeState.VANISHED
    assert members(theme) == set()


def test_declining_keeps_everything_and_is_not_asked_again(session, make, propose, lines, members, manager):
    old, fresh = posts_of(make, 10), posts_of(make, 4)
    theme = make.theme("Cold", old)
    run = propose({theme.id: [*old, *fresh]})
    decline_line(session, lines(run)[0], by=manager)
    assert members(theme) == {post.id for post in old}

    again = propose({theme.id: [*old, *fresh]})
    assert open_lines(session, again.id) == []

    more = make.post("One more")
    third = propose({theme.id: [*old, *fresh, more]})
    accept_all(session, third, by=manager)
    assert members(theme) == {post.id for post in (*old, more)}


def test_a_new_theme_that_was_declined_is_not_asked_again(session, make, propose, lines, manager):
    posts = posts_of(make, 10)
    decline_line(session, lines(propose({-1: posts}))[0], by=manager)

    again = propose({-1: posts})

    assert [line.decision for line in lines(again)] == [LineDecision.DECLINED]
    assert again.state is RunState.DECIDED
    assert session.scalars(sa.select(Theme)).all() == []


def test_a_declined_theme_that_comes_back_in_pieces_is_the_same_question(session, make, propose, lines, manager):
    declined, other = posts_of(make, 17), posts_of(make, 6)
    run = propose({-1: declined, -2: other})
    for line in lines(run):
        decline_line(session, line, by=manager)
    fresh = posts_of(make, 8)

    again = propose({-1: [*declined[:7], *fresh[:3]], -2: [*declined[7:12], *other[:1], *fresh[3:6]]})

    kept = {line.refs[0]: line.decision for line in lines(again)}
    assert kept == {-1: LineDecision.DECLINED, -2: LineDecision.OPEN}  # 7 of 10 are known; 5 of 9, and 1 of another


def test_a_newer_diff_replaces_the_open_one(session, make, propose, lines, manager):
    posts = posts_of(make, 6)
    first, second = propose({-1: posts}), propose({-1: posts})
    session.refresh(first)

    assert (first.state, second.state) == (RunState.REPLACED, RunState.PROPOSED)
    with pytest.raises(Conflict, match="newer run"):
        accept_line(session, lines(first)[0], by=manager)


def test_a_line_is_decided_once_and_by_product_managers(session, make, propose, lines, manager):
    run = propose({-1: posts_of(make, 3), -2: posts_of(make, 3)})
    with pytest.raises(NotAllowed):
        accept_line(session, lines(run)[0], by=make.reader())
    accept_line(session, lines(run)[0], by=manager)

    with pytest.raises(Conflict, match="decided this line already"):
        decline_line(session, lines(run)[0], by=manager)


def test_a_line_about_a_theme_that_a_person_merged_no_longer_applies(session, make, propose, lines, members, manager):
    a, b = posts_of(make, 10), posts_of(make, 10)
    one, other = make.theme("One", a), make.theme("Other", b)
    run = propose({one.id: [*a, *posts_of(make, 5)], other.id: [*b, *posts_of(make, 5)]})

    steering.merge_themes(session, one, other, by=manager)

    assert {line.decision for line in lines(run)} == {LineDecision.MOOT}
    assert members(other) == {post.id for post in (*a, *b)}


def test_pinned_and_kept_out_posts_do_not_move(session, make, propose, members, manager):
    a, b = posts_of(make, 10), posts_of(make, 10)
    one, other = make.theme("One", a), make.theme("Other", b)
    steering.pin(session, one, a[0].id, by=manager)
    steering.keep_out(session, one, a[1].id, by=manager)
    run = propose({one.id: a[1:], other.id: [*b, a[0]]})

    accept_all(session, run, by=manager)

    assert members(one) == {post.id for post in a} - {a[1].id}
    assert members(other) == {post.id for post in b}


def test_posts_that_came_later_or_went_away_are_left_alone(session, make, propose, members, manager):
    old = posts_of(make, 10)
    theme = make.theme("Cold", old[:6])
    run = propose({theme.id: old})
    hidden, late = session.get_one(Post, old[9].id), make.post("Came later")
    hidden.moderation = Moderation.HIDDEN
    hidden.is_listed = False
    seat(session, theme, {late.id: 0.7}, Placing.WORDING)

    accept_all(session, run, by=manager)

    assert members(theme) == {post.id for post in old[:9]} | {late.id}


def test_a_large_diff_is_accepted_in_the_background(session, make, propose, members, manager, monkeypatch):
    posts = posts_of(make, 6)
    run = propose({-1: posts[:4], -2: posts[4:]}, n1="cold seat", n2="loud fan")
    assert not accepting.takes_long(session, run)
    monkeypatch.setattr(accepting, "AT_ONCE", 5)
    assert accepting.takes_long(session, run)
    accepting.accept_later(session, run, by=manager)
    session.commit()

    assert accepting.accept_lines(run_id=run.id, user_id=manager.id) == {"accepted": 2}
    assert accepting.accept_lines(run_id=run.id, user_id=manager.id) == {"accepted": 0}

    session.expire_all()
    assert run.state is RunState.DECIDED
    assert sorted(len(members(theme)) for theme in session.scalars(sa.select(Theme))) == [2, 4]


def test_the_first_theme_of_a_post_is_written_once(session, make, propose, manager):
    posts = posts_of(make, 5)
    theme = make.theme("One", posts[:1])
    steering.pin(session, theme, posts[1].id, by=manager)
    other = make.theme("Other", posts[2:])
    steering.pin(session, other, posts[1].id, by=manager)

    first = session.scalars(sa.select(FirstAssignment.theme_id).where(FirstAssignment.post_id == posts[1].id)).one()

    assert first == theme.id
