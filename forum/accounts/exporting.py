"""Everything of mine: a zip of JSON and files that only its owner can fetch, made by a job and kept for seven days.

Each stage registers what it knows of a person; whatever is registered is in the file.
"""

import json
import secrets
import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config import settings
from forum.accounts import passwords
from forum.accounts.models import Consent, ExternalIdentity, SecondFactor, SignIn, User, UserRole
from forum.core import audit
from forum.core.clock import utcnow
from forum.core.database import Json, Model, reading, transaction
from forum.core.errors import Invalid
from forum.core.jobs import Job, JobState, enqueue, job
from forum.core.languages import _
from forum.core.people import Reader

KEPT = timedelta(days=7)
_SECRET = {"password_hash", "key_hash", "token_hash", "name_skeleton", "email_key"}  # ours, not theirs

Rows = Callable[[Session, int], Iterable[Json]]
Files = Callable[[Session, int], Iterable[tuple[str, Path]]]
_rows: dict[str, Rows] = {}
_files: list[Files] = []


def exports(name: str) -> Callable[[Rows], Rows]:
    """Put what the decorated function answers for a person's id into the file `name.json`."""

    def register(function: Rows) -> Rows:
        _rows[name] = function
        return function

    return register


def exports_files(function: Files) -> Files:
    """Put the files that `function` answers for a person's id into the zip, each as a name within it and a path."""
    if function not in _files:
        _files.append(function)
    return function


def rows_of(session: Session, query: sa.Select[Any], *, without: frozenset[str] = frozenset()) -> Iterator[Json]:
    """The rows that a select of one model finds, column by column, but for what is ours alone."""
    for row in session.scalars(query):
        yield as_json(row, without=without)


def as_json(row: Model, *, without: frozenset[str] = frozenset()) -> Json:
    """A row of a table, by the names of its columns."""
    left_out = _SECRET | without
    return {name: _plain(getattr(row, name)) for name in row.__table__.c.keys() if name not in left_out}  # noqa: SIM118


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, (date, datetime)) else value


@exports("account")
def _account(session: Session, user_id: int) -> Iterator[Json]:
    roles = session.scalars(sa.select(UserRole.role).where(UserRole.user_id == user_id))
    yield as_json(session.get_one(User, user_id)) | {"roles": sorted(role.value for role in roles)}


@exports("consents")
def _consents(session: Session, user_id: int) -> Iterator[Json]:
    return rows_of(session, sa.select(Consent).where(Consent.user_id == user_id).order_by(Consent.id))


@exports("sign_ins")
def _sign_ins(session: Session, user_id: int) -> Iterator[Json]:
    return rows_of(session, sa.select(SignIn).where(SignIn.user_id == user_id).order_by(SignIn.id))


@exports("second_factor")
def _second_factor(session: Session, user_id: int) -> Iterator[Json]:
    """Since when a second factor is asked for; its secret is for their app alone."""
    query = sa.select(SecondFactor).where(SecondFactor.user_id == user_id)
    return rows_of(session, query, without=frozenset(("secret", "recovery", "last_step")))


@exports("identities")
def _identities(session: Session, user_id: int) -> Iterator[Json]:
    return rows_of(session, sa.select(ExternalIdentity).where(ExternalIdentity.user_id == user_id))


def check_password(session: Session, password: str, *, by: Reader) -> None:
    """Raise `Invalid` unless this is the password of `by`. Only reads."""
    person = session.get_one(User, by.id)
    session.rollback()  # hashing takes long: hold no snapshot meanwhile
    if not passwords.is_right(person.password_hash, password):
        raise Invalid(fields={"password": _("This is not your present password.")})


def ask_for_export(session: Session, *, by: Reader) -> Job:
    """Have the file with everything of `by` made, or find the one that is being made. Recorded."""
    running = sa.select(Job).where(_of(by.id), Job.state.in_((JobState.QUEUED, JobState.RUNNING)))
    known = session.scalars(running.order_by(Job.id.desc())).first()
    if known is not None:
        return known
    drop_files(session, by.id)  # the newer one takes its place
    audit.record(session, "account.export", by=by.id, subject="user", subject_id=by.id, about=by.id)
    return enqueue(session, export, by=by.id, user_id=by.id)


def latest_export(session: Session, reader: Reader) -> Job | None:
    """The newest file that was asked for, whatever became of it."""
    return session.scalars(sa.select(Job).where(_of(reader.id)).order_by(Job.id.desc()).limit(1)).one_or_none()


def file_of(session: Session, reader: Reader, job_id: int) -> Path | None:
    """The finished file of `reader`, or None when it is somebody else's, not ready or over."""
    found = session.scalars(sa.select(Job).where(_of(reader.id), Job.id == job_id)).one_or_none()
    if found is None or not is_ready(found):
        return None
    path = folder() / str(found.result["file"])
    return path if path.is_file() else None


def is_ready(found: Job) -> bool:
    """Whether a file can be fetched: made, and not over yet."""
    return bool(found.result.get("file")) and ends_at(found) > utcnow()


def ends_at(found: Job) -> datetime:
    """When a finished file goes."""
    return (found.finished_at or found.created_at) + KEPT


def _of(user_id: int | None) -> sa.ColumnElement[bool]:
    return (Job.name == "accounts.export") & (Job.started_by == user_id)


def folder() -> Path:
    """Where the files lie: in the data folder, of which no web server shows anything."""
    return settings().data_dir / "exports"


@job("accounts.export", timeout=600)
def export(*, user_id: int) -> Json:
    """Write everything that the stages know of a person into one file, and plan its end."""
    name = f"{secrets.token_urlsafe(24)}.zip"
    folder().mkdir(0o700, parents=True, exist_ok=True)
    path = folder() / name
    path.touch(0o600)
    with reading() as session, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for part, rows in sorted(_rows.items()):
            text = json.dumps(list(rows(session, user_id)), ensure_ascii=False, indent=1)
            packed.writestr(f"{part}.json", text)
        for files in _files:
            for within, file in files(session, user_id):
                if file.is_file():
                    packed.write(file, within)
    with transaction() as session:
        enqueue(session, drop_export, delay=KEPT.total_seconds(), name=name)
    return {"file": name, "size": path.stat().st_size}


@job("accounts.drop_export")
def drop_export(*, name: str) -> None:
    """Remove a file whose days are over."""
    (folder() / Path(name).name).unlink(missing_ok=True)


def drop_files(session: Session, user_id: int | None) -> None:
    """Remove every such file of a person."""
    for found in session.scalars(sa.select(Job).where(_of(user_id))):
        if found.result.get("file"):
            drop_export(name=str(found.result["file"]))
            found.result = {}
