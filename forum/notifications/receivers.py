"""What notifications do when earlier stages tell what happened: write it down, with its cause."""

from collections.abc import Collection
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.backlog.events import ItemMoved, ItemMovedBack, ItemShown, RevisitDue
from forum.backlog.models import BacklogItem
from forum.backlog.status import ItemStatus
from forum.backlog.wording import values_of
from forum.core.clock import utcnow
from forum.core.database import Json
from forum.core.events import on
from forum.launches.events import ItemLaunched, PilotClosed, SeatGiven, SeatsOffered
from forum.launches.models import Launch, Pilot, PilotSeat
from forum.launches.status import SeatState
from forum.moderation.events import AuthorTold, ObjectionAnswered
from forum.moderation.rules import OBJECT_WITHIN, UNDO_WITHIN
from forum.notifications import forgetting  # noqa: F401  # it hears by itself
from forum.notifications.audience import followed_areas
from forum.notifications.happening import happen
from forum.notifications.models import Happening, Notice
from forum.notifications.status import Kind, Subject
from forum.posts.events import CommentAdded, MergeUndone, PostMerged, PostMoved, PostPublished, PostSplit
from forum.posts.models import Comment, Follow, Post
from forum.posts.status import Voice
from forum.products.models import Area
from forum.themes.events import PlaceDecided, PostsJoinedTheme, ThemeRose, ThemesMerged
from forum.themes.hanging import Undone, hangs
from forum.themes.models import Theme

NEWS = timedelta(days=1)  # since a post could first be read
EXCERPT = 200  # characters of a new post in the mail about it
_SILENT = (ItemStatus.PROPOSED, ItemStatus.LAUNCHED)  # promises nothing yet; the launch tells itself


@on(CommentAdded)
def comment_added(session: Session, event: CommentAdded) -> None:
    """Tell of a comment or of an official answer, once; notes for the team are told to nobody."""
    comment = session.get_one(Comment, event.comment_id)
    if not comment.is_internal and not _is_told(session, comment.id):
        kind = Kind.ANSWER if comment.voice is Voice.OFFICIAL else Kind.COMMENT
        happen(session, kind, post_id=event.post_id, comment_id=comment.id, actor_id=comment.author_id)


def _is_told(session: Session, comment_id: int) -> bool:
    """Whether people were told of a comment, or are about to be: one that waited again is opened once more."""
    told_to = sa.exists().where(Notice.happening_id == Happening.id)
    told = sa.select(Happening.id).where(
        Happening.comment_id == comment_id,
        Happening.kind.in_([Kind.COMMENT, Kind.ANSWER]),
        Happening.told_at.is_(None) | told_to,
    )
    return session.scalars(told.limit(1)).first() is not None


@on(ItemMoved)
def item_moved(session: Session, event: ItemMoved) -> None:
    """Tell of what the company decided about a public item; of several at once when undoing is over."""
    wait = UNDO_WITHIN if event.may_be_undone else timedelta(0)
    _tell_standing(session, event.item_id, before=event.before.value, wait=wait)


@on(ItemMovedBack)
def item_moved_back(session: Session, event: ItemMovedBack) -> None:
    """Tell that an item stands as before where people were told that it had moved."""
    told = sa.select(Happening.id).where(
        Happening.item_id == event.item_id, Happening.at >= event.moved_at, Happening.told_at.is_not(None)
    )
    if session.scalars(told.limit(1)).first() is not None:
        _tell_standing(session, event.item_id, before=event.before.value)


@on(ItemShown)
def item_shown(session: Session, event: ItemShown) -> None:
    """Tell how an item stands that becomes public."""
    if event.is_public:
        _tell_standing(session, event.item_id, before="")


def _tell_standing(session: Session, item_id: int, *, before: str, wait: timedelta = timedelta(0)) -> None:
    item = session.get_one(BacklogItem, item_id)
    if item.is_public and item.status not in _SILENT:
        kind = Kind.NOT_NOW if item.status is ItemStatus.NOT_NOW else Kind.STATUS
        values = {name: value for name, value in values_of(item).items() if name != "item_id"}
        happen(session, kind, item_id=item_id, values=values | {"before": before}, wait=wait)


@on(RevisitDue)
def revisit_due(session: Session, event: RevisitDue) -> None:
    """Tell its owner, and of a public item those behind it, that it is looked at again as had been said."""
    item = session.get_one(BacklogItem, event.item_id)
    values = {"title": item.title, "came_back": event.why.value, "is_public": item.is_public}
    happen(session, Kind.CAME_BACK, item_id=item.id, values=values)


