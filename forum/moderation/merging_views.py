"""Pages on which moderators join posts that say the same, and people say that theirs is different."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from flask import request, url_for
from flask.typing import ResponseReturnValue

from forum.accounts.rules import may_moderate
from forum.core.errors import Conflict, Invalid
from forum.core.languages import _
from forum.moderation import merging, queries
from forum.moderation.rules import may_report
from forum.moderation.schemas import Bundling, Joining, Objecting
from forum.moderation.views import bp, following_case, here_in_queue
from forum.posts import joined
from forum.posts.merging import Receipt, check_place, preview, standing_merge
from forum.posts.models import Merge, Post
from forum.posts.queries import find_post, visible_to
from forum.search.queries import MAX_QUESTION, Search, find
from forum.search.similar import similar_posts
from forum.web.forms import Form
from forum.web.limits import limited
from forum.web.pages import find_or_404, flash, go, page
from forum.web.permissions import allowed, me
from forum.web.session import db

CHOICES = 10  # posts to choose from
_ADDRESS = re.compile(r"(?:.*/posts/)?(\d{1,9})/?$")


@bp.route("/posts/<int:post_id>/merge", methods=["GET", "POST"])
@allowed(may_moderate)
def merge(post_id: int) -> ResponseReturnValue:
    """Choose the post to join this one with, show what would become of both, then join them."""
    post = find_or_404(db, find_post(me(), post_id))
    form = Form(Joining)
    if form.submitted():
        into = find_or_404(db, find_post(me(), form.value.into))
        following = _following()
        try:
            merged = merging.join(db, post, into, by=me())
        except (Invalid, Conflict) as problem:
            form.refuse(problem)
            return _choose(post_id, 422, problem.message)
        undo = url_for("moderation.undo_merge", merge_id=merged.id, **_from_queue())
        if following is not None:
            words = _(
                "“{title}” is joined with “{into}”. Its author is told, and may say that it is different.",
                title=post.title,
                into=into.title,
            )
            flash(words, undo=undo)
            return go("moderation.queue", **following)
        said = _(
            "“{title}” is joined with this one. Its author is told, and may say that it is different.", title=post.title
        )
        flash(said, undo=undo)
        return go("posts.show", post_id=into.id)
    into_id = request.args.get("into", None, int)
    if into_id is None:
        return _choose(post_id)
    into = find_or_404(db, find_post(me(), into_id))
    try:
        check_place(db, post, into)
    except Invalid as problem:
        return _choose(post_id, 422, problem.message)
    receipt = preview(db, post, into)
    return page(
        "moderation/merge.html", post=post, into=into, receipt=receipt, lines=_lines(receipt), from_queue=_from_queue()
    )


def _from_queue() -> dict[str, Any]:
    """The case that the reader decides by joining, and its place in the queue, as addresses carry them."""
    case_id = request.args.get("case", None, int)
    return {"case": case_id} | here_in_queue() if case_id else {}


def _following() -> dict[str, Any] | None:
    """Where the queue goes on after the case that is decided by joining; None for those who are not in the queue."""
    case_id = request.args.get("case", None, int)
    case = db.scalars(queries.find_case(me(), case_id)).one_or_none() if case_id else None
    return following_case(case) if case else None


def _lines(receipt: Receipt) -> list[tuple[str, int, int, int]]:
    """What the receipt counts: words, this post's, the other's, and together."""
    return [
        (_("People who voted"), receipt.votes_into, receipt.votes, receipt.people),
        (_("Comments"), receipt.comments_into, receipt.comments, receipt.comments_into + receipt.comments),
    ]


def _choose(post_id: int, status: int = 200, problem: str = "") -> ResponseReturnValue:
    post = find_or_404(db, find_post(me(), post_id))
    question = _question(request.args)
    choices = _candidates(post, question)
    return page(
        "moderation/merge_choice.html",
        status,
        post=post,
        choices=choices,
        question=question,
        problem=problem,
        from_queue=_from_queue(),
    )


def _candidates(post: Post, question: str) -> Sequence[Any]:
    """The posts that say the same as `post`, or that the question finds: by its number, its address or its words."""
    by_number = _ADDRESS.fullmatch(question)
    if by_number:
        return list(db.scalars(find_post(me(), int(by_number[1])).where(Post.id != post.id)))
    if question:
        found = find(db, Search(question), me()).rows
        return [row for row in found if row.id != post.id][:CHOICES]
    return similar_posts(db, f"{post.title}\n{post.body}", reader=me(), leave_out=post.id, limit=CHOICES)


@bp.route("/posts/<int:post_id>/bundle", methods=["GET", "POST"])
@allowed(may_moderate)
def bundle(post_id: int) -> ResponseReturnValue:
    """Put this post and others like it under a headline that a moderator writes."""
    post = find_or_404(db, find_post(me(), post_id))
    form = Form(Bundling, title=post.title, posts=[str(post_id)])
    question = _question(request.form) if "find" in request.form else ""
    if not question and form.submitted():
        equals = [find_or_404(db, find_post(me(), one)) for one in dict.fromkeys(form.value.posts)]
        try:
            whole = merging.bundle(db, equals, title=form.value.title, body=form.value.body, by=me())
            flash(_("The posts stand under this headline. Each can be taken out again below."))
            return go("posts.show", post_id=whole.id)
        except (Invalid, Conflict) as problem:
            form.refuse(problem)
    post = find_or_404(db, find_post(me(), post_id))
    chosen = set(map(str, form.raw.get("posts", [])))
    ticked = [int(one) for one in chosen if one.isdecimal() and len(one) < 10]
    choices = [post, *db.scalars(sa.select(Post).where(Post.id.in_(ticked), visible_to(me()))).all()]
    found = _candidates(post, question)
    return page(
        "moderation/bundle.html",
        form.status,
        form=form,
        has_errors=bool(form.errors),
        post=post,
        choices=list({one.id: one for one in (*choices, *found)}.values()),
        found=found,
        chosen=chosen,
        question=question,
        typed=_question(request.form),
    )


def _question(values: Mapping[str, str]) -> str:
    return " ".join(values.get("q", "").replace("\x00", " ").split())[:MAX_QUESTION]


@bp.get("/merges/<int:merge_id>")
@allowed(may_moderate)
def show_merge(merge_id: int) -> ResponseReturnValue:
    """What was joined with what, and how to take it back, at any time."""
    merged, post = _merge(merge_id)
    into = find_or_404(db, find_post(me(), merged.into_id))
    return page("moderation/merge_receipt.html", merged=merged, post=post, into=into)


def _merge(merge_id: int) -> tuple[Merge, Post]:
    merged = db.get(Merge, merge_id)
    post = find_or_404(db, find_post(me(), merged.post_id if merged else 0))
    return db.get_one(Merge, merge_id), post


@bp.post("/merges/<int:merge_id>/undo")
@allowed(may_moderate)
def undo_merge(merge_id: int) -> ResponseReturnValue:
    """Let a post that was joined with another stand by itself again."""
    merged, post = _merge(merge_id)
    merging.separate(db, merged, by=me())
    flash(_("“{title}” stands by itself again, with everything that belongs to it.", title=post.title))
    if from_queue := _from_queue():
        return go("moderation.queue", case_id=from_queue.pop("case"), **from_queue)
    return go("posts.show", post_id=post.id)


@bp.route("/posts/<int:post_id>/different", methods=["GET", "POST"])
@allowed(may_report)
@limited("30/hour")
def different(post_id: int) -> ResponseReturnValue:
    """Say that a post is different from the one it was joined with."""
    post = find_or_404(db, find_post(me(), post_id))
    merged = standing_merge(db, post.id)
    form = Form(Objecting)
    if form.submitted():
        merging.object_to(db, post, form.value.text, by=me())
        flash(_("Thank you. A moderator looks at both posts and decides; until then everything stays as it is."))
        return go("posts.show", post_id=post.id)
    return page(
        "moderation/different.html",
        form.status,
        form=form,
        has_errors=bool(form.errors),
        post=post,
        survivor=joined.survivor_of(db, post.id, post.survivor_id or 0, me()),
        refusal=merging.refusal(db, post, merged.merged_at, me()),
        objection=merging.objection_of(db, merged, me()),
    )
