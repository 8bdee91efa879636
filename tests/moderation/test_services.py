"""Deciding cases: what happens to the post, what its author reads, and how it is taken back."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from forum.accounts.models import User
from forum.core.audit import AuditEntry
from forum.core.clock import standing_at, utcnow
from forum.core.errors import Conflict, Invalid, NotAllowed, NotFound
from forum.core.jobs import Job
from forum.core.outbox import OutboxMail
from forum.core.people import Role
from forum.moderation import services
from forum.moderation.models import Case
from forum.moderation.queries import counts, next_after, waiting
from forum.moderation.schemas import Reporting
from forum.moderation.status import CaseKind, Decision, Reason, ReportReason
from forum.moderation.telling import tell_author
from forum.posts.commenting import add_comment
from forum.posts.models import Post
from forum.posts.queries import find_comment
from forum.posts.schemas import NewComment, NewPost
from forum.posts.services import submit_post
from forum.posts.status import Kind, Moderation, Visibility
from forum.products.models import Area

pytestmark = pytest.mark.usefixtures("app")  # the application subscribes the receivers


@pytest.fixture
def kari(make):
    """A moderator."""
    return make.reader("Kari", Role.MODERATOR)


@pytest.fixture
def newcomer(make):
    """Somebody without an approved post, who reads Danish."""
    return make.person("Mette", approved_posts=0, language="da")


@pytest.fixture
def first_post(session, make, newcomer):
    """A post that waits."""
    area = make.area()
    new = NewPost(area_id=area.id, kind=Kind.COMPLAINT, title="The seat is cold", body="Every morning.")
    return submit_post(session, new, by=make.as_reader(newcomer))


def case_of(session, post: Post, kind: CaseKind = CaseKind.FIRST_POST) -> Case:
    """The newest case about a post."""
    newest = sa.select(Case).where(Case.post_id == post.id, Case.kind == kind).order_by(Case.id.desc())
    return session.scalars(newest.limit(1)).one()


def everything_about(session, post: Post) -> dict[str, object]:
    """All columns of a post, what its area counts, and how many approved posts its author has."""
    session.flush()
    session.expire_all()
    row = session.execute(sa.select(Post.__table__).where(Post.__table__.c.id == post.id)).one()
    area = session.get(Area, post.area_id)
    author = session.get(User, post.author_id)
    return dict(row._mapping) | {"area": (area.posts, area.unanswered), "approved": author.approved_posts}


def report(session, post, by, **values):
    """A report by `by`."""
    reporting = Reporting(reason=ReportReason.RUDE, **{"text": "", **values})
    return services.report(session, post, reporting, by=by)


def log(session) -> list[tuple[str, str]]:
    """Actions and reasons in the log, oldest first."""
    return [(line.action, line.reason) for line in session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id))]


def test_a_first_post_opens_one_case(session, first_post):
    again = services.open_case(session, CaseKind.FIRST_POST, first_post.id)

    assert session.scalars(sa.select(Case)).all() == [again]
    assert (again.kind, again.post_id, again.decision) == (CaseKind.FIRST_POST, first_post.id, None)


def test_approving_opens_the_post_and_trusts_its_author(session, first_post, newcomer, kari):
    case = case_of(session, first_post)

    services.approve(session, case, by=kari)

    session.refresh(newcomer)
    assert (first_post.moderation, first_post.is_listed, newcomer.approved_posts) == (Moderation.OPEN, True, 1)
    assert (case.decision, case.decided_by_id, case.open_key) == (Decision.APPROVED, kari.id, None)
    assert log(session) == [("post.open", "")]
    assert counts(session).due == 0


def test_a_reason_is_written_in_the_language_of_the_author(session, first_post, kari):
    case = case_of(session, first_post)

    services.remove(session, case, by=kari, reason=Reason.OTHER, words="Skriv  det\nuden navne.")

    assert first_post.moderation is Moderation.REMOVED
    assert first_post.moderation_reason == "Skriv det uden navne."
    assert log(session) == [("post.remove", "Skriv det uden navne.")]


def test_the_library_speaks_the_language_of_the_author(session, first_post, kari, monkeypatch):
    from forum.core import languages

    spoken = []
    monkeypatch.setattr(
        "forum.moderation.library._", lambda words: spoken.append(languages.current_language()) or words
    )

    services.remove(session, case_of(session, first_post), by=kari, reason=Reason.SPAM)

    assert spoken == ["da"]
    assert languages.current_language() == "en"


@pytest.mark.parametrize("reason", [None, Reason.OTHER])
def test_nothing_is_removed_without_a_reason(session, first_post, kari, reason):
    with pytest.raises(Invalid):
        services.remove(session, case_of(session, first_post), by=kari, reason=reason, words="  ")

    assert first_post.moderation is Moderation.WAITING


@pytest.mark.parametrize("role", [None, Role.EMPLOYEE, Role.MANAGER])
def test_only_moderators_decide(session, make, first_post, role):
    somebody = make.reader("Per", *([role] if role else []))
    case = case_of(session, first_post)

    for act in (services.approve, services.undo, services.claim, services.put_off):
        with pytest.raises(NotAllowed):
            act(session, case, by=somebody)
    with pytest.raises(NotAllowed):
        services.moderate(session, first_post, Decision.REMOVED, by=somebody, reason=Reason.SPAM)

    assert (first_post.moderation, log(session)) == (Moderation.WAITING, [])


def test_a_second_decision_is_a_conflict_that_names_who_was_faster(session, make, first_post, kari):
    case = case_of(session, first_post)
    services.approve(session, case, by=kari)

    with pytest.raises(Conflict, match="Kari was faster: approved"):
        services.remove(session, case, by=make.reader("Ola", Role.ADMIN), reason=Reason.SPAM)

    assert first_post.moderation is Moderation.OPEN


def test_undoing_an_approval_restores_everything(session, first_post, kari):
    case = case_of(session, first_post)
    before = everything_about(session, first_post)

    services.approve(session, case, by=kari)
    during = everything_about(session, first_post)
    services.undo(session, case, by=kari)

    assert during["is_listed"]
    assert everything_about(session, first_post) == before
    assert (case.decision, case.decided_at, case.reason, counts(session).due) == (None, None, "", 1)


@pytest.mark.parametrize("decision", [Decision.HIDDEN, Decision.REMOVED, Decision.KEPT])
def test_undoing_a_decision_about_a_report_restores_everything(session, make, kari, decision):
    post = make.post("Rude words", answered_at=utcnow())
    case = report(session, post, make.reader())
    before = everything_about(session, post)

    services.decide(session, case, decision, by=kari, reason=Reason.RUDE)
    services.undo(session, case, by=kari)

    assert everything_about(session, post) == before
    assert counts(session).due == 1
    assert [action for action, _reason in log(session)][-1] in ("post.restore", "case.reopen")


def test_undoing_a_removal_of_something_hidden_hides_it_again_with_its_old_reason(session, make, kari):
    post = make.post()
    services.moderate(session, post, Decision.HIDDEN, by=kari, reason=Reason.OTHER, words="Wait a moment.")
    before = everything_about(session, post)

    case = services.moderate(session, post, Decision.REMOVED, by=kari, reason=Reason.SPAM)
    services.undo(session, case, by=kari)

    assert everything_about(session, post) == before
    assert post.moderation_reason == "Wait a moment."


def test_undoing_a_restoration_takes_it_away_again(session, make, kari):
    post = make.post()
    services.moderate(session, post, Decision.REMOVED, by=kari, reason=Reason.OTHER, words="No.")
    before = everything_about(session, post)

    case = services.moderate(session, post, Decision.RESTORED, by=kari, reason=Reason.MISTAKE)
    services.undo(session, case, by=kari)

    assert everything_about(session, post) == before


def test_after_ten_minutes_nothing_is_undone(session, first_post, kari):
    case = case_of(session, first_post)
    services.approve(session, case, by=kari)

    with standing_at(utcnow() + timedelta(minutes=11)), pytest.raises(Conflict, match="any more"):
        services.undo(session, case, by=kari)

    assert first_post.moderation is Moderation.OPEN


def test_nothing_is_undone_that_somebody_changed_since(session, make, kari):
    post = make.post()
    case = report(session, post, make.reader())
    services.hide(session, case, by=kari, reason=Reason.RUDE)
    services.moderate(session, post, Decision.REMOVED, by=kari, reason=Reason.RUDE)

    with pytest.raises(Conflict, match="Something else"):
        services.undo(session, case, by=kari)


def test_each_person_reports_a_thing_once_and_reports_gather_in_one_case(session, make):
    post = make.post()
    ola = make.reader()

    first, second = report(session, post, ola), report(session, post, make.reader())

    assert first is second
    with pytest.raises(Conflict, match="already"):
        report(session, post, ola)


def test_nobody_reports_what_they_cannot_see_or_have_written(session, make):
    author = make.person()
    post = make.post(author=author, visibility=Visibility.PRIVATE)

    with pytest.raises(NotFound):
        report(session, post, make.reader())
    with pytest.raises(Invalid, match="yours"):
        report(session, post, make.as_reader(author))


def test_moderators_act_unasked_on_comments_and_close_what_waits_about_them(session, make, kari):
    post = make.post()
    comment = make.comment(post)
    reporting = Reporting(reason=ReportReason.SPAM)
    reported = services.report(session, post, reporting, comment=comment, by=make.reader())

    case = services.moderate(session, post, Decision.REMOVED, comment=comment, by=kari, reason=Reason.SPAM)

    assert case is reported
    assert (comment.moderation, post.comments, counts(session).due) == (Moderation.REMOVED, 0, 0)
    services.undo(session, case, by=kari)
    assert (comment.moderation, comment.moderation_reason, post.comments) == (Moderation.OPEN, "", 1)
    assert counts(session).due == 1


def test_cases_about_the_same_thing_are_closed_with_it_and_wait_again_after_undoing(session, make, first_post, kari):
    first = case_of(session, first_post)
    reported = report(session, first_post, make.reader("Ola", Role.MODERATOR))

    services.remove(session, first, by=kari, reason=Reason.SPAM)
    assert (reported.decision, counts(session).due) == (Decision.REMOVED, 0)

    services.undo(session, first, by=kari)
    assert (reported.decision, counts(session).due) == (None, 2)


def test_a_claim_is_seen_by_others_for_five_minutes_and_holds_one_case(session, make, kari):
    ola = make.reader("Ola", Role.MODERATOR)
    cases = [report(session, make.post(), make.reader()) for _n in range(2)]
    services.claim(session, cases[0], by=kari)
    services.claim(session, cases[0], by=ola)

    assert cases[0].claimed_by_id == kari.id
    services.claim(session, cases[1], by=kari)
    session.refresh(cases[0])
    assert [case.claimed_by_id for case in cases] == [None, kari.id]
    with standing_at(utcnow() + timedelta(minutes=6)):
        services.claim(session, cases[1], by=ola)
    assert cases[1].claimed_by_id == ola.id


def test_the_next_case_is_one_that_nobody_else_looks_at(session, make, kari):
    ola = make.reader("Ola", Role.MODERATOR)
    cases = [report(session, make.post(body=words), make.reader()) for words in ("One.", "Cold seats", "Rust", "Noise")]
    services.claim(session, cases[2], by=ola)

    assert [row.id for row in waiting(session, kari).rows] == [case.id for case in cases]
    assert next_after(session, cases[1], kari) == (cases[3].id, "")
    assert next_after(session, cases[3], kari) == (cases[0].id, "")


def test_a_case_put_off_waits_again_after_a_day_or_when_it_is_reported_again(session, make, kari):
    post = make.post()
    case = report(session, post, make.reader())
    services.put_off(session, case, by=kari)

    assert (counts(session).due, counts(session).later) == (0, 1)
    with standing_at(utcnow() + timedelta(hours=25)):
        assert counts(session).due == 1
    report(session, post, make.reader())
    assert counts(session).due == 1


def told(session) -> list[OutboxMail]:
    """The mails that are written once the ten minutes are over."""
    session.commit()
    jobs = session.scalars(sa.select(Job).where(Job.name == "moderation.tell_author")).all()
    for job in jobs:
        assert job.run_at - job.created_at == timedelta(minutes=10)
        tell_author(**job.arguments)
    session.commit()
    return list(session.scalars(sa.select(OutboxMail)))


def test_the_author_gets_the_reason_by_mail(session, first_post, newcomer, kari):
    services.remove(session, case_of(session, first_post), by=kari, reason=Reason.OTHER, words="Skriv det igen.")

    (mail,) = told(session)

    assert (mail.to_address, mail.language, mail.user_id) == (newcomer.email, "da", newcomer.id)
    assert "Skriv det igen." in mail.text
    assert f"/posts/{first_post.id}" in mail.text


def test_the_author_of_a_first_post_hears_that_it_was_approved(session, first_post, newcomer, kari):
    services.approve(session, case_of(session, first_post), by=kari)

    (mail,) = told(session)

    assert (mail.to_address, mail.language, mail.user_id) == (newcomer.email, "da", newcomer.id)
    assert "The seat is cold" in mail.subject
    assert "nu kan alle læse det" in mail.text
    assert f"/posts/{first_post.id}\n" in mail.text


def test_a_private_post_is_said_to_be_read_by_the_company_alone(session, make, kari):
    author = make.person("Nils", approved_posts=0)
    new = NewPost(
        area_id=make.area().id, kind=Kind.COMPLAINT, title="My seat", body="Cold.", visibility=Visibility.PRIVATE
    )
    post = submit_post(session, new, by=make.as_reader(author))
    services.approve(session, case_of(session, post), by=kari)

    (mail,) = told(session)

    assert "only you and the company" in mail.text
    assert "everybody" not in mail.text


def test_an_approval_that_was_undone_is_told_to_nobody_nor_that_something_was_kept(session, make, first_post, kari):
    case = case_of(session, first_post)
    services.approve(session, case, by=kari)
    services.undo(session, case, by=kari)
    services.keep(session, report(session, make.post(), make.reader()), by=kari)

    assert told(session) == []


def test_nobody_is_mailed_about_what_was_undone_or_at_an_address_nobody_proved(session, make, kari):
    undone, unproved = make.post(), make.post(author=make.person(verified_at=None))
    case = services.moderate(session, undone, Decision.HIDDEN, by=kari, reason=Reason.SPAM)
    services.undo(session, case, by=kari)
    services.moderate(session, unproved, Decision.HIDDEN, by=kari, reason=Reason.SPAM)

    assert told(session) == []


@pytest.mark.parametrize("statement", [sa.update(AuditEntry).values(reason="nothing"), sa.delete(AuditEntry)])
def test_the_log_can_neither_be_changed_nor_shortened(session, first_post, kari, statement):
    services.approve(session, case_of(session, first_post), by=kari)
    session.commit()

    with pytest.raises(sa.exc.DBAPIError, match="append-only"):
        session.execute(statement)
    session.rollback()
    assert log(session) == [("post.open", "")]


@pytest.fixture
def first_comment(session, make, newcomer):
    """A comment that waits, on somebody else's post."""
    return add_comment(session, make.post("Cold seats"), NewComment(body="Mine too."), by=make.as_reader(newcomer))


