"""Erasing an account: nothing of the person is left anywhere, and every count is what its rows say."""

import json
import re
import zipfile
from contextlib import suppress
from datetime import timedelta
from itertools import count

import pytest
import sqlalchemy as sa
import time_machine

from config import settings
from forum.accounts import erasing, exporting
from forum.accounts.models import Consent, User
from forum.accounts.queries import profile
from forum.accounts.sessions import open_sign_in, reader_from
from forum.accounts.status import AccountState, ConsentKind
from forum.backlog.models import BacklogItem, Evidence
from forum.backlog.status import Behind, ItemStatus
from forum.core import outbox
from forum.core.audit import AuditEntry
from forum.core.clock import utcnow
from forum.core.database import Model, engine
from forum.core.errors import Conflict, NotAllowed
from forum.core.jobs import Job
from forum.core.outbox import MailState, OutboxMail, deliver, send_mail
from forum.core.people import ANYBODY
from forum.launches.models import Launch, Receipt, Verdict
from forum.launches.status import Answer
from forum.moderation import conduct, log
from forum.moderation.models import Case
from forum.moderation.schemas import Reporting
from forum.moderation.services import open_case, report
from forum.moderation.spam import read_decisions
from forum.moderation.status import CaseKind, Decision, Reason, ReportReason
from forum.posts import counting, drafts, merging, services
from forum.posts import erasing as posts_erasing
from forum.posts.commenting import add_comment
from forum.posts.erasing import forget_some
from forum.posts.jobs import forget_person
from forum.posts.models import Comment, Follow, Post, Vote
from forum.posts.reading import read_post
from forum.posts.schemas import DraftFields, NewComment, PostChanges
from forum.posts.status import Interest, Moderation, Visibility, Voice
from forum.posts.voting import PostId, cast_vote
from forum.products.models import Area
from forum.search.services import index_post
from tests.make import Make

WORD = "zqerase"  # stands in everything the person wrote or is called


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=[pytest.mark.postgresql, pytest.mark.long])])
def session(request):
    """A session on either database."""
    name = "postgresql_session" if request.param == "postgresql" else "sqlite_session"
    return request.getfixturevalue(name)


@pytest.fixture
def sqlite_session():
    from forum.core.database import new_session

    with new_session(reading=True) as session:
        yield session


@pytest.fixture
def make(session):
    return Make(session)


@pytest.fixture
def person(session, make) -> User:
    """Somebody with something everywhere."""
    user = make.person(f"Kari {WORD}", email=f"{WORD}@example.com", attributes={"plan": WORD})
    _writes(session, make, user)
    _is_remembered(session, make, user)
    session.commit()
    return user


def _writes(session, make, user):
    reader, other = reader_from(session, user), make.person("Ola")
    own = make.post(f"My {WORD} seat", body=f"It is **{WORD}** cold.", author=user)
    plain = make.post(f"The {WORD} window", author=user)
    private = make.post(f"Private {WORD}", author=user, visibility=Visibility.PRIVATE)
    make.post(f"Waiting {WORD}", author=user, moderation=Moderation.WAITING)
    theirs = make.post("The roof leaks", author=other)
    third = make.post("The roof is wet", author=other)
    for post in (own, plain, theirs):
        index_post(session, post.id)
    changes = PostChanges(title=own.title, body=f"Still {WORD} cold.", area_id=own.area_id, version=own.version)
    services.edit_post(session, own, changes, by=reader)
    make.vote(own, other)
    add_comment(session, own, NewComment(body="I have it, too."), by=make.as_reader(other))
    add_comment(session, theirs, NewComment(body=f"Mine is {WORD}."), by=reader)
    merging.merge(session, third, theirs, by=make.as_reader(make.moderator()))
    for post in (theirs, third):
        cast_vote(session, PostId(post.id), by=reader, interest=Interest.BUY)
    services.follow(session, theirs, by=reader)
    drafts.save_draft(session, DraftFields(title=f"Draft {WORD}"), by=reader)
    report(session, theirs, Reporting(reason=ReportReason.OTHER, text=f"Says {WORD}"), by=reader)
    open_case(session, CaseKind.FIRST_POST, private.id)


