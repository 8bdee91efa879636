"""Feeds of the board, of an area and of one post: the same for everybody, whoever asks."""

import sqlalchemy as sa
from flask import Response, request, url_for

from forum.core.errors import NotFound
from forum.core.languages import _, pick
from forum.core.people import ANYBODY, anybody
from forum.posts import feeds
from forum.posts.cards import below, posts, read_areas
from forum.posts.reading import read_post
from forum.posts.views import bp, not_there
from forum.web.feeds import feed, speak_as_asked
from forum.web.permissions import allowed
from forum.web.session import db
from forum.web.sitemaps import list_pages


def _before_number() -> str:
    """What stands before the number in the address of a post."""
    return url_for("posts.new").removesuffix("new")


@bp.get("/feed.atom")
@allowed(anybody)
def board_feed() -> Response:
    """The newest posts, of one product (its slug) or of all."""
    speak_as_asked()
    product = request.args.get("product", "")[:40]
    chosen = [area for area in read_areas(db).values() if area.product == product]
    if product and not chosen:
        raise NotFound(_("There is no such product, or it has no areas yet."))
    entries = feeds.newest_posts(db, _before_number(), areas=[area.id for area in chosen])
    title = pick(chosen[0].product_name) if chosen else _("New posts")
    return feed(title, page=url_for("posts.board", product=product or None), entries=entries, product=product)


@bp.get("/areas/<int:area_id>/feed.atom")
@allowed(anybody)
def area_feed(area_id: int) -> Response:
    """The newest posts of an area and of those under it."""
    speak_as_asked()
    areas = read_areas(db)
    if area_id not in areas:
        raise NotFound(_("There is no such area. The list of areas has those there are."))
    entries = feeds.newest_posts(db, _before_number(), areas=below(areas, area_id))
    return feed(pick(areas[area_id].name), page=url_for("posts.board", area=area_id), entries=entries)


@bp.get("/posts/<int:post_id>/feed.atom")
@allowed(anybody)
def post_feed(post_id: int) -> Response:
    """What became of a post, and what people say about it."""
    speak_as_asked()
    post = read_post(db, post_id, ANYBODY)
    if post is None:
        raise not_there(post_id)
    address = url_for("posts.show", post_id=post_id)
    return feed(post.title, page=address, entries=feeds.about_post(db, post, address))


changed = sa.func.coalesce(posts.c.edited_at, posts.c.published_at, type_=posts.c.published_at.type)
list_pages("posts", id=posts.c.id, shown=posts.c.is_listed, changed=changed, address="/posts/{id}")
