"""The map of themes: who is on it, what is sent, and steering what was picked there."""

import gzip
import json

import numpy as np
import pytest
import sqlalchemy as sa

from forum.core.errors import Conflict, Invalid, NotAllowed
from forum.core.jobs import Job
from forum.core.people import Role
from forum.posts.status import Visibility
from forum.search.services import index_post
from forum.themes import asking, labelling, mapping, picking, steering
from forum.themes.mapping import Island
from forum.themes.models import Steering, ThemeMember
from forum.themes.status import Placing


@pytest.fixture
def cold(make):
    return make.theme("Cold seats", [make.post(f"The seat is cold, number {n}") for n in range(4)])


@pytest.fixture
def loud(make):
    return make.theme("Loud fan", [make.post(f"The fan is loud, number {n}") for n in range(3)])


def posts_of(session, theme):
    return sorted(session.scalars(sa.select(ThemeMember.post_id).where(ThemeMember.theme_id == theme.id)))


def put(session, *themes, places=None):
    """A map of all posts of `themes`, as the worker writes it: a row of points for each theme."""
    session.commit()
    rows = [
        (post, theme.id, n, 3 * row)
        for row, theme in enumerate(themes)
        for n, post in enumerate(posts_of(session, theme))
    ]
    rows.sort()
    ids, theme_ids, *places = zip(*rows, strict=True)
    mapping.write_places(mapping.file_of(themes[0].product_id), ids, theme_ids, np.array(places).T)
    return ids


def test_a_theme_that_is_chosen_says_what_it_is_about_and_what_it_falls_into(visitor, session, make, cold, monkeypatch):
    put(session, cold)
    parts = [asking.Part(posts_of(session, cold)[:3], ["left seat"]), asking.Part(posts_of(session, cold)[3:], [])]
    monkeypatch.setattr(asking, "sub_themes", lambda _session, _theme: parts)
    visitor.sign_in(make.manager()).open(f"/themes/map?theme={cold.id}")
    assert "Nobody has summed it up yet." in visitor.text
    assert "4 posts in twelve weeks: at most 4 in one week" in visitor.text
    assert f"/themes/{cold.id}/split?by=parts" in visitor.html

    visitor.open(f"/themes/{cold.id}/parts", headers={"X-Fragment": "1"})
    assert "Left seat The seat is cold, number 0 3" in visitor.text
    assert f"part={parts[0].posts[0]}" in visitor.html
    visitor.open(f"/themes/{cold.id}/parts")  # without a script it leads to where they are split off
    assert visitor.path == f"/themes/{cold.id}/split?by=parts"


def test_posts_with_some_words_are_found_on_the_map(visitor, session, make, cold, loud):
    put(session, cold, loud)
    for post_id in [*posts_of(session, cold), *posts_of(session, loud)]:
        index_post(session, post_id)
    make.post("A loud secret", visibility=Visibility.PRIVATE)
    visitor.sign_in(make.manager()).open("/themes/map?q=fan")
    assert "With “fan”, each ringed on the map: 3 posts picked" in visitor.text
    assert "secret" not in visitor.open("/themes/map?q=loud").text
    assert "No public post has “gearbox”." in visitor.open("/themes/map?q=gearbox").text


def test_a_post_that_was_hidden_since_is_not_sent_and_a_moved_one_is_in_its_new_theme(
    visitor, session, make, cold, loud
):
    ids = put(session, cold, loud)
    visitor.sign_in(make.manager())
    first, second = posts_of(session, cold)[:2]
    session.get_one(ThemeMember, first).theme_id = loud.id
    session.execute(sa.text(f"update posts set theme_id = {loud.id} where id = {first}"))
    session.execute(sa.text(f"update posts set is_listed = false, visibility = 'PRIVATE' where id = {second}"))
    session.commit()

    visitor.open("/themes/map/points")

    sent = json.loads(visitor.response.get_data(as_text=True))
    found = {group["theme"]: np.cumsum(group["posts"]).tolist() for group in sent["groups"]}
    assert first in found[loud.id]
    assert second not in found[cold.id]
    assert sum(map(len, found.values())) == len(ids) - 1
    assert (sent["width"], sent["height"]) == (4096, 4096)


def test_twenty_thousand_points_weigh_little():
    random = np.random.RandomState(0)
    n, themes = 20_000, np.sort(random.randint(1, 86, 20_000))
    ids = random.permutation(n) * 3 + 1
    places = random.random_sample((85, 2))[themes - 1] + 0.05 * random.standard_normal((n, 2))
    order = np.argsort(ids)
    known = mapping._measured(ids[order], themes[order], places[order].astype(np.float32))

    sent = mapping.as_sent(known, mapping.Points(known.post_ids, known.theme_ids, known.x, known.y))

    assert len(gzip.compress(json.dumps(sent).encode(), 4)) < 200_000


