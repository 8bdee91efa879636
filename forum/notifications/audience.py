"""Whom a happening concerns, and why: read in sets, before anybody is told."""

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.models import UserRole
from forum.backlog.evidence import concerned_posts
from forum.backlog.models import BacklogItem, ItemTheme
from forum.backlog.status import Behind
from forum.core.people import Role
from forum.launches.models import Launch, Pilot, Receipt
from forum.launches.status import PilotState
from forum.notifications.models import Happening, Silence
from forum.notifications.status import Kind, Subject, Tie
from forum.posts.models import Comment, Follow, Post, Vote
from forum.posts.status import Moderation
from forum.products.models import Area
from forum.themes.models import EarlyWarning, Theme
from forum.themes.status import ThemeState

_STRONGEST = list(Tie)
_PIECE = 5_000  # ids in one statement


class Concerned(NamedTuple):
    """One person whom it concerns, and the post by which it does."""

    user_id: int
    tie: Tie
    post_id: int | None


def audience(session: Session, happening: Happening) -> list[Concerned]:
    """Everybody whom it concerns, once each and by their strongest tie; what they may see is asked later."""
    found = [one for one in _concerned(session, happening) if one.user_id != happening.actor_id]
    best: dict[int, Concerned] = {}
    for one in sorted(found, key=lambda one: (_STRONGEST.index(one.tie), one.post_id or 0)):
        best.setdefault(one.user_id, one)
    return sorted(best.values())


def _concerned(session: Session, happening: Happening) -> Iterable[Concerned]:
    post_id, item_id, theme_id = happening.post_id, happening.item_id, happening.theme_id
    match happening.kind:
        case Kind.COMMENT | Kind.ANSWER if post_id:
            everybody = _of_posts(session, group_of(session, post_id), voters=happening.kind is Kind.ANSWER)
            return [one._replace(post_id=post_id) for one in everybody]
        case Kind.MERGED | Kind.UNMERGED if post_id:
            return _of_posts(session, group_of(session, post_id), voters=True)
        case Kind.SPLIT | Kind.MOVED if post_id:
            return _of_posts(session, {post_id}, voters=happening.kind is Kind.SPLIT)
        case Kind.STATUS | Kind.NOT_NOW if item_id:
            return _of_item(session, item_id)
        case Kind.CAME_BACK if item_id:
            return [*_owner(session, item_id), *(_of_item(session, item_id) if happening.values["is_public"] else ())]
        case Kind.LAUNCHED if item_id:
            return [*_with_receipts(session, happening), *_of_item(session, item_id)]
        case Kind.OBJECTION | Kind.MODERATED:
            return [Concerned(happening.values["user_id"], Tie.MINE, post_id)]
        case Kind.PILOT:
            return [Concerned(user_id, Tie.PILOT, None) for user_id in happening.values["user_ids"]]
        case Kind.NEW_POST:
            return _of_new_posts(session, happening)
        case Kind.WARNING if theme_id:
            return [Concerned(user_id, Tie.TEAM, None) for user_id in _owners(session, theme_id)]
    return []


def _owners(session: Session, theme_id: int) -> Sequence[int]:
    """Who owns the item that stands for a theme, if they are a product manager; else all of those."""
    managers = sa.select(UserRole.user_id).where(UserRole.role == Role.MANAGER)
    item = sa.select(BacklogItem.owner_id).join(ItemTheme, ItemTheme.item_id == BacklogItem.id)
    owner = session.scalar(item.where(ItemTheme.theme_id == theme_id, BacklogItem.owner_id.in_(managers)).limit(1))
    return [owner] if owner else session.scalars(managers).all()


def group_of(session: Session, post_id: int) -> set[int]:
    """A post and whatever was joined with it, at any depth."""
    group = sa.select(sa.literal(post_id).label("id")).cte(recursive=True)
    group = group.union(sa.select(Post.id).join(group, Post.merged_into_id == group.c.id))
    return set(session.scalars(sa.select(group.c.id)))


def _of_posts(session: Session, post_ids: Collection[int], *, voters: bool) -> list[Concerned]:
    """Who follows some posts, and with `voters` also who wrote or voted for them and did not ask for silence."""
    ids = sorted(post_ids)
    pieces = [ids[start : start + _PIECE] for start in range(0, len(ids), _PIECE)]
    return [one for piece in pieces for one in _of_piece(session, piece, voters=voters)]


def _of_piece(session: Session, post_ids: list[int], *, voters: bool) -> list[Concerned]:
    is_theirs = sa.case((Post.author_id == Follow.user_id, Tie.MINE.value), else_=Tie.POST.value)
    parts: list[sa.Select[*tuple[int, str, int]]] = [
        sa.select(Follow.user_id, is_theirs, Post.id)
        .join(Post, Post.id == Follow.subject_id)
        .where(Follow.subject == Subject.POST.value, Follow.subject_id.in_(post_ids))
    ]
    if voters:
        silent = sa.exists().where(Silence.post_id == Post.id)
        parts.append(
            sa.select(Vote.user_id, sa.literal(Tie.VOTED.value), Post.id)
            .join(Post, Post.id == Vote.post_id)
            .where(Post.id.in_(post_ids), Vote.is_counted, ~silent.where(Silence.user_id == Vote.user_id))
        )
        parts.append(
            sa.select(sa.type_coerce(Post.author_id, sa.Integer), sa.literal(Tie.MINE.value), Post.id).where(
                Post.id.in_(post_ids), Post.author_id.is_not(None), ~silent.where(Silence.user_id == Post.author_id)
            )
        )
    return [Concerned(user_id, Tie(tie), post_id) for part in parts for user_id, tie, post_id in session.execute(part)]


