"""The outbox: mail is a row written in the transaction of its cause, and delivered by a job at least once."""

import smtplib
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.policy import default as default_policy
from email.utils import format_datetime, make_msgid
from enum import Enum
from functools import lru_cache
from typing import ClassVar
from urllib.parse import unquote, urlsplit

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column
from structlog import get_logger

from config import settings
from forum.core.clock import utcnow
from forum.core.database import AWAY, Json, Model, insist, reading, transaction
from forum.core.jobs import enqueue, job
from forum.core.languages import speaking
from forum.core.mail import as_html

TIMEOUT = 20  # seconds that a mail server may take for an answer
PAUSE = 60  # seconds for which a server that gave none is left alone: other jobs need the worker meanwhile
AT_ONCE = 50  # mails of a batch after which others get their turn
DELAYS = (60, 300, 1800, 7200, 21600, 86400)  # seconds until the next try; then it is dead


class MailState(Enum):
    """Where a mail is."""

    WAITING = "waiting"
    SENT = "sent"
    DEAD = "dead"  # tried too often, or refused for good; an admin sees it
    DROPPED = "dropped"  # not to be read any more, or given up by an admin


class OutboxMail(Model):
    """One mail to one address."""

    __tablename__ = "outbox_mails"
    id: Mapped[int] = mapped_column(primary_key=True)
    to_address: Mapped[str] = mapped_column(sa.String(254))
    user_id: Mapped[int | None] = mapped_column(index=True)
    language: Mapped[str] = mapped_column(sa.String(2))
    cause: Mapped[str] = mapped_column(sa.String(60))  # "verify", "reset"; why it came
    subject: Mapped[str] = mapped_column(sa.String(200))
    text: Mapped[str] = mapped_column(sa.Text)
    composer: Mapped[str] = mapped_column(sa.String(20), default="")  # what words it when it leaves, if anything
    batch: Mapped[str] = mapped_column(sa.String(40), default="")  # what left together with others
    is_last: Mapped[bool] = mapped_column(default=False)  # its address is forgotten once it was sent or given up
    message_id: Mapped[str] = mapped_column(sa.String(200))  # the same at every try, so that repeats can be seen
    state: Mapped[MailState] = mapped_column(default=MailState.WAITING, index=True)
    tries: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(sa.Text, default="")


@dataclass(frozen=True)
class Letter:
    """What a mail says, as it is written at the moment when it leaves."""

    subject: str
    text: str
    html: str = ""  # the same for programs that show it
    headers: Mapping[str, str] = field(default_factory=dict)


Composer = Callable[[Session, OutboxMail], Letter | None]
_composers: dict[str, Composer] = {}


def composes(name: str) -> Callable[[Composer], Composer]:
    """Register the decorated function as what writes mails of the composer `name`.

    It is called in the recipient's language each time the mail is tried, so that what they may read is asked when it
    leaves. It only reads; None means that there is nothing to be told any more, and the mail is dropped.
    """

    def register(function: Composer) -> Composer:
        _composers[name] = function
        return function

    return register


def send_mail(
    session: Session,
    *,
    to: str,
    subject: str = "",
    text: str = "",
    composer: str = "",
    cause: str,
    language: str,
    user_id: int | None = None,
    is_last: bool = False,
) -> OutboxMail:
    """Write a mail into the outbox in this transaction; it leaves after the commit, and only then.

    One with a `composer` gets its words when it leaves. The address of one that `is_last` goes when it is over.
    """
    mail = OutboxMail(
        to_address=_one_line(to),
        user_id=user_id,
        language=language,
        cause=cause,
        subject=_one_line(subject)[:200],
        text=text,
        composer=composer,
        is_last=is_last,
        message_id=make_msgid(domain=mail_host()),
        state=MailState.WAITING,
        created_at=utcnow(),
    )
    session.add(mail)
    session.flush()
    enqueue(session, deliver, mail_id=mail.id)
    return mail


@dataclass(frozen=True, slots=True)
class Recipient:
    """Where one of many mails goes."""

    user_id: int
    address: str
    language: str


def send_many(
    session: Session, people: Sequence[Recipient], *, composer: str, cause: str, batch: str
) -> dict[int, int]:
    """Write a mail to each of some people into the outbox, in one statement; the ids of the mails by person.

    They leave one after the other once `send_off` was called for their `batch`.
    """
    if not people:
        return {}
    shared: Json = {"cause": cause, "subject": "", "text": "", "composer": composer, "batch": batch, "error": ""}
    shared |= {"is_last": False, "state": MailState.WAITING, "tries": 0, "created_at": utcnow()}
    rows = [
        shared
        | {"to_address": _one_line(one.address), "user_id": one.user_id, "language": one.language}
        | {"message_id": make_msgid(domain=mail_host())}
        for one in people
    ]
    written = session.execute(sa.insert(OutboxMail).returning(OutboxMail.user_id, OutboxMail.id), rows)
    return {user_id: mail_id for user_id, mail_id in written if user_id is not None}


