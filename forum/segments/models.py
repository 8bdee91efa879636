"""Segments, who is in them, and the files that brought in what is known of people and companies."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.database import Json, Model, Words
from forum.core.languages import current_language
from forum.segments.status import About

MAX_NAME = 60  # characters of a segment's name


class Segment(Model):
    """People of whom certain things are known, under a name: for the team alone."""

    __tablename__ = "segments"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(MAX_NAME), unique=True)
    names: Mapped[Words] = mapped_column(default=dict)  # in languages in which it is called otherwise
    conditions: Mapped[list[Json]] = mapped_column(default=list)  # all of them hold
    weight: Mapped[float] = mapped_column(default=1.0)  # as how many people each of them counts; 1: as anybody
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    is_demo: Mapped[bool] = mapped_column(default=False)

    @property
    def called(self) -> str:
        """Its name in the reader's language."""
        return name_in(current_language(), self.name, self.names)


def name_in(language: str, name: str, names: Words) -> str:
    """What a segment is called in a language, if it is called otherwise there."""
    return names.get(language) or name


class SegmentMember(Model):
    """That a person is in a segment; written afresh when either of them changes, so that pages need not look."""

    __tablename__ = "segment_members"
    segment_id: Mapped[int] = mapped_column(sa.ForeignKey("segments.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), primary_key=True, index=True)

    __table_args__ = ({"sqlite_with_rowid": False},)


class AttributeFile(Model):
    """A file of attributes: looked at first, brought in when somebody says so, then deleted."""

    __tablename__ = "attribute_files"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    path: Mapped[str] = mapped_column(sa.String(300), default="")  # below data_dir; empty once it is gone
    about: Mapped[About]
    job_id: Mapped[int | None] = mapped_column(sa.ForeignKey("jobs.id"))
    brought_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    brought_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]
    report: Mapped[Json] = mapped_column(default=dict)  # what it would change; once applied, numbers alone
