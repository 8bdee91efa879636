"""E-mail addresses: one per account, kept as typed, compared folded."""

import re

from forum.core.errors import Invalid
from forum.core.languages import _

MAX_ADDRESS = 254
# ASCII before the @, as every mail server takes it; no quoting, so that one string is one address.
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}")
_HOST = re.compile(r"(?=.{1,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


def clean_address(typed: str) -> str:
    """The address as mail servers take it: trimmed, its domain in ASCII. Raises `Invalid` for what is none."""
    local, at, host = typed.strip().rpartition("@")
    host = _ascii(host)
    whole = f"{local}@{host}"
    fits = at and len(whole) <= MAX_ADDRESS and _LOCAL.fullmatch(local) and _HOST.fullmatch(host)
    dotted = "." in host or host == "localhost"
    if not fits or not dotted or ".." in local or local[0] == "." or local[-1] == ".":
        raise Invalid(fields={"email": _("Write one whole e-mail address, such as kari@example.com.")})
    return whole


def address_key(address: str) -> str:
    """What `address` is compared by; servers that tell Kari from kari apart are long gone."""
    local, _at, host = address.strip().rpartition("@")
    return f"{local}@{_ascii(host)}".casefold()


def _ascii(host: str) -> str:
    """A domain in small letters and ASCII, or nothing when it cannot be one."""
    if host.isascii():
        return host.lower()
    try:
        return host.lower().encode("idna").decode()
    except UnicodeError:
        return ""
