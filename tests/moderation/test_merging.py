"""Joining posts from the pages, taking it back, and saying that mine is different."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from forum.backlog.schemas import Promotion
from forum.backlog.services import promote_post
from forum.core.clock import utcnow
from forum.core.errors import Conflict, NotAllowed
from forum.core.languages import date_words
from forum.core.people import Role
from forum.moderation import merging, services
from forum.moderation.models import Case
from forum.moderation.status import CaseKind, Decision
from forum.posts.models import Merge, Post
from forum.posts.status import Moderation
from forum.search.services import index_post


@pytest.fixture
def kari(make):
    """A moderator."""
    return make.person("Kari", Role.MODERATOR)


@pytest.fixture
def twins(make):
    """Two posts that say the same, with five and three voters, two of them on both."""
    first, second = make.post("The seat is cold in winter"), make.post("My seat is cold in winter")
    people = [make.person() for _ in range(6)]
    for post, voters in ((first, people[:5]), (second, people[3:])):
        for person in voters:
            make.vote(post, person)
        index_post(make.session, post.id)
    return first, second


def test_a_moderator_merges_from_the_post_with_a_receipt_and_takes_it_back(visitor, session, kari, twins):
    first, second = twins
    visitor.sign_in(kari).open(f"/posts/{second.id}")
    assert f'href="/moderation/posts/{second.id}/merge"' in visitor.html

    visitor.open(f"/moderation/posts/{second.id}/merge")
    assert f'href="/moderation/posts/{second.id}/merge?into={first.id}"' in visitor.html
    visitor.open(f"/moderation/posts/{second.id}/merge?into={first.id}")
    assert "5 + 3 → 6 (2 voted on both)" in visitor.text
    assert f'href="/moderation/posts/{first.id}/merge?into={second.id}"' in visitor.html  # the other way round
    visitor.send("Join them")

    assert visitor.path == f"/posts/{first.id}"
    for words in ("6 votes", "Said here as well 1", "My seat is cold in winter", "6 people want it now."):
        assert words in visitor.text
    visitor.send("Undo the merge")
    assert visitor.path == f"/posts/{second.id}"
    assert [(one.moderation, one.votes) for one in session.scalars(sa.select(Post).order_by(Post.id))] == [
        (Moderation.OPEN, 5),
        (Moderation.OPEN, 3),
    ]


@pytest.mark.parametrize("question", ["{id}", "http://127.0.0.1:8000/posts/{id}", "cold winter"])
def test_the_other_post_is_found_by_words_number_and_address(visitor, kari, twins, question):
    first, second = twins
    asked = question.format(id=first.id)

    visitor.sign_in(kari).open(f"/moderation/posts/{second.id}/merge?q={asked}")

    assert f"into={first.id}" in visitor.html


def test_what_cannot_be_joined_says_why(visitor, make, kari, twins):
    hidden = make.post("Gone", moderation=Moderation.HIDDEN)
    visitor.sign_in(kari).open(f"/moderation/posts/{twins[0].id}/merge?into={hidden.id}")
    visitor.send("Join them", status=422)
    assert "Only posts that everybody can read are joined" in visitor.text


def test_a_first_post_is_approved_with_being_joined(visitor, session, make, kari, twins):
    author = make.person(approved_posts=0)
    post = make.post("Cold seat in winter", author=author, moderation=Moderation.WAITING, published_at=None)
    case = services.open_case(session, CaseKind.FIRST_POST, post.id)

    visitor.sign_in(kari).open(f"/moderation/{case.id}")
    assert f"/moderation/posts/{post.id}/merge?into={twins[0].id}" in visitor.html
    visitor.open(f"/moderation/posts/{post.id}/merge?into={twins[0].id}")
    assert "Joining it approves it as well." in visitor.text
    visitor.send("Join them")

    session.expire_all()
    assert (post.moderation, author.approved_posts, case.decision) == (Moderation.MERGED, 1, Decision.APPROVED)


@pytest.mark.parametrize("state", [Moderation.OPEN, Moderation.WAITING])
def test_joining_a_likely_duplicate_decides_its_case_and_undoing_lets_it_wait_again(
    visitor, session, make, kari, twins, state
):
    first, second = twins
    second.moderation = state
    case = services.open_case(session, CaseKind.DUPLICATE, second.id)
    other = services.open_case(session, CaseKind.REPORT, make.post("Another matter").id)
    visitor.sign_in(kari).open(f"/moderation/{case.id}")

    visitor.open(f"/moderation/posts/{second.id}/merge?into={first.id}&case={case.id}").send("Join them")
    assert visitor.path == f"/moderation/{other.id}"  # the list moves on
    assert session.scalars(sa.select(Case.id).where(Case.decided_at.is_(None))).all() == [other.id]
    visitor.send("Undo")

    assert visitor.path == f"/moderation/{case.id}"
    assert (case.decision, second.moderation) == (None, state)


def test_the_log_leads_to_the_merge_and_its_undoing_at_any_time(visitor, session, make, kari, twins):
    first, second = twins
    merged = merging.join(session, second, first, by=make.as_reader(kari))
    merged.merged_at -= timedelta(days=300)

    visitor.sign_in(kari).open("/moderation/log")
    assert "Joined a post with another" in visitor.text
    visitor.open(f"/moderation/merges/{merged.id}").send("Undo the merge")

    session.expire_all()
    assert session.get_one(Merge, merged.id).undone_at is not None
    visitor.open(f"/moderation/merges/{merged.id}")
    assert "This merge was undone." in visitor.text


def test_the_author_says_that_theirs_is_different_and_a_moderator_agrees(visitor, session, make, kari, twins):
    first, second = twins
    merging.join(session, second, first, by=make.as_reader(kari))

    visitor.sign_in(session.get_one(type(kari), second.author_id)).open(f"/posts/{second.id}")
    assert "Mine is different" in visitor.text
    visitor.open(f"/moderation/posts/{second.id}/different")
    visitor.send("Mine is different", text="Mine is about the back seat.")
    visitor.open(f"/moderation/posts/{second.id}/different")
    assert "A moderator looks at it and decides." in visitor.text

    case = session.scalars(sa.select(Case)).one()
    visitor.sign_in(kari).open(f"/moderation/{case.id}")
    for words in ("Mine is about the back seat.", "It was joined with", "The seat is cold in winter"):
        assert words in visitor.text
    visitor.send("Undo the merge")

    session.expire_all()
    assert (second.moderation, first.votes, case.decision) == (Moderation.OPEN, 5, Decision.SEPARATED)
    services.undo(session, case, by=make.as_reader(kari))
    assert (second.moderation, first.votes) == (Moderation.MERGED, 6)


def test_only_those_behind_a_merged_post_object_once_and_within_14_days(session, make, kari, twins):
    first, second = twins
    merged = merging.join(session, second, first, by=make.as_reader(kari))
    author = make.as_reader(session.get_one(type(kari), second.author_id))

    with pytest.raises(NotAllowed, match="Whoever wrote a post or voted on it"):
        merging.object_to(session, second, "", by=make.reader())
    merging.object_to(session, second, "", by=author)
    with pytest.raises(Conflict, match="once is enough"):
        merging.object_to(session, second, "", by=author)
    merged.merged_at = utcnow() - timedelta(days=15)
    voter = make.person()
    make.vote(second, voter)
    with pytest.raises(NotAllowed, match="write a comment on the post that it was joined with"):
        merging.object_to(session, second, "", by=make.as_reader(voter))
    merged.merged_at = utcnow() - timedelta(days=13, hours=23)
    assert merging.object_to(session, second, "", by=make.as_reader(voter)).post_id == second.id


def test_after_14_days_the_page_says_when_they_ended_and_what_to_do(visitor, session, make, kari, twins):
    first, second = twins
    merged = merging.join(session, second, first, by=make.as_reader(kari))
    merged.merged_at = utcnow() - timedelta(days=15)
    session.commit()

    visitor.sign_in(session.get_one(type(kari), second.author_id)).open(f"/posts/{second.id}")
    assert "Mine is different" not in visitor.text
    visitor.open(f"/moderation/posts/{second.id}/different")
    assert f"ended on {date_words(utcnow() - timedelta(days=1))}" in visitor.text
    assert "moderators can separate the two at any time" in visitor.text
    assert f'href="/posts/{first.id}"' in visitor.html


def test_undoing_from_the_page_decides_the_objection(session, make, kari, twins):
    first, second = twins
    merged = merging.join(session, second, first, by=make.as_reader(kari))
    case = merging.object_to(session, second, "", by=make.as_reader(session.get_one(type(kari), second.author_id)))

    merging.separate(session, merged, by=make.as_reader(kari))

    assert (case.decision, second.moderation) == (Decision.SEPARATED, Moderation.OPEN)


def test_equals_are_bundled_under_a_new_headline(visitor, session, make, kari, twins):
    first, second = twins
    visitor.sign_in(kari).open(f"/moderation/posts/{first.id}/bundle")
    visitor.send("Put them under this headline", posts=[str(first.id)], title="Cold seats", status=422)
    assert "Choose at least two posts" in visitor.text
    visitor.send("Put them under this headline", posts=[str(first.id), str(second.id)], title="Cold seats")

    whole = session.scalars(sa.select(Post).where(Post.title == "Cold seats")).one()
    assert (whole.votes, whole.author_id, whole.is_listed, visitor.path) == (6, None, True, f"/posts/{whole.id}")
    session.expire_all()
    assert first.survivor_id == second.survivor_id == whole.id
    assert "Moderators put posts that say the same under this headline." in visitor.text

    for merged in session.scalars(sa.select(Merge)).all():
        merging.separate(session, merged, by=make.as_reader(kari))
    assert (first.votes, second.votes, whole.moderation) == (5, 3, Moderation.REMOVED)


def test_posts_for_a_bundle_are_found_by_words_and_what_was_ticked_stays(visitor, session, make, kari, twins):
    first, second = twins
    other = make.post("Frozen backside", body="Icy upholstery.")
    index_post(session, other.id)
    visitor.sign_in(kari).open(f"/moderation/posts/{first.id}/bundle")
    ticked = [str(first.id), str(second.id)]

    visitor.send("Find more posts", posts=ticked, title="Cold seats", q="upholstery", find="yes", status=200)
    assert "Frozen backside" in visitor.text
    assert re.findall(r'name="posts" value="(\d+)"[^>]* checked', visitor.html) == ticked
    visitor.send("Put them under this headline", posts=[*ticked, str(other.id)], title="Cold seats", q="upholstery")

    whole = session.scalars(sa.select(Post).where(Post.title == "Cold seats")).one()
    assert other.survivor_id == whole.id


def test_the_preview_says_for_which_items_the_joined_post_speaks(session, make, visitor):
    first, second, manager = make.post("The seat is cold"), make.post("Cold seats"), make.reader("", Role.MANAGER)
    promotion = Promotion(title_en="Warm seats", owner_id=manager.id, is_public=True)
    promote_post(session, second, promotion, by=manager)
    session.commit()
    visitor.sign_in(make.moderator())

    visitor.open(f"/moderation/posts/{second.id}/merge?into={first.id}")
    assert "speaks for an item, for which the other does not" in visitor.text
    assert "Warm seats" in visitor.text
    visitor.open(f"/moderation/posts/{first.id}/merge?into={second.id}")
    assert "speaks for an item" not in visitor.text
