"""Who may bring in words from elsewhere."""

from forum.accounts.rules import may_administer
from forum.core.people import Reader


def may_import(reader: Reader) -> bool:
    """Admins: an import brings in what other people wrote."""
    return may_administer(reader)


may_import.refusal = may_administer.refusal  # type: ignore[attr-defined]
