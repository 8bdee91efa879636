"""Where words from elsewhere came from."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.database import Json, Model

MAX_NAME = 120  # characters of a source's name


class Source(Model):
    """A channel we listen to: an imported file is one, by its name."""

    __tablename__ = "sources"
    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(sa.ForeignKey("products.id"))
    kind: Mapped[str] = mapped_column(sa.String(20))  # "import"; later mail, feed, api
    name: Mapped[str] = mapped_column(sa.String(MAX_NAME))
    created_at: Mapped[datetime]
    last_heard_at: Mapped[datetime | None]

    __table_args__ = (sa.UniqueConstraint("product_id", "kind", "name"),)


class Import(Model):
    """One reading of a file: how its columns were understood and what came of it."""

    __tablename__ = "imports"
    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(sa.ForeignKey("sources.id"), index=True)
    job_id: Mapped[int | None] = mapped_column(sa.ForeignKey("jobs.id"))
    area_id: Mapped[int | None] = mapped_column(sa.ForeignKey("areas.id"))
    started_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    file_name: Mapped[str] = mapped_column(sa.String(200))
    file_path: Mapped[str] = mapped_column(sa.String(300), default="")  # below data_dir, for uploads
    columns: Mapped[Json] = mapped_column(default=dict)  # field → column of the file
    options: Mapped[Json] = mapped_column(default=dict)
    is_trial: Mapped[bool] = mapped_column(default=False)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    imported: Mapped[int] = mapped_column(default=0)
    already_here: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    report: Mapped[Json] = mapped_column(default=dict)  # unknown columns, first bad rows, file of all of them


class ImportedRow(Model):
    """That a row of a source is here already, and as which post; the key decides."""

    __tablename__ = "imported_rows"
    source_id: Mapped[int] = mapped_column(sa.ForeignKey("sources.id"), primary_key=True)
    identity: Mapped[str] = mapped_column(sa.String(80), primary_key=True)  # the file's id, or a hash and ordinal
    post_id: Mapped[int] = mapped_column(sa.ForeignKey("posts.id"), index=True)
    import_id: Mapped[int] = mapped_column(sa.ForeignKey("imports.id"), index=True)

    __table_args__ = ({"sqlite_with_rowid": False},)
