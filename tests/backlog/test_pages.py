"""The pages of the backlog, walked through their forms."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from forum.backlog.changing import change_item
from forum.backlog.models import BacklogItem, Evidence, ItemTheme
from forum.backlog.revisiting import bring_back
from forum.backlog.schemas import ItemChanges
from forum.backlog.services import move_item
from forum.backlog.status import ItemStatus
from forum.core.clock import today
from forum.core.people import Role
from forum.posts.models import Post
from forum.posts.status import Status, Visibility
from forum.products.status import Openness
from forum.themes.models import ThemeMember
from tests.backlog.conftest import decision


@pytest.fixture
def theme(make):
    """Two complaints about cold seats, the second one of a group of voters."""
    posts = [
        make.post("Cold seat", body="I like the car. The heated seat stays cold on the left side."),
        make.post("Slow heating", body="The seat heating takes twenty minutes to get warm."),
    ]
    make.vote(posts[1])
    return make.theme("Seat heating", posts, terms=["seat", "heating"])


def the_item(session) -> BacklogItem:
    """The only item there is."""
    return session.scalars(sa.select(BacklogItem)).one()


def test_a_theme_is_promoted_in_customers_words(session, make, manager, visitor, theme):
    visitor.sign_in(manager).open(f"/themes/{theme.id}/promote")
    assert "“I like the car. The heated seat stays cold on the left side.”" in visitor.html
    assert "3 wrote" not in visitor.text
    assert "People behind it 3" in visitor.text

    visitor.send("Promote", title_en="Warm seats", title_nb="Varme seter")

    item = the_item(session)
    assert visitor.path == f"/backlog/{item.id}"
    assert (item.title, item.is_public, item.owner_id) == (
        {"en": "Warm seats", "nb": "Varme seter"},
        True,
        manager.id,
    )
    assert "“The seat heating takes twenty minutes to get warm.”" in item.problem["en"]
    assert "“Warm seats” is on the backlog." in visitor.text
    assert "Slow heating" in visitor.text


def test_only_what_is_near_the_centre_of_the_theme_is_quoted(session, make, manager, visitor):
    posts = [make.post(f"Seat {word}") for word in ("first", "near", "far", "odd")]
    theme = make.theme("Seats", posts, terms=["seat"], exemplar_ids=[posts[0].id], odd_one_id=posts[3].id)
    for post, likeness in zip(posts, (0.5, 0.8, 0.2, 0.9), strict=True):
        session.get(ThemeMember, post.id).similarity = likeness

    visitor.sign_in(manager).open(f"/themes/{theme.id}/promote")

    assert "“Seat first”\n\n“Seat near”</textarea>" in visitor.html


def test_a_theme_leads_the_team_to_its_item(make, manager, visitor, theme):
    visitor.sign_in(manager).open(f"/themes/{theme.id}")
    assert f'href="/themes/{theme.id}/promote"' in visitor.html
    visitor.open(f"/themes/{theme.id}/promote").send("Promote", title_en="Warm seats")

    visitor.open(f"/themes/{theme.id}")
    assert "On the backlog Proposed Warm seats" in visitor.text
    assert f'href="/themes/{theme.id}/promote"' not in visitor.html
    assert "On the backlog" not in visitor.sign_in(make.person()).open(f"/themes/{theme.id}").text


def test_several_themes_are_promoted_together(session, make, manager, visitor, theme):
    other = make.theme("Cold feet", [make.post()])

    visitor.sign_in(manager).open(f"/themes/{theme.id}/promote")
    visitor.send("Count their evidence in", also=[other.id])
    assert "People behind it 4" in visitor.text
    visitor.send("Promote", title_en="Warmth")

    assert set(session.scalars(sa.select(ItemTheme.theme_id))) == {theme.id, other.id}
    assert session.scalar(sa.select(sa.func.count()).select_from(Evidence)) == 3


def test_a_second_promotion_leads_to_the_item(session, manager, visitor, theme, promote):
    visitor.sign_in(manager).open(f"/themes/{theme.id}/promote")
    item = promote(theme, title="Warm seats")

    visitor.send("Promote", title_en="Cosy seats", status=409)
    assert "Cosy seats" in visitor.text
    visitor.open(f"/themes/{theme.id}/promote", status=409)

    assert f'href="/backlog/{item.id}"' in visitor.html


def test_what_is_missing_is_said_beside_its_field_and_nothing_is_kept(session, manager, visitor, theme):
    visitor.sign_in(manager).open(f"/themes/{theme.id}/promote")

    visitor.send("Promote", title_en="", problem_en="It is cold.", status=422)

    assert "Give it a title in at least one language." in visitor.text
    assert "It is cold." in visitor.html
    assert session.scalar(sa.select(sa.func.count()).select_from(BacklogItem)) == 0


def test_one_post_is_promoted_from_its_own_page(session, make, manager, visitor):
    post = make.post("The wiper squeaks")

    visitor.sign_in(manager).open(f"/posts/{post.id}/promote").send("Promote", title_en="Silent wipers")

    assert the_item(session).title["en"] == "Silent wipers"
    assert "On the roadmap" in visitor.open(f"/posts/{post.id}").text


def test_what_comes_from_a_closed_area_cannot_be_made_public(session, make, manager, visitor):
    post = make.post(area=make.area("gearbox", Openness.CLOSED))

    visitor.sign_in(manager).open(f"/posts/{post.id}/promote")
    assert "the item stays internal" in visitor.text
    visitor.send("Promote", title_en="Smoother", is_public="yes", status=422)
    visitor.send("Promote", title_en="Smoother", is_public="no")

    assert the_item(session).is_public is False


@pytest.mark.parametrize("path", ["/backlog", "/backlog?view=table", "/backlog/{}", "/backlog/{}/evidence"])
def test_the_team_reads_the_backlog_and_customers_do_not(make, visitor, promote, path):
    path = path.format(promote().id)

    assert "Sign in" in visitor.open(path).text
    visitor.sign_in(make.person()).open(path, status=403)
    visitor.sign_in(make.person("", Role.EMPLOYEE)).open(path)
    assert "Move to" not in visitor.text


@pytest.mark.parametrize("page", ["move", "score", "edit", "reopen"])
def test_only_product_managers_plan(make, visitor, promote, page):
    visitor.sign_in(make.moderator()).open(f"/backlog/{promote().id}/{page}", status=403)


def test_a_decision_is_previewed_then_made(session, manager, visitor, theme, promote):
    item = promote(theme)
    visitor.sign_in(manager).open(f"/backlog/{item.id}/move?to=planned")

    visitor.send("See what will be read", sentence_en="Both sides get their own sensor.", target=f"{today().year + 1}")
    assert f"Planned for {today().year + 1} as “Warm seats”." in visitor.text
    assert the_item(session).status is ItemStatus.PROPOSED

    visitor.send("Decide")
    assert the_item(session).status is ItemStatus.PLANNED
    assert "Both sides get their own sensor." in visitor.text
    assert session.scalars(sa.select(Post.status).distinct()).all() == [Status.PLANNED]


def test_not_now_asks_for_reason_line_and_day(session, manager, visitor, promote):
    item = promote()
    visitor.sign_in(manager).open(f"/backlog/{item.id}/move?to=not-now")

    visitor.send("Decide", status=422)
    for words in ("Choose the reason.", "Say it in a line of your own", "Say when it is looked at again"):
        assert words in visitor.text
    visitor.send("Decide", reason="cost", line_en="New ducts would be needed.", revisit_on=today() + timedelta(days=1))

    assert the_item(session).status is ItemStatus.NOT_NOW
    assert "New ducts would be needed." in visitor.open("/roadmap").text


def test_a_stale_edit_shows_both_texts_and_counts_when_sent_again(session, manager, planner, visitor, promote):
    item = promote()
    visitor.sign_in(manager).open(f"/backlog/{item.id}/edit")
    move_item(session, item, ItemStatus.IN_REVIEW, decision("in review", sentence_en="Theirs."), by=planner)

    visitor.send("Save", title_en="Mine", status=409)
    assert "Theirs." in visitor.text
    assert 'value="Mine"' in visitor.html
    visitor.send("Save", title_en="Mine")

    assert the_item(session).title["en"] == "Mine"


def test_the_score_is_written_out_as_a_sum(session, manager, visitor, theme, promote):
    item = promote(theme)
    visitor.sign_in(manager).open(f"/backlog/{item.id}/score")

    visitor.send("Save the score", impact="1,5", effort_weeks="3", value="300000", cost="120000")

    assert "Reach 3 Impact × 1.5 Confidence × 1 Effort ÷ 3 Score = 1.5" in visitor.text
    assert "Return: (300,000 − 120,000) ÷ 120,000 = 1.5" in visitor.text
    assert "Impact: 1 → 1.5" in visitor.text


def test_a_post_is_taken_out_and_put_back(session, manager, visitor, theme, promote):
    item = promote(theme)
    visitor.sign_in(manager).open(f"/backlog/{item.id}/evidence").send("Take out")
    assert the_item(session).posts == 1

    visitor.send("Undo")

    assert the_item(session).posts == 2


def test_an_item_set_aside_until_today_asks_for_a_new_decision(session, manager, visitor, promote):
    item = promote()
    item.status, item.revisit_on = ItemStatus.NOT_NOW, today()
    bring_back(session)
    session.commit()

    words = "Came back Warm seats The day has come on which it was to be looked at again."
    assert words in visitor.sign_in(manager).open("/backlog").text
    assert "It came back." in visitor.open(f"/backlog/{item.id}").text


def test_making_an_item_internal_hides_it_everywhere(session, manager, planner, visitor, theme, promote):
    item = promote(theme, title="A secret")
    move_item(session, item, ItemStatus.PLANNED, decision("planned"), by=planner)
    pages = ["/roadmap", "/decisions", f"/posts/{theme.exemplar_ids[0]}"]
    for path in pages:
        assert "A secret" in visitor.open(path).text

    visitor.sign_in(manager).open(f"/backlog/{item.id}/edit").send("Save", is_public="no")
    visitor.client.delete_cookie("cabin_sign_in")

    for path in pages:
        assert "A secret" not in visitor.open(path).text
    assert session.scalars(sa.select(Post.status).distinct()).all() == [Status.NEW]
    visitor.open(f"/roadmap/{item.id}", status=404)
    visitor.open(f"/roadmap/{item.id}/posts", status=404)

    visitor.sign_in(manager).open(f"/backlog/{item.id}/edit").send("Save", is_public="yes")
    assert session.scalars(sa.select(Post.status).distinct()).all() == [Status.PLANNED]


def test_the_public_face_shows_no_private_post_no_score_and_no_argument(session, make, planner, visitor, promote):
    hidden = make.post("My secret trouble", visibility=Visibility.PRIVATE)
    item = promote(make.theme("Seats", [make.post("Cold seat"), hidden]))
    move_item(session, item, ItemStatus.PLANNED, decision("planned", argument="Only between us."), by=planner)

    for path in (f"/roadmap/{item.id}", f"/roadmap/{item.id}/posts", "/roadmap", "/decisions"):
        visitor.open(path)
        assert "My secret trouble" not in visitor.text
        assert "Only between us." not in visitor.text
        assert "Score" not in visitor.text
        assert "Set-Cookie" not in visitor.response.headers
    assert "Cold seat" in visitor.open(f"/roadmap/{item.id}/posts").text


def test_every_list_costs_the_same_number_of_queries(session, make, manager, visitor, promote, count_queries):
    item = promote(make.theme("Seats", [make.post()]))
    paths = [
        *("/backlog", "/backlog?view=table", "/roadmap", "/decisions", f"/backlog/{item.id}"),
        *(f"/backlog/{item.id}/evidence", f"/roadmap/{item.id}", f"/roadmap/{item.id}/posts"),
    ]
    visitor.sign_in(manager)

    def costs() -> dict[str, int]:
        found = {}
        for path in paths:
            visitor.open(path)  # warm
            session.rollback()
            with count_queries() as seen:
                visitor.client.get(path)
            found[path] = len([statement for statement in seen if statement.startswith(("SELECT", "WITH"))])
        return found

    few = costs()
    for _ in range(4):
        promote(make.theme("", [make.post(), make.post()]))
    for post in (make.post(), make.post()):
        session.add(Evidence(item_id=item.id, post_id=post.id, added_at=item.promoted_at))
    session.commit()

    assert costs() == few
    assert max(few.values()) <= 7, few


def test_the_table_goes_on_from_page_to_page(session, make, manager, visitor, promote):
    for n in range(33):
        promote(make.theme("", [make.post()]), title=f"Item {n:02}")

    visitor.sign_in(manager).open("/backlog?view=table&sort=newest")
    first = visitor.text
    after = visitor.html.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    visitor.open(after)

    seen = [f"Item {n:02}" in first for n in range(33)], [f"Item {n:02}" in visitor.text for n in range(33)]
    assert [sum(both) for both in zip(*seen, strict=True)] == [1] * 33
    assert sum(seen[0]) == 30


def test_lists_say_targets_and_numbers_as_people_do(session, manager, visitor, theme, promote):
    item = promote(theme)
    item.target, item.effort_weeks = "2027 Q1", 2.0
    session.commit()

    visitor.sign_in(manager).open("/backlog")
    assert "the first quarter of 2027" in visitor.text
    assert "the first quarter of 2027" in visitor.open("/backlog?view=table").text
    visitor.open(f"/backlog/{item.id}/score")
    assert 'value="2"' in visitor.html
    assert 'value="2.0"' not in visitor.html


def test_of_two_who_edit_at_once_the_second_sees_what_changed_and_loses_nothing(
    session, make, manager, visitor, promote
):
    item = promote(title="Warm seats")
    other = make.manager()
    visitor.sign_in(manager).open(f"/backlog/{item.id}/edit")
    theirs = ItemChanges(title_en="Heated seats", owner_id=other.id, is_public=True, jira="CAB-9", version=1)
    change_item(session, item, theirs, by=make.as_reader(other))
    session.commit()

    visitor.send("Save", title_en="Cosy seats", problem_en="They freeze.", status=409)
    assert "Title (English) Heated seats Cosy seats" in visitor.text
    assert "Already in the form, as you had not touched it: Owner, Jira." in visitor.text
    assert other.display_name in visitor.text
    visitor.send("Save")

    assert (the_item(session).title["en"], the_item(session).problem["en"]) == ("Cosy seats", "They freeze.")
    assert (the_item(session).owner_id, the_item(session).issues) == (other.id, [["jira", "CAB-9"]])


def test_a_move_from_the_board_asks_in_place_and_goes_back_there(session, manager, visitor, promote):
    item = promote()
    address = f"/backlog/{item.id}/move?to=in-review&next=/backlog?owner={manager.id}"
    visitor.sign_in(manager)
    part = visitor.client.get(address, headers={"X-Fragment": "1"}).get_data(as_text=True)
    assert part.startswith("<p")
    assert "<html" not in part

    visitor.open(address).send("Decide", sentence_en="We look into it.")

    assert visitor.path.startswith("/backlog")
    assert the_item(session).status is ItemStatus.IN_REVIEW


def test_several_items_are_chosen_in_the_table_confirmed_once_and_undone(session, make, manager, visitor, promote):
    items = [promote(title="One"), promote(title="Two")]
    heir = make.manager()
    visitor.sign_in(manager).open("/backlog?view=table")
    visitor.send("Hand over", item=[item.id for item in items])
    assert "2 items of 2" in visitor.text

    visitor.send("Change 2 items", owner_id=heir.id)
    assert "2 items were changed." in visitor.text
    visitor.send("Undo")

    assert {item.owner_id for item in session.scalars(sa.select(BacklogItem))} == {manager.id}


def test_a_view_is_kept_and_found_again_and_removed(session, manager, visitor, promote):
    promote()
    visitor.sign_in(manager).open("/backlog/views?view=table&status=proposed").send("Keep it", name="To sort")
    assert "“To sort” is kept among the views." in visitor.text
    assert "Warm seats" in visitor.text

    visitor.send("Remove “To sort”")
    assert "is gone from the views" in visitor.text


def test_what_comes_first_is_said_and_shown_and_refused_in_a_circle(session, manager, visitor, promote):
    first, second = promote(title="One"), promote(title="Two")
    visitor.sign_in(manager).open(f"/backlog/{first.id}/needs").send("Add it", needs_id=second.id)
    assert "Waits for another" in visitor.open("/backlog").text

    visitor.open(f"/backlog/{second.id}/needs").send("Add it", needs_id=first.id, status=409)
    assert "so neither could be built" in visitor.text
    assert "It waits for something that is not launched: Two" in visitor.open(f"/backlog/{first.id}/move").text


def test_keys_of_issues_become_links_where_the_trackers_are(session, manager, visitor, promote):
    item = promote()
    visitor.sign_in(manager).open(f"/backlog/{item.id}/edit").send("Save", github="nonsense", status=422)
    assert "“nonsense” is no key. Write it like #12." in visitor.text
    visitor.send("Save", github="#7", jira="cab-1, CAB-2")
    slug = visitor.open(f"/backlog/{item.id}").html.split("/backlog/weights/")[1].split('"')[0]
    visitor.open(f"/backlog/trackers/{slug}").send("Save", jira="javascript:alert(1)", status=422)
    visitor.send("Save", jira="", github="https://github.com/company/cabin")

    visitor.open(f"/backlog/{item.id}")
    assert 'href="https://github.com/company/cabin/issues/7"' in visitor.html
    assert "Jira CAB-1" in visitor.text
    assert "Jira CAB-2" in visitor.text


@pytest.mark.parametrize(
    ("page", "button", "typed"),
    [("move?to=planned", "Decide", {"sentence_en": "Mine."}), ("score", "Save the score", {"effort_weeks": "7"})],
)
def test_a_decision_made_meanwhile_is_shown_before_mine_counts(
    page, button, typed, session, manager, planner, visitor, promote
):
    item = promote()
    visitor.sign_in(manager).open(f"/backlog/{item.id}/{page}")
    move_item(session, item, ItemStatus.IN_REVIEW, decision("in review", sentence_en="Theirs."), by=planner)

    visitor.send(button, status=409, **typed)

    assert "What changed meanwhile" in visitor.text
    assert "Theirs." in visitor.text
    assert all(value in visitor.html for value in typed.values())
    visitor.send(button)
    assert visitor.path == f"/backlog/{item.id}"