def test_a_first_comment_waits_in_the_same_queue(session, make, first_comment, newcomer, kari):
    post = session.get_one(Post, first_comment.post_id)
    assert (first_comment.moderation, post.comments) == (Moderation.WAITING, 0)
    case = case_of(session, post)
    assert case.comment_id == first_comment.id
    assert session.scalars(find_comment(make.reader(), first_comment.id)).all() == []

    services.approve(session, case, by=kari)

    session.expire_all()
    assert (first_comment.moderation, post.comments) == (Moderation.OPEN, 1)
    second = add_comment(session, post, NewComment(body="Again."), by=make.as_reader(newcomer))
    assert second.moderation is Moderation.OPEN
    assert "comment.open" in session.scalars(sa.select(AuditEntry.action)).all()


def test_the_decision_about_a_first_comment_is_taken_back(session, first_comment, newcomer, kari):
    post = session.get_one(Post, first_comment.post_id)
    for decide in (services.approve, lambda *args, **named: services.remove(*args, reason=Reason.RUDE, **named)):
        case = case_of(session, post)
        decide(session, case, by=kari)
        services.undo(session, case, by=kari)
        session.expire_all()
        assert (first_comment.moderation, post.comments, newcomer.approved_posts) == (Moderation.WAITING, 0, 0)
        assert (first_comment.moderation_reason, case.decision) == ("", None)


