"""The page on which moderators edit what somebody wrote."""

from flask import request, url_for
from flask.typing import ResponseReturnValue

from forum.accounts.rules import may_moderate
from forum.core.errors import Conflict, Invalid, require
from forum.core.languages import _
from forum.moderation import editing
from forum.moderation.panels import reason_options
from forum.moderation.schemas import EditingComment, EditingPost
from forum.moderation.status import Purpose
from forum.moderation.views import anchor_of, bp, subject_of
from forum.posts.correcting import Correction
from forum.posts.models import Comment, Post
from forum.posts.rules import may_correct
from forum.web.forms import Form
from forum.web.pages import flash, go, page
from forum.web.permissions import allowed, me
from forum.web.session import db


@bp.route("/posts/<int:post_id>/edit", methods=["GET", "POST"], defaults={"comment_id": None})
@bp.route("/posts/<int:post_id>/comments/<int:comment_id>/edit", methods=["GET", "POST"])
@allowed(may_moderate)
def edit(post_id: int, comment_id: int | None) -> ResponseReturnValue:
    """Change a post or comment of somebody else, and say why."""
    post, comment = subject_of(post_id, comment_id)
    written = comment or post
    require(may_correct(me(), written), _("Only moderators edit what others wrote, and not after it was removed."))
    form: Form[EditingPost] | Form[EditingComment]
    if comment:
        form = Form(EditingComment, body=comment.body, version=comment.version)
    else:
        form = Form(EditingPost, title=post.title, body=post.body, version=post.version)
    if form.submitted():
        try:
            return _edited(post, comment, form.value)
        except Invalid as problem:
            form.refuse(problem)
        except Conflict as problem:
            form.refuse(problem)
            form.raw["version"] = written.version
    return page(
        "moderation/edit.html",
        form.status,
        post=post,
        comment=comment,
        from_case=request.args.get("case", None, int),
        form=form,
        has_errors=bool(form.errors),
        reason_options=reason_options([Purpose.EDIT]),
    )


def _edited(post: Post, comment: Comment | None, value: EditingPost | EditingComment) -> ResponseReturnValue:
    title = value.title if isinstance(value, EditingPost) else ""
    wanted = Correction(title, value.body, value.version, value.closes)
    case = editing.edit(db, post, wanted, comment=comment, by=me(), reason=value.reason, words=value.words)
    said = _("Edited. In ten minutes its author gets a mail with the reason, and can object.")
    from_case = request.args.get("case", None, int)
    flash(said, undo=url_for("moderation.undo", case_id=case.id, case=from_case))
    if from_case:
        return go("moderation.queue", case_id=from_case)
    return go("posts.show", post_id=post.id, _anchor=anchor_of(comment))
