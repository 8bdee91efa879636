"""Every decided state can be restored: membership and labels, never steering."""

import sqlalchemy as sa

from forum.themes import steering, versions
from forum.themes.accepting import accept_all
from forum.themes.models import Theme, ThemeVersion
from forum.themes.services import accept_line
from forum.themes.status import RunState, ThemeState


def test_restoring_brings_back_membership_and_labels(session, make, propose, members, manager):
    posts = [make.post() for _ in range(12)]
    accept_all(session, propose({-1: posts[:6], -2: posts[6:]}, n1="cold", n2="noise"), by=manager)
    cold, noise = session.scalars(sa.select(Theme).order_by(Theme.id)).all()
    first = session.scalars(sa.select(ThemeVersion)).one()
    accept_all(session, propose({cold.id: posts, -3: []}), by=manager)
    assert (noise.state, len(members(cold))) == (ThemeState.MERGED, 12)

    versions.restore(session, first, by=manager)

    assert (members(cold), members(noise)) == ({p.id for p in posts[:6]}, {p.id for p in posts[6:]})
    assert (cold.suggestion, cold.posts, noise.posts, noise.heir_id) == ("cold", 6, 6, None)


def test_restoring_keeps_what_people_decided_and_can_be_taken_back(session, make, propose, members, manager):
    posts = [make.post() for _ in range(10)]
    accept_all(session, propose({-1: posts[:5], -2: posts[5:]}, n1="cold", n2="noise"), by=manager)
    cold, noise = session.scalars(sa.select(Theme).order_by(Theme.id)).all()
    first = session.scalars(sa.select(ThemeVersion)).one()
    steering.rename(session, cold, {"en": "Cold seats"}, by=manager)
    steering.pin(session, cold, posts[9].id, by=manager)
    steering.keep_out(session, cold, posts[0].id, by=manager)
    open_run = propose({cold.id: posts[:5]})

    versions.restore(session, first, by=manager)

    assert members(cold) == {p.id for p in [*posts[1:5], posts[9]]}
    assert members(noise) == {p.id for p in posts[5:9]}
    assert cold.name == {"en": "Cold seats"}
    assert open_run.state is RunState.REPLACED
    kept = session.scalars(sa.select(ThemeVersion).order_by(ThemeVersion.id.desc())).first()
    assert kept.summary["restored"] == first.id


def test_a_theme_that_came_later_ends_when_an_older_version_is_restored(session, make, propose, members, manager):
    posts = [make.post() for _ in range(10)]
    accept_all(session, propose({-1: posts[:5]}, n1="cold"), by=manager)
    first = session.scalars(sa.select(ThemeVersion)).one()
    cold = session.scalars(sa.select(Theme)).one()
    accept_all(session, propose({cold.id: posts[:5], -2: posts[5:]}, n2="noise"), by=manager)
    noise = session.scalars(sa.select(Theme).where(Theme.id != cold.id)).one()

    versions.restore(session, first, by=manager)

    assert (noise.state, members(noise), members(cold)) == (ThemeState.VANISHED, set(), {p.id for p in posts[:5]})


def test_what_stood_before_a_run_is_kept_once_somebody_accepts_a_line_of_it(
    session, make, propose, lines, members, manager
):
    posts = [make.post() for _ in range(9)]
    theme = make.theme("Planted", posts[:4])
    run = propose({theme.id: posts[2:6], -1: posts[6:]}, n1="noise")

    for line in lines(run):
        accept_line(session, line, by=manager)
    before, after = session.scalars(sa.select(ThemeVersion).order_by(ThemeVersion.id)).all()
    assert (before.summary["before"], after.run_id) == (run.id, run.id)
    versions.restore(session, before, by=manager)

    assert members(theme) == {post.id for post in posts[:4]}


def test_a_version_that_still_says_how_it_is_is_not_kept_twice(session, make, propose, manager):
    posts = [make.post() for _ in range(10)]
    accept_all(session, propose({-1: posts[:5], -2: posts[5:]}, n1="cold", n2="noise"), by=manager)
    cold = session.scalars(sa.select(Theme).order_by(Theme.id)).first()

    accept_all(session, propose({cold.id: posts[:7], -2: posts[7:]}, n2="noise"), by=manager)
    assert len(session.scalars(sa.select(ThemeVersion)).all()) == 2
    steering.rename(session, cold, {"en": "Cold seats"}, by=manager)
    accept_all(session, propose({cold.id: posts}), by=manager)

    assert len(session.scalars(sa.select(ThemeVersion)).all()) == 4
