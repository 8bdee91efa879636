"""The pages of moderation, walked as moderators and customers do."""

import re
from datetime import timedelta
from html import unescape
from itertools import count

import pytest
import sqlalchemy as sa

from forum.core import database
from forum.core.audit import AuditEntry
from forum.core.people import Role
from forum.moderation import services
from forum.moderation.models import Case, Report
from forum.moderation.queries import PAGE_SIZE
from forum.moderation.schemas import Reporting
from forum.moderation.status import CaseKind, Decision, Reason, ReportReason
from forum.posts.status import Moderation, Visibility
from forum.search.services import index_post
from tests.browser import Visitor


@pytest.fixture
def kari(make):
    """A moderator."""
    return make.person("Kari", Role.MODERATOR)


@pytest.fixture
def reported(session, make):
    """Puts a new reported post into the queue."""

    numbers = count()

    def put(title: str = "", text: str = ""):
        n = next(numbers)
        post = make.post(
            title, body=" ".join(f"{word}{n}" for word in ("seat", "cold", "noise", "rust", "door", "key"))
        )
        reporting = Reporting(reason=ReportReason.RUDE, text=text)
        return services.report(session, post, reporting, by=make.reader("Reporting Rita"))

    return put


@pytest.fixture
def first(session, make):
    """Puts a new first post into the queue."""

    numbers = count()

    def put(title: str = "", **values):
        author = values.pop("author", None) or make.person("New Nils", approved_posts=0)
        n = next(numbers)  # each says something else, or they would stand in the queue as one
        values.setdefault(
            "body", " ".join(f"{word}{n}" for word in ("belt", "light", "mirror", "wheel", "roof", "horn"))
        )
        post = make.post(title, author=author, moderation=Moderation.WAITING, published_at=None, **values)
        return services.open_case(session, CaseKind.FIRST_POST, post.id)

    return put


def test_somebody_new_is_told_how_long_a_first_post_usually_waits(visitor, make, first):
    for hours in (1, 2, 30):
        case = first()
        case.decided_at, case.decision = case.opened_at + timedelta(hours=hours), Decision.APPROVED
    nils = make.person("New Nils", approved_posts=0)
    post = make.post("Cold", author=nils, moderation=Moderation.WAITING, published_at=None)

    visitor.sign_in(nils).open(f"/posts/{post.id}?posted=1")

    assert "That is usually done within 2 hours." in visitor.text


def test_a_moderator_reads_which_language_the_author_reads(visitor, make, first):
    first(author=make.person("New Nils", approved_posts=0, language="da"))

    visitor.sign_in(make.person("Kari", Role.MODERATOR, language="nb")).open("/moderation")

    assert "Forfatterens språk: dansk." in visitor.text


def test_the_queue_shows_the_oldest_first_and_one_case_in_full(visitor, kari, reported, first):
    reported("Old thing", text="This is nasty.")
    first("New thing")

    visitor.sign_in(kari).open("/moderation")

    assert visitor.text.index("Old thing") < visitor.text.index("New thing")
    for words in ("Waiting 2", "1 report", "It goes for people : This is nasty.", "Reporting Rita", "1 post stands"):
        assert words in visitor.text


def test_approving_goes_on_with_the_next_case_and_moves_the_focus_there(visitor, session, kari, first):
    one, two = first("The seat is cold"), first("The seat is hot")

    visitor.sign_in(kari).open(f"/moderation/{one.id}").send("Approve")

    assert visitor.path == f"/moderation/{two.id}"
    assert "Approved: “The seat is cold”. In ten minutes its author gets a mail." in visitor.text
    assert re.search(r'<h2 id="case-title" tabindex="-1" autofocus>.*The seat is hot', visitor.html)
    assert session.get(Case, one.id).decision is Decision.APPROVED


