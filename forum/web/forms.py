"""Forms: one pydantic schema per action, errors beside their fields, nothing typed is lost."""

from enum import Enum
from inspect import isclass
from typing import Any, Generic, Literal, TypeVar, get_origin

from flask import g, request
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from forum.core.errors import ForumError
from forum.core.languages import _, ngettext

Schema = TypeVar("Schema", bound=BaseModel)


class Form(Generic[Schema]):
    """A page's form over a schema: `submitted()`, then `value`; else `errors` and `raw` for the template.

    Only the schema's own fields are read from the request. `defaults` fill the form before it is sent.
    """

    def __init__(self, schema: type[Schema], **defaults: Any) -> None:
        self.schema = schema
        self.errors: dict[str, str] = {}
        self.raw: dict[str, Any] = {name: _as_typed(value) for name, value in defaults.items()}
        self._labels: dict[str, str] = {}  # field → what the page calls it, in the page's order
        self.value: Schema
        if request.method == "POST":
            self.raw.update(self._typed())

    def _typed(self) -> dict[str, Any]:
        typed: dict[str, Any] = {}
        for name, info in self.schema.model_fields.items():
            if str(info.annotation).startswith(("list", "set", "frozenset")):
                typed[name] = request.form.getlist(name)  # no ticked box is an empty list
            elif name in request.form:
                typed[name] = request.form[name].replace("\r\n", "\n")
            elif info.annotation is bool:
                typed[name] = False  # an unticked box is not sent
        return typed

    def submitted(self) -> bool:
        """Whether the form was sent and is right; otherwise `errors` says what is not."""
        if request.method != "POST":
            return False
        try:
            self.value = self.schema.model_validate(
                {name: value for name, value in self._typed().items() if value != "" or self._keeps_empty(name)}
            )
        except ValidationError as problem:
            for detail in problem.errors(include_url=False):
                name = str(detail["loc"][0]) if detail["loc"] else ""
                missing = detail["type"] == "missing" and self._is_choice(name)
                self.errors.setdefault(name, _("Choose one of these.") if missing else message_for(detail))
        return not self.errors

    @property
    def status(self) -> int:
        """The status of the page that shows this form: 422 when something needs another look."""
        return 422 if self.errors else 200

    def called(self, name: str, label: str, words: str = "") -> str:
        """`label`, remembered as what the page calls a field; `words` where it says too little by itself."""
        self._labels[name] = words or label
        return label

    def problems(self) -> list[tuple[str, str, str]]:
        """Field, what the page calls it and what to correct, in the page's order.

        First what concerns the whole form, or a field that the page does not show: both are empty there.
        """
        shown = [(name, label, self.errors[name]) for name, label in self._labels.items() if name in self.errors]
        return [("", "", message) for name, message in self.errors.items() if name not in self._labels] + shown

    def _is_choice(self, name: str) -> bool:
        """Whether the field is chosen from a list: one of a few words, or something that has an id."""
        kind = self.schema.model_fields[name].annotation
        return get_origin(kind) is Literal or (isclass(kind) and issubclass(kind, Enum)) or name.endswith("_id")

    def _keeps_empty(self, name: str) -> bool:
        info = self.schema.model_fields[name]
        return info.annotation is str and not info.is_required()

    def refuse(self, problem: ForumError) -> None:
        """Show what a service refused, beside the fields it named; what it had written is taken back."""
        if g.get("session") is not None:
            g.session.rollback()
        self.errors.update(getattr(problem, "fields", None) or {"": problem.message})


def _as_typed(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, (list, set, frozenset, tuple)):
        return [_as_typed(one) for one in value]
    return getattr(value, "value", value)


def message_for(detail: ErrorDetails) -> str:
    """A pydantic error in the reader's language, saying what to do."""
    kind, context = detail["type"], detail.get("ctx") or {}
    match kind:
        case "missing" | "string_too_short" if context.get("min_length", 1) == 1:
            return _("Please fill this in.")
        case "string_too_short":
            return ngettext("Use at least {n} character.", "Use at least {n} characters.", context["min_length"])
        case "string_too_long":
            return ngettext("Use at most {n} character.", "Use at most {n} characters.", context["max_length"])
        case "int_parsing" | "float_parsing" | "decimal_parsing" | "int_from_float":
            return _("Write a number.")
        case "greater_than_equal" | "greater_than":
            return _("Write a number of at least {n}.", n=context.get("ge", context.get("gt")))
        case "less_than_equal" | "less_than":
            return _("Write a number of at most {n}.", n=context.get("le", context.get("lt")))
        case "enum" | "literal_error":
            return _("Choose one of these.")
        case "date_from_datetime_parsing" | "date_parsing":
            return _("Write a day like 2026-12-31.")
        case "datetime_parsing" | "datetime_from_date_parsing":
            return _("Write a day and a time like 2026-12-31 09:00.")
        case "value_error":
            return str(context.get("error", detail["msg"]))
        case _:
            return _("This cannot be used as it is. Please change it.")
