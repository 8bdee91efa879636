"""What happened, who is told of it, and how they want to be told."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.database import Json, Model
from forum.notifications.status import How, Kind, MailPlan, Tie, Topic


class Happening(Model):
    """Something to be told, written in the transaction of its cause; a job finds out to whom."""

    __tablename__ = "happenings"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[Kind]
    post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("posts.id"), index=True)
    comment_id: Mapped[int | None] = mapped_column(sa.ForeignKey("comments.id"), index=True)
    theme_id: Mapped[int | None] = mapped_column(sa.ForeignKey("themes.id"), index=True)
    item_id: Mapped[int | None] = mapped_column(sa.ForeignKey("backlog_items.id"), index=True)
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"), index=True)  # is not told
    values: Mapped[Json] = mapped_column(default=dict)  # what its sentences need
    at: Mapped[datetime]
    told_at: Mapped[datetime | None]  # when everybody was told


class Notice(Model):
    """One person is told of one happening. The key makes telling twice impossible."""

    __tablename__ = "notices"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    happening_id: Mapped[int] = mapped_column(sa.ForeignKey("happenings.id"), index=True)
    post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("posts.id"), index=True)  # theirs, by which it is grouped
    tie: Mapped[Tie]
    mail: Mapped[MailPlan] = mapped_column(default=MailPlan.NONE)
    mail_id: Mapped[int | None] = mapped_column(sa.ForeignKey("outbox_mails.id"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]

    __table_args__ = (
        sa.UniqueConstraint("user_id", "happening_id"),
        sa.Index("ix_notices_user", "user_id", "id"),
        sa.Index("ix_notices_mail", "mail", "user_id"),
    )


class NoticeChoice(Model):
    """How one person hears of one topic, where they chose; else `status.DEFAULTS` holds."""

    __tablename__ = "notice_choices"
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), primary_key=True)
    topic: Mapped[Topic] = mapped_column(primary_key=True)
    how: Mapped[How]
    chosen_at: Mapped[datetime]


class Silence(Model):
    """Somebody who voted for a post wants to hear nothing of it; following it is stronger."""

    __tablename__ = "silences"
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), primary_key=True)
    post_id: Mapped[int] = mapped_column(sa.ForeignKey("posts.id"), primary_key=True, index=True)
    since: Mapped[datetime]


class StatusMail(Model):
    """That somebody had their one mail of a day about statuses; the key makes a second one impossible."""

    __tablename__ = "status_mails"
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), primary_key=True)
    day: Mapped[date] = mapped_column(sa.Date, primary_key=True)  # in the site's time zone
