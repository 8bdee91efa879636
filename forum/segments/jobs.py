"""Large files of attributes, looked at and brought in by the worker."""

from forum.core.database import Json, reading, transaction
from forum.core.jobs import Progress, job
from forum.segments import attributes, files
from forum.segments.models import AttributeFile


@job("segments.look", timeout=900)
def look_at(*, file_id: int, progress: Progress) -> Json:
    """Find out what a file would change."""
    progress.step("reading", 0, 1)
    with reading() as session:
        found = attributes.look(session, files.path_of(session.get_one(AttributeFile, file_id)))
    with transaction() as session:
        session.get_one(AttributeFile, file_id).report = found.report()
    return {"rows": found.rows}


@job("segments.bring", timeout=1800)
def bring(*, file_id: int, progress: Progress) -> Json:
    """Bring a file in, in batches of their own transactions; run again, it goes on with what is left to change."""
    progress.step("reading", 0, 2)
    with reading() as session:
        file = session.get_one(AttributeFile, file_id)
        if file.applied_at is not None:
            return {}
        found = attributes.look(session, files.path_of(file))
    for start in range(0, len(found.changes), attributes.BATCH):
        progress.step("writing", 1, 2, start / len(found.changes))
        with transaction() as session:
            attributes.write(session, found, found.changes[start : start + attributes.BATCH])
    with transaction() as session:
        files.close(session, session.get_one(AttributeFile, file_id), found)
    return found.numbers()
