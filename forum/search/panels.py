"""Posts like this, beside a post."""

from typing import Any

from flask import url_for

from forum.core.people import Reader
from forum.search.similar import posts_like
from forum.web.panels import panel
from forum.web.session import db


@panel("post.side", order=60)
def like_this(*, reader: Reader, post: Any, **_values: Any) -> tuple[str, dict[str, Any]] | None:
    """The three posts most like the one on the page."""
    found = posts_like(db, post, reader=reader)
    address = url_for("posts.new").removesuffix("new")
    return ("search/_like_this.html", {"rows": found, "posts_address": address}) if found else None
