"""Pages on which an author says that theirs is about something else, and a product manager answers."""

import sqlalchemy as sa
from flask import redirect
from flask.typing import ResponseReturnValue

from forum.accounts.rules import is_signed_in, may_plan
from forum.core.errors import NotFound
from forum.core.languages import _
from forum.posts.queries import find_post
from forum.themes import misplacing, queries
from forum.themes.labels import label_of
from forum.themes.models import Misplaced
from forum.themes.schemas import PlaceAnswer, Placement
from forum.themes.views import bp, home
from forum.web.forms import Form
from forum.web.limits import limited
from forum.web.pages import find_or_404, flash, go, page
from forum.web.permissions import allowed, me
from forum.web.session import db


@bp.route("/themes/posts/<int:post_id>/misplaced", methods=["GET", "POST"])
@allowed(is_signed_in)
@limited("10/hour")
def say_misplaced(post_id: int) -> ResponseReturnValue:
    """Say of one's own post that it is about something else than its theme."""
    post = find_or_404(db, find_post(me(), post_id))
    if post.theme_id is None or post.author_id != me().id:
        raise NotFound(_("This post is in no theme, or it is not yours."))
    theme = find_or_404(db, queries.find_theme(me(), post.theme_id))
    form = Form(Placement)
    if form.submitted():
        misplacing.say_misplaced(db, post, form.value.text, by=me())
        flash(_("Thank you. A moderator looks at it, and you are told."))
        return go("posts.show", post_id=post_id)
    said = misplacing.said_before(db, post)
    return page(
        "themes/misplaced.html", form.status, post=post, theme=theme, label=label_of(theme), form=form, said=said
    )


@bp.post("/themes/misplaced/<int:said_id>")
@allowed(may_plan)
def answer_misplaced(said_id: int) -> ResponseReturnValue:
    """Move the post, keep it out, or leave it where it is."""
    said = find_or_404(db, sa.select(Misplaced).where(Misplaced.id == said_id))
    find_or_404(db, find_post(me(), said.post_id))
    form = Form(PlaceAnswer)
    if not form.submitted():
        raise NotFound(_("Choose what becomes of the post."))
    how, into = form.value.how, form.value.theme
    theme = find_or_404(db, queries.find_theme(me(), into)) if how == "move" and into else None
    misplacing.answer(db, said, how, theme, by=me())
    words = {
        "move": _("Moved. Every later run leaves it there."),
        "keep_out": _("Kept out. No later run puts it there again."),
        "stays": _("It stays where it is."),
    }
    flash(words[how])
    return redirect(home("themes.steering_list", said.product_id), 303)
