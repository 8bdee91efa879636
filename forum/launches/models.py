"""Launches and the people they are owed to."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from forum.backlog.status import Behind
from forum.core.database import Json, Model, Words
from forum.launches.status import Answer, PilotState, SeatState
from forum.posts.status import Interest


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
    before_ids: Mapped[list[int]] = mapped_column(default=list)  # posts quoted from before; none: the most wanted
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
    may_quote: Mapped[bool] = mapped_column(default=False)  # they agree that everybody reads these words
    quoted_at: Mapped[datetime | None]  # when the team chose them for the page of the launch
    answered_at: Mapped[datetime]


class LaunchPlan(Model):
    """What is written for the next launch of an item: a draft, or with a moment the launch that will happen then."""

    __tablename__ = "launch_plans"
    item_id: Mapped[int] = mapped_column(sa.ForeignKey("backlog_items.id"), primary_key=True)
    fields: Mapped[Json] = mapped_column(default=dict)
    launch_at: Mapped[datetime | None]  # None: not decided
    saved_by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    saved_at: Mapped[datetime]
    problem: Mapped[Words] = mapped_column(default=dict)  # why it did not happen when it was due


class LaunchPicture(Model):
    """What was built, as a picture; its file lies in the data folder under `name`, as those of posts."""

    __tablename__ = "launch_pictures"
    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(sa.ForeignKey("backlog_items.id"), index=True)
    launch_id: Mapped[int | None] = mapped_column(sa.ForeignKey("launches.id"), index=True)  # None: not launched yet
    name: Mapped[str] = mapped_column(sa.String(50), unique=True)  # random, with the ending of its kind
    width: Mapped[int]  # pixels
    height: Mapped[int]
    size: Mapped[int]  # bytes
    alt: Mapped[str] = mapped_column(sa.String(300), default="")  # what it shows, for those who do not see it
    added_at: Mapped[datetime]


class Pilot(Model):
    """Some customers try what is being built before everybody else; it ends with the launch."""

    __tablename__ = "pilots"
    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(sa.ForeignKey("backlog_items.id"), index=True)
    title: Mapped[Words]
    about: Mapped[Words]  # Markdown: what is tried, how, until when
    about_html: Mapped[Words]
    seats: Mapped[int]
    state: Mapped[PilotState] = mapped_column(default=PilotState.OPEN)
    opened_at: Mapped[datetime]
    opened_by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    closed_at: Mapped[datetime | None]
    is_demo: Mapped[bool] = mapped_column(default=False)


class PilotSeat(Model):
    """One person in a pilot: invited or waiting, taking part or not, and what they found."""

    __tablename__ = "pilot_seats"
    id: Mapped[int] = mapped_column(primary_key=True)
    pilot_id: Mapped[int] = mapped_column(sa.ForeignKey("pilots.id"))
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    behind: Mapped[Behind | None]  # None: has to do with none of its posts
    post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("posts.id"), index=True)  # by which they are behind it
    interest: Mapped[Interest | None]  # the furthest they went in a vote
    is_asked: Mapped[bool] = mapped_column(default=False)  # they asked for a seat themselves
    state: Mapped[SeatState]
    since: Mapped[datetime]  # of the state
    solved: Mapped[Answer | None]
    words: Mapped[str] = mapped_column(sa.String(1000), default="")
    said_at: Mapped[datetime | None]

    __table_args__ = (sa.UniqueConstraint("pilot_id", "user_id"),)
