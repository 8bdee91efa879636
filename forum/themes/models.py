"""Themes, the runs that propose them, and what people told the engine."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.database import Json, Model, Words
from forum.themes.status import (
    LineDecision,
    LineKind,
    Method,
    Placing,
    Rhythm,
    RunState,
    Solidity,
    SteeringKind,
    ThemeState,
)


class ThemeRun(Model):
    """One fit of the engine over a product's posts, and the diff that it proposes."""

    __tablename__ = "theme_runs"
    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(sa.ForeignKey("products.id"), index=True)
    active_key: Mapped[int | None] = mapped_column(unique=True)  # product while fitting: one run at a time
    job_id: Mapped[int | None] = mapped_column(sa.ForeignKey("jobs.id"))
    started_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    state: Mapped[RunState] = mapped_column(default=RunState.FITTING)
    resolution: Mapped[float] = mapped_column(default=1.0)
    method: Mapped[Method] = mapped_column(default=Method.GRAPH)
    posts: Mapped[int] = mapped_column(default=0)
    themes: Mapped[int] = mapped_column(default=0)
    coverage: Mapped[float] = mapped_column(default=0.0)  # share of posts in a theme
    model_file: Mapped[str] = mapped_column(sa.String(200), default="")  # below data_dir/models
    notes: Mapped[Json] = mapped_column(default=dict)  # look-alike pairs, steering that could not be obeyed
    error: Mapped[str] = mapped_column(sa.Text, default="")


class Theme(Model):
    """A lasting group of posts. A refit changes neither its address nor the name a person gave it."""

    __tablename__ = "themes"
    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(sa.ForeignKey("products.id"))
    state: Mapped[ThemeState] = mapped_column(default=ThemeState.ACCEPTED)
    heir_id: Mapped[int | None] = mapped_column(sa.ForeignKey("themes.id"))  # where its address leads when merged
    name: Mapped[Words] = mapped_column(default=dict)  # given by a person; empty: the suggestion is shown
    named_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    suggestion: Mapped[str] = mapped_column(sa.String(80), default="")  # the engine's name, from public posts only
    sentence: Mapped[Words] = mapped_column(default=dict)  # by the team
    terms: Mapped[list[str]] = mapped_column(default=list)  # ten words, strongest first
    exemplar_ids: Mapped[list[int]] = mapped_column(default=list)  # posts, typical first
    odd_one_id: Mapped[int | None]
    languages: Mapped[Json] = mapped_column(default=dict)  # language → posts
    solidity: Mapped[Solidity] = mapped_column(default=Solidity.GUESS)
    posts: Mapped[int] = mapped_column(default=0)  # public open members
    people: Mapped[int] = mapped_column(default=0)  # distinct authors and voters of those
    recent: Mapped[int] = mapped_column(default=0)  # posts of the last four weeks
    before_that: Mapped[int] = mapped_column(default=0)  # posts of the four weeks before
    pain: Mapped[float] = mapped_column(default=0.0)
    breadth: Mapped[float] = mapped_column(default=0.0)
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    changed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    is_demo: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (sa.Index("ix_themes_product", "product_id", "state"),)


class ThemeMember(Model):
    """That a post belongs to a theme: one per post."""

    __tablename__ = "theme_members"
    post_id: Mapped[int] = mapped_column(sa.ForeignKey("posts.id"), primary_key=True)
    theme_id: Mapped[int] = mapped_column(sa.ForeignKey("themes.id"), index=True)
    placing: Mapped[Placing]
    similarity: Mapped[float] = mapped_column(default=0.0)  # to the theme's centre, in [0, 1]
    since: Mapped[datetime]


class FirstAssignment(Model):
    """The theme a post was first put into; effects are counted by it and it never changes."""

    __tablename__ = "first_assignments"
    post_id: Mapped[int] = mapped_column(sa.ForeignKey("posts.id"), primary_key=True)
    theme_id: Mapped[int] = mapped_column(sa.ForeignKey("themes.id"), index=True)
    at: Mapped[datetime]


class RunCluster(Model):
    """A group that a run found."""

    __tablename__ = "run_clusters"
    run_id: Mapped[int] = mapped_column(sa.ForeignKey("theme_runs.id"), primary_key=True)
    ref: Mapped[int] = mapped_column(primary_key=True)  # the standing theme that it continues, or a negative number
    label: Mapped[str] = mapped_column(sa.String(80))
    terms: Mapped[list[str]]
    exemplar_ids: Mapped[list[int]]
    odd_one_id: Mapped[int | None]
    solidity: Mapped[Solidity]
    size: Mapped[int]
    theme_id: Mapped[int | None] = mapped_column(sa.ForeignKey("themes.id"))  # what it became


class RunMember(Model):
    """Where a run put a post; every post that it read has a row."""

    __tablename__ = "run_members"
    run_id: Mapped[int] = mapped_column(sa.ForeignKey("theme_runs.id"), primary_key=True)
    post_id: Mapped[int] = mapped_column(sa.ForeignKey("posts.id"), primary_key=True)
    ref: Mapped[int]  # of the group; 0: unsorted; a dismissed theme's id: caught by it
    similarity: Mapped[float]

    __table_args__ = (sa.Index("ix_run_members_ref", "run_id", "ref"), {"sqlite_with_rowid": False})


class RunLine(Model):
    """One line of a diff: what would happen to which themes, and what a person said to it."""

    __tablename__ = "run_lines"
    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(sa.ForeignKey("theme_runs.id"), index=True)
    position: Mapped[int]
    kind: Mapped[LineKind]
    theme_ids: Mapped[list[int]]  # standing themes concerned
    refs: Mapped[list[int]]  # groups of the run concerned
    shared: Mapped[int] = mapped_column(default=0)  # posts in both
    jaccard: Mapped[float] = mapped_column(default=0.0)
    values: Mapped[Json] = mapped_column(default=dict)  # sizes before and after, for the sentence
    decision: Mapped[LineDecision] = mapped_column(default=LineDecision.OPEN)
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))


