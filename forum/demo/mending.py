"""Putting right what the demo leaves: what people read about posts that stay says nothing of what went."""

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.models import User
from forum.backlog import evidence
from forum.backlog.models import BacklogItem, Evidence
from forum.core.database import Model
from forum.launches import looking
from forum.launches.models import Launch
from forum.notifications import looking as notices
from forum.posts import commenting, counting
from forum.posts.models import Comment, Post, TimelineEntry
from forum.posts.services import set_statuses
from forum.posts.status import Status
from forum.products.models import Area, Product
from forum.themes import counting as theme_counting
from forum.themes.membership import JOINED
from forum.themes.models import Theme, ThemeRun, ThemeVersion
from forum.themes.status import RunState

# The values of a timeline's sentence that name rows, each with its table.
_NAMED: dict[str, type[Model]] = {"comment_id": Comment, "item_id": BacklogItem, "launch_id": Launch, "theme_id": Theme}


def put_right(session: Session, touched: list[int]) -> None:
    """Count and say afresh what stays, once the demo's rows are gone; `touched` are posts that lost votes or comments.

    What stays of the demo's product becomes an ordinary one.
    """
    session.expire_all()
    products = session.scalars(sa.select(Product.id).where(Product.is_demo)).all()
    for table in (Product, Theme, BacklogItem, Launch):
        session.execute(sa.update(table).where(table.is_demo).values(is_demo=False))
    _drop_sentences(session)
    for post in session.scalars(sa.select(Post).where(Post.id.in_(touched))):
        commenting.recount(session, post)
    _mend_themes(session)
    _mend_versions(session, products)
    _mend_items(session, products)
    _mend_votes(session)
    looking.count_new(session, sa.select(User.id).where(User.new_receipts > 0))
    notices.count_new(session, sa.select(User.id).where(User.new_notices > 0))
    areas = list(session.scalars(sa.select(Area.id)))
    counting.recount_areas(session, areas)
    for area_id in areas:
        counting.refresh_reply_time(session, area_id)


def _drop_sentences(session: Session) -> None:
    """Take away the sentences about comments, themes, items and launches that are gone."""
    for name, table in _NAMED.items():
        named = TimelineEntry.values[name].as_integer()
        there = sa.select(table.id)  # type: ignore[attr-defined]
        session.execute(
            sa.delete(TimelineEntry).where(named.is_not(None), named.not_in(there)),
            execution_options={"synchronize_session": False},
        )


def _mend_themes(session: Session) -> None:
    """Count the themes that stay, and let them show only posts that do."""
    there = set(session.scalars(sa.select(Post.id)))
    themes = session.scalars(sa.select(Theme)).all()
    for theme in themes:
        theme.exemplar_ids = [post_id for post_id in theme.exemplar_ids if post_id in there]
        if theme.odd_one_id not in there:
            theme.odd_one_id = None
    for product_id in {theme.product_id for theme in themes}:
        theme_counting.recount_product(session, product_id)
    session.expire_all()
    sizes = {theme.id: theme.posts for theme in themes}
    for entry in session.scalars(sa.select(TimelineEntry).where(TimelineEntry.kind == JOINED)):
        others = max(0, sizes.get(entry.values["theme_id"], 0) - 1)
        entry.values = entry.values | {"others": min(int(entry.values.get("others", 0)), others)}
    session.flush()


def _mend_versions(session: Session, products: Collection[int]) -> None:
    """Let stored versions speak of themes that are there; close open diffs, which compare with some that are not."""
    open_diffs = sa.update(ThemeRun).where(ThemeRun.product_id.in_(products), ThemeRun.state == RunState.PROPOSED)
    session.execute(open_diffs.values(state=RunState.REPLACED), execution_options={"synchronize_session": False})
    there = set(session.scalars(sa.select(Theme.id)))
    for version in session.scalars(sa.select(ThemeVersion).where(ThemeVersion.product_id.in_(products))):
        version.themes = {
            theme_id: known | {"heir_id": known["heir_id"] if known.get("heir_id") in there else None}
            for theme_id, known in version.themes.items()
            if int(theme_id) in there
        }
    session.flush()


def _mend_items(session: Session, products: Collection[int]) -> None:
    """Count the items that stay and the people behind their launches; posts show how far these have come."""
    items = list(session.scalars(sa.select(BacklogItem.id)))
    evidence.recount(session, items)
    people = sa.select(BacklogItem.people).where(BacklogItem.id == Launch.item_id).scalar_subquery()
    launches = sa.update(Launch).where(Launch.product_id.in_(products))
    session.execute(launches.values(people=people), execution_options={"synchronize_session": False})
    speaking = sa.select(Evidence.post_id).where(Evidence.removed_at.is_(None))
    told = Post.status.not_in((Status.NEW, Status.ANSWERED))
    left = session.scalars(sa.select(Post.id).where(told, Post.id.not_in(speaking))).all()
    set_statuses(session, left, None, is_look=False)
    for item_id in items:
        for status, posts in evidence.statuses(session, evidence.of_item(item_id)).items():
            set_statuses(session, posts, status, is_look=False)


def _mend_votes(session: Session) -> None:
    """Take away the milestones that a post no longer reaches."""
    votes = sa.select(Post.votes).where(Post.id == TimelineEntry.post_id).scalar_subquery()
    session.execute(
        sa.delete(TimelineEntry).where(TimelineEntry.kind == "votes", TimelineEntry.values["n"].as_integer() > votes),
        execution_options={"synchronize_session": False},
    )
