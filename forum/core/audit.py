"""The audit log: who did what to whose content, when and why. Rows are never changed or removed."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from forum.core.clock import utcnow
from forum.core.database import Json, Model


class AuditEntry(Model):
    """One thing that a person with a role did, or was refused."""

    __tablename__ = "audit_entries"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor_id: Mapped[int | None] = mapped_column(index=True)  # None: the site itself
    action: Mapped[str] = mapped_column(sa.String(60))  # "post.remove"
    subject: Mapped[str] = mapped_column(sa.String(30))  # "post"
    subject_id: Mapped[int | None]
    about_id: Mapped[int | None] = mapped_column(index=True)  # the person concerned
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    refused: Mapped[bool] = mapped_column(default=False)
    details: Mapped[Json] = mapped_column(default=dict)  # never secrets or whole bodies

    __table_args__ = (sa.Index("ix_audit_entries_subject", "subject", "subject_id"),)


def record(
    session: Session,
    action: str,
    *,
    by: int | None,
    subject: str,
    subject_id: int | None = None,
    about: int | None = None,
    reason: str = "",
    refused: bool = False,
    **details: object,
) -> AuditEntry:
    """Write one line of the audit log, in the transaction of what it tells about."""
    entry = AuditEntry(
        at=utcnow(),
        actor_id=by,
        action=action,
        subject=subject,
        subject_id=subject_id,
        about_id=about,
        reason=reason,
        refused=refused,
        details=details,
    )
    session.add(entry)
    return entry
