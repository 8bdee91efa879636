"""Notices as mail, worded when they leave: what their reader may no longer see, or chose not to hear, is left out."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from config import settings
from forum.accounts.models import User
from forum.accounts.sessions import reader_from
from forum.accounts.status import AccountState
from forum.core import markup
from forum.core.languages import _
from forum.core.mail import absolute, render_part
from forum.core.outbox import Letter, OutboxMail, composes, mail_host
from forum.notifications import queries, sentences
from forum.notifications.audience import still_holds
from forum.notifications.models import Happening, Notice
from forum.notifications.queries import AnyRow
from forum.notifications.sentences import Others, Said
from forum.notifications.status import How, Kind
from forum.notifications.tokens import leaving_address

QUOTED = 600  # characters of a comment in mail; the rest is on the site
NOTICE, DIGEST = "notice", "digest"


@dataclass(frozen=True, slots=True)
class Shown:
    """One notice as the templates of mail show it."""

    title: str
    language: str  # of the title; empty where it is the reader's
    about: str
    said: Said
    quote: str  # plain
    address: str  # in full


def letter_of(session: Session, mail: OutboxMail) -> tuple[User, list[AnyRow]] | None:
    """Whose mail it is, and what it may still tell them; None when that is nothing."""
    user = session.get(User, mail.user_id) if mail.user_id else None
    if user is None or user.email != mail.to_address or user.state is not AccountState.ACTIVE:
        return None
    rows = queries.of_mail(session, reader_from(session, user), mail.id)
    how = queries.choices(session, [user.id])[user.id]
    rows = [row for row in rows if how[sentences.topic_of_row(row)] is not How.NEVER and _holds(session, row)]
    return (user, rows) if rows else None


def _holds(session: Session, row: AnyRow) -> bool:
    notice = session.get_one(Notice, row.id)
    return still_holds(session, session.get_one(Happening, notice.happening_id))


@composes(NOTICE)
def compose_notice(session: Session, mail: OutboxMail) -> Letter | None:
    """The mail about one notice."""
    found = letter_of(session, mail)
    if found is None:
        return None
    user, (row, *_rest) = found
    others = queries.other_titles(session, reader_from(session, user), [row])
    shown = show(row, others)
    leave = leaving_address(user.id, sentences.topic_of_row(row), row.post_id)
    values = {
        "name": user.display_name,
        "one": shown,
        "why": sentences.why(row),
        "leave": leave,
        "is_sober": row.kind is Kind.NOT_NOW,
    }
    text, html = _render("notice", **values)
    headers = _leaving(leave) | _thread(row) | {"Keywords": row.kind.value}  # by which people sort their mail
    return Letter(_subject(row, shown), text, html, headers)


@composes(DIGEST)
def compose_digest(session: Session, mail: OutboxMail) -> Letter | None:
    """The mail of the day: everything that was gathered, by post."""
    found = letter_of(session, mail)
    if found is None:
        return None
    user, rows = found
    others = queries.other_titles(session, reader_from(session, user), rows)
    groups: dict[Any, list[Shown]] = {}
    for row in rows:
        groups.setdefault((row.post_id, row.item_id, row.theme_id) if not row.post_id else row.post_id, []).append(
            show(row, others)
        )
    leave = leaving_address(user.id, None, None)
    text, html = _render("digest", name=user.display_name, groups=list(groups.values()), leave=leave)
    first = groups[next(iter(groups))][0].title
    subject = first if len(groups) == 1 else _("{title} and more", title=first)
    return Letter(_("Your day: {title}", title=subject), text, html, _leaving(leave))


def show(row: AnyRow, others: Others) -> Shown:
    """A notice as it is shown in mail."""
    said = sentences.say(row, others)
    quote = markup.words_of(said.quote, QUOTED) if said.is_html else said.quote
    title, language = sentences.title_of(row)
    return Shown(title, language, sentences.about(row), said, quote, absolute(said.href))


def _render(template: str, **values: Any) -> tuple[str, str]:
    values["choose"] = absolute("/me/notices/mail")
    return render_part(f"{template}.txt", **values), render_part(f"{template}.html", **values)


def _leaving(address: str) -> dict[str, str]:
    """How mail programs offer to unsubscribe by one press (RFC 2369 and 8058)."""
    return {"List-Unsubscribe": f"<{address}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def _subject(row: AnyRow, shown: Shown) -> str:
    """The same for whatever happens to a post: some programs put only mail of one subject together.

    What happened stands at the beginning of the mail, which they show beside it. A launch is news of its own.
    """
    is_news = not row.post_id or row.kind in (Kind.LAUNCHED, Kind.NEW_POST)
    return shown.said.subject if is_news else f"Re: {shown.title}"


def _thread(row: AnyRow) -> dict[str, str]:
    """Mail about one post stands together: each answers the same first message, which need not have been sent."""
    if not row.post_id:
        return {}
    first = f"<post-{row.post_id}@{mail_host()}>"
    return {"In-Reply-To": first, "References": first, "List-Id": f"{settings().site_name} <posts.{mail_host()}>"}