def test_the_last_decision_leaves_an_empty_queue_that_can_be_undone(visitor, session, kari, first):
    case = first("The seat is cold")
    visitor.sign_in(kari).open("/moderation").send("Approve")

    assert visitor.path == "/moderation"
    assert "All done. 1 handled today." in visitor.text
    visitor.send("Undo")
    assert visitor.path == f"/moderation/{case.id}"
    assert "everything is as it was" in visitor.text
    assert session.get(Case, case.id).decision is None


def test_removing_needs_a_reason_and_keeps_what_was_typed(visitor, session, make, kari, first):
    case = first("The seat is cold")
    visitor.sign_in(kari).open(f"/moderation/{case.id}")

    visitor.send("Remove", status=422, words="Please leave out the name.")
    assert "Choose a reason" in visitor.text
    assert "Please leave out the name.</textarea>" in visitor.html
    assert "<title>Error:" in visitor.html
    visitor.send("Remove", reason="private")

    post = make.session.get(Case, case.id).post_id
    removed = session.scalars(sa.select(AuditEntry).where(AuditEntry.subject_id == post)).one()
    assert removed.action == "post.remove"
    assert removed.reason.startswith("It shows somebody's private matters")
    assert removed.reason.endswith("Please leave out the name.")


def test_the_author_reads_the_reason_on_the_post(visitor, session, make, first):
    author = make.person("New Nils", approved_posts=0)
    case = first("The seat is cold", author=author)
    services.remove(session, case, by=make.reader("", Role.MODERATOR), reason=Reason.OTHER, words="Not like this.")

    visitor.sign_in(author).open(f"/posts/{case.post_id}")

    assert "Not like this." in visitor.text


def test_a_report_can_be_kept_hidden_or_removed(visitor, session, kari, reported):
    case = reported("Rude words")
    visitor.sign_in(kari).open(f"/moderation/{case.id}")
    buttons = [words for form in visitor.forms() for words, *_rest in form.buttons]

    assert [word for word in ("Keep a", "Ask e", "Hide i", "Remove r", "Later h") if word in buttons] == [
        "Keep a",
        "Ask e",
        "Hide i",
        "Remove r",
        "Later h",
    ]
    visitor.send("Hide", reason="rude")
    assert "Hidden: “Rude words”. In ten minutes its author gets a mail with the reason." in visitor.text


def test_somebody_who_was_slower_is_told_and_goes_on(visitor, session, make, kari, reported):
    case, other = reported("Rude words"), reported("More words")
    visitor.sign_in(kari).open(f"/moderation/{case.id}")
    services.keep(session, case, by=make.reader("Ola", Role.MODERATOR))

    visitor.send("Remove", reason="rude")

    assert "Ola was faster: kept as it is." in visitor.text
    assert visitor.path == f"/moderation/{other.id}"
    assert session.get(Case, case.id).decision is Decision.KEPT


def test_looking_at_a_case_shows_to_the_others_and_reading_writes_nothing(visitor, session, app, make, kari, reported):
    case = reported("Rude words")
    visitor.sign_in(kari).open(f"/moderation/{case.id}")
    assert session.get(Case, case.id).claimed_by_id is None

    visitor.send("I am looking at this")
    assert "Kari is looking at this" not in visitor.text
    visitor.sign_in(make.moderator()).open("/moderation")

    assert "Kari is looking at this" in visitor.text


def test_a_first_post_stands_beside_those_that_say_the_same(visitor, session, make, kari, first):
    for title in ("The heated seat takes long to get warm", "The boot does not close"):
        index_post(session, make.post(title, body="").id)
    first("My heated seat gets warm too late", body="")

    visitor.sign_in(kari).open("/moderation")

    assert "Most like it: The heated seat takes long to get warm" in visitor.text
    assert "The boot does not close" not in visitor.text


def test_later_puts_a_case_off(visitor, kari, reported):
    case = reported("Rude words")
    visitor.sign_in(kari).open(f"/moderation/{case.id}").send("Later")

    assert "All done. 0 handled today." in visitor.text
    visitor.open("/moderation?later=1")
    assert "Rude words" in visitor.text


