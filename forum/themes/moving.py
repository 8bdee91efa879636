"""Which posts the open lines of a diff would move, as things stand now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.posts.models import Post
from forum.posts.status import Moderation, Visibility
from forum.themes.models import RunLine, RunMember, ThemeMember
from forum.themes.services import target_of
from forum.themes.status import LineDecision, LineKind, Placing

SHOWN = 10  # posts of each line that come, and as many that go


@dataclass(frozen=True, slots=True)
class Mover:
    """A post that would change its theme."""

    post_id: int
    title: str
    language: str


@dataclass(slots=True)
class Movers:
    """The posts that would come into the themes of a line, or go: the likest ones, and how many there are in all."""

    posts: list[Mover] = field(default_factory=list)
    count: int = 0

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.count - len(self.posts)


@dataclass(slots=True)
class Moving:
    """What a line would move."""

    come: Movers = field(default_factory=Movers)
    go: Movers = field(default_factory=Movers)


def read_moving(session: Session, run_id: int, lines: Sequence[RunLine]) -> dict[int, Moving]:
    """What each open line would move, by line, in one query; what people decided stays and is left out."""
    mine = [line for line in lines if line.decision is LineDecision.OPEN]
    found = {line.id: Moving() for line in mine}
    for row in session.execute(_movers(run_id, mine)) if mine else ():
        movers = found[row.line_id].come if row.comes else found[row.line_id].go
        movers.posts.append(Mover(row.post_id, row.title, row.language))
        movers.count = row.total
    return found


def _movers(run_id: int, lines: Sequence[RunLine]) -> sa.Select[*tuple[Any, ...]]:
    """The first posts that come into the lines' themes and the first that go, with how many there are of each."""
    moved = _moved(run_id, lines).cte("moved")
    # Within a line posts come into the heir of a merger, and go from the theme that is split.
    is_within = moved.c.into.is_not_distinct_from(moved.c.out_of)
    is_split = moved.c.into.in_([line.id for line in lines if line.kind is LineKind.SPLIT])
    comes = moved.c.into.is_not(None) & ~(is_within & is_split)
    goes = moved.c.out_of.is_not(None) & (~is_within | is_split)
    both = sa.union_all(
        sa.select(moved.c.into.label("line_id"), sa.true().label("comes"), moved).where(comes),
        sa.select(moved.c.out_of, sa.false(), moved).where(goes),
    ).subquery()
    side = [both.c.line_id, both.c.comes]
    order = [both.c.similarity.desc(), both.c.post_id]
    ranked = sa.select(
        both.c.line_id,
        both.c.comes,
        both.c.post_id,
        both.c.title,
        both.c.language,
        sa.func.count().over(partition_by=side).label("total"),
        sa.func.row_number().over(partition_by=side, order_by=order).label("place"),
    ).subquery()
    return sa.select(ranked).where(ranked.c.place <= SHOWN).order_by(ranked.c.line_id, ranked.c.place)


def _moved(run_id: int, lines: Sequence[RunLine]) -> sa.Select[*tuple[Any, ...]]:
    """The posts whose theme would change, with the lines that they would come into and out of."""
    into = _mapped({ref: line.id for line in lines for ref in line.refs}, RunMember.ref)
    target = _mapped({ref: target_of(line, ref) or ref for line in lines for ref in line.refs}, RunMember.ref)
    out_of = _mapped({theme: line.id for line in lines for theme in line.theme_ids}, ThemeMember.theme_id)
    return (
        sa.select(
            into.label("into"),
            out_of.label("out_of"),
            RunMember.post_id,
            RunMember.similarity,
            Post.title,
            Post.language,
        )
        .join(Post, Post.id == RunMember.post_id)
        .outerjoin(ThemeMember, ThemeMember.post_id == RunMember.post_id)
        .where(
            RunMember.run_id == run_id,
            target.is_distinct_from(ThemeMember.theme_id),
            sa.or_(ThemeMember.placing.is_(None), ThemeMember.placing != Placing.PERSON),
            Post.visibility == Visibility.PUBLIC,
            Post.moderation.in_((Moderation.OPEN, Moderation.MERGED)),
        )
    )


def _mapped(places: Mapping[int, int], column: Any) -> sa.ColumnElement[int | None]:
    """What a group, or a standing theme, belongs to; NULL for the others."""
    return sa.case(dict(places), value=column) if places else sa.cast(sa.null(), sa.Integer)
