"""Languages, versions, steps and views: the small parts of posts that need no page."""

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from forum.accounts.models import User
from forum.core.clock import standing_at, utcnow
from forum.core.people import ANYBODY, Role
from forum.posts import counting, readers, timeline
from forum.posts.history import compare
from forum.posts.language import guess_language
from forum.posts.models import PostReader
from forum.posts.path import steps
from forum.posts.ranking import OWED_VIEWS
from forum.posts.schemas import NewPost
from forum.posts.status import Kind, Status


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The heated seat fails every cold morning", "en"),
        ("Setevarmen slutter å virke hver kalde morgen", "nb"),
        ("Sædevarmen holder op med at virke hver kolde morgen", "da"),
        ("Die Sitzheizung geht jeden Morgen nicht", "de"),
        ("", "und"),
        ("?!", "und"),
        ("123 456", "und"),
        ("Sensor", "und"),
    ],
)
def test_the_language_is_guessed_from_the_text(text, language):
    assert guess_language(text) == language


def test_what_nobody_sees_is_left_out_of_what_is_written():
    new = NewPost(kind=Kind.IDEA, area_id=1, title="Cold\u202e taes\x07", body="One\x0bline\u2066 and\r\nmore\x9b")

    assert (new.title, new.body) == ("Cold taes", "One\nline and\r\nmore")
    with pytest.raises(ValueError, match="at least 1 character"):
        NewPost(kind=Kind.IDEA, area_id=1, title="\u202e\x07")


@pytest.mark.parametrize(
    ("before", "after", "pieces"),
    [
        ("", "", []),
        ("same", "same", [("same", "same")]),
        ("", "new", [("new", "new")]),
        ("gone", "", [("gone", "gone")]),
        ("a b c", "a x c", [("same", "a "), ("gone", "b"), ("new", "x"), ("same", " c")]),
        ("a\n\nb", "a\nb", [("same", "a"), ("gone", "\n\n"), ("new", "\n"), ("same", "b")]),
    ],
)
def test_two_versions_are_compared_word_by_word(before, after, pieces):
    assert compare(before, after) == pieces


def test_comparing_loses_no_sign_and_takes_no_time():
    before, after = "word " * 2000, "other words " * 800 + "ÆØÅ 👍"
    begun = datetime.now(UTC)

    for one, other in ((before, after), ("a " * 5000, "b a " * 2500), (after, before)):
        pieces = compare(one, other)
        assert "".join(text for kind, text in pieces if kind != "new") == one
        assert "".join(text for kind, text in pieces if kind != "gone") == other

    assert datetime.now(UTC) - begun < timedelta(seconds=5)


DAY = datetime(2026, 5, 1, tzinfo=UTC)
NEW, ANSWERED, REVIEW = Status.NEW, Status.ANSWERED, Status.IN_REVIEW


@pytest.mark.parametrize(
    ("status", "reached", "expected"),
    [
        (NEW, {NEW: DAY}, ["now", "", "", "", "", ""]),
        (ANSWERED, {NEW: DAY, ANSWERED: DAY}, ["done", "now", "", "", "", ""]),
        (Status.PLANNED, {NEW: DAY}, ["done", "done", "now", "", ""]),
        (Status.LAUNCHED, {NEW: DAY, ANSWERED: DAY}, ["done"] * 5 + ["now"]),
        (Status.NOT_NOW, {NEW: DAY, REVIEW: DAY}, ["done", "done", "now"]),
    ],
)
def test_the_way_of_a_status(status, reached, expected):
    way = steps(status, reached)

    assert [state for _status, _at, state in way] == expected
    assert next(one for one, _at, state in way if state == "now") is status
    assert (ANSWERED in [one for one, _at, _state in way]) == (ANSWERED in reached or status in (NEW, ANSWERED))


