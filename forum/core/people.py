"""Whoever reads or acts: roles, and the small frozen value that rules, queries and services ask."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any


class Role(Enum):
    """What a person of the company may do, site-wide. A customer has no role; a person may have several."""

    EMPLOYEE = "employee"
    MODERATOR = "moderator"
    MANAGER = "manager"  # product manager
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Reader:
    """A signed-in person, or with `id` None anybody."""

    id: int | None = None
    display_name: str = ""
    roles: frozenset[Role] = field(default_factory=frozenset)
    language: str = ""
    scheme: str = ""
    is_verified: bool = False
    department: str = ""
    organisation_id: int | None = None
    is_trusted: bool = False  # has an approved post or comment: new ones need not wait
    new_receipts: int = 0  # of launches, not looked at yet
    new_notices: int = 0  # not looked at yet
    sign_in_id: int | None = None
    lacks_second_factor: bool = False  # of the team, on a site that asks for one: until then their roles rest
    suspended_until: datetime | None = None  # only while it lasts
    suspension: str = ""  # why

    @property
    def is_authenticated(self) -> bool:
        """Whether somebody is signed in."""
        return self.id is not None

    @property
    def is_active(self) -> bool:
        """For Flask-Login; disabled people have no reader at all."""
        return self.id is not None

    @property
    def is_anonymous(self) -> bool:
        """For Flask-Login."""
        return self.id is None

    def get_id(self) -> str:
        """For Flask-Login."""
        return str(self.id)

    @property
    def is_team(self) -> bool:
        """Whether this person belongs to the company."""
        return bool(self.roles)


ANYBODY = Reader()

Rule = Callable[[Reader], bool]


def says(refusal: Any) -> Callable[[Rule], Rule]:
    """Give a rule the sentence that tells a refused reader who may, and what to do."""

    def attach(rule: Rule) -> Rule:
        rule.refusal = refusal  # type: ignore[attr-defined]
        return rule

    return attach


def anybody(reader: Reader) -> bool:
    """Whoever comes along."""
    return True
