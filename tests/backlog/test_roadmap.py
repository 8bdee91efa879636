"""The roadmap: by status and by time, for whom an item is, and inside pages of other sites."""

import pytest

from forum.backlog.audiences import segments, set_audience
from forum.backlog.changing import show_or_hide
from forum.backlog.models import BacklogItem
from forum.backlog.schemas import AudienceChange
from forum.backlog.services import move_item
from forum.backlog.status import Audience, ItemStatus
from forum.core.errors import Conflict, Invalid, NotAllowed
from tests.backlog.conftest import decision

EMBED = "/embed/roadmap"


@pytest.fixture
def fleet(session, make):
    """An organisation on the plan Fleet, and one of its people."""
    organisation = make.organisation("Nordvik Taxi")
    organisation.attributes = {"plan": "Fleet", "cars": 40}
    session.flush()
    return organisation, make.person("Kari", organisation_id=organisation.id)


@pytest.fixture
def only_for(session, planner, promote):
    """Makes a planned internal item that some see."""

    def only_for(audience: str, **values) -> BacklogItem:
        item = promote(title=f"Secret for {audience}", is_public=False)
        move_item(session, item, ItemStatus.PLANNED, decision("planned", target="2027-03"), by=planner)
        set_audience(session, item, AudienceChange(audience=audience, **values), by=planner)
        return item

    return only_for


def paths_of(item: BacklogItem) -> list[str]:
    """Where an item could be read."""
    one = f"/roadmap/{item.id}"
    lists = ("/roadmap", "/roadmap?by=time", "/roadmap?as=team", "/roadmap/feed.atom", "/decisions", EMBED)
    return [one, f"{one}/posts", f"{EMBED}/{item.id}", *lists, f"/backlog/embed?item={item.id}"]


def seen(visitor, item: BacklogItem) -> set[str]:
    """Those of the places that show the item to a visitor."""
    answers = {path: visitor.client.get(path) for path in paths_of(item)}
    return {path for path, answer in answers.items() if answer.status_code == 200 and "Secret" in answer.text}


FOR_THEM = {"/roadmap", "/roadmap?by=time", "/roadmap?as=team", "/decisions"}


def test_an_item_for_customers_is_shown_to_them_and_nowhere_else(make, visitor, only_for):
    item = only_for("customers")
    theirs = {f"/roadmap/{item.id}", f"/roadmap/{item.id}/posts", *FOR_THEM}

    assert seen(visitor, item) == set()
    assert seen(visitor.sign_in(make.person(verified_at=None)), item) == set()
    assert seen(visitor.sign_in(make.person()), item) == theirs


@pytest.mark.parametrize("audience", ["organisation", "segment"])
def test_an_item_for_some_is_shown_to_them_alone(audience, make, visitor, only_for, fleet):
    organisation, kari = fleet
    item = only_for(audience, organisation_id=organisation.id, segment="plan=Fleet")
    stranger = make.person(organisation_id=make.organisation("Other").id)

    assert seen(visitor.sign_in(kari), item) == {f"/roadmap/{item.id}", f"/roadmap/{item.id}/posts", *FOR_THEM}
    assert seen(visitor.sign_in(stranger), item) == set()
    assert seen(visitor.sign_in(make.person()), item) == set()


def test_the_team_sees_what_others_see_and_a_preview(manager, visitor, only_for, promote):
    item = only_for("team")
    visitor.sign_in(manager)

    assert "Secret" not in visitor.open("/roadmap").text
    assert "Secret" not in visitor.open("/roadmap?as=customers").text
    assert "Only the team" in visitor.open("/roadmap?as=team").text
    assert visitor.open(f"/roadmap/{item.id}").path == f"/backlog/{item.id}"


def test_an_audience_is_chosen_on_a_page_and_kept_in_the_book(session, manager, visitor, promote, fleet):
    item = promote(is_public=False)

    visitor.sign_in(manager).open(f"/backlog/{item.id}/audience")
    visitor.send("Save", audience="organisation", organisation_id=fleet[0].id)

    session.refresh(item)
    assert (item.audience, item.is_public) == (Audience.ORGANISATION, False)
    assert "Only Nordvik Taxi" in visitor.text
    assert "Who may see it: Only the team → Only Nordvik Taxi" in visitor.text


def test_an_audience_needs_its_organisation_or_segment_and_a_planner(session, make, planner, promote, fleet):
    item = promote()
    assert segments(session) == ["cars=40", "plan=Fleet"]
    with pytest.raises(Invalid):
        set_audience(session, item, AudienceChange(audience="organisation"), by=planner)
    with pytest.raises(Invalid):
        set_audience(session, item, AudienceChange(audience="segment", segment="plan=Gold"), by=planner)
    with pytest.raises(Conflict):
        set_audience(session, item, AudienceChange(audience="team", version=99), by=planner)
    with pytest.raises(NotAllowed):
        set_audience(session, item, AudienceChange(audience="team"), by=make.reader())


def test_what_was_public_and_becomes_internal_is_for_the_team_alone(session, planner, only_for):
    item = only_for("customers")
    set_audience(session, item, AudienceChange(audience="public"), by=planner)

    show_or_hide(session, item, by=planner)

    assert (item.is_public, item.audience) == (False, Audience.TEAM)


def test_by_time_is_as_exact_as_was_said(session, planner, visitor, promote):
    for title, target in (("A", "later"), ("B", "2027 Q1"), ("C", "2027-02"), ("D", "2027 spring"), ("E", "")):
        item = promote(title=f"Item {title}")
        move_item(session, item, ItemStatus.PLANNED, decision("planned", target=target), by=planner)
    session.commit()

    text = visitor.open("/roadmap?by=time").text
    order = ["February 2027", "The first quarter of 2027", "The spring of 2027", "Some time later", "No time said yet"]
    places = [text.index(word) for word in order]

    assert places == sorted(places)


def test_embeds_may_be_framed_and_hold_neither_forms_nor_cookies(visitor, manager, session, promote):
    item = promote()
    session.commit()
    visitor.sign_in(manager)
    for path in (EMBED, f"{EMBED}?by=time&lang=nb&scheme=dark", f"{EMBED}/{item.id}"):
        answer = visitor.client.get(path)
        policy = answer.headers["Content-Security-Policy"]

        assert "frame-ancestors 'self'" in policy
        assert "script-src 'none'" in policy
        assert "X-Frame-Options" not in answer.headers
        assert "Set-Cookie" not in answer.headers
        assert not [word for word in ("<form", "<script", manager.display_name) if word in answer.text]
        assert answer.text.count("<a ") == answer.text.count('target="_top" rel="noopener"')
    assert visitor.client.get("/roadmap").headers["X-Frame-Options"] == "DENY"


def test_what_a_browser_has_is_not_sent_again(visitor, promote, session):
    promote()
    session.commit()
    for path in (EMBED, "/roadmap"):
        answer = visitor.client.get(path)
        again = visitor.client.get(path, headers={"If-None-Match": answer.headers["ETag"]})

        assert (again.status_code, again.data) == (304, b"")


def test_the_lines_to_copy_come_with_a_preview(visitor, manager, session, promote):
    item = promote()
    session.commit()

    visitor.sign_in(manager).open(f"/backlog/embed?item={item.id}&scheme=dark")

    assert f'&lt;iframe src="http://127.0.0.1:8000/embed/roadmap/{item.id}?scheme=dark"' in visitor.html
    assert f'src="/embed/roadmap/{item.id}?scheme=dark"' in visitor.html
