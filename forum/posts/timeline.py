"""*What became of it*: sentences about one post, stored as kind and values and worded in the reader's language."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.models import User
from forum.core.clock import utcnow
from forum.core.languages import _, date_words, lazy, ngettext, pick
from forum.core.people import Reader
from forum.posts.models import TimelineEntry
from forum.posts.status import Status

Sentence = str | tuple[str, str]  # alone, or with the local address it leads to
_wordings: dict[str, Callable[[dict[str, Any]], Sentence]] = {}


@dataclass(frozen=True, slots=True)
class Entry:
    """One sentence of a timeline, ready to be shown."""

    at: datetime
    sentence: str
    href: str
    actor_name: str
    kind: str
    state: str = ""  # "now" for the latest, "ok" for a launch
    why: str = ""
    status: str = ""  # that the post came to with it, if any

    @property
    def when(self) -> str:
        """The day in the reader's language."""
        return date_words(self.at)

    @property
    def who(self) -> str:
        """Who did it, where that is said."""
        return self.actor_name


_INSERT = sa.insert(cast(sa.Table, TimelineEntry.__table__))


def wording(kind: str) -> Callable[[Callable[[dict[str, Any]], Sentence]], Callable[[dict[str, Any]], Sentence]]:
    """Register the decorated function as what words entries of `kind`.

    It gets the stored values and returns the plain sentence in the language of the moment, or the sentence
    and the local address it leads to.
    """

    def register(function: Callable[[dict[str, Any]], Sentence]) -> Callable[[dict[str, Any]], Sentence]:
        _wordings[kind] = function
        return function

    return register


def add(
    session: Session,
    post_id: int,
    kind: str,
    *,
    at: datetime | None = None,
    actor_id: int | None = None,
    is_public: bool = True,
    **values: Any,
) -> None:
    """Write one entry of a post's timeline; `values` is what its wording needs.

    Two values have a meaning of their own: `why`, shown below the sentence, and `status`, a `Status` value that
    marks the day on the post's way. Raises `ValueError` for a kind that nobody words.
    """
    add_to_many(session, (post_id,), kind, at=at, actor_id=actor_id, is_public=is_public, **values)


def add_to_many(
    session: Session,
    post_ids: Collection[int],
    kind: str,
    *,
    at: datetime | None = None,
    actor_id: int | None = None,
    is_public: bool = True,
    **values: Any,
) -> None:
    """Write the same entry on the timelines of many posts at once. Raises `ValueError` for an unknown kind."""
    if kind not in _wordings:
        raise ValueError(f"nobody words timeline entries of kind {kind!r}")
    row = {"kind": kind, "at": at or utcnow(), "actor_id": actor_id, "is_public": is_public, "values": values}
    if post_ids:
        session.flush()  # the posts may be new
        session.connection().execute(_INSERT, [row | {"post_id": post_id} for post_id in post_ids])


def add_to_selected(
    session: Session, posts: sa.Select[int, bool], kind: str, *, at: datetime | None = None, **values: Any
) -> None:
    """Write the same entry for all that `posts` selects, each with whether everybody may read it, in one statement.

    Raises `ValueError` for a kind that nobody words.
    """
    if kind not in _wordings:
        raise ValueError(f"nobody words timeline entries of kind {kind!r}")
    chosen = posts.subquery()
    rows = sa.select(
        *chosen.c,
        sa.literal(kind),
        sa.literal(at or utcnow(), TimelineEntry.at.type),
        sa.literal(values, TimelineEntry.values.type),
    )
    columns = ["post_id", "is_public", "kind", "at", "values"]
    session.flush()
    session.connection().execute(_INSERT.from_select(columns, rows, include_defaults=False))


def remove(session: Session, posts: sa.Select[int], kind: str, since: datetime, until: datetime) -> None:
    """Take the entries of a kind off the timelines of `posts` that were written from `since` to `until`."""
    mine = (TimelineEntry.post_id.in_(posts), TimelineEntry.kind == kind, TimelineEntry.at.between(since, until))
    session.execute(sa.delete(TimelineEntry).where(*mine).execution_options(synchronize_session=False))


def show_or_hide(
    session: Session, posts: sa.Select[int], kinds: Collection[str], *, is_public: bool, **values: int
) -> None:
    """Let everybody, or the team alone, read the entries of `kinds` on `posts` whose values are these numbers."""
    same = (TimelineEntry.values[name].as_integer() == value for name, value in values.items())
    session.execute(
        sa.update(TimelineEntry)
        .where(TimelineEntry.post_id.in_(posts), TimelineEntry.kind.in_(kinds), *same)
        .values(is_public=is_public)
        .execution_options(synchronize_session=False)
    )


