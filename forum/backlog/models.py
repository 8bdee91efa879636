"""The innovation backlog and the decisions on it."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from forum.backlog.status import Audience, CameBack, DecisionKind, ItemStatus, NotNowReason, Tracker
from forum.core.database import Json, Model, Words


class BacklogItem(Model):
    """A problem worth solving, promoted from one or more themes or a single post."""

    __tablename__ = "backlog_items"
    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(sa.ForeignKey("products.id"))
    title: Mapped[Words]  # at most 140 characters each
    problem: Mapped[Words] = mapped_column(default=dict)  # in customers' words
    status: Mapped[ItemStatus] = mapped_column(default=ItemStatus.PROPOSED)
    is_public: Mapped[bool] = mapped_column(default=False)
    audience: Mapped[Audience] = mapped_column(default=Audience.TEAM)  # who sees it while it is not public
    audience_organisation_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("organisations.id", ondelete="SET NULL"), index=True
    )
    audience_key: Mapped[str] = mapped_column(sa.String(40), default="")  # of a segment: the attribute
    audience_value: Mapped[str] = mapped_column(sa.String(120), default="")  # and what it has to be
    public_sentence: Mapped[Words] = mapped_column(default=dict)  # what the roadmap says about it now
    owner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"), index=True)
    target: Mapped[str] = mapped_column(sa.String(20), default="")  # as coarse as the team is sure: "2027 Q1"
    issues: Mapped[list[list[str]]] = mapped_column(default=list)  # in the team's own trackers: ["jira", "CAB-12"]
    posts: Mapped[int] = mapped_column(default=0)  # public ones in its evidence
    people: Mapped[int] = mapped_column(default=0)  # behind those: distinct authors and voters
    votes: Mapped[int] = mapped_column(default=0)  # on those
    companies: Mapped[int] = mapped_column(default=0)  # that those people work for
    pain: Mapped[float] = mapped_column(default=0.0)  # 0 to 3: how bad its complaints are × their share of all posts
    counted_at: Mapped[datetime]
    is_count_due: Mapped[bool] = mapped_column(default=False)  # somebody voted, or a post changed, since then
    reach: Mapped[int] = mapped_column(default=0)  # people behind all its evidence in the last 90 days
    impact: Mapped[float] = mapped_column(default=1.0)  # 1 to 3, proposed from pain
    confidence: Mapped[float] = mapped_column(default=0.5)  # 0.5, 0.8 or 1, proposed from solidity
    effort_weeks: Mapped[float | None]  # person-weeks; None until estimated
    value: Mapped[float | None]  # in the company's money, a year
    cost: Mapped[float | None]
    assumptions: Mapped[str] = mapped_column(sa.Text, default="")
    score: Mapped[float] = mapped_column(default=0.0, index=True)  # RICE; 0 until effort is estimated
    ratings: Mapped[Json] = mapped_column(default=dict)  # key of a criterion → its step, 1 to 5, where people set it
    weighted: Mapped[float | None]  # by the company's own model, 1 to 5; None: no model, or a step is missing
    reason: Mapped[NotNowReason | None]
    reason_text: Mapped[Words] = mapped_column(default=dict)
    revisit_on: Mapped[date | None] = mapped_column(sa.Date, index=True)  # looked at again on that day,
    revisit_votes: Mapped[int | None]  # or with so many votes,
    revisit_companies: Mapped[int | None]  # or with so many companies behind it,
    revisit_item_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("backlog_items.id", ondelete="SET NULL"), index=True
    )  # or when that one is launched
    came_back_at: Mapped[datetime | None]  # one of these has happened, and nobody has decided since
    came_back: Mapped[CameBack | None]
    reopened: Mapped[int] = mapped_column(default=0)
    promoted_at: Mapped[datetime]
    promoted_by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    status_at: Mapped[datetime]
    launched_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    is_demo: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (sa.Index("ix_backlog_items_status", "product_id", "status"),)


class ItemTheme(Model):
    """A theme that an item was promoted from; a theme stands behind one item."""

    __tablename__ = "item_themes"
    theme_id: Mapped[int] = mapped_column(sa.ForeignKey("themes.id"), primary_key=True)
    item_id: Mapped[int] = mapped_column(sa.ForeignKey("backlog_items.id"), index=True)


class Evidence(Model):
    """A post that speaks for an item. Refits add; only a person takes away, and the row stays."""

    __tablename__ = "evidence"
    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(sa.ForeignKey("backlog_items.id"))
    post_id: Mapped[int] = mapped_column(sa.ForeignKey("posts.id"), index=True)
    via_theme_id: Mapped[int | None] = mapped_column(sa.ForeignKey("themes.id"), index=True)  # None: directly
    added_at: Mapped[datetime]
    added_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    removed_at: Mapped[datetime | None]
    removed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    is_left_out: Mapped[bool] = mapped_column(default=False)  # removed by nobody, as its area is closed

    __table_args__ = (sa.UniqueConstraint("item_id", "post_id"),)


class DecisionEntry(Model):
    """One entry of the decision book: the public part shows decisions, the internal part the arguments."""

    __tablename__ = "decision_entries"
    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int | None] = mapped_column(sa.ForeignKey("backlog_items.id"), index=True)
    product_id: Mapped[int | None] = mapped_column(sa.ForeignKey("products.id"))  # of weights, instead of an item
    version: Mapped[int] = mapped_column(default=0)  # of the item, made by this change
    batch: Mapped[str] = mapped_column(sa.String(20), default="", index=True)  # entries made, and undone, together
    stood: Mapped[Json] = mapped_column(default=dict)  # of a move in a batch: how the item stood, to be given back
    at: Mapped[datetime] = mapped_column(index=True)
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    kind: Mapped[DecisionKind]
    before: Mapped[Json] = mapped_column(default=dict)
    after: Mapped[Json] = mapped_column(default=dict)
    public_sentence: Mapped[Words] = mapped_column(default=dict)
    argument: Mapped[str] = mapped_column(sa.Text, default="")  # internal
    reason: Mapped[NotNowReason | None]
    revisit_on: Mapped[date | None] = mapped_column(sa.Date)


class ItemDependency(Model):
    """An item that cannot be built before another; never in a circle."""

    __tablename__ = "item_dependencies"
    item_id: Mapped[int] = mapped_column(sa.ForeignKey("backlog_items.id"), primary_key=True)
    needs_id: Mapped[int] = mapped_column(sa.ForeignKey("backlog_items.id"), primary_key=True, index=True)


class ScoringModel(Model):
    """How a company weighs what speaks for an item of a product, in words of its own."""

    __tablename__ = "scoring_models"
    product_id: Mapped[int] = mapped_column(sa.ForeignKey("products.id"), primary_key=True)
    criteria: Mapped[list[Json]] = mapped_column(default=list)  # key, name in each language, weight, source, is_less
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime]


class SavedView(Model):
    """A way to look at the backlog that somebody gave a name: filters, order, board or table."""

    __tablename__ = "saved_views"
    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"), index=True)  # None: everybody's
    product_id: Mapped[int | None] = mapped_column(sa.ForeignKey("products.id"))  # None: of all products
    name: Mapped[str] = mapped_column(sa.String(60))
    query: Mapped[str] = mapped_column(sa.String(500))  # as it stands in the address


class TrackerPlace(Model):
    """Where the issues of a product are kept, so that their keys become links."""

    __tablename__ = "tracker_places"
    product_id: Mapped[int] = mapped_column(sa.ForeignKey("products.id"), primary_key=True)
    tracker: Mapped[Tracker] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(sa.String(200))
