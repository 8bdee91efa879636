"""What is sent to make and change products and areas."""

from typing import Literal

from pydantic import Field

from forum.core.database import Words
from forum.core.schemas import Action
from forum.products.status import Openness


class OpennessChange(Action):
    """How open an area shall be, and the public sentence why in each language.

    An empty openness means: as the area above. `version` is that of the area when the form was opened.
    """

    openness: Openness | Literal["inherit"]
    why_en: str = Field("", max_length=300)
    why_nb: str = Field("", max_length=300)
    why_da: str = Field("", max_length=300)
    version: int = Field(ge=0)

    @property
    def why(self) -> Words:
        """The sentence as company-written text, with the languages that were filled in."""
        words = {"en": self.why_en, "nb": self.why_nb, "da": self.why_da}
        return {language: text for language, text in words.items() if text}

    @property
    def own_openness(self) -> Openness | None:
        """None when the area above decides."""
        return None if self.openness == "inherit" else self.openness
