"""What the composer does before a post is sent: look-alikes, preview, drafts; the form comes back with every word."""

from dataclasses import replace
from typing import Any

from flask import make_response, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from forum.accounts.rules import is_signed_in
from forum.core import markup
from forum.core.errors import ForumError, Invalid, NotFound
from forum.core.languages import _, date_words, language_word
from forum.core.people import ANYBODY, Reader
from forum.posts import drafts, pictures, queries, voting
from forum.posts.file_views import sent_picture
from forum.posts.language import OFFERED
from forum.posts.models import Draft, Picture
from forum.posts.openness import NotTaken
from forum.posts.picture_views import describe_all, keep_with_draft, remove_one
from forum.posts.proposing import Proposal, propose
from forum.posts.schemas import DraftFields, Writing
from forum.posts.status import Interest
from forum.posts.talking_views import said
from forum.posts.views import bp
from forum.posts.voting import PostId
from forum.products.choices import area_choices
from forum.products.posting_rules import in_force
from forum.products.rules import may_arrange
from forum.web.forms import Form
from forum.web.limits import limited
from forum.web.pages import find_or_404, flash, go, page
from forum.web.pending import pending, told_as, write_pending
from forum.web.permissions import allowed, me
from forum.web.session import db


def show_composer(
    form: Form[Writing],
    status: int = 200,
    *,
    offers: NotTaken | None = None,
    preview: dict[str, Any] | None = None,
    told: str = "",
    with_alike: bool = True,
) -> ResponseReturnValue:
    """The form of a new post as it was filled in; `told` is what happened beside it.

    `with_alike` looks for posts like the one in it, which is most of what the page costs.
    """
    is_back = request.method == "POST"
    if is_back:
        form.raw["visibility"] = request.form.get("visibility", "")
        form.raw["email"] = request.form.get("email", "")[:254]
    proposed = fill_in(form) if is_back and with_alike else Proposal()
    if (proposed.kind or proposed.area_id) and not (form.errors or told or preview or request.form.get("do")):
        told = _("Nothing is posted yet. Look at what is proposed below, then press Post.")
    key = str(form.raw.get("draft") or "")
    return page(
        "posts/new.html",
        status,
        form=form,
        offers=offers,
        preview=preview,
        told=told,
        is_back=is_back,
        proposed=proposed,
        with_alike=is_back and with_alike,
        kept_as=f"draft-{key}" if key.isdigit() else "new-post",
        pictures=pictures_in(form),
        waiting=[] if is_back or key or not is_signed_in(me()) else drafts.own_drafts(db, me()),
        **choices(form.raw.get("area_id")),
    )


def fill_in(form: Form[Writing]) -> Proposal:
    """Fill in the kind and the area that nobody chose, from the words; what was filled in, with the reasons."""
    title, body = (str(form.raw.get(name) or "")[:1_000] for name in ("title", "body"))
    missing = [name for name in ("kind", "area_id") if not form.raw.get(name)]
    if not missing or not title.strip():
        return Proposal()
    found = propose(me(), title, body, str(form.raw.get("kind") or ""))
    if "kind" not in missing:
        found = replace(found, kind="", kind_why="")
    if "area_id" not in missing:
        found = replace(found, area_id="", area_why="")
    for name in ("kind", "area_id"):
        if value := getattr(found, name):
            form.raw[name] = value
            form.errors.pop(name, None)
    return found


def choices(area_id: str | int | None) -> dict[str, Any]:
    """What may be chosen in the forms that write and change posts, and what to mind in the area that is chosen."""
    chosen = str(area_id or "")[:9]
    languages = sorted(((code, language_word(code)) for code in OFFERED), key=lambda pair: pair[1].casefold())
    return {
        "areas": area_choices(db),
        "languages": languages,
        "may_arrange": may_arrange(me()),
        "rules": in_force(db, int(chosen)) if chosen.isascii() and chosen.isdigit() else None,
    }


def take_aside(form: Form[Writing]) -> ResponseReturnValue | None:
    """Do what a button beside *Post* asks for. None when the post itself is to be sent, or nothing was."""
    if request.method != "POST":
        return None
    try:
        is_added = _take_picture(form)
    except Invalid as problem:
        form.refuse(problem)
        return show_composer(form, form.status)
    pressed = request.form
    for name in ("vote", "unvote"):
        if name in pressed:
            return _vote_instead(form, pressed[name], is_wanted=name == "vote")
    if "area" in pressed:
        form.raw["area_id"] = pressed["area"]
        return show_composer(form)
    if "remove_picture" in pressed:
        remove_one(pressed["remove_picture"], pictures_in(form))
        return show_composer(form)
    match pressed.get("do"):
        case "look":
            return show_composer(form)
        case "picture":
            if not is_added:
                form.errors["picture"] = _("Choose a file first.")
            return show_composer(form, form.status)
        case "preview":
            return _preview(form)
        case "save":
            return _save(form)
    return None


def _preview(form: Form[Writing]) -> ResponseReturnValue:
    """Show the post as its page will, finished or not; what is wrong in it has to be corrected first."""
    form.submitted()
    form.errors = {name: words for name, words in form.errors.items() if form.raw.get(name)}  # the rest may wait
    if form.errors:
        return show_composer(form, form.status)
    title, body = (markup.visible(form.raw.get(name, "")) for name in ("title", "body"))
    try:
        html = markup.render(body)
    except Invalid as problem:
        form.refuse(Invalid(fields={"body": problem.message}))
        return show_composer(form, form.status)
    return show_composer(form, preview={"title": title, "kind": form.raw.get("kind"), "html": html})


