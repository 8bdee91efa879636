"""Erasing an account: nothing of the person is left anywhere, and every count is what its rows say."""

import json
import zipfile
from datetime import timedelta

import pytest
import sqlalchemy as sa

from forum.accounts import erasing, exporting
from forum.accounts.models import Consent, User
from forum.accounts.sessions import open_sign_in, reader_from
from forum.accounts.status import AccountState, ConsentKind
from forum.backlog.models import BacklogItem, Evidence
from forum.backlog.status import Behind, ItemStatus
from forum.core.audit import AuditEntry
from forum.core.clock import utcnow
from forum.core.database import Model
from forum.core.errors import Conflict, NotAllowed
from forum.core.jobs import Job
from forum.core.outbox import send_mail
from forum.launches.models import Launch, Receipt, Verdict
from forum.launches.status import Answer
from forum.moderation.models import Case
from forum.moderation.schemas import Reporting
from forum.moderation.services import open_case, report
from forum.moderation.spam import read_decisions
from forum.moderation.status import CaseKind, Decision, Reason, ReportReason
from forum.posts import counting, drafts, merging, services
from forum.posts.commenting import add_comment
from forum.posts.models import Comment, Follow, Post, Vote
from forum.posts.reading import read_post
from forum.posts.schemas import DraftFields, NewComment, PostChanges
from forum.posts.status import Interest, Moderation, Visibility, Voice
from forum.posts.voting import PostId, cast_vote
from forum.search.services import index_post
from tests.make import Make

WORD = "zqerase"  # stands in everything the person wrote or is called


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
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


def erase(session, person, *, keeps_words):
    erasing.erase_person(session, person, keeps_words=keeps_words, by=reader_from(session, person))
    session.commit()


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