def test_every_key_has_a_button_and_the_keys_can_be_switched_off(visitor, kari, reported):
    reported()
    html = visitor.sign_in(kari).open("/moderation").html

    assert set(re.findall(r'data-key="(\w)"', html)) == {"a", "m", "e", "t", "r", "i", "h", "s"}
    assert html.count('data-needs="reason"') == 3
    assert "data-list" in html
    assert "data-claim" in html
    assert html.count("data-keys-switch") == 2


@pytest.fixture
def long_queue(first):
    """Two cases more than a page of the queue shows, the oldest first."""
    return [first(f"Post number {n}") for n in range(PAGE_SIZE + 2)]


def titles(visitor) -> list[str]:
    """The titles in the list beside the case."""
    return re.findall(r'class="pick__title"[^>]*>([^<]+)<', visitor.html)


def follow(visitor, rel: str):
    """Click the link that says `rel`."""
    return visitor.open(unescape(re.search(rf'rel="{rel}" href="([^"]+)"', visitor.html)[1]))


def test_a_long_queue_has_pages_and_says_how_many_wait(visitor, kari, long_queue):
    visitor.sign_in(kari).open("/moderation")
    assert titles(visitor) == [f"Post number {n}" for n in range(PAGE_SIZE)]
    assert f"{PAGE_SIZE + 2} cases wait in all" in visitor.text

    follow(visitor, "next")

    assert titles(visitor) == [f"Post number {PAGE_SIZE}", f"Post number {PAGE_SIZE + 1}"]
    assert re.search(
        rf'aria-current="true"><span>\s*<span class="pick__title" lang="en">Post number {PAGE_SIZE}<', visitor.html
    )
    assert 'rel="next"' not in visitor.html
    assert 'href="/moderation">' in visitor.html


def test_deciding_on_a_later_page_stays_there_and_ends_at_the_oldest(visitor, kari, long_queue):
    follow(visitor.sign_in(kari).open("/moderation"), "next")
    page = visitor.path

    visitor.send("Approve")
    assert visitor.path == page.replace("/moderation", f"/moderation/{long_queue[-1].id}")
    assert titles(visitor) == [f"Post number {PAGE_SIZE + 1}"]
    visitor.send("Undo")
    assert titles(visitor) == [f"Post number {PAGE_SIZE}", f"Post number {PAGE_SIZE + 1}"]
    visitor.send("Later")
    visitor.send("Later")

    assert visitor.path == f"/moderation/{long_queue[0].id}"
    assert titles(visitor)[0] == "Post number 0"


def test_the_last_case_of_a_page_is_followed_by_the_first_of_the_next(visitor, kari, long_queue):
    visitor.sign_in(kari).open(f"/moderation/{long_queue[PAGE_SIZE - 1].id}").send("Approve")

    assert visitor.path == f"/moderation/{long_queue[PAGE_SIZE].id}"
    assert titles(visitor)[-1] == f"Post number {PAGE_SIZE}"


def test_a_page_that_was_worked_off_starts_over(visitor, session, make, kari, long_queue):
    follow(visitor.sign_in(kari).open("/moderation"), "next")
    page = visitor.path
    for case in long_queue[PAGE_SIZE:]:
        services.approve(session, case, by=make.as_reader(kari))

    assert titles(visitor.open(page)) == [f"Post number {n}" for n in range(PAGE_SIZE)]


def test_working_through_what_was_put_off_stays_there(visitor, session, make, kari, first):
    cases = [first(f"Post number {n}") for n in range(4)]
    for case in cases[:3]:
        services.put_off(session, case, by=make.as_reader(kari))

    visitor.sign_in(kari).open("/moderation?later=1").send("Approve")
    assert visitor.path == f"/moderation/{cases[1].id}?later=1"
    assert titles(visitor) == ["Post number 1", "Post number 2"]
    visitor.send("Approve").send("Approve")

    assert visitor.path == "/moderation"
    assert titles(visitor) == ["Post number 3"]


