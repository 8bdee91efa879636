"""What pages show of segments: how many people and companies are in each, and who of some people is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.models import Organisation, User
from forum.core.database import Words
from forum.core.languages import current_language
from forum.segments.conditions import Condition, sentence_of
from forum.segments.members import attributes_of
from forum.segments.models import AttributeFile, Segment, SegmentMember, name_in
from forum.segments.values import COMPANY, PLAN, REVENUE, SINCE

MOST_VALUES = 12  # of one attribute that are offered
_LOOKED_AT = 5_000  # people and companies that attributes are gathered from


@dataclass(frozen=True, slots=True)
class Share:
    """The part of some people that is in a segment, or all of them."""

    people: int
    companies: int
    revenue: float  # of those companies, a year; 0 when none is known


@dataclass(frozen=True, slots=True)
class Known:
    """A segment as lists show it."""

    id: int
    title: str
    names: Words  # in languages in which it is called otherwise
    weight: float
    conditions: list[Condition]
    people: int
    companies: int

    @property
    def name(self) -> str:
        """What it is called, in the reader's language."""
        return name_in(current_language(), self.title, self.names)

    @property
    def sentence(self) -> str:
        """Its conditions in words."""
        return sentence_of(self.conditions)


def read_segments(session: Session) -> list[Known]:
    """Every segment by name, with how many people and companies are in it. One query."""
    rows = session.execute(
        sa.select(
            Segment.id,
            Segment.name,
            Segment.names,
            Segment.weight,
            Segment.conditions,
            sa.func.count(User.id),
            sa.func.count(User.organisation_id.distinct()),
        )
        .outerjoin(SegmentMember, SegmentMember.segment_id == Segment.id)
        .outerjoin(User, User.id == SegmentMember.user_id)
        .group_by(Segment.id)
    )
    found = [Known(*row[:4], [Condition.read(one) for one in row[4]], *row[5:]) for row in rows]
    return sorted(found, key=lambda one: one.name.casefold())


def shares(session: Session, people: sa.Subquery) -> dict[int, dict[int, Share]]:
    """How much of each group of `people`, with the columns group and person, is in each segment. One query.

    By group, then by segment. A company's revenue counts once in each.
    """
    group, person = people.c
    of_company = (
        sa.select(group.label("part"), SegmentMember.segment_id, User.organisation_id, sa.func.count().label("people"))
        .join(SegmentMember, SegmentMember.user_id == person)
        .join(User, User.id == person)
        .group_by(group, SegmentMember.segment_id, User.organisation_id)
        .subquery()
    )
    rows = session.execute(_summed(of_company, of_company.c.part, of_company.c.segment_id))
    found: dict[int, dict[int, Share]] = {}
    for part, segment_id, *numbers in rows:
        found.setdefault(part, {})[segment_id] = _share(*numbers)
    return found


def whole(session: Session, people: sa.Subquery) -> dict[int, Share]:
    """How many there are in each group of `people`, their companies and the revenue of those. One query."""
    group, person = people.c
    of_company = (
        sa.select(group.label("part"), User.organisation_id, sa.func.count().label("people"))
        .join(User, User.id == person)
        .group_by(group, User.organisation_id)
        .subquery()
    )
    return {row[0]: _share(*row[1:]) for row in session.execute(_summed(of_company, of_company.c.part))}


def _summed(of_company: sa.Subquery, *groups: Any) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(
            *groups,
            sa.func.sum(of_company.c.people),
            sa.func.count(of_company.c.organisation_id),
            sa.func.coalesce(sa.func.sum(Organisation.revenue), 0),
        )
        .select_from(of_company)
        .outerjoin(Organisation, Organisation.id == of_company.c.organisation_id)
        .group_by(*groups)
    )


def _share(people: Any, companies: int, revenue: Any) -> Share:
    return Share(int(people), companies, float(revenue))


def extra_weight(session: Session, people: sa.Subquery) -> dict[int, float]:
    """By how much each group of `people` counts for more, or less, than its heads once segments weigh. One query."""
    return {row.part: float(row.extra) for row in session.execute(extras(people))}


def extras(people: sa.Subquery) -> sa.Select[*tuple[Any, ...]]:
    """Each group of `people`, with the columns group and person, and by how much it counts for more than its heads.

    Whoever is in several segments that weigh counts as in the heaviest of them.
    """
    group, person = people.c
    each = (
        sa.select(group.label("part"), sa.func.max(Segment.weight).label("weight"))
        .join(SegmentMember, SegmentMember.user_id == person)
        .join(Segment, sa.and_(Segment.id == SegmentMember.segment_id, Segment.weight != 1))
        .group_by(group, person)
        .subquery()
    )
    return sa.select(each.c.part, sa.func.sum(each.c.weight - 1).label("extra")).group_by(each.c.part)


def heads(people: sa.Subquery, segment_id: int) -> sa.Select[*tuple[Any, ...]]:
    """Each group of `people` that somebody of a segment is in, and how many of it are."""
    group, person = people.c
    is_member = sa.and_(SegmentMember.user_id == person, SegmentMember.segment_id == segment_id)
    query = sa.select(group.label("part"), sa.func.count().label("heads"))
    return query.join(SegmentMember, is_member).group_by(group)


def read_attributes(session: Session) -> dict[str, list[str]]:
    """Each attribute that somebody has, ours first, with some of its values: to choose from."""
    people = sa.select(User.attributes, Organisation.attributes, Organisation.name, Organisation.revenue)
    people = people.outerjoin(Organisation, Organisation.id == User.organisation_id).limit(_LOOKED_AT)
    found: dict[str, set[str]] = {key: set() for key in (PLAN, REVENUE, SINCE, COMPANY)}
    for own, company, name, revenue in session.execute(people):
        for key, value in attributes_of(own, company, name, revenue).items():
            if value is not None and key not in (REVENUE, SINCE):
                found.setdefault(key, set()).add(str(value))
    return {key: sorted(values)[:MOST_VALUES] for key, values in found.items()}


def read_files(session: Session, count: int = 20) -> Sequence[Any]:
    """The last files of attributes, and who brought them."""
    return session.execute(
        sa.select(
            AttributeFile.id,
            AttributeFile.name,
            AttributeFile.about,
            AttributeFile.brought_at,
            AttributeFile.applied_at,
            AttributeFile.report,
            User.display_name.label("by"),
        )
        .outerjoin(User, User.id == AttributeFile.brought_by_id)
        .order_by(AttributeFile.id.desc())
        .limit(count)
    ).all()
