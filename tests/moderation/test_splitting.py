"""Splitting a laundry list: sentences become posts, voters say what they meant, and it can be taken back."""

import pytest
import sqlalchemy as sa

from forum.core.errors import Conflict, Invalid, NotAllowed
from forum.core.people import Role
from forum.posts import splitting
from forum.posts.models import Follow, Post, Split, Vote
from forum.posts.status import Interest, Moderation

BODY = "The seat is cold. The radio crackles!\n\nAnd *why* is there no hook for bags?"


@pytest.fixture
def kari(make):
    """A moderator."""
    return make.person("Kari", Role.MODERATOR)


@pytest.fixture
def laundry(make):
    """A post that says three things."""
    return make.post("Three things", body=BODY)


def test_a_sentence_becomes_a_post_of_its_own_and_the_text_stays(visitor, session, make, kari, laundry):
    visitor.sign_in(kari).open(f"/moderation/posts/{laundry.id}/split")
    visitor.send("Split", status=422)
    assert "Choose at least one sentence." in visitor.text
    visitor.send("Split", sentences=["1"], title="The radio crackles")

    part = session.scalars(sa.select(Post).where(Post.title == "The radio crackles")).one()
    assert (part.body, part.author_id, part.is_listed) == ("The radio crackles!", laundry.author_id, True)
    assert (part.created_at, session.get_one(Post, laundry.id).body) == (laundry.created_at, BODY)
    assert visitor.path == f"/posts/{laundry.id}"
    assert "The radio crackles 0 votes" in visitor.text
    visitor.open(f"/posts/{part.id}")
    assert "A moderator took these words from a longer post of the same author: Three things" in visitor.text
    assert session.get(Follow, (laundry.author_id, "post", part.id))


def test_voters_say_which_part_they_meant_and_their_vote_stays(visitor, session, make, kari, laundry):
    voter = make.person()
    make.vote(laundry, voter, Interest.BUY)
    split = splitting.split_post(session, laundry, [0], title="", by=make.as_reader(kari))
    splitting.split_post(session, laundry, [2], title="A hook", by=make.as_reader(kari))

    visitor.sign_in(voter).open(f"/posts/{laundry.id}")
    assert "Which part did you mean?" in visitor.text
    visitor.send("Vote for these parts too", parts=[str(split.part_id)])

    assert "You voted for 1 part too." in visitor.text
    assert "Which part did you mean?" not in visitor.text
    votes = sa.select(Vote.post_id, Vote.interest).where(Vote.user_id == voter.id).order_by(Vote.post_id)
    assert session.execute(votes).all() == [(laundry.id, Interest.BUY), (split.part_id, Interest.BUY)]
    visitor.sign_in(make.person()).open(f"/posts/{laundry.id}")
    assert "Which part did you mean?" not in visitor.text  # nor is whoever did not vote asked


def test_whoever_meant_the_whole_is_asked_again_only_about_new_parts(visitor, session, make, kari, laundry):
    voter, moderator = make.person(), make.as_reader(kari)
    make.vote(laundry, voter)
    splitting.split_post(session, laundry, [0], title="", by=moderator)
    visitor.sign_in(voter).open(f"/posts/{laundry.id}").send("I meant the post as a whole")
    assert "Which part did you mean?" not in visitor.text

    splitting.split_post(session, laundry, [1], title="", by=moderator)

    visitor.open(f"/posts/{laundry.id}")
    assert "Which part did you mean?" in visitor.text


def test_an_unused_part_goes_and_a_used_one_is_joined_with_its_post(visitor, session, make, kari, laundry):
    moderator, voter = make.as_reader(kari), make.person()
    unused = splitting.split_post(session, laundry, [0], title="", by=moderator)
    used = splitting.split_post(session, laundry, [1], title="", by=moderator)
    make.vote(session.get_one(Post, used.part_id), voter)

    visitor.sign_in(kari).open(f"/posts/{laundry.id}").send("Undo the split")
    splitting.undo_split(session, used, by=moderator)
    splitting.undo_split(session, used, by=moderator)

    session.expire_all()
    states = {one.id: one.moderation for one in session.scalars(sa.select(Post))}
    assert states[unused.part_id] is Moderation.REMOVED
    assert states[used.part_id] is Moderation.MERGED
    assert laundry.votes == 1
    assert session.scalar(sa.select(sa.func.count()).where(Split.undone_at.is_(None))) == 0


def test_what_cannot_be_split_and_by_whom(session, make, kari, laundry):
    moderator = make.as_reader(kari)
    splitting.split_post(session, laundry, [0], title="", by=moderator)
    with pytest.raises(Conflict, match="post of their own already"):
        splitting.split_post(session, laundry, [0], title="", by=moderator)
    with pytest.raises(Invalid):
        splitting.split_post(session, laundry, [99], title="", by=moderator)
    with pytest.raises(Invalid, match="everybody can read"):
        splitting.split_post(session, make.post(moderation=Moderation.HIDDEN), [0], title="", by=moderator)
    for act in (
        lambda: splitting.split_post(session, laundry, [1], title="", by=make.reader()),
        lambda: splitting.answer(session, laundry, [], by=make.reader()),
    ):
        with pytest.raises(NotAllowed):
            act()
