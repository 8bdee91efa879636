"""What the pages of launches and receipts show: exactly their columns, the same number of queries always."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Row
from sqlalchemy.orm import Session

from forum.accounts.models import User
from forum.accounts.queries import agreed
from forum.accounts.status import AccountState, ConsentKind
from forum.backlog.evidence import STANDING, of_items, voices
from forum.backlog.models import BacklogItem, Evidence, ItemTheme
from forum.backlog.status import Behind, ItemStatus
from forum.core.feeds import MOST
from forum.core.paging import PAGE_SIZE, Page, read_cursor, write_cursor
from forum.core.people import Reader
from forum.launches.models import Launch, LaunchPicture, Receipt, Verdict
from forum.launches.schemas import MOST_QUOTED
from forum.launches.status import Answer
from forum.launches.verdicts import Verdicts
from forum.posts.models import Post
from forum.posts.queries import IN_PUBLIC, visible_to
from forum.products.models import Product

AnyRow = Row[*tuple[Any, ...]]


def shown_to(reader: Reader) -> sa.ColumnElement[bool]:
    """The condition on `Launch` for what `reader` may see: the team all, everybody else the public ones."""
    return sa.true() if reader.is_team else Launch.is_public.is_(True)


def _answered(answer: Answer) -> sa.ScalarSelect[int]:
    """How many people answered this to a launch."""
    return (
        sa.select(sa.func.count())
        .select_from(Verdict)
        .where(Verdict.launch_id == Launch.id, Verdict.answer == answer)
        .correlate(Launch)
        .scalar_subquery()
    )


_LAUNCHES = (
    sa.select(
        Launch.id,
        Launch.item_id,
        Launch.title,
        Launch.link,
        Launch.is_public,
        Launch.launched_at,
        Launch.people,
        _answered(Answer.YES).label("yes"),
        _answered(Answer.PARTLY).label("partly"),
        _answered(Answer.NO).label("no"),
        BacklogItem.title.label("item"),
        BacklogItem.status.label("item_status"),
        BacklogItem.promoted_at,
        Product.name.label("product_name"),
    )
    .join(BacklogItem, BacklogItem.id == Launch.item_id)
    .join(Product, Product.id == Launch.product_id)
)


def verdicts_of(row: AnyRow) -> Verdicts:
    """The answers counted in a row."""
    return Verdicts(yes=row.yes, partly=row.partly, no=row.no)


def launches_page(session: Session, reader: Reader, product: str, after: str) -> Page[AnyRow]:
    """One page of the launches, the latest first; of a product (its slug) or all."""
    query = _LAUNCHES.where(shown_to(reader)).order_by(Launch.launched_at.desc(), Launch.id.desc())
    if product:
        query = query.where(Product.slug == product)
    return _page(session, query, after, PAGE_SIZE)


def _page(session: Session, launches: sa.Select[*tuple[Any, ...]], after: str, limit: int) -> Page[AnyRow]:
    """One page of `launches`, which are ordered with the latest first."""
    cursor = read_cursor(after)
    if cursor is not None:
        # The cursor holds the id; the moment comes from the row itself, so no precision is lost.
        last = sa.select(Launch.launched_at).where(Launch.id == cursor[0]).scalar_subquery()
        earlier = sa.or_(Launch.launched_at < last, (Launch.launched_at == last) & (Launch.id < cursor[0]))
        launches = launches.where(earlier)
    rows = session.execute(launches.limit(limit + 1)).all()
    return Page(rows[:limit], write_cursor(rows[limit - 1].id) if len(rows) > limit else "", cursor is None)


def find_launch(session: Session, reader: Reader, launch_id: int) -> AnyRow | None:
    """A launch that `reader` may see, with its announcement and the day it was first heard of."""
    first = sa.select(sa.func.min(Receipt.said_at)).join(Post, Post.id == Receipt.post_id)
    first = first.where(Receipt.launch_id == Launch.id, IN_PUBLIC).correlate(Launch)
    query = _LAUNCHES.add_columns(
        Launch.announcement_html,
        Launch.before_ids,
        first.scalar_subquery().label("first_said_at"),
        _behind(Behind.AUTHOR).label("authors"),
        _behind(Behind.VOTER).label("voters"),
        LaunchPicture.id.label("picture_id"),
        LaunchPicture.width,
        LaunchPicture.height,
        LaunchPicture.alt,
    ).outerjoin(LaunchPicture, LaunchPicture.launch_id == Launch.id)
    return session.execute(query.where(Launch.id == launch_id, shown_to(reader))).one_or_none()


def _behind(behind: Behind) -> sa.ScalarSelect[int]:
    """How many people are behind a launch in this way, by words that everybody may read."""
    there = sa.select(sa.func.count()).select_from(Receipt).join(Post, Post.id == Receipt.post_id)
    there = there.where(Receipt.launch_id == Launch.id, Receipt.behind == behind, IN_PUBLIC)
    return there.correlate(Launch).scalar_subquery()


def launch_of_theme(session: Session, theme_id: int) -> AnyRow | None:
    """The latest launch of the item that a theme stands behind, as long as the item is launched."""
    return session.execute(_OF_THEME, {"theme_id": theme_id}).one_or_none()


_OF_THEME = (
    sa.select(Launch.id, Launch.item_id, Launch.title, Launch.is_public, Launch.launched_at)
    .join(BacklogItem, BacklogItem.id == Launch.item_id)
    .join(ItemTheme, ItemTheme.item_id == BacklogItem.id)
    .where(ItemTheme.theme_id == sa.bindparam("theme_id"), BacklogItem.status == ItemStatus.LAUNCHED)
    .order_by(Launch.launched_at.desc())
    .limit(1)
)


def has_to_do_with(session: Session, item_id: int, post_id: int) -> bool:
    """Whether a post speaks for an item, or did until somebody took it out."""
    known = sa.select(Evidence.id).where(Evidence.item_id == item_id, Evidence.post_id == post_id)
    return session.scalars(known).first() is not None


def latest_announcements(session: Session, product: str) -> Sequence[AnyRow]:
    """The latest public launches with what they say, of a product (its slug) or of all."""
    query = (
        sa.select(Launch.id, Launch.title, Launch.announcement_html, Launch.launched_at)
        .join(Product, Product.id == Launch.product_id)
        .where(Launch.is_public)
        .order_by(Launch.launched_at.desc(), Launch.id.desc())
        .limit(MOST)
    )
    return session.execute(query.where(Product.slug == product) if product else query).all()


def latest_launch(session: Session) -> AnyRow | None:
    """The latest public launch."""
    return session.execute(_LATEST).one_or_none()


_LATEST = (
    sa.select(Launch.id, Launch.title, Launch.people, Launch.launched_at)
    .where(Launch.is_public)
    .order_by(Launch.launched_at.desc())
    .limit(1)
)


def _may_be_named() -> sa.ColumnElement[bool]:
    """The condition on receipts of those who are named: they agree today, and what they said is public."""
    return (
        Receipt.is_credited
        & Receipt.user_id.in_(agreed(ConsentKind.CREDIT))
        & IN_PUBLIC
        & User.state.in_((AccountState.ACTIVE, AccountState.UNCLAIMED))
    )


def named_on(session: Session, launch_id: int, limit: int) -> Sequence[AnyRow]:
    """Who is named on a launch: whoever said it first, then authors, then voters; with how many there are in all."""
    return session.execute(
        sa.select(
            User.id,
            User.display_name,
            Receipt.behind,
            Receipt.is_first,
            sa.func.count().over().label("named"),
        )
        .join(Receipt, Receipt.user_id == User.id)
        .join(Post, Post.id == Receipt.post_id)
        .where(Receipt.launch_id == launch_id, _may_be_named())
        .order_by(Receipt.is_first.desc(), Receipt.behind, Receipt.said_at, User.id)
        .limit(limit)
    ).all()


def quotes(session: Session, launch_id: int, limit: int, chosen: Sequence[int] = ()) -> Sequence[AnyRow]:
    """What authors wrote before the launch, in sentences that everybody may read; the most wanted first.

    Those whose posts were `chosen`, if any were.
    """
    which = Post.id.in_(chosen) if chosen else sa.true()
    return session.execute(
        sa.select(
            Receipt.sentence,
            Receipt.said_at,
            Receipt.is_first,
            Post.id.label("post_id"),
            Post.language,
            Post.votes,
            User.display_name.label("author"),
        )
        .join(Post, Post.id == Receipt.post_id)
        .join(User, User.id == Receipt.user_id)
        .where(Receipt.launch_id == launch_id, Receipt.behind == Behind.AUTHOR, IN_PUBLIC, which)
        .order_by(Receipt.is_first.desc(), Post.votes.desc(), Receipt.said_at)
        .limit(limit)
    ).all()


_QUOTABLE = (
    sa.select(
        Verdict.user_id,
        Verdict.answer,
        Verdict.words,
        Verdict.answered_at,
        Verdict.quoted_at,
        User.display_name.label("who"),
        User.language,
    )
    .join(User, User.id == Verdict.user_id)
    .where(Verdict.may_quote, Verdict.words != "", User.state == AccountState.ACTIVE)
    .order_by(Verdict.answered_at)
)


def words_after(session: Session, launch_id: int) -> Sequence[AnyRow]:
    """What people say since the launch, as far as they agree that it is shown and the team chose it."""
    chosen = _QUOTABLE.where(Verdict.launch_id == launch_id, Verdict.quoted_at.is_not(None))
    return session.execute(chosen.limit(MOST_QUOTED)).all()


def quotable_after(session: Session, launch_id: int, limit: int) -> Sequence[AnyRow]:
    """All that may be shown of what people say since the launch, chosen or not."""
    return session.execute(_QUOTABLE.where(Verdict.launch_id == launch_id).limit(limit)).all()


def sentences_behind(session: Session, item_id: int, limit: int) -> Sequence[AnyRow]:
    """The posts that authors will be quoted with, the most wanted first, to choose from before launching.

    One of each author: the first that everybody may read, as on their receipt.
    """
    place = sa.func.row_number().over(
        partition_by=Post.author_id, order_by=(IN_PUBLIC.desc(), Post.created_at, Post.id)
    )
    first = (
        sa.select(Post.id, place.label("place"))
        .join(Evidence, Evidence.post_id == Post.id)
        .where(Evidence.item_id == item_id, Evidence.removed_at.is_(None), Post.moderation.in_(STANDING))
        .subquery()
    )
    return session.execute(
        sa.select(Post.id, Post.title, Post.body_html, Post.language, Post.votes, User.display_name.label("author"))
        .join(first, first.c.id == Post.id)
        .join(User, User.id == Post.author_id)
        .where(first.c.place == 1, IN_PUBLIC)
        .order_by(Post.votes.desc(), Post.id)
        .limit(limit)
    ).all()


def silent_posts(session: Session, item_id: int, post_ids: Sequence[int]) -> dict[int, str]:
    """Those of some posts that do not speak for an item where everybody can read it: number → title."""
    speaks = sa.select(Evidence.post_id).where(Evidence.item_id == item_id, Evidence.removed_at.is_(None))
    silent = Post.id.not_in(speaks) | ~IN_PUBLIC
    query = sa.select(Post.id, Post.title).where(Post.id.in_(post_ids), silent).order_by(Post.id)
    return {row.id: row.title for row in session.execute(query)}


def receivers(session: Session, item_id: int) -> dict[str, int]:
    """How many people behind an item read in each language; "" for those who left it to their browser."""
    said = voices(of_items(Evidence.item_id == item_id)).subquery()
    counted = sa.select(User.language, sa.func.count(User.id.distinct())).join(said, said.c.user_id == User.id)
    counted = counted.where(User.state != AccountState.ERASED)
    return {row[0]: row[1] for row in session.execute(counted.group_by(User.language))}


def objections(session: Session, launch_id: int, limit: int) -> Sequence[AnyRow]:
    """What people said for whom a launch does not solve it, those who say *no* first. For the team alone."""
    worst = sa.case((Verdict.answer == Answer.NO, 0), else_=1)
    return session.execute(
        sa.select(
            Verdict.user_id,
            Verdict.answer,
            Verdict.words,
            Verdict.answered_at,
            User.display_name.label("who"),
            Receipt.post_id,
            Receipt.sentence,
        )
        .join(User, User.id == Verdict.user_id)
        .join(Receipt, (Receipt.launch_id == Verdict.launch_id) & (Receipt.user_id == Verdict.user_id))
        .where(Verdict.launch_id == launch_id, Verdict.answer != Answer.YES)
        .order_by(worst, Verdict.answered_at.desc())
        .limit(limit)
    ).all()


def launches_of_item(session: Session, reader: Reader, item_id: int) -> Sequence[AnyRow]:
    """The launches of an item with their answers, the latest first."""
    query = _LAUNCHES.where(Launch.item_id == item_id, shown_to(reader))
    return session.execute(query.order_by(Launch.launched_at.desc()).limit(5)).all()


def launches_with_objections(session: Session, item_id: int, limit: int) -> list[tuple[AnyRow, list[AnyRow]]]:
    """The launches of an item, the latest first, each with what people said for whom it is not solved.

    For the team alone. At most `limit` objections of each launch, those who say *no* first.
    """
    worst = sa.case((Verdict.answer == Answer.NO, 0), else_=1)
    place = sa.func.row_number().over(partition_by=Verdict.launch_id, order_by=(worst, Verdict.answered_at.desc()))
    said = (
        sa.select(
            Verdict.launch_id,
            Verdict.answer,
            Verdict.words,
            Verdict.answered_at,
            User.display_name.label("who"),
            Receipt.post_id,
            place.label("place"),
        )
        .join(User, User.id == Verdict.user_id)
        .join(Receipt, (Receipt.launch_id == Verdict.launch_id) & (Receipt.user_id == Verdict.user_id))
        .where(Verdict.answer != Answer.YES)
        .subquery()
    )
    rows = session.execute(
        _LAUNCHES.add_columns(said.c.answer, said.c.words, said.c.answered_at, said.c.who, said.c.post_id)
        .outerjoin(said, (said.c.launch_id == Launch.id) & (said.c.place <= limit))
        .where(Launch.item_id == item_id)
        .order_by(Launch.launched_at.desc(), Launch.id, said.c.place)
    ).all()
    found: dict[int, tuple[AnyRow, list[AnyRow]]] = {}
    for row in rows:
        objections = found.setdefault(row.id, (row, []))[1]
        if row.answer is not None:
            objections.append(row)
    return list(found.values())


def willing(session: Session, item_id: int, limit: int) -> Sequence[AnyRow]:
    """Who behind an item's public posts agreed to be named, authors first; with how many there are in all."""
    said = voices(of_items(Evidence.item_id == item_id)).subquery()
    rank, since = sa.func.min(said.c.rank), sa.func.min(said.c.said_at)
    return session.execute(
        sa.select(User.id, User.display_name, rank.label("rank"), sa.func.count().over().label("named"))
        .join(said, said.c.user_id == User.id)
        .where(said.c.is_listed, User.id.in_(agreed(ConsentKind.CREDIT)))
        .group_by(User.id, User.display_name)
        .order_by(rank, since, User.id)
        .limit(limit)
    ).all()


