"""Posts like this: beside a post, and for somebody who writes one."""

from typing import Any

from flask import url_for

from forum.core.languages import _, ngettext, pick
from forum.core.markup import mark_words
from forum.core.people import Reader
from forum.posts.proposing import Proposal, broadest_area, kind_by_wording, proposes, why_kind
from forum.posts.status import Kind
from forum.search.hints import Hint, ProposedArea, read_hints, takes_it
from forum.search.similar import FEW, is_enough, look, posts_like
from forum.web.panels import panel
from forum.web.session import db

NAMED = 4  # words that are named as the reason why a post is shown


@panel("post.side", order=60)
def like_this(*, reader: Reader, post: Any, **_values: Any) -> tuple[str, dict[str, Any]] | None:
    """The three posts most like the one on the page."""
    found = posts_like(db, post, reader=reader)
    address = url_for("posts.new").removesuffix("new")
    return ("search/_like_this.html", {"rows": found, "posts_address": address}) if found else None


@panel("composer.similar")
def while_writing(
    *, reader: Reader, title: str, body: str, kind: str, area_id: str
) -> tuple[str, dict[str, Any]] | None:
    """What a form that comes back says of posts like the one in it, for those who write without scripts."""
    shown = hints_for(reader, title, body, kind) if is_enough(f"{title} {body}") else None
    if not shown or not shown["rows"]:
        return None
    if shown["area"] and str(shown["area"]["id"]) == area_id:
        shown["area"] = None  # chosen already
    return "search/_similar.html", shown


def hints_for(reader: Reader, title: str, body: str, kind: str, *, limit: int = FEW) -> dict[str, Any]:
    """What the list of posts like a text is drawn from: rows, the sentence that is announced, and the area."""
    text = f"{title}\n{body}".strip()
    if not text:
        return {"rows": [], "all": "", "said": "", "area": None, "kind": None}
    hints = read_hints(db, look(db, text, reader=reader, limit=limit), reader)
    meant = None if kind else _kind(title, hints.posts)
    kind = kind or (meant["kind"] if meant else "")
    address = url_for("posts.new").removesuffix("new")
    rows = [_row(one, address) for one in hints.posts]
    return {
        "rows": rows,
        "all": url_for("search.similar", title=title, body=body or None) if len(rows) == FEW else "",
        "said": ngettext("{n} post like yours.", "{n} posts like yours.", len(rows)) if rows else "",
        "area": _proposal(hints.area) if hints.area and takes_it(hints.area, kind) else _broadest(kind),
        "kind": meant,
    }


@proposes
def from_posts_like(reader: Reader, title: str, body: str, kind: str) -> Proposal:
    """What to fill in for somebody who wrote a sentence and chose nothing."""
    if is_enough(f"{title} {body}"):
        shown = hints_for(reader, title, body, kind)
    else:
        by_wording = None if kind else _kind(title, [])
        shown = {"area": _broadest(kind or (by_wording["kind"] if by_wording else "")), "kind": by_wording}
    meant, area = shown["kind"] or {}, shown["area"] or {}
    return Proposal(meant.get("kind", ""), meant.get("why", ""), str(area.get("id", "")), area.get("why", ""))


def _kind(title: str, alike: list[Hint]) -> dict[str, str] | None:
    """What a text probably is, with the reason: by its title, or because all posts like it are the same."""
    by_wording = kind_by_wording(title)
    kinds = {Kind(one.post.kind) for one in alike}
    kind = by_wording or (kinds.pop() if len(kinds) == 1 and len(alike) > 1 else None)
    return {"kind": kind.value, "why": why_kind(kind, is_by_wording=bool(by_wording))} if kind else None


def _broadest(kind: str) -> dict[str, Any] | None:
    """The area to begin with where nothing alike says a better one."""
    area = broadest_area(db, kind)
    if area is None:
        return None
    why = _(
        "Proposed: {area}, the broadest one, because nothing speaks for another. A moderator can move it.",
        area=area.label,
    )
    return {"id": area.id, "name": area.label, "why": why}


def _row(hint: Hint, address: str) -> dict[str, Any]:
    """A similar post as the macro draws it, with the shared words marked, and named where the title has none."""
    one = hint.post
    words, further = frozenset(one.words), one.hidden_words
    return {
        "id": one.id,
        "href": f"{address}{one.id}",
        "title": mark_words(one.title, lambda word: word.lower() in words),
        "name": one.title,
        "further": ", ".join(further[:NAMED]) if len(further) == len(one.words) else "",
        "lang": one.language,
        "status": one.status,
        "votes": one.votes,
        "reply": hint.reply,
        "is_own": hint.is_own,
        "is_votable": hint.is_votable,
        "is_voted": hint.interest is not None,
    }


def _proposal(area: ProposedArea) -> dict[str, Any]:
    """A proposed area with its name and the reason."""
    name = pick(area.name)
    if area.of == 1:
        why = _("Proposed: {area}, because the post most like yours stands there. You may choose another.", area=name)
    else:
        why = _(
            "Proposed: {area}, because most posts like yours stand there ({n} of {of}). You may choose another.",
            area=name,
            n=area.share,
            of=area.of,
        )
    return {"id": area.id, "name": name, "why": why}
