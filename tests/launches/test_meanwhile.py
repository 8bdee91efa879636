"""Two people write about one launch at once: the second sees what the first did, chooses, and loses nothing."""

import sqlalchemy as sa

from forum.backlog.changing import remove_evidence
from forum.backlog.schemas import Reopening
from forum.backlog.services import reopen_item
from forum.core.clock import utcnow
from forum.launches import planning
from forum.launches.models import Launch, Verdict
from forum.launches.pilots import open_pilot
from forum.launches.schemas import Launching, Piloting, Retelling
from forum.launches.services import retell
from forum.launches.status import Answer

TOLD = {"title_en": "Warm seats", "announcement_en": "At last."}


def test_of_two_who_write_one_draft_the_second_chooses(session, manager, planner, visitor, seats, build):
    item = build(seats[0])
    visitor.sign_in(manager).open(f"/backlog/{item.id}/launch")
    theirs = Launching(**TOLD | {"title_en": "Heated seats", "link": "/launches"})
    planning.save_plan(session, item, theirs, by=planner)
    session.commit()

    visitor.send("Launch", **TOLD, status=409)
    assert "What was built (English) Heated seats Warm seats" in visitor.text
    assert "Already in the form, as you had not touched it: Link." in visitor.text
    assert session.scalars(sa.select(Launch)).all() == []

    visitor.send("Launch")
    launched = session.scalars(sa.select(Launch)).one()
    assert (launched.title["en"], launched.link) == ("Warm seats", "/launches")


def test_a_post_that_was_taken_out_meanwhile_is_quoted_only_after_another_look(
    session, make, manager, planner, visitor, build
):
    posts = [make.post("Cold seat"), make.post("Cold bench")]
    item = build(make.theme("Seats", posts))
    visitor.sign_in(manager).open(f"/backlog/{item.id}/launch")
    remove_evidence(session, item, posts[0].id, by=planner)
    session.commit()

    visitor.send("Launch", **TOLD, before=[post.id for post in posts], status=409)
    assert "“Cold seat” does not speak for this item any more." in visitor.text
    visitor.send("Launch")

    assert session.scalars(sa.select(Launch.before_ids)).one() == [posts[1].id]


def test_what_was_launched_meanwhile_is_not_launched_twice_and_the_words_stay(
    manager, visitor, session, seats, build, launch
):
    item = build(seats[0])
    visitor.sign_in(manager).open(f"/backlog/{item.id}/launch")
    launch(item)
    session.commit()

    visitor.send("Launch", **TOLD, status=409)

    assert "Only an item in progress can be launched." in visitor.text
    assert 'value="Warm seats"' in visitor.html


def test_of_two_who_choose_quotes_the_second_sees_what_was_chosen_and_taken_back(
    session, make, manager, planner, visitor, build, launch
):
    authors = [make.person(name) for name in ("Kari", "Ola")]
    posts = [make.post(f"Cold {author.display_name}", body="", author=author) for author in authors]
    done = launch(build(make.theme("Seats", posts)))
    said = {"launch_id": done.id, "answer": Answer.YES, "answered_at": utcnow(), "may_quote": True}
    verdicts = [Verdict(user_id=one.id, words=f"Warm {one.display_name}", **said) for one in authors]
    session.add_all(verdicts)
    session.commit()
    visitor.sign_in(manager).open(f"/launches/{done.id}/edit")
    verdicts[1].may_quote = False
    session.commit()

    mine = {"before": [posts[0].id], "after": [one.id for one in authors]}
    visitor.send("Save", **mine, status=409)
    assert "One of those you chose does not agree any more that the words are shown." in visitor.text
    retell(session, done, Retelling(before=[posts[1].id], after=[]), by=planner)
    session.commit()
    visitor.send("Save", status=409)
    assert "Before, in customers’ words “Cold Ola” “Cold Kari”" in visitor.text

    visitor.send("Save")
    session.expire_all()
    assert done.before_ids == [posts[0].id]
    assert [verdict.quoted_at is not None for verdict in verdicts] == [True, False]


def test_words_on_a_reopening_or_a_pilot_outlive_somebody_faster(
    session, manager, planner, visitor, seats, build, launch
):
    item = build(seats[0])
    visitor.sign_in(manager).open(f"/backlog/{item.id}/pilot")
    told = {"title_en": "Try it", "about_en": "Now.", "seats": 2}
    open_pilot(session, item, Piloting(**told), by=planner)
    session.commit()
    visitor.send("Open the pilot", **told | {"about_en": "Mine."}, status=409)
    assert "Mine." in visitor.html

    done = launch(item)
    session.commit()
    visitor.open(f"/launches/{done.id}/reopen")
    reopen_item(session, item, Reopening(sentence_en="Theirs.", version=item.version), by=planner)
    session.commit()
    visitor.send("Reopen", sentence_en="Mine.", status=409)
    assert "What changed meanwhile" in visitor.text
    assert "Theirs." in visitor.text
    assert "Mine." in visitor.html
