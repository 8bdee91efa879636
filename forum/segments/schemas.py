"""What the pages of segments ask."""

from typing import Annotated

from pydantic import Field, StringConstraints

from forum.core.database import Words
from forum.core.schemas import Action
from forum.segments.conditions import MOST, Condition, make_condition
from forum.segments.models import MAX_NAME
from forum.segments.status import How
from forum.segments.values import MAX_KEY, MAX_VALUE

Key = Annotated[str, StringConstraints(max_length=MAX_KEY)]
Value = Annotated[str, StringConstraints(max_length=MAX_VALUE)]


class SegmentForm(Action):
    """A segment: one entry of each list for each condition; those without a value are left out."""

    name: str = Field(min_length=1, max_length=MAX_NAME)
    name_en: str = Field("", max_length=MAX_NAME)
    name_nb: str = Field("", max_length=MAX_NAME)
    name_da: str = Field("", max_length=MAX_NAME)
    keys: list[Key] = Field(default_factory=list, max_length=MOST)
    hows: list[How] = Field(default_factory=list, max_length=MOST)
    values: list[Value] = Field(default_factory=list, max_length=MOST)
    weight: float = Field(1.0, ge=0, le=100)
    version: int = Field(0, ge=0)

    @property
    def names(self) -> Words:
        """What it is called in each language."""
        return {"en": self.name_en, "nb": self.name_nb, "da": self.name_da}

    def conditions(self) -> list[Condition]:
        """The conditions that were filled in. Raises `Invalid` for a number or a day that is none."""
        rows = zip(self.keys, self.hows, self.values, strict=False)
        return [make_condition(*row) for row in rows if row[0] and row[2]]


class Upload(Action):
    """A file of attributes; it comes beside the form."""