class LineKept(Model):
    """What undoing a decision about a line needs, until something builds on it."""

    __tablename__ = "lines_kept"
    line_id: Mapped[int] = mapped_column(sa.ForeignKey("run_lines.id"), primary_key=True, autoincrement=False)
    began_at: Mapped[datetime]  # before anything was changed
    themes: Mapped[Json] = mapped_column(default=dict)  # theme id → name, suggestion, terms, state
    declined: Mapped[list[int]] = mapped_column(default=list)  # posts remembered since it was declined
    hanging: Mapped[Json] = mapped_column(default=dict)  # what later stages had on the themes


class LineSeat(Model):
    """Where a post was before a line of a diff was accepted."""

    __tablename__ = "line_seats"
    line_id: Mapped[int] = mapped_column(sa.ForeignKey("run_lines.id"), primary_key=True)
    post_id: Mapped[int] = mapped_column(sa.ForeignKey("posts.id"), primary_key=True)
    theme_id: Mapped[int | None] = mapped_column(sa.ForeignKey("themes.id"))
    placing: Mapped[Placing | None]
    similarity: Mapped[float | None]
    since: Mapped[datetime | None]

    __table_args__ = ({"sqlite_with_rowid": False},)


class DeclinedLine(Model):
    """A post that a declined line would have moved, so that the next run does not ask again."""

    __tablename__ = "declined_lines"
    product_id: Mapped[int] = mapped_column(sa.ForeignKey("products.id"), primary_key=True)
    post_id: Mapped[int] = mapped_column(sa.ForeignKey("posts.id"), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(sa.String(64), primary_key=True)  # kind and themes; which new one


class Steering(Model):
    """What a person told the engine; it outlives every later run until it is undone."""

    __tablename__ = "steering"
    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(sa.ForeignKey("products.id"), index=True)
    kind: Mapped[SteeringKind]
    theme_id: Mapped[int] = mapped_column(sa.ForeignKey("themes.id"), index=True)
    other_theme_id: Mapped[int | None] = mapped_column(sa.ForeignKey("themes.id"))  # merge: into; split: the new one
    post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("posts.id"), index=True)
    values: Mapped[Json] = mapped_column(default=dict)  # split: the posts that stay and that go
    said_at: Mapped[datetime]
    said_by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))


class ThemeVersion(Model):
    """The accepted state of a product's themes at one moment; it can be restored."""

    __tablename__ = "theme_versions"
    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(sa.ForeignKey("products.id"), index=True)
    run_id: Mapped[int | None] = mapped_column(sa.ForeignKey("theme_runs.id"))
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    summary: Mapped[Json] = mapped_column(default=dict)
    themes: Mapped[Json] = mapped_column(default=dict)  # theme id → name, suggestion, terms, state


class VersionMember(Model):
    """Which theme a post was in, in one version."""

    __tablename__ = "version_members"
    version_id: Mapped[int] = mapped_column(sa.ForeignKey("theme_versions.id"), primary_key=True)
    post_id: Mapped[int] = mapped_column(sa.ForeignKey("posts.id"), primary_key=True)
    theme_id: Mapped[int] = mapped_column(sa.ForeignKey("themes.id"))
    placing: Mapped[Placing]
    similarity: Mapped[float]

    __table_args__ = ({"sqlite_with_rowid": False},)


class EarlyWarning(Model):
    """That more people wrote in a theme than its own weeks explain; one per theme and rise."""

    __tablename__ = "early_warnings"
    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(sa.ForeignKey("products.id"), index=True)
    theme_id: Mapped[int] = mapped_column(sa.ForeignKey("themes.id"), index=True)
    newest_of: Mapped[int | None] = mapped_column(unique=True)  # theme, in its newest warning alone
    raised_at: Mapped[datetime]
    people: Mapped[int]  # who wrote in the seven days up to the last look, each once
    posts: Mapped[int]  # theirs of those days
    most_people: Mapped[int]  # in seven days of this rise
    usual: Mapped[float]  # people in seven days, by the weeks before the rise
    weeks: Mapped[int]  # how many those were, at most 26
    chance: Mapped[float]  # of as many or more in a usual week; the least of the rise
    ended_at: Mapped[datetime | None]  # when it was quiet again; the next rise is a new warning
    seen_at: Mapped[datetime | None]
    seen_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))


class RunSchedule(Model):
    """When runs of a product start by themselves; without a row they never do."""

    __tablename__ = "run_schedules"
    product_id: Mapped[int] = mapped_column(sa.ForeignKey("products.id"), primary_key=True)
    rhythm: Mapped[Rhythm] = mapped_column(default=Rhythm.NEVER)
    posts: Mapped[int] = mapped_column(default=100)  # new ones after which a run starts, in that rhythm
    version: Mapped[int] = mapped_column(default=1)


class Misplaced(Model):
    """That an author says their post is about something else than its theme; a moderator looks at it first."""

    __tablename__ = "misplaced"
    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(sa.ForeignKey("products.id"), index=True)
    post_id: Mapped[int] = mapped_column(sa.ForeignKey("posts.id"), index=True)
    theme_id: Mapped[int] = mapped_column(sa.ForeignKey("themes.id"), index=True)
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("cases.id"), unique=True)
    said_at: Mapped[datetime]
    passed_on_at: Mapped[datetime | None]  # a moderator agreed: it waits for a product manager
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    steering_id: Mapped[int | None] = mapped_column(sa.ForeignKey("steering.id"))  # what came of it
