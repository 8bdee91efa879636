"""Who is told of what, when a mail comes, and that nobody is told what they may not see."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from config import settings
from forum.accounts.models import User
from forum.backlog.schemas import Promotion
from forum.backlog.services import move_item, promote_post
from forum.backlog.status import CameBack, ItemStatus
from forum.core.clock import utcnow
from forum.core.events import publish
from forum.core.jobs import perform, sweep
from forum.moderation import editing
from forum.moderation.status import Reason
from forum.moderation.telling import tell_author
from forum.notifications.happening import happen
from forum.notifications.models import Silence
from forum.notifications.services import choose, follow, leave_post
from forum.notifications.status import How, Kind, Subject, Topic
from forum.posts import commenting
from forum.posts.correcting import Correction
from forum.posts.merging import merge, unmerge
from forum.posts.models import Follow, Post
from forum.posts.schemas import CommentChange, NewComment
from forum.posts.status import Moderation, Visibility, Voice
from forum.themes.events import PlaceDecided
from tests.backlog.conftest import decision

DAY = timedelta(days=1)


@pytest.fixture
def talk(session, make):
    """Kari's post, which Ola follows; comments on it by anybody."""
    kari, ola, ida = make.person("Kari"), make.person("Ola"), make.person("Ida")
    post = make.post("Cold seat", author=kari)
    for person in (kari, ola):
        follow(session, Subject.POST, post.id, by=make.as_reader(person))

    def say(words="Mine too.", by=ida, **values):
        return commenting.add_comment(session, post, NewComment(body=words, **values), by=make.as_reader(by))

    return post, kari, ola, ida, say


def test_a_comment_is_told_to_its_author_at_once_and_to_followers_once_a_day(talk, work, told, postbox):
    _post, kari, ola, ida, say = talk
    say()
    work()

    assert [told(person) for person in (kari, ola, ida)] == [["comment"], ["comment"], []]
    assert [len(postbox.to(person)) for person in (kari, ola, ida)] == [1, 0, 0]
    work(DAY)
    assert [len(postbox.to(person)) for person in (kari, ola, ida)] == [1, 1, 0]


def test_what_is_rolled_back_is_told_to_nobody(talk, session, work, told, postbox):
    post, kari, *_others, say = talk
    session.commit()
    say()
    session.rollback()
    work(DAY)

    assert (told(kari), postbox.received) == ([], [])
    assert session.get(Post, post.id).comments == 0


def test_a_person_is_told_once_however_often_the_job_runs(talk, session, work, told):
    from forum.notifications.jobs import tell
    from forum.notifications.models import Happening

    *_others, say = talk
    say()
    work()
    happening = session.query(Happening).one()
    happening.told_at = None
    session.commit()
    tell(happening_id=happening.id)

    assert told(talk[1]) == ["comment"]
    assert session.get(User, talk[1].id).new_notices == 1


def test_a_note_for_the_team_and_a_hidden_comment_are_told_to_nobody(talk, make, session, work, told):
    _post, kari, _ola, _ida, say = talk
    employee = make.manager()
    say("Between us.", by=employee, is_internal=True)
    hidden = say("Rude.")
    commenting.hide_comment(session, hidden, by=make.as_reader(make.moderator()), reason="Rude")
    work()

    assert told(kari) == []


def test_a_post_that_became_private_is_told_to_nobody_else_even_if_the_mail_was_written(
    talk, session, work, told, postbox
):
    post, kari, ola, _ida, say = talk
    choose(session, ola.id, {Topic.COMMENTS: How.INSTANTLY})
    say()
    session.commit()
    for job_id in sweep():  # tells; the mails it writes stay in the outbox
        perform(job_id)
    assert told(ola) == ["comment"]
    session.get(Post, post.id).visibility = Visibility.PRIVATE
    session.get(Post, post.id).is_listed = False
    work()

    assert [len(postbox.to(person)) for person in (kari, ola)] == [1, 0]


@pytest.mark.parametrize("is_proved", [True, False])
def test_authors_read_on_the_site_what_a_moderator_did_also_without_a_proved_address(
    is_proved, talk, make, session, work, told, postbox
):
    post, kari, _ola, _ida, _say = talk
    kari.verified_at = utcnow() if is_proved else None
    wanted = Correction("A cold seat", "It is.", post.version)
    case = editing.edit(session, post, wanted, by=make.as_reader(make.moderator()), reason=Reason.TITLE)
    session.commit()
    tell_author(case_id=case.id, decided_at=case.decided_at.isoformat())
    work()

    assert told(kari) == ["moderated"]
    assert [message["Subject"] for message in postbox.to(kari)] == ["Your post “A cold seat” was edited"] * is_proved


