"""What everybody may read: the roadmap, a public item, the posts behind it, and the decision book."""

from flask import request, url_for
from flask.typing import ResponseReturnValue

from forum.backlog import audiences, book, queries, rules
from forum.backlog.models import BacklogItem
from forum.backlog.roadmap import PROMISED, By, Eyes, by_time, read_roadmap, seen_by
from forum.backlog.status import Audience, ItemStatus
from forum.backlog.targets import target_words
from forum.backlog.views import bp, member
from forum.backlog.wording import again_of, audience_words, reason_words
from forum.core.errors import NotFound
from forum.core.languages import _, mark
from forum.core.people import anybody
from forum.products.queries import products
from forum.web.known import unless_known
from forum.web.navigation import menu
from forum.web.pages import find_or_404, go, page
from forum.web.permissions import allowed, me
from forum.web.session import db

menu("backlog.roadmap", mark("Roadmap"), rule=anybody, order=40)
menu("backlog.decisions", mark("Decisions"), rule=rules.is_team, group="team", order=60)

QUOTED = 4  # posts on a public item's page
DECIDED = 12


@bp.get("/roadmap")
@allowed(anybody)
def roadmap() -> ResponseReturnValue:
    """Show what is planned, in progress and launched, what is looked at, and what is not now, with the reasons."""
    product = request.args.get("product", "")[:40]
    by = member(By, request.args.get("by", "")) or By.STATUS
    eyes = member(Eyes, request.args.get("as", "")) or Eyes.EVERYBODY
    items = read_roadmap(db, seen_by(me(), eyes), product)
    answer = page(
        "backlog/roadmap.html",
        items=items,
        promised=PROMISED,
        spans=by_time(items) if by is By.TIME else [],
        looked_at=items[ItemStatus.IN_REVIEW] + items[ItemStatus.PROPOSED],
        set_aside=items[ItemStatus.NOT_NOW],
        product=product,
        by=by,
        eyes=eyes,
        products=products(db),
        may_plan=rules.may_plan(me()),
        target_words=target_words,
        reason_words=reason_words,
        again_of=again_of,
        audience_words=audience_words,
    )
    return answer if me().is_authenticated else unless_known(answer)


@bp.get("/roadmap/<int:item_id>")
@allowed(anybody)
def public_item(item_id: int) -> ResponseReturnValue:
    """Show the public face of an item; the team is led to an internal one's own page."""
    row = queries.item_with_names(db, me(), item_id)
    if row is None:
        raise NotFound(_("It may have been removed, or the address is not quite right. Look at the roadmap."))
    item: BacklogItem = row.BacklogItem
    if not item.is_public and item.audience is Audience.TEAM:
        return go("backlog.show", item_id=item_id)
    return page(
        "backlog/public_item.html",
        item=item,
        product_name=row.product_name,
        posts=queries.public_posts(db, item_id, QUOTED),
        decisions=book.decisions_on(db, me(), item_id, DECIDED, only_public=True),
        followers=row.followers,
        only_for="" if item.is_public else audience_words(item.audience, audiences.name_of(db, item)),
        may_plan=rules.may_plan(me()),
        target_words=target_words,
        reason_words=reason_words,
        again_of=again_of,
    )


@bp.get("/roadmap/<int:item_id>/posts")
@allowed(anybody)
def public_posts(item_id: int) -> ResponseReturnValue:
    """List every public post that speaks for a public item."""
    item = find_or_404(db, queries.find_item(me(), item_id))
    return page(
        "backlog/public_posts.html",
        item=item,
        posts=queries.public_posts_page(db, item.id, request.args.get("after", "")),
        here=url_for("backlog.public_posts", item_id=item.id),
    )


@bp.get("/decisions")
@allowed(anybody)
def decisions() -> ResponseReturnValue:
    """Show the decision book: decisions for everybody, arguments for the team."""
    return page("backlog/decisions.html", entries=book.book_page(db, me(), request.args.get("after", "")))
