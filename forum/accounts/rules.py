"""Who may do what, as far as it depends on the person alone."""

from forum.core.errors import NotAllowed
from forum.core.languages import _, datetime_words, lazy, mark
from forum.core.people import Reader, Role, says

_ROLE_WORDS = {
    Role.EMPLOYEE: mark("Employee"),
    Role.MODERATOR: mark("Moderator"),
    Role.MANAGER: mark("Product manager"),
    Role.ADMIN: mark("Admin"),
}


def role_word(role: Role) -> str:
    """What a role is called, in the language of the moment."""
    return _(_ROLE_WORDS[role])


@says(lazy("This is for people with an account. Sign in or register first."))
def is_signed_in(reader: Reader) -> bool:
    """Any person with an account."""
    return reader.id is not None


@says(lazy("This is for the company's team. If you belong to it, ask an admin for a role."))
def is_team(reader: Reader) -> bool:
    """Employees, moderators, product managers and admins."""
    return bool(reader.roles)


@says(lazy("This is for moderators. If you need it, ask an admin for the role."))
def may_moderate(reader: Reader) -> bool:
    """Moderators and admins keep threads good."""
    return not reader.roles.isdisjoint((Role.MODERATOR, Role.ADMIN))


@says(lazy("This is for product managers. If you need it, ask an admin for the role."))
def may_plan(reader: Reader) -> bool:
    """Product managers and admins review themes and plan the backlog."""
    return not reader.roles.isdisjoint((Role.MANAGER, Role.ADMIN))


@says(lazy("This is for admins. If you need it, ask one of them."))
def may_administer(reader: Reader) -> bool:
    """Admins run the site."""
    return Role.ADMIN in reader.roles


def may_speak_officially(reader: Reader) -> bool:
    """The team may choose, comment by comment, to speak for the company."""
    return is_team(reader)


def check_may_write(reader: Reader) -> None:
    """Raise `NotAllowed` with the day and the reason while `reader` is suspended: they read, and add nothing."""
    if reader.suspended_until is not None:
        until = datetime_words(reader.suspended_until)
        words = _("Until {when} you can read, and not post, comment or vote.", when=until)
        raise NotAllowed(f"{words} {reader.suspension}".strip())


# Who acts when a command does: nobody in particular, with every right.
THE_SITE = Reader(roles=frozenset(Role))
