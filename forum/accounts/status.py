"""The life of an account, and what its tokens and consents are for."""

from enum import Enum


class AccountState(Enum):
    """Whether an account can be used."""

    ACTIVE = "active"
    UNCLAIMED = "unclaimed"  # a name from an import that nobody has signed in to
    DISABLED = "disabled"
    ERASED = "erased"


class Purpose(Enum):
    """What a one-time token is for."""

    VERIFY = "verify"
    RESET = "reset"
    INVITE = "invite"
    SETUP = "setup"
    CODE = "code"  # eight digits by mail


class ConsentKind(Enum):
    """What a person may agree to; each can be withdrawn."""

    CREDIT = "credit"  # be named in a launch
    CONTACT = "contact"  # be contacted about it