def find_receipt(reader: Reader, receipt_id: int) -> sa.Select[Receipt]:
    """The receipt with this id, if it belongs to `reader` and its launch is public."""
    return (
        sa.select(Receipt)
        .join(Launch, Launch.id == Receipt.launch_id)
        .where(Receipt.id == receipt_id, Receipt.user_id == reader.id, Launch.is_public)
    )


def _receipts(reader: Reader) -> sa.Select[*tuple[Any, ...]]:
    """Receipts of `reader` with what they say; `is_readable` is whether the quoted post still may be read."""
    return (
        sa.select(
            Receipt.id,
            Receipt.behind,
            Receipt.post_id,
            Receipt.sentence,
            Receipt.said_at,
            Receipt.joined,
            Receipt.is_first,
            Receipt.created_at,
            Receipt.seen_at,
            Launch.id.label("launch_id"),
            Launch.item_id,
            Launch.title,
            Launch.launched_at,
            Verdict.answer,
            Verdict.words,
            Verdict.may_quote,
            Verdict.quoted_at,
            Post.title.label("post_title"),
            Post.language,
            visible_to(reader).label("is_readable"),
        )
        .join(Launch, Launch.id == Receipt.launch_id)
        .join(Post, Post.id == Receipt.post_id)
        .outerjoin(Verdict, (Verdict.launch_id == Receipt.launch_id) & (Verdict.user_id == Receipt.user_id))
        .where(Receipt.user_id == reader.id, Launch.is_public)
        .order_by(Receipt.id.desc())
    )