def statements(visitor, path: str) -> int:
    """How many statements opening `path` takes."""
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        if statement.startswith("SELECT"):
            seen.append(statement)

    sa.event.listen(database.engine(), "before_cursor_execute", note)
    try:
        visitor.session.commit()
        visitor.client.get(path)
    finally:
        sa.event.remove(database.engine(), "before_cursor_execute", note)
    return len(seen)


@pytest.mark.parametrize("path", ["/moderation", "/moderation/log", "/moderation/log/public"])
def test_pages_take_as_many_queries_for_many_rows_as_for_one(visitor, session, make, kari, reported, path):
    by = make.as_reader(kari)

    def fill() -> None:
        services.hide(session, reported(), by=by, reason=Reason.RUDE)
        reported()

    fill()
    visitor.sign_in(kari)
    visitor.open(path)
    one = statements(visitor, path)
    for _n in range(4):
        fill()

    assert statements(visitor, path) == one
    assert one <= 7


def test_customers_and_managers_are_told_whom_to_ask(visitor, session, make, reported):
    case = reported()
    for person in (make.person(), make.manager(), make.person("", Role.EMPLOYEE)):
        visitor.sign_in(person)
        for path in ("/moderation", f"/moderation/{case.id}", "/moderation/log", f"/moderation/posts/{case.post_id}"):
            visitor.open(path, status=403)
            assert "This is for moderators." in visitor.text
        assert 'href="/moderation"' not in visitor.open("/preferences").html


def test_refused_attempts_are_written_down(visitor, session, make, kari, first):
    case = first()
    visitor.sign_in(kari).open(f"/moderation/{case.id}")
    per = make.person("Per")
    visitor.sign_in(per).send("Approve", status=403)

    line = session.scalars(sa.select(AuditEntry)).one()
    assert (line.action, line.actor_id, line.refused) == ("moderation.decide", per.id, True)
    assert (line.subject, line.subject_id) == ("case", case.id)
    assert session.get(Case, case.id).decision is None


def test_a_customer_reports_a_post_once_and_is_thanked(visitor, session, make):
    post = make.post("Rude words")
    visitor.sign_in(make.person("Rita")).open(f"/moderation/report?post={post.id}")

    visitor.send("Report", status=422)
    assert "Choose one of these." in visitor.text
    visitor.send("Report", reason="rude", text="It calls people names.")
    assert visitor.path == f"/posts/{post.id}"
    assert "Thank you. A moderator looks at it" in visitor.text
    visitor.open(f"/moderation/report?post={post.id}")
    assert "You reported this on" in visitor.text
    assert session.scalars(sa.select(Report.text)).all() == ["It calls people names."]


def test_a_comment_is_reported_by_itself(visitor, session, make, kari):
    comment = make.comment(make.post("The seat is cold"), "You are all idiots.")
    visitor.sign_in(make.person()).open(f"/moderation/report?post={comment.post_id}&comment={comment.id}")
    assert "You are all idiots." in visitor.text
    visitor.send("Report", reason="rude")

    visitor.sign_in(kari).open("/moderation")
    assert "A comment on The seat is cold" in visitor.text
    assert "You are all idiots." in visitor.text


def test_what_one_cannot_see_cannot_be_reported(visitor, make):
    post = make.post(visibility=Visibility.PRIVATE)
    elsewhere = make.comment(make.post())
    open_post = make.post()
    visitor.sign_in(make.person())

    visitor.open(f"/moderation/report?post={post.id}", status=404)
    visitor.open(f"/moderation/report?post={open_post.id}&comment={elsewhere.id}", status=404)
    visitor.open("/moderation/report", status=404)


