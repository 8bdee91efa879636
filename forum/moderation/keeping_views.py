"""The page on which moderators move, lock and pin a post, and take that back."""

from flask import url_for
from flask.typing import ResponseReturnValue

from forum.accounts.rules import may_moderate
from forum.core.clock import utcnow
from forum.core.errors import Conflict, Invalid
from forum.core.languages import _, pick
from forum.moderation.schemas import Keeping
from forum.moderation.views import bp, end_of_day
from forum.posts import keeping
from forum.posts.models import Post
from forum.posts.queries import find_post
from forum.products.choices import area_choices
from forum.products.models import Area
from forum.web.forms import Form
from forum.web.pages import find_or_404, flash, go, page
from forum.web.panels import forget
from forum.web.permissions import allowed, me
from forum.web.session import db


@bp.route("/posts/<int:post_id>/keep", methods=["GET", "POST"])
@allowed(may_moderate)
def keep_post(post_id: int) -> ResponseReturnValue:
    """Move, lock or pin a post."""
    post = find_or_404(db, find_post(me(), post_id))
    form = Form(Keeping, area_id=post.area_id, on_board=True)
    if form.submitted():
        try:
            return _done(post, form.value)
        except (Invalid, Conflict) as problem:
            form.refuse(problem)
            if "words" in form.errors:
                form.errors[f"{form.value.kind}_words"] = form.errors.pop("words")
    deeds = {one.action.removeprefix("post.").removeprefix("un"): one for one in keeping.deeds(db, post)}
    return page(
        "moderation/keep.html",
        form.status,
        post=post,
        form=form,
        has_errors=bool(form.errors),
        areas=area_choices(db),
        area=db.get_one(Area, post.area_id).name,
        is_pinned=post.pinned_until is not None and post.pinned_until > utcnow(),
        deeds=deeds,
    )


def _done(post: Post, value: Keeping) -> ResponseReturnValue:
    """Do what was chosen, and offer to take it back."""
    said, entry_id = _keep(post, value)
    flash(said, undo=url_for("moderation.undo_keeping", post_id=post.id, entry_id=entry_id))
    return go("posts.show", post_id=post.id)


def _keep(post: Post, value: Keeping) -> tuple[str, int]:
    """Do what was chosen; what to say of it, and what takes it back."""
    match value.how:
        case "move":
            done = keeping.move_post(db, post, value.area_id or 0, by=me(), reason=value.words)
            area = pick(db.get_one(Area, post.area_id).name)
            return _("Moved to {area}. What it says and its votes stay as they are.", area=area), done
        case "lock":
            done = keeping.lock_post(db, post, True, by=me(), reason=value.words)
            return _("Locked: only the team comments from now on."), done
        case "unlock":
            done = keeping.lock_post(db, post, False, by=me(), reason=value.words)
            return _("Unlocked: everybody can comment again."), done
        case "pin":
            until = end_of_day(value.until)
            if until is None:
                raise Invalid(fields={"until": _("Choose a day to come.")})
            done = keeping.pin_post(db, post, until, by=me(), reason=value.words, on_board=value.on_board)
            forget("pinned")
            return _("Pinned: until that day it stands on top."), done
        case _:
            done = keeping.pin_post(db, post, None, by=me(), reason=value.words)
            forget("pinned")
            return _("Not pinned any more."), done


@bp.post("/posts/<int:post_id>/keep/<int:entry_id>/undo")
@allowed(may_moderate)
def undo_keeping(post_id: int, entry_id: int) -> ResponseReturnValue:
    """Take back a move, a lock or a pin."""
    post = find_or_404(db, find_post(me(), post_id))
    keeping.undo(db, post, entry_id, by=me())
    forget("pinned")
    flash(_("Taken back: in this respect it is as it was. Both stand in the log."))
    return go("posts.show", post_id=post_id)