def _of_item(session: Session, item_id: int) -> list[Concerned]:
    """Who wrote, voted for or follows a post that speaks for an item, and who follows the item itself.

    What is joined with such a post counts with it, in either direction: it shows the item's status as well.
    """
    return [
        *_of_posts(session, concerned_posts(session, item_id), voters=True),
        *_followers(session, Subject.ITEM, [item_id], Tie.ITEM),
    ]


def _owner(session: Session, item_id: int) -> list[Concerned]:
    owner_id = session.scalar(sa.select(BacklogItem.owner_id).where(BacklogItem.id == item_id))
    return [Concerned(owner_id, Tie.TEAM, None)] if owner_id else []


def _with_receipts(session: Session, happening: Happening) -> list[Concerned]:
    receipts = sa.select(Receipt.user_id, Receipt.behind, Receipt.post_id)
    receipts = receipts.where(Receipt.launch_id == happening.values["launch_id"])
    tie = {Behind.AUTHOR: Tie.MINE, Behind.VOTER: Tie.VOTED}
    return [Concerned(user_id, tie[behind], post_id) for user_id, behind, post_id in session.execute(receipts)]


def _followers(session: Session, subject: Subject, ids: Collection[int], tie: Tie) -> list[Concerned]:
    theirs = sa.select(Follow.user_id).where(Follow.subject == subject.value, Follow.subject_id.in_(ids))
    return [Concerned(user_id, tie, None) for user_id in session.scalars(theirs.distinct())]


def _of_new_posts(session: Session, happening: Happening) -> list[Concerned]:
    """Who follows the theme or area of new posts; nobody is told of their own."""
    if happening.theme_id:
        found = _followers(session, Subject.THEME, [happening.theme_id], Tie.THEME)
    else:
        found = _followers(session, Subject.AREA, happening.values["area_ids"], Tie.AREA)
    return [one._replace(post_id=happening.post_id) for one in found]


_lowest = sa.select(Area.id, Area.parent_id).where(Area.id == sa.bindparam("area_id")).cte("above", recursive=True)
_above = _lowest.union(sa.select(Area.id, Area.parent_id).join(_lowest, Area.id == _lowest.c.parent_id))
_ABOVE = sa.select(
    _above.c.id,
    sa.exists().where(Follow.subject == Subject.AREA.value, Follow.subject_id == _above.c.id).label("is_followed"),
)


def followed_areas(session: Session, area_id: int) -> list[int]:
    """An area and those that it lies in, if anybody follows one of them; in one query."""
    rows = session.execute(_ABOVE, {"area_id": area_id}).all()
    return [row.id for row in rows] if any(row.is_followed for row in rows) else []


def still_holds(session: Session, happening: Happening) -> bool:
    """Whether it is still so: what was taken back or has gone on since is told to nobody."""
    values = happening.values
    post = session.get(Post, happening.post_id) if happening.post_id else None
    match happening.kind:
        case Kind.COMMENT | Kind.ANSWER:
            comment = session.get(Comment, happening.comment_id) if happening.comment_id else None
            return comment is not None and comment.moderation is Moderation.OPEN and not comment.is_internal
        case Kind.MERGED:
            return post is not None and post.merged_into_id == values["into_id"]
        case Kind.UNMERGED:
            return post is not None and post.merged_into_id is None
        case Kind.SPLIT:
            parts = [session.get(Post, part_id) for part_id in values["new_ids"]]
            return any(part is not None and part.is_listed for part in parts)
        case Kind.MOVED:
            return post is not None and post.area_id == values["to_id"]
        case Kind.STATUS | Kind.NOT_NOW:
            item = session.get(BacklogItem, happening.item_id) if happening.item_id else None
            return item is not None and item.is_public and item.status.value == values["status"]
        case Kind.CAME_BACK:
            item = session.get(BacklogItem, happening.item_id) if happening.item_id else None
            return item is not None and item.came_back_at is not None and item.is_public == values["is_public"]
        case Kind.LAUNCHED:
            launch = session.get(Launch, values["launch_id"])
            return launch is not None and launch.is_public
        case Kind.PILOT:
            pilot = session.get(Pilot, values["pilot_id"])
            return pilot is not None and (pilot.state is PilotState.OPEN or values["said"] == "closed")
        case Kind.NEW_POST if post is not None:
            return post.is_listed
        case Kind.NEW_POST | Kind.WARNING:
            theme = session.get(Theme, happening.theme_id) if happening.theme_id else None
            is_over = happening.kind is Kind.WARNING and _is_over(session, values["warning_id"])
            return theme is not None and theme.state is ThemeState.ACCEPTED and not is_over
    return post is not None


def _is_over(session: Session, warning_id: int) -> bool:
    warning = session.get(EarlyWarning, warning_id)
    return warning is None or warning.ended_at is not None
