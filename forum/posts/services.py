"""What people do with posts: write, open, hide, edit, follow. Votes and comments have files of their own."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from math import ceil
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.models import User
from forum.accounts.rules import check_may_write
from forum.core import audit, markup
from forum.core.clock import utcnow
from forum.core.database import insert_for
from forum.core.errors import Conflict, Invalid, TooMany, require
from forum.core.events import publish
from forum.core.languages import _, span_words
from forum.core.people import Reader
from forum.posts import counting, rules, timeline
from forum.posts.events import PostChanged, PostPublished, PostSubmitted, PostUnlisted
from forum.posts.language import guess_language
from forum.posts.models import Follow, Post, Revision
from forum.posts.openness import HasPlace, check_taken, find_area_for
from forum.posts.schemas import MAX_TITLE, NewPost, PostChanges
from forum.posts.status import MODERATION_MOVES, Kind, Moderation, Severity, Status, Visibility
from forum.products.models import Area

_EXCERPT = 160  # characters of the body shown in lists
_PIECE = 5_000  # posts per statement, below what either database takes
BUNDLE = "bundle"  # the source of a headline that moderators wrote over several posts
PER_DAY = 20  # posts of one person
APART = 15  # seconds between two posts of one person


def check_pace(session: Session, by: Reader) -> None:
    """Raise `TooMany` when `by` would post more than 20 times a day, or twice in 15 seconds."""
    now = utcnow()
    n, first, last = session.execute(
        sa.select(sa.func.count(), sa.func.min(Post.created_at), sa.func.max(Post.created_at)).where(
            Post.author_id == by.id, Post.source == "site", Post.created_at > now - timedelta(days=1)
        )
    ).one()
    if n >= PER_DAY:
        wait = ceil((first + timedelta(days=1) - now).total_seconds())
        words = _("That is {n} posts within a day. You can post again in {time}.", n=n, time=span_words(wait))
        raise TooMany(words, retry_after=wait)
    if last is not None and (now - last).total_seconds() < APART:
        wait = ceil(APART - (now - last).total_seconds())
        words = _("Leave {n} seconds between two posts. You can post again in {time}.", n=APART, time=span_words(wait))
        raise TooMany(words, retry_after=wait)


def submit_post(session: Session, new: NewPost, *, by: Reader) -> Post:
    """Post what `by` wrote. Trusted people's posts are open at once, others wait for a moderator.

    The author follows the post. Publishes `PostPublished`, or `PostSubmitted` for one that waits. Raises
    `NotAllowed` unless `by` is signed in, and `Invalid` when the area does not take it.
    """
    require(rules.may_post(by), str(rules.may_post.refusal))  # type: ignore[attr-defined]
    check_may_write(by)
    area = find_area_for(session, new.area_id, new.kind)
    waits, now = rules.must_wait(by), utcnow()
    post = _write(
        session,
        area,
        author_id=by.id,
        kind=new.kind,
        title=new.title,
        body=new.body,
        language=new.language,
        visibility=new.visibility,
        moderation=Moderation.WAITING if waits else Moderation.OPEN,
        created_at=now,
        published_at=None if waits or new.visibility is Visibility.PRIVATE else now,
        source="site",
    )
    follow(session, post, by=by)
    if waits:
        publish(session, PostSubmitted(post.id))
    else:
        relist(session, post, is_new=True)
    return post


def import_post(
    session: Session,
    *,
    area: Area,
    kind: Kind,
    title: str,
    body: str,
    language: str,
    author_id: int | None,
    written_at: datetime | None,
    source: str,
    severity: Severity | None = None,
) -> Post:
    """Bring in a post from elsewhere: open and listed at once, with its own author and date.

    Where nobody said when it was written, it gets today's date and no trend counts it.

    An empty `language` is guessed. A title over 140 characters is cut at a word and kept whole in the body.
    Publishes `PostPublished`. Raises `Invalid` when the area does not take it; nothing waits, is limited or
    is mailed about.
    """
    check_taken(session, area, kind)
    created_at = written_at or utcnow()
    if len(title) > MAX_TITLE:
        body = f"{title}\n\n{body}".strip()
        title = markup.cut(title, MAX_TITLE)
    post = _write(
        session,
        area,
        author_id=author_id,
        kind=kind,
        title=title,
        body=body,
        language=language,
        visibility=Visibility.PUBLIC,
        moderation=Moderation.OPEN,
        created_at=created_at,
        is_dated=written_at is not None,
        published_at=created_at,
        source=source,
        severity=severity if kind is Kind.COMPLAINT else None,
    )
    relist(session, post, is_new=True)
    return post


def head_bundle(session: Session, first: Post, *, title: str, body: str) -> Post:
    """A post without an author that others are merged into, of the kind and in the area of `first`; listed at once.

    It is no complaint or idea more than those under it: where these are counted, its source says so.
    """
    post = _write(
        session,
        session.get_one(Area, first.area_id),
        author_id=None,
        kind=first.kind,
        title=title,
        body=body,
        language="",
        visibility=Visibility.PUBLIC,
        moderation=Moderation.OPEN,
        created_at=first.created_at,
        published_at=utcnow(),
        source=BUNDLE,
    )
    relist(session, post, is_new=True)
    return post


def write_part(session: Session, post: Post, area: HasPlace, *, title: str, body: str) -> Post:
    """A post of some words of another, by the same author and as old as that one; listed at once."""
    part = _write(
        session,
        area,
        author_id=post.author_id,
        kind=post.kind,
        title=title,
        body=body,
        language=post.language,
        visibility=post.visibility,
        moderation=Moderation.OPEN,
        created_at=post.created_at,
        is_dated=post.is_dated,
        published_at=utcnow(),
        source=post.source,
        severity=post.severity,
    )
    relist(session, part, is_new=True)
    return part


def _write(session: Session, area: HasPlace, **columns: Any) -> Post:
    """A new post in `area` with its text rendered and the first line of its timeline; not listed yet."""
    post = Post(area_id=area.id, product_id=area.product_id, status=Status.NEW, is_listed=False, **columns)
    set_text(post, post.title, post.body, post.language)
    session.add(post)
    session.flush()  # the timeline needs the id
    timeline.add(session, post.id, "heard", at=post.created_at, source=post.source)
    return post


def set_text(post: Post, title: str, body: str, language: str) -> None:
    """Let a post read so, rendered for its page and its lists; an empty `language` is guessed."""
    post.title, post.body = title, body
    post.body_html, post.markup_version = markup.render(body), markup.MARKUP_VERSION
    post.excerpt = markup.words_of(post.body_html, _EXCERPT)
    post.language = language or guess_language(f"{title}\n{body}")


def relist(session: Session, post: Post, *, is_new: bool = False) -> None:
    """Set a post's keys, and when its being listed changed, its area's counters; tell the later stages."""
    was_listed = post.is_listed
    if post.moderation is Moderation.OPEN and post.visibility is Visibility.PUBLIC and post.published_at is None:
        post.published_at = utcnow()
    if is_new:
        counting.save_first_keys(session, post)
    else:
        counting.refresh_keys(post)
        session.flush()
    if post.is_listed == was_listed:
        return
    change = 1 if post.is_listed else -1
    unanswered = change if post.answered_at is None else 0
    counting.count_in_area(session, post.area_id, posts=change, unanswered=unanswered)
    publish(session, PostPublished(post.id, is_new) if post.is_listed else PostUnlisted(post.id))


def _move(session: Session, post: Post, to: Moderation) -> None:
    """Change what the moderators make of a post, from the state it has at this moment."""
    session.refresh(post, with_for_update=True)
    if to not in MODERATION_MOVES[post.moderation]:
        raise Conflict(_("Somebody has decided about this post meanwhile. Look at it again."))
    post.moderation = to


def open_post(session: Session, post: Post, *, by: Reader | None) -> None:
    """Let a post that waits be read, and count it as an approved post of its author.

    `by` is the moderator, or None when the author is trusted. Publishes `PostPublished` for a public post.
    Raises `NotAllowed` unless `by` moderates, and `Conflict` when the post does not wait any more.
    """
    require(by is None or rules.may_hide(by), _("Only moderators open posts that wait."))
    _move(session, post, Moderation.OPEN)
    post.moderation_reason = ""
    count_approval(session, post.author_id, 1)
    relist(session, post)
    if by is not None:
        _record(session, "post.open", post, by, "")


def count_approval(session: Session, author_id: int | None, change: int) -> None:
    """From the first approved post or comment on, what an author writes need not wait."""
    if author_id is not None:
        session.execute(
            sa.update(User)
            .where(User.id == author_id, User.approved_posts + change >= 0)
            .values(approved_posts=User.approved_posts + change)
        )


def ask_author(session: Session, post: Post, *, by: Reader, reason: str) -> None:
    """Take a post out of sight until its author has changed it; `reason` says what is needed."""
    _take_out(session, post, Moderation.ASKED, "post.ask", by, reason)


def hide_post(session: Session, post: Post, *, by: Reader, reason: str) -> None:
    """Take an open post out of sight for a while; its author reads the `reason`. Publishes `PostUnlisted`.

    Raises `NotAllowed` unless `by` moderates, `Invalid` without a reason, `Conflict` when it is not open.
    """
    _take_out(session, post, Moderation.HIDDEN, "post.hide", by, reason)


def remove_post(session: Session, post: Post, *, by: Reader, reason: str) -> None:
    """Remove a post for good reason, which its author reads; nothing is deleted. Errors as `hide_post`."""
    _take_out(session, post, Moderation.REMOVED, "post.remove", by, reason)


def restore_post(session: Session, post: Post, *, by: Reader, reason: str, to: Moderation = Moderation.OPEN) -> None:
    """Put a post back to `to`: open, or waiting where an approval or removal of a waiting one is undone.

    Publishes `PostPublished` or `PostUnlisted` when its being listed changes. Raises `NotAllowed` unless
    `by` moderates, and `Conflict` when the post cannot go there from where it is.
    """
    require(rules.may_hide(by), _("Only moderators put posts back."))
    session.refresh(post, with_for_update=True)
    before = post.moderation
    _move(session, post, to)
    if before is Moderation.OPEN:  # an approval is taken back
        count_approval(session, post.author_id, -1)
        post.published_at = None
    post.moderation_reason = ""
    relist(session, post)
    _record(session, "post.restore", post, by, reason)


def _take_out(session: Session, post: Post, to: Moderation, action: str, by: Reader, reason: str) -> None:
    require(rules.may_hide(by), _("Only moderators take posts out of sight."))
    reason = reason.strip()
    if not reason:
        raise Invalid(fields={"reason": _("Say why: the author reads it.")})
    _move(session, post, to)
    post.moderation_reason = reason
    relist(session, post)
    _record(session, action, post, by, reason)


def _record(session: Session, action: str, post: Post, by: Reader, reason: str) -> None:
    post.looked_at = utcnow()
    audit.record(session, action, by=by.id, subject="post", subject_id=post.id, about=post.author_id, reason=reason)


def require_editor(post: Post, *, by: Reader) -> None:
    """Raise `NotAllowed` unless `by` may change `post`."""
    require(rules.may_edit(by, post), _("Only its author changes a post, and not after it was removed or joined."))
    check_may_write(by)


def edit_post(session: Session, post: Post, changes: PostChanges, *, by: Reader) -> None:
    """Change the words, area, language or visibility of a post; how it read before stays in its history.

    Only the author may. A post that the author was asked to change waits for a moderator again. Publishes
    `PostChanged`, and what follows when it becomes private or public. Raises `Conflict` when the post is no
    longer at `changes.version`, and `Invalid` when the new area does not take it.
    """
    require_editor(post, by=by)
    session.refresh(post, with_for_update=True)
    if post.version != changes.version:
        raise Conflict(_("This post was changed while you were writing. Both versions are below."))
    if changes.visibility is Visibility.PRIVATE and session.scalar(_joined_with(post.id)):
        raise Invalid(fields={"visibility": _("Others' posts are joined with yours, so it stays public.")})
    if changes.area_id != post.area_id:
        change_area(session, post, find_area_for(session, changes.area_id, post.kind))
    now = utcnow()
    if (changes.title, changes.body) != (post.title, post.body):
        _keep_revision(session, post, now, by)
        post.edited_at = now
    set_text(post, changes.title, changes.body, changes.language)
    post.visibility = changes.visibility
    post.version += 1
    relist(session, post)
    publish(session, PostChanged(post.id))
    if post.moderation is Moderation.ASKED:
        _move(session, post, Moderation.WAITING)
        publish(session, PostSubmitted(post.id))


def _joined_with(post_id: int) -> sa.Select[int]:
    return sa.select(Post.id).where(Post.survivor_id == post_id).limit(1)


def change_area(session: Session, post: Post, area: HasPlace) -> None:
    """Move a post to another area, whose openness it obeys from now on."""
    if post.is_listed:
        unanswered = int(post.answered_at is None)
        counting.count_in_area(session, post.area_id, posts=-1, unanswered=-unanswered)
        counting.count_in_area(session, area.id, posts=1, unanswered=unanswered)
    post.area_id, post.product_id = area.id, area.product_id


def _keep_revision(session: Session, post: Post, now: datetime, by: Reader) -> None:
    session.add(
        Revision(
            post_id=post.id,
            title=post.title,
            body=post.body,
            written_at=post.edited_at or post.created_at,
            replaced_at=now,
            replaced_by_id=by.id,
        )
    )


def set_severity(session: Session, post: Post, severity: Severity | None, *, by: Reader) -> None:
    """Let the author of a complaint say how bad it is. Publishes `PostChanged`."""
    require(rules.may_edit(by, post), _("Only its author says how bad a complaint is."))
    if post.kind is not Kind.COMPLAINT:
        raise Invalid(_("Only complaints have a severity."))
    post.severity = severity
    publish(session, PostChanged(post.id))


def set_status(session: Session, post: Post, status: Status | None, *, tell: bool = True, is_look: bool = True) -> None:
    """Store how far a post has come: `status` of its most advanced public item, or None without one.

    Without an item it is *answered* if it has an official answer, else *new*. A change of the item's is told
    on the timeline unless `tell` is False, for callers who write a fuller sentence themselves. It counts as a
    look at the post by the team unless `is_look` is False.
    """
    before = post.status
    post.status = status or (Status.ANSWERED if post.answered_at else Status.NEW)
    if is_look:
        post.looked_at = utcnow()
    if tell and status is not None and post.status is not before:
        timeline.add(session, post.id, "moved", status=post.status.value)


def set_statuses(session: Session, post_ids: Sequence[int], status: Status | None, *, is_look: bool = True) -> None:
    """Store how far many posts have come, as `set_status` does for one; the caller writes their timelines.

    It counts as a look at them by the team unless `is_look` is False.
    """
    kind = Post.__table__.c.status.type
    own = sa.case(
        (Post.answered_at.is_not(None), sa.literal(Status.ANSWERED, kind)), else_=sa.literal(Status.NEW, kind)
    )
    looked = {"looked_at": utcnow()} if is_look else {}
    for start in range(0, len(post_ids), _PIECE):
        session.execute(
            sa.update(Post).where(Post.id.in_(post_ids[start : start + _PIECE])).values(status=status or own, **looked)
        )


def follow(session: Session, post: Post, *, by: Reader) -> None:
    """Let `by` hear what becomes of `post`; a second time changes nothing."""
    require(by.id is not None, _("Sign in to follow a post."))
    statement = _follow_statement(session.get_bind().dialect.name)
    row = {"user_id": by.id, "subject": "post", "subject_id": post.id, "since": utcnow()}
    session.connection().execute(statement, row)


@lru_cache
def _follow_statement(dialect: str) -> Any:
    return insert_for(dialect, Follow).on_conflict_do_nothing()


def unfollow(session: Session, post: Post, *, by: Reader) -> None:
    """Let `by` hear no more about `post` and what was merged into it."""
    here = Follow.subject_id.in_(counting.group_of(post.id))
    session.execute(sa.delete(Follow).where(Follow.user_id == by.id, Follow.subject == "post", here))
