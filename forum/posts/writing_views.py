"""Writing and changing posts: nothing that was typed is lost, whatever comes in between."""

from typing import Any

from flask import make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from forum.accounts.rules import is_signed_in
from forum.core.errors import Conflict, ForumError, Invalid, NotAllowed, TooMany
from forum.core.languages import _, mark
from forum.core.people import ANYBODY, Reader, anybody
from forum.posts import drafts, pictures, queries, services
from forum.posts.composing_views import choices, pictures_in, show_composer, take_aside
from forum.posts.file_views import UPLOADS, has_picture
from forum.posts.language import OFFERED
from forum.posts.models import Post
from forum.posts.openness import NotTaken, find_area_for
from forum.posts.schemas import NewPost, PostChanges, SeverityAnswer, Writing
from forum.posts.status import Kind, Moderation, Visibility
from forum.posts.views import bp
from forum.web.forms import Form
from forum.web.limits import limited, limits_are_on
from forum.web.pages import find_or_404, flash, go, page
from forum.web.pending import pending, told_as, write_pending
from forum.web.permissions import allowed, me
from forum.web.refusals import record_refusal
from forum.web.session import db


@bp.route("/posts/new", methods=["GET", "POST"])
@allowed(anybody)
@limited(UPLOADS, counts=has_picture)
def new() -> ResponseReturnValue:
    """Write a post first; whoever is not signed in is asked at *Post*, and the post goes out by itself."""
    form = Form(Writing, **_beginnings())
    offers: NotTaken | None = None
    aside = take_aside(form)
    if aside is not None:
        return aside
    if form.submitted():
        wanted = form.value.as_new()
        form.raw.update(kind=wanted.kind.value, area_id=wanted.area_id)
        try:
            # a picture may have made a draft just now
            return _send(wanted, str(form.raw.get("draft") or "")[:100], str(form.raw.get("stamp") or ""))
        except NotTaken as problem:
            form.refuse(problem)
            offers = problem
        except TooMany as problem:
            form.refuse(Invalid(problem.message))
            answer = make_response(show_composer(form, problem.status, with_alike=False))  # a flood costs little
            answer.headers["Retry-After"] = str(problem.retry_after)
            return answer
        except NotAllowed as problem:  # suspended meanwhile, for one: what was typed stays, and can be kept as a draft
            record_refusal()
            form.refuse(Invalid(problem.message))
            return show_composer(form, problem.status, with_alike=False)
        except Invalid as problem:
            form.refuse(problem)
    elif request.method == "POST":
        _ask_about_pictures(form)
    elif form.raw.get("draft"):
        offers = _check_again(form)
    return show_composer(form, form.status if request.method == "POST" else 200, offers=offers)


def _ask_about_pictures(form: Form[Writing]) -> None:
    """Say of each picture without words that it needs some, together with what else needs another look."""
    try:
        pictures.check_described(pictures_in(form))
    except Invalid as problem:
        form.errors.update(problem.fields)


def _beginnings() -> dict[str, Any]:
    """What the form begins with: a draft, or what the address says."""
    words = request.args
    key = words.get("draft", "")[:100]
    draft = drafts.find_draft(db, key, by=me()) if key and request.method == "GET" else None
    if draft is not None:
        return drafts.saved_values(draft) | {"draft": key}
    kinds = {kind.value for kind in Kind}
    return {
        "kind": words["kind"] if words.get("kind") in kinds else "",
        "title": words.get("title", "")[:140],
        "area_id": words.get("area", ""),
        "visibility": "",
    }


def _check_again(form: Form[Writing]) -> NotTaken | None:
    """Say beside the field what the area of a draft does not take, as it was refused before."""
    if not (form.raw.get("area_id") and form.raw.get("kind")):
        return None  # not finished: nothing was refused
    try:
        find_area_for(db, int(form.raw["area_id"]), Kind(form.raw["kind"]))
    except NotTaken as problem:
        form.refuse(problem)
        return problem
    except Invalid as problem:
        form.refuse(problem)
    return None


def _send(wanted: NewPost, draft_key: str, stamp: str) -> ResponseReturnValue:
    """Post it, or keep it and ask who is writing. Raises `Invalid` and `TooMany` with nothing changed."""
    reader = me()
    if not reader.is_authenticated:
        find_area_for(db, wanted.area_id, wanted.kind)
        return _ask_who(write_pending("post", key=drafts.keep_draft(db, wanted)))
    draft = drafts.find_draft(db, draft_key, by=reader, lock=True) if draft_key else None
    if draft is not None:
        pictures.check_described(pictures.pictures_of(db, draft))
    post = _post(db, wanted, reader)
    if draft is not None:
        drafts.send_draft(db, draft, post, stamp=stamp)
    return go("posts.show", post_id=post.id, posted=1)


