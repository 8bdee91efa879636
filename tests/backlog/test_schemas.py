"""What is typed into the backlog's forms."""

import pytest
from pydantic import TypeAdapter, ValidationError

from forum.backlog.schemas import Amount
from forum.core.languages import speaking

AMOUNT = TypeAdapter(Amount)


@pytest.mark.parametrize(
    ("language", "text", "amount"),
    [
        ("en", "1.5", 1.5),
        ("en", "1,5", 1.5),
        ("nb", "1,5", 1.5),
        ("en", "50,000", 50_000),
        ("da", "50.000", 50_000),
        ("nb", "50 000,5", 50_000.5),
        ("nb", "1\u00a0200\u202f000", 1_200_000),
        ("en", "1.200.000", 1_200_000),
        ("da", "1.200,25", 1_200.25),
        ("nb", "1,200.25", 1_200.25),
        ("en", "0.125", 0.125),
    ],
)
def test_amounts_are_understood_as_people_write_them(language, text, amount):
    with speaking(language):
        assert AMOUNT.validate_python(text) == amount


@pytest.mark.parametrize(("language", "text"), [("en", "50.000"), ("nb", "50,000"), ("da", "1,200")])
def test_an_amount_that_may_mean_two_things_is_asked_about(language, text):
    with speaking(language), pytest.raises(ValidationError):
        AMOUNT.validate_python(text)
