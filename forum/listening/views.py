"""The pages of listening: bringing in a file of customers' words."""

import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flask import Blueprint, request, send_file
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from config import settings
from forum.core import audit
from forum.core.clock import utcnow
from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.jobs import Job, JobState, cancel, enqueue
from forum.core.languages import _, current_language, mark, pick
from forum.listening import jobs, queries, reading
from forum.listening.files import UTF_8, check_packing
from forum.listening.models import Import
from forum.listening.reading import NAMES, PREVIEW, guess_columns
from forum.listening.refusals import source_name_of
from forum.listening.rules import may_import
from forum.listening.schemas import Columns, Upload
from forum.listening.services import source_of
from forum.listening.undoing import balance
from forum.web.forms import Form
from forum.web.navigation import menu
from forum.web.pages import flash, go, is_fragment, page
from forum.web.permissions import allowed, me
from forum.web.session import db
from forum.web.uploads import takes_files

bp = Blueprint("listening", __name__)
menu("listening.upload", mark("Import"), rule=may_import, group="team", order=80)
takes_files("listening.upload", megabytes=64)

ENDINGS = (".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson", ".gz")


@bp.route("/listening/import", methods=["GET", "POST"])
@allowed(may_import)
def upload() -> ResponseReturnValue:
    """Take a file and where its posts belong; then ask what its columns mean."""
    form: Form[Upload] = Form(Upload)
    if form.submitted():
        try:
            row = _keep(request.files.get("file"), form.value)
            return go("listening.show", import_id=row.id)
        except Invalid as problem:
            form.refuse(problem)
    return page(
        "listening/upload.html",
        form.status,
        form=form,
        has_errors=bool(form.errors),
        products=[(row.id, pick(row.name)) for row in db.execute(queries.PRODUCTS)],
        imports=db.execute(queries.IMPORTS).all(),
    )


def _keep(file: FileStorage | None, value: Upload) -> Import:
    """Store the upload under a random name and note what it is. Raises `Invalid`."""
    if file is None or not file.filename:
        raise Invalid(fields={"file": _("Choose a file.")})
    name = Path(file.filename.replace("\\", "/")).name[:200]
    if not name.casefold().endswith(ENDINGS):
        raise Invalid(fields={"file": _("Choose a CSV, JSON or JSON lines file; it may be gzipped.")})
    path = jobs.folder() / f"{secrets.token_hex(16)}.upload"
    file.save(path)
    path.chmod(0o600)
    try:
        check_packing(path, name)
        columns = guess_columns(path, within=PREVIEW).columns
    except Invalid as problem:
        path.unlink()
        raise Invalid(fields={"file": problem.message}) from problem
    row = Import(
        source_id=source_of(db, value.product_id, source_name_of(name)).id,
        started_by_id=me().id,
        file_name=name,
        file_path=path.relative_to(settings().data_dir).as_posix(),
        columns=columns,
        options={"kind": value.kind, "language": value.language},
        is_trial=True,
        started_at=utcnow(),
    )
    db.add(row)
    db.flush()
    return row


@bp.route("/listening/imports/<int:import_id>", methods=["GET", "POST"])
@allowed(may_import)
def show(import_id: int) -> ResponseReturnValue:
    """What the columns mean, then the trial or the import under way, then what came of it."""
    row = _find(import_id)
    job = db.get(Job, row.job_id) if row.job_id else None
    is_busy = job is not None and job.state in (JobState.QUEUED, JobState.RUNNING)
    form: Form[Columns] = Form(Columns, **row.columns, area_id=row.area_id or 0)
    is_finished = _is_finished(row, job)
    places = db.execute(queries.PLACES, {"source": row.source_id}).all()
    sample = _sample(row)
    if not is_busy and not is_finished and form.submitted():
        try:
            _check_columns(form.value, places, sample["sample"])
            _start(row, form.value)
            return go("listening.show", import_id=row.id)
        except Invalid as problem:
            form.refuse(problem)
    if is_fragment() and job is not None:
        return page("listening/_progress.html", row=row, job=job, is_busy=is_busy)
    can_undo = not is_busy and not row.is_trial and balance(db, row.id).free > 0
    state = {"is_busy": is_busy, "is_finished": is_finished, "can_undo": can_undo}
    areas = [(area.id, pick(area.name)) for area in places]
    return page("listening/show.html", form.status, row=row, job=job, form=form, areas=areas, **state, **sample)


