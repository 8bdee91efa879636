"""Breadth beside loudness: how many people, weeks and companies are behind a theme, and how many votes."""

from dataclasses import dataclass
from enum import Enum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.posts.models import Post
from forum.themes.counting import voices, weeks_of

MANY_LEFT_OUT = 1 / 3  # of the people; beyond, the theme is louder than it is broad
FEW_WEEKS = 2
ONE_COMPANY = 0.6  # of the people, in one company


class Tells(Enum):
    """What the numbers amount to."""

    NOTHING = "nothing"  # nobody yet
    BURST = "burst"
    SHORT = "short"
    FEW_PLACES = "few places"
    BROAD = "broad"


@dataclass(frozen=True, slots=True)
class Loudness:
    """What breadth is made of, beside the votes."""

    people: int
    weeks: int
    companies: int
    alone: int  # people without a company; each counts as one
    left_out: int  # people of bursts
    votes: int

    @property
    def tells(self) -> Tells:
        """What the numbers amount to, the most telling first."""
        if not self.people:
            return Tells.NOTHING
        if self.left_out > self.people * MANY_LEFT_OUT:
            return Tells.BURST
        if self.weeks <= FEW_WEEKS:
            return Tells.SHORT
        places = self.companies + self.alone
        if self.companies and places < (self.people - self.left_out) * (1 - ONE_COMPANY):
            return Tells.FEW_PLACES
        return Tells.BROAD


def read_loudness(session: Session, theme_id: int, people: int) -> Loudness:
    """What the breadth of a theme with so many people is made of. Three queries."""
    weeks = session.execute(weeks_of(session, [theme_id])).first()
    heard = session.execute(voices(session, [theme_id])).first()
    votes = sa.select(sa.func.coalesce(sa.func.sum(Post.votes), 0)).where(Post.theme_id == theme_id, Post.is_listed)
    counted, alone, companies = heard[1:] if heard else (0, 0, 0)
    return Loudness(
        people=max(people, counted),
        weeks=weeks[1] if weeks else 0,
        companies=companies,
        alone=int(alone),
        left_out=max(people - counted, 0),
        votes=int(session.scalars(votes).one()),
    )