def _take_picture(form: Form[Writing]) -> bool:
    """Keep the picture that was sent along with the draft, and what was typed about those that are there already.

    Returns whether there was one. Raises `Invalid` for one that cannot be used.
    """
    reader = me()
    if not reader.is_authenticated:
        return False
    prepared = sent_picture()
    if prepared is not None:
        key, stamp = (str(form.raw.get(name) or "")[:100] for name in ("draft", "stamp"))
        form.raw.update(keep_with_draft(prepared, _typed(form), key, stamp, by=reader))
    if any(name.startswith("alt_") for name in request.form):
        describe_all(pictures_in(form), form)
    return prepared is not None


def pictures_in(form: Form[Writing]) -> list[Picture]:
    """The pictures of the draft in the form."""
    draft = draft_of(form) if me().is_authenticated else None
    return list(pictures.pictures_of(db, draft)) if draft else []


# --- Drafts ---------------------------------------------------------------------------------------------------


def _typed(form: Form[Writing]) -> DraftFields:
    """What stands in the form, finished or not. Raises `Invalid` beside the fields that cannot be kept."""
    unfinished = Form(DraftFields)
    if not unfinished.submitted():
        raise Invalid(fields=unfinished.errors)
    return unfinished.value


def draft_of(form: Form[Writing]) -> Draft | None:
    """The draft that the form was opened from or is saved in."""
    key = str(form.raw.get("draft") or "")[:100]
    return drafts.find_draft(db, key, by=me()) if key else None


def _save(form: Form[Writing]) -> ResponseReturnValue:
    """Keep the draft and come back to it."""
    try:
        standing = draft_of(form)
        draft = drafts.save_draft(db, _typed(form), by=me(), draft=standing, stamp=str(form.raw.get("stamp") or ""))
    except Invalid as problem:
        form.refuse(problem)
        return show_composer(form, form.status)
    kept = _("Your draft is kept until {day}. You find it under My posts.", day=date_words(draft.expires_at))
    flash(_beside(draft, standing) or kept)
    return go("posts.new", draft=draft.id)


def _beside(draft: Draft, standing: Draft | None) -> str:
    """That `draft` had to be one of its own, because `standing` was saved elsewhere meanwhile; else nothing."""
    if standing is None or draft is standing:
        return ""
    words = [
        _("This draft was changed elsewhere meanwhile. What you wrote here is a second one; both are under My posts.")
    ]
    if pictures.pictures_of(db, standing):
        words.append(_("The pictures stay with the first."))
    return " ".join(words)


@bp.post("/posts/drafts")
@allowed(is_signed_in)
@limited("30/minute")
def save_draft() -> ResponseReturnValue:
    """Keep what somebody is typing; a script sends it every few seconds and is told the draft's id and stamp."""
    form = Form(Writing)
    fields = _typed(form)
    standing = draft_of(form)
    if standing is None and fields.is_empty:
        return "", 204
    draft = drafts.save_draft(db, fields, by=me(), draft=standing, stamp=str(form.raw.get("stamp") or ""))
    kept = _("Draft kept until {day}", day=date_words(draft.expires_at))
    beside = _beside(draft, standing)
    return make_response(
        {"draft": str(draft.id), "stamp": drafts.stamp_of(draft), "said": beside or kept, "is_second": bool(beside)}
    )


@bp.post("/posts/drafts/<int:draft_id>/remove")
@allowed(is_signed_in)
def remove_draft(draft_id: int) -> ResponseReturnValue:
    """Forget one of one's own drafts."""
    draft = drafts.find_draft(db, str(draft_id), by=me(), lock=True)
    if draft is None:
        raise NotFound(_("It may have been posted or removed already."))
    drafts.drop_draft(db, draft)
    flash(_("The draft is removed."))
    return go("posts.mine")


# --- A vote instead of a post ---------------------------------------------------------------------------------


def _vote_instead(form: Form[Writing], value: str, *, is_wanted: bool) -> ResponseReturnValue:
    """Vote for a post like the one in the form, which comes back; signed out people are asked who they are first."""
    post = PostId(int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0)
    reader = me()
    if not reader.is_authenticated:
        find_or_404(db, queries.find_post(reader, post.id))
        try:
            key = drafts.keep_draft(db, _typed(form))
        except Invalid as problem:
            form.refuse(problem)
            return show_composer(form, form.status)
        return go("accounts.sign_in", then=write_pending("vote_instead", post_id=post.id, key=key))
    try:
        standing = voting.cast_vote(db, post, by=reader) if is_wanted else voting.withdraw_vote(db, post, by=reader)
    except ForumError as problem:
        form.refuse(Invalid(problem.message))
        return show_composer(form, problem.status)
    words = (said(standing, reader), _("What you wrote stands below; nothing is posted."))
    return show_composer(form, told=" ".join(words))


@pending("vote_instead")
def vote_after_sign_in(session: Session, reader: Reader, post_id: int, key: str) -> str:
    """Cast the vote that somebody preferred to a post of their own; what they wrote is theirs as a draft."""
    drafts.adopt_draft(session, key, by=reader)
    standing = voting.cast_vote(session, PostId(post_id), by=reader, interest=Interest.WANT)
    flash(" ".join((said(standing, reader), _("What you wrote is kept among your drafts under My posts."))))
    return url_for("posts.show", post_id=post_id)


@told_as("vote_instead")
def tell_of_vote(session: Session, _registering: bool, post_id: int, key: str) -> str:
    """That the vote waits, and that nothing typed is lost."""
    post = session.scalars(queries.find_post(ANYBODY, post_id)).one_or_none()
    if post is None:
        return ""
    return _("Your vote for “{title}” counts as soon as you have signed in. What you wrote is kept.", title=post.title)