def _is_remembered(session, make, user):
    own = session.scalars(sa.select(Post).where(Post.author_id == user.id).order_by(Post.id)).first()
    now, manager = utcnow(), make.manager()
    theme = make.theme("Cold", [own])
    theme.terms, theme.suggestion, theme.exemplar_ids = ["cold", WORD], f"{WORD}, cold", [own.id]
    item = BacklogItem(
        product_id=own.product_id,
        title={"en": "Warm seats"},
        problem={"en": f"“My {WORD} seat”\n\nPeople freeze."},
        status=ItemStatus.LAUNCHED,
        owner_id=manager.id,
        promoted_at=now,
        promoted_by_id=manager.id,
        status_at=now,
        counted_at=now,
    )
    make._add(item)
    make._add(Evidence(item_id=item.id, post_id=own.id, added_at=now, added_by_id=manager.id))
    words = {"en": "Warm seats"}
    launch = Launch(
        item_id=item.id,
        product_id=own.product_id,
        title=words,
        announcement=words,
        announcement_html=words,
        launched_at=now,
        launched_by_id=manager.id,
    )
    make._add(launch)
    for one in (user, make.person("Voter")):
        kept = {"post_id": own.id, "sentence": f"My {WORD} seat", "said_at": now, "created_at": now}
        make._add(Receipt(launch_id=launch.id, user_id=one.id, behind=Behind.AUTHOR, **kept))
    make._add(Verdict(launch_id=launch.id, user_id=user.id, answer=Answer.NO, words=WORD, answered_at=now))
    make._add(Consent(user_id=user.id, kind=ConsentKind.CREDIT, given_at=now))
    open_sign_in(session, user.id, browser=f"Browser of {WORD}")
    send_mail(session, to=user.email, subject=f"To {WORD}", text=WORD, cause="test", language="en", user_id=user.id)


def places_with(session, word):
    """Every table and column in which a word stands."""
    session.expire_all()
    for table in Model.metadata.sorted_tables:
        for row in session.execute(sa.select(table)).mappings():
            yield from (f"{table.name}.{name}" for name, value in row.items() if word in str(value).casefold())


def faults_in_counts(session):
    """Every stored counter that is not what its rows say."""
    session.expire_all()
    for post in session.scalars(sa.select(Post).order_by(Post.id)).all():
        names = ("votes", "votes_try", "votes_buy", "effective_votes", "comments", "is_listed", "wanted_key")
        before = [getattr(post, name) for name in names]
        counting.recount(session, post)
        if before != [getattr(post, name) for name in names]:
            yield f"post {post.id}: {before}"
    session.rollback()


def close(session, person, *, keeps_words):
    """What the request does."""
    erasing.erase_person(session, person, keeps_words=keeps_words, by=reader_from(session, person))
    session.commit()


def erase(session, person, *, keeps_words):
    """The request, and the jobs that it leaves."""
    close(session, person, keeps_words=keeps_words)
    forget_person(user_id=person.id, keeps_words=keeps_words)
    for mail_id in session.scalars(sa.select(OutboxMail.id)).all():
        deliver(mail_id=mail_id)
    session.rollback()  # what it reads from now on is fresh


def test_words_that_go_are_nowhere_in_the_database(session, person):
    assert len(set(places_with(session, WORD))) > 15

    erase(session, person, keeps_words=False)

    assert sorted(set(places_with(session, WORD))) == []
    assert list(faults_in_counts(session)) == []


