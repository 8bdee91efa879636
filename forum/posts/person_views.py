"""A person's public posts: the newest on their page, all of them on pages of their own."""

from dataclasses import asdict
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from forum.accounts.queries import profile
from forum.core.errors import NotFound
from forum.core.languages import pick
from forum.core.paging import PAGE_SIZE
from forum.core.people import Reader, anybody
from forum.posts.authors import public_posts
from forum.posts.cards import read_areas
from forum.posts.erasing import preview
from forum.posts.views import bp
from forum.web.pages import page
from forum.web.panels import panel
from forum.web.permissions import allowed, me
from forum.web.session import db

SHOWN = 10  # posts on the person's own page


@panel("profile", order=30)
def newest_posts(*, reader: Reader, person: Any) -> tuple[str, dict[str, Any]]:
    """The newest posts of a person, on their page."""
    return "posts/_by_person.html", {"person": person} | _list(person.id, reader, limit=SHOWN)


@panel("erase", order=10)
def what_goes(*, reader: Reader, person: Any) -> tuple[str, dict[str, Any]]:
    """What erasing an account does to posts, on the page that asks whether it is meant."""
    return "posts/_erase.html", asdict(preview(db, person.id))


@bp.get("/people/<int:person_id>/posts")
@allowed(anybody)
def by_person(person_id: int) -> ResponseReturnValue:
    """List what a person has posted, as far as everybody may read it."""
    person = profile(db, person_id)
    if person is None:
        raise NotFound
    shown = _list(person_id, me(), after=request.args.get("after", ""), limit=PAGE_SIZE)
    return page("posts/by_person.html", person=person, **shown)


def _list(person_id: int, reader: Reader, *, after: str = "", limit: int) -> dict[str, Any]:
    areas = read_areas(db)
    names = {area.id: pick(area.name) for area in areas.values()}
    found = public_posts(db, person_id, reader, areas, names, after=after, limit=limit)
    address = url_for("posts.new").removesuffix("new")
    return {"posts": found, "posts_address": address, "signed_in": reader.is_authenticated}
