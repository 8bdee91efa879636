"""What the pages of the backlog and the roadmap show: exactly their columns, the same number of queries always."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Row
from sqlalchemy.orm import Session, aliased

from forum.accounts.models import Organisation, User, UserRole
from forum.backlog.closed_areas import count_left_out, is_closed, is_taken_out
from forum.backlog.evidence import STANDING, counting_posts
from forum.backlog.models import BacklogItem, Evidence, ItemTheme, ScoringModel
from forum.backlog.status import Audience, ItemStatus
from forum.core.paging import PAGE_SIZE, Page, read_cursor, write_cursor
from forum.core.people import ANYBODY, Reader
from forum.posts.counting import with_joined
from forum.posts.models import Follow, Post
from forum.posts.queries import IN_PUBLIC, is_followed, visible_to
from forum.products.models import Area, Product
from forum.themes.models import Theme, ThemeMember
from forum.themes.status import ThemeState

AnyRow = Row[*tuple[Any, ...]]

COLUMN = 60  # items of one status on the roadmap
_ROUNDING = 1e-6  # of a mean of equal numbers


def find_item(reader: Reader, item_id: int) -> sa.Select[BacklogItem]:
    """The item with this id, if `reader` may see it."""
    return sa.select(BacklogItem).where(BacklogItem.id == item_id, shown_to(reader))


def shown_to(reader: Reader) -> sa.ColumnElement[bool]:
    """The condition on `BacklogItem` for what `reader` may see.

    The team sees all items, everybody the public ones, and people with a verified address those that are for all
    customers, for their organisation, or for a segment that it belongs to.
    """
    if reader.is_team:
        return sa.true()
    if not (reader.is_authenticated and reader.is_verified):
        return BacklogItem.is_public.is_(True)
    if reader.organisation_id is None:
        return shown_to_customers()
    theirs = (BacklogItem.audience == Audience.ORGANISATION) & (
        BacklogItem.audience_organisation_id == reader.organisation_id
    )
    value = sa.cast(Organisation.attributes.op("->>")(BacklogItem.audience_key), sa.Text)
    has_it = sa.exists().where(Organisation.id == reader.organisation_id, value == BacklogItem.audience_value)
    return shown_to_customers() | theirs | ((BacklogItem.audience == Audience.SEGMENT) & has_it)


def shown_to_customers() -> sa.ColumnElement[bool]:
    """The condition on `BacklogItem` for what every customer with a verified address sees."""
    return BacklogItem.is_public.is_(True) | (BacklogItem.audience == Audience.CUSTOMERS)


owner = aliased(User)
_ITEMS = (
    sa.select(
        BacklogItem.id,
        BacklogItem.title,
        BacklogItem.status,
        BacklogItem.is_public,
        BacklogItem.audience,
        BacklogItem.public_sentence,
        BacklogItem.target,
        BacklogItem.issues,
        BacklogItem.posts,
        BacklogItem.people,
        BacklogItem.votes,
        BacklogItem.reach,
        BacklogItem.effort_weeks,
        BacklogItem.score,
        BacklogItem.reason,
        BacklogItem.reason_text,
        BacklogItem.revisit_on,
        BacklogItem.revisit_votes,
        BacklogItem.revisit_companies,
        BacklogItem.revisit_item_id,
        BacklogItem.came_back,
        BacklogItem.reopened,
        BacklogItem.status_at,
        BacklogItem.launched_at,
        owner.display_name.label("owner"),
    )
    .outerjoin(owner, owner.id == BacklogItem.owner_id)
    .join(Product, Product.id == BacklogItem.product_id)
)


def _grouped(rows: Sequence[AnyRow]) -> dict[ItemStatus, list[AnyRow]]:
    groups: dict[ItemStatus, list[AnyRow]] = {status: [] for status in ItemStatus}
    for row in rows:
        groups[row.status].append(row)
    return groups


def _of_product(query: sa.Select[*tuple[Any, ...]], product: str) -> sa.Select[*tuple[Any, ...]]:
    return query.where(Product.slug == product) if product else query


def cut_page(rows: Sequence[AnyRow], key: str, *, is_first: bool) -> Page[AnyRow]:
    """The first rows of one more than a page, and the key after which the next page begins."""
    more = len(rows) > PAGE_SIZE
    shown = rows[:PAGE_SIZE]
    return Page(shown, write_cursor(getattr(shown[-1], key)) if more else "", is_first)


def items_on_roadmap(session: Session, shown: sa.ColumnElement[bool], product: str) -> dict[ItemStatus, list[AnyRow]]:
    """What the roadmap has for those who may see `shown`, newest decision first in every column."""
    place = sa.func.row_number().over(partition_by=BacklogItem.status, order_by=BacklogItem.status_at.desc())
    query = _of_product(_ITEMS.add_columns(place.label("place"), _FOLLOWERS), product).where(shown).subquery()
    rows = session.execute(sa.select(query).where(query.c.place <= COLUMN).order_by(query.c.place)).all()
    return _grouped(rows)


def public_items(session: Session, product: str) -> dict[ItemStatus, list[AnyRow]]:
    """What the roadmap has for everybody."""
    return items_on_roadmap(session, shown_to(ANYBODY), product)


_FOLLOWERS = (
    sa.select(sa.func.count())
    .where(Follow.subject == "item", Follow.subject_id == BacklogItem.id)
    .correlate(BacklogItem)
    .scalar_subquery()
    .label("followers")
)


_promoter = aliased(User)
_ITEM_WITH_NAMES = (
    sa.select(
        BacklogItem,
        owner.display_name.label("owner"),
        _promoter.display_name.label("promoted_by"),
        Product.slug.label("product"),
        Product.name.label("product_name"),
        count_left_out().label("left_out"),
        ScoringModel.criteria,
        _FOLLOWERS,
    )
    .outerjoin(owner, owner.id == BacklogItem.owner_id)
    .outerjoin(_promoter, _promoter.id == BacklogItem.promoted_by_id)
    .outerjoin(ScoringModel, ScoringModel.product_id == BacklogItem.product_id)
    .join(Product, Product.id == BacklogItem.product_id)
)


def item_with_names(session: Session, reader: Reader, item_id: int) -> AnyRow | None:
    """An item that `reader` may see, with its owner, promoter and product.

    Also how many posts it leaves out, and whether `reader` follows it.
    """
    follows = is_followed(reader, "item", BacklogItem.id).label("follows")
    query = _ITEM_WITH_NAMES.add_columns(follows).where(BacklogItem.id == item_id, shown_to(reader))
    return session.execute(query).one_or_none()


def titles_of(session: Session, item_ids: Sequence[int]) -> Sequence[AnyRow]:
    """Id, title and status of some items, best score first."""
    columns = (BacklogItem.id, BacklogItem.title, BacklogItem.status)
    query = sa.select(*columns).where(BacklogItem.id.in_(item_ids))
    return session.execute(query.order_by(BacklogItem.score.desc(), BacklogItem.id)).all()


def themes_of(session: Session, item_id: int) -> Sequence[AnyRow]:
    """The themes that an item was promoted from, with how many posts of each speak for it now."""
    posts = (
        sa.select(sa.func.count())
        .select_from(Evidence)
        .join(Post, Post.id == Evidence.post_id)
        .where(
            Evidence.item_id == item_id,
            Evidence.via_theme_id == Theme.id,
            Evidence.removed_at.is_(None),
            Post.moderation.in_(STANDING),
        )
        .scalar_subquery()
    )
    return session.execute(
        sa.select(Theme.id, Theme.name, Theme.suggestion, Theme.solidity, Theme.state, posts.label("posts"))
        .join(ItemTheme, ItemTheme.theme_id == Theme.id)
        .where(ItemTheme.item_id == item_id)
        .order_by(posts.label("posts").desc(), Theme.id)
    ).all()


_OF_POST = (
    Post.id,
    Post.title,
    Post.excerpt,
    Post.language,
    Post.kind,
    Post.status,
    Post.severity,
    Post.votes,
    IN_PUBLIC.label("is_listed"),
    Post.created_at,
    User.display_name.label("author"),
    Area.name.label("area"),
)
_POSTS = (
    sa.select(*_OF_POST, Evidence.id.label("key"), Evidence.via_theme_id, Evidence.removed_at)
    .join(Evidence, Evidence.post_id == Post.id)
    .join(Area, Area.id == Post.area_id)
    .outerjoin(User, User.id == Post.author_id)
)


def evidence_page(
    session: Session, reader: Reader, item_id: int, *, theme_id: int | None, is_out: bool, after: str
) -> Page[AnyRow]:
    """One page of the posts that speak for an item, those that came last first; or of those taken out."""
    query = _POSTS.where(Evidence.item_id == item_id, Post.moderation.in_(STANDING), visible_to(reader))
    query = query.where(is_taken_out if is_out else Evidence.removed_at.is_(None))
    if theme_id is not None:
        query = query.where(Evidence.via_theme_id == theme_id)
    cursor = read_cursor(after)
    if cursor is not None:
        query = query.where(Evidence.id < cursor[0])
    rows = session.execute(query.order_by(Evidence.id.desc()).limit(PAGE_SIZE + 1)).all()
    return cut_page(rows, "key", is_first=cursor is None)


def most_wanted_posts(session: Session, reader: Reader, item_id: int, limit: int) -> Sequence[AnyRow]:
    """The posts with the most votes that speak for an item, as far as `reader` may see them."""
    return session.execute(
        _POSTS.where(
            Evidence.item_id == item_id,
            Evidence.removed_at.is_(None),
            Post.moderation.in_(STANDING),
            visible_to(reader),
        )
        .order_by(Post.votes.desc(), Post.id)
        .limit(limit)
    ).all()


def _public_posts(item_id: int) -> sa.Select[*tuple[Any, ...]]:
    """What speaks for an item, or counts for it where it was merged: what everybody finds on the board."""
    counting = counting_posts(Evidence.item_id == item_id).subquery()
    return (
        sa.select(*_OF_POST, Post.wanted_key)
        .join(counting, counting.c.post_id == Post.id)
        .join(Area, Area.id == Post.area_id)
        .outerjoin(User, User.id == Post.author_id)
        .where(Post.is_listed)
        .order_by(Post.wanted_key.desc())
    )


def public_posts(session: Session, item_id: int, limit: int) -> Sequence[AnyRow]:
    """The most wanted posts that speak for an item, of those that everybody may read."""
    return session.execute(_public_posts(item_id).limit(limit)).all()


def public_posts_page(session: Session, item_id: int, after: str) -> Page[AnyRow]:
    """One page of the posts that speak for an item and that everybody may read, most wanted first."""
    query = _public_posts(item_id).limit(PAGE_SIZE + 1)
    cursor = read_cursor(after)
    if cursor is not None:
        query = query.where(Post.wanted_key < cursor[0])
    return cut_page(session.execute(query).all(), "wanted_key", is_first=cursor is None)


def select_post(post_id: int) -> sa.Select[int]:
    """The id of one post, as a select."""
    return sa.select(Post.id).where(Post.id == post_id)


def items_of_post(session: Session, reader: Reader, post_id: int) -> Sequence[AnyRow]:
    """The items that a post speaks for, or what was merged into it, as far as `reader` may see them."""
    texts = with_joined(sa.select(sa.literal(post_id).label("id")).subquery())
    speaks = sa.select(Evidence.item_id).where(
        Evidence.post_id.in_(sa.select(texts.c.id)), Evidence.removed_at.is_(None)
    )
    return session.execute(
        sa.select(
            BacklogItem.id,
            BacklogItem.title,
            BacklogItem.status,
            BacklogItem.is_public,
            BacklogItem.people,
            BacklogItem.target,
            BacklogItem.public_sentence,
            BacklogItem.reason,
            BacklogItem.reason_text,
            BacklogItem.revisit_on,
            BacklogItem.revisit_votes,
            BacklogItem.revisit_companies,
            BacklogItem.revisit_item_id,
            BacklogItem.came_back,
        )
        .where(BacklogItem.id.in_(speaks), shown_to(reader))
        .order_by(BacklogItem.status_at.desc())
        .limit(5)
    ).all()


def find_theme(theme_id: int) -> sa.Select[Theme]:
    """The accepted theme with this id."""
    return sa.select(Theme).where(Theme.id == theme_id, Theme.state == ThemeState.ACCEPTED)


def find_themes(theme_ids: Sequence[int], product_id: int) -> sa.Select[Theme]:
    """Those of some themes that are accepted ones of a product."""
    return sa.select(Theme).where(
        Theme.id.in_(theme_ids), Theme.product_id == product_id, Theme.state == ThemeState.ACCEPTED
    )


def free_themes(session: Session, product_id: int) -> Sequence[AnyRow]:
    """The accepted themes of a product that stand behind no item yet, the largest first."""
    return session.execute(
        sa.select(Theme.id, Theme.name, Theme.suggestion, Theme.posts, Theme.people)
        .outerjoin(ItemTheme, ItemTheme.theme_id == Theme.id)
        .where(Theme.product_id == product_id, Theme.state == ThemeState.ACCEPTED, ItemTheme.item_id.is_(None))
        .order_by(Theme.people.desc(), Theme.id)
        .limit(50)
    ).all()


def item_of_theme(session: Session, theme_id: int) -> AnyRow | None:
    """The item that a theme stands behind, if any."""
    return session.execute(
        sa.select(BacklogItem.id, BacklogItem.title, BacklogItem.status, BacklogItem.people)
        .join(ItemTheme, ItemTheme.item_id == BacklogItem.id)
        .where(ItemTheme.theme_id == theme_id)
    ).one_or_none()


def words_of_themes(
    session: Session, themes: Sequence[Theme], exemplars: int, limit: int, *, with_closed: bool
) -> Sequence[AnyRow]:
    """The public posts that speak for some themes best: `exemplars` of each, then those near the centre of theirs.

    Never the one that fits least. Those of closed areas only `with_closed`, for internal items.
    """
    ids = [theme.id for theme in themes]
    first = [post for theme in themes for post in theme.exemplar_ids[:exemplars]]
    odd = [theme.odd_one_id for theme in themes if theme.odd_one_id]
    others = aliased(ThemeMember)
    middle = sa.select(sa.func.avg(others.similarity)).where(others.theme_id == ThemeMember.theme_id)
    is_near = ThemeMember.similarity >= middle.correlate(ThemeMember).scalar_subquery() - _ROUNDING
    is_exemplar = Post.id.in_(first)
    rows = session.execute(
        sa.select(Post.id, Post.title, Post.body_html, Post.language, Post.kind, Post.severity)
        .join(ThemeMember, ThemeMember.post_id == Post.id)
        .where(Post.theme_id.in_(ids), Post.is_listed, Post.id.not_in(odd), sa.or_(is_exemplar, is_near))
        .where(sa.true() if with_closed else ~is_closed())
        .order_by(is_exemplar.desc(), ThemeMember.similarity.desc(), Post.id)
        .limit(limit)
    ).all()
    places = {post_id: place for place, post_id in enumerate(first)}
    return sorted(rows, key=lambda row: places.get(row.id, len(places)))


def owners(session: Session) -> list[tuple[int, str]]:
    """Everybody of the team, by name, with their ids: who may own an item."""
    rows = session.execute(
        sa.select(User.id, User.display_name)
        .where(User.id.in_(sa.select(UserRole.user_id)))
        .order_by(User.display_name, User.id)
    )
    return [(row.id, row.display_name) for row in rows]