def test_words_that_stay_stand_without_a_name(session, person):
    erase(session, person, keeps_words=True)

    left = set(places_with(session, WORD))
    assert {place.partition(".")[0] for place in left} <= {
        *("posts", "comments", "revisions", "search_entries", "themes", "backlog_items", "receipts"),
    }
    assert session.scalars(sa.select(Post.id).where(Post.author_id == person.id)).all() == []
    assert session.scalars(sa.select(Comment.id).where(Comment.author_id == person.id)).all() == []
    assert session.scalars(sa.select(Post.moderation).where(Post.title.contains("Waiting"))).all() == []
    assert list(faults_in_counts(session)) == []


@pytest.mark.parametrize("keeps_words", [True, False])
def test_votes_follows_and_sign_ins_go_and_the_person_is_a_shell(session, person, keeps_words):
    erase(session, person, keeps_words=keeps_words)

    for model in (Vote, Follow):
        assert session.scalars(sa.select(model).where(model.user_id == person.id)).all() == []
    shell = session.get_one(User, person.id, populate_existing=True)
    assert (shell.state, shell.display_name, shell.email, shell.password_hash) == (AccountState.ERASED, "", None, None)
    entry = session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "account.erase")).one()
    assert (entry.about_id, entry.details) == (person.id, {"keeps_words": keeps_words})


def test_what_a_moderator_wrote_to_them_is_read_in_the_log_no_longer(session, make, person):
    moderator = make.as_reader(make.moderator())
    conduct.warn(session, person, Reason.RUDE, f"Dear {WORD}, please.", by=moderator)
    assert WORD in log.export(session, moderator, log.Filters())

    erase(session, person, keeps_words=True)

    assert WORD not in log.export(session, moderator, log.Filters())


@pytest.mark.parametrize("keeps_words", [True, False])
def test_nothing_of_the_person_can_be_seen_before_the_jobs_are_done(session, make, person, keeps_words):
    talked, alone, private, waiting = session.scalars(
        sa.select(Post.id).where(Post.author_id == person.id).order_by(Post.id)
    ).all()
    session.execute(sa.update(Area).values(posts=4, unanswered=4))

    close(session, person, keeps_words=keeps_words)

    everybody = [make.reader(), make.as_reader(make.moderator()), ANYBODY]
    assert profile(session, person.id) is None
    assert not any(read_post(session, waiting, reader) for reader in everybody)
    found = [read_post(session, post_id, reader) for post_id in (talked, alone, private) for reader in everybody]
    assert {post.author_name for post in found if post} == {None}
    if not keeps_words:
        assert not any(WORD in f"{post.title} {post.body_html}" for post in found if post)
        assert session.scalars(sa.select(Comment.moderation).where(Comment.body.contains(WORD))).all() == [
            Moderation.ERASED
        ]
    session.expire_all()
    listed = session.scalar(sa.select(sa.func.count()).where(Post.is_listed))
    assert session.scalars(sa.select(Area.posts)).one() == (4 if keeps_words else 2)
    assert listed == (3 if keeps_words else 1)


@pytest.mark.parametrize("keeps_words", [True, False])
def test_a_job_that_is_killed_half_way_goes_on_to_the_same_end(sqlite_session, monkeypatch, keeps_words):
    make = Make(sqlite_session)
    user = make.person(f"Kari {WORD}", email=f"{WORD}@example.com")
    _writes(sqlite_session, make, user)
    _is_remembered(sqlite_session, make, user)
    sqlite_session.commit()
    close(sqlite_session, user, keeps_words=keeps_words)
    path = settings().data_dir / "forum.db"
    sqlite_session.connection().exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    sqlite_session.close()
    before = path.read_bytes()

    def run(*, dies_after=0):
        pieces = count(1)

        def forget(session, *arguments, **chosen):
            is_more = forget_some(session, *arguments, **chosen)
            if next(pieces) == dies_after:
                raise MemoryError
            return is_more

        monkeypatch.setattr(posts_erasing, "forget_some", forget)
        with suppress(MemoryError), time_machine.travel("2026-03-03 12:00", tick=False):
            forget_person(user_id=user.id, keeps_words=keeps_words)

    run()
    whole = dump(sqlite_session)
    for dies_after in (2, 4):
        sqlite_session.close()
        engine().dispose()
        path.write_bytes(before)
        run(dies_after=dies_after)
        assert dump(sqlite_session) != whole
        run()
        assert dump(sqlite_session) == whole


