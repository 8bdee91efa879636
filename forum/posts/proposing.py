"""What is proposed to somebody who wrote a sentence and chose nothing: complaint or idea, and the area.

Both are said with their reason, and both can be changed. Posts that say something similar speak first; the stage that
finds them registers itself here.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from forum.core.languages import _
from forum.core.people import Reader
from forum.posts.status import Kind
from forum.products.queries import AreaRow, forest, products
from forum.products.status import Openness


@dataclass(frozen=True, slots=True)
class Proposal:
    """What to fill in for somebody, each with a sentence that says why; empty where nothing speaks for anything."""

    kind: str = ""
    kind_why: str = ""
    area_id: str = ""
    area_why: str = ""


Proposer = Callable[[Reader, str, str, str], Proposal]  # reader, title, body, kind as far as it is chosen
_proposers: list[Proposer] = []

# In English, bokmål and Danish. A text with words of both says nothing about its kind.
_WISHING = re.compile(
    r"\b(i wish|would (be|love|like|help)|could (you|we|i|there)|should|suggest\w*|why not|how about|what if|please"
    r"|let (me|us)|allow|add|make it possible|an? option|burde|kunne (vi|dere|I|man|jeg|det)|skulle ønske|ønsker?"
    r"|forslag|hva (med|om)|hvorfor ikke|gi (meg|oss)|la (meg|oss)|legg til|gjerne|hvad (med|hvis)|hvorfor ikke"
    r"|giv (mig|os)|lad (mig|os)|tilføj|gid)\b",
    re.IGNORECASE,
)
_ASKING = re.compile(  # how the titles of ideas begin
    r"(let|tell|show|give|add|make|allow|offer|wake|please|la|vis|gi|legg|lag|gjør|selg|mål|lad|giv|lav|gør|tilføj) ",
    re.IGNORECASE,
)
_SUFFERING = re.compile(
    r"(n't|n’t|\b(not(?! just| only)|never|no longer|too|broken|breaks?|fails?|slow|stops?|crash\w*|rattl\w*|squeak\w*"
    r"|annoy\w*|loses?|lost|drops?|freez\w*|forgets?|wrong"
    r"|ages|hard to|takes? \w+ minutes|ikke(?! bare| kun)|ikkje|aldri|aldrig|treg\w*"
    r"|langsom\w*|ødelagt|ødelagte|feil|fejl|bråk\w*|støy\w*|støj\w*|knirk\w*|stopper|fryser|mister|glemmer|irriter\w*)\b)",
    re.IGNORECASE,
)


def proposes(function: Proposer) -> Proposer:
    """Register the decorated function as one that proposes a kind or an area."""
    _proposers.append(function)
    return function


def propose(reader: Reader, title: str, body: str, kind: str) -> Proposal:
    """What the first stage that knows something proposes for a text."""
    return next((proposer(reader, title, body, kind) for proposer in _proposers), Proposal())


def kind_by_wording(title: str) -> Kind | None:
    """What a title is by its own words: an idea asks or wishes, a complaint suffers; None where nothing is clear."""
    if _ASKING.match(title.strip()):
        return Kind.IDEA
    wishes, suffers = _WISHING.search(title), _SUFFERING.search(title)
    if bool(wishes) == bool(suffers):
        return None
    return Kind.IDEA if wishes else Kind.COMPLAINT


def why_kind(kind: Kind, *, is_by_wording: bool) -> str:
    """Why a kind is proposed, in a sentence."""
    if not is_by_wording:
        return _("Proposed because posts like yours are of this kind. You may choose the other.")
    if kind is Kind.IDEA:
        return _("Proposed because your words wish for something. You may choose the other.")
    return _("Proposed because your words say that something bothers you. You may choose the other.")


def broadest_area(session: Session, kind: str) -> AreaRow | None:
    """The area that is open to ideas and has most posts in and below it, those at the top first; two queries.

    Of the first product that has one. Where no area is open, the first of all, which takes complaints; none for ideas.
    """
    trees = forest(session)
    rows = [row for product in products(session) for row in trees.get(product.id, ())]
    taking = [row for row in rows if row.openness is Openness.CO_CREATE]
    first = next(iter(taking or (rows if kind != Kind.IDEA.value else ())), None)
    here = [row for row in taking if first and row.product_id == first.product_id]
    return max(here, key=lambda row: (-row.depth, row.posts_below), default=first)
