"""Who made a launch happen, in transparent shares. Pure arithmetic.

Everybody behind a launch by words that everybody can read has *parts* of it:

- whoever wrote has three parts, however many posts they wrote;
- whoever voted for one of those posts, and wrote none, has one part;
- whoever was the first to write of it in public has three parts more.

A share is the parts of one person by the parts of all, in per cent. So writing is worth three votes, nobody gains by
writing twice, and a voter never has more than an author. Whoever does not agree to be named keeps their share, without
their name.
"""

from dataclasses import dataclass

from forum.backlog.status import Behind

AUTHOR, VOTER, FIRST = 3, 1, 3  # parts


@dataclass(frozen=True, slots=True)
class Shares:
    """How many people are behind a launch by their public words."""

    authors: int
    voters: int

    @property
    def parts(self) -> int:
        """The parts of all together; somebody was the first, if anybody wrote.

        >>> Shares(authors=2, voters=1).parts
        10
        """
        return AUTHOR * self.authors + VOTER * self.voters + (FIRST if self.authors else 0)

    def of(self, behind: Behind, *, is_first: bool = False) -> float:
        """The share of one person, in per cent.

        >>> shares = Shares(authors=2, voters=1)
        >>> shares.of(Behind.AUTHOR, is_first=True), shares.of(Behind.AUTHOR), shares.of(Behind.VOTER)
        (60.0, 30.0, 10.0)
        """
        own = AUTHOR if behind is Behind.AUTHOR else VOTER
        return 100 * (own + (FIRST if is_first else 0)) / self.parts if self.parts else 0.0
