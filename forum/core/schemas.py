"""Schemas of actions: one per action, used by the page's form, the commands and later the API alike."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints, field_validator

from forum.core.languages import _

# A password is taken as it was typed: spaces at its ends belong to it.
Password = Annotated[str, StringConstraints(strip_whitespace=False)]


class Action(BaseModel):
    """Base of every schema: text is trimmed, unknown fields are refused by programs and left by pages."""

    model_config = ConfigDict(str_strip_whitespace=True, extra="forbid", use_enum_values=False)

    @field_validator("*", mode="before")
    @classmethod
    def _storable(cls, value: Any) -> Any:
        """Refuse what no database takes: NUL characters and halves of surrogate pairs."""
        if isinstance(value, str) and any(sign == "\0" or "\ud800" <= sign <= "\udfff" for sign in value):
            raise ValueError(_("This has characters in it that cannot be stored. Please type it afresh."))
        return value
