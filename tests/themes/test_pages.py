"""Themes as customers and product managers see them."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from forum.core.clock import utcnow
from forum.core.people import Role
from forum.posts.status import Visibility
from forum.themes import diffs, steering
from forum.themes.accepting import accept_all
from forum.themes.models import Steering, Theme, ThemeMember, ThemeRun
from forum.themes.status import LineKind, RunState, SteeringKind, ThemeState


@pytest.fixture
def posts(make):
    return [make.post(f"Cold seat number {n}") for n in range(5)]


def test_anybody_reads_themes_without_a_cookie(visitor, make, posts):
    make.theme("Seat heating", posts)

    visitor.open("/themes")
    assert "Seat heating" in visitor.text
    assert visitor.text.count("Cold seat number") == 3
    visitor.open("/themes/1")

    assert "Cold seat number 4" in visitor.text
    assert "Set-Cookie" not in visitor.response.headers
    assert "csrf_token" not in visitor.html
    for word in ("Rename", "Dismiss", "Keep out", "Suggested name", "Breadth"):
        assert word not in visitor.text


def test_without_themes_the_page_says_what_will_come(visitor, make):
    visitor.open("/themes")
    assert "No themes yet" in visitor.text


def test_private_posts_show_on_no_public_page(visitor, make, posts):
    secret = make.post("My secret seat", visibility=Visibility.PRIVATE)
    theme = make.theme("Seat heating", [secret, *posts])
    theme.odd_one_id = secret.id

    for address in ("/themes", f"/themes/{theme.id}", "/"):
        visitor.open(address)
        assert "My secret seat" not in visitor.html
    visitor.sign_in(make.manager()).open(f"/themes/{theme.id}")

    assert "My secret seat" in visitor.text
    assert "Private" in visitor.text


def test_a_merged_themes_address_leads_to_the_heir_and_others_are_hidden(visitor, make, posts):
    heir = make.theme("Heir", posts)
    first = make.theme("First", state=ThemeState.MERGED, heir_id=heir.id)
    make.theme("Second", state=ThemeState.MERGED, heir_id=first.id)
    dismissed = make.theme("Praise", state=ThemeState.DISMISSED)

    visitor.open("/themes/3")
    assert visitor.path == f"/themes/{heir.id}"
    visitor.open(f"/themes/{dismissed.id}", status=404)
    assert "The team has set this theme aside." in visitor.text
    assert "Praise" not in visitor.text
    visitor.open("/themes/99", status=404)


def test_members_go_on_to_a_next_page(visitor, make):
    theme = make.theme("Long", [make.post(f"Post number {n}", author_id=None) for n in range(35)])

    visitor.open(f"/themes/{theme.id}")
    assert "Post number 34" in visitor.text
    visitor.open(visitor.html.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&"))

    assert "Post number 3 " in visitor.text
    assert "First page" in visitor.text


def test_without_a_run_no_post_counts_as_new_since_the_last_one(visitor, session, make, posts):
    visitor.sign_in(make.manager()).open("/themes/review")
    assert "Since the last run – no run yet" in visitor.text

    yesterday = utcnow() - timedelta(days=1)
    make._add(
        ThemeRun(
            product_id=posts[0].product_id, state=RunState.DECIDED, posts=5, started_at=yesterday, finished_at=yesterday
        )
    )
    make.post("A new post")
    assert "Since the last run 6 new posts" in visitor.open("/themes/review").text


@pytest.mark.parametrize(("language", "words"), [("en", "English 22 · Danish 11"), ("nb", "engelsk 22 · dansk 11")])
def test_the_languages_of_a_theme_have_names_in_the_reader_s(language, words, visitor, make, posts):
    theme = make.theme("Seat heating", posts, languages={"da": 11, "en": 22})
    visitor.sign_in(make.person("", Role.MANAGER, language=language))

    assert words in visitor.open(f"/themes/{theme.id}").text
    assert "EN 22 · DA 11" in visitor.open("/themes/review").text
    assert f'<abbr title="{words.split()[0]}">EN</abbr>' in visitor.html


def test_a_product_manager_names_a_theme_in_three_languages(visitor, session, make, posts):
    theme = make.theme("cold", posts)
    theme.name = {}
    visitor.sign_in(make.manager()).open(f"/themes/{theme.id}/name")

    visitor.send("Save", name_en="", name_nb="", status=422)
    assert "Write this in at least one language" in visitor.text
    visitor.send("Save", name_en="Seat heating", name_nb="Setevarme", sentence_en="We are on it.")

    assert visitor.path == f"/themes/{theme.id}"
    assert "We are on it." in visitor.text
    visitor.send("Undo", into="/undo")
    assert session.get_one(Theme, theme.id).name == {}


def test_two_managers_who_name_a_theme_at_once_see_what_the_other_wrote(visitor, session, make, posts, manager):
    theme = make.theme("Seat heating", posts)
    visitor.sign_in(make.manager()).open(f"/themes/{theme.id}/name")
    steering.rename(session, theme, {"en": "Warm seats"}, by=manager)

    visitor.send("Save", status=409, name_en="Heated seats", sentence_en="They are slow.")
    assert "Somebody else named this theme while you were writing." in visitor.text
    assert "Warm seats" in visitor.text
    assert 'value="Heated seats"' in visitor.html
    visitor.send("Save")

    assert (theme.name, theme.sentence) == ({"en": "Heated seats"}, {"en": "They are slow."})


def test_a_name_that_another_theme_has_is_given_only_when_meant(visitor, session, make, posts):
    make.theme("Seat heating", posts[:2])
    theme = make.theme("Cold seats", posts[2:])
    visitor.sign_in(make.manager()).open(f"/themes/{theme.id}/name")
    assert "Yes, the same name" not in visitor.text

    visitor.send("Save", name_en="seat heating", status=422)
    assert "Name (English): Another theme is called “seat heating” already." in visitor.text
    assert session.get_one(Theme, theme.id).name == {"en": "Cold seats"}
    visitor.send("Save", name_en="seat heating", same_name="yes")

    assert visitor.path == f"/themes/{theme.id}"
    session.expire_all()
    assert session.get_one(Theme, theme.id).name == {"en": "seat heating"}


def test_pins_and_keep_outs_are_one_click_each(visitor, session, make, posts):
    theme = make.theme("Seat heating", posts[:4])
    visitor.sign_in(make.manager()).open(f"/themes/{theme.id}")

    visitor.send("Keep out: Cold seat number 0")
    assert posts[0].theme_id is None
    visitor.send("Pin it here", post=f"http://127.0.0.1:8000/posts/{posts[4].id}?x=1")
    assert session.get_one(ThemeMember, posts[4].id).theme_id == theme.id
    assert "placed by a person" in visitor.text
    visitor.send("Pin it here", post="nonsense", status=422)

    assert "Write the number of a post" in visitor.text
    kinds = set(session.scalars(sa.select(Steering.kind)))
    assert kinds == {SteeringKind.PIN, SteeringKind.KEEP_OUT}
    visitor.open("/themes/steering").send("Undo: Pinned to")
    assert "1 was taken back" in visitor.text
    assert re.search(r"Pinned to “Seat heating”:.*taken back by \w+", visitor.text, re.DOTALL)


def test_a_post_that_cannot_be_pinned_is_said_beside_its_field_with_what_was_typed(visitor, make, posts):
    theme = make.theme("Seat heating", posts[:4])
    elsewhere = make.post(area=make.area(product_id=make.product().id))
    visitor.sign_in(make.manager()).open(f"/themes/{theme.id}")

    visitor.send("Pin it here", post="99999", status=422)
    assert "Number or address of the post: There is no open post with this number." in visitor.text
    assert 'value="99999"' in visitor.html
    visitor.send("Pin it here", post=f"#{elsewhere.id}", status=422)
    assert "That post is about another product." in visitor.text

    visitor.send("Pin it here", post=str(posts[4].id))
    assert visitor.path == f"/themes/{theme.id}"
    visitor.send("Pin it here", post="99999", status=422)
    visitor.send("Keep out: Cold seat number 0")
    assert visitor.path == f"/themes/{theme.id}"


def test_merging_shows_the_numbers_first(visitor, session, make, posts):
    one, other = make.theme("One", posts[:3]), make.theme("Other", posts[3:])
    visitor.sign_in(make.manager()).open(f"/themes/{one.id}/merge")
    visitor.open(f"/themes/{one.id}/merge?into={other.id}")
    assert "3 + 2 → 5" in visitor.text

    visitor.send("Merge")

    assert visitor.path == f"/themes/{other.id}"
    assert session.get_one(Theme, one.id).heir_id == other.id
    visitor.send("Undo", into="/undo")
    assert session.get_one(Theme, one.id).state is ThemeState.ACCEPTED


def test_what_is_split_off_without_a_name_is_called_after_what_it_says(visitor, session, make):
    cold = [make.post("The seat is cold", body="") for _ in range(3)]
    wide = [make.post("Such a wide screen", body="") for _ in range(3)]
    theme = make.theme("Seats and screens", [*cold, *wide])
    visitor.sign_in(make.manager()).open(f"/themes/{theme.id}/split?by=hand")

    visitor.send("Split", into=f"/themes/{theme.id}/split", posts=[post.id for post in wide])

    new = session.scalars(sa.select(Theme).order_by(Theme.id.desc())).first()
    assert "“Wide screen” is a theme of its own now." in visitor.text
    assert (new.suggestion, new.terms) == ("wide screen", ["wide screen"])


def test_posts_are_chosen_for_a_split_where_there_is_no_model(visitor, session, make, posts):
    theme = make.theme("One", posts)
    visitor.sign_in(make.manager()).open(f"/themes/{theme.id}/split")
    visitor.send("Split", name_en="New one")
    assert "at least one goes" in visitor.text

    visitor.send("Split", posts=[posts[0].id, posts[1].id], name_en="New one")

    assert "New one" in visitor.text
    assert posts[0].theme_id == posts[1].theme_id != theme.id
    assert posts[2].theme_id == theme.id


def test_dismissing_asks_once_more(visitor, session, make, posts):
    theme = make.theme("Praise", posts)
    visitor.sign_in(make.manager()).open(f"/themes/{theme.id}/dismiss").send("Dismiss")

    assert visitor.path == "/themes/review"
    assert "1 dismissed theme" in visitor.text
    assert session.get_one(Theme, theme.id).state is ThemeState.DISMISSED


def test_the_desk_orders_themes_and_counts_coverage(visitor, make, posts):
    make.theme("Seat heating", posts[:3], people=50, recent=3)
    make.theme("Loud fan", posts[3:4], people=99, recent=1)

    visitor.sign_in(make.manager()).open("/themes/review")
    assert "80 %" in visitor.text
    assert "Under about 30" in visitor.text
    assert visitor.text.index("Seat heating") < visitor.text.index("Loud fan")
    visitor.open("/themes/review?order=people")

    assert visitor.text.index("Loud fan") < visitor.text.index("Seat heating")


def test_unsorted_posts_can_be_put_somewhere(visitor, session, make, posts):
    theme = make.theme("Seat heating", posts[:4])
    visitor.sign_in(make.manager()).open("/themes/review/unsorted")
    assert "Cold seat number 4" in visitor.text
    assert "Cold seat number 3" not in visitor.text

    _put(visitor, theme)

    assert posts[4].theme_id == theme.id
    assert "Every post is in a theme" in visitor.text


def _put(visitor, theme):
    form, _button = visitor._form_with("Put it there", "/themes/place")
    form.fields["into"] = [str(theme.id)]
    visitor.session.commit()
    visitor._arrive(visitor.client.post(form.action, data=form.fields, follow_redirects=True), 200)


def test_a_run_is_started_watched_and_cancelled_from_the_desk(visitor, session, make, posts):
    session.commit()
    visitor.sign_in(make.manager()).open("/themes/review").send("Start a run")
    run = session.scalars(sa.select(ThemeRun)).one()
    assert visitor.path == f"/themes/runs/{run.id}"
    assert "Waiting for a worker" in visitor.text
    visitor.open(visitor.path, headers={"X-Fragment": "1"})
    assert "<html" not in visitor.html
    assert "data-done" not in visitor.html

    visitor.open(f"/themes/runs/{run.id}").send("Cancel")

    assert "was cancelled" in visitor.text
    assert session.get_one(ThemeRun, run.id).state is RunState.CANCELLED
    visitor.open(visitor.path, headers={"X-Fragment": "1"})
    assert "data-done" in visitor.html


def test_a_diff_is_decided_line_by_line(visitor, session, make, propose):
    posts = [make.post(f"Post {n}") for n in range(12)]
    run = propose({-1: posts[:6], -2: posts[6:]}, n1="cold seat", n2="loud fan")
    visitor.sign_in(make.manager()).open(f"/themes/runs/{run.id}")
    assert "2 new" in visitor.text
    assert "Post 0" in visitor.text

    visitor.send("Accept: Cold seat")
    visitor.send("Decline: Loud fan")

    assert "Every line is decided" in visitor.text
    assert [theme.suggestion for theme in session.scalars(sa.select(Theme))] == ["cold seat"]


def test_a_script_gets_the_decided_line_back(visitor, session, make, propose, lines):
    run = propose({-1: [make.post() for _ in range(4)], -2: [make.post()]}, n1="cold seat")
    visitor.sign_in(make.manager()).open(f"/themes/runs/{run.id}")
    token = next(form.fields["csrf_token"][0] for form in visitor.forms() if form.method == "post")

    answer = visitor.client.post(
        f"/themes/runs/{run.id}/lines/{lines(run)[0].id}",
        data={"csrf_token": token, "decision": "accept"},
        headers={"X-Fragment": "1"},
    )

    assert answer.status_code == 200
    assert "data-line" in answer.text
    assert 'data-said="Accepted.' in answer.text
    assert "<html" not in answer.text


def test_versions_are_listed_and_restored(visitor, session, make, propose, manager):
    posts = [make.post(f"Post {n}") for n in range(12)]
    accept_all(session, propose({-1: posts[:6]}, n1="cold seat"), by=manager)
    session.commit()
    accept_all(session, propose({1: posts}), by=manager)
    session.commit()
    visitor.sign_in(make.manager()).open("/themes/versions")
    visitor.open("/themes/versions/1/restore").send("Restore")

    assert "as they were then" in visitor.text
    assert session.get_one(Theme, 1).posts == 6


def test_only_product_managers_come_to_the_desk(visitor, make, posts):
    theme = make.theme("One", posts)
    addresses = (
        "/themes/review",
        "/themes/review/unsorted",
        "/themes/versions",
        "/themes/steering",
        "/themes/questions",
        f"/themes/{theme.id}/name",
        f"/themes/{theme.id}/merge",
        f"/themes/{theme.id}/split",
        f"/themes/{theme.id}/dismiss",
    )
    visitor.sign_in(make.moderator())

    for address in addresses:
        visitor.open(address, status=403)


def test_what_people_decided_is_listed_and_taken_back(visitor, session, make, posts):
    theme = make.theme("Seat heating", posts)
    visitor.sign_in(make.manager()).open(f"/themes/{theme.id}").send("Keep out: Cold seat number 0")
    visitor.open("/themes/steering")
    assert "Kept out of “Seat heating”: Cold seat number 0" in visitor.text

    visitor.send("Undo", into="/themes/steering/")

    assert "Nobody has steered anything yet" in visitor.text
    assert posts[0].theme_id == theme.id


def test_why_asks_for_an_account_and_says_when_there_is_no_model(visitor, make, posts):
    theme = make.theme("Seat heating", posts)
    visitor.open(f"/themes/{theme.id}/why/{posts[0].id}")
    assert visitor.path.startswith("/sign-in")

    visitor.sign_in(make.person()).open(f"/themes/{theme.id}/why/{posts[0].id}")
    assert "It shares no word with the others that could be named." in visitor.text
    visitor.open(f"/themes/{theme.id}/why/{make.post('Elsewhere').id}", status=404)


def test_panels_show_on_the_board_and_beside_a_post(visitor, make, posts):
    from forum.web.panels import forget_panels

    forget_panels()
    theme = make.theme("Seat heating", posts, recent=9, before_that=2)
    theme.posts = 12

    visitor.open("/")
    assert "Rising themes Seat heating 9 posts in four weeks" in visitor.text
    visitor.open(f"/posts/{posts[0].id}")

    assert "Seat heating , with 11 other posts" in visitor.text.replace("heating,", "heating ,")
    forget_panels()


def test_a_theme_says_how_many_posts_no_week_counts(session, make, visitor):
    theme = make.theme("Cold", [make.post(), make.post(is_dated=False), make.post(is_dated=False)])
    session.commit()

    html = visitor.open(f"/themes/{theme.id}").text

    assert "1 post in twelve weeks: at most 1 in one week, 1 so far this week. 2 posts came without a date" in html


def test_a_line_says_which_posts_come_and_go_before_it_is_accepted(visitor, session, make, posts, propose):
    fresh = [make.post(f"Fresh {number:02}") for number in range(12)]
    theme = make.theme("Seat heating", posts)
    pinned = make.post("Pinned here")
    steering.pin(session, theme, pinned.id, by=make.as_reader(make.manager()))
    run = propose({theme.id: [*posts[1:], *fresh]})

    visitor.sign_in(make.manager()).open(f"/themes/runs/{run.id}")

    assert f"These come {' '.join(f'Fresh {number:02}' for number in range(10))} and 2 more" in visitor.text
    assert f"These go {posts[0].title} " in visitor.text
    assert "Pinned here" not in visitor.text
    visitor.send("Accept: Seat heating")
    assert "These come" not in visitor.text


def test_posts_come_into_the_heir_of_a_merger_and_go_from_a_theme_that_is_split(session, make, posts, propose):
    more = [make.post(f"Loud fan {number}") for number in range(8)]
    one, other = make.theme("Seats", posts), make.theme("Fan", more)

    merger = diffs.read_lines(session, propose({one.id: [*posts, *more]}).id)
    assert [(line.kind, line.moving.come.count, line.moving.go.count) for line in merger] == [(LineKind.MERGED, 8, 0)]

    division = diffs.read_lines(session, propose({one.id: posts, other.id: more[:4], -1: more[4:]}).id)
    split = next(line for line in division if line.kind is LineKind.SPLIT)
    assert [post.title for post in split.moving.go.posts] == [post.title for post in more[4:]]
    assert split.moving.come.count == 0


def test_whoever_leaves_a_theme_stays_with_its_product(visitor, make, posts):
    make.theme("Seat heating", posts[:3])
    other = make.product("van")
    theme = make.theme("Sliding door", [make.post("Door", area=make.area(product_id=other.id))])
    visitor.sign_in(make.manager())

    for page in ("", "/name", "/merge", "/split", "/dismiss"):
        visitor.open(f"/themes/{theme.id}{page}")
        assert 'href="/themes/review?product=van"' in visitor.html, page
    visitor.open(f"/themes/{theme.id}/dismiss").send("Dismiss")

    assert visitor.response.request.full_path == "/themes/review?product=van"


def test_unsorted_posts_of_another_product_are_searched_and_placed_there(visitor, make, posts):
    other = make.product("van")
    area = make.area(product_id=other.id)
    theme = make.theme("Sliding door", [make.post("Door", area=area)])
    make.post("The door rattles", area=area)
    make.post("The door squeaks", area=area)
    visitor.sign_in(make.manager()).open("/themes/review/unsorted?product=van")
    assert "Cold seat" not in visitor.text
    assert '<input type="hidden" name="product" value="van">' in visitor.html

    _put(visitor, theme)

    assert "Pinned to “Sliding door”" in visitor.text
    assert "The door rattles" in visitor.text


def test_an_accepted_line_leads_to_the_theme_that_it_made(visitor, session, make, posts, propose):
    run = propose({-1: posts[:3], -2: posts[3:]}, n1="seat heating", n2="loud fan")
    visitor.sign_in(make.manager()).open(f"/themes/runs/{run.id}")
    assert "Accept all 2 open lines" in visitor.text

    visitor.send("Accept", into="/lines/")

    made = session.scalars(sa.select(Theme)).one()
    assert f'<h2 class="diff__title"><a href="/themes/{made.id}">Seat heating</a>' in visitor.html
    assert "Accept the 1 open line" in visitor.text
