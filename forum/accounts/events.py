"""What later stages hear of people."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PersonVerified:
    """A person proved their address: from now on their votes count."""

    user_id: int


@dataclass(frozen=True)
class PersonErased:
    """A person leaves for good: every stage forgets what is theirs, in this transaction.

    What they wrote where others can read it stays without a name if they chose so, else its words go, too.
    """

    user_id: int
    keeps_words: bool
