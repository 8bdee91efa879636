"""What an address asks a list of posts for, and the links that ask for something else."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

from forum.core.languages import LANGUAGES, _, pick
from forum.core.people import Reader
from forum.posts.cards import AreaLine
from forum.posts.status import Kind, Order, Status

Link = tuple[str, str, bool]  # words, address, whether it is the chosen one


@dataclass(frozen=True, slots=True)
class Wish:
    """What an address asks for."""

    order: Order = Order.MIX
    kind: Kind | None = None
    status: Status | None = None
    product: str = ""  # slug
    area: int = 0  # with the areas below it
    language: str = ""
    mine: bool = False  # the reader's own posts, whatever their state

    @property
    def has_filters(self) -> bool:
        """Whether the wish leaves anything out."""
        return bool(self.kind or self.status or self.product or self.area or self.language or self.mine)

    def words(self) -> dict[str, str]:
        """The wish as it stands in an address; what goes without saying is left out."""
        said = {
            "order": "" if self.order is Order.MIX else self.order.value,
            "kind": self.kind.value if self.kind else "",
            "status": self.status.value.replace(" ", "-") if self.status else "",
            "product": quote_plus(self.product),
            "area": str(self.area or ""),
            "language": quote_plus(self.language),
            "mine": "1" if self.mine else "",
        }
        return {name: word for name, word in said.items() if word}


def read_wish(words: Mapping[str, str], reader: Reader) -> Wish:
    """The wish in an address. What is not understood is left out: an old link still shows the list."""
    area = words.get("area", "")
    return Wish(
        order=_member(Order, words.get("order", "")) or Order.MIX,
        kind=_member(Kind, words.get("kind", "")),
        status=_member(Status, words.get("status", "").replace("-", " ")),
        product=words.get("product", "")[:40],
        area=int(area) if area.isascii() and area.isdigit() and len(area) < 10 else 0,
        language=language if (language := words.get("language", "")[:8]).isprintable() else "",
        mine=bool(words.get("mine")) and reader.is_authenticated,
    )


def _member(kind: Any, word: str) -> Any:
    if not word:
        return None
    try:
        return kind(word)
    except ValueError:
        return None


class Links:
    """The links of one list's page: each keeps the rest of the wish in its address."""

    def __init__(self, address: str, wish: Wish, **more: str) -> None:
        self.address = address
        self.wish = wish
        self.said = {name: quote_plus(word) for name, word in more.items()} | wish.words()
        self.more = tuple(more)

    def to(self, name: str = "", word: str = "", *, without: Iterable[str] = ()) -> str:
        """The same list with `name` said as `word`; with an empty word, not said at all."""
        parts = [f"{key}={value}" for key, value in self.said.items() if key != name and key not in without]
        if word:
            parts.append(f"{name}={word}")
        return f"{self.address}?{'&'.join(parts)}" if parts else self.address

    def all(self) -> str:
        """The same list without any filter."""
        return self.to(without=set(self.said) - {"order", *self.more})

    def _group(self, name: str, choices: Iterable[tuple[str, str]], *, without: Iterable[str] = ()) -> list[Link]:
        """A link for each `(value in the address, words)`; the one that is on takes itself off."""
        rest = self.to(name, without=without)
        base = f"{rest}{'&' if '?' in rest else '?'}{name}="
        chosen = self.said.get(name, "")
        return [(words, rest if value == chosen else base + value, value == chosen) for value, words in choices]

    def orders(self) -> list[Link]:
        """The orders; the fair mix goes without saying."""
        words = {
            Order.MIX: _("Fair mix"),
            Order.WANTED: _("Most wanted"),
            Order.RISING: _("Rising"),
            Order.NEWEST: _("Newest"),
            Order.ANSWERED: _("Recently answered"),
            Order.UNANSWERED: _("No answer yet"),
        }
        return [
            (words[order], self.to("order", "" if order is Order.MIX else order.value), order is self.wish.order)
            for order in Order
        ]

    def filters(
        self, areas: Mapping[int, AreaLine], names: Mapping[int, str], *, signed_in: bool, own: bool = True
    ) -> list[tuple[str, list[Link]]]:
        """The groups of filters with their links. `own` groups are those that only the board has."""
        product = self.wish.product
        shown = [area for area in areas.values() if not product or area.product == product]
        groups = [
            (_("Kind"), self._group("kind", _kinds().items())),
            (_("Status"), self._group("status", _statuses().items())),
            (_("Part"), self._group("area", [(str(area.id), names[area.id]) for area in shown])),
        ]
        if not own:
            return groups
        products = _products(areas)
        if len(products) > 1:
            groups.insert(2, (_("Product"), self._group("product", products.items(), without=("area",))))
        groups.append((_("Language"), self._group("language", LANGUAGES.items())))
        if signed_in:
            groups.append((_("By"), self._group("mine", [("1", _("Mine"))])))
        return groups

    def chosen(self, areas: Mapping[int, AreaLine], names: Mapping[int, str]) -> list[Link]:
        """The filters that are on, each with the address that drops it."""
        if not self.wish.has_filters:
            return []
        words = {
            "kind": _kinds().get(self.said.get("kind", "")),
            "status": _statuses().get(self.said.get("status", "")),
            "product": _products(areas).get(self.wish.product, self.wish.product),
            "area": names.get(self.wish.area, _("An area that is gone")) if self.wish.area else "",
            "language": LANGUAGES.get(self.wish.language, self.wish.language),
            "mine": _("Mine") if self.wish.mine else "",
        }
        return [(word, self.to(name), True) for name, word in words.items() if word]


def _products(areas: Mapping[int, AreaLine]) -> dict[str, str]:
    return {area.product: pick(area.product_name) for area in areas.values()}


def _kinds() -> dict[str, str]:
    return {"complaint": _("Complaints"), "idea": _("Ideas")}


def _statuses() -> dict[str, str]:
    return {
        "new": _("New"),
        "answered": _("Answered"),
        "in-review": _("In review"),
        "planned": _("Planned"),
        "in-progress": _("In progress"),
        "launched": _("Launched"),
        "not-now": _("Not now"),
    }
