"""Credit is shared by a formula that adds up and favours nobody."""

import pytest

from forum.backlog.status import Behind
from forum.launches.shares import Shares


@pytest.mark.parametrize(("authors", "voters"), [(1, 0), (0, 1), (1, 1), (27, 6), (3, 4_000)])
def test_shares_add_up_to_a_hundred(authors, voters):
    shares = Shares(authors, voters)
    first = shares.of(Behind.AUTHOR, is_first=True) if authors else 0
    others = max(0, authors - 1) * shares.of(Behind.AUTHOR)

    assert first + others + voters * shares.of(Behind.VOTER) == pytest.approx(100)
    assert shares.of(Behind.AUTHOR) > shares.of(Behind.VOTER)


def test_nobody_has_a_share_of_nothing():
    assert Shares(0, 0).of(Behind.AUTHOR, is_first=True) == 0