def send_off(session: Session, batch: str) -> None:
    """Have the mails of a batch sent; called once, when all of them are written."""
    if session.scalar(_untried(batch).limit(1)) is not None:
        enqueue(session, deliver_batch, batch=batch)


def _untried(batch: str) -> sa.Select[int]:
    waiting = (OutboxMail.state == MailState.WAITING) & (OutboxMail.tries == 0)
    return sa.select(OutboxMail.id).where(waiting, OutboxMail.batch == batch).order_by(OutboxMail.id)


def mail_host() -> str:
    """The host in the ids of our mails."""
    return urlsplit(settings().site_url).hostname or "localhost"


def _one_line(value: str) -> str:
    """A header must not smuggle in others."""
    return " ".join(value.split())


@job("outbox.deliver", timeout=120)
def deliver(*, mail_id: int) -> None:
    """Send one mail; on failure try again later, with growing delays, and in the end call it dead.

    A server that just let somebody wait in vain is not tried for a while, and the mail neither.
    """
    if time.monotonic() < _Line.silent_until:
        with transaction() as session:
            enqueue(session, deliver, delay=PAUSE, mail_id=mail_id)
        return
    with _Line() as line:
        _deliver(mail_id, line)


@job("outbox.deliver_batch", timeout=3600)
def deliver_batch(*, batch: str) -> None:
    """Send some mails of a batch, then queue the others behind whatever came meanwhile.

    While the server cannot be reached they wait without having been tried.
    """
    with reading() as session:
        ids = session.scalars(_untried(batch).limit(AT_ONCE + 1)).all()
    is_reached = True
    with _Line() as line:
        for mail_id in ids[:AT_ONCE]:
            is_reached = _deliver(mail_id, line)
            if not is_reached:
                break
    if len(ids) > AT_ONCE or not is_reached:
        with transaction() as session:
            enqueue(session, deliver_batch, delay=0 if is_reached else DELAYS[0], batch=batch)


def _deliver(mail_id: int, line: "_Line") -> bool:
    """Send one mail, or postpone it; False when the mail server could not be reached."""
    try:
        with reading() as session:
            mail = session.get(OutboxMail, mail_id)
            if mail is None or mail.state is not MailState.WAITING:
                return True
            letter = _letter(session, mail)
        if letter is not None:
            line.send(_message(mail, letter))
    except AWAY:
        raise  # the database is, which is no fault of the mail: the job is done again
    except Exception as error:  # whatever it was: it is tried again, and in the end an admin sees it
        _postpone(mail_id, f"{type(error).__name__}: {error}"[:500], for_good=_is_final(error))
        return not _is_unreached(error)
    insist(lambda session: _settle(session, mail_id, is_sent=letter is not None))
    return True


def _settle(session: Session, mail_id: int, *, is_sent: bool) -> None:
    """Write down that a mail has left, or that there was nothing to be told any more."""
    # Secret links, codes and titles of posts that may be erased one day: nothing of it need stay here.
    over = {"state": MailState.SENT, "sent_at": utcnow()} if is_sent else {"state": MailState.DROPPED}
    cleared = over | {"error": "", "subject": "", "text": ""}
    session.execute(sa.update(OutboxMail).where(OutboxMail.id == mail_id).values(**cleared))
    session.execute(_forget_address(mail_id))


def _forget_address(mail_id: int) -> sa.Update:
    """Forget where the last mail to somebody went."""
    return sa.update(OutboxMail).where(OutboxMail.id == mail_id, OutboxMail.is_last).values(to_address="")


def _letter(session: Session, mail: OutboxMail) -> Letter | None:
    if not mail.composer:
        return Letter(mail.subject, mail.text, as_html(mail.text, mail.language))
    with speaking(mail.language):
        return _composers[mail.composer](session, mail)


def _is_unreached(error: Exception) -> bool:
    """Whether the server is away or busy with itself, so that the next mail would fare no better."""
    is_refused = isinstance(error, (smtplib.SMTPDataError, smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused))
    return isinstance(error, OSError) and not is_refused


