"""What the answers to *does this solve it?* amount to; pure arithmetic."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Verdicts:
    """How many answered what."""

    yes: int
    partly: int
    no: int

    @property
    def answers(self) -> int:
        """How many people answered."""
        return self.yes + self.partly + self.no

    @property
    def solved(self) -> int | None:
        """The solved rate in per cent: those who said yes, of those who answered. *Partly* is not solved.

        >>> Verdicts(yes=6, partly=2, no=1).solved
        67
        >>> Verdicts(yes=0, partly=0, no=0).solved is None
        True
        """
        return round(100 * self.yes / self.answers) if self.answers else None
