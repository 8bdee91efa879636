"""The sentence that a launch writes on posts, and what is said of its effect."""

from math import isinf
from typing import Any

from forum.core.languages import _, ngettext, number, pick
from forum.launches.effect import LEAST_EXPECTED, LEAST_WEEKS, Effect
from forum.launches.status import Change
from forum.posts.timeline import Sentence, wording

LAUNCHED = "item_launched"


@wording(LAUNCHED)
def _launched(values: dict[str, Any]) -> Sentence:
    return _("Launched: “{launch}”.", launch=pick(values["title"])), f"/launches/{values['launch_id']}"


def percent(share: float) -> str:
    """A share in per cent, to one place; a small one is not called nothing."""
    return _("{n} %", n=number(round(share, 1))) if share >= 0.05 or not share else _("under {n} %", n=number(0.1))


def change_word(change: Change) -> str:
    """What can be said of an effect, in a word or two."""
    return {
        Change.TOO_EARLY: _("Too early to tell"),
        Change.FEWER: _("Fewer"),
        Change.MORE: _("More"),
        Change.NOT_SEEN: _("No effect seen"),
    }[change]


def effect_sentence(effect: Effect) -> str:
    """What everybody reads about the complaints since a launch: a plain sentence without figures of them."""
    if effect.is_early:
        early = _("It is too early to tell whether there are fewer complaints.")
        return f"{early} {_why_early(effect)}"
    return {
        Change.FEWER: _("There are fewer complaints about it than before the launch."),
        Change.MORE: _("There are more complaints about it than before the launch. That is looked into."),
        Change.NOT_SEEN: _("No effect is seen so far: complaints about it come about as often as before the launch."),
    }[effect.change]


def _why_early(effect: Effect) -> str:
    weeks = len(effect.after)
    if weeks < LEAST_WEEKS:
        return ngettext(
            "{n} whole week has passed since the launch, and it takes {least}.",
            "{n} whole weeks have passed since the launch, and it takes {least}.",
            weeks,
            least=LEAST_WEEKS,
        )
    return _(
        "It takes a time in which {least} complaints would have come before the launch, and they were rare.",
        least=LEAST_EXPECTED,
    )


def effect_figures(effect: Effect) -> str:
    """What the team reads beside it: both rates, their ratio and how sure that is."""
    rates = _(
        "Complaints a week: {before} before the launch, {after} since.",
        before=number(round(effect.a_week_before, 1)),
        after=number(round(effect.a_week_after, 1)),
    )
    if effect.ratio is None:
        return rates
    low, high = effect.interval
    values = {"ratio": number(round(effect.ratio, 2)), "low": number(round(low, 2))}
    if isinf(high):
        upwards = _("That is {ratio} times as many (95 % interval from {low} up).", **values)
        return f"{rates} {upwards}"
    between = _("That is {ratio} times as many (95 % interval {low} to {high}).", high=number(round(high, 2)), **values)
    return f"{rates} {between}"
