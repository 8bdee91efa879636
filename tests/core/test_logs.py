"""What the log says of errors, and what it keeps to itself."""

import pytest
import structlog
from sqlalchemy.exc import StatementError

from forum.accounts.models import Organisation
from forum.core.database import transaction
from forum.core.logs import init_logs

SECRET = "seven slow green trams"


def check(password):
    raise ValueError(f"{len(password)} characters\n2026-11-24T02:11:35Z [info     ] a forged line \x1b[2J")


@pytest.fixture
def logged(capsys):
    """What is printed of one error that somebody else may have worded."""
    init_logs("info")
    try:
        check(SECRET)
    except ValueError:
        structlog.get_logger().exception("unexpected error", path="/a\nb")
    return capsys.readouterr().out


def test_an_error_says_where_it_happened_and_never_what_was_at_hand(logged):
    assert "in check" in logged
    assert "ValueError: 22 characters" in logged
    assert SECRET not in logged


def test_nobody_forges_a_line(logged):
    assert [line for line in logged.splitlines() if not line.startswith("  ")] == [logged.splitlines()[0]]
    assert r"path='/a\nb'" in logged
    assert "\x1b" not in logged


@pytest.mark.sqlite
def test_what_was_to_be_stored_is_in_no_error():
    with pytest.raises(StatementError, match="hidden") as caught, transaction() as session:
        session.execute(Organisation.__table__.insert(), {"name": SECRET, "attributes": object()})

    assert SECRET not in str(caught.value)
