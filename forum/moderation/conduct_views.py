"""Pages for what is done with a post besides judging it, and about a person."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import request, url_for
from flask.typing import ResponseReturnValue

from config import settings
from forum.accounts.models import User
from forum.accounts.rules import may_moderate
from forum.core.clock import utcnow
from forum.core.errors import Conflict, Invalid
from forum.core.languages import _
from forum.moderation import conduct, queries
from forum.moderation.panels import reason_options
from forum.moderation.schemas import Keeping, Sanctioning
from forum.moderation.status import Purpose
from forum.moderation.views import bp
from forum.posts import keeping
from forum.posts.models import Post
from forum.posts.queries import find_post
from forum.products.choices import area_choices
from forum.web.forms import Form
from forum.web.pages import find_or_404, flash, go, page
from forum.web.permissions import allowed, me
from forum.web.session import db


def _end_of(day: date | None) -> datetime | None:
    """The end of a day in the site's time zone."""
    if day is None:
        return None
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(settings().time_zone))


@bp.route("/posts/<int:post_id>/keep", methods=["GET", "POST"])
@allowed(may_moderate)
def keep_post(post_id: int) -> ResponseReturnValue:
    """Move, lock or pin a post."""
    post = find_or_404(db, find_post(me(), post_id))
    form = Form(Keeping, area_id=post.area_id)
    if form.submitted():
        try:
            flash(_keep(post, form.value))
            return go("posts.show", post_id=post.id)
        except (Invalid, Conflict) as problem:
            form.refuse(problem)
    is_pinned = post.pinned_until is not None and post.pinned_until > utcnow()
    return page(
        "moderation/keep.html",
        form.status,
        post=post,
        form=form,
        has_errors=bool(form.errors),
        areas=area_choices(db),
        is_pinned=is_pinned,
    )


def _keep(post: Post, value: Keeping) -> str:
    """Do what was chosen; what to say of it."""
    match value.how:
        case "move":
            keeping.move_post(db, post, value.area_id or 0, by=me(), reason=value.words)
            return _("Moved. What it says and its votes stay as they are.")
        case "lock":
            keeping.lock_post(db, post, True, by=me(), reason=value.words)
            return _("Locked: only the team comments from now on.")
        case "unlock":
            keeping.lock_post(db, post, False, by=me(), reason=value.words)
            return _("Unlocked: everybody can comment again.")
        case "pin":
            if value.until is None:
                raise Invalid(fields={"until": _("Choose a day to come.")})
            keeping.pin_post(db, post, _end_of(value.until), by=me(), reason=value.words)
            return _("Pinned: it stands beside the board until that day.")
        case _:
            keeping.pin_post(db, post, None, by=me(), reason=value.words)
            return _("Not pinned any more.")


@bp.route("/people/<int:person_id>", methods=["GET", "POST"])
@allowed(may_moderate)
def person(person_id: int) -> ResponseReturnValue:
    """What is known about a person, and to warn or suspend them."""
    somebody = find_or_404(db, sa.select(User).where(User.id == person_id))
    form = Form(Sanctioning)
    if form.submitted():
        try:
            _sanction(somebody, form.value)
            return go("moderation.person", person_id=person_id)
        except Invalid as problem:
            form.refuse(problem)
    suspended = somebody.suspended_until is not None and somebody.suspended_until > utcnow()
    return page(
        "moderation/person.html",
        form.status,
        person=somebody,
        form=form,
        has_errors=bool(form.errors),
        history=queries.history(db, person_id),
        sanctions=conduct.sanctions_of(db, person_id),
        is_suspended=suspended,
        reason_options=reason_options([Purpose.AWAY]),
    )


def _sanction(somebody: User, value: Sanctioning) -> None:
    if value.how == "warn":
        conduct.warn(db, somebody, value.reason, value.words, by=me())
        flash(_("Warned. A mail with the reason is on its way."))
        return
    until = _end_of(value.until)
    if until is None:
        raise Invalid(fields={"until": _("Choose a day to come.")})
    conduct.suspend(db, somebody, until, value.reason, value.words, by=me())
    flash(
        _("Suspended. They can read, and write again after that day. A mail with the reason is on its way."),
        undo=url_for("moderation.lift", person_id=somebody.id),
    )


@bp.post("/people/<int:person_id>/lift")
@allowed(may_moderate)
def lift(person_id: int) -> ResponseReturnValue:
    """End a suspension before its day."""
    somebody = find_or_404(db, sa.select(User).where(User.id == person_id))
    conduct.lift(db, somebody, by=me(), reason=request.form.get("words", "")[:500])
    flash(_("Lifted: they can write again."))
    return go("moderation.person", person_id=person_id)
