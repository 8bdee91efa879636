"""What the import page asks."""

from typing import Literal

from pydantic import Field

from forum.core.schemas import Action


class Upload(Action):
    """Of which product an uploaded file speaks, and what holds of all its rows."""

    product_id: int
    kind: Literal["", "complaint", "idea"] = ""
    language: str = Field("", max_length=8, pattern=r"^([a-z]{2,3})?$")


class Columns(Action):
    """Which column holds which field; empty: none. And the area of all rows, where it is not as the file says."""

    area_id: int = 0

    id: str = ""
    title: str = ""
    body: str = ""
    kind: str = ""
    area: str = ""
    author: str = ""
    email: str = ""
    date: str = ""
    language: str = ""
    severity: str = ""
    go: Literal["trial", "import"] = "trial"
