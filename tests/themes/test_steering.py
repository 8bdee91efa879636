"""What people tell the engine: applied at once, undone by one click, handed to every later run."""

import pytest
import sqlalchemy as sa

from forum.core.audit import AuditEntry
from forum.core.errors import Conflict, Invalid, NotAllowed, NotFound
from forum.posts.status import Visibility
from forum.themes import steering
from forum.themes.models import Steering, Theme
from forum.themes.rulings import read_rulings
from forum.themes.status import SteeringKind, ThemeState


@pytest.fixture
def posts(make):
    return [make.post(f"Post {n}") for n in range(8)]


def last(session):
    return session.scalars(sa.select(Steering).order_by(Steering.id.desc())).first()


def test_renaming_keeps_the_old_name_for_undo(session, make, posts, manager):
    theme = make.theme("Cold", posts)

    steering.rename(session, theme, {"en": "Cold seats", "nb": "Kalde seter", "da": " "}, by=manager)
    assert theme.name == {"en": "Cold seats", "nb": "Kalde seter"}
    steering.undo(session, last(session), by=manager)

    assert theme.name == {"en": "Cold"}
    with pytest.raises(Invalid):
        steering.rename(session, theme, {"en": ""}, by=manager)


def test_a_pin_moves_the_post_at_once_and_undoing_puts_it_back(session, make, posts, members, manager):
    one, other = make.theme("One", posts[:4]), make.theme("Other", posts[4:])

    steering.pin(session, one, posts[7].id, by=manager)
    assert (members(one), members(other)) == ({p.id for p in [*posts[:4], posts[7]]}, {p.id for p in posts[4:7]})
    session.refresh(one)
    assert (one.posts, read_rulings(session, one.product_id).pins) == (5, {posts[7].id: one.id})

    steering.undo(session, last(session), by=manager)
    assert members(other) == {p.id for p in posts[4:]}
    assert read_rulings(session, one.product_id).pins == {}


def test_what_is_said_later_overrules_what_was_said_before(session, make, posts, manager):
    one, other = make.theme("One", posts[:4]), make.theme("Other", posts[4:])
    steering.pin(session, one, posts[7].id, by=manager)
    steering.pin(session, other, posts[7].id, by=manager)
    steering.keep_out(session, one, posts[0].id, by=manager)
    steering.pin(session, one, posts[0].id, by=manager)
    steering.keep_out(session, other, posts[7].id, by=manager)

    rulings = read_rulings(session, one.product_id)

    assert rulings.pins == {posts[0].id: one.id}
    assert rulings.keep_out == {(posts[7].id, other.id)}


def test_a_kept_out_post_is_unsorted_until_it_is_taken_back(session, make, posts, members, manager):
    theme = make.theme("One", posts)

    steering.keep_out(session, theme, posts[0].id, by=manager)
    assert (posts[0].theme_id, members(theme)) == (None, {p.id for p in posts[1:]})
    steering.undo(session, last(session), by=manager)

    assert members(theme) == {p.id for p in posts}


def test_merging_moves_the_posts_and_undoing_moves_them_back(session, make, posts, members, manager):
    one, other = make.theme("One", posts[:4]), make.theme("Other", posts[4:])
    steering.pin(session, one, posts[0].id, by=manager)

    steering.merge_themes(session, one, other, by=manager)
    assert (one.state, one.heir_id) == (ThemeState.MERGED, other.id)
    assert members(other) == {p.id for p in posts}
    rulings = read_rulings(session, one.product_id)
    assert (rulings.merged, rulings.pins) == ({one.id: other.id}, {posts[0].id: other.id})

    steering.undo(session, last(session), by=manager)
    assert (one.state, members(one)) == (ThemeState.ACCEPTED, {p.id for p in posts[:4]})


def test_splitting_makes_a_theme_whose_seeds_are_held(session, make, posts, members, manager):
    theme = make.theme("One", posts)

    new = steering.split_theme(session, theme, [p.id for p in posts[5:]], name={"da": "Ny"}, by=manager)
    assert (members(theme), members(new)) == ({p.id for p in posts[:5]}, {p.id for p in posts[5:]})
    pins = read_rulings(session, theme.product_id).pins
    assert pins == {p.id: theme.id for p in posts[:5]} | {p.id: new.id for p in posts[5:]}

    steering.undo(session, last(session), by=manager)
    assert (members(theme), new.state, new.heir_id) == ({p.id for p in posts}, ThemeState.MERGED, theme.id)


def test_a_split_leaves_something_on_both_sides(session, make, posts, manager):
    theme = make.theme("One", posts)

    for going in ([], [p.id for p in posts], [999]):
        with pytest.raises(Invalid):
            steering.split_theme(session, theme, going, name={}, by=manager)


def test_a_dismissed_theme_shows_nowhere_until_it_is_taken_back(session, make, posts, members, manager):
    theme = make.theme("Praise", posts)

    steering.dismiss(session, theme, by=manager)
    assert (theme.state, {post.theme_id for post in posts}) == (ThemeState.DISMISSED, {None})
    assert read_rulings(session, theme.product_id).dismissed == {theme.id}
    with pytest.raises(Conflict):
        steering.pin(session, theme, posts[0].id, by=manager)

    steering.undo(session, last(session), by=manager)
    assert (theme.state, members(theme)) == (ThemeState.ACCEPTED, {p.id for p in posts})


def test_only_product_managers_steer_and_only_what_they_see(session, make, posts, manager):
    theme, elsewhere = make.theme("One", posts), make.product()
    private = make.post("Private", visibility=Visibility.PRIVATE)

    with pytest.raises(NotAllowed):
        steering.rename(session, theme, {"en": "Mine"}, by=make.reader())
    with pytest.raises(NotFound):
        steering.pin(session, theme, 12345, by=manager)
    other = make.post("Elsewhere", area=make.area(product_id=elsewhere.id))
    with pytest.raises(Conflict, match="another product"):
        steering.pin(session, theme, other.id, by=manager)
    steering.pin(session, theme, private.id, by=manager)
    session.refresh(theme)
    assert theme.posts == len(posts)  # private posts count nowhere


def test_everything_is_audited(session, make, posts, manager):
    theme = make.theme("One", posts)
    steering.keep_out(session, theme, posts[0].id, by=manager)
    steering.dismiss(session, theme, by=manager)
    steering.undo(session, last(session), by=manager)

    entries = session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id)).all()

    assert [entry.action for entry in entries] == ["theme.keep_out", "theme.dismiss", "theme.undo"]
    assert (entries[0].about_id, entries[0].details["post"]) == (posts[0].author_id, posts[0].id)
    assert {entry.subject_id for entry in entries} == {theme.id}


def test_nothing_is_taken_back_twice(session, make, posts, manager):
    theme = make.theme("One", posts)
    steering.dismiss(session, theme, by=manager)
    said = last(session)
    steering.undo(session, said, by=manager)

    with pytest.raises(Conflict):
        steering.undo(session, said, by=manager)
    assert session.scalars(sa.select(Theme.state)).one() is ThemeState.ACCEPTED
    assert said.kind is SteeringKind.DISMISS
