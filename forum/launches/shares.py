"""Who made a launch happen, in transparent shares. Pure arithmetic.

A launch has 100 per cent of credit, in three pots:

- *said it first*: 20 per cent to the one person who was the first to write of it in public;
- *authors*: 50 per cent, in equal parts to everybody who wrote of it in public, whoever said it first among them;
- *voters*: 30 per cent, in equal parts to everybody who voted for one of those posts and wrote none.

A pot without anybody goes to the others in proportion to theirs. So whoever wrote is not thinned out by a thousand
votes, and nobody gains by writing twice. Whoever does not agree to be named keeps their share, without their name.
"""

from dataclasses import dataclass

from forum.backlog.status import Behind

FIRST, AUTHORS, VOTERS = 20, 50, 30  # per cent


@dataclass(frozen=True, slots=True)
class Shares:
    """How many people are behind a launch by their public words, and what each of them has of it."""

    authors: int
    voters: int

    @property
    def _of_all(self) -> float:
        """What one per cent of the pots that somebody is in stands for."""
        there = (FIRST + AUTHORS) * bool(self.authors) + VOTERS * bool(self.voters)
        return 100 / there if there else 0.0

    @property
    def author(self) -> float:
        """The share of one author, in per cent."""
        return AUTHORS * self._of_all / self.authors if self.authors else 0.0

    @property
    def voter(self) -> float:
        """The share of one voter, in per cent.

        >>> Shares(authors=0, voters=8).voter
        12.5
        """
        return VOTERS * self._of_all / self.voters if self.voters else 0.0

    @property
    def first(self) -> float:
        """What whoever said it first has beside their share as an author, in per cent."""
        return FIRST * self._of_all if self.authors else 0.0

    def of(self, behind: Behind, *, is_first: bool = False) -> float:
        """The share of one person, in per cent.

        >>> shares = Shares(authors=5, voters=30)
        >>> shares.of(Behind.AUTHOR, is_first=True), shares.of(Behind.AUTHOR), shares.of(Behind.VOTER)
        (30.0, 10.0, 1.0)
        """
        own = self.author if behind is Behind.AUTHOR else self.voter
        return own + (self.first if is_first else 0.0)