def _is_final(error: Exception) -> bool:
    """Whether trying again is useless: the server says that there is no such address, or this is no mail."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _words in error.recipients.values())
    if isinstance(error, smtplib.SMTPDataError):
        return error.smtp_code >= 500
    return isinstance(error, ValueError)


def _postpone(mail_id: int, error: str, *, for_good: bool) -> None:
    with transaction() as session:
        mail = session.get_one(OutboxMail, mail_id)
        mail.tries += 1
        mail.error = error
        is_over = for_good or mail.tries > len(DELAYS)
        if is_over and mail.is_last:  # nobody may keep the address to try again
            mail.state, mail.error = MailState.DROPPED, ""
            mail.to_address = mail.subject = mail.text = ""
        elif is_over:
            mail.state = MailState.DEAD
        else:
            enqueue(session, deliver, delay=DELAYS[mail.tries - 1], mail_id=mail_id)


# Addresses in headers must not be cut: programs that unsubscribe would not find them.
_WHOLE_LINES = default_policy.clone(max_line_length=900)


def _message(mail: OutboxMail, letter: Letter) -> EmailMessage:
    message = EmailMessage(_WHOLE_LINES)
    message["From"] = settings().mail_from
    message["To"] = mail.to_address
    message["Subject"] = _one_line(letter.subject)[:200]
    message["Date"] = format_datetime(mail.created_at)
    message["Message-ID"] = mail.message_id
    message["Auto-Submitted"] = "auto-generated"
    for name, value in letter.headers.items():
        message[name] = _one_line(value)
    message.set_content(letter.text, cte="quoted-printable")
    if letter.html:
        message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    message["Content-Language"] = mail.language  # set_content drops what was said of an earlier content
    return message


class _Line:
    """A connection to the mail server: opened for the first mail, kept for those after it, given up on an error.

    Without a server mail goes to `var/mail` and the terminal.
    """

    silent_until: ClassVar[float] = 0.0  # seconds of the monotonic clock; of this process

    def __init__(self) -> None:
        self._server: smtplib.SMTP | None = None

    def __enter__(self) -> "_Line":
        return self

    def __exit__(self, *_error: object) -> None:
        self._hang_up()

    def send(self, message: EmailMessage) -> None:
        """Hand over one message; raises what `smtplib` raises."""
        if not settings().smtp_url:
            _keep_in_folder(message)
            return
        began = time.monotonic()
        try:
            self._server = self._server or _open_line()
            self._server.send_message(message)
        except Exception:
            if time.monotonic() - began >= TIMEOUT:
                _Line.silent_until = time.monotonic() + PAUSE
            self._hang_up()
            raise

    def _hang_up(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            with suppress(OSError):  # it may be gone
                server.quit()
            server.close()


@lru_cache
def _certified() -> ssl.SSLContext:
    """Trust in the authorities that this machine knows; reading them takes longer than sending a mail."""
    return ssl.create_default_context()


def _open_line() -> smtplib.SMTP:
    parts = urlsplit(settings().smtp_url)
    host = parts.hostname or "localhost"
    is_near = host in ("localhost", "127.0.0.1", "::1")  # what it says stays on this machine
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, parts.port or 465, timeout=TIMEOUT, context=_certified())
    else:
        server = smtplib.SMTP(host, parts.port or 25, timeout=TIMEOUT)
    try:
        server.ehlo()
        is_secret = parts.scheme == "smtps"
        if not is_secret and not is_near and server.has_extn("starttls"):
            server.starttls(context=_certified())
            server.ehlo()
            is_secret = True
        if parts.username:
            if not (is_secret or is_near):
                raise smtplib.SMTPException("the server offers no encryption, so the password was not sent")
            server.login(unquote(parts.username), unquote(parts.password or ""))
    except Exception:
        server.close()
        raise
    return server


def _keep_in_folder(message: EmailMessage) -> None:
    folder = settings().data_dir / "mail"
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)  # links in these mails open accounts
    stamp = utcnow().strftime("%Y%m%d-%H%M%S-%f")
    path, part = folder / f"{stamp}.eml", folder / f"{stamp}.part"
    part.write_bytes(bytes(message))
    part.chmod(0o600)
    part.replace(path)  # whoever looks for mail finds whole ones
    get_logger().info("mail kept in a file, no SMTP server is set", to=message["To"], file=str(path))
    plain = message.get_body(("plain",)) or message
    print(f"\nMail to {message['To']}: {message['Subject']}\n{plain.get_content()}", flush=True)


def retry(session: Session, mail: OutboxMail) -> None:
    """Give a dead mail another round of tries, and one that waits for its next try that try at once."""
    mail.state = MailState.WAITING
    mail.tries = 0
    enqueue(session, deliver, mail_id=mail.id)


def drop(session: Session, mail: OutboxMail) -> None:
    """Give a mail up that was not sent; what it said is forgotten."""
    if mail.state is not MailState.SENT:
        mail.state, mail.subject, mail.text = MailState.DROPPED, "", ""
        mail.to_address = "" if mail.is_last else mail.to_address


def stuck(session: Session, group: str, limit: int) -> Sequence[OutboxMail]:
    """Mail that did not leave, the latest first: `dead`, or `late` and waiting for its next try."""
    late = (OutboxMail.state == MailState.WAITING) & (OutboxMail.tries > 0)
    chosen = OutboxMail.state == MailState.DEAD if group == "dead" else late
    return session.scalars(sa.select(OutboxMail).where(chosen).order_by(OutboxMail.id.desc()).limit(limit)).all()


def counts(session: Session) -> dict[str, int]:
    """How much mail is dead, and how much is late."""
    late = (OutboxMail.state == MailState.WAITING) & (OutboxMail.tries > 0)
    row = session.execute(
        sa.select(
            sa.func.count().filter(OutboxMail.state == MailState.DEAD).label("dead"),
            sa.func.count().filter(late).label("late"),
        ).where(OutboxMail.state.in_((MailState.DEAD, MailState.WAITING)))
    ).one()
    return {"dead": row.dead, "late": row.late}
