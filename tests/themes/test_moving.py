"""Moving several posts of a theme at once, and why a post is in its theme where no run has read it."""

import pytest
import sqlalchemy as sa

from forum.core.errors import Conflict, Invalid
from forum.search.services import index_post
from forum.themes import steering
from forum.themes.models import Steering, ThemeMember
from forum.themes.status import Placing


@pytest.fixture
def posts(make):
    return [make.post(f"Cold seat number {n}") for n in range(5)]


def test_ticked_posts_are_moved_and_taken_back_as_one(visitor, session, make, posts, members):
    theme, other = make.theme("Seat heating", posts), make.theme("Loud fan", [make.post()])
    visitor.sign_in(make.manager()).open(f"/themes/{theme.id}")

    visitor.send("Move them there", posts=[posts[0].id, posts[1].id], theme=other.id)
    assert "2 posts are in “Loud fan” now. Later runs keep it so." in visitor.text
    assert members(other) >= {posts[0].id, posts[1].id}
    assert session.get_one(ThemeMember, posts[0].id).placing is Placing.PERSON
    visitor.send("Undo", into="together=1")

    assert members(theme) == {post.id for post in posts}
    assert session.scalars(sa.select(Steering).where(Steering.undone_at.is_(None))).all() == []


def test_ticked_posts_are_kept_out(visitor, make, posts, members):
    theme = make.theme("Seat heating", posts)
    visitor.sign_in(make.manager()).open(f"/themes/{theme.id}")

    visitor.send("Keep them out", into=f"/themes/{theme.id}/move", posts=[posts[0].id])

    assert "1 post is kept out of “Seat heating”." in visitor.text
    assert members(theme) == {post.id for post in posts[1:]}


def test_what_is_missing_is_said_beside_the_choice_and_the_ticks_stay(visitor, make, posts, members):
    theme = make.theme("Seat heating", posts)
    make.theme("Loud fan", [make.post()])
    visitor.sign_in(make.manager()).open(f"/themes/{theme.id}?order=least")

    visitor.send("Move them there", status=422, posts=[posts[2].id])
    assert "Choose the theme that they shall go to." in visitor.text
    assert f'value="{posts[2].id}" aria-labelledby="post-{posts[2].id}" checked' in visitor.html
    visitor.open(f"/themes/{theme.id}").send("Move them there", status=422)

    assert "Tick the posts first." in visitor.text
    assert len(members(theme)) == 5


def test_posts_go_to_themes_of_their_product_alone(session, make, manager, posts):
    theme = make.theme("Seat heating", posts)
    other = make.theme("Door", [make.post("Door", area=make.area(product_id=make.product("van").id))])

    with pytest.raises(Conflict, match="same product"):
        steering.move_posts(session, theme, [posts[0].id], other, by=manager)
    with pytest.raises(Invalid):
        steering.keep_posts_out(session, theme, [other.exemplar_ids[0]], by=manager)


def test_the_least_typical_posts_come_first_and_pinned_ones_last(visitor, session, make, manager):
    theme = make.theme("Seat heating", [make.post(f"Post number {n}.", author_id=None) for n in range(35)])
    for n, member in enumerate(session.scalars(sa.select(ThemeMember).order_by(ThemeMember.post_id))):
        member.similarity = 0.9 - n / 100
    session.flush()
    steering.pin(session, theme, theme.exemplar_ids[0] + 34, by=manager)
    visitor.sign_in(make.manager()).open(f"/themes/{theme.id}?order=least")
    first = visitor.text
    visitor.open(visitor.html.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&"))

    assert first.index("Post number 33.") < first.index("Post number 4.")
    assert "57 % like the theme" in first
    assert visitor.text.rindex("Post number 3.") < visitor.text.rindex("Post number 34.")


def test_without_a_model_a_post_is_explained_by_the_words_it_shares(visitor, session, make):
    posts = [make.post("The seat heating is slow", body=""), make.post("Slow heating in my seat", body="")]
    theme = make.theme("Seat heating", posts, terms=["seat heating"])
    for post in posts:
        index_post(session, post.id)

    visitor.sign_in(make.person()).open(f"/themes/{theme.id}/why/{posts[0].id}")

    assert "It says what other posts of this theme say: seat , heating , slow" in visitor.text
    assert "<mark>Slow</mark> <mark>heating</mark> in my <mark>seat</mark>" in visitor.html
    assert "Move it there" not in visitor.text
