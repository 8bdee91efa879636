"""Products and the tree of their areas."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.database import Model, Words
from forum.products.status import Openness


class Product(Model):
    """Something the company sells and talks about with its customers."""

    __tablename__ = "products"
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(40), unique=True)
    name: Mapped[Words]
    description: Mapped[Words] = mapped_column(default=dict)
    own_names: Mapped[list[str]] = mapped_column(default=list)  # words that say nothing about a theme
    equal_words: Mapped[list[list[str]]] = mapped_column(default=list)  # groups of words that are read as one
    words_version: Mapped[int] = mapped_column(default=1)  # of both lists
    position: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    is_demo: Mapped[bool] = mapped_column(default=False)


class Area(Model):
    """A part of a product, with its openness and a public sentence why."""

    __tablename__ = "areas"
    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(sa.ForeignKey("products.id"))
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("areas.id"), index=True)
    slug: Mapped[str] = mapped_column(sa.String(40))
    name: Mapped[Words]
    own_openness: Mapped[Openness | None]  # None: as its parent
    own_why: Mapped[Words] = mapped_column(default=dict)  # empty: as its parent
    openness: Mapped[Openness]  # in force: its own or inherited, kept by the service
    why: Mapped[Words] = mapped_column(default=dict)  # in force
    rules: Mapped[Words] = mapped_column(default=dict)  # what to mind when posting here, as Markdown; empty: as above
    rules_html: Mapped[Words] = mapped_column(default=dict)  # what markup.render made of them
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]
    opens_on: Mapped[date | None] = mapped_column(sa.Date)  # announced change, if any
    closes_on: Mapped[date | None] = mapped_column(sa.Date)
    map_spot: Mapped[str] = mapped_column(sa.String(40), default="")  # id in the product map's drawing
    position: Mapped[int] = mapped_column(default=0)
    posts: Mapped[int] = mapped_column(default=0)  # public open ones
    unanswered: Mapped[int] = mapped_column(default=0)  # of those, without an official answer
    reply_minutes: Mapped[int | None]  # median until the first official answer, of the last 50 answered posts
    version: Mapped[int] = mapped_column(default=1)

    __table_args__ = (sa.UniqueConstraint("product_id", "slug"),)
