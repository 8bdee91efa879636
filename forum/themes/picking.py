"""Steering posts that were picked on the map, out of several themes at once; one click takes all of it back."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.rules import may_plan
from forum.core.errors import Conflict, Invalid, require
from forum.core.languages import _
from forum.core.people import Reader
from forum.posts.models import Post
from forum.themes.jobs import count
from forum.themes.membership import where_is
from forum.themes.models import Steering, Theme
from forum.themes.status import Placing, ThemeState
from forum.themes.steering import as_one, keep_post_out, pin_post

MOST = 200  # posts at once


def move_picked(
    session: Session, product_id: int, post_ids: Sequence[int], into: Theme, *, by: Reader
) -> list[Steering]:
    """Put posts of whatever theme, or of none, into `into` for good; `undo_together` takes that back.

    Those that a person put there before stay so. Raises `Conflict` when `into` is no standing theme of the
    product, and `Invalid` for no posts, too many of them, and when nothing is left to do.
    """
    _require_standing(session, product_id, into)
    said, touched = [], {into.id}
    for post in _picked(session, product_id, post_ids, by):
        here = where_is(session, post.id)
        if here is None or (here.theme_id, here.placing) != (into.id, Placing.PERSON):
            touched |= {here.theme_id} if here is not None else set()
            said.append(pin_post(session, into, post, here, by))
    return _told(session, product_id, said, touched)


def pin_picked(session: Session, product_id: int, post_ids: Sequence[int], *, by: Reader) -> list[Steering]:
    """Keep each of the posts for good in the theme where it is; raises `Invalid` as `move_picked` does."""
    said, touched = [], set()
    for post in _picked(session, product_id, post_ids, by):
        here = where_is(session, post.id)
        theme = _standing(session, here)
        if theme is not None and here is not None and here.placing is not Placing.PERSON:
            said.append(pin_post(session, theme, post, here, by))
            touched.add(theme.id)
    return _told(session, product_id, said, touched)


def keep_picked_out(session: Session, product_id: int, post_ids: Sequence[int], *, by: Reader) -> list[Steering]:
    """Take each of the posts out of the theme where it is, for good; raises `Invalid` as `move_picked` does."""
    said, touched = [], set()
    for post in _picked(session, product_id, post_ids, by):
        theme = _standing(session, where_is(session, post.id))
        if theme is not None:
            said.append(keep_post_out(session, theme, post, by))
            touched.add(theme.id)
    return _told(session, product_id, said, touched)


def _picked(session: Session, product_id: int, post_ids: Sequence[int], by: Reader) -> Sequence[Post]:
    """The picked posts of a product that everybody may read, in the order of their numbers."""
    require(may_plan(by), _("Only product managers steer themes."))
    if not 0 < len(set(post_ids)) <= MOST:
        raise Invalid(fields={"posts": _("Pick at least one post, and at most {n} at a time.", n=MOST)})
    wanted = sa.select(Post).where(Post.id.in_(set(post_ids)), Post.product_id == product_id, Post.is_listed)
    return session.scalars(wanted.order_by(Post.id)).all()


def _require_standing(session: Session, product_id: int, theme: Theme) -> None:
    session.flush()
    session.refresh(theme, with_for_update=True)
    if theme.state is not ThemeState.ACCEPTED or theme.product_id != product_id:
        raise Conflict(_("This theme does not stand any more. Go back to the list of themes."))


def _standing(session: Session, here: sa.Row[int, Placing, float] | None) -> Theme | None:
    """The standing theme that a post is in, locked against others who steer it."""
    if here is None:
        return None
    wanted = sa.select(Theme).where(Theme.id == here.theme_id, Theme.state == ThemeState.ACCEPTED)
    return session.scalars(wanted.with_for_update()).one_or_none()


def _told(session: Session, product_id: int, said: list[Steering], touched: set[int]) -> list[Steering]:
    """What was said, noted as said in one go, and the themes that it touched counted afresh."""
    if not said:
        raise Invalid(fields={"posts": _("Nothing was left to do: these posts are as you want them already.")})
    count(session, product_id, touched)
    return as_one(session, said)