@on(ItemLaunched)
def item_launched(session: Session, event: ItemLaunched) -> None:
    """Tell of a public launch: those with a receipt of it, the others who follow it of what was built."""
    launch = session.get_one(Launch, event.launch_id)
    if launch.is_public:
        happen(session, Kind.LAUNCHED, item_id=launch.item_id, values={"launch_id": launch.id, "title": launch.title})


@on(SeatsOffered)
def seats_offered(session: Session, event: SeatsOffered) -> None:
    """Tell people that they may try something early."""
    _tell_pilot(session, event.pilot_id, "offered", list(event.user_ids))


@on(SeatGiven)
def seat_given(session: Session, event: SeatGiven) -> None:
    """Tell somebody who waited that they have a seat."""
    _tell_pilot(session, event.pilot_id, "given", [event.user_id])


@on(PilotClosed)
def pilot_closed(session: Session, event: PilotClosed) -> None:
    """Ask those who took part, and said nothing yet, what they found."""
    silent = sa.select(PilotSeat.user_id).where(
        PilotSeat.pilot_id == event.pilot_id, PilotSeat.state == SeatState.TAKEN, PilotSeat.said_at.is_(None)
    )
    _tell_pilot(session, event.pilot_id, "closed", list(session.scalars(silent)))


def _tell_pilot(session: Session, pilot_id: int, said: str, user_ids: list[int]) -> None:
    if user_ids:
        pilot = session.get_one(Pilot, pilot_id)
        values: Json = {"pilot_id": pilot_id, "said": said, "title": pilot.title, "user_ids": user_ids}
        happen(session, Kind.PILOT, item_id=pilot.item_id, values=values)


@on(PostMerged)
def post_merged(session: Session, event: PostMerged) -> None:
    """Tell the people of a post that it was joined with another, once undoing is over."""
    until = (utcnow() + OBJECT_WITHIN).date().isoformat()
    values = {"into_id": event.into_id, "until": until}
    happen(session, Kind.MERGED, post_id=event.post_id, actor_id=event.by_id, wait=UNDO_WITHIN, values=values)


@on(MergeUndone)
def merge_undone(session: Session, event: MergeUndone) -> None:
    """Tell those who were told of a merge that it is undone."""
    told = sa.select(Happening.id).where(
        Happening.kind == Kind.MERGED, Happening.post_id == event.post_id, Happening.told_at.is_not(None)
    )
    if session.scalars(told.limit(1)).first() is not None:
        happen(session, Kind.UNMERGED, post_id=event.post_id, actor_id=event.by_id, values={"into_id": event.into_id})


@on(PostSplit)
def post_split(session: Session, event: PostSplit) -> None:
    """Tell the people of a post that parts of it stand by themselves, once undoing is over."""
    happen(
        session,
        Kind.SPLIT,
        post_id=event.post_id,
        actor_id=event.by_id,
        wait=UNDO_WITHIN,
        values={"new_ids": list(event.new_ids)},
    )


@on(PostMoved)
def post_moved(session: Session, event: PostMoved) -> None:
    """Tell whoever follows a post that it lies in another area now."""
    before, after = (session.get_one(Area, area_id).name for area_id in (event.from_area_id, event.to_area_id))
    values = {"to_id": event.to_area_id, "from": before, "to": after}
    happen(session, Kind.MOVED, post_id=event.post_id, actor_id=event.by_id, wait=UNDO_WITHIN, values=values)


@on(AuthorTold)
def author_told(session: Session, event: AuthorTold) -> None:
    """Tell authors on the site as well what a moderator made of their words: not everybody has a proved address."""
    values: Json = {"user_id": event.author_id, "decision": event.decision.value, "comment": event.comment_id}
    happen(session, Kind.MODERATED, post_id=event.post_id, actor_id=event.by_id, values=values)


@on(ObjectionAnswered)
def objection_answered(session: Session, event: ObjectionAnswered) -> None:
    """Tell whoever objected what a moderator made of it; it is said once undoing is over."""
    values = {"user_id": event.user_id, "is_granted": event.is_granted, "reason": event.reason}
    values |= {"is_about_theme": event.is_about_theme}
    happen(session, Kind.OBJECTION, post_id=event.post_id, actor_id=event.by_id, values=values)


