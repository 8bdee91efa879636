"""What people send about themselves and, as admins, about others."""

from typing import Literal

from pydantic import Field

from forum.core.people import Role
from forum.core.schemas import Action, Password


class OnTheWay(Action):
    """Where somebody wanted to go, and what they wanted to do, before they were asked who they are."""

    next: str = ""  # local address; anything else is ignored
    then: str = ""  # signed word of web.pending


class SigningIn(OnTheWay):
    """Signing in."""

    email: str = Field(min_length=1, max_length=254)
    password: Password = Field(min_length=1, max_length=1000)


class Registration(OnTheWay):
    """A new account."""

    display_name: str = Field(min_length=1, max_length=200)
    email: str = Field(min_length=1, max_length=254)
    password: Password = Field(min_length=1, max_length=1000)


class CodeRequest(OnTheWay):
    """Asking for a code by mail, to sign in or register with."""

    email: str = Field(min_length=1, max_length=254)


class CodeEntered(OnTheWay):
    """The code from the mail; `ticket` says which mail."""

    ticket: str = Field(min_length=1, max_length=1000)
    code: str = Field(min_length=1, max_length=40)


class SecondStep(OnTheWay):
    """The code of an authenticator app, after the password; `ticket` says whose."""

    ticket: str = Field(min_length=1, max_length=1000)
    code: str = Field(min_length=1, max_length=40)


class FactorProof(Action):
    """The password once more, before a second factor is set up; who has none sends nothing."""

    password: Password = Field("", max_length=1000)


class FactorCode(Action):
    """A code of the reader's authenticator app, or a recovery code."""

    code: str = Field(min_length=1, max_length=40)


class Introduction(OnTheWay):
    """What somebody new is called, whose address was proved by a code."""

    proof: str = Field(min_length=1, max_length=1000)
    display_name: str = Field(min_length=1, max_length=200)


class Verification(Action):
    """Proving an address: the password too, unless this browser is signed in to the account already."""

    next: str = ""
    password: Password = Field("", max_length=1000)


class ResetRequest(Action):
    """Asking for a link to choose a new password."""

    email: str = Field(min_length=1, max_length=254)


class NewPassword(Action):
    """Choosing a password by a link from a mail."""

    password: Password = Field(min_length=1, max_length=1000)


class PasswordChange(Action):
    """Choosing another password while signed in."""

    old: Password = Field(min_length=1, max_length=1000)
    new: Password = Field(min_length=1, max_length=1000)


class Profile(Action):
    """What people say about themselves."""

    display_name: str = Field(min_length=1, max_length=200)
    language: Literal["", "en", "nb", "da"] = ""  # empty: as the browser says
    scheme: Literal["", "light", "dark"] = ""  # empty: as the system says
    credit: bool = False
    contact: bool = False


class Proof(Action):
    """The reader's password once more, before something that matters."""

    password: Password = Field(min_length=1, max_length=1000)


class Erasure(Proof):
    """Somebody erases an account: what becomes of its words, and the word that says it is meant."""

    words: Literal["stay", "go"]
    word: str = Field(min_length=1, max_length=40)
    reason: str = Field("", max_length=300)  # of an admin who does it for somebody


class RoleChange(Action):
    """Which roles a person has, and where they work."""

    roles: set[Role] = Field(default_factory=set)
    department: str = Field("", max_length=60)


class Renaming(Action):
    """An admin gives somebody another display name."""

    display_name: str = Field(min_length=1, max_length=200)
    reason: str = Field(min_length=1, max_length=300)


class StateChange(Action):
    """An admin takes an account out of use, or back into it."""

    reason: str = Field(min_length=1, max_length=300)