def dump(session):
    """Every row there is."""
    session.rollback()
    return {table.name: session.execute(sa.select(table)).all() for table in Model.metadata.sorted_tables}


def test_the_last_mail_says_what_went_and_its_address_is_forgotten(session, person):
    close(session, person, keeps_words=False)

    mail = session.scalars(sa.select(OutboxMail)).one()
    assert (mail.to_address, mail.subject, mail.user_id) == (person_address(), "Your account was erased", None)
    assert "- 4 posts and their pictures go.\n- 1 comment goes.\n- 1 vote is taken out" in mail.text
    deliver(mail_id=mail.id)
    session.rollback()
    session.refresh(mail)
    assert (mail.to_address, mail.text, mail.state) == ("", "", MailState.SENT)
    (kept,) = (settings().data_dir / "mail").iterdir()
    assert f"To: {person_address()}" in kept.read_text()


def person_address():
    return f"{WORD}@example.com"


def test_the_address_of_a_last_mail_is_forgotten_when_no_server_takes_it(session, person, monkeypatch):
    close(session, person, keeps_words=True)
    mail = session.scalars(sa.select(OutboxMail)).one()
    monkeypatch.setattr(outbox._Line, "send", lambda line, message: 1 / 0)

    for _try in range(len(outbox.DELAYS) + 1):
        assert session.get_one(OutboxMail, mail.id, populate_existing=True).to_address == person_address()
        session.rollback()
        deliver(mail_id=mail.id)

    session.rollback()
    session.refresh(mail)
    assert (mail.to_address, mail.text, mail.state) == ("", "", MailState.DROPPED)


def test_nobody_is_written_to_at_an_address_that_was_not_proved(session, make):
    person = make.person("Kari", verified_at=None)
    session.commit()
    close(session, person, keeps_words=True)
    assert session.scalars(sa.select(OutboxMail)).all() == []


def test_a_merged_group_counts_one_less(session, make, person):
    survivor = session.scalars(sa.select(Post).where(Post.title == "The roof leaks")).one()
    assert (survivor.votes, survivor.votes_buy) == (1, 1)

    erase(session, person, keeps_words=True)

    session.refresh(survivor)
    assert (survivor.votes, survivor.votes_buy, survivor.comments) == (0, 0, 1)


def test_what_others_hang_on_stays_as_a_shell_and_the_rest_is_not_there(session, make, person):
    talked, alone = session.scalars(sa.select(Post).where(Post.author_id == person.id).order_by(Post.id)).all()[:2]

    erase(session, person, keeps_words=False)

    somebody = make.reader()
    shell = read_post(session, talked.id, somebody)
    assert (shell.title, shell.body_html, shell.votes, shell.comments) == ("Erased by its author", "", 1, 1)
    assert read_post(session, alone.id, somebody) is None


def test_posts_merged_into_an_erased_one_stand_by_themselves_again(session, make, person):
    own = session.scalars(sa.select(Post).where(Post.author_id == person.id).order_by(Post.id)).first()
    other = make.post("My seat is cold, too")
    merging.merge(session, other, own, by=make.as_reader(make.moderator()))
    session.commit()

    erase(session, person, keeps_words=False)

    session.refresh(other)
    assert (other.moderation, other.is_listed, other.survivor_id) == (Moderation.OPEN, True, None)
    assert list(faults_in_counts(session)) == []


def test_what_was_said_for_the_company_stays(session, make):
    colleague = make.moderator()
    post = make.post("The seat is cold")
    said = NewComment(body="We look into it.", voice=Voice.OFFICIAL)
    add_comment(session, post, said, by=make.as_reader(colleague))

    erase(session, colleague, keeps_words=False)

    (answer,) = session.scalars(sa.select(Comment)).all()
    assert (answer.body, answer.moderation, answer.author_id) == ("We look into it.", Moderation.OPEN, None)


