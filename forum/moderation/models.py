"""The moderators' queue."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.database import Json, Model
from forum.moderation.status import CaseKind, Decision, Reason, ReportReason


class Case(Model):
    """Something a moderator has to decide about a post or one of its comments."""

    __tablename__ = "cases"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[CaseKind]
    post_id: Mapped[int] = mapped_column(sa.ForeignKey("posts.id"), index=True)
    comment_id: Mapped[int | None] = mapped_column(sa.ForeignKey("comments.id"), index=True)
    open_key: Mapped[str | None] = mapped_column(sa.String(60), unique=True)  # one open case per kind and subject
    opened_at: Mapped[datetime]
    later_until: Mapped[datetime | None]
    claimed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    claimed_at: Mapped[datetime | None]
    decision: Mapped[Decision | None]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    ground: Mapped[Reason | None]  # the reason in short, as the public log tells it
    reason: Mapped[str] = mapped_column(sa.Text, default="")  # what the author reads
    before: Mapped[Json] = mapped_column(default=dict)  # what undoing puts back

    __table_args__ = (sa.Index("ix_cases_queue", "decided_at", "opened_at"),)


class Report(Model):
    """One person's report; each person reports a thing once."""

    __tablename__ = "reports"
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("cases.id"), primary_key=True)
    reporter_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), primary_key=True)
    reason: Mapped[ReportReason]
    text: Mapped[str] = mapped_column(sa.String(500), default="")
    reported_at: Mapped[datetime]
