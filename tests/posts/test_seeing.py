"""Who sees which post and comment: private, waiting and hidden ones, asked for as everybody."""

import pytest
import sqlalchemy as sa

from forum.accounts import erasing
from forum.core.people import ANYBODY, Role
from forum.posts import queries
from forum.posts.jobs import forget_person
from forum.posts.models import Comment, Post
from forum.posts.reading import read_post
from forum.posts.status import Moderation, Visibility
from forum.posts.talk import read_talk

PUBLIC, PRIVATE = Visibility.PUBLIC, Visibility.PRIVATE
EVERYBODY = {"anybody", "stranger", "author", "employee", "manager", "moderator", "admin"}
COMPANY = {"author", "employee", "manager", "moderator", "admin"}
MODERATORS = {"author", "moderator", "admin"}
SEEN_BY = {
    (PUBLIC, Moderation.OPEN): EVERYBODY,
    (PUBLIC, Moderation.MERGED): EVERYBODY,
    (PUBLIC, Moderation.WAITING): MODERATORS,
    (PUBLIC, Moderation.ASKED): MODERATORS,
    (PUBLIC, Moderation.HIDDEN): MODERATORS,
    (PUBLIC, Moderation.REMOVED): MODERATORS,
    (PUBLIC, Moderation.ERASED): set(),
    (PRIVATE, Moderation.OPEN): COMPANY,
    (PRIVATE, Moderation.MERGED): COMPANY,
    (PRIVATE, Moderation.WAITING): MODERATORS,
    (PRIVATE, Moderation.ASKED): MODERATORS,
    (PRIVATE, Moderation.HIDDEN): MODERATORS,
    (PRIVATE, Moderation.REMOVED): MODERATORS,
    (PRIVATE, Moderation.ERASED): set(),
}


@pytest.fixture
def people(make):
    author = make.person()
    readers = {role.value: make.reader("", role) for role in Role}
    return author, readers | {"anybody": ANYBODY, "stranger": make.reader(), "author": make.as_reader(author)}


def test_the_table_is_complete():
    assert set(SEEN_BY) == {(visibility, moderation) for visibility in Visibility for moderation in Moderation}


@pytest.mark.parametrize(("visibility", "moderation"), SEEN_BY)
def test_who_sees_a_post(session, make, people, visibility, moderation):
    author, readers = people
    post = make.post("Secret squeak", author=author, visibility=visibility, moderation=moderation)

    listed = {
        name
        for name, reader in readers.items()
        if session.scalar(sa.select(sa.func.count()).select_from(Post).where(queries.visible_to(reader)))
    }
    read = {name for name, reader in readers.items() if read_post(session, post.id, reader)}

    assert listed == read == SEEN_BY[visibility, moderation]


@pytest.mark.parametrize(("visibility", "moderation"), [one for one in SEEN_BY if one != (PUBLIC, Moderation.ERASED)])
def test_a_post_that_somebody_may_not_see_is_missing_on_every_page_of_it(make, people, visitor, visibility, moderation):
    author, _readers = people
    post = make.post("Secret squeak", author=author, visibility=visibility, moderation=moderation)
    comment = make.comment(post, "Secret comment")
    addresses = [f"/posts/{post.id}", f"/posts/{post.id}/history", f"/posts/{post.id}/follow", f"/posts/{post.id}/vote"]
    addresses += [f"/comments/{comment.id}", f"/comments/{comment.id}/history"]
    is_seen = "anybody" in SEEN_BY[visibility, moderation]

    for address in addresses:
        visitor.open(address, status=200 if is_seen else 404)
        assert ("Secret" in visitor.text) == is_seen or address.endswith(("follow", "vote"))
    assert ("Secret" in visitor.open("/").text) == (is_seen and moderation is Moderation.OPEN)


def test_of_an_erased_post_only_what_others_said_is_left(make, visitor):
    post = make.post("Secret squeak", body="Secret words", moderation=Moderation.ERASED)
    make.comment(post, "Mine too")

    visitor.open(f"/posts/{post.id}")
    assert "Secret" not in visitor.text
    assert "Mine too" in visitor.text
    for way_on in ("history", "follow", "vote"):
        visitor.open(f"/posts/{post.id}/{way_on}", status=404)
    assert "Secret" not in visitor.open("/").text


@pytest.mark.parametrize("internal", [False, True])
@pytest.mark.parametrize("moderation", [Moderation.OPEN, Moderation.HIDDEN, Moderation.REMOVED, Moderation.ERASED])
def test_who_sees_a_comment(session, make, people, internal, moderation):
    author, readers = people
    post = make.post()
    comment = make.comment(post, "A word", author=author, is_internal=internal, moderation=moderation)
    expected = {
        Moderation.OPEN: EVERYBODY,
        Moderation.HIDDEN: MODERATORS,
        Moderation.REMOVED: MODERATORS,
        Moderation.ERASED: set(),
    }[moderation]
    if internal:
        expected = expected & {"employee", "manager", "moderator", "admin"}

    found = {
        name for name, reader in readers.items() if session.scalar(queries.find_comment(reader, comment.id)) is not None
    }
    read = {name for name, reader in readers.items() if read_talk(session, post.id, reader).lines}

    assert found == read == expected


def test_a_note_is_not_counted_and_not_on_the_page(session, make, visitor):
    post = make.post()
    make.comment(post, "Only for us", is_internal=True)

    assert session.get(Post, post.id).comments == 0
    assert "Only for us" not in visitor.open(f"/posts/{post.id}").text
    visitor.sign_in(make.manager()).open(f"/posts/{post.id}")
    assert "Note for the team" in visitor.text
    assert "Only for us" in visitor.text
    assert session.scalars(sa.select(Comment)).one().is_internal


def test_what_was_erased_says_so_and_leads_on(session, make, visitor):
    kari = make.person("Kari")
    alone = make.post("Mine alone", author=kari)
    waiting = make.post("Waits", author=kari, moderation=Moderation.WAITING, published_at=None)
    other = make.post("The roof leaks")
    comment = make.comment(other, author=kari)
    erasing.erase_person(session, kari, keeps_words=False, by=make.as_reader(kari))
    session.commit()
    forget_person(user_id=kari.id, keeps_words=False)

    assert "has erased it" in visitor.open(f"/posts/{alone.id}", status=410).text
    assert f'href="/?area={alone.area_id}"' in visitor.html
    visitor.open(f"/posts/{alone.id}/feed.atom", status=410)
    visitor.open(f"/comments/{comment.id}", status=410)
    assert f'href="/posts/{other.id}#talk"' in visitor.html
    assert "stands without a name" in visitor.open(f"/people/{kari.id}", status=410).text
    visitor.open(f"/posts/{waiting.id}", status=404)  # nobody could ever read it
    visitor.open("/people/999999", status=404)