def test_only_the_person_and_admins_erase_and_never_the_last_admin(session, make, person):
    admin = make.admin()

    with pytest.raises(NotAllowed):
        erasing.erase_person(session, person, keeps_words=True, by=make.reader())
    with pytest.raises(Conflict):
        erasing.erase_person(session, admin, keeps_words=True, by=make.as_reader(admin))
    erasing.erase_person(session, person, keeps_words=True, by=make.as_reader(admin), reason="Asked by letter.")

    assert person.state is AccountState.ERASED


def test_the_file_holds_what_every_stage_knows_and_none_of_our_secrets(session, person):
    row = exporting.ask_for_export(session, by=reader_from(session, person))
    session.commit()
    result = exporting.export(user_id=person.id)
    row.result, row.finished_at = result, utcnow()
    session.commit()

    path = exporting.file_of(session, reader_from(session, person), row.id)
    with zipfile.ZipFile(path) as packed:
        parts = {name: packed.read(name).decode() for name in packed.namelist()}
    for part in ("account", "posts", "comments", "history", "drafts", "receipts", "reports", "sign_ins"):
        assert WORD in parts[f"{part}.json"], part
    for part in ("votes", "follows", "consents"):
        assert json.loads(parts[f"{part}.json"]), part
    assert "hash" not in "".join(parts.values())
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_the_file_is_made_of_every_table_that_says_whose_a_row_is(person, queries):
    whose = {"user_id", "author_id", "owner_id", "reporter_id"}
    owned = {table.name for table in Model.metadata.sorted_tables if not whose.isdisjoint(table.c.keys())}
    ours = {"backlog_items", "guarded_names", "one_time_tokens", "outbox_mails", "segment_members", "status_mails"}
    queries.clear()

    exporting.export(user_id=person.id)

    read = {name for statement in queries for name in re.findall(r"(?:FROM|JOIN) (\w+)", statement)}
    assert owned - read == ours  # our work, or what only we need to know


def test_a_file_is_its_owners_alone_for_seven_days_and_goes_with_the_account(session, make, person):
    reader = reader_from(session, person)
    row = exporting.ask_for_export(session, by=reader)
    session.commit()
    row.result, row.finished_at = exporting.export(user_id=person.id), utcnow()
    session.commit()
    path = exporting.file_of(session, reader, row.id)

    assert exporting.file_of(session, make.reader(), row.id) is None
    row.finished_at = utcnow() - timedelta(days=8)
    session.commit()
    assert exporting.file_of(session, reader, row.id) is None
    erase(session, person, keeps_words=True)
    assert not path.exists()


def test_the_end_of_a_file_is_planned(session, person):
    name = exporting.export(user_id=person.id)["file"]

    (planned,) = session.scalars(sa.select(Job).where(Job.name == "accounts.drop_export")).all()
    assert planned.arguments == {"name": name}
    assert planned.run_at > utcnow() + timedelta(days=6)
    exporting.drop_export(**planned.arguments)
    assert list(exporting.folder().iterdir()) == []


def test_what_was_learnt_from_erased_words_is_learnt_anew(session, make, person):
    post = make.post(f"Cheap {WORD}", author=person, moderation=Moderation.REMOVED)
    said = {"decision": Decision.REMOVED, "ground": Reason.SPAM, "opened_at": utcnow(), "decided_at": utcnow()}
    make._add(Case(kind=CaseKind.SPAM, post_id=post.id, **said))
    session.commit()
    assert WORD in str(read_decisions(session))

    erase(session, person, keeps_words=True)

    assert read_decisions(session) == ([], [])
    assert session.scalars(sa.select(Job.id).where(Job.name == "moderation.learn_spam")).all()
