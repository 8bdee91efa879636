"""What themes does when earlier stages tell what happened."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from forum.core.events import on
from forum.moderation.events import ObjectionAnswered
from forum.posts.counting import theme_of_group
from forum.posts.events import MergeUndone, PostErased, PostMerged, PostPublished, PostUnlisted, VoteChanged
from forum.posts.models import Post
from forum.themes import forgetting, misplacing
from forum.themes.jobs import place_posts, plan, recount_themes
from forum.themes.schedule import GATHER, start_scheduled, waits_for_posts

SOON = 2  # seconds; posts that arrive together are placed together
LATER = 180  # seconds; votes come in crowds, and counting people takes seconds per million of them


@on(PostPublished)
def _place(session: Session, event: PostPublished) -> None:
    """Look for the new post's theme; one that was hidden and is back counts again."""
    post = session.get_one(Post, event.post_id)
    _plan_once(session, recount_themes if post.theme_id else place_posts, post.product_id, SOON)
    if _is_first(session, start_scheduled, post.product_id):
        schedule = waits_for_posts(session, post.product_id)
        if schedule:
            plan(session, start_scheduled, post.product_id, delay=GATHER, version=schedule.version)


@on(PostUnlisted)
def _leave(session: Session, event: PostUnlisted) -> None:
    _count(session, event.post_id)


@on(PostErased)
def _forget(session: Session, event: PostErased) -> None:
    """Nothing is named after or quoted from a post that is erased; the next run does not read it."""
    post = session.get_one(Post, event.post_id)
    if post.theme_id:
        _plan_once(session, recount_themes, post.product_id, LATER)
    forgetting.forget_post(session, post)


def _regroup(session: Session, event: PostMerged | MergeUndone) -> None:
    """Who is behind a merged post is behind the theme of the one that it stands under, as long as it does."""
    for post_id in (event.post_id, event.into_id):
        post = session.get_one(Post, post_id)
        if theme_of_group(session, post):
            _plan_once(session, recount_themes, post.product_id, LATER)


on(PostMerged)(_regroup)
on(MergeUndone)(_regroup)


@on(ObjectionAnswered)
def _hear_of_place(session: Session, event: ObjectionAnswered) -> None:
    """What an author said of their post's place reaches the product managers after a moderator's nod."""
    if event.is_about_theme:
        misplacing.pass_on(session, event.case_id, is_granted=event.is_granted)


@on(VoteChanged)
def _hear(session: Session, event: VoteChanged) -> None:
    if event.theme_id:
        _plan_once(session, recount_themes, event.product_id, LATER)


def _count(session: Session, post_id: int) -> None:
    post = session.get_one(Post, post_id)
    if post.theme_id:
        _plan_once(session, recount_themes, post.product_id, LATER)


def _plan_once(session: Session, what: Callable[..., Any], product_id: int, delay: float) -> None:
    """Plan a job once per transaction, so that an import of thousands does not ask the queue for each row."""
    if _is_first(session, what, product_id):
        plan(session, what, product_id, delay=delay)


def _is_first(session: Session, what: Callable[..., Any], product_id: int) -> bool:
    """Whether this transaction has not asked for a job over a product before."""
    transaction = session.get_transaction()
    planned_in, planned = session.info.get("themes_planned", (None, set()))
    if planned_in is not transaction:
        planned = set()
        session.info["themes_planned"] = (transaction, planned)
    is_first = (what, product_id) not in planned
    planned.add((what, product_id))
    return is_first
