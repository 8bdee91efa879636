"""While the mail server is away or says nothing no page waits for it; mail is delivered once when it is back."""

import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import closing

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller
from sqlalchemy.orm import Session

from forum.core.clock import utcnow
from forum.core.jobs import Job, JobState
from forum.core.outbox import MailState, OutboxMail
from tests.bench.measure import free_port
from tests.core.test_outbox import Postbox
from tests.faults.besieging import WEB, WORKER, Besieged
from tests.faults.person import SOON, Person

MAILS = 4


@pytest.fixture
def smtp_port() -> int:
    return free_port()


@pytest.fixture
def site(empty_database, tmp_path, smtp_port) -> Iterator[Besieged]:
    made = Besieged(empty_database, tmp_path / "site", FORUM_SMTP_URL=f"smtp://127.0.0.1:{smtp_port}")
    made.cookies = made.people(1)
    made.start(WEB, WORKER)
    yield made
    made.stop()


def mails(session: Session, *conditions: sa.ColumnElement[bool]) -> int:
    """How many mails there are of which this holds."""
    return session.scalar(sa.select(sa.func.count()).select_from(OutboxMail).where(*conditions)) or 0


def test_mail_waits_for_its_server_and_no_page_waits_for_mail(site, smtp_port, record_property):
    person = Person(site, site.cookies[0])
    with closing(socket.create_server(("127.0.0.1", smtp_port))):  # it takes calls and never says a word
        slowest = _ask_for_codes(site, "silent")
        assert person.reads() < SOON
        site.wait_for(lambda session: mails(session) == MAILS)
    slowest = max(slowest, _ask_for_codes(site, "away"))
    assert person.reads() < SOON
    site.wait_for(lambda session: mails(session, OutboxMail.tries > 0) == 2 * MAILS)
    with site.session() as session:
        assert mails(session, OutboxMail.state == MailState.WAITING) == 2 * MAILS
        said = session.scalars(sa.select(OutboxMail.error).distinct()).all()
    assert all(said), said

    box = Postbox()
    server = Controller(box, hostname="127.0.0.1", port=smtp_port)
    server.start()
    try:
        _let_the_time_pass(site)
        site.wait_for(lambda session: mails(session, OutboxMail.state == MailState.SENT) == 2 * MAILS)
        site.wait_for(_nothing_runs)
    finally:
        server.stop()
    received = Counter(message["Message-ID"] for _sender, _receivers, message in box.received)
    assert len(received) == 2 * MAILS
    assert set(received.values()) == {1}
    with site.session() as session:
        assert set(session.scalars(sa.select(OutboxMail.message_id))) == set(received)
    record_property("figure", f"{len(received)} mails delivered once each, slowest page meanwhile {slowest:.2f} s")


def _ask_for_codes(site: Besieged, name: str) -> float:
    """Have somebody signed out ask for some codes, none of which may take long; the seconds of the slowest."""
    visitor = Person(site, "", form="/sign-in/code")
    for n in range(MAILS):
        status, page, _headers = visitor.send("/sign-in/code", email=f"{name}{n}@example.com")
        assert (status, "ticket" in page) == (200, True), page[-800:]
    assert visitor.slowest < SOON
    return visitor.slowest


def _let_the_time_pass(site: Besieged) -> None:
    """Have the next tries be due, as they are a minute later."""
    with site.session() as session:
        session.execute(sa.update(Job).where(Job.state == JobState.QUEUED).values(run_at=utcnow()))
        session.commit()


def _nothing_runs(session: Session) -> bool:
    return not session.scalar(sa.select(sa.func.count()).select_from(Job).where(Job.state == JobState.RUNNING))
