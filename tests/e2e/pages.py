"""The pages that are looked at in a browser: every address of the map, and states that matter beside them."""

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import sqlalchemy as sa
from flask import Flask

from forum.app import create_app
from forum.core.outbox import OutboxMail
from forum.core.people import Rule, anybody
from tests.architecture.visiting import addresses
from tests.e2e.serving import Site

# Whose page it is: the first of these who gets an answer; what everybody sees an admin sees as well, with all buttons.
NOT_PAGES = {
    *("web.static_file", "web.favicon", "web.health", "web.ready", "search.similar", "listening.refused"),
    *("web.robots", "web.sitemap", "web.sitemap_pages", "web.security", "web.manifest", "web.service_worker"),
    *("posts.board_feed", "posts.area_feed", "posts.post_feed", "themes.theme_feed", "backlog.roadmap_feed"),
    *("themes.map_points", "launches.launches_feed", "accounts.my_file", "posts.picture", "launches.picture"),
}
WHO = ("author", "customer", "employee", "moderator", "manager", "admin")


@dataclass(frozen=True)
class State:
    """A page in a certain state: as whom, where, and what is done there first."""

    role: str
    path: Callable[[Site], str] | str
    sends: bool = False  # the page's form is sent as it is, for its errors
    status: int = 200
    types: tuple[Callable[[Site], dict[str, str]], ...] = ()  # what is typed and sent, page after page


def items(address: str) -> Callable[[Site], str]:
    """An address about the first two items of the world."""
    return lambda site: address.format(*site.world.arguments["item_id"])


def post(n: int) -> Callable[[Site], str]:
    """The nth post of the world."""
    return lambda site: f"/posts/{site.world.arguments['post_id'][n]}"


NEW = "newcomer@example.com"


def code_of_newcomer(site: Site) -> dict[str, str]:
    """The code in the latest mail to somebody who has no account."""
    with site.session() as session:
        latest = sa.select(OutboxMail.text).where(OutboxMail.to_address == NEW).order_by(OutboxMail.id.desc())
        found = re.search(r"^\d[\d ]{7,}$", session.scalars(latest).first() or "", re.M)
    return {"code": found[0] if found else ""}


STATES = {
    "board-second-page": State("nobody", "/?order=newest"),
    "board-no-match": State("nobody", "/?kind=idea&status=launched&language=da"),
    "search-found": State("nobody", "/search?q=marzipan"),
    "search-none": State("nobody", "/search?q=zeppelin"),
    "post-listening": State("nobody", post(2)),
    "post-closed": State("customer", post(3)),
    "post-private": State("author", post(6)),
    "post-waiting": State("author", post(7)),
    "post-asked": State("author", post(8)),
    "post-hidden": State("moderator", post(9)),
    "post-merged": State("nobody", post(12)),
    "enter-code": State("nobody", "/sign-in/code", types=(lambda _site: {"email": NEW},)),
    "introduce": State("nobody", "/sign-in/code", types=(lambda _site: {"email": NEW}, code_of_newcomer)),
    "backlog-table": State("manager", "/backlog?view=table&blocked=1"),
    "backlog-several": State("manager", items("/backlog/several?act=status&to=not-now&item={}&item={}")),
    "backlog-compare": State("manager", items("/backlog/compare?above={}&below={}")),
    "backlog-none": State("manager", "/backlog?words=zeppelin"),
    "error-not-found": State("nobody", "/nothing/is/here", status=404),
    "error-not-allowed": State("customer", "/admin/people", status=403),
    "wrong-sign-in": State("nobody", "/sign-in", sends=True, status=422),
    "wrong-register": State("nobody", "/register", sends=True, status=422),
}


@lru_cache
def _app() -> Flask:
    return create_app()


def _endpoints() -> dict[str, Rule]:
    """Every endpoint that answers to GET, and the rule that its view declares."""
    return {
        rule.endpoint: _app().view_functions[rule.endpoint].rule  # type: ignore[attr-defined]
        for rule in sorted(_app().url_map.iter_rules(), key=str)
        if "GET" in (rule.methods or ()) and rule.endpoint not in NOT_PAGES
    }


ENDPOINTS = _endpoints()
PAGES = [*ENDPOINTS, *STATES]


def best_visits(name: str, site: Site) -> list[tuple[str, str]]:
    """Whose window to look through, and where: the first address of the page that the site answers with a page.

    As somebody who may no more than needed, and where everybody may come as an admin too, who sees all buttons.
    """
    paths, rule = _paths(site)[name], ENDPOINTS[name]
    if rule is anybody:
        tries = [[role] for role in ("nobody", "admin")]
    else:
        tries = [[role for role in WHO if rule(site.reader_of(role))]]  # the others would be refused
    found = [
        next(((role, path) for role in roles for path in paths if site.is_page(role, path)), None) for roles in tries
    ]
    return [visit for visit in found if visit]


def _paths(site: Site) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for endpoint, path in addresses(_app(), site.world):
        found[endpoint].append(path)
    return found
