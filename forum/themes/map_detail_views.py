"""A theme beside the map: what people say in it, how it moves, and the parts it falls into by itself."""

from dataclasses import dataclass

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from forum.accounts.rules import may_plan
from forum.core.languages import pick
from forum.themes import asking, queries, steering_views
from forum.themes.models import Theme
from forum.themes.views import bp, sentence_of_weeks
from forum.web.pages import is_fragment, page
from forum.web.panels import kept
from forum.web.permissions import allowed
from forum.web.session import db

_LONG = 300  # seconds; telling five hundred posts apart takes half of one


@dataclass(frozen=True, slots=True)
class About:
    """What the map says of the theme that is chosen on it."""

    theme: Theme
    quotes: list[queries.Quote]
    odd_one: queries.Quote | None
    weeks: list[int]
    sentence: str  # of the weeks
    areas: list[tuple[str, int]]


def about(theme: Theme) -> About:
    """Read what people say in a theme, its last twelve weeks and what it is about; two queries."""
    typical = list(theme.exemplar_ids)
    wanted = [*typical, theme.odd_one_id] if theme.odd_one_id else typical
    quotes = queries.read_quotes(db, [(theme.id, wanted)])[theme.id] if wanted else []
    shape = queries.read_shape(db, theme.id)
    weeks = [count for _monday, count in shape.weeks]
    return About(
        theme,
        [one for one in quotes if one.post_id in typical],
        next((one for one in quotes if one.post_id not in typical), None),
        weeks,
        sentence_of_weeks(weeks),
        [(pick(name), count) for name, count in shape.areas],
    )


@bp.get("/themes/<int:theme_id>/parts")
@allowed(may_plan)
def parts(theme_id: int) -> ResponseReturnValue:
    """Name the parts that a theme falls into by itself, each of which can be split off; for the page of the map.

    Kept for minutes. A browser that comes here by itself goes on to where they are shown with quotations.
    """
    theme = steering_views.standing(theme_id)
    if not is_fragment():
        return redirect(url_for("themes.split", theme_id=theme_id, by="parts"), 303)
    found = kept(
        _LONG,
        lambda: steering_views.shown_parts(asking.sub_themes(db, theme)),
        *("parts of a theme", theme.id, theme.version, theme.posts),
    )
    return page("themes/_parts.html", theme=theme, parts=found)
