"""What later stages hear of people."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PersonVerified:
    """A person proved their address: from now on their votes count."""

    user_id: int
