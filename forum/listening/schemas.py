"""What the import page asks."""

from typing import Literal

from pydantic import Field

from forum.core.schemas import Action


class Upload(Action):
    """Where an uploaded file's posts belong."""

    product_id: int
    area_id: int = 0  # 0: as the file says
    kind: Literal["", "complaint", "idea"] = ""
    language: str = Field("", max_length=8, pattern=r"^([a-z]{2,3})?$")


class Columns(Action):
    """Which column holds which field; empty: none."""

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
