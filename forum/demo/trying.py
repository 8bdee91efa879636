"""Trying the site out: demo content and one account for each role, with passwords made at random."""


def prepare() -> None:
    """Plant the demo content on the first start; later starts find it there and do nothing."""


def sign_in_lines() -> list[str]:
    """How to sign in as each demo role, line by line; read from the file that only its owner can read."""
    return []