def take_back(session: Session, posts: sa.Select[int], kind: str, *, since: datetime, **values: int) -> None:
    """Delete what was written on `posts` at `since` or later: entries of `kind` whose values are these numbers."""
    same = (TimelineEntry.values[name].as_integer() == value for name, value in values.items())
    session.execute(
        sa.delete(TimelineEntry)
        .where(TimelineEntry.post_id.in_(posts), TimelineEntry.kind == kind, TimelineEntry.at >= since, *same)
        .execution_options(synchronize_session=False)
    )


def entries(session: Session, post_id: int, reader: Reader) -> list[Entry]:
    """The timeline of a post that `reader` may see, oldest first; entries that are not public for the team only."""
    query = (
        sa.select(TimelineEntry.at, TimelineEntry.kind, TimelineEntry.values.label("values_"), User.display_name)
        .outerjoin(User, User.id == TimelineEntry.actor_id)
        .where(TimelineEntry.post_id == post_id)
        .order_by(TimelineEntry.at, TimelineEntry.id)
    )
    if not reader.is_team:
        query = query.where(TimelineEntry.is_public)
    return word_all([(row.at, row.kind, row.values_, row.display_name or "") for row in session.execute(query)])


def word_all(rows: Sequence[tuple[datetime, str, Mapping[str, Any], str]]) -> list[Entry]:
    """Stored entries as (when, kind, values, name of who did it), oldest first, in the reader's language."""
    known = [row for row in rows if row[1] in _wordings]
    return [_entry(*row, is_last=row is known[-1]) for row in known]


def _entry(at: datetime, kind: str, values: Mapping[str, Any], name: str, *, is_last: bool) -> Entry:
    worded = _wordings[kind](dict(values))
    sentence, href = (worded, "") if isinstance(worded, str) else worded
    why = values.get("why") or ""
    why = why if isinstance(why, str) else pick(why)  # company-written text comes in languages
    state, status = "now" if is_last else "", str(values.get("status") or "")
    return Entry(at, sentence, href, name, kind, state=state, why=why, status=status)


STATUS_SENTENCES: Mapping[str, Any] = {
    Status.NEW.value: lazy("It is open again."),
    Status.ANSWERED.value: lazy("The company has answered."),
    Status.NOT_NOW.value: lazy("The company decided: not now."),
    Status.IN_REVIEW.value: lazy("The company is looking into it."),
    Status.PLANNED.value: lazy("It is planned."),
    Status.IN_PROGRESS.value: lazy("It is being worked on."),
    Status.LAUNCHED.value: lazy("It was built and launched."),
}


@wording("heard")
def _heard(values: dict[str, Any]) -> Sentence:
    if values.get("source", "site") == "site":
        return _("Posted here.")
    if values["source"] == "bundle":
        return _("Moderators put posts that say the same under this headline.")
    return _("Heard elsewhere and brought here.")


@wording("votes")
def _votes(values: dict[str, Any]) -> Sentence:
    n = int(values["n"])
    return ngettext("{n} person has voted for it.", "{n} people have voted for it.", n)


@wording("joined")
def _joined(values: dict[str, Any]) -> Sentence:
    sentence = _("It was joined with another post that says the same. Votes and comments go on there.")
    return sentence, f"/posts/{values['into_id']}"


@wording("took_in")
def _took_in(values: dict[str, Any]) -> Sentence:
    people = ngettext("{n} person wants it now.", "{n} people want it now.", int(values["people"]))
    sentence = _("Another post that says the same was joined with this one. {people}", people=people)
    return sentence, f"/posts/{values['from_id']}"


@wording("separated")
def _separated(_values: dict[str, Any]) -> Sentence:
    return _("It stands by itself again: it means something else than the post it was joined with.")


@wording("let_go")
def _let_go(values: dict[str, Any]) -> Sentence:
    return _("A post that was joined with this one stands by itself again."), f"/posts/{values['from_id']}"


@wording("split")
def _split(values: dict[str, Any]) -> Sentence:
    return _("Some of its words became a post of their own."), f"/posts/{values['part_id']}"


@wording("split_from")
def _split_from(values: dict[str, Any]) -> Sentence:
    return _("A moderator took these words from a longer post, where they still stand."), f"/posts/{values['from_id']}"


@wording("answered")
def _answered(values: dict[str, Any]) -> Sentence:
    sentence = _("The company answered.")
    comment_id = values.get("comment_id")
    return (sentence, f"#comment-{comment_id}") if comment_id else sentence


@wording("moved")
def _moved(values: dict[str, Any]) -> Sentence:
    return str(STATUS_SENTENCES[values["status"]])
