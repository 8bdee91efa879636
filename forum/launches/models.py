"""Launches and the people they are owed to."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from forum.backlog.status import Behind
from forum.core.database import Model, Words
from forum.launches.status import Answer


class Launch(Model):
    """A shipped item: what was built and told. An item that was reopened may be launched again."""

    __tablename__ = "launches"
    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(sa.ForeignKey("backlog_items.id"), index=True)
    product_id: Mapped[int] = mapped_column(sa.ForeignKey("products.id"))
    title: Mapped[Words]
    announcement: Mapped[Words]  # Markdown
    announcement_html: Mapped[Words]
    link: Mapped[str] = mapped_column(sa.String(500), default="")
    is_public: Mapped[bool] = mapped_column(default=True)
    launched_at: Mapped[datetime] = mapped_column(index=True)
    launched_by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    people: Mapped[int] = mapped_column(default=0)  # behind its public posts, on that day
    is_demo: Mapped[bool] = mapped_column(default=False)


class Receipt(Model):
    """What one person behind a launch gets: their own sentence, the day, how many joined, one question."""

    __tablename__ = "receipts"
    id: Mapped[int] = mapped_column(primary_key=True)
    launch_id: Mapped[int] = mapped_column(sa.ForeignKey("launches.id"))
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    behind: Mapped[Behind]
    post_id: Mapped[int] = mapped_column(sa.ForeignKey("posts.id"), index=True)  # the one quoted
    sentence: Mapped[str] = mapped_column(sa.String(400))
    said_at: Mapped[datetime]  # when they wrote or voted
    joined: Mapped[int] = mapped_column(default=0)  # people behind the launch besides them
    is_first: Mapped[bool] = mapped_column(default=False)  # said it first
    is_credited: Mapped[bool] = mapped_column(default=False)  # named on the launch page, with consent
    seen_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    __table_args__ = (sa.UniqueConstraint("launch_id", "user_id"),)


class Verdict(Model):
    """One person's answer to *does this solve it?*"""

    __tablename__ = "verdicts"
    launch_id: Mapped[int] = mapped_column(sa.ForeignKey("launches.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), primary_key=True)
    answer: Mapped[Answer]
    words: Mapped[str] = mapped_column(sa.String(500), default="")
    answered_at: Mapped[datetime]
