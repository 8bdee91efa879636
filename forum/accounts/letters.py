"""Mail about accounts, each in its recipient's language."""

from typing import Any
from urllib.parse import quote

from sqlalchemy.orm import Session

from config import settings
from forum.accounts import tokens
from forum.accounts.models import User
from forum.accounts.status import Purpose
from forum.core.mail import absolute, render_mail
from forum.core.outbox import send_mail


def send_letter(session: Session, user: User, name: str, **values: Any) -> None:
    """Write the mail `templates/mail/<name>.txt` to `user` into the outbox; nobody without an address gets one."""
    if not user.email:
        return
    language = language_of(user)
    subject, text = render_mail(name, language, **values)
    send_mail(session, to=user.email, subject=subject, text=text, cause=name, language=language, user_id=user.id)


def write_last_letter(session: Session, user: User, name: str, **values: Any) -> None:
    """Write a letter to somebody who leaves: nothing ties it to them, and their address goes when it was sent.

    Nobody is written to at an address that they did not prove.
    """
    if not user.email or user.verified_at is None:
        return
    language = language_of(user)
    subject, text = render_mail(name, language, **values)
    send_mail(session, to=user.email, subject=subject, text=text, cause=name, language=language, is_last=True)


def language_of(user: User) -> str:
    """The language in which a person is written to."""
    return user.language or settings().main_language


def send_verification(session: Session, user: User, *, then_to: str = "") -> None:
    """Ask `user` to prove their address; the link leads on to the local address `then_to`."""
    token = tokens.issue(session, Purpose.VERIFY, user)
    link = absolute(f"/verify/{token}" + (f"?next={quote(then_to, safe='/')}" if then_to else ""))
    send_letter(session, user, "verify", link=link)


def invite(session: Session, user: User) -> str:
    """A link by which `user` chooses a password, good for an hour."""
    return absolute(f"/password/{tokens.issue(session, Purpose.INVITE, user)}")
