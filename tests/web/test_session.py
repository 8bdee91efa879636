"""What requests may leave behind in the database, and what happens while it is busy."""

import pytest
import sqlalchemy as sa
from flask import Response
from sqlalchemy import event

from forum.accounts.models import Organisation
from forum.core.database import engine, transaction
from forum.web.session import db


@pytest.mark.parametrize(("method", "status", "count"), [("POST", 200, 1), ("POST", 422, 0), ("GET", 200, 0)])
def test_only_a_change_that_was_taken_is_kept(app, session, method, status, count):
    with app.test_request_context(method=method):
        db.add(Organisation(name="Hansen Transport", attributes={}))
        db.flush()
        app.process_response(Response(status=status))

    assert session.scalar(sa.select(sa.func.count()).select_from(Organisation)) == count


@pytest.fixture
def impatient():
    """Connections that do not wait for a busy database."""

    def hurry(connection, _record):
        connection.execute("PRAGMA busy_timeout=20")

    engine().dispose()
    event.listen(engine(), "connect", hurry)
    yield
    event.remove(engine(), "connect", hurry)
    engine().dispose()


@pytest.mark.sqlite
def test_while_the_database_is_busy_pages_are_read_and_changes_are_asked_for_again(impatient, visitor, make):
    visitor.sign_in(make.person("Kari", email="kari@example.com")).open("/me")
    with transaction() as slow:
        slow.connection()  # holds the lock from now on
        visitor.send("Save", status=503, display_name="Kari Hansen")
        assert visitor.response.headers["Retry-After"] == "5"
        assert "Nothing was saved; try again in a few seconds." in visitor.text
        visitor.open("/me")

    visitor.send("Save", display_name="Kari Hansen")
    assert "Kari Hansen" in visitor.text
