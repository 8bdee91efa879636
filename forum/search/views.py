"""The pages of search, and what is shown while somebody types a post."""

from urllib.parse import quote_plus

from flask import Blueprint, make_response, request, url_for
from flask.typing import ResponseReturnValue

from forum.core.languages import pick
from forum.core.paging import PAGE_SIZE
from forum.core.people import anybody
from forum.posts.cards import below, card_of, read_areas
from forum.posts.wishes import Links, read_wish
from forum.search import panels
from forum.search.marking import mark_hits, marked_passage
from forum.search.queries import MAX_QUESTION, NEWEST, Search, find
from forum.search.similar import FEW, is_enough
from forum.web.limits import limited
from forum.web.pages import is_fragment, page
from forum.web.permissions import allowed, me
from forum.web.session import db

bp = Blueprint("search", __name__)
LAST_PAGE = NEWEST // PAGE_SIZE + 1
ALL = 20  # similar posts on a page of their own


@bp.get("/search")
@allowed(anybody)
@limited("60/minute", methods=("GET",))
def search() -> ResponseReturnValue:
    """Find posts that have every word of `q`, with filters kept in the address."""
    reader = me()
    question = " ".join(request.args.get("q", "").replace("\x00", " ").split())[:MAX_QUESTION]
    wish = read_wish(request.args, reader)
    areas = read_areas(db)
    names = {area.id: pick(area.name) for area in areas.values()}
    number = _page_number(request.args.get("page", ""))
    asked = Search(question, wish.kind, wish.status, tuple(below(areas, wish.area)), number)
    found = find(db, asked, reader)
    links = Links(url_for("search.search"), wish, q=question)
    cards = [
        card_of(row, areas, names)._replace(
            title=mark_hits(row.title, row.language, found.stems),
            excerpt=marked_passage(row.excerpt, row.body, row.language, found.stems),
        )
        for row in found.rows
    ]
    return page(
        "search/search.html",
        question=question,
        found=found,
        rows=cards,
        posts_address=url_for("posts.new").removesuffix("new"),
        new_address=f"{url_for('posts.new')}?title={quote_plus(question)}",
        alike=[] if found.count else panels.hints_for(reader, question, "", "")["rows"],
        filters=links.filters(areas, names, signed_in=False, own=False),
        chosen=links.chosen(areas, names),
        before=links.to("page", str(number - 1)) if number > 1 else "",
        after=links.to("page", str(number + 1)) if found.count > number * PAGE_SIZE else "",
    )


def _page_number(word: str) -> int:
    """The page asked for; anything odd means the first."""
    return min(int(word), LAST_PAGE) if word.isascii() and word.isdigit() and 0 < len(word) < 4 else 1


@bp.get("/posts/similar")
@allowed(anybody)
@limited("120/minute", methods=("GET",))
def similar() -> ResponseReturnValue:
    """The posts most like what somebody is typing: three and their area as a fragment, more of them as a page."""
    words = {name: request.args.get(name, "").replace("\x00", " ").strip() for name in ("title", "body", "kind")}
    title, body, is_short = words["title"][:MAX_QUESTION], words["body"][:1000], is_fragment()
    text = (title, body) if is_enough(f"{title} {body}") else ("", "")
    shown = panels.hints_for(me(), *text, words["kind"], limit=FEW if is_short else ALL)
    if not is_short:
        shown |= {"title": title, "new_address": f"{url_for('posts.new')}?title={quote_plus(title)}"}
    answer = make_response(page("search/_similar.html" if is_short else "search/similar.html", **shown))
    answer.headers.add("Vary", "X-Fragment")
    return answer
