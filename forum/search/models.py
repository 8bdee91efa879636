"""What the full-text search looks in."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.database import Model


class SearchEntry(Model):
    """The stemmed words of one listed post; the database's own full-text index stands on both columns.

    `changed_at` tells those who keep an index of their own what is newer than it.
    """

    __tablename__ = "search_entries"
    post_id: Mapped[int] = mapped_column(sa.ForeignKey("posts.id"), primary_key=True)
    title: Mapped[str] = mapped_column(sa.Text)
    words: Mapped[str] = mapped_column(sa.Text)  # of the body
    changed_at: Mapped[datetime] = mapped_column(index=True)
