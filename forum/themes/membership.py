"""The one place that puts posts into themes and takes them out: rows, the post's own column, timeline, event."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.core.clock import utcnow
from forum.core.database import insert_into
from forum.core.events import publish
from forum.core.languages import _, ngettext, pick
from forum.posts import timeline
from forum.posts.models import Post
from forum.posts.status import Moderation, Visibility
from forum.themes.counting import chunks
from forum.themes.events import PostsJoinedTheme
from forum.themes.labels import first_upper
from forum.themes.models import FirstAssignment, RunCluster, RunMember, Theme, ThemeMember
from forum.themes.status import Placing, ThemeState

JOINED = "joined_theme"  # kind of the timeline's entry
_PIECE = 500  # rows per statement

_SIZE = (
    sa.select(sa.func.count())
    .select_from(ThemeMember)
    .join(Post, Post.id == ThemeMember.post_id)
    .where(ThemeMember.theme_id == sa.bindparam("theme_id"), Post.is_listed)
)


def seat(session: Session, theme: Theme, posts: Mapping[int, float], placing: Placing) -> list[int]:
    """Put `posts` (id → likeness to the theme's centre, in [0, 1]) into `theme`; return those that are new there.

    A post that was in another theme leaves it. New ones get an entry on their timeline, and those that everybody
    can read are told of by `PostsJoinedTheme`; a dismissed theme catches its posts without a word. The first
    theme of a post is written down once. The numbers of themes are the caller's to count.
    """
    joined: list[int] = []
    for piece in chunks(sorted(posts), _PIECE):
        before = _themes_of(session, piece)
        _write_rows(session, theme, {post_id: posts[post_id] for post_id in piece}, placing)
        joined += [post_id for post_id in piece if before.get(post_id) != theme.id]
    _touch(theme)
    if theme.state is ThemeState.ACCEPTED and joined:
        _tell(session, theme, joined)
    return joined


def seat_groups(session: Session, run_id: int, themes: Mapping[int, Theme], staying: Collection[int]) -> None:
    """Put the public posts of a run's groups (ref → accepted theme) there as `seat` does, in few statements.

    The groups' rows must name those themes already. Posts that a person placed, and those `staying`, stay.
    """
    if not themes:
        return
    now = utcnow()
    ids = [theme.id for theme in themes.values()]
    session.flush()
    _write_groups(session, run_id, themes, staying, now)
    came = sa.and_(ThemeMember.theme_id.in_(ids), ThemeMember.since == now)
    moved = sa.select(ThemeMember.post_id).where(came).scalar_subquery()
    theirs = sa.select(ThemeMember.theme_id).where(ThemeMember.post_id == Post.id).scalar_subquery()
    session.execute(
        sa.update(Post).where(Post.id.in_(moved)).values(theme_id=theirs).execution_options(synchronize_session=False)
    )
    for one in session.identity_map.values():  # a request holds few; asking which ones changed takes longer
        if isinstance(one, Post):
            session.expire(one, ["theme_id"])
    here = ThemeMember.theme_id.in_(ids)
    first = sa.select(ThemeMember.post_id, ThemeMember.theme_id, sa.literal(now, ThemeMember.since.type)).where(here)
    write = insert_into(session, FirstAssignment).from_select(["post_id", "theme_id", "at"], first)
    session.connection().execute(write.on_conflict_do_nothing())
    for theme in themes.values():
        _touch(theme)
    _tell_groups(session, themes.values(), came, now)


def _write_groups(
    session: Session, run_id: int, themes: Mapping[int, Theme], staying: Collection[int], now: datetime
) -> None:
    by_person = sa.exists().where(ThemeMember.post_id == RunMember.post_id, ThemeMember.placing == Placing.PERSON)
    rows = (
        sa.select(
            RunMember.post_id,
            RunCluster.theme_id,
            sa.literal(Placing.FIT, ThemeMember.placing.type),
            RunMember.similarity,
            sa.literal(now, ThemeMember.since.type),
        )
        .join(RunCluster, sa.and_(RunCluster.run_id == RunMember.run_id, RunCluster.ref == RunMember.ref))
        .join(Post, Post.id == RunMember.post_id)
        .where(
            RunMember.run_id == run_id,
            RunMember.ref.in_(list(themes)),
            Post.visibility == Visibility.PUBLIC,
            Post.moderation.in_((Moderation.OPEN, Moderation.MERGED)),
            ~by_person,
            Post.id.not_in(staying),
        )
    )
    insert = insert_into(session, ThemeMember).from_select(
        ["post_id", "theme_id", "placing", "similarity", "since"], rows, include_defaults=False
    )
    session.connection().execute(_over(insert))


def _tell_groups(session: Session, themes: Collection[Theme], came: sa.ColumnElement[bool], now: datetime) -> None:
    """Tell of those that came into each theme just now, as `_tell` does of one theme's."""
    of = sa.select(ThemeMember.theme_id, Post.id, Post.is_listed).join(Post, Post.id == ThemeMember.post_id)
    joined: dict[int, list[int]] = {}
    for theme_id, post_id, is_listed in session.execute(of.where(came).order_by(Post.id)):
        joined.setdefault(theme_id, []).extend([post_id] if is_listed else [])
    sizes = of.with_only_columns(ThemeMember.theme_id, sa.func.count()).where(
        ThemeMember.theme_id.in_(list(joined)), Post.is_listed
    )
    size = {row[0]: row[1] for row in session.execute(sizes.group_by(ThemeMember.theme_id))}
    for theme in themes:
        if theme.id not in joined:
            continue
        posts = of.with_only_columns(Post.id, Post.is_listed)
        here = posts.where(ThemeMember.theme_id == theme.id, ThemeMember.since == now)
        timeline.add_to_selected(session, here, JOINED, at=now, **_said_of(theme, size.get(theme.id, 0)))
        if joined[theme.id]:
            publish(session, PostsJoinedTheme(theme.id, tuple(joined[theme.id])))


def unseat(session: Session, post_ids: Collection[int]) -> None:
    """Take posts out of whatever theme they are in; they are unsorted then."""
    for piece in chunks(sorted(post_ids), _PIECE):
        left = sa.select(ThemeMember.theme_id).where(ThemeMember.post_id.in_(piece)).distinct()
        for theme in session.scalars(sa.select(Theme).where(Theme.id.in_(left))):
            _touch(theme)
        session.execute(sa.delete(ThemeMember).where(ThemeMember.post_id.in_(piece)))
        session.execute(sa.update(Post).where(Post.id.in_(piece)).values(theme_id=None))


def show_or_hide(session: Session, theme: Theme) -> None:
    """Set the posts' own column after `theme` was dismissed or taken back: a dismissed theme shows nowhere."""
    session.flush()
    shown = theme.id if theme.state is ThemeState.ACCEPTED else None
    members = sa.select(ThemeMember.post_id).where(ThemeMember.theme_id == theme.id)
    session.execute(
        sa.update(Post)
        .where(Post.id.in_(members))
        .values(theme_id=shown)
        .execution_options(synchronize_session="fetch")
    )
    _touch(theme)


def where_is(session: Session, post_id: int) -> sa.Row[int, Placing, float] | None:
    """The theme that a post is in, how it came there and how like its centre it is; None for an unsorted one."""
    return session.execute(
        sa.select(ThemeMember.theme_id, ThemeMember.placing, ThemeMember.similarity).where(
            ThemeMember.post_id == post_id
        )
    ).one_or_none()


def members_of(session: Session, theme_id: int) -> dict[int, tuple[Placing, float]]:
    """How each post of a theme came into it and how like its centre it is, by post."""
    rows = session.execute(
        sa.select(ThemeMember.post_id, ThemeMember.placing, ThemeMember.similarity).where(
            ThemeMember.theme_id == theme_id
        )
    )
    return {post_id: (placing, similarity) for post_id, placing, similarity in rows}


def _themes_of(session: Session, post_ids: Sequence[int]) -> dict[int, int]:
    rows = session.execute(
        sa.select(ThemeMember.post_id, ThemeMember.theme_id).where(ThemeMember.post_id.in_(post_ids))
    )
    return {row.post_id: row.theme_id for row in rows}


def members_among(session: Session, theme_id: int, post_ids: Collection[int]) -> set[int]:
    """Those of the posts that are in a theme."""
    wanted = sa.select(ThemeMember.post_id).where(ThemeMember.theme_id == theme_id, ThemeMember.post_id.in_(post_ids))
    return set(session.scalars(wanted))


def _write_rows(session: Session, theme: Theme, posts: Mapping[int, float], placing: Placing) -> None:
    now = utcnow()
    rows = [
        {"post_id": post_id, "theme_id": theme.id, "placing": placing, "similarity": likeness, "since": now}
        for post_id, likeness in posts.items()
    ]
    session.flush()
    write = session.connection().execute  # past the unit of work: a run may move a hundred thousand posts
    write(_over(insert_into(session, ThemeMember)), rows)
    shown = theme.id if theme.state is ThemeState.ACCEPTED else None
    session.execute(sa.update(Post).where(Post.id.in_(list(posts))).values(theme_id=shown))
    if shown:
        first = [{"post_id": post_id, "theme_id": theme.id, "at": now} for post_id in posts]
        write(insert_into(session, FirstAssignment).on_conflict_do_nothing(), first)


def _over(insert: Any) -> Any:
    """Let rows take the place of those that a post has; where it stays in its theme it has been there since then."""
    new = insert.excluded
    stays = ThemeMember.theme_id == new.theme_id
    return insert.on_conflict_do_update(
        index_elements=["post_id"],
        set_={
            "since": sa.case((stays, ThemeMember.since), else_=new.since),
            "theme_id": new.theme_id,
            "placing": new.placing,
            "similarity": new.similarity,
        },
    )


def _tell(session: Session, theme: Theme, joined: Sequence[int]) -> None:
    """Write on the posts' timelines that they joined, with the theme's size of that moment, and publish it."""
    values = _said_of(theme, session.scalars(_SIZE, {"theme_id": theme.id}).one())
    for piece in chunks(joined, _PIECE):
        listed = set(session.scalars(sa.select(Post.id).where(Post.id.in_(piece), Post.is_listed)))
        timeline.add_to_many(session, listed, JOINED, **values)
        timeline.add_to_many(session, set(piece) - listed, JOINED, is_public=False, **values)
        if listed:
            publish(session, PostsJoinedTheme(theme.id, tuple(sorted(listed))))


def _said_of(theme: Theme, size: int) -> dict[str, Any]:
    return {
        "theme_id": theme.id,
        "name": theme.name,
        "suggestion": theme.suggestion,
        "others": max(size - 1, 0),
    }


@timeline.wording(JOINED)
def _joined(values: dict[str, Any]) -> timeline.Sentence:
    name = pick(values.get("name")) or first_upper(values.get("suggestion", ""))
    others = int(values.get("others", 0))
    sentence = ngettext(
        "Part of the theme “{theme}”, with {n} other.",
        "Part of the theme “{theme}”, with {n} others.",
        others,
        theme=name,
    )
    if not others:
        sentence = _("The first post of the theme “{theme}”.", theme=name)
    return sentence, f"/themes/{values['theme_id']}"


def _touch(theme: Theme) -> None:
    theme.changed_at = utcnow()
    theme.version += 1
