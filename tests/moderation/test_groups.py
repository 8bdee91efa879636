"""Near-copies wait as one, and are decided and taken back with one press."""

import pytest

from forum.core.people import Role
from forum.moderation import batches, grouping, queries, services, spam
from forum.moderation.models import Case
from forum.moderation.prints import fingerprints, is_near_copy
from forum.moderation.screening import open_suspicion, suspects
from forum.moderation.status import CaseKind, Decision, Reason
from forum.posts.status import Moderation
from forum.search.services import index_post

WORDS = "The seat heating takes far too long to get warm on cold mornings in winter"
SPAM = "Earn money guaranteed with crypto at https://coins.example and visit https://more.example"


@pytest.fixture
def kari(make):
    """A moderator."""
    return make.reader("Kari", Role.MODERATOR)


@pytest.fixture
def first(session, make):
    """Puts a new first post into the queue."""

    def put(body: str, title: str = "A line") -> Case:
        author = make.person(approved_posts=0)
        post = make.post(title, body=body, author=author, moderation=Moderation.WAITING, published_at=None)
        return services.open_case(session, CaseKind.FIRST_POST, post.id)

    return put


def test_near_copies_share_a_fingerprint_and_others_are_no_copies():
    copy = WORDS.replace("far", "much") + " again"

    assert set(fingerprints(WORDS)) & set(fingerprints(copy))
    assert is_near_copy(WORDS, copy)
    assert not is_near_copy(WORDS, "The boot does not close when it rains, and water comes in everywhere")
    assert not is_near_copy("Warm seat", "Warm boot")
    assert fingerprints("...") == []


def test_ten_copies_stand_in_the_queue_as_one_and_others_beside_them(session, kari, first):
    copies = [
        first(f"{WORDS} {word}") for word in ("now", "today", "still", "really", "always", "", "x", "yes", "no", "so")
    ]
    other = first("The boot does not close", "Another")

    rows = queries.waiting(session, kari).rows

    assert [(row.id, row.alike) for row in rows] == [(copies[0].id, 10), (other.id, 1)]
    assert len(grouping.alike(session, kari, copies[3])) == 9
    assert queries.counts(session).due == 11


def test_copies_are_decided_and_taken_back_with_one_press(session, kari, first):
    copies = [first(WORDS) for _n in range(3)]
    ids = grouping.waiting_ids(session, kari, copies[0].group_id)

    batch = batches.decide_several(session, ids, Decision.REMOVED, by=kari, reason=Reason.SPAM)
    assert (batch.decided, batch.left) == (3, 0)
    assert queries.waiting(session, kari).rows == []
    later = first(WORDS)
    assert grouping.decided_before(session, later) == {Decision.REMOVED: 3}

    batches.undo_several(session, batch.key, by=kari)
    assert [case.decision for case in copies] == [None] * 3
    assert grouping.alike(session, kari, later)[0].id == copies[0].id


def test_of_several_those_that_somebody_else_decided_are_left(session, make, kari, first):
    one, two = first(WORDS), first("The boot does not close", "Another")
    services.approve(session, one, by=make.reader("", Role.MODERATOR))

    batch = batches.decide_several(session, [one.id, two.id], Decision.APPROVED, by=kari)

    assert (batch.decided, batch.left) == (1, 1)
    assert two.decision is Decision.APPROVED


def test_a_moderator_decides_the_ticked_cases_and_undoes_it(visitor, session, make, first):
    one, two = first(WORDS), first("The boot does not close", "Another")
    visitor.sign_in(make.moderator()).open("/moderation")

    visitor.send("Let them stand", status=422)
    assert "Tick the cases first." in visitor.text
    visitor.send("Take them away", status=422, cases=[one.id, two.id])
    assert "Choose a reason" in visitor.text
    visitor.send("Take them away", cases=[one.id, two.id], several_reason="spam")
    assert "Removed: 2 cases." in visitor.text
    visitor.send("Undo")

    assert "2 cases wait again." in visitor.text
    assert visitor.path == f"/moderation/{one.id}"
    assert [case.decision for case in (one, two)] == [None, None]


def test_a_group_is_decided_from_one_of_its_cases(visitor, session, make, first):
    one, two = first(WORDS), first(WORDS)
    visitor.sign_in(make.moderator()).open(f"/moderation/{one.id}")
    assert "1 more says nearly the same" in visitor.text

    visitor.send("Remove", reason="spam", alike="yes")

    assert "Removed: 2 cases." in visitor.text
    assert [case.decision for case in (one, two)] == [Decision.REMOVED] * 2


def test_what_reads_like_advertising_or_like_another_post_waits_as_such(session, make, first):
    index_post(session, make.post("Seat heating too slow", body=WORDS).id)
    advert, same = first(SPAM), first(WORDS, "Seat heating too slow")
    loud = make.post("Buy crypto", body=SPAM)

    def screen() -> int:
        return sum(open_suspicion(session, post_id, kind) for post_id, kind in suspects(session, 0)[1])

    assert screen() == 3
    assert (advert.kind, same.kind) == (CaseKind.SPAM, CaseKind.DUPLICATE)
    opened = session.query(Case).filter_by(post_id=loud.id).one()
    assert (opened.kind, opened.post_id, loud.moderation) == (CaseKind.SPAM, loud.id, Moderation.OPEN)
    assert screen() == 0


def test_a_score_is_explained_by_its_words(app):
    seen = spam.verdict(SPAM)

    assert seen.score > spam.LIKELY
    assert {"crypto", "a link"} <= {sign.words for sign in seen.signs}
    assert spam.score("The seat is cold in the morning") < 0.1


def test_decisions_teach_what_advertising_reads_like(app, tmp_path):
    adverts = [f"Fresh pancakes for everybody, call {n}" for n in range(25)]
    posts = [f"The window rattles on road {n}" for n in range(25)]
    before = spam.score("Fresh pancakes")

    assert not spam.learn(adverts[:5], [True] * 5)
    assert spam.learn(adverts + posts, [True] * 25 + [False] * 25)

    assert spam.score("Fresh pancakes") > 0.6 > before
    assert spam.verdict("Fresh pancakes").learnt_from == 50
    spam.model_file().unlink()
