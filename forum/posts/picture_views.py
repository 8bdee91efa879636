"""Pictures on the pages: sent to whoever may see their post, added and removed by its author."""

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from forum.accounts.rules import is_signed_in
from forum.core.database import transaction
from forum.core.errors import Invalid
from forum.core.languages import _
from forum.core.people import Reader, anybody
from forum.posts import drafts, jobs, pictures, queries, services
from forum.posts.file_views import UPLOADS, file_of, has_picture, sent_picture
from forum.posts.models import Picture, Post
from forum.posts.pictures import MAX_FILE, Prepared
from forum.posts.schemas import DraftFields
from forum.posts.views import bp
from forum.web.forms import Form
from forum.web.limits import limited
from forum.web.pages import find_or_404, flash, go, page
from forum.web.panels import panel
from forum.web.permissions import allowed, me
from forum.web.session import db
from forum.web.uploads import takes_files

# Larger than what is taken, so that a picture from a phone that is too large is refused beside its field.
takes_files("posts.new", megabytes=3 * MAX_FILE, rule=is_signed_in)
takes_files("posts.edit_pictures", megabytes=3 * MAX_FILE)


@bp.get("/pictures/<int:picture_id>")
@allowed(anybody)
def picture(picture_id: int) -> ResponseReturnValue:
    """A picture of a post that the reader may see, or of their own draft."""
    found = find_or_404(db, pictures.find_picture(me(), picture_id))
    return file_of(found.name, f"picture-{found.id}")


def keep_with_draft(prepared: Prepared, fields: DraftFields, key: str, stamp: str, *, by: Reader) -> dict[str, str]:
    """Keep a picture beside the draft `key`, or a new one of these fields; the draft's id and stamp for the form.

    In a transaction of its own: the picture stays, whatever else in the form needs another look.
    """
    with transaction() as keeping:
        draft = drafts.find_draft(keeping, key, by=by) if key else None
        draft = drafts.save_draft(keeping, fields, by=by, draft=draft, stamp=stamp)
        pictures.add_picture(keeping, prepared, by=by, to=draft)
        jobs.plan_sweep(keeping)
        return {"draft": str(draft.id), "stamp": drafts.stamp_of(draft)}


def describe_all(shown: list[Picture], form: Form[Any]) -> None:
    """Take over what was typed about each picture. Raises `Invalid` beside those about which too much was said."""
    for one in shown:
        name = f"alt_{one.id}"
        if name in request.form:
            form.raw[name] = request.form[name]
            pictures.describe(db, one, request.form[name])


@bp.route("/posts/<int:post_id>/pictures", methods=["GET", "POST"])
@allowed(is_signed_in)
@limited(UPLOADS, counts=has_picture)
def edit_pictures(post_id: int) -> ResponseReturnValue:
    """Add, describe and remove the pictures of one's own post."""
    form = Form(DraftFields)
    prepared = None
    if request.method == "POST":
        try:
            prepared = sent_picture()
        except Invalid as problem:
            form.errors.update(problem.fields)
    post = find_or_404(db, queries.find_post(me(), post_id))
    services.require_editor(post, by=me())
    if request.method == "POST" and not form.errors:
        try:
            if (answer := _change(post, prepared, form)) is not None:
                return answer
        except Invalid as problem:
            form.refuse(problem)
    shown = pictures.pictures_of(db, post)
    return page("posts/pictures.html", form.status, form=form, post=post, pictures=shown)


def _change(post: Post, prepared: Prepared | None, form: Form[Any]) -> ResponseReturnValue | None:
    """Do what the form about a post's pictures asks for. Raises `Invalid`."""
    shown = list(pictures.pictures_of(db, post))
    describe_all(shown, form)
    gone = request.form.get("remove_picture", "")
    if gone:
        remove_one(gone, shown)
        flash(_("The picture is removed."))
        return go("posts.edit_pictures", post_id=post.id)
    if prepared is not None:
        pictures.check_described(shown)
        pictures.add_picture(db, prepared, by=me(), to=post)
        jobs.plan_sweep(db)
        flash(_("The picture is added. Say what it shows, then save."))
        return go("posts.edit_pictures", post_id=post.id)
    pictures.check_described(shown)
    flash(_("Saved."))
    return go("posts.show", post_id=post.id)


def remove_one(picture_id: str, shown: list[Picture]) -> None:
    """Take the picture with this id away, if it is among those shown."""
    for one in shown:
        if str(one.id) == picture_id:
            pictures.remove_picture(db, one, by=me())


@panel("case.post")
def of_case(*, reader: Reader, post_id: int) -> tuple[str, dict[str, Any]] | None:
    """The pictures of a post that a moderator decides about, described or not."""
    shown = pictures.seen_with(db, reader, post_id)
    return ("posts/_case_pictures.html", {"pictures": shown}) if shown else None
