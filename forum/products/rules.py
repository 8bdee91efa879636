"""What an area takes from whom: the table of openness, asked by every way in.

| area      | ideas | complaints | votes              | comments        | promote             |
|-----------|-------|------------|--------------------|-----------------|---------------------|
| co-create | yes   | yes        | yes                | everybody       | yes                 |
| listening | no    | yes        | on complaints only | everybody       | yes                 |
| closed    | no    | yes        | none               | author and team | internal items only |
"""

from typing import Protocol

from forum.accounts.rules import may_administer, may_moderate
from forum.core.languages import lazy
from forum.core.people import Reader, says
from forum.products.status import Kind, Openness


class HasOpenness(Protocol):
    """An area, or a row with its openness."""

    @property
    def openness(self) -> Openness:
        """The openness in force."""


def takes(area: HasOpenness, kind: Kind) -> bool:
    """Whether a post of `kind` may be made in `area`. A complaint always may."""
    return kind is Kind.COMPLAINT or area.openness is Openness.CO_CREATE


def may_vote(area: HasOpenness, kind: Kind) -> bool:
    """Whether posts of `kind` in `area` are put to the vote; in a listening area a vote says *me too*."""
    if area.openness is Openness.LISTENING:
        return kind is Kind.COMPLAINT
    return area.openness is Openness.CO_CREATE


def may_comment(area: HasOpenness, reader: Reader, *, author_id: int | None = None) -> bool:
    """Whether `reader` may comment on a post by `author_id` in `area`; in a closed one only author and team."""
    if reader.id is None:
        return False
    return area.openness is not Openness.CLOSED or reader.is_team or reader.id == author_id


def may_promote_publicly(area: HasOpenness) -> bool:
    """Whether what is promoted from `area` may stand on the public roadmap."""
    return area.openness is not Openness.CLOSED


@says(lazy("Only admins change products and areas. If you need it, ask one of them."))
def may_arrange(reader: Reader) -> bool:
    """Admins say which products and areas there are, what they are called and in which order they stand."""
    return may_administer(reader)


@says(lazy("Only admins decide how open an area is. If you need it, ask one of them."))
def may_set_openness(reader: Reader) -> bool:
    """Admins decide what each area is open to."""
    return may_administer(reader)


@says(lazy("Only moderators and admins write the rules of an area. If you need it, ask an admin for the role."))
def may_write_rules(reader: Reader) -> bool:
    """Moderators and admins say what to mind when posting in an area."""
    return may_moderate(reader)
