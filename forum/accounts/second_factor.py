"""A code from an authenticator app beside the password: time-based one-time passwords (RFC 6238), each taken once.

Ten recovery codes stand in for a lost phone. An admin can take the second factor from somebody, who is told by mail.
"""

import hmac
import secrets

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config import settings
from forum.accounts import queries, rules, sessions
from forum.accounts.letters import send_letter
from forum.accounts.models import SecondFactor, User
from forum.core import audit
from forum.core.clock import utcnow
from forum.core.errors import Conflict, Invalid, require
from forum.core.languages import _
from forum.core.people import Reader

STEP = 30  # seconds that a code counts
DRIFT = 1  # steps that a phone's clock may be early or late
RECOVERY = 10  # codes
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none of those that look alike
_LENGTH = 10  # letters of a recovery code: 49 bits


def factor_of(session: Session, user_id: int) -> SecondFactor | None:
    """The second factor of a person, whether it is in use or about to be."""
    return session.get(SecondFactor, user_id)


def holds(session: Session, user_id: int) -> bool:
    """Whether a person signs in with a second factor."""
    factor = factor_of(session, user_id)
    return factor is not None and factor.confirmed_at is not None


def begin(session: Session, *, by: Reader) -> SecondFactor:
    """Make a new secret for the reader's app; it counts once a code from there was typed in.

    Raises `Conflict` for somebody who has a second factor.
    """
    import pyotp

    require(rules.is_signed_in(by), _("Sign in first."))
    factor = factor_of(session, by.id or 0)
    if factor is not None and factor.confirmed_at is not None:
        raise Conflict(_("You sign in with a second factor already."))
    if factor is None:
        factor = SecondFactor(user_id=by.id, recovery=[], last_step=0)
        session.add(factor)
    factor.secret, factor.created_at = pyotp.random_base32(), utcnow()
    session.flush()
    return factor


def address_of(factor: SecondFactor, person: User) -> str:
    """What an authenticator app reads from the picture: the secret, and whose it is."""
    import pyotp

    name = person.email or person.display_name
    return str(pyotp.TOTP(factor.secret).provisioning_uri(name=name, issuer_name=settings().site_name))


def confirm(session: Session, code: str, *, by: Reader) -> list[str]:
    """Put the second factor to use by its first code, and return the recovery codes, which are told this once.

    All other sign-ins of the reader end; a mail says so. Raises `Invalid` for a wrong code.
    """
    factor = factor_of(session, by.id or 0)
    if factor is None or factor.confirmed_at is not None:
        raise Conflict(_("Begin again: there is nothing to confirm."))
    if not _take_step(session, factor, code):
        raise Invalid(fields={"code": _("This is not the code that the app shows now. Check the clock of your phone.")})
    factor.confirmed_at = utcnow()
    sessions.end_sign_ins(session, factor.user_id, but=by.sign_in_id)
    _tell(session, session.get_one(User, factor.user_id), "on", by=by)
    return renew_recovery(session, factor)


def renew_recovery(session: Session, factor: SecondFactor) -> list[str]:
    """New recovery codes; those from before work no more. Only their marks are kept."""
    codes = ["".join(secrets.choice(_LETTERS) for _n in range(_LENGTH)) for _code in range(RECOVERY)]
    factor.recovery = [_mark(factor.user_id, code) for code in codes]
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def try_code(session: Session, user_id: int, code: str) -> bool:
    """Whether `code` is the one that the person's app shows now, or a recovery code; it is used up by that.

    Commit whatever the answer is.
    """
    factor = session.scalars(
        sa.select(SecondFactor).where(SecondFactor.user_id == user_id).with_for_update()
    ).one_or_none()
    if factor is None or factor.confirmed_at is None:
        return False
    return _take_step(session, factor, code) or _take_recovery(factor, code)


def _take_step(session: Session, factor: SecondFactor, code: str) -> bool:
    """Use up a code of the app: the same one, and any from before it, is refused from then on."""
    import pyotp

    digits, now = "".join(sign for sign in code if sign.isdecimal()), int(utcnow().timestamp()) // STEP
    app = pyotp.TOTP(factor.secret)
    is_to_come = SecondFactor.last_step > now + DRIFT  # it was taken before the clock was set back
    for step in range(now - DRIFT, now + DRIFT + 1):
        if hmac.compare_digest(app.generate_otp(step), digits.encode("ascii", "replace").decode()):
            taken = session.execute(
                sa.update(SecondFactor)
                .where(SecondFactor.user_id == factor.user_id, (SecondFactor.last_step < step) | is_to_come)
                .values(last_step=step)
            )
            return bool(taken.rowcount)  # type: ignore[attr-defined]
    return False


def _take_recovery(factor: SecondFactor, code: str) -> bool:
    mark = _mark(factor.user_id, "".join(sign for sign in code.lower() if sign.isalnum()))
    if mark not in factor.recovery:
        return False
    factor.recovery = [other for other in factor.recovery if other != mark]
    return True


def _mark(user_id: int, code: str) -> str:
    """How a recovery code is stored: keyed, as its letters could be guessed from a plain hash."""
    return hmac.new(settings().secret.encode(), f"recovery {user_id} {code}".encode(), "sha256").hexdigest()


def turn_off(session: Session, person: User, *, by: Reader, reason: str = "") -> None:
    """Let `person` sign in without a second factor; they are told by mail. Others than admins do it for themselves."""
    require(by.id == person.id or rules.may_administer(by), _("Only admins take a second factor from others."))
    factor = factor_of(session, person.id)
    if factor is None:
        raise Conflict(_("{name} has no second factor.", name=person.display_name))
    session.delete(factor)
    _tell(session, person, "off" if by.id == person.id else "taken", by=by, reason=reason)


def _tell(session: Session, person: User, what: str, *, by: Reader, reason: str = "") -> None:
    action = "account.second_factor_on" if what == "on" else "account.second_factor_off"
    audit.record(session, action, by=by.id, subject="user", subject_id=person.id, about=person.id, reason=reason)
    send_letter(session, person, "second_factor", what=what, reason=reason)


def is_missing(session: Session, user_id: int) -> bool:
    """Whether a person of the team still has to set up a second factor, because the site asks for one."""
    if settings().team_second_factor != "required":
        return False
    return bool(queries.roles_of(session, user_id)) and not holds(session, user_id)
