"""What each area takes, on every way in: openness × kind × action × role."""

from itertools import product

import pytest

from forum.core.clock import utcnow
from forum.core.errors import NotAllowed
from forum.core.people import Role
from forum.posts.commenting import add_comment
from forum.posts.openness import NotTaken
from forum.posts.schemas import NewComment, NewPost, PostChanges
from forum.posts.services import edit_post, import_post, submit_post
from forum.posts.status import Kind, Visibility
from forum.posts.voting import cast_vote, withdraw_vote
from forum.products.rules import may_promote_publicly
from forum.products.status import Openness

OPEN, LISTENING, CLOSED = Openness.CO_CREATE, Openness.LISTENING, Openness.CLOSED
COMPLAINT, IDEA = Kind.COMPLAINT, Kind.IDEA
ROLES = {
    "customer": (),
    "employee": (Role.EMPLOYEE,),
    "moderator": (Role.MODERATOR,),
    "manager": (Role.MANAGER,),
    "admin": (Role.ADMIN,),
}
TAKEN = {(OPEN, IDEA), *((openness, COMPLAINT) for openness in Openness)}
VOTED = {(OPEN, IDEA), (OPEN, COMPLAINT), (LISTENING, COMPLAINT)}
EACH = list(product(Openness, Kind, ROLES))


def new(area, kind, **values):
    return NewPost(kind=kind, title="The lever is stiff", area_id=area.id, **values)


@pytest.mark.parametrize(("openness", "kind", "role"), EACH)
@pytest.mark.parametrize("visibility", Visibility)
def test_posting_obeys_the_area_whoever_posts(session, make, openness, kind, role, visibility):
    area = make.area("levers", openness, why={"en": "We decide that."})
    who = make.reader("", *ROLES[role])

    if (openness, kind) in TAKEN:
        assert submit_post(session, new(area, kind, visibility=visibility), by=who).area_id == area.id
        return
    with pytest.raises(NotTaken, match=r"Levers is not open to ideas\. We decide that\. You can bring"):
        submit_post(session, new(area, kind, visibility=visibility), by=who)


@pytest.mark.parametrize(("openness", "kind"), list(product(Openness, Kind)))
def test_importing_obeys_the_area(session, make, openness, kind):
    area = make.area("levers", openness)
    values = {"title": "Stiff", "body": "", "language": "en", "author_id": None, "written_at": utcnow()}

    if (openness, kind) in TAKEN:
        assert import_post(session, area=area, kind=kind, source="import", **values).is_listed
        return
    with pytest.raises(NotTaken):
        import_post(session, area=area, kind=kind, source="import", **values)


@pytest.mark.parametrize(("openness", "kind"), list(product(Openness, Kind)))
def test_moving_obeys_the_area_it_goes_to(session, make, openness, kind):
    author = make.person()
    post = make.post(author=author, kind=kind)
    area = make.area("levers", openness)
    changes = PostChanges(title=post.title, body=post.body, area_id=area.id, version=1)

    if (openness, kind) in TAKEN:
        edit_post(session, post, changes, by=make.as_reader(author))
        assert post.area_id == area.id
        return
    with pytest.raises(NotTaken):
        edit_post(session, post, changes, by=make.as_reader(author))


@pytest.mark.parametrize(("openness", "kind", "role"), EACH)
def test_voting_obeys_the_area_whoever_votes(session, make, openness, kind, role):
    post = make.post(area=make.area("levers", openness), kind=kind)
    who = make.reader("", *ROLES[role])

    if (openness, kind) in VOTED:
        assert cast_vote(session, post, by=who).votes == 1
        return
    with pytest.raises(NotAllowed, match="not put to the vote"):
        cast_vote(session, post, by=who)
    assert post.votes == 0


@pytest.mark.parametrize(("openness", "kind", "role"), EACH)
def test_in_a_closed_area_only_author_and_team_comment(session, make, openness, kind, role):
    author = make.person()
    post = make.post(area=make.area("levers", openness), kind=kind, author=author)
    who, mine = make.reader("", *ROLES[role]), make.as_reader(author)

    add_comment(session, post, NewComment(body="It is mine."), by=mine)
    if openness is not CLOSED or role != "customer":
        add_comment(session, post, NewComment(body="Me too."), by=who)
        return
    with pytest.raises(NotAllowed, match="only the author and the company's team comment"):
        add_comment(session, post, NewComment(body="Me too."), by=who)


def test_what_comes_from_a_closed_area_is_not_on_the_public_roadmap(make):
    assert [may_promote_publicly(make.area("", openness)) for openness in (OPEN, LISTENING, CLOSED)] == [
        True,
        True,
        False,
    ]


def test_a_refusal_offers_the_nearest_open_area(session, make):
    closed = make.area("engine", CLOSED, why={"en": "Type-approved."})
    nearest = make.area("cabin")

    with pytest.raises(NotTaken, match="Cabin is open to ideas") as refusal:
        submit_post(session, new(closed, IDEA), by=make.reader())

    assert refusal.value.nearest.id == nearest.id
    assert list(refusal.value.fields) == ["area_id"]


def test_closing_an_area_freezes_votes_without_losing_them(session, make):
    area = make.area("levers")
    post, voter = make.post(area=area), make.reader()
    cast_vote(session, post, by=voter)
    area.openness = CLOSED

    with pytest.raises(NotAllowed):
        cast_vote(session, post, by=make.reader())

    assert post.votes == 1
    assert withdraw_vote(session, post, by=voter).votes == 0