def test_a_timeline_tells_the_public_what_is_public(session, make):
    post = make.post()
    timeline.add(session, post.id, "heard", source="import")
    timeline.add(session, post.id, "moved", status="planned", is_public=False, why="We must.")
    session.flush()

    assert [entry.sentence for entry in timeline.entries(session, post.id, ANYBODY)] == [
        "Heard elsewhere and brought here."
    ]
    team = timeline.entries(session, post.id, make.reader("", Role.EMPLOYEE))
    assert [(entry.sentence, entry.why, entry.state) for entry in team][1:] == [("It is planned.", "We must.", "now")]


def test_every_entry_needs_its_words(session, make):
    with pytest.raises(ValueError, match="nobody words"):
        timeline.add(session, make.post().id, "unheard of")


def test_each_reader_of_a_day_is_one_view_until_the_post_has_had_its_share(session, make):
    post, today = make.post(), utcnow().date()
    noted = [(post.id, f"reader {n}", today) for n in range(OWED_VIEWS - 1)]

    readers.write_readers(session, noted)
    readers.write_readers(session, noted[:5])
    session.refresh(post)
    assert (post.views, post.owed_key) == (OWED_VIEWS - 1, post.newest_key)

    readers.write_readers(session, [(post.id, "one more", today)])
    session.refresh(post)
    assert (post.views, post.owed_key) == (OWED_VIEWS, None)


def test_readers_of_a_post_that_is_gone_are_left_out(session, make):
    post, today = make.post(), utcnow().date()

    readers.write_readers(session, [(post.id + 1, "somebody", today), (post.id, "somebody", today)])

    assert session.scalars(sa.select(PostReader.post_id)).all() == [post.id]


def test_after_two_weeks_no_views_are_owed(session, make):
    old, fresh = make.post(when=utcnow() - timedelta(days=15)), make.post()
    old.owed_key = old.newest_key
    session.flush()

    readers.write_readers(session, [(fresh.id, "somebody", utcnow().date())])
    session.expire_all()

    assert (old.owed_key, fresh.owed_key) == (None, fresh.newest_key)


def test_readers_are_noted_in_memory_and_written_later(session, make, visitor):
    readers.READERS.flush()
    post = make.post()
    visitor.open(f"/posts/{post.id}").open(f"/posts/{post.id}")
    assert session.scalars(sa.select(PostReader)).all() == []
    session.commit()

    readers.READERS.flush()

    session.expire_all()
    row = session.scalars(sa.select(PostReader)).one()
    assert (row.post_id, row.day, len(row.reader_hash)) == (post.id, utcnow().date(), 32)
    assert post.views == 1


def test_a_reader_s_hash_differs_from_day_to_day():
    assert readers._hash("somebody", date(2026, 5, 1)) != readers._hash("somebody", date(2026, 5, 2))


def test_a_view_is_a_persons(visitor, session, make):
    post = make.post(when=utcnow())
    for agent in ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Googlebot/2.1", ""):
        visitor.open(f"/posts/{post.id}", headers={"User-Agent": agent})
    visitor.sign_in(session.get_one(User, post.author_id)).open(f"/posts/{post.id}")
    readers.READERS.flush()

    session.refresh(post)
    assert post.views == 1


def test_reply_times_are_the_median_of_what_was_posted_here(session, make):
    area, now = make.area(), utcnow()
    for minutes, source in ((10, "site"), (30, "site"), (500, "site"), (1, "import")):
        post = make.post(area=area, when=now - timedelta(hours=10), source=source)
        post.answered_at = post.last_answered_at = post.published_at + timedelta(minutes=minutes)
        counting.refresh_keys(post)
    session.flush()
    make.post(area=area)

    counting.refresh_reply_time(session, area.id)

    session.refresh(area)
    assert area.reply_minutes == 30


def test_counters_of_areas_can_be_counted_afresh(session, make):
    area = make.area(posts=99, unanswered=99)
    with standing_at(utcnow()):
        make.post(area=area)
        make.post(area=area, answered_at=utcnow())

    counting.recount_areas(session, [area.id])

    session.refresh(area)
    assert (area.posts, area.unanswered) == (2, 1)
