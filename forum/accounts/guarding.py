"""The team's names: a row per name of the team, whose unique key nobody else gets past."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.models import GuardedName, User, UserRole
from forum.accounts.names import clean_name, skeleton, skeletons
from forum.accounts.status import AccountState
from forum.core.errors import Invalid
from forum.core.languages import _


def free_name(session: Session, name: str, *, of: int | None = None) -> str:
    """`name` cleaned, when nobody of the team but the person `of` has it or one that looks like it.

    Raises `Invalid` for the field `display_name`.
    """
    name = clean_name(name)
    taken = sa.select(GuardedName.skeleton).where(
        GuardedName.skeleton.in_(skeletons(name)), GuardedName.user_id.is_distinct_from(of)
    )
    if session.scalar(taken.limit(1)) is not None:
        raise Invalid(
            fields={"display_name": _("Somebody on the team has this name or one that looks like it. Choose another.")}
        )
    return name


def rename(session: Session, user: User, name: str) -> None:
    """Give `user` another display name and keep the team's names right. Raises `Invalid` for `display_name`."""
    name = free_name(session, name, of=user.id)
    user.display_name, user.name_skeleton = name, skeleton(name)
    session.flush()
    guard(session, user)


def guard(session: Session, user: User) -> None:
    """Guard the name of `user` while they have a role, and free it when they have none.

    Raises `Invalid` when a customer, or somebody else of the team, has a name that looks like it.
    """
    session.execute(sa.delete(GuardedName).where(GuardedName.user_id == user.id))
    if not session.scalar(sa.select(sa.exists().where(UserRole.user_id == user.id))):
        return
    free_name(session, user.display_name, of=user.id)
    others = sa.select(sa.func.count()).where(
        User.name_skeleton == user.name_skeleton, User.id != user.id, User.state == AccountState.ACTIVE
    )
    if session.scalar(others):
        words = _(
            "Somebody else is already called {name}. Give one of them another display name first, "
            "so that nobody can be taken for the team.",
            name=user.display_name,
        )
        raise Invalid(fields={"display_name": words})
    session.add(GuardedName(skeleton=user.name_skeleton, user_id=user.id))
    session.flush()
