"""What backlog does when earlier stages tell what happened."""

from collections.abc import Collection, Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.events import PersonErased
from forum.accounts.exporting import exports, rows_of
from forum.backlog import evidence, forgetting, jobs, wording
from forum.backlog.events import ItemMoved, ItemPromoted, RevisitDue
from forum.backlog.models import BacklogItem, Evidence, ItemTheme, SavedView
from forum.backlog.revisiting import bring_back
from forum.backlog.services import settle_groups, settle_posts, tell_posts
from forum.backlog.status import ItemStatus
from forum.core.database import Json
from forum.core.errors import Conflict
from forum.core.events import on
from forum.core.languages import _
from forum.posts import timeline
from forum.posts.events import (
    MergeUndone,
    PostChanged,
    PostErased,
    PostMerged,
    PostPublished,
    PostUnlisted,
    VoteChanged,
)
from forum.posts.holding import hold
from forum.posts.models import Post
from forum.themes.events import PostsJoinedTheme, ThemesMerged, ThemeTakenBack
from forum.themes.hanging import Undone, hangs

hold(sa.exists().where(Evidence.post_id == Post.id, Evidence.removed_at.is_(None)))  # what speaks for an item stays


@on(PostsJoinedTheme)
def posts_joined(session: Session, event: PostsJoinedTheme) -> None:
    """Posts that join a promoted theme speak for its item from now on, unless that is launched already."""
    item = _item_of(session, event.theme_id)
    if item is not None:
        _join(session, item, event.theme_id)


@on(ThemesMerged)
def themes_merged(session: Session, event: ThemesMerged) -> None:
    """The item of a theme that went into another follows it there, unless that one has an item of its own."""
    link = session.get(ItemTheme, event.from_id)
    heir = _item_of(session, event.into_id)
    if link is not None and heir is None:
        heir = session.get_one(BacklogItem, link.item_id)
        session.add(ItemTheme(theme_id=event.into_id, item_id=heir.id))
        session.delete(link)
    if heir is not None:
        _join(session, heir, event.into_id)


@on(ThemeTakenBack)
def theme_taken_back(session: Session, event: ThemeTakenBack) -> None:
    """A theme that was promoted does not end by an undo."""
    if _item_of(session, event.theme_id) is not None:
        raise Conflict(_("The theme that this line made is on the backlog. Take it off there first."))


def _links(session: Session, theme_ids: Collection[int]) -> list[list[int]]:
    """The item that each of these themes stands behind."""
    mine = ItemTheme.theme_id.in_(theme_ids)
    return [list(row) for row in session.execute(sa.select(ItemTheme.theme_id, ItemTheme.item_id).where(mine))]


def _link_again(session: Session, undone: Undone) -> None:
    """Items stand on the themes that they stood on, and posts speak for them no more that came by the join alone."""
    now = {(theme, item) for theme, item in _links(session, undone.theme_ids)}
    for theme, item in undone.pairs - now:
        heir = next((one for one, its in now - undone.pairs if its == item), None)
        if heir is not None:
            session.delete(session.get_one(ItemTheme, heir))
            session.add(ItemTheme(theme_id=theme, item_id=item))
    session.flush()
    for item_id, ids in evidence.take_away(session, undone.theme_ids, undone.since, undone.until).items():
        posts = sa.select(Post.id).where(Post.id.in_(ids))
        timeline.remove(session, posts, wording.JOINED, undone.since, undone.until)
        settle_groups(session, posts)
        session.get_one(BacklogItem, item_id).is_count_due = True
        jobs.plan(session, jobs.SOON)


hangs("items", _links, _link_again)


def _item_of(session: Session, theme_id: int) -> BacklogItem | None:
    return session.scalars(
        sa.select(BacklogItem)
        .join(ItemTheme, ItemTheme.item_id == BacklogItem.id)
        .where(ItemTheme.theme_id == theme_id)
    ).one_or_none()


def _join(session: Session, item: BacklogItem, theme_id: int) -> None:
    if item.status is ItemStatus.LAUNCHED:
        return  # what is said now was not asked for by that day; reopening the item takes it in
    session.flush()
    new = evidence.add_members(session, item, theme_id, by=None)
    if not new:
        return
    settle_posts(session, item.id, new)
    tell_posts(session, item, wording.JOINED, by=None, post_ids=new)
    item.is_count_due = True
    jobs.plan(session, jobs.SOON)


def post_changed(session: Session, event: VoteChanged | PostChanged | PostPublished | PostUnlisted) -> None:
    """What an item's evidence amounts to is counted afresh soon."""
    if isinstance(event, PostPublished) and event.is_new:
        return
    jobs.mark_due(session, event.post_id)


_CHANGES: tuple[type[Any], ...] = (VoteChanged, PostChanged, PostPublished, PostUnlisted)
for change in _CHANGES:
    on(change)(post_changed)


def groups_changed(session: Session, event: PostMerged | MergeUndone) -> None:
    """A post shows how far that has come which was merged into it, as long as it is; items count both afresh."""
    for post_id in (event.post_id, event.into_id):
        jobs.mark_due(session, post_id)
    settle_groups(session, sa.select(Post.id).where(Post.id.in_((event.post_id, event.into_id))))


on(PostMerged)(groups_changed)
on(MergeUndone)(groups_changed)


@on(PostErased)
def post_erased(session: Session, event: PostErased) -> None:
    """What quotes the post forgets it, and its item is counted afresh."""
    forgetting.forget_post(session, session.get_one(Post, event.post_id))
    jobs.mark_due(session, event.post_id)


@on(ItemPromoted)
def item_promoted(session: Session, event: ItemPromoted) -> None:
    """Reach looks back 90 days, so items are counted every day."""
    jobs.plan(session, jobs.until_morning())


@on(ItemMoved)
def item_moved(session: Session, event: ItemMoved) -> None:
    """What waits for a launch comes back with it; what is set aside is looked at every morning."""
    if event.after is ItemStatus.LAUNCHED:
        bring_back(session, BacklogItem.revisit_item_id == event.item_id)
    elif event.after is ItemStatus.NOT_NOW:
        jobs.plan(session, jobs.until_morning())


@on(RevisitDue)
def revisit_due(session: Session, event: RevisitDue) -> None:
    """The posts behind an item that came back say so."""
    tell_posts(session, session.get_one(BacklogItem, event.item_id), wording.RETURNED, by=None)


@on(PersonErased)
def person_erased(session: Session, event: PersonErased) -> None:
    """The views that somebody kept for themselves go with them."""
    session.execute(sa.delete(SavedView).where(SavedView.owner_id == event.user_id))


@exports("saved_views")
def _views(session: Session, user_id: int) -> Iterator[Json]:
    return rows_of(session, sa.select(SavedView).where(SavedView.owner_id == user_id).order_by(SavedView.id))