def test_the_author_of_a_comment_is_asked_changes_it_and_it_returns(
    visitor, session, make, first_comment, newcomer, kari
):
    post = session.get_one(Post, first_comment.post_id)
    newcomer.language = "en"
    case = case_of(session, post)
    services.decide(session, case, Decision.ASKED, by=kari, reason=Reason.PRIVATE)
    visitor.sign_in(newcomer).open(f"/posts/{post.id}")
    assert "asked the author to change this comment" in visitor.text
    assert "Object to it" not in visitor.text

    visitor.open(f"/comments/{first_comment.id}/edit")
    assert "It shows somebody's private matters" in visitor.text
    visitor.send("Save", body="Mine too, without names.")

    assert "A moderator looks at it again." in visitor.text
    again = session.scalars(sa.select(Case).where(Case.decided_at.is_(None))).one()
    assert (again.comment_id, first_comment.moderation) == (first_comment.id, Moderation.WAITING)
    visitor.sign_in(session.get_one(User, kari.id)).open(f"/moderation/{again.id}")
    assert "Comment changed as asked" in visitor.text
    assert "First comment" not in visitor.text
    assert "It shows somebody's private matters" in visitor.text
    assert "without names" in visitor.html.partition("<ins>")[2].partition("</ins>")[0]
    assert "nearly the same" not in visitor.text  # its own past is not that of others
    services.approve(session, again, by=kari)
    assert (first_comment.moderation, post.comments) == (Moderation.OPEN, 1)


def test_the_team_and_those_with_something_approved_comment_at_once(session, make):
    post = make.post()

    for by in (make.reader(), make.reader("", Role.EMPLOYEE, approved_posts=0)):
        assert add_comment(session, post, NewComment(body="Hm."), by=by).moderation is Moderation.OPEN
