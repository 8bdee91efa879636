"""Files of attributes: kept while somebody looks at what they would change, brought in, and deleted."""

import secrets
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config import settings
from forum.core.audit import record
from forum.core.clock import utcnow
from forum.core.errors import Conflict, Invalid, require
from forum.core.jobs import enqueue
from forum.core.languages import _
from forum.core.people import Reader
from forum.segments import attributes, members, rules
from forum.segments.models import AttributeFile

AT_ONCE = 300_000  # bytes that are read while somebody waits; a job reads larger files
WAITS = timedelta(days=7)  # how long a file that nobody brings in stays


def folder() -> Path:
    """Where files wait, for us alone."""
    path = settings().data_dir / "attributes"
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(0o700)
    return path


def new_path() -> Path:
    """A place for a file under a name that nobody can guess."""
    return folder() / f"{secrets.token_hex(16)}.upload"


def path_of(file: AttributeFile) -> Path:
    """Where the file lies. Raises `Conflict` when it is gone."""
    path = settings().data_dir / file.path
    if not file.path or not path.is_file():
        raise Conflict(_("The file is gone. Please choose it again."))
    return path


def keep_file(session: Session, path: Path, name: str, *, by: Reader, waits: bool = False) -> AttributeFile:
    """Look at a file that was put at `path`, without changing anything by it.

    A large one is looked at by a job, unless somebody `waits` for it.

    Files that waited too long go. Raises `NotAllowed` unless `by` works with segments, and `Invalid` for a file
    that cannot be used.
    """
    require(rules.may_segment(by), _("Only product managers bring in attributes."))
    drop_waiting(session, until=utcnow() - WAITS)
    is_small = waits or path.stat().st_size <= AT_ONCE
    about = attributes.about_of_file(path)
    file = AttributeFile(
        name=name[:200],
        path=path.relative_to(settings().data_dir).as_posix(),
        about=about,
        brought_by_id=by.id,
        brought_at=utcnow(),
        report=attributes.look(session, path).report() if is_small else {},
    )
    session.add(file)
    session.flush()
    if not is_small:
        from forum.segments.jobs import look_at

        file.job_id = enqueue(session, look_at, by=by.id, file_id=file.id).id
    return file


def bring_in(session: Session, file: AttributeFile, *, by: Reader) -> None:
    """Write what a file says of people and companies, and who is in which segment by that; a job does a large one.

    The file is deleted after that, and of the report only numbers stay. Recorded. Raises `NotAllowed` unless `by`
    works with segments, and `Conflict` when it was brought in already or is gone.
    """
    require(rules.may_segment(by), _("Only product managers bring in attributes."))
    session.refresh(file, with_for_update=True)
    if file.applied_at is not None:
        raise Conflict(_("This file has been brought in already."))
    path = path_of(file)
    record(
        session, "segments.import", by=by.id, subject="attribute_file", subject_id=file.id, about=None, file=file.name
    )
    if path.stat().st_size > AT_ONCE:
        from forum.segments.jobs import bring

        file.job_id = enqueue(session, bring, by=by.id, file_id=file.id).id
        return
    found = attributes.look(session, path)
    attributes.write(session, found, found.changes)
    close(session, file, found)


def note(session: Session, file: AttributeFile, *, by: Reader) -> None:
    """Record that somebody brings a file in; not what stands in it."""
    record(session, "segments.import", by=by.id, subject="attribute_file", subject_id=file.id, file=file.name)


def close(session: Session, file: AttributeFile, found: attributes.Found) -> None:
    """Note that a file is in, see who is in which segment now, and delete the file."""
    members.refresh(session)
    file.applied_at = utcnow()
    file.report = found.numbers()
    _delete(file)
    session.flush()


def drop_file(session: Session, file: AttributeFile, *, by: Reader) -> None:
    """Forget a file that is not to be brought in. Raises `NotAllowed` unless `by` works with segments."""
    require(rules.may_segment(by), _("Only product managers bring in attributes."))
    if file.applied_at is not None:
        raise Conflict(_("This file has been brought in already."))
    _delete(file)
    session.delete(file)
    session.flush()


def drop_waiting(session: Session, *, until: object = None) -> None:
    """Forget the files that wait to be brought in, or those that have waited since before `until`."""
    query = sa.select(AttributeFile).where(AttributeFile.applied_at.is_(None))
    if until is not None:
        query = query.where(AttributeFile.brought_at < until)
    for file in session.scalars(query).all():
        _delete(file)
        session.delete(file)
    session.flush()


def _delete(file: AttributeFile) -> None:
    if file.path:
        (settings().data_dir / file.path).unlink(missing_ok=True)
        file.path = ""


def check_name(name: str) -> str:
    """The bare name of an uploaded file. Raises `Invalid` for one that is no table."""
    bare = Path(name.replace("\\", "/")).name[:200]
    if not bare.casefold().endswith((".csv", ".tsv", ".txt")):
        raise Invalid(fields={"file": _("Choose a CSV file.")})
    return bare