def _check_columns(value: Columns, places: Sequence[Any], sample: Sequence[reading.Row]) -> None:
    """Raise `Invalid` beside the field because of which every row would be refused."""
    if not (value.title or value.body):
        raise Invalid(fields={"body": _("Choose the column that holds the text.")})
    if value.area_id and value.area_id not in {area.id for area in places}:
        raise Invalid(fields={"area_id": _("This area is not one of this product. Choose one of the list.")})
    if value.area_id:
        return
    if not value.area:
        raise Invalid(fields={"area_id": _("Choose where the posts belong: no column of the file says so.")})
    known = {name.casefold() for area in places for name in (area.slug, *area.name.values())}
    said = {str(row.values.get(value.area, "")).strip().casefold() for row in sample}
    if sample and not said & known:
        names = ", ".join(pick(area.name) for area in places)
        words = _("The first rows of this column name no area of this product. There are: {names}.", names=names)
        raise Invalid(fields={"area": words})


def _find(import_id: int) -> Import:
    row = db.get(Import, import_id)
    if row is None:
        raise NotFound(_("There is no such import. The list of imports has those there are."))
    return row


def _is_finished(row: Import, job: Job | None) -> bool:
    """Whether the whole file was brought in; taking it back later, even in vain, does not change that."""
    if row.is_trial or job is None:
        return False
    is_undo = job.name == "listening.undo"
    return job.state is JobState.DONE or (is_undo and row.finished_at is not None)


def _sample(row: Import) -> dict[str, Any]:
    path = settings().data_dir / row.file_path
    if not row.file_path or not path.exists():
        return {"fields": list(NAMES), "columns": [], "unknown": [], "sample": [], "encoding": "", "unread": 0}
    guess = guess_columns(path, within=PREVIEW)
    return {
        "fields": list(NAMES),
        "columns": guess.available,
        "unknown": guess.unknown,
        "sample": guess.sample,
        "encoding": "" if guess.encoding == UTF_8 else guess.encoding,
        "unread": guess.unread,
    }


def _start(row: Import, value: Columns) -> None:
    row.columns = value.model_dump(exclude={"go", "area_id"})
    row.area_id = value.area_id or None
    row.options = row.options | {"spoken": current_language()}
    row.is_trial = value.go == "trial"
    row.started_at, row.finished_at = utcnow(), None
    row.job_id = enqueue(db, jobs.run_import, by=me().id, import_id=row.id).id
    action = "import.trial" if row.is_trial else "import.start"
    audit.record(db, action, by=me().id, subject="import", subject_id=row.id, file=row.file_name)


@bp.post("/listening/imports/<int:import_id>/cancel")
@allowed(may_import)
def cancel_import(import_id: int) -> ResponseReturnValue:
    """Stop an import; what is in stays in, and the rest can be brought in later."""
    row = _find(import_id)
    job = db.get(Job, row.job_id) if row.job_id else None
    if job is not None:
        cancel(db, job)
        flash(_("The import stops after the rows it is at. Start it again to bring in the rest."))
    return go("listening.show", import_id=import_id)


@bp.route("/listening/imports/<int:import_id>/undo", methods=["GET", "POST"])
@allowed(may_import)
def undo(import_id: int) -> ResponseReturnValue:
    """Say what taking the import back would do, then have the worker do it."""
    row = _find(import_id)
    if request.method == "GET":
        return page("listening/undo.html", row=row, balance=balance(db, row.id))
    job = db.get(Job, row.job_id) if row.job_id else None
    if job is not None and job.state in (JobState.QUEUED, JobState.RUNNING):
        raise Conflict(_("This import is still under way. Wait until it has ended, or cancel it first."))
    by = me().id
    row.job_id = enqueue(db, jobs.run_undo, by=by, import_id=row.id, by_id=by).id
    return go("listening.show", import_id=row.id)


@bp.get("/listening/imports/<int:import_id>/refused")
@allowed(may_import)
def refused(import_id: int) -> ResponseReturnValue:
    """The rows that were left out, with line numbers and reasons, to be corrected and imported again."""
    row = _find(import_id)
    name = row.report.get("refused_file", "")
    path = settings().data_dir / name
    if not name or not path.is_file():
        raise NotFound(_("No row was left out, or the file has been tidied away."))
    mimetype = "application/x-ndjson" if path.suffix == ".jsonl" else "text/csv"
    return send_file(path, mimetype=mimetype, as_attachment=True, download_name=path.name)
