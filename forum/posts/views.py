"""The pages of posts: one post with what became of it, its history, following, and one's own posts."""

from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from forum.accounts.rules import is_signed_in
from forum.core.errors import ForumError, Gone, NotFound
from forum.core.languages import _, date_words, language_word, mark, pick, span_words
from forum.core.people import ANYBODY, Reader, anybody
from forum.posts import drafts, joined, path, pictures, queries, reading, services, splitting
from forum.posts.history import versions_of
from forum.posts.models import Comment, Post
from forum.posts.quiet import with_silence
from forum.posts.readers import is_program, note_reader
from forum.posts.reading import PostInFull
from forum.posts.rules import is_author, may_edit, would_be_heard
from forum.posts.schemas import Saying
from forum.posts.status import Moderation, Status
from forum.posts.talk import Talk, read_talk, start_of_page_with
from forum.posts.words import status_word
from forum.products.rules import may_comment, may_vote
from forum.web.forms import Form
from forum.web.limits import client_address, limited
from forum.web.navigation import menu
from forum.web.pages import find_or_404, flash, go, page
from forum.web.pending import pending, told_as, write_pending
from forum.web.permissions import allowed, me
from forum.web.session import db

bp = Blueprint("posts", __name__)
menu("posts.mine", mark("My posts"), rule=is_signed_in, group="me", order=20)

MINE = 30  # posts per page of one's own
TALKABLE = (Moderation.OPEN, Moderation.WAITING, Moderation.ASKED)


@bp.get("/posts/<int:post_id>")
@allowed(anybody)
def show(post_id: int) -> ResponseReturnValue:
    """Show a post, what became of it, and what people say about it."""
    return show_post(post_id, Form(Saying, parent_id=request.args.get("reply", ""), speaks="personal"))


def not_there(post_id: int) -> ForumError:
    """What to say of a post that the reader cannot read: that it was erased, or that there is nothing."""
    area = reading.area_of_erased(db, post_id)
    if area is None:
        return NotFound(_("It may have been removed, or the address is not quite right. Try the search."))
    area_id, name = area
    others = _("All posts in {area}", area=pick(name)), url_for("posts.board", area=area_id)
    return Gone(_("Whoever wrote this post has erased it. Perhaps somebody else has said the same."), others)


def show_post(post_id: int, form: Form[Saying]) -> ResponseReturnValue:
    """The page of a post, with the form for a comment as it was typed. Raises `NotFound`, and `Gone`."""
    reader = me()
    post = reading.read_post(db, post_id, reader)
    if post is None:
        raise not_there(post_id)
    start = request.args.get("from", "")[:24]
    talk = read_talk(db, post_id, reader, start, has_joined=post.joined > 0)
    merged = joined.joined_posts(db, post_id, reader) if post.joined else []
    if post.is_owed_views and request.method == "GET" and post.author_id != reader.id:
        agent = request.user_agent.string
        if reader.is_authenticated or not is_program(agent):
            note_reader(post_id, str(reader.id or f"{client_address()} {agent}"))
    can_comment = may_comment(post, reader, author_id=post.author_id) and post.moderation in TALKABLE
    can_comment = can_comment and would_be_heard(reader, post) and (reader.is_team or not post.is_locked)
    can_comment = can_comment and reader.suspended_until is None
    return page(
        "posts/show.html",
        form.status,
        **({"form": form, "voices": _voices(reader)} if can_comment else {}),
        post=post,
        talk=talk,
        told=with_silence(post, talk.entries),
        usually=span_words(post.reply_minutes * 60) if post.reply_minutes is not None else "",
        pictures=pictures.shown_with(db, post_id) if post.has_pictures else [],
        start=start,
        steps=_steps(post, talk),
        merged=merged,
        origins={one.id: (one.title, one.language) for one in merged},
        survivor=joined.survivor_of(db, post.id, post.survivor_id, reader) if post.survivor_id else None,
        parts=splitting.parts_of(db, post_id, reader) if post.parts else [],
        origin=splitting.origin_of(db, post_id, reader) if post.is_part else None,
        is_asked=post.parts > 0 and splitting.is_asked(db, post_id, reader),
        language=language_word(post.language),
        own=is_author(reader, post),
        votable=may_vote(post, post.kind),
        can_vote=may_vote(post, post.kind) and post.is_listed and not is_author(reader, post),
        can_edit=may_edit(reader, post),
        can_comment=can_comment,
        is_talkable=post.moderation in TALKABLE,
        posted=request.args.get("posted") == "1" and is_author(reader, post),
        reply_to=talk.find(str(form.raw.get("parent_id") or "")),
    )


def _steps(post: PostInFull, talk: Talk) -> list[tuple[str, str, str]]:
    """The way of the post's status, with the days that its timeline tells."""
    reached = {Status.NEW: post.created_at}
    if post.answered_at:
        reached[Status.ANSWERED] = post.answered_at
    known = {status.value: status for status in Status}
    reached |= {known[entry.status]: entry.at for entry in talk.entries if entry.status in known}
    return [
        (status_word(status), date_words(at) if at else "", state)
        for status, at, state in path.steps(post.status, reached)
    ]


