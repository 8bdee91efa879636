"""The page on which the team reads what a launch changed, with its figures."""

from typing import Any

from flask.typing import ResponseReturnValue

from forum.accounts.rules import is_team
from forum.core.errors import NotFound
from forum.core.languages import _, date_words, number
from forum.launches import queries
from forum.launches.effect import LEAST_EXPECTED, LEAST_WEEKS, MOST_WEEKS
from forum.launches.measuring import Measured, measure, weeks_of
from forum.launches.views import bp
from forum.launches.wording import change_word, effect_figures, effect_sentence
from forum.web.pages import page
from forum.web.panels import kept
from forum.web.permissions import allowed, me
from forum.web.session import db

KEPT = 60  # seconds; complaints are counted by the week


def effect_of(launch_id: int) -> Measured | None:
    """What a launch changed, kept for a minute: it stands on pages that everybody reads."""
    return kept(KEPT, lambda: measure(db, launch_id), "effect", launch_id)


def told(measured: Measured | None) -> dict[str, Any] | None:
    """What the parts of pages say of an effect: for everybody the sentence, for the team the rest."""
    if measured is None:
        return None
    effect = measured.effect
    return {
        "launch_id": measured.launch_id,
        "change": effect.change.value,
        "word": change_word(effect.change),
        "sentence": effect_sentence(effect),
        "figures": effect_figures(effect) if effect.after else "",
    }


@bp.get("/launches/<int:launch_id>/effect")
@allowed(is_team)
def effect(launch_id: int) -> ResponseReturnValue:
    """Show complaints a week before and after a launch, their ratio with its interval, and how it is worked out."""
    launch = queries.find_launch(db, me(), launch_id)
    if launch is None:
        raise NotFound(_("It may have been removed, or the address is not quite right. Look at the launches."))
    measured = effect_of(launch_id)
    return page(
        "launches/effect.html",
        launch=launch,
        measured=measured,
        told=told(measured),
        chart=_chart(measured) if measured else None,
        least_weeks=LEAST_WEEKS,
        least_expected=LEAST_EXPECTED,
        most_weeks=MOST_WEEKS,
    )


def _chart(measured: Measured) -> dict[str, Any]:
    """The two sides as points, each week called by the day on which it began, and a sentence saying what they show."""
    found = measured.effect
    weeks = [date_words(at) for at in weeks_of(measured)]
    points = list(zip(weeks, found.before + found.after, strict=True))
    sentence = _(
        "{before} complaints in the {v} weeks before the launch, {after} in the {w} weeks since."
        " The broken lines are the means.",
        before=number(sum(found.before)),
        v=len(found.before),
        after=number(sum(found.after)),
        w=len(found.after),
    )
    return {"before": points[: len(found.before)], "after": points[len(found.before) :], "sentence": sentence}