def test_reporting_asks_to_sign_in_first(visitor, make):
    post = make.post()

    visitor.open(f"/moderation/report?post={post.id}")

    assert visitor.path.startswith("/sign-in")


def test_a_moderator_removes_and_restores_from_the_page_of_a_post(visitor, session, make, kari):
    post = make.post("The seat is cold")
    visitor.sign_in(kari).open(f"/posts/{post.id}").send("Remove", into="moderation", reason="spam")

    assert visitor.path == f"/posts/{post.id}"
    assert "Removed. In ten minutes its author gets a mail" in visitor.text
    assert "It advertises something" in visitor.text
    visitor.send("Restore", into="moderation", status=422)
    visitor.send("Restore", reason="mistake")
    assert session.get(type(post), post.id).moderation is Moderation.OPEN


def test_undoing_from_the_page_of_a_post_leads_back_there(visitor, session, make, kari):
    post = make.post("The seat is cold")
    visitor.sign_in(kari).open(f"/posts/{post.id}").send("Hide", into="moderation", reason="spam")
    visitor.send("Undo")

    assert visitor.path == f"/posts/{post.id}"
    assert session.get(type(post), post.id).is_listed
    assert session.scalars(sa.select(Case)).all() == []


def test_a_moderator_removes_a_comment(visitor, session, make, kari):
    comment = make.comment(make.post(), "You are all idiots.")
    visitor.sign_in(kari).open(f"/moderation/report?post={comment.post_id}&comment={comment.id}")
    assert visitor.path == f"/moderation/posts/{comment.post_id}/comments/{comment.id}"
    visitor.send("Remove", reason="rude")

    assert session.get(type(comment), comment.id).moderation is Moderation.REMOVED


@pytest.fixture
def acted(session, make, kari, reported):
    """Two decisions, the second one undone, and a post whose title begins like a formula."""
    by = make.as_reader(kari)
    cases = [reported("=1+1"), reported("Other thing")]
    services.remove(session, cases[0], by=by, reason=Reason.PRIVATE, words="Leave out Ola Nordmann.")
    services.hide(session, cases[1], by=by, reason=Reason.RUDE)
    services.undo(session, cases[1], by=by)
    return cases


def test_the_log_says_who_did_what_and_why_and_can_be_filtered(visitor, session, kari, acted):
    visitor.sign_in(kari).open("/moderation/log")
    for words in ("Kari", "Removed a post", "Put a post back", "Leave out Ola Nordmann.", "Other thing"):
        assert words in visitor.text

    visitor.open(f"/moderation/log?post={acted[0].post_id}")
    assert "Other thing" not in visitor.text
    visitor.open("/moderation/log").send("Show", action="post.hide")
    assert ("=1+1" in visitor.text, "Other thing" in visitor.text) == (False, True)
    visitor.open("/moderation/log?person=99999")
    assert "Nothing here yet" in visitor.text


def test_the_log_pages_by_key(visitor, session, make, kari):
    by = make.as_reader(kari)
    for n in range(60):
        services.moderate(session, make.post(f"Post number {n}"), Decision.HIDDEN, by=by, reason=Reason.SPAM)
    visitor.sign_in(kari).open("/moderation/log")

    seen = re.findall(r"Post number (\d+)</a>", visitor.html)
    following = re.search(r'rel="next" href="([^"]+)"', visitor.html)
    visitor.open(following[1].replace("&amp;", "&"))
    seen += re.findall(r"Post number (\d+)</a>", visitor.html)

    assert seen == [str(n) for n in reversed(range(60))]


def test_the_log_is_exported_without_formulas_and_that_is_written_down(visitor, session, kari, acted):
    visitor.sign_in(kari).open("/moderation/log").send("Export as CSV")

    assert visitor.response.mimetype == "text/csv"
    assert "attachment" in visitor.response.headers["Content-Disposition"]
    assert ",'=1+1," in visitor.html
    assert (
        session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id.desc())).first() == "moderation.export_log"
    )


