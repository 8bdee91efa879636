"""The pages of segments: the list, one to make or change, and bringing in what is known of people and companies."""

from typing import Any

import sqlalchemy as sa
from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from forum.core.errors import Conflict, Invalid
from forum.core.jobs import Job, JobState
from forum.core.languages import LANGUAGES, _
from forum.segments import files, queries, services
from forum.segments.conditions import MOST, Condition, key_word, sentence_of
from forum.segments.models import AttributeFile, Segment
from forum.segments.panels import forget_segments
from forum.segments.rules import may_segment
from forum.segments.schemas import SegmentForm, Upload
from forum.segments.status import How
from forum.segments.wording import odd_words
from forum.web.forms import Form
from forum.web.pages import find_or_404, flash, go, is_fragment, page
from forum.web.permissions import allowed, me
from forum.web.session import db
from forum.web.uploads import takes_files

bp = Blueprint("segments", __name__)
MEGABYTES = 16

takes_files("segments.bring_file", megabytes=MEGABYTES)


@bp.get("/segments")
@allowed(may_segment)
def index() -> ResponseReturnValue:
    """Show the segments: who is in each, and what it weighs."""
    return page("segments/index.html", segments=queries.read_segments(db), files=queries.read_files(db, 5))


@bp.route("/segments/new", methods=["GET", "POST"])
@allowed(may_segment)
def new() -> ResponseReturnValue:
    """Ask what shall be known of everybody in a new segment."""
    return _edit(None)


@bp.route("/segments/<int:segment_id>", methods=["GET", "POST"])
@allowed(may_segment)
def edit(segment_id: int) -> ResponseReturnValue:
    """Change a segment."""
    return _edit(find_or_404(db, sa.select(Segment).where(Segment.id == segment_id)))


def _edit(segment: Segment | None) -> ResponseReturnValue:
    form: Form[SegmentForm] = Form(SegmentForm, **_as_fields(segment))
    theirs: Segment | None = None
    if form.submitted():
        try:
            value = form.value
            fixed: dict[str, Any] = {"version": value.version, "by": me(), "names": value.names}
            saved = services.save_segment(db, segment, value.name, value.conditions(), value.weight, **fixed)
        except Invalid as problem:
            form.refuse(problem)
        except Conflict as problem:
            form.refuse(problem)
            if segment is not None:  # what was typed is sent once more, by somebody who has seen what stands
                theirs, form.raw["version"] = segment, segment.version
        else:
            forget_segments()
            flash(_("Saved. “{segment}” stands beside themes and items from now on.", segment=saved.called))
            return go("segments.index")
    raw = form.raw
    typed = list(zip(raw.get("keys") or [], raw.get("hows") or [], raw.get("values") or [], strict=False))
    return page(
        "segments/edit.html",
        409 if theirs else form.status,
        form=form,
        segment=segment,
        rows=(typed + [("", How.IS.value, "")] * MOST)[:MOST],
        attributes=queries.read_attributes(db),
        key_word=key_word,
        languages=LANGUAGES,
        theirs=theirs,
        theirs_words=sentence_of([Condition.read(one) for one in theirs.conditions]) if theirs else "",
    )


def _as_fields(segment: Segment | None) -> dict[str, Any]:
    if segment is None:
        return {"weight": "1", "version": 0}
    conditions = [Condition.read(one) for one in segment.conditions]
    return {
        "name": segment.name,
        **{f"name_{language}": word for language, word in segment.names.items()},
        "keys": [one.key for one in conditions],
        "hows": [one.how.value for one in conditions],
        "values": [one.value for one in conditions],
        "weight": f"{segment.weight:g}",
        "version": segment.version,
    }


@bp.post("/segments/<int:segment_id>/remove")
@allowed(may_segment)
def remove(segment_id: int) -> ResponseReturnValue:
    """Remove a segment; what is known of people stays."""
    segment = find_or_404(db, sa.select(Segment).where(Segment.id == segment_id))
    services.remove_segment(db, segment, by=me())
    forget_segments()
    flash(_("“{segment}” is removed. What is known of people and companies stays.", segment=segment.called))
    return go("segments.index")


@bp.route("/segments/import", methods=["GET", "POST"])
@allowed(may_segment)
def bring_file() -> ResponseReturnValue:
    """Take a file of attributes and look at it; nothing changes by that."""
    form: Form[Upload] = Form(Upload)
    if form.submitted():
        try:
            file = _keep(request.files.get("file"))
            return go("segments.show_file", file_id=file.id)
        except Invalid as problem:
            form.refuse(problem)
    return page("segments/import.html", form.status, form=form, files=queries.read_files(db), megabytes=MEGABYTES)


def _keep(upload: FileStorage | None) -> AttributeFile:
    """Store the upload under a random name and look at it. Raises `Invalid` beside the field."""
    if upload is None or not upload.filename:
        raise Invalid(fields={"file": _("Choose a file.")})
    name, path = files.check_name(upload.filename), files.new_path()
    upload.save(path)
    path.chmod(0o600)
    try:
        return files.keep_file(db, path, name, by=me())
    except Invalid as problem:
        path.unlink()
        raise Invalid(fields={"file": problem.message}) from problem


@bp.route("/segments/files/<int:file_id>", methods=["GET", "POST"])
@allowed(may_segment)
def show_file(file_id: int) -> ResponseReturnValue:
    """Show what a file would change, then bring it in."""
    file = find_or_404(db, sa.select(AttributeFile).where(AttributeFile.id == file_id))
    job = db.get(Job, file.job_id) if file.job_id else None
    is_busy = job is not None and job.state in (JobState.QUEUED, JobState.RUNNING)
    if request.method == "POST" and not is_busy:
        files.bring_in(db, file, by=me())
        forget_segments()
        if file.applied_at is not None:
            flash(_("The file is in, and deleted here. Segments say who is in them now."))
        return go("segments.show_file", file_id=file.id)
    if is_fragment() and job is not None:
        return page("segments/_progress.html", file=file, job=job, is_busy=is_busy)
    return page("segments/file.html", file=file, job=job, is_busy=is_busy, odd_words=odd_words, key_word=key_word)


@bp.post("/segments/files/<int:file_id>/drop")
@allowed(may_segment)
def drop_file(file_id: int) -> ResponseReturnValue:
    """Forget a file without bringing it in."""
    file = find_or_404(db, sa.select(AttributeFile).where(AttributeFile.id == file_id))
    files.drop_file(db, file, by=me())
    flash(_("The file is deleted. Nothing was changed by it."))
    return go("segments.bring_file")
