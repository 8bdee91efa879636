"""The public log tells all that moderators did, page by page, and of nobody; the full one is a file that is safe."""

import csv
import re
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest

from forum.core.clock import utcnow
from forum.core.people import ANYBODY, Role
from forum.moderation import conduct, editing, log, public_log, services
from forum.moderation.public_log import public_lines
from forum.moderation.status import Decision, Reason
from forum.posts import keeping
from forum.posts.correcting import Correction
from forum.posts.status import Visibility


@pytest.fixture
def kari(make):
    """A moderator."""
    return make.reader("Kari", Role.MODERATOR)


def test_everybody_reads_what_was_done_and_nobody_whose_it_was(visitor, session, make, kari):
    person = make.person("Per Hansen")
    post, doors = make.post("Of Per Hansen", author=person), make.area("doors")
    keeping.lock_post(session, post, True, by=kari, reason="Per Hansen goes round in circles.")
    moved = keeping.move_post(session, post, doors.id, by=kari, reason="Per Hansen says doors.")
    keeping.undo(session, post, moved, by=kari)
    keeping.pin_post(session, post, utcnow() + timedelta(days=1), by=kari, reason="Per Hansen is right.")
    editing.edit(session, post, Correction("Mine", post.body, 1), by=kari, reason=Reason.TITLE, words="Per Hansen!")
    services.moderate(session, post, Decision.HIDDEN, by=kari, reason=Reason.OTHER, words="Per Hansen wrote it.")
    warning = conduct.warn(session, person, Reason.RUDE, "Per Hansen!", by=kari)
    conduct.withdraw(session, person, warning.id, by=kari)
    conduct.suspend(session, person, utcnow() + timedelta(days=1), Reason.SPAM, "", by=kari)
    conduct.lift(session, person, by=kari, reason="Per Hansen again.")
    keeping.lock_post(session, make.post(visibility=Visibility.PRIVATE), True, by=kari, reason="Not for others.")

    found = public_lines(session, ANYBODY).rows
    assert [line.what for line in found] == [
        "A suspension was lifted",
        "Somebody was suspended for a while",
        "A warning was withdrawn",
        "Somebody was warned",
        "A post was hidden",
        "A post was edited",
        "A post was pinned",
        "A post was moved",
        "A post was moved",
        "A post was locked",
    ]
    assert found[3].why.startswith("It goes for people.")
    assert found[-2].why.endswith("to Doors.")
    assert [found[0].why, found[-3].why] == ["The moderators' log has the reason.", "Taken back."]
    assert found[2].why == ""
    assert "Hansen" not in visitor.open("/moderation/log/public").text
    assert f'href="/posts/{post.id}"' not in visitor.html  # it is hidden, and its author may still read it
    assert visitor.sign_in(person).open("/moderation/log/public").html.count(f'href="/posts/{post.id}"') == 6


def test_both_logs_show_every_line_page_by_page(session, make, kari, monkeypatch):
    for _n in range(4):
        post = make.post()
        keeping.lock_post(session, post, True, by=kari, reason="Circles.")
        services.moderate(session, post, Decision.HIDDEN, by=kari, reason=Reason.RUDE)
    monkeypatch.setattr(public_log, "PAGE_SIZE", 3)
    monkeypatch.setattr(log, "PAGE_SIZE", 3)

    for read in (
        lambda s, after: public_lines(s, ANYBODY, after),
        lambda s, after: log.lines(s, kari, log.Filters(), after),
    ):
        after, shown = "", []
        while page := read(session, after):
            shown += page.rows
            after = page.after
            if not after:
                break
        assert len(shown) == 8
        assert [line.at for line in shown] == sorted((line.at for line in shown), reverse=True)


def test_the_file_of_the_log_holds_what_the_filters_leave_and_no_formula(visitor, session, make, kari):
    keeping.lock_post(session, make.post("=HYPERLINK(1)"), True, by=kari, reason="@SUM(1)")
    keeping.pin_post(session, make.post(), utcnow() + timedelta(days=1), by=kari, reason="Other.")
    visitor.sign_in(make.moderator()).open("/moderation/log?action=post.lock").send("Export", status=200)

    rows = list(csv.reader(StringIO(visitor.html.removeprefix("\ufeff"))))
    assert len(rows) == 2
    assert rows[1][5:] == ["'=HYPERLINK(1)", rows[1][6], "'@SUM(1)"]


def test_the_full_log_knows_every_deed_that_is_written_down():
    home = Path(log.__file__).parent
    written = set()
    for path in (*home.glob("*.py"), *(home.parent / "posts").glob("*.py")):
        written |= set(re.findall(r'"((?:post|comment|person|case|reason)\.[a-z_]+)"', path.read_text()))

    panels = {"case.post", "post.side", "post.merged", "post.below", "post.top", "post.taken", "post.waiting"}
    assert {one for one in written if one not in log.ACTIONS} <= panels
