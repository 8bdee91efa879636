"""The audit log tells who did what to whose content, and cannot be changed."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from forum.core.audit import AuditEntry, record
from forum.core.database import make_engine, reading, transaction


def write_one(session) -> None:
    record(
        session, "post.remove", by=1, subject="post", subject_id=12, about=7, reason="Rule 3", refused=True, was="open"
    )


def test_an_entry_keeps_who_what_and_why_with_its_cause():
    with transaction() as session:
        write_one(session)

    with reading() as session:
        entry = session.scalars(sa.select(AuditEntry)).one()
    assert (entry.actor_id, entry.action, entry.subject, entry.subject_id) == (1, "post.remove", "post", 12)
    assert (entry.about_id, entry.reason, entry.refused, entry.details) == (7, "Rule 3", True, {"was": "open"})


@pytest.mark.parametrize("change", ["UPDATE audit_entries SET reason = ''", "DELETE FROM audit_entries"])
def test_an_entry_is_neither_changed_nor_removed(change):
    with transaction() as session:
        write_one(session)

    with pytest.raises(DBAPIError, match="append-only"), transaction() as session:
        session.execute(sa.text(change))


@pytest.mark.postgresql
@pytest.mark.parametrize("change", ["UPDATE audit_entries SET reason = ''", "DELETE FROM audit_entries"])
def test_nor_is_one_in_postgresql(change, postgresql):
    engine = make_engine(postgresql)
    with sa.orm.Session(engine) as session:
        write_one(session)
        session.commit()
        with pytest.raises(DBAPIError, match="append-only"):
            session.execute(sa.text(change))
    engine.dispose()