def receipt_in_full(session: Session, reader: Reader, receipt_id: int) -> AnyRow | None:
    """One receipt of `reader` with the launch, and whether they agree to be named."""
    agrees = sa.literal(reader.id).in_(agreed(ConsentKind.CREDIT))
    query = _receipts(reader).add_columns(
        Launch.announcement_html,
        Launch.link,
        BacklogItem.title.label("item"),
        BacklogItem.status.label("item_status"),
        IN_PUBLIC.label("is_listed"),
        agrees.label("agrees"),
    )
    query = query.join(BacklogItem, BacklogItem.id == Launch.item_id)
    return session.execute(query.where(Receipt.id == receipt_id)).one_or_none()


def receipts_page(session: Session, reader: Reader, after: str) -> Page[AnyRow]:
    """One page of the receipts of `reader`, the newest first."""
    query = _receipts(reader)
    cursor = read_cursor(after)
    if cursor is not None:
        query = query.where(Receipt.id < cursor[0])
    rows = session.execute(query.limit(PAGE_SIZE + 1)).all()
    more = len(rows) > PAGE_SIZE
    return Page(rows[:PAGE_SIZE], write_cursor(rows[PAGE_SIZE - 1].id) if more else "", cursor is None)


def waiting_receipts(session: Session, reader: Reader, limit: int) -> Sequence[AnyRow]:
    """The newest receipts that `reader` has not answered."""
    return session.execute(_receipts(reader).where(Verdict.answer.is_(None)).limit(limit)).all()


def receipt_on_post(session: Session, reader: Reader, post_id: int) -> AnyRow | None:
    """The newest receipt of `reader` for a launch that a post speaks for."""
    speaks = sa.select(Evidence.item_id).where(Evidence.post_id == post_id, Evidence.removed_at.is_(None))
    return session.execute(_receipts(reader).where(Launch.item_id.in_(speaks)).limit(1)).one_or_none()


def credits_of(session: Session, person_id: int, *, after: str = "", limit: int) -> Page[AnyRow]:
    """One page of the public launches on which a person is named, the latest first."""
    query = (
        sa.select(Launch.id, Launch.title, Launch.launched_at, Receipt.is_first)
        .join(Receipt, Receipt.launch_id == Launch.id)
        .join(Post, Post.id == Receipt.post_id)
        .join(User, User.id == Receipt.user_id)
        .where(Receipt.user_id == person_id, Launch.is_public, _may_be_named())
        .order_by(Launch.launched_at.desc(), Launch.id.desc())
    )
    return _page(session, query, after, limit)
