"""What somebody wanted to do before signing in: carried through sign-in, done by it in the same transaction.

A stage registers an action; its sign-in link carries the signed name and values. Nothing is stored and
no cookie is set until the person has signed in.
"""

from collections.abc import Callable
from typing import Any

from flask import current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy.orm import Session

from forum.core.people import Reader

HOURS = 48
Doer = Callable[..., str]  # (session, reader, **values) → the local address to go to
Teller = Callable[..., str]  # (session, registering, **values) → a sentence, or nothing
_doers: dict[str, Doer] = {}
_tellers: dict[str, Teller] = {}


def pending(name: str) -> Callable[[Doer], Doer]:
    """Register the decorated function as what is done after sign-in for `name`."""

    def register(function: Doer) -> Doer:
        _doers[name] = function
        return function

    return register


def told_as(name: str) -> Callable[[Teller], Teller]:
    """Register the decorated function as what sign-in, or registering, says of `name` before it is done."""

    def register(function: Teller) -> Teller:
        _tellers[name] = function
        return function

    return register


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="pending")


def write_pending(name: str, **values: Any) -> str:
    """The action as a signed word for the sign-in address."""
    return str(_signer().dumps([name, values]))


def do_pending(session: Session, reader: Reader, word: str) -> str:
    """Do what a signed word says, for `reader`; the address to go to, or nothing if the word is no good."""
    name, values = _read(word)
    doer = _doers.get(name)
    return doer(session, reader, **values) if doer else ""


def tell_pending(session: Session, word: str, *, registering: bool = False) -> str:
    """What waits behind a signed word, in a sentence; nothing where there is nothing to be shown."""
    name, values = _read(word)
    teller = _tellers.get(name)
    return teller(session, registering, **values) if teller else ""


def _read(word: str) -> tuple[str, dict[str, Any]]:
    try:
        name, values = _signer().loads(word, max_age=HOURS * 3600)
    except BadSignature:
        return "", {}
    return name, values
