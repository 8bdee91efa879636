"""What moderation shows on the pages of earlier stages."""

from collections.abc import Iterable
from typing import Any

from forum.accounts.rules import may_moderate, may_plan
from forum.core.clock import utcnow
from forum.core.languages import LANGUAGES, current_language, datetime_words, span_words
from forum.core.people import Reader
from forum.moderation import appealing, bursts, library, queries, reasons, second_look
from forum.moderation.rules import OBJECT_WITHIN
from forum.moderation.status import CaseKind, Purpose, need_reason, offered
from forum.posts.ranking import BURST
from forum.posts.rules import may_correct
from forum.web.panels import forget, kept, panel
from forum.web.session import db

KEPT = 30  # seconds; posts are decided about far more often than reasons are worded


def reason_options(purposes: Iterable[Purpose]) -> library.Options:
    """The reasons to choose from for these purposes, in the reader's language."""
    names = kept(KEPT, lambda: library.read_names(db), "reasons", current_language())
    return library.options(names, purposes)


def forget_reasons() -> None:
    """Read the library afresh, because it has just changed."""
    for language in LANGUAGES:
        forget("reasons", language)


class _Blank:
    """A form that nobody has sent: it goes to a page of its own, which shows what is wrong."""

    errors: dict[str, str] = {}  # noqa: RUF012
    raw: dict[str, str] = {}  # noqa: RUF012

    @staticmethod
    def called(_name: str, label: str, _words: str = "") -> str:
        """`label` as it is: without mistakes there is no summary that would name the field."""
        return label


@panel("post.waiting", keep=KEPT)
def usual_wait() -> tuple[str, dict[str, Any]] | None:
    """How long first posts have waited lately, for those whose post waits."""
    seconds = queries.usual_wait(db)
    return ("moderation/_usual_wait.html", {"time": span_words(seconds)}) if seconds is not None else None


@panel("post.side", order=80)
def moderate(*, reader: Reader, post: Any, **_values: Any) -> tuple[str, dict[str, Any]] | None:
    """Let moderators hide, remove or put back the post they read."""
    if not may_moderate(reader):
        return None
    decisions = offered(CaseKind.DIRECT, post.moderation)
    return "moderation/_moderate.html", {
        "post": post,
        "decisions": decisions,
        "can_edit": may_correct(reader, post),
        "form": _Blank,
        "buttons": reasons.BUTTONS,
        "needs_reason": need_reason(CaseKind.DIRECT),
        "reason_options": reason_options(library.purposes_of(CaseKind.DIRECT, decisions)),
    }


@panel("post.top")
def edited(*, reader: Reader, post: Any) -> tuple[str, dict[str, Any]] | None:
    """Tell an author what a moderator changed, why, and how to object."""
    if post.edited_at is None or reader.id is None or reader.id != post.author_id:
        return None
    case = second_look.last_edit(db, post.id, None)
    if case is None or case.decided_at is None or case.decided_at < post.edited_at:
        return None  # nobody but the author has changed it since
    return "moderation/_edited.html", {"post": post, "case": case}


@panel("post.taken")
def objected(
    *, reader: Reader, post_id: int, comment_id: int | None = None, title: str = "", language: str = ""
) -> tuple[str, dict[str, Any]] | None:
    """Let the author of what was taken away or edited object once, and tell what became of that.

    The `title` is said where several such links stand on one page.
    """
    decided = appealing.appealable(db, post_id, comment_id, reader)
    if decided is None:
        return None
    about = {"post_id": post_id, "comment_id": comment_id, "title": title, "language": language}
    return "moderation/_object.html", about | {"standing": appealing.appeal_of(db, decided)}


@panel("post.side", order=70)
def crowded_post(*, reader: Reader, post: Any, **_values: Any) -> tuple[str, dict[str, Any]] | None:
    """Show moderators and product managers the hours in which very many voted for the post they read."""
    if not (may_moderate(reader) or may_plan(reader)) or post.effective_votes >= post.votes:
        return None
    return "moderation/_burst.html", {
        "post": post,
        "hours": bursts.crowded_hours(db, post.id),
        "datetime": datetime_words,
    }


@panel("theme.side", order=60)
def crowded_theme(*, reader: Reader, theme: Any) -> tuple[str, dict[str, Any]] | None:
    """Show them the posts of a theme whose votes came many at once, which its breadth leaves out."""
    if theme.people <= BURST or not (may_moderate(reader) or may_plan(reader)):
        return None
    posts = kept(KEPT, lambda: bursts.crowded_posts(db, theme.id), crowded_theme, theme.id)
    return ("moderation/_bursts.html", {"posts": posts}) if posts else None


@panel("joined.actions")
def undo_merge(*, reader: Reader, joined: Any) -> tuple[str, dict[str, Any]] | None:
    """Let moderators take a post out of those that were joined, from the page of the one that stands."""
    return ("moderation/_undo_merge.html", {"joined": joined}) if may_moderate(reader) else None


@panel("post.merged")
def object_to_merge(*, reader: Reader, post: Any, survivor: Any) -> tuple[str, dict[str, Any]] | None:
    """Let the author of a merged post, and who voted on it, say that theirs is different."""
    is_mine = reader.id is not None and (reader.id == post.author_id or post.interest is not None)
    if not is_mine or utcnow() - survivor.merged_at > OBJECT_WITHIN:
        return ("moderation/_undo_merge.html", {"joined": survivor}) if may_moderate(reader) else None
    return "moderation/_different.html", {"post": post}


@panel("part.actions")
def undo_split(*, reader: Reader, part: Any) -> tuple[str, dict[str, Any]] | None:
    """Let moderators take back what was split off a post."""
    return ("moderation/_undo_split.html", {"part": part}) if may_moderate(reader) else None
