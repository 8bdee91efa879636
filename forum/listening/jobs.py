"""Imports from the page, run by the worker."""

from pathlib import Path

from config import settings
from forum.accounts.models import User
from forum.accounts.sessions import reader_from
from forum.core.clock import utcnow
from forum.core.database import Json, reading, transaction
from forum.core.errors import Invalid
from forum.core.jobs import Progress, job
from forum.core.languages import lazy, speaking
from forum.listening.models import Import, Source
from forum.listening.reading import open_rows
from forum.listening.services import Plan, import_file
from forum.listening.undoing import balance, take_back
from forum.posts.status import Kind


@job("listening.import", timeout=4 * 3600, heavy=True)
def run_import(*, import_id: int, progress: Progress) -> Json:
    """Read an uploaded file; run again after an interruption it goes on where it was."""
    with reading() as session:
        row = session.get_one(Import, import_id)
        source = session.get_one(Source, row.source_id)
    path = settings().data_dir / row.file_path
    if not path.exists():
        raise Invalid(lazy("The uploaded file is gone. Please choose it again."))
    progress.step("counting", 0, 2)
    total = max(1, sum(1 for _row in open_rows(path)))
    plan = Plan(
        path=path,
        product_id=source.product_id,
        source_name=source.name,
        area_id=row.area_id,
        kind=Kind(row.options["kind"]) if row.options.get("kind") else None,
        language=row.options.get("language", ""),
        columns=row.columns,
        is_trial=row.is_trial,
    )
    step = "checking" if row.is_trial else "importing"
    with speaking(row.options.get("spoken", "")):  # the file of refused rows is for whoever started this
        outcome = import_file(plan, import_id=import_id, notice=lambda rows: progress.step(step, 1, 2, rows / total))
    if row.is_trial:
        _note_trial(import_id, outcome.imported, outcome.already_here, outcome.refused, outcome.as_json())
    return {"imported": outcome.imported, "already_here": outcome.already_here, "refused": outcome.refused}


@job("listening.undo", timeout=4 * 3600, heavy=True)
def run_undo(*, import_id: int, by_id: int, progress: Progress) -> Json:
    """Take an import back; run again after an interruption it goes on where it was."""
    with reading() as session:
        total = max(1, balance(session, import_id).free)
        by = reader_from(session, session.get_one(User, by_id))
    done = take_back(import_id, by=by, notice=lambda n: progress.step("taking back", 0, 1, n / total))
    return {"gone": done.free, "held": done.held}


def _note_trial(import_id: int, imported: int, already_here: int, refused: int, report: Json) -> None:
    with transaction() as session:
        row = session.get_one(Import, import_id)
        row.imported, row.already_here, row.refused, row.report = imported, already_here, refused, report
        row.finished_at = utcnow()


def folder() -> Path:
    """Where uploads wait."""
    path = settings().data_dir / "imports"
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(0o700)
    return path
