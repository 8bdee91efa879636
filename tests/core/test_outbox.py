"""The outbox: mail leaves after its cause was committed, at least once, and what cannot leave is seen."""

import email
import smtplib
import socket
from datetime import timedelta
from email import policy

import pytest
import sqlalchemy as sa
import time_machine
from aiosmtpd.controller import Controller

from config import settings
from forum.core import outbox
from forum.core.clock import utcnow
from forum.core.jobs import Job, JobState, perform, sweep
from forum.core.outbox import DELAYS, MailState, OutboxMail, retry, send_mail


class Postbox:
    """A mail server's memory; `says` overrules what it answers to each recipient."""

    def __init__(self):
        self.received, self.says = [], ""

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.says:
            return self.says
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=policy.default)
        self.received.append((envelope.mail_from, envelope.rcpt_tos, message))
        return "250 Taken"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def postbox(monkeypatch):
    """A real mail server on this machine, which the settings name."""
    box = Postbox()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    monkeypatch.setattr(settings(), "smtp_url", f"smtp://127.0.0.1:{controller.port}")
    yield box
    controller.stop()


def write(session, **values):
    letter = {"to": "kari@example.com", "subject": "Hei", "text": "Blåbær\n", "cause": "test", "language": "nb"}
    mail = send_mail(session, **letter | values)
    session.commit()
    return mail.id


def work(session, *, later=0):
    """Do everything that is due, `later` seconds from now."""
    session.commit()
    with time_machine.travel(utcnow() + timedelta(seconds=later), tick=False):
        for job_id in sweep():
            perform(job_id)
    session.expire_all()


def test_a_mail_reaches_its_server_whole(session, postbox):
    mail_id = write(session, subject="Blåbær og\r\nBcc: x@example.com", to="Kari <kari@example.com>")
    work(session)

    ((sender, receivers, message),) = postbox.received
    assert (sender, receivers) == ("cabin@localhost", ["kari@example.com"])
    assert message["Subject"] == "Blåbær og Bcc: x@example.com"
    assert message["Bcc"] is None
    assert message["Content-Language"] == "nb"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_body(("plain",)).get_content().split() == ["Blåbær"]
    assert "<p>Blåbær</p>" in message.get_body(("html",)).get_content()
    mail = session.get(OutboxMail, mail_id)
    assert (mail.state, mail.subject, mail.text, mail.error) == (MailState.SENT, "", "", "")
    assert message["Message-ID"] == mail.message_id


def test_what_was_rolled_back_is_never_sent(session, postbox):
    send_mail(session, to="kari@example.com", subject="No", text="No", cause="test", language="en")
    session.rollback()
    work(session)

    assert postbox.received == []
    assert session.scalar(sa.select(sa.func.count(Job.id))) == 0


def test_a_mail_is_sent_once_however_often_its_job_runs(session, postbox):
    write(session)
    work(session)
    for row in session.scalars(sa.select(Job)).all():
        row.state = JobState.QUEUED
    work(session)

    assert len(postbox.received) == 1


def test_a_mail_waits_for_a_server_that_is_away(session, postbox, monkeypatch):
    there = settings().smtp_url
    monkeypatch.setattr(settings(), "smtp_url", f"smtp://127.0.0.1:{free_port()}")
    mail_id = write(session)
    work(session)
    mail = session.get(OutboxMail, mail_id)
    assert (mail.state, mail.tries) == (MailState.WAITING, 1)
    assert "refused" in mail.error

    monkeypatch.setattr(settings(), "smtp_url", there)
    work(session, later=DELAYS[0] - 5)
    assert postbox.received == []
    work(session, later=DELAYS[0] + 1)

    assert len(postbox.received) == 1
    assert session.get(OutboxMail, mail_id).state is MailState.SENT


def test_a_server_that_says_nothing_holds_the_worker_up_for_one_mail_and_not_for_each(session, postbox, monkeypatch):
    there = settings().smtp_url
    monkeypatch.setattr(outbox, "TIMEOUT", 0.2)
    monkeypatch.setattr(outbox._Line, "silent_until", 0.0)
    mails = [write(session) for _n in range(5)]
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setattr(settings(), "smtp_url", f"smtp://127.0.0.1:{silent.getsockname()[1]}")
        work(session)
    tries = [session.get(OutboxMail, mail).tries for mail in mails]
    monkeypatch.setattr(outbox._Line, "silent_until", 0.0)
    monkeypatch.setattr(settings(), "smtp_url", there)
    work(session, later=outbox.PAUSE + 1)

    assert tries == [1, 0, 0, 0, 0]
    assert len(postbox.received) == 5


def test_a_server_that_is_busy_is_asked_again(session, postbox):
    postbox.says = "451 Try later"
    mail_id = write(session)
    work(session)
    postbox.says = ""
    work(session, later=DELAYS[0] + 1)

    assert session.get(OutboxMail, mail_id).state is MailState.SENT


def test_after_its_last_try_a_mail_is_dead_and_can_be_given_another_round(session, postbox):
    postbox.says = "451 Try later"
    mail_id = write(session)
    later = 0
    for delay in (0, *DELAYS):
        later += delay + 1
        work(session, later=later)
    mail = session.get(OutboxMail, mail_id)
    assert (mail.state, mail.tries) == (MailState.DEAD, len(DELAYS) + 1)
    assert "Try later" in mail.error
    assert mail.text  # kept, so that it can be sent after all

    postbox.says = ""
    retry(session, mail)
    work(session)
    assert session.get(OutboxMail, mail_id).state is MailState.SENT


def test_an_address_that_does_not_exist_is_given_up_at_once(session, postbox):
    postbox.says = "550 No such person"
    mail_id = write(session)
    work(session)

    mail = session.get(OutboxMail, mail_id)
    assert (mail.state, mail.tries) == (MailState.DEAD, 1)
    assert "No such person" in mail.error


def test_without_a_server_mail_is_kept_where_only_its_owner_reads_it(session, capsys):
    write(session)
    work(session)

    (path,) = (settings().data_dir / "mail").iterdir()
    message = email.message_from_bytes(path.read_bytes(), policy=policy.default)
    assert message.get_body(("plain",)).get_content() == "Blåbær\n"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert "Mail to kari@example.com: Hei" in capsys.readouterr().out


def test_a_password_is_never_sent_in_the_clear(session, monkeypatch):
    class Plain(smtplib.SMTP):
        """A distant server without encryption."""

        def __init__(self, *_args, **_values):
            self.esmtp_features = {}

        def ehlo(self, _name=""):
            return 250, b"plain"

        def quit(self):
            return 221, b"bye"

        def __exit__(self, *_args):
            return None

    monkeypatch.setattr(outbox.smtplib, "SMTP", Plain)
    monkeypatch.setattr(settings(), "smtp_url", "smtp://forum:secret@mail.example.com:587")
    mail_id = write(session)
    work(session)

    mail = session.get(OutboxMail, mail_id)
    assert mail.state is MailState.WAITING
    assert "password was not sent" in mail.error