def test_an_official_answer_reaches_voters_until_they_ask_for_silence(talk, make, session, work, told):
    post, kari, ola, ida, say = talk
    voter, silent = make.person("Per"), make.person("Pia")
    for person in (voter, silent):
        make.vote(post, person)
    leave_post(session, silent.id, post.id)
    say("We look into it.", by=make.manager(), voice=Voice.OFFICIAL)
    work()

    assert [told(person) for person in (kari, ola, ida, voter, silent)] == [["answer"], ["answer"], [], ["answer"], []]
    assert session.get(Silence, (silent.id, post.id)) is not None


def test_one_mail_a_day_tells_of_statuses_and_not_now_comes_at_once(
    seats, promote, planner, session, work, told, postbox
):
    theme, kari, ola, _post = seats
    item = promote(theme)
    move_item(session, item, ItemStatus.IN_REVIEW, decision("in review"), by=planner)
    work()
    move_item(session, item, ItemStatus.PLANNED, decision("planned"), by=planner)
    work()
    assert told(kari) == told(ola) == ["status", "status"]
    (mail,) = postbox.to(kari)
    assert (mail["Subject"], mail["Keywords"]) == ("Re: Cold seat", "status")

    work(DAY)
    assert [message["Subject"] for message in postbox.to(kari)[1:]] == ["Your day: Cold seat"]
    move_item(session, item, ItemStatus.NOT_NOW, decision("not now"), by=planner)
    work(DAY)
    assert postbox.to(kari)[-1]["Keywords"] == "not now"
    assert postbox.to(ola)[-1]["Keywords"] == "not now"


def test_what_comes_back_counts_into_the_one_mail_of_its_day(seats, promote, planner, session, work, told, postbox):
    theme, kari, _ola, _post = seats
    item = promote(theme)
    move_item(session, item, ItemStatus.IN_REVIEW, decision("in review"), by=planner)
    work()
    item.came_back_at = utcnow()
    values = {"title": item.title, "came_back": CameBack.VOTES.value, "is_public": True}
    happen(session, Kind.CAME_BACK, item_id=item.id, values=values)
    work()

    assert told(kari) == ["status", "came back"]
    assert [mail["Keywords"] for mail in postbox.to(kari)] == ["status"]


def test_an_internal_item_is_told_to_nobody(seats, promote, planner, session, work, told):
    theme, kari, _ola, _post = seats
    item = promote(theme, is_public=False)
    move_item(session, item, ItemStatus.IN_REVIEW, decision("in review"), by=planner)
    work()

    assert told(kari) == []


def test_a_status_that_has_gone_on_is_not_told(seats, promote, planner, session, work, told):
    theme, kari, _ola, _post = seats
    item = promote(theme)
    move_item(session, item, ItemStatus.IN_REVIEW, decision("in review"), by=planner)
    move_item(session, item, ItemStatus.PLANNED, decision("planned"), by=planner)
    work()

    assert told(kari) == ["status"]


def test_a_launch_is_told_with_the_receipt_and_counted_once(seats, build, launch, session, work, told, postbox):
    theme, kari, ola, _post = seats
    launch(build(theme))
    work()

    assert told(kari)[-1:] == ["launched"]
    person = session.get(User, kari.id)
    assert person.new_receipts == 1
    assert postbox.to(kari)[-1]["Subject"] == "You asked, we built: Warm in four minutes"
    assert "/receipts/" in postbox.to(ola)[-1].get_body(("plain",)).get_content()
    assert person.new_notices == len(told(kari)) - 1


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles"])
def test_the_day_of_the_one_status_mail_is_the_sites_own(
    seats, promote, planner, session, work, told, postbox, monkeypatch, zone
):
    monkeypatch.setattr(settings(), "time_zone", zone)
    theme, kari, _ola, _post = seats
    item = promote(theme)
    midnight = datetime(2027, 3, 3, tzinfo=ZoneInfo(zone))

    def move(to, at):
        with time_machine.travel(at, tick=False):
            move_item(session, item, to, decision(to.value), by=planner)
            work()
        return len(postbox.to(kari))

    assert move(ItemStatus.IN_REVIEW, midnight - timedelta(minutes=10)) == 1
    assert move(ItemStatus.PLANNED, midnight - timedelta(minutes=5)) == 1  # waits for the mail of the day
    assert move(ItemStatus.IN_PROGRESS, midnight + timedelta(minutes=5)) == 1  # beside what waits, and not before it
    with time_machine.travel(midnight + timedelta(hours=23), tick=False):
        work()
    assert [mail["Keywords"] for mail in postbox.to(kari)] == ["status", None]
    assert "Being built" in postbox.to(kari)[1].get_body(("plain",)).get_content()
    assert move(ItemStatus.PLANNED, midnight + timedelta(hours=23, minutes=30)) == 2
    assert move(ItemStatus.IN_PROGRESS, midnight + timedelta(hours=25)) == 2


