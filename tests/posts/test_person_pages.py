"""What a person's public page says of their posts: what everybody may read, and nothing else."""

import re

import pytest

from forum.accounts.status import AccountState
from forum.core.people import Role
from forum.posts.status import Moderation, Status, Visibility


@pytest.fixture
def kari(make):
    """A customer."""
    return make.person("Kari")


def titles(visitor) -> list[str]:
    """The titles of the posts in the list."""
    return re.findall(r'class="post__title"><a[^>]*>([^<]+)<', visitor.html)


def test_a_persons_posts_stand_on_their_page_with_status_and_votes(visitor, make, kari):
    make.post("The seat is cold", author=kari, status=Status.PLANNED, votes=7)
    make.post("The seat is hot", author=kari)
    make.post("Somebody else's", author=make.person())

    visitor.open(f"/people/{kari.id}")

    assert titles(visitor) == ["The seat is hot", "The seat is cold"]
    assert re.search(r"7 votes? : The seat is cold The seat is cold .* Planned", visitor.text)
    assert "Set-Cookie" not in visitor.response.headers


def test_what_not_everybody_may_read_stands_there_for_nobody(visitor, make, kari):
    make.post("Everybody reads this", author=kari)
    make.post("The team reads this", author=kari, visibility=Visibility.PRIVATE)
    for state in Moderation:
        if state is not Moderation.OPEN:
            make.post(f"This is {state.value}", author=kari, moderation=state)

    for reader in (None, kari, make.person("", Role.EMPLOYEE), make.moderator(), make.admin()):
        if reader is not None:
            visitor.sign_in(reader)
        for path in (f"/people/{kari.id}", f"/people/{kari.id}/posts"):
            assert titles(visitor.open(path)) == ["Everybody reads this"], reader


def test_many_posts_are_on_pages_of_their_own(visitor, make, kari):
    for n in range(35):
        make.post(f"Post number {n}", author=kari)

    visitor.open(f"/people/{kari.id}")
    assert titles(visitor) == [f"Post number {n}" for n in range(34, 24, -1)]
    assert f'href="/people/{kari.id}/posts">All posts by Kari</a>' in visitor.html
    visitor.open(f"/people/{kari.id}/posts")
    assert titles(visitor) == [f"Post number {n}" for n in range(34, 4, -1)]
    visitor.open(re.search(r'rel="next" href="([^"]+)"', visitor.html)[1])

    assert titles(visitor) == [f"Post number {n}" for n in range(4, -1, -1)]
    assert 'rel="next"' not in visitor.html
    assert "First page" in visitor.text


def test_a_few_posts_need_no_page_of_their_own_and_none_is_said(visitor, make, kari):
    assert "No posts that everybody can read yet." in visitor.open(f"/people/{kari.id}").text

    make.post(author=kari)

    assert "All posts by" not in visitor.open(f"/people/{kari.id}").text


def test_one_can_vote_there(visitor, make, kari):
    post = make.post("The seat is cold", author=kari)
    visitor.sign_in(make.person()).open(f"/people/{kari.id}").send("vote", into=f"/posts/{post.id}/vote")

    assert "Your vote counts. 1 vote." in visitor.text


def test_whoever_is_gone_has_no_posts_page(visitor, make):
    visitor.open(f"/people/{make.person(state=AccountState.ERASED).id}/posts", status=404)
    visitor.open("/people/999999/posts", status=404)
