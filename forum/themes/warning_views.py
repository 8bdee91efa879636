"""Early warnings on pages of the team: what rises, how improbable that is, the newest quotes, and *seen*."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log10
from typing import Any

import sqlalchemy as sa
from flask import url_for
from flask.typing import ResponseReturnValue

from forum.accounts.rules import may_plan
from forum.core.languages import _, date_words, ngettext, number
from forum.themes import desk, queries, watching
from forum.themes.counting import MONDAY, WEEK
from forum.themes.labels import label_of
from forum.themes.models import EarlyWarning, Theme
from forum.themes.views import WARNINGS, bp
from forum.web.pages import find_or_404, flash, go_back
from forum.web.panels import forget
from forum.web.permissions import allowed, me
from forum.web.session import db

MOST_OFTEN = 1_000_000  # weeks; rarer than once in so many is not said


@dataclass(frozen=True, slots=True)
class Shown:
    """An early warning as it stands on a page."""

    id: int
    theme_id: int
    label: str
    is_live: bool
    is_due: bool  # nobody has seen it yet
    headline: str
    reason: str
    quotes: Sequence[Any]  # the three newest posts that the reader may see


def due(themes: Iterable[desk.Warned]) -> list[Shown]:
    """The warnings of some themes that nobody has seen yet, the most improbable first."""
    waiting = [(theme, warning) for theme, warning in themes if warning is not None and desk.is_due(warning)]
    quotes = desk.read_newest(db, [theme.id for theme, _warning in waiting], me()) if waiting else {}
    waiting.sort(key=lambda pair: pair[1].chance)
    return [shown(theme, warning, quotes.get(theme.id, [])) for theme, warning in waiting]


def shown(theme: Theme, warning: EarlyWarning, quotes: Sequence[Any]) -> Shown:
    """A warning in words, with posts to quote."""
    return Shown(
        warning.id,
        theme.id,
        label_of(theme),
        warning.ended_at is None,
        desk.is_due(warning),
        _headline(warning),
        _reason(warning),
        quotes,
    )


def _headline(warning: EarlyWarning) -> str:
    usual = number(round(warning.usual)) if warning.usual >= 1 else _("fewer than 1")
    if warning.ended_at is not None:
        return ngettext(
            "Rose on {day}: {n} person in seven days, {usual} usual. It is quiet again.",
            "Rose on {day}: {n} people in seven days, {usual} usual. It is quiet again.",
            warning.most_people,
            day=date_words(warning.raised_at),
            usual=usual,
        )
    return ngettext(
        "Rising: {n} person in seven days, {usual} usual",
        "Rising: {n} people in seven days, {usual} usual",
        warning.people,
        usual=usual,
    )


def _reason(warning: EarlyWarning) -> str:
    """Why this is more than chance, in one sentence."""
    often = min(10 ** int(-log10(max(warning.chance, 1 / MOST_OFTEN))), MOST_OFTEN)
    return ngettext(
        "{n} post in these days; each person counts once. Going by the {weeks} weeks before, so many people come by "
        "chance less than once in {often} weeks.",
        "{n} posts in these days; each person counts once. Going by the {weeks} weeks before, so many people come by "
        "chance less than once in {often} weeks.",
        warning.posts,
        weeks=number(warning.weeks),
        often=number(often),
    )


def marks(warnings: Iterable[EarlyWarning]) -> dict[int, str]:
    """What to mark in a chart of twelve weeks, by place: the weeks in which a rise was noticed."""
    start = queries.last_weeks().start
    places = [int(warning.raised_at.timestamp() + MONDAY) // WEEK - start for warning in warnings]
    return {place: _("rise noticed") for place in places if 0 <= place < queries.WEEKS}


@bp.post("/themes/warnings/<int:warning_id>/seen")
@allowed(may_plan)
def see_warning(warning_id: int) -> ResponseReturnValue:
    """Put an early warning aside: its theme goes on, and the next rise is told of again."""
    warning = _find(warning_id)
    watching.see_warning(db, warning, by=me())
    forget(WARNINGS)
    words = _("Seen. You are told of the next rise of this theme once it has been quiet again.")
    flash(words, undo=url_for("themes.unsee_warning", warning_id=warning.id))
    return go_back("themes.review")


@bp.post("/themes/warnings/<int:warning_id>/unseen")
@allowed(may_plan)
def unsee_warning(warning_id: int) -> ResponseReturnValue:
    """Put an early warning back on the desk."""
    watching.unsee_warning(db, _find(warning_id), by=me())
    forget(WARNINGS)
    flash(_("The warning is back on the desk."))
    return go_back("themes.review")


def _find(warning_id: int) -> EarlyWarning:
    return find_or_404(db, sa.select(EarlyWarning).where(EarlyWarning.id == warning_id))
