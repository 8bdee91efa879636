"""Splitting a laundry list: sentences become posts, voters say what they meant, and it can be taken back."""

import pytest
import sqlalchemy as sa

from forum.core.errors import Conflict, Invalid, NotAllowed
from forum.core.people import Role
from forum.notifications.models import Happening
from forum.notifications.status import Kind
from forum.posts import splitting
from forum.posts.models import Follow, Post, Split, Vote
from forum.posts.splitting import Piece
from forum.posts.status import Interest, Moderation
from forum.posts.status import Kind as PostKind
from forum.products.status import Openness

BODY = "The seat is cold. The radio crackles!\n\nAnd *why* is there no hook for bags?"


@pytest.fixture
def kari(make):
    """A moderator."""
    return make.person("Kari", Role.MODERATOR)


@pytest.fixture
def laundry(make):
    """A post that says three things."""
    return make.post("Three things", body=BODY)


def split_off(session, post, place, *, by):
    """Let one sentence be a post of its own."""
    return splitting.split_post(session, post, [Piece([place])], by=by)[0]


def test_a_sentence_becomes_a_post_of_its_own_and_the_text_stays(visitor, session, make, kari, laundry):
    visitor.sign_in(kari).open(f"/moderation/posts/{laundry.id}/split")
    visitor.send("Split", status=422)
    assert "Choose at least one sentence." in visitor.text
    visitor.send("Split", places=["0", "1", "0"], title_1="The radio crackles")

    part = session.scalars(sa.select(Post).where(Post.title == "The radio crackles")).one()
    assert (part.body, part.author_id, part.is_listed) == ("The radio crackles!", laundry.author_id, True)
    assert (part.created_at, session.get_one(Post, laundry.id).body) == (laundry.created_at, BODY)
    assert visitor.path == f"/posts/{laundry.id}"
    assert "The radio crackles 0 votes" in visitor.text
    visitor.open(f"/posts/{part.id}")
    assert "A moderator took these words from a longer post of the same author: Three things" in visitor.text
    assert session.get(Follow, (laundry.author_id, "post", part.id))


def test_several_parts_in_one_go_each_with_its_area_and_headline_and_back_again(visitor, session, make, kari, laundry):
    radio, doors = make.area("Radio"), make.area("Doors", openness=Openness.CLOSED)
    voter = make.person()
    make.vote(laundry, voter)
    parts = {"places": ["1", "2", "3"], "title_2": "Crackling", "area_id_2": str(radio.id), "area_id_3": str(doors.id)}
    visitor.sign_in(kari).open(f"/moderation/posts/{laundry.id}/split").send("Split", **parts)

    assert "3 parts are posts of their own now." in visitor.text
    made = session.scalars(sa.select(Post).where(Post.id != laundry.id).order_by(Post.id)).all()
    found = [(one.title, one.area_id) for one in made]
    assert found == [
        ("The seat is cold.", laundry.area_id),
        ("Crackling", radio.id),
        ("And why is there no hook for bags?", doors.id),
    ]
    told = session.scalars(sa.select(Happening).where(Happening.kind == Kind.SPLIT)).one()  # once, of all of them
    assert told.values == {"new_ids": [one.id for one in made]}
    visitor.send("Undo", into="together")
    session.expire_all()
    assert {one.moderation for one in made} == {Moderation.REMOVED}

    visitor.open(f"/moderation/posts/{laundry.id}/split").send("Split", **parts)
    visitor.sign_in(voter).open(f"/posts/{laundry.id}")
    again = session.scalars(sa.select(Split.part_id).where(Split.undone_at.is_(None)).order_by(Split.id)).all()
    visitor.send("Vote for these parts too", parts=[str(one) for one in again])
    assert "You voted for 2 parts too." in visitor.text  # what is closed is not put to the vote


def test_a_part_stands_where_its_area_takes_it_and_a_changed_text_is_chosen_from_afresh(visitor, make, kari):
    closed = make.area("Doors", openness=Openness.CLOSED)
    idea = make.post("Two things", body="A hook. A light.", kind=PostKind.IDEA)
    visitor.sign_in(kari).open(f"/moderation/posts/{idea.id}/split")
    visitor.send("Split", status=422, places=["0", "2"], area_id_2=str(closed.id), title_2="Light")
    assert 'href="#area_id_2"' in visitor.html
    assert 'value="Light"' in visitor.html
    visitor.send("Split", status=422, places=["0", "1"], version="7")
    assert "The post was changed meanwhile." in visitor.text


def test_voters_say_which_part_they_meant_and_their_vote_stays(visitor, session, make, kari, laundry):
    voter = make.person()
    make.vote(laundry, voter, Interest.BUY)
    split = split_off(session, laundry, 0, by=make.as_reader(kari))
    split_off(session, laundry, 2, by=make.as_reader(kari))

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
    split_off(session, laundry, 0, by=moderator)
    visitor.sign_in(voter).open(f"/posts/{laundry.id}").send("I meant the post as a whole")
    assert "Which part did you mean?" not in visitor.text

    split_off(session, laundry, 1, by=moderator)

    visitor.open(f"/posts/{laundry.id}")
    assert "Which part did you mean?" in visitor.text


def test_an_unused_part_goes_and_a_used_one_is_joined_with_its_post(visitor, session, make, kari, laundry):
    moderator, voter = make.as_reader(kari), make.person()
    unused = split_off(session, laundry, 0, by=moderator)
    used = split_off(session, laundry, 1, by=moderator)
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
    split_off(session, laundry, 0, by=moderator)
    with pytest.raises(Conflict, match="post of their own already"):
        split_off(session, laundry, 0, by=moderator)
    with pytest.raises(Invalid):
        split_off(session, laundry, 99, by=moderator)
    with pytest.raises(Invalid, match="everybody can read"):
        split_off(session, make.post(moderation=Moderation.HIDDEN), 0, by=moderator)
    for act in (
        lambda: split_off(session, laundry, 1, by=make.reader()),
        lambda: splitting.answer(session, laundry, [], by=make.reader()),
    ):
        with pytest.raises(NotAllowed):
            act()