def _ask_who(then: str) -> ResponseReturnValue:
    """Have the e-mail address in the form sent a code, or its password checked; without one, ask for it.

    The browser sends the form on as it is, to the pages that sign people in, with their limits and refusals.
    """
    if not request.form.get("email", "").strip():
        return go("accounts.sign_in", then=then)
    way = "accounts.sign_in" if request.form.get("password") else "accounts.ask_code"
    return redirect(url_for(way, then=then), code=307)


def _post(session: Session, wanted: NewPost, reader: Reader) -> Post:
    if limits_are_on():
        services.check_pace(session, reader)
    return services.submit_post(session, wanted, by=reader)


@pending("post")
def post_after_sign_in(session: Session, reader: Reader, key: str) -> str:
    """Post what somebody wrote before they signed in; what is refused stays in the form, with the reason."""
    draft = drafts.find_draft(session, key, by=reader, lock=True)
    if draft is None:
        flash(_("What you wrote was posted already, or was kept for longer than 30 days."), problem=True)
        return url_for("posts.mine")
    try:
        with session.begin_nested():
            post = _post(session, NewPost(**draft.fields), reader)
    except ForumError as problem:
        draft.user_id = reader.id
        flash(problem.message, problem=True)
        return url_for("posts.new", draft=key)
    drafts.send_draft(session, draft, post)
    return url_for("posts.show", post_id=post.id, posted=1)


_KEPT = {  # by kind, and whether somebody registers
    (Kind.COMPLAINT, False): mark("Your complaint “{title}” is kept and goes out as soon as you have signed in."),
    (Kind.IDEA, False): mark("Your idea “{title}” is kept and goes out as soon as you have signed in."),
    (Kind.COMPLAINT, True): mark(
        "Your complaint “{title}” is kept and goes to a moderator as soon as you have registered."
    ),
    (Kind.IDEA, True): mark("Your idea “{title}” is kept and goes to a moderator as soon as you have registered."),
}


@told_as("post")
def tell_of_draft(session: Session, registering: bool, key: str) -> str:
    """Which words are kept until somebody has signed in or registered."""
    draft = drafts.find_draft(session, key, by=ANYBODY)
    if draft is None:
        return ""
    words = _KEPT[Kind(draft.fields["kind"]), registering]
    return _(words, title=draft.fields["title"])


@bp.route("/posts/<int:post_id>/edit", methods=["GET", "POST"])
@allowed(is_signed_in)
def edit(post_id: int) -> ResponseReturnValue:
    """Change one's own post; how it read before stays in its history."""
    post = find_or_404(db, queries.find_post(me(), post_id))
    services.require_editor(post, by=me())
    form = Form(PostChanges, **_as_it_stands(post))
    standing: Post | None = None
    offers: NotTaken | None = None
    status = 200
    if form.submitted():
        was_asked = post.moderation is Moderation.ASKED
        try:
            services.edit_post(db, post, form.value, by=me())
            flash(_("Changed. A moderator looks at it again.") if was_asked else _("Changed. The history keeps both."))
            return go("posts.show", post_id=post.id)
        except NotTaken as problem:
            form.refuse(problem)
            offers = problem
        except Invalid as problem:
            form.refuse(problem)
        except Conflict as problem:
            form.errors[""] = problem.message
            form.raw["version"] = post.version
            status, standing = problem.status, post
    if request.method == "POST":
        form.raw["visibility"] = request.form.get("visibility", "")
        status = status if status != 200 else 422
    return page(
        "posts/edit.html",
        status,
        form=form,
        post=post,
        standing=standing,
        offers=offers,
        **choices(form.raw.get("area_id")),
    )


def _as_it_stands(post: Post) -> dict[str, Any]:
    return {
        "title": post.title,
        "body": post.body,
        "area_id": post.area_id,
        "language": post.language if post.language in OFFERED else "",
        "visibility": Visibility.PRIVATE.value if post.visibility is Visibility.PRIVATE else "",
        "version": post.version,
    }


@bp.post("/posts/<int:post_id>/severity")
@allowed(is_signed_in)
def severity(post_id: int) -> ResponseReturnValue:
    """Let the author say how bad a complaint is."""
    post = find_or_404(db, queries.find_post(me(), post_id))
    form = Form(SeverityAnswer)
    if form.submitted():
        services.set_severity(db, post, form.value.severity, by=me())
        flash(_("Thank you. It helps the company see what is worst."))
    else:
        flash(form.errors.get("severity", ""), problem=True)
    return go("posts.show", post_id=post.id)