def _voices(reader: Reader) -> list[tuple[str, str, str]]:
    """In whose name a person of the team may write."""
    if not reader.is_team:
        return []
    official = _("Everybody sees the official mark beside your name.")
    if reader.department:
        official = _(
            "Everybody sees the official mark beside your name and department, {department}.",
            department=reader.department,
        )
    return [
        ("personal", _("As myself"), _("A comment like any other.")),
        ("official", _("For the company"), official),
        ("note", _("Note for the team"), _("Only the team sees it, ever.")),
    ]


@bp.get("/comments/<int:comment_id>")
@allowed(anybody)
def comment(comment_id: int) -> ResponseReturnValue:
    """Lead to a comment where it stands in its thread."""
    found = db.scalars(queries.find_comment(me(), comment_id)).one_or_none()
    if found is None:
        raise _no_comment(comment_id)
    post = db.get_one(Post, found.post_id)
    survivor = joined.survivor_of(db, post.id, post.survivor_id, me()) if post.survivor_id else None
    post_id = survivor.id if survivor else post.id
    start = start_of_page_with(db, post_id, found, me())
    address: dict[str, Any] = {"from": start} if start else {}
    return redirect(url_for("posts.show", post_id=post_id, _anchor=f"comment-{found.id}", **address))


def _no_comment(comment_id: int) -> ForumError:
    """What to say of a comment that the reader cannot read: that it was erased, or that there is nothing."""
    gone = db.get(Comment, comment_id)
    if gone is None or gone.moderation is not Moderation.ERASED or gone.is_internal:
        return NotFound(_("It may have been removed, or the address is not quite right. Try the search."))
    if reading.read_post(db, gone.post_id, me()) is None:
        return not_there(gone.post_id)
    talk = _("What others say about it"), url_for("posts.show", post_id=gone.post_id, _anchor="talk")
    return Gone(_("Whoever wrote this comment has erased it."), talk)


@bp.get("/posts/<int:post_id>/history")
@allowed(anybody)
def history(post_id: int) -> ResponseReturnValue:
    """Show how a post read before each edit."""
    post = find_or_404(db, queries.find_post(me(), post_id))
    changes = pictures.changes_of(db, post)
    return page("posts/history.html", post=post, versions=versions_of(db, post, me()), changes=changes)


@bp.get("/comments/<int:comment_id>/history")
@allowed(anybody)
def comment_history(comment_id: int) -> ResponseReturnValue:
    """Show how a comment read before each edit."""
    found = find_or_404(db, queries.find_comment(me(), comment_id))
    post = find_or_404(db, queries.find_post(me(), found.post_id))
    return page("posts/history.html", post=post, comment=found, versions=versions_of(db, found, me()))


@bp.route("/posts/<int:post_id>/follow", methods=["GET", "POST"])
@allowed(anybody)
@limited("60/minute")
def follow(post_id: int) -> ResponseReturnValue:
    """Follow a post; whoever is not signed in signs in first."""
    post = find_or_404(db, queries.find_post(me(), post_id))
    if not me().is_authenticated:
        address = url_for("posts.show", post_id=post.id)
        return go("accounts.sign_in", next=address, then=write_pending("follow", post_id=post.id))
    if request.method == "POST":
        services.follow(db, post, by=me())
        flash(_("You follow this post."), undo=_unfollow(post.id))
    return go("posts.show", post_id=post.id)


def _unfollow(post_id: int) -> str:
    return url_for("posts.unfollow", post_id=post_id)


@pending("follow")
def follow_after_sign_in(session: Session, reader: Reader, post_id: int) -> str:
    """Follow what somebody wanted to follow before they signed in."""
    post = find_or_404(session, queries.find_post(reader, post_id))
    services.follow(session, post, by=reader)
    flash(_("You follow this post."), undo=_unfollow(post.id))
    return url_for("posts.show", post_id=post.id)


@told_as("follow")
def tell_of_following(session: Session, _registering: bool, post_id: int) -> str:
    """Which post will be followed."""
    post = session.scalars(queries.find_post(ANYBODY, post_id)).one_or_none()
    return _("You follow “{title}” as soon as you have signed in.", title=post.title) if post else ""


@bp.post("/posts/<int:post_id>/unfollow")
@allowed(is_signed_in)
def unfollow(post_id: int) -> ResponseReturnValue:
    """Follow a post no longer."""
    post = find_or_404(db, queries.find_post(me(), post_id))
    services.unfollow(db, post, by=me())
    flash(_("You no longer follow this post."), undo=url_for("posts.follow", post_id=post.id))
    return go("posts.show", post_id=post.id)


@bp.get("/me/posts")
@allowed(is_signed_in)
def mine() -> ResponseReturnValue:
    """List what the reader has posted, whatever became of it."""
    before = request.args.get("before", "")
    top = int(before) if before.isascii() and before.isdigit() and len(before) < 10 else 2**31 - 1
    rows = reading.own_posts(db, me(), before=top, limit=MINE + 1)
    after = rows[MINE - 1].id if len(rows) > MINE else 0
    waiting = [] if before else drafts.own_drafts(db, me())
    return page("posts/mine.html", rows=rows[:MINE], after=after, is_first=not before, drafts=waiting)


# The other pages have files of their own; importing them is what adds them to the blueprint.
from forum.posts import (  # noqa: E402
    board_views,  # noqa: F401
    composing_views,  # noqa: F401
    feed_views,  # noqa: F401
    person_views,  # noqa: F401
    picture_views,  # noqa: F401
    talking_views,  # noqa: F401
    writing_views,  # noqa: F401
)
