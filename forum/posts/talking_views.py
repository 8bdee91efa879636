"""Voting and commenting from the pages."""

from flask import make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from forum.accounts.rules import is_signed_in
from forum.core.errors import Conflict, Invalid
from forum.core.languages import _, ngettext
from forum.core.people import Reader, anybody
from forum.posts import commenting, queries, splitting, voting
from forum.posts.schemas import CommentChange, PartsMeant, Saying, VoteCast
from forum.posts.status import Interest, Moderation
from forum.posts.views import bp, show_post
from forum.posts.voting import PostId, Standing
from forum.web.forms import Form
from forum.web.limits import limited
from forum.web.pages import find_or_404, flash, go, is_fragment, page
from forum.web.pending import pending, write_pending
from forum.web.permissions import allowed, me
from forum.web.session import db


@bp.get("/posts/<int:post_id>/vote")
@allowed(anybody)
def ask_vote(post_id: int) -> ResponseReturnValue:
    """Where a vote leads without scripts or before signing in: to sign-in, which casts it, or to the post."""
    if not me().is_authenticated:
        find_or_404(db, queries.find_post(me(), post_id))
        address = url_for("posts.show", post_id=post_id)
        return go("accounts.sign_in", next=address, then=write_pending("vote", post_id=post_id))
    return go("posts.show", post_id=post_id)


@bp.post("/posts/<int:post_id>/vote")
@allowed(is_signed_in)
@limited("60/minute")
def vote(post_id: int) -> ResponseReturnValue:
    """Vote, say how far one goes, or withdraw; a script gets the button back, others the post's page."""
    form = Form(VoteCast)
    if not form.submitted():
        raise Invalid(form.errors.get("interest", ""))
    if isinstance(form.value.interest, Interest):
        standing = voting.cast_vote(db, PostId(post_id), by=me(), interest=form.value.interest)
    else:
        standing = voting.withdraw_vote(db, PostId(post_id), by=me())
    if is_fragment():
        response = make_response(_button(post_id, standing))
        response.headers["Vary"] = "X-Fragment"
        return response
    flash(said(standing, me()))
    return go("posts.show", post_id=post_id)


def _button(post_id: int, standing: Standing) -> str:
    shown_as = request.args.get("as")  # beside a post like the one that somebody is writing, or in a list of such
    return render_template(
        "posts/_vote_instead.html" if shown_as in ("hint", "row") else "posts/_vote.html",
        post_id=post_id,
        alone=shown_as == "row",
        title=standing.title,
        language=standing.language,
        votes=standing.votes,
        interest=standing.interest.value if standing.interest else "",
        said=said(standing, me()),
    )


def said(standing: Standing, reader: Reader) -> str:
    """What a vote changed, in one sentence."""
    if standing.interest is None:
        return _("Your vote is withdrawn.")
    if not reader.is_verified:
        return _("Your vote is kept, and counts once you have confirmed your e-mail address.")
    count = ngettext("{n} vote.", "{n} votes.", standing.votes)
    return _("Your vote counts. {count}", count=count)


@pending("vote")
def vote_after_sign_in(session: Session, reader: Reader, post_id: int) -> str:
    """Cast the vote that somebody wanted to cast before they signed in."""
    flash(said(voting.cast_vote(session, PostId(post_id), by=reader), reader))
    return url_for("posts.show", post_id=post_id)


@bp.post("/posts/<int:post_id>/parts")
@allowed(is_signed_in)
@limited("30/minute")
def mean_parts(post_id: int) -> ResponseReturnValue:
    """Say which parts of a post that was split one meant with one's vote."""
    form = Form(PartsMeant)
    if not form.submitted():
        raise Invalid(form.errors.get("parts", ""))
    post = find_or_404(db, queries.find_post(me(), post_id))
    meant = splitting.answer(db, post, form.value.parts, by=me())
    whole = _("Thank you. Your vote counts for the post as a whole.")
    flash(
        ngettext("Thank you. You voted for {n} part too.", "Thank you. You voted for {n} parts too.", len(meant))
        if meant
        else whole
    )
    return go("posts.show", post_id=post_id)


@bp.post("/posts/<int:post_id>/comments")
@allowed(is_signed_in)
@limited("30/10 minutes")
def add_comment(post_id: int) -> ResponseReturnValue:
    """Comment on a post; mistakes are shown on its page, beside what was typed."""
    form = Form(Saying, speaks="personal")
    if form.submitted():
        post = find_or_404(db, queries.find_post(me(), post_id))
        try:
            comment = commenting.add_comment(db, post, form.value.as_new(), by=me())
        except Invalid as problem:
            form.refuse(problem)
        else:
            flash(_kept() if comment.moderation is Moderation.WAITING else _("Your comment stands below."))
            return go("posts.comment", comment_id=comment.id)
    return show_post(post_id, form)


def _kept() -> str:
    return _("Your comment is kept. A moderator reads the first words of everybody new, and then everybody can.")


@bp.route("/comments/<int:comment_id>/edit", methods=["GET", "POST"])
@allowed(is_signed_in)
def edit_comment(comment_id: int) -> ResponseReturnValue:
    """Change one's own comment; how it read before stays in its history."""
    comment = find_or_404(db, queries.find_comment(me(), comment_id))
    commenting.require_editor(comment, by=me())
    form = Form(CommentChange, body=comment.body, version=comment.version)
    status, standing = 200, ""
    if form.submitted():
        try:
            was_asked = comment.moderation is Moderation.ASKED
            commenting.edit_comment(db, comment, form.value, by=me())
            if was_asked and comment.moderation is Moderation.WAITING:
                flash(_("Changed. A moderator looks at it again."))
            return go("posts.comment", comment_id=comment.id)
        except Conflict as problem:
            form.errors[""] = problem.message
            status, standing = 409, comment.body
            form.raw["version"] = comment.version
    status = 422 if form.errors and status == 200 else status
    return page("posts/edit_comment.html", status, comment=comment, form=form, standing=standing)
