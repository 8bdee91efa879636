"""Every view declares who may call it; a test finds those that do not."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import g, redirect, request, url_for
from flask_login import current_user

from forum.core.errors import NotAllowed, SignInNeeded
from forum.core.languages import _
from forum.core.people import Reader, Rule, anybody

View = TypeVar("View", bound=Callable[..., Any])


def me() -> Reader:
    """Whoever makes this request."""
    known = g.get("_login_user")  # where Flask-Login keeps who it found; pages ask a dozen times
    return cast(Reader, current_user._get_current_object() if known is None else known)


def allowed(rule: Rule) -> Callable[[View], View]:
    """Let only readers pass for whom `rule` holds; others are asked to sign in, or told whom to ask."""

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if rule is not anybody and not rule(me()):
                return refuse(rule)
            return view(*args, **kwargs)

        guarded.rule = rule  # type: ignore[attr-defined]
        return cast(View, guarded)

    return declare


def refuse(rule: Rule) -> Any:
    """Send somebody who is not signed in to the sign-in page and back; raise for everybody else."""
    if me().is_authenticated:
        raise NotAllowed(str(getattr(rule, "refusal", "")))
    if request.method != "GET":
        raise SignInNeeded(_("Sign in, then try again; what you typed is still on the page before this one."))
    return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")))
