"""What every action's schema takes and refuses."""

import pytest
from pydantic import ValidationError

from forum.core.schemas import Action, Password


class Greeting(Action):
    """A schema to try things on."""

    words: str
    password: Password = ""


def test_text_is_trimmed_but_a_password_is_not():
    greeting = Greeting(words="  Good morning \n", password=" two  spaces ")

    assert (greeting.words, greeting.password) == ("Good morning", " two  spaces ")


@pytest.mark.parametrize("words", ["nul\0", "half \ud800 of a pair"])
def test_text_that_no_database_takes_is_refused(words):
    with pytest.raises(ValidationError, match="cannot be stored"):
        Greeting(words=words)


def test_fields_that_the_schema_does_not_name_are_refused():
    with pytest.raises(ValidationError, match="Extra inputs"):
        Greeting(words="Hello", role="admin")
