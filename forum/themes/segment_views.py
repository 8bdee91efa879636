"""Segments on the pages of themes, for the team alone: beside one theme, and as columns of the desk's list."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from forum.core.languages import _, ngettext, number
from forum.core.people import Reader
from forum.segments.panels import KEPT, known_segments, parts_of, stamp, weighs
from forum.segments.queries import Known, Share, extra_weight, shares
from forum.themes.counting import people_of
from forum.themes.loudness import Loudness, Tells, read_loudness
from forum.themes.models import Theme
from forum.themes.narrowing import Filter
from forum.themes.status import Order, ThemeState
from forum.web.panels import kept, panel
from forum.web.session import db

_NOBODY = Share(0, 0, 0.0)
_LONG = 300  # seconds; counting all themes of 20,000 posts by segments takes several tenths of one


@panel("theme.top", order=10)
def breadth_of_theme(*, reader: Reader, theme: Theme) -> tuple[str, dict[str, Any]] | None:
    """Show the team how broad a theme is beside how loud, and which segments the people behind it are in."""
    if not reader.is_team or theme.state is not ThemeState.ACCEPTED:
        return None
    loudness = kept(KEPT, lambda: read_loudness(db, theme.id, theme.people), "loudness", theme.id, theme.people)
    parts = kept(KEPT, lambda: parts_of(lambda: people_of([theme.id])), "segments of theme", theme.id, stamp())
    return "themes/_breadth.html", {
        "loudness": loudness,
        "breadth": theme.breadth,
        "sentence": _sentence(loudness),
        "parts": parts,
        "weighs": weighs(known_segments()),
    }


def _sentence(loudness: Loudness) -> str:
    """What the numbers mean."""
    match loudness.tells:
        case Tells.NOTHING:
            return _("Nobody is behind it yet.")
        case Tells.BURST:
            return ngettext(
                "Louder than broad: {n} of its people came in a crowd within an hour, and breadth leaves them out.",
                "Louder than broad: {n} of its people came in crowds within an hour, and breadth leaves them out.",
                loudness.left_out,
            )
        case Tells.SHORT:
            return _("It is only just being said: wait for more weeks before you call it lasting.")
        case Tells.FEW_PLACES:
            return ngettext(
                "Many people, but most of them of {n} company.",
                "Many people, but most of them of {n} companies.",
                loudness.companies,
            )
        case _:
            return _("Said by different people, week after week: it lasts.")


@dataclass(frozen=True, slots=True)
class Columns:
    """What the desk's list says of segments."""

    segments: list[Known]
    chosen: Known | None
    shares: dict[int, Share]  # of the chosen one, by theme
    extra: dict[int, float]  # by which people count for more than their heads, by theme
    weighs: bool  # whether any segment does
    shows_weights: bool  # whether the list says so

    def share(self, theme: Theme) -> Share:
        """The people of the chosen segment behind a theme."""
        return self.shares.get(theme.id, _NOBODY)

    def weighted(self, theme: Theme) -> float:
        """As how many people those behind a theme count."""
        return theme.people + self.extra.get(theme.id, 0.0)

    @property
    def are_shown(self) -> bool:
        """Whether the list has any column of these; then it has no room for lines of weeks."""
        return self.chosen is not None or self.shows_weights

    @property
    def words(self) -> str:
        """What the weights are, in a sentence; empty without any."""
        said = [
            _("{segment} as {n}", segment=one.name, n=number(one.weight)) for one in self.segments if one.weight != 1
        ]
        return _("Weighted: {weights}, everybody else as 1.", weights=", ".join(said)) if said else ""


def columns_of(product_id: int, theme_ids: Sequence[int], asked: str, order: Order) -> Columns:
    """What the list of these themes says of segments, of which `asked` is the number of one; kept for minutes.

    Weights are counted where the list is in their order, or beside a segment.
    """
    segments = known_segments()
    chosen = next((one for one in segments if str(one.id) == asked), None)
    weighing = weighs(segments)
    shows_weights = weighing and (chosen is not None or order is Order.WEIGHTED)
    ids = sorted(theme_ids)
    every: dict[int, dict[int, Share]] = {}
    extra: dict[int, float] = {}
    if chosen and ids:
        every = kept(_LONG, lambda: shares(db, people_of(ids)), "segments of themes", product_id, stamp())
    if shows_weights and ids:
        extra = kept(_LONG, lambda: extra_weight(db, people_of(ids)), "weights of themes", product_id, stamp())
    of_chosen = {theme: found[chosen.id] for theme, found in every.items() if chosen and chosen.id in found}
    return Columns(segments, chosen, of_chosen, extra, weighing, shows_weights)


def in_order(themes: list[Any], columns: Columns, order: Order, theme_of: Callable[[Any], Theme]) -> list[Any]:
    """The rows of the list in an order that segments make; as they are in any other."""
    keys: dict[Order, Callable[[Theme], float]] = {
        Order.SEGMENT: lambda theme: columns.share(theme).people,
        Order.WEIGHTED: columns.weighted,
    }
    key = keys.get(order)
    return sorted(themes, key=lambda row: -key(theme_of(row))) if key else themes


def filter_of(columns: Columns, link: Callable[..., str], on: Mapping[str, str]) -> list[Filter]:
    """Segments as links that choose one; pressing it again lets go."""
    if not columns.segments:
        return []
    chosen = columns.chosen.id if columns.chosen else 0
    entries = [
        (one.name, link(**on, segment=None if one.id == chosen else one.id), one.id == chosen)
        for one in columns.segments
    ]
    return [(_("Segment"), entries)]
