"""A mail server of one's own, people who follow, and the jobs that tell them done at once."""

import email
import socket
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from email import policy
from email.message import EmailMessage

import pytest
import sqlalchemy as sa
import time_machine
from aiosmtpd.controller import Controller

from config import settings
from forum.core.clock import utcnow
from forum.core.database import reading
from forum.core.jobs import Job, perform, sweep
from forum.notifications.models import Happening, Notice
from tests.backlog.conftest import manager, planner, promote
from tests.launches.conftest import build, launch, seats

__all__ = ["build", "launch", "manager", "planner", "promote", "seats"]


class Postbox:
    """A mail server's memory; it refuses each message `fails` times as one that is busy does."""

    def __init__(self) -> None:
        self.received: list[EmailMessage] = []
        self.fails = 0
        self.refused: Counter[str] = Counter()  # times, by message id

    async def handle_DATA(self, _server, _session, envelope) -> str:
        message = email.message_from_bytes(envelope.content, policy=policy.default)
        if self.refused[message["Message-ID"]] < self.fails:
            self.refused[message["Message-ID"]] += 1
            return "451 Try later"
        self.received.append(message)
        return "250 Taken"

    def to(self, person) -> list[EmailMessage]:
        """What reached a person, in its order."""
        return [message for message in self.received if message["To"] == person.email]


@pytest.fixture
def postbox(monkeypatch) -> Iterator[Postbox]:
    """A real mail server on this machine, which the settings name."""
    box = Postbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    monkeypatch.setattr(settings(), "smtp_url", f"smtp://127.0.0.1:{controller.port}")
    yield box
    controller.stop()


def _is_ours(job_id) -> bool:
    """Whether a job tells or sends; themes are found elsewhere."""
    with reading() as session:
        return session.get_one(Job, job_id).name.startswith(("notifications.", "outbox."))


@pytest.fixture
def work(session) -> Callable[..., None]:
    """Does everything that is due, and what that makes due; so much later."""

    def work(later: timedelta = timedelta(0)) -> None:
        session.commit()
        with time_machine.travel(utcnow() + later, tick=False):
            while due := [job_id for job_id in sweep() if _is_ours(job_id)]:
                for job_id in due:
                    perform(job_id)
        session.expire_all()

    return work


@pytest.fixture
def told(session) -> Callable[..., list[str]]:
    """The kinds of notices a person has, in their order."""

    def told(person) -> list[str]:
        rows = session.scalars(sa.select(Notice).where(Notice.user_id == person.id).order_by(Notice.id))
        return [session.get(Happening, row.happening_id).kind.value for row in rows]

    return told
