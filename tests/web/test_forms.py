"""Forms: only the schema's fields are read, mistakes stand beside their fields, nothing typed is lost."""

from enum import Enum

import pytest
from pydantic import Field, field_validator
from werkzeug.datastructures import MultiDict

from forum.core.errors import Conflict, Invalid
from forum.core.schemas import Action, Password
from forum.web.forms import Form


class Colour(Enum):
    """Something to choose from."""

    RED = "red"
    BLUE = "blue"


class Order(Action):
    """An action with every kind of field."""

    title: str = Field(min_length=1, max_length=10)
    note: str = Field("", max_length=10)
    colour: Colour = Colour.RED
    extras: set[Colour] = Field(default_factory=set)
    wrapped: bool = False
    pieces: int | None = Field(None, ge=1, le=99)
    password: Password = ""

    @field_validator("note")
    @classmethod
    def _polite(cls, note: str) -> str:
        if note == "rude":
            raise ValueError("Please be polite.")
        return note


def sent(app, **fields):
    """The form as it is when these fields were sent."""
    with app.test_request_context("/", method="POST", data=MultiDict(fields)):
        form = Form(Order, note="as before", extras={Colour.BLUE}, wrapped=True)
        return form, form.submitted()


def test_what_is_right_becomes_a_value(app):
    form, right = sent(
        app, title=" Seats ", note="", colour="blue", extras=["red", "blue"], wrapped="yes", pieces="7", password=" a "
    )

    assert right
    assert form.value == Order(
        title="Seats",
        note="",
        colour=Colour.BLUE,
        extras={Colour.RED, Colour.BLUE},
        wrapped=True,
        pieces=7,
        password=" a ",
    )
    assert form.status == 200


def test_what_was_left_out_is_as_the_schema_says(app):
    form, right = sent(app, title="Seats", pieces="")

    assert right
    assert (form.value.wrapped, form.value.extras, form.value.pieces) == (False, set(), None)
    assert (form.raw["wrapped"], form.raw["extras"]) == (False, [])


def test_fields_that_the_schema_does_not_name_are_not_read(app):
    form, right = sent(app, title="Seats", role="admin", is_official="yes")

    assert right
    assert "role" not in form.raw


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("title", "", "Please fill this in."),
        ("title", "far too long a title", "Use at most 10 characters."),
        ("note", "rude", "Please be polite."),
        ("colour", "green", "Choose one of these."),
        ("extras", ["red", "green"], "Choose one of these."),
        ("pieces", "many", "Write a number."),
        ("pieces", "0", "Write a number of at least 1."),
        ("pieces", "1" * 30, "Write a number of at most 99."),
        ("title", "a\0b", "This has characters in it that cannot be stored. Please type it afresh."),
    ],
)
def test_a_mistake_stands_beside_its_field_and_what_was_typed_stays(app, field, typed, words):
    form, right = sent(app, **{"title": "Seats", field: typed})

    assert not right
    assert form.errors == {field: words}
    assert form.raw[field] == typed
    assert form.status == 422


def test_defaults_fill_a_form_before_it_is_sent(app):
    with app.test_request_context("/"):
        form = Form(Order, title="Seats", colour=Colour.BLUE, extras=frozenset({Colour.RED}), pieces=None)

        assert not form.submitted()
        assert form.raw == {"title": "Seats", "colour": "blue", "extras": ["red"], "pieces": ""}
        assert form.errors == {}


def test_what_a_service_refuses_stands_beside_the_fields_it_names(app):
    form, _right = sent(app, title="Seats")
    with app.test_request_context("/", method="POST"):
        form.refuse(Invalid(fields={"title": "There is one already."}))
        form.refuse(Conflict("Somebody was faster."))

    assert form.errors == {"title": "There is one already.", "": "Somebody was faster."}


def test_what_to_correct_is_said_in_the_order_of_the_page_and_by_its_names(app):
    form, _right = sent(app, title="", colour="green", pieces="many")
    assert form.called("pieces", "How many") == "How many"
    assert form.called("title", "English", "Title (English)") == "English"
    form.called("note", "Note")
    form.errors[""] = "Somebody was faster."

    assert form.problems() == [
        ("", "", "Choose one of these."),  # the page does not show the colour
        ("", "", "Somebody was faster."),
        ("pieces", "How many", "Write a number."),
        ("title", "Title (English)", "Please fill this in."),
    ]


def test_a_refusal_takes_back_what_was_written(app, session, make):
    from forum.accounts.models import User
    from forum.web.session import session_of_request

    person = make.person("Kari")
    session.commit()
    with app.test_request_context("/", method="POST", data={"title": "Seats"}):
        writing = session_of_request()
        writing.get_one(User, person.id).display_name = "Ola"
        writing.flush()
        Form(Order).refuse(Invalid(fields={"title": "No."}))
        assert writing.get_one(User, person.id).display_name == "Kari"


def test_line_ends_are_those_of_this_site(app):
    form, _right = sent(app, title="a\r\nb")

    assert form.value.title == "a\nb"
