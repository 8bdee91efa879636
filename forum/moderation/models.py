"""The moderators' queue."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.database import Json, Model, Words
from forum.moderation.status import CaseKind, Decision, Purpose, Reason, ReportReason, SanctionKind


class Case(Model):
    """Something a moderator has to decide about a post or one of its comments."""

    __tablename__ = "cases"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[CaseKind]
    post_id: Mapped[int] = mapped_column(sa.ForeignKey("posts.id"), index=True)
    comment_id: Mapped[int | None] = mapped_column(sa.ForeignKey("comments.id"), index=True)
    open_key: Mapped[str | None] = mapped_column(sa.String(60), unique=True)  # one open case per kind and subject
    opened_at: Mapped[datetime]
    group_id: Mapped[int | None]  # the first case whose text is nearly the same; itself where there is none
    spam_score: Mapped[float | None]  # in [0, 1]; None: not looked at
    batch: Mapped[str | None] = mapped_column(sa.String(32), index=True)  # of those decided with one press
    later_until: Mapped[datetime | None]
    claimed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    claimed_at: Mapped[datetime | None]
    decision: Mapped[Decision | None]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    ground: Mapped[Reason | None]  # the reason in short, as the public log tells it
    own_ground_id: Mapped[int | None] = mapped_column(sa.ForeignKey("reason_texts.id"))  # one of this site's own
    reason: Mapped[str] = mapped_column(sa.Text, default="")  # what the author reads
    before: Mapped[Json] = mapped_column(default=dict)  # what undoing puts back

    __table_args__ = (
        sa.Index("ix_cases_queue", "decided_at", "opened_at"),
        sa.Index("ix_cases_group", "group_id", "decided_at"),
    )


class CasePrint(Model):
    """One of the fingerprints of a case's text: near-copies have one of them in common."""

    __tablename__ = "case_prints"
    value: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True)
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("cases.id"), primary_key=True, index=True)

    __table_args__ = ({"sqlite_with_rowid": False},)


class Report(Model):
    """One person's report; each person reports a thing once."""

    __tablename__ = "reports"
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("cases.id"), primary_key=True)
    reporter_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), primary_key=True)
    reason: Mapped[ReportReason]
    text: Mapped[str] = mapped_column(sa.String(500), default="")
    reported_at: Mapped[datetime]


class ReasonText(Model):
    """A reason of this site's own, or what its moderators made of one that the library came with."""

    __tablename__ = "reason_texts"
    id: Mapped[int] = mapped_column(primary_key=True)
    built_in: Mapped[Reason | None] = mapped_column(unique=True)  # the one that these words stand for instead
    purpose: Mapped[Purpose]
    name: Mapped[Words]  # short, for moderators to choose by
    words: Mapped[Words]  # what the author reads
    retired_at: Mapped[datetime | None]  # not to be chosen any more; what was decided with it keeps its words
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))


class Sanction(Model):
    """A person was warned, or suspended until a day."""

    __tablename__ = "sanctions"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    kind: Mapped[SanctionKind]
    reason: Mapped[str] = mapped_column(sa.Text)  # as the person reads it
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    until: Mapped[datetime | None]
    lifted_at: Mapped[datetime | None]
    lifted_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    objection: Mapped[str] = mapped_column(sa.Text, default="")  # in the person's words, said once
    objected_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