def test_everybody_reads_what_was_done_but_no_names(visitor, session, make, acted):
    private = make.post(visibility=Visibility.PRIVATE)
    admin = make.reader("Admin", Role.ADMIN)
    services.moderate(session, private, Decision.REMOVED, by=admin, reason=Reason.UNLAWFUL)

    visitor.open("/moderation/log/public")

    assert "A post was removed" in visitor.text
    assert "It shows somebody's private matters" in visitor.text
    for hidden in ("Ola Nordmann", "Kari", "=1+1", "Rita", "A post was hidden", "may break the law"):
        assert hidden not in visitor.text
    assert "Set-Cookie" not in visitor.response.headers


def test_the_menu_counts_what_waits(visitor, kari, reported):
    reported()
    reported()

    assert "Moderation 2 waiting" in visitor.sign_in(kari).open("/preferences").text


@pytest.mark.parametrize("path", ["/moderation/99999999999999999999", "/moderation/report?post=99999999999999999999"])
def test_impossible_numbers_are_not_found(visitor, kari, path):
    visitor.sign_in(kari).open(path, status=404)


def test_a_first_post_goes_from_its_author_through_the_queue_to_the_board(visitor, make, kari):
    area = make.area("seats")
    author = make.person("New Nils", approved_posts=0)
    visitor.sign_in(author).open("/posts/new")
    visitor.send("Post", into="/posts/new", kind="complaint", title="The seat squeaks", body="Always.", area_id=area.id)
    assert "moderator" in visitor.text
    visitor.client.delete_cookie("cabin_sign_in")
    assert "The seat squeaks" not in visitor.open("/").text

    visitor.sign_in(kari).open("/moderation").send("Approve")
    visitor.client.delete_cookie("cabin_sign_in")

    assert "The seat squeaks" in visitor.open("/").text


def test_a_first_comment_is_approved_from_the_queue(visitor, make, session, app):
    post = make.post("Cold seats")
    visitor.sign_in(make.person("Mette", approved_posts=0)).open(f"/posts/{post.id}")
    visitor.send("Comment", body="Mine is cold too.")
    assert "Your comment is kept. A moderator reads the first words of everybody new" in visitor.text
    assert "This comment waits for a moderator." in visitor.text
    assert "Mine is cold too." not in Visitor(app, session).open(f"/posts/{post.id}").text

    visitor.sign_in(make.moderator()).open("/moderation")
    assert "First comment" in visitor.text
    assert "Mine is cold too." in visitor.text
    visitor.send("Approve", into="/moderation/")

    assert "Mine is cold too." in Visitor(app, session).open(f"/posts/{post.id}").text


def test_a_comment_is_decided_beside_what_it_answers(visitor, session, make, kari):
    post = make.post("The seat is cold", body_html="<p>Every morning in January.</p>")
    parent = make.comment(post, "Mine is warm.")
    comment = make.comment(post, "You lie.", parent_id=parent.id)
    services.open_case(session, CaseKind.REPORT, post.id, comment.id)

    visitor.sign_in(kari).open("/moderation")

    for words in ("You lie.", "Mine is warm.", "Every morning in January."):
        assert words in visitor.text


def test_a_moderator_works_through_one_kind_of_cases(visitor, session, kari, first, reported):
    waits, about = first("A first post"), [reported(f"Reported {n}") for n in range(2)]

    visitor.sign_in(kari).open("/moderation?kind=report")
    assert "Reported 2" in visitor.text
    assert "First post 1" in visitor.text  # how much there is of each
    assert "A first post" not in visitor.text
    visitor.send("Keep", decision="kept")
    assert visitor.path == f"/moderation/{about[1].id}?kind=report"
    visitor.send("Keep", decision="kept")

    assert "A first post" in visitor.text  # the others, once this kind is worked off
    assert waits.decision is None