def test_a_damaged_or_missing_map_is_no_map(session, cold):
    path = mapping.file_of(cold.product_id)
    assert mapping.read_places(path) is None

    path.write_bytes(b"no map")

    assert mapping.read_places(path) is None


def test_the_page_draws_islands_points_and_names_by_itself(visitor, session, make, cold, loud):
    put(session, cold, loud)
    visitor.sign_in(make.manager()).open("/themes/map")

    assert visitor.html.count('class="map__land ') == 2
    assert visitor.html.count('class="map__dots') == 2
    assert ">Cold seats</text>" in visitor.html
    assert "Near means similar wording" in visitor.text


def test_without_a_map_the_page_leads_to_the_table(visitor, session, make, cold):
    session.commit()
    visitor.sign_in(make.manager()).open("/themes/map")
    assert "The map is not drawn yet" in visitor.text

    assert "/themes/map?as=table" in visitor.html
    visitor.open("/themes/map?as=table")

    assert "Cold seats" in visitor.text


def test_the_table_moves_ticked_posts_and_one_press_takes_it_back(visitor, session, make, cold, loud):
    put(session, cold, loud)
    posts = posts_of(session, cold)
    visitor.sign_in(make.manager()).open(f"/themes/map?as=table&theme={cold.id}")

    visitor.send("Move them there", posts=posts[:2], theme=loud.id)
    assert "2 posts are in “Loud fan” now. Later runs keep it so." in visitor.text
    assert set(posts[:2]) < set(posts_of(session, loud))
    visitor.send("Undo", into="together=1")

    assert posts_of(session, cold) == posts
    assert session.scalars(sa.select(Steering).where(Steering.undone_at.is_(None))).all() == []


def test_what_is_missing_is_said_and_the_posts_stay_picked(visitor, session, make, cold, loud):
    put(session, cold, loud)
    post = posts_of(session, cold)[0]
    visitor.sign_in(make.manager()).open(f"/themes/map?posts={post}")

    visitor.send("Move them there", status=422, posts=[post])

    assert "Choose the theme that they shall go to." in visitor.text
    assert "number 0" in visitor.text


def test_posts_of_several_themes_and_of_none_are_moved_as_one(session, make, cold, loud):
    manager = make.reader("Mia", Role.MANAGER)
    lone = make.post("A draught from the door")
    picked = [posts_of(session, cold)[0], lone.id]

    said = picking.move_picked(session, cold.product_id, picked, loud, by=manager)
    assert set(picked) < set(posts_of(session, loud))
    steering.undo_together(session, said[0], by=manager)

    assert len(posts_of(session, cold)) == 4
    assert session.get(ThemeMember, lone.id) is None


def test_picked_posts_are_pinned_where_they_are_or_kept_out(session, make, cold, loud):
    manager = make.reader("Mia", Role.MANAGER)
    one, other = posts_of(session, cold)[0], posts_of(session, loud)[0]

    picking.pin_picked(session, cold.product_id, [one, other], by=manager)
    assert {session.get_one(ThemeMember, post).placing for post in (one, other)} == {Placing.PERSON}
    with pytest.raises(Invalid):
        picking.pin_picked(session, cold.product_id, [one, other], by=manager)
    picking.keep_picked_out(session, cold.product_id, [one, other], by=manager)

    assert one not in posts_of(session, cold)
    assert other not in posts_of(session, loud)


def test_who_may_not_steer_or_picks_too_much_is_refused(session, make, cold, loud):
    manager, posts = make.reader("Mia", Role.MANAGER), posts_of(session, cold)
    gone = make.theme("Gone", [make.post()], product_id=make.product().id)

    with pytest.raises(NotAllowed):
        picking.move_picked(session, cold.product_id, posts, loud, by=make.reader("Kari"))
    with pytest.raises(Invalid):
        picking.move_picked(session, cold.product_id, range(1, 300), loud, by=manager)
    with pytest.raises(Conflict):
        picking.move_picked(session, cold.product_id, posts, gone, by=manager)


def test_steering_has_the_map_drawn_afresh(session, make, cold, loud):
    picking.move_picked(
        session, cold.product_id, posts_of(session, cold)[:1], loud, by=make.reader("Mia", Role.MANAGER)
    )

    assert session.scalars(sa.select(Job.arguments).where(Job.name == "themes.lay_out")).all() == [
        {"product_id": cold.product_id}
    ]


def test_names_that_would_lie_over_each_other_give_way():
    near = [(n, "Seat heating", Island(2000 + 20 * n, 2000, 150)) for n in range(6)]

    found = labelling.place([*near, (9, "Loud fan", Island(200, 200, 100))])

    assert [label.theme_id for label in found] == [0, 1, 2, 9]
    assert len({label.y for label in found[:3]}) == 3
