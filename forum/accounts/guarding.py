"""The team's names: a row per name of the team, whose unique key nobody else gets past."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.models import GuardedName, User, UserRole
from forum.accounts.names import clean_name, passes_for, skeleton, skeletons, word_skeletons
from forum.accounts.status import AccountState
from forum.core.errors import Invalid
from forum.core.languages import _


def team_names(session: Session, *, but: int | None = None) -> Sequence[str]:
    """What the people of the team are called, the person `but` left out."""
    query = sa.select(User.display_name).join(GuardedName, GuardedName.user_id == User.id)
    return session.scalars(query.where(User.id.is_distinct_from(but))).all()


def free_name(session: Session, name: str, *, of: int | None = None, is_team: bool = False) -> str:
    """`name` cleaned, when nobody takes it for that of somebody of the team other than the person `of`.

    Colleagues (`is_team`) may have words in common, as long as no two look the same. Raises `Invalid` for the
    field `display_name`.
    """
    name = clean_name(name)
    taken = sa.select(GuardedName.skeleton).where(
        GuardedName.skeleton.in_(skeletons(name)), GuardedName.user_id.is_distinct_from(of)
    )
    imitates = not is_team and any(passes_for(name, known) for known in team_names(session, but=of))
    if imitates or session.scalar(taken.limit(1)) is not None:
        raise Invalid(
            fields={"display_name": _("Somebody on the team has this name or one that looks like it. Choose another.")}
        )
    return name


def rename(session: Session, user: User, name: str) -> None:
    """Give `user` another display name and keep the team's names right. Raises `Invalid` for `display_name`."""
    name = free_name(session, name, of=user.id, is_team=_is_team(session, user))
    user.display_name, user.name_skeleton = name, skeleton(name)
    session.flush()
    guard(session, user)


def _is_team(session: Session, user: User) -> bool:
    return bool(session.scalar(sa.select(sa.exists().where(UserRole.user_id == user.id))))


def guard(session: Session, user: User) -> None:
    """Guard the name of `user` while they have a role, and free it when they have none.

    Raises `Invalid` when a customer has a name that passes for it, or somebody else of the team one that looks
    the same: names in use stay, until somebody decides which of the two changes.
    """
    is_team = _is_team(session, user)
    of_user = sa.select(GuardedName.skeleton).where(GuardedName.user_id == user.id)
    if is_team and session.scalars(of_user).all() == [user.name_skeleton]:
        return
    session.execute(sa.delete(GuardedName).where(GuardedName.user_id == user.id))
    if not is_team:
        return
    free_name(session, user.display_name, of=user.id, is_team=True)
    imitator = _find_imitator(session, user)
    if imitator is not None:
        words = _(
            "Somebody else is already called {name}. Give one of them another display name first, "
            "so that nobody can be taken for the team.",
            name=imitator,
        )
        raise Invalid(fields={"display_name": words})
    session.add(GuardedName(skeleton=user.name_skeleton, user_id=user.id))
    session.flush()


def _find_imitator(session: Session, user: User) -> str | None:
    """The name of somebody else with an account who passes for `user`, whose colleagues only do when equal."""
    # Letters run together where words meet, so only the inner ones of the longest word are sure to be found.
    inner = max(word_skeletons(user.display_name), key=len, default="")[1:-1]
    is_colleague = sa.exists().where(UserRole.user_id == User.id)
    query = sa.select(User.display_name, User.name_skeleton, is_colleague.label("is_colleague")).where(
        sa.or_(User.name_skeleton == user.name_skeleton, User.name_skeleton.contains(inner, autoescape=True)),
        *(User.id != user.id, User.state == AccountState.ACTIVE),
    )
    for row in session.execute(query):
        if row.name_skeleton == user.name_skeleton:
            return str(row.display_name)
        if not row.is_colleague and passes_for(row.display_name, user.display_name):
            return str(row.display_name)
    return None
