"""What is sent to make and change products and areas."""

from typing import Annotated, Literal

from pydantic import Field

from forum.core.database import Words
from forum.core.schemas import Action
from forum.products.services import MAX_SLUG
from forum.products.status import Openness

MAX_NAME = 60
MAX_RULES = 2_000  # characters


class Deciding(Action):
    """How open an area shall be, and the public sentence why in each language.

    The openness `inherit` means: as the area above.
    """

    openness: Openness | Literal["inherit"]
    why_en: str = Field("", max_length=300)
    why_nb: str = Field("", max_length=300)
    why_da: str = Field("", max_length=300)

    @property
    def why(self) -> Words:
        """The sentence as company-written text, with the languages that were filled in."""
        words = {"en": self.why_en, "nb": self.why_nb, "da": self.why_da}
        return {language: text for language, text in words.items() if text}

    @property
    def own_openness(self) -> Openness | None:
        """None when the area above decides."""
        return None if self.openness == "inherit" else self.openness


class OpennessChange(Deciding):
    """A decision about an area that is there. `version` is that of the area when the form was opened."""

    version: int = Field(ge=0)


class Naming(Action):
    """What a product or an area is called, in at least one language."""

    name_en: str = Field("", max_length=MAX_NAME)
    name_nb: str = Field("", max_length=MAX_NAME)
    name_da: str = Field("", max_length=MAX_NAME)

    @property
    def name(self) -> Words:
        """The name as company-written text, with the languages that were filled in."""
        words = {"en": self.name_en, "nb": self.name_nb, "da": self.name_da}
        return {language: text for language, text in words.items() if text}


class NewProduct(Naming):
    """A product; without a short name it gets one made of its name."""

    slug: str = Field("", max_length=MAX_SLUG)


class NewArea(NewProduct, Deciding):
    """An area, below another one or at the top."""

    parent: Annotated[int, Field(ge=1, lt=2**63)] | None = None


class Moving(Action):
    """One place up or down in the list."""

    to: Literal["up", "down"]


class RulesChange(Action):
    """What to mind when posting in an area, as Markdown per language. `version` is that of the area when opened."""

    rules_en: str = Field("", max_length=MAX_RULES)
    rules_nb: str = Field("", max_length=MAX_RULES)
    rules_da: str = Field("", max_length=MAX_RULES)
    version: int = Field(ge=0)

    @property
    def rules(self) -> Words:
        """The rules as company-written text, with the languages that were filled in."""
        words = {"en": self.rules_en, "nb": self.rules_nb, "da": self.rules_da}
        return {language: text for language, text in words.items() if text}
