"""The page on which moderators split a post that says several things, and take that back."""

from flask import request, url_for
from flask.typing import ResponseReturnValue

from forum.accounts.rules import may_moderate
from forum.core.errors import Conflict, Invalid
from forum.core.languages import _, ngettext
from forum.moderation.schemas import MOST_PARTS, MOST_SENTENCES, Splitting
from forum.moderation.views import bp
from forum.posts import splitting
from forum.posts.models import Post, Split
from forum.posts.queries import find_post
from forum.products.choices import area_choices
from forum.web.forms import Form
from forum.web.pages import find_or_404, flash, go, page
from forum.web.permissions import allowed, me
from forum.web.session import db


@bp.route("/posts/<int:post_id>/split", methods=["GET", "POST"])
@allowed(may_moderate)
def split(post_id: int) -> ResponseReturnValue:
    """Say which sentences of a post become posts of their own, each with its headline and area."""
    post = find_or_404(db, find_post(me(), post_id))
    here = {f"area_id_{number}": post.area_id for number in range(1, MOST_PARTS + 1)}
    form = Form(Splitting, **here)
    if form.submitted():
        try:
            made = _split(post, form.value)
        except (Invalid, Conflict) as problem:
            form.refuse(problem)
        else:
            flash(_told(len(made)), undo=url_for("moderation.undo_split", split_id=made[0].id, together="yes"))
            return go("posts.show", post_id=post_id)
    post = find_or_404(db, find_post(me(), post_id))
    sentences = splitting.sentences_of(post)[:MOST_SENTENCES]
    return page(
        "moderation/split.html",
        form.status,
        form=form,
        has_errors=bool(form.errors),
        post=post,
        sentences=sentences,
        places=[str(place) for place in form.raw.get("places", [])],
        numbers=range(1, min(MOST_PARTS, len(sentences)) + 1),
        areas=area_choices(db),
    )


def _split(post: Post, value: Splitting) -> list[Split]:
    """Split as the form says, if it was filled in for the text as it stands."""
    if value.version != post.version:
        raise Conflict(_("The post was changed meanwhile. Its sentences stand below as they are now: choose again."))
    return splitting.split_post(db, post, value.pieces, by=me())


def _told(count: int) -> str:
    now = ngettext("{n} part is a post of its own now.", "{n} parts are posts of their own now.", count)
    return " ".join((now, _("Whoever voted is asked what they meant, and followers are told.")))


@bp.post("/splits/<int:split_id>/undo")
@allowed(may_moderate)
def undo_split(split_id: int) -> ResponseReturnValue:
    """Take back what was split off a post; everything that was split off with the same press, if it is asked for."""
    made = db.get(Split, split_id)
    post = find_or_404(db, find_post(me(), made.post_id if made else 0))
    undo = splitting.undo_round if request.args.get("together") == "yes" else splitting.undo_split
    undo(db, db.get_one(Split, split_id), by=me())
    flash(_("The split is undone. Votes and comments on the part count here."))
    return go("posts.show", post_id=post.id)
