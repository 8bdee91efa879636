"""What pages cost: the same number of queries whatever the number of rows."""

import pytest

from forum.themes.accepting import accept_all


@pytest.fixture
def cost(visitor, queries):
    """How many queries an address takes, once what is kept for everybody is there."""

    def count(address):
        visitor.open(address)
        queries.clear()
        visitor.client.get(address)
        return len(queries)

    return count


@pytest.mark.parametrize("themes", [1, 3])
def test_public_pages(visitor, make, cost, queries, themes):
    for n in range(themes):
        make.theme(f"Theme {n}", [make.post() for _ in range(2 * themes)], odd_one_id=1)

    assert cost("/themes") <= 4, "\n".join(queries)
    assert cost("/themes/1") <= 4, "\n".join(queries)
    visitor.sign_in(make.person())
    assert cost("/themes") <= 7
    assert cost("/themes/1") <= 7


@pytest.mark.parametrize("count", [1, 3])
def test_the_desks_pages(visitor, make, session, propose, cost, queries, count):
    posts = [[make.post() for _ in range(4)] for _ in range(2 * count)]
    themes = [make.theme(f"Theme {n}", some) for n, some in enumerate(posts[:count])]
    run = propose({theme.id: [*some, make.post()] for theme, some in zip(themes, posts, strict=False)})
    visitor.sign_in(make.manager())

    found = {
        address: cost(address)
        for address in (
            "/themes/review",
            "/themes/review/unsorted",
            f"/themes/runs/{run.id}",
            "/themes/versions",
            "/themes/steering",
            "/themes/1/merge",
        )
    }

    assert max(found.values()) <= 9, found
    assert cost("/themes/1") <= 8, "\n".join(queries)


def test_accepting_many_lines_takes_few_statements(make, propose, queries, session, manager):
    def cost(count):
        run = propose({-n - 1: [make.post() for _ in range(3)] for n in range(count)})
        queries.clear()
        accept_all(session, run, by=manager)
        return len(queries)

    cost(1)
    few, many = cost(2), cost(6)

    assert (many - few) / 4 <= 8, "\n".join(queries)  # a line made one theme and ended another