def test_a_merge_tells_the_people_of_the_merged_post_alone_and_undoing_it_is_no_news(session, make, told, work):
    moderator, manager = make.as_reader(make.moderator()), make.as_reader(make.manager())
    writer, voter, reader, other, both = (make.person() for _ in range(5))
    merged = make.post("Cold seats", author=writer, when=utcnow() - timedelta(days=40))
    stays = make.post("The seat is cold", author=other, when=utcnow() - timedelta(days=50))
    theme = make.theme("Cold", [merged, stays])
    of_area, of_theme, of_item = (make.person() for _ in range(3))
    for post, person in ((merged, voter), (merged, both), (stays, both)):
        make.vote(post, person)
    session.add(Follow(user_id=reader.id, subject="post", subject_id=merged.id, since=utcnow()))
    promotion = Promotion(title_en="Warm seats", owner_id=manager.id, is_public=True)
    item = promote_post(session, merged, promotion, by=manager)
    for person, subject, subject_id in (
        (of_area, "area", merged.area_id),
        (of_theme, "theme", theme.id),
        (of_item, "item", item.id),
    ):
        session.add(Follow(user_id=person.id, subject=subject, subject_id=subject_id, since=utcnow()))

    standing = merge(session, merged, stays, by=moderator)
    work(timedelta(minutes=11))
    assert {one.id: told(one) for one in (writer, voter, reader, both)} == {
        one.id: ["merged"] for one in (writer, voter, reader, both)
    }
    assert [told(one) for one in (other, of_area, of_theme, of_item)] == [[], [], [], []]

    # From now on what becomes of the item is told to the people of both, once each, and to who follows the item.
    move_item(session, item, ItemStatus.PLANNED, decision("planned"), by=manager)
    work(timedelta(minutes=30))
    everybody = (writer, voter, reader, both, other, of_item)
    assert [told(one)[-1:] for one in everybody] == [["status"]] * 6
    assert [len(told(one)) for one in everybody] == [2, 2, 2, 2, 1, 1]

    unmerge(session, standing, by=moderator)
    work(timedelta(minutes=60))
    assert [told(one)[-1] for one in (writer, voter, reader, both)] == ["unmerged"] * 4
    assert [told(one) for one in (other, of_area, of_theme)] == [["status"], [], []]


def test_an_author_is_told_what_became_of_theirs_being_about_something_else(session, make, manager, work, postbox):
    kari = make.person("Kari")
    post, theme = make.post("Cold seat", author=kari), make.theme("Door seals")
    for how, into in (("move", theme.id), ("keep_out", None), ("stays", None)):
        publish(session, PlaceDecided(post.id, kari.id, how, into, manager.id))
        work()

    texts = [mail.get_body(("plain",)).get_content() for mail in postbox.to(kari)]
    assert ["in the theme “Door seals” now" in text for text in texts] == [True, False, False]
    assert ["not in that theme any more" in text for text in texts] == [False, True, False]
    assert ["it stays in its theme" in text for text in texts] == [False, False, True]


def test_a_comment_that_was_asked_for_another_look_is_told_once(talk, make, session, work, told):
    _post, kari, _ola, ida, say = talk
    moderator = make.as_reader(make.moderator())
    comment = say()
    work()
    commenting.ask_author(session, comment, by=moderator, reason="No names, please.")
    change = CommentChange(body="Mine too, and no name.", version=comment.version)
    commenting.edit_comment(session, comment, change, by=make.as_reader(ida))
    commenting.open_comment(session, comment, by=moderator)
    work()

    assert told(kari) == ["comment"]


def test_a_comment_whose_approval_was_undone_at_once_is_told_when_it_is_approved_again(talk, make, session, work, told):
    _post, kari, _ola, _ida, say = talk
    moderator, newcomer = make.as_reader(make.moderator()), make.person("Per", approved_posts=0)
    comment = say(by=newcomer)
    for _time in range(2):
        commenting.open_comment(session, comment, by=moderator)
        commenting.restore_comment(session, comment, by=moderator, to=Moderation.WAITING)
        work()
    assert told(kari) == []

    commenting.open_comment(session, comment, by=moderator)
    work()
    assert told(kari) == ["comment"]