@on(PostPublished)
def post_published(session: Session, event: PostPublished) -> None:
    """Tell those who follow its area of a new post, once however often it comes back; imports tell nobody.

    One that others could read long ago is no news: it was hidden or merged, and is back.
    """
    post = session.get_one(Post, event.post_id)
    if post.source != "site" or post.published_at is None or utcnow() - post.published_at > NEWS:
        return
    area_ids = followed_areas(session, post.area_id)
    if not area_ids:
        return
    known = sa.select(Happening.id).where(Happening.kind == Kind.NEW_POST, Happening.post_id == post.id)
    if session.scalars(known.limit(1)).first() is None:
        area = session.get_one(Area, post.area_id).name
        values = {"area_ids": area_ids, "area": area, "excerpt": post.excerpt}
        happen(session, Kind.NEW_POST, post_id=post.id, actor_id=post.author_id, values=values)


@on(PostsJoinedTheme)
def posts_joined(session: Session, event: PostsJoinedTheme) -> None:
    """Tell those who follow a theme of what came into it."""
    if not event.post_ids or not _is_followed(session, Subject.THEME, [event.theme_id]):
        return
    if len(event.post_ids) > 1:
        happen(session, Kind.NEW_POST, theme_id=event.theme_id, values={"n": len(event.post_ids)})
        return
    post = session.get_one(Post, event.post_ids[0])
    values = {"excerpt": post.excerpt}
    happen(session, Kind.NEW_POST, theme_id=event.theme_id, post_id=post.id, actor_id=post.author_id, values=values)


def _is_followed(session: Session, subject: Subject, ids: list[int]) -> bool:
    followers = sa.select(Follow.user_id).where(Follow.subject == subject.value, Follow.subject_id.in_(ids))
    return session.scalars(followers.limit(1)).first() is not None


@on(ThemesMerged)
def themes_merged(session: Session, event: ThemesMerged) -> None:
    """Whoever followed a theme that lives on in another follows that one."""
    mine = (Follow.subject == Subject.THEME.value, Follow.subject_id == event.from_id)
    of_heir = sa.select(Follow.user_id).where(Follow.subject == Subject.THEME.value, Follow.subject_id == event.into_id)
    session.execute(
        sa.update(Follow).where(*mine, Follow.user_id.not_in(of_heir)).values(subject_id=event.into_id),
        execution_options={"synchronize_session": False},
    )
    session.execute(sa.delete(Follow).where(*mine), execution_options={"synchronize_session": False})


def _followers(session: Session, theme_ids: Collection[int]) -> list[list[int]]:
    """Who follows each of these themes."""
    mine = (Follow.subject == Subject.THEME.value, Follow.subject_id.in_(theme_ids))
    return [list(row) for row in session.execute(sa.select(Follow.subject_id, Follow.user_id).where(*mine))]


def _follow_again(session: Session, undone: Undone) -> None:
    """Whoever went along with a theme to its heir, and still follows that, follows again what they followed then."""
    now = {(theme, user) for theme, user in _followers(session, undone.theme_ids)}
    still = {user for _theme, user in now}
    missing = [(theme, user) for theme, user in undone.pairs - now if user in still]
    came = [(theme, user) for theme, user in now - undone.pairs if user in {one for _theme, one in missing}]
    for theme, user in missing:
        session.add(Follow(user_id=user, subject=Subject.THEME.value, subject_id=theme, since=undone.until))
    for theme, user in came:
        session.delete(session.get_one(Follow, (user, Subject.THEME.value, theme)))
    session.flush()


hangs("followers", _followers, _follow_again)


@on(PlaceDecided)
def place_decided(session: Session, event: PlaceDecided) -> None:
    """Tell an author what became of their word that theirs is about something else."""
    values: Json = {"user_id": event.author_id, "is_granted": event.how != "stays", "placed": event.how}
    if event.into_id:
        theme = session.get_one(Theme, event.into_id)
        values |= {"name": theme.name, "suggestion": theme.suggestion}
    happen(session, Kind.OBJECTION, post_id=event.post_id, actor_id=event.by_id, values=values)


@on(ThemeRose)
def theme_rose(session: Session, event: ThemeRose) -> None:
    """Warn product managers of a theme in which more people write than usual, with what was written last."""
    posts = sa.select(Post.id).where(Post.theme_id == event.theme_id, Post.is_listed)
    newest = list(session.scalars(posts.order_by(Post.newest_key.desc()).limit(3)))
    values = {"warning_id": event.warning_id, "newest_ids": newest}
    happen(session, Kind.WARNING, theme_id=event.theme_id, values=values)
