"""The page on which an author objects to a decision."""

from flask.typing import ResponseReturnValue

from forum.accounts.rules import is_signed_in
from forum.core.errors import Invalid, NotFound
from forum.core.languages import _
from forum.moderation import appealing
from forum.moderation.schemas import Objecting
from forum.moderation.views import bp
from forum.posts.queries import find_post
from forum.web.forms import Form
from forum.web.limits import limited
from forum.web.pages import find_or_404, flash, go, page
from forum.web.permissions import allowed, me
from forum.web.session import db


@bp.route("/posts/<int:post_id>/object", methods=["GET", "POST"], defaults={"comment_id": None})
@bp.route("/posts/<int:post_id>/comments/<int:comment_id>/object", methods=["GET", "POST"])
@allowed(is_signed_in)
@limited("10/hour")
def object_to_decision(post_id: int, comment_id: int | None) -> ResponseReturnValue:
    """Ask that another moderator looks again at what was taken away."""
    post = find_or_404(db, find_post(me(), post_id))
    decided = appealing.appealable(db, post_id, comment_id, me())
    if decided is None:
        raise NotFound(_("There is no decision here that you can object to."))
    form = Form(Objecting)
    if form.submitted():
        try:
            appealing.appeal(db, post_id, comment_id, form.value.text, by=me())
            flash(_("Thank you. A moderator looks at it again, another one where there is one, and you are told."))
            return go("posts.show", post_id=post_id)
        except Invalid as problem:
            form.refuse(problem)
    return page(
        "moderation/object.html",
        form.status,
        post=post,
        decided=decided,
        standing=appealing.appeal_of(db, decided),
        form=form,
        has_errors=bool(form.errors),
    )
