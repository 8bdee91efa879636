"""Writing, opening, hiding, changing and following posts."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from forum.core.audit import AuditEntry
from forum.core.clock import standing_at, utcnow
from forum.core.errors import Conflict, Invalid, NotAllowed, TooMany
from forum.core.events import _receivers
from forum.core.people import ANYBODY, Role
from forum.posts import services, timeline
from forum.posts.events import PostChanged, PostPublished, PostSubmitted, PostUnlisted
from forum.posts.models import Follow, Post, Revision
from forum.posts.schemas import NewPost, PostChanges
from forum.posts.status import Kind, Moderation, Severity, Status

TITLE = "The heated seat is cold every morning"


@pytest.fixture
def heard():
    """The events of posts, as (name, post id), in the order they were published."""
    events = []

    def listen(_session, event):
        events.append((type(event).__name__, event.post_id))

    kinds = (PostSubmitted, PostPublished, PostChanged, PostUnlisted)
    for kind in kinds:
        _receivers[kind].insert(0, listen)
    yield events
    for kind in kinds:
        _receivers[kind].remove(listen)


def new(area, **values):
    return NewPost(**{"kind": "complaint", "title": TITLE, "body": "It is **cold**.", "area_id": area.id} | values)


def changes(post, **values):
    fixed = {"title": post.title, "body": post.body, "area_id": post.area_id, "version": post.version}
    return PostChanges(**fixed | values)


def area_counts(session, area):
    session.expire(area)
    return area.posts, area.unanswered


def test_a_trusted_person_s_post_is_open_at_once(session, make, heard):
    area, author = make.area(), make.reader()

    post = services.submit_post(session, new(area), by=author)

    assert (post.moderation, post.status, post.is_listed) == (Moderation.OPEN, Status.NEW, True)
    assert (post.title, post.body_html, post.excerpt) == (TITLE, "<p>It is <strong>cold</strong>.</p>\n", "It is cold.")
    assert (post.language, post.author_id, post.source) == ("en", author.id, "site")
    assert area_counts(session, area) == (1, 1)
    assert heard == [("PostPublished", post.id)]
    assert session.scalars(sa.select(Follow.subject_id)).all() == [post.id]
    assert [entry.sentence for entry in timeline.entries(session, post.id, ANYBODY)] == ["Posted here."]


@pytest.mark.parametrize("values", [{"approved_posts": 0}, {"verified_at": None}])
def test_a_new_or_unverified_person_s_post_waits(session, make, heard, values):
    area, author = make.area(), make.reader(**values)

    post = services.submit_post(session, new(area), by=author)

    assert (post.moderation, post.is_listed, post.newest_key) == (Moderation.WAITING, False, None)
    assert area_counts(session, area) == (0, 0)
    assert heard == [("PostSubmitted", post.id)]


def test_the_team_need_not_wait(session, make):
    post = services.submit_post(session, new(make.area()), by=make.reader("", Role.EMPLOYEE, approved_posts=0))

    assert post.moderation is Moderation.OPEN


def test_opening_a_first_post_lets_its_author_be_trusted(session, make, heard):
    area, person = make.area(), make.person(approved_posts=0)
    post = services.submit_post(session, new(area), by=make.as_reader(person))
    moderator = make.as_reader(make.moderator())

    services.open_post(session, post, by=moderator)

    session.expire_all()
    assert (post.moderation, post.is_listed, person.approved_posts) == (Moderation.OPEN, True, 1)
    assert area_counts(session, area) == (1, 1)
    assert heard == [("PostSubmitted", post.id), ("PostPublished", post.id)]
    assert session.scalars(sa.select(AuditEntry.action)).all() == ["post.open"]
    with pytest.raises(Conflict, match="meanwhile"):
        services.open_post(session, post, by=moderator)


def test_an_approval_can_be_taken_back(session, make, heard):
    person = make.person(approved_posts=0)
    post = services.submit_post(session, new(make.area()), by=make.as_reader(person))
    moderator = make.as_reader(make.moderator())
    services.open_post(session, post, by=moderator)

    services.restore_post(session, post, by=moderator, reason="Too early.", to=Moderation.WAITING)

    session.expire_all()
    assert (post.moderation, post.published_at, person.approved_posts) == (Moderation.WAITING, None, 0)
    assert heard[-1] == ("PostUnlisted", post.id)


@pytest.mark.parametrize(
    ("take_out", "state"),
    [
        (services.hide_post, Moderation.HIDDEN),
        (services.remove_post, Moderation.REMOVED),
        (services.ask_author, Moderation.ASKED),
    ],
)
def test_a_moderator_takes_a_post_out_of_sight_and_puts_it_back(session, make, heard, take_out, state):
    area, moderator = make.area(), make.as_reader(make.moderator())
    post = services.submit_post(session, new(area), by=make.reader())
    when = post.published_at

    take_out(session, post, by=moderator, reason=" It names a neighbour. ")
    assert (post.moderation, post.moderation_reason, post.is_listed) == (state, "It names a neighbour.", False)
    assert area_counts(session, area) == (0, 0)

    services.restore_post(session, post, by=moderator, reason="The name is gone.")
    assert (post.moderation, post.moderation_reason, post.published_at) == (Moderation.OPEN, "", when)
    assert area_counts(session, area) == (1, 1)
    assert [name for name, _id in heard] == ["PostPublished", "PostUnlisted", "PostPublished"]
    entries = session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(entry.reason, entry.about_id) for entry in entries] == [
        ("It names a neighbour.", post.author_id),
        ("The name is gone.", post.author_id),
    ]


def test_taking_out_of_sight_needs_a_role_and_a_reason(session, make):
    post = make.post()
    with pytest.raises(NotAllowed, match="Only moderators"):
        services.hide_post(session, post, by=make.as_reader(make.manager()), reason="No.")
    with pytest.raises(Invalid, match="the author reads it"):
        services.remove_post(session, post, by=make.as_reader(make.moderator()), reason=" ")

    assert post.moderation is Moderation.OPEN


def test_an_edit_keeps_how_it_read_before(session, make, heard):
    author = make.reader()
    post = services.submit_post(session, new(make.area()), by=author)
    written = post.created_at

    services.edit_post(session, post, changes(post, title="Seat heating fails", body="Cold."), by=author)

    assert (post.title, post.body_html, post.version) == ("Seat heating fails", "<p>Cold.</p>\n", 2)
    kept = session.scalars(sa.select(Revision)).one()
    assert (kept.title, kept.body, kept.written_at) == (TITLE, "It is **cold**.", written)
    assert heard[-1] == ("PostChanged", post.id)


def test_an_edit_that_changes_no_word_leaves_no_version(session, make):
    author = make.reader()
    post = services.submit_post(session, new(make.area()), by=author)

    services.edit_post(session, post, changes(post, language="nb"), by=author)

    assert (post.language, post.edited_at) == ("nb", None)
    assert session.scalars(sa.select(Revision)).all() == []


def test_of_two_edits_of_one_version_the_second_is_told(session, make):
    author = make.reader()
    post = services.submit_post(session, new(make.area()), by=author)
    stale = changes(post, title="Second")
    services.edit_post(session, post, changes(post, title="First"), by=author)

    with pytest.raises(Conflict, match="Both versions"):
        services.edit_post(session, post, stale, by=author)

    assert post.title == "First"


def test_only_the_author_changes_a_post_and_not_after_removal(session, make):
    author = make.person()
    post = make.post(author=author)
    for who in (make.reader(), make.as_reader(make.admin())):
        with pytest.raises(NotAllowed, match="Only its author"):
            services.edit_post(session, post, changes(post, title="Mine"), by=who)

    removed = make.post(author=author, moderation=Moderation.REMOVED)
    with pytest.raises(NotAllowed):
        services.edit_post(session, removed, changes(removed, title="Again"), by=make.as_reader(author))


def test_moving_a_post_moves_what_the_areas_count(session, make):
    author, seats, climate = make.reader(), make.area(), make.area()
    post = services.submit_post(session, new(seats), by=author)

    services.edit_post(session, post, changes(post, area_id=climate.id), by=author)

    assert (area_counts(session, seats), area_counts(session, climate)) == ((0, 0), (1, 1))


def test_a_post_can_become_private_and_public_again(session, make, heard):
    area, author = make.area(), make.reader()
    post = services.submit_post(session, new(area), by=author)

    services.edit_post(session, post, changes(post, visibility="private"), by=author)
    assert (post.is_listed, post.newest_key, area_counts(session, area)) == (False, None, (0, 0))
    services.edit_post(session, post, changes(post), by=author)

    assert (post.is_listed, area_counts(session, area)) == (True, (1, 1))
    published, unlisted, changed = (("Post" + word, post.id) for word in ("Published", "Unlisted", "Changed"))
    assert heard == [published, unlisted, changed, published, changed]


def test_a_private_post_is_published_to_nobody(session, make, heard):
    post = services.submit_post(session, new(make.area(), visibility="private"), by=make.reader())

    assert (post.moderation, post.is_listed, post.published_at) == (Moderation.OPEN, False, None)
    assert heard == []


def test_a_post_that_was_asked_to_change_waits_again_when_changed(session, make, heard):
    person = make.person()
    post = make.post(author=person, moderation=Moderation.ASKED)

    services.edit_post(session, post, changes(post, body="Without the name."), by=make.as_reader(person))

    assert post.moderation is Moderation.WAITING
    assert heard[-1] == ("PostSubmitted", post.id)


def test_severity_is_said_by_the_author_of_a_complaint(session, make):
    person = make.person()
    complaint, idea = make.post(author=person), make.post(author=person, kind=Kind.IDEA)

    services.set_severity(session, complaint, Severity.UNSAFE, by=make.as_reader(person))

    assert complaint.severity is Severity.UNSAFE
    with pytest.raises(NotAllowed):
        services.set_severity(session, complaint, Severity.ANNOYS, by=make.reader())
    with pytest.raises(Invalid, match="Only complaints"):
        services.set_severity(session, idea, Severity.ANNOYS, by=make.as_reader(person))


def test_a_status_follows_the_item_else_the_answer(session, make):
    post, answered = make.post(), make.post(answered_at=utcnow())

    services.set_status(session, post, Status.PLANNED)
    services.set_status(session, post, Status.PLANNED)
    services.set_status(session, answered, Status.IN_PROGRESS, tell=False)
    session.flush()
    assert (post.status, answered.status) == (Status.PLANNED, Status.IN_PROGRESS)
    assert [entry.sentence for entry in timeline.entries(session, post.id, ANYBODY)] == ["It is planned."]
    assert timeline.entries(session, answered.id, ANYBODY) == []

    services.set_status(session, post, None)
    services.set_status(session, answered, None)
    assert (post.status, answered.status) == (Status.NEW, Status.ANSWERED)


def test_following_twice_is_following_once(session, make):
    post, person = make.post(), make.reader()
    services.follow(session, post, by=person)
    services.follow(session, post, by=person)
    assert session.scalars(sa.select(Follow.user_id)).all() == [person.id]

    services.unfollow(session, post, by=person)
    assert session.scalars(sa.select(Follow)).all() == []
    with pytest.raises(NotAllowed):
        services.follow(session, post, by=ANYBODY)


def test_an_import_is_open_at_once_with_its_own_day(session, make, heard):
    area, person = make.area(), make.person(approved_posts=0)
    day = utcnow() - timedelta(days=200)

    post = services.import_post(
        session,
        area=area,
        kind=Kind.COMPLAINT,
        title="word " * 60,
        body="",
        language="",
        author_id=person.id,
        written_at=day,
        source="import",
        severity=Severity.ANNOYS,
    )

    assert (post.is_listed, post.created_at, post.published_at) == (True, day, day)
    assert (len(post.title) <= 140, post.title[-2:], post.body) == (True, "d…", ("word " * 60).strip())
    assert (post.owed_key, post.severity, person.approved_posts) == (None, Severity.ANNOYS, 0)
    assert heard == [("PostPublished", post.id)]
    assert session.scalars(sa.select(Follow)).all() == []
    assert [entry.sentence for entry in timeline.entries(session, post.id, ANYBODY)] == [
        "Heard elsewhere and brought here."
    ]


def test_the_pace_of_posting_is_limited(session, make):
    area, author, now = make.area(), make.reader(), utcnow()
    services.check_pace(session, author)
    with standing_at(now):
        services.submit_post(session, new(area), by=author)
    apart = r"Leave 15 seconds between two posts.*again in 1 second"
    with standing_at(now + timedelta(seconds=14)), pytest.raises(TooMany, match=apart):
        services.check_pace(session, author)
    for minute in range(1, 20):
        with standing_at(now + timedelta(minutes=minute)):
            services.check_pace(session, author)
            services.submit_post(session, new(area), by=author)

    with (
        standing_at(now + timedelta(hours=2)),
        pytest.raises(TooMany, match=r"20 posts within a day.*again in 22 hours"),
    ):
        services.check_pace(session, author)
    with standing_at(now + timedelta(days=1, minutes=1)):
        services.check_pace(session, author)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 141}, "title"),
        ({"body": "x" * 10_001}, "body"),
        ({"kind": "praise"}, "kind"),
        ({"language": "xx-yy"}, "language"),
        ({"title": "null \0"}, "title"),
        ({"status": "launched"}, "status"),
        ({"author_id": 1}, "author_id"),
    ],
)
def test_what_cannot_be_posted(make, values, field):
    with pytest.raises(ValueError) as problem:
        new(make.area(), **values)

    assert [error["loc"][0] for error in problem.value.errors()] == [field]


def test_posting_needs_somebody_and_somewhere(session, make):
    area = make.area()
    with pytest.raises(NotAllowed, match="Sign in"):
        services.submit_post(session, new(area), by=ANYBODY)
    with pytest.raises(Invalid, match="from the list"):
        services.submit_post(session, new(area, area_id=999), by=make.reader())

    assert session.scalars(sa.select(Post)).all() == []
    assert area_counts(session, area) == (0, 0)
