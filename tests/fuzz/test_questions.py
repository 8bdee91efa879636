"""Odd questions: any text in the search, and odd values of whatever an address asks for."""

import time
from collections import defaultdict
from urllib.parse import parse_qsl, quote_from_bytes, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.architecture.visiting import Markup
from tests.fuzz.odd_values import ODD_TEXTS
from tests.fuzz.test_forms import forgetful, planted, world  # noqa: F401  # the small world

HANG = 3.0  # processor seconds
EACH = 8  # odd values of each name at each address
SEARCHES = settings(max_examples=400, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
OPERATORS = [
    "AND",
    "OR",
    "NOT",
    "NEAR(a b, 2)",
    "title:",
    "^",
    "*",
    '"',
    "(",
    ")",
    "-",
    "+",
    ":",
    "{a b}",
    "\\",
    "%",
    "'",
    ";--",
    "\0",
]
questions = st.lists(
    st.one_of(st.sampled_from(OPERATORS), st.text(max_size=15), st.sampled_from(("seat", "sete", "cold"))), max_size=8
).map(" ".join)


@SEARCHES
@given(
    question=questions,
    where=st.sampled_from(("/search?q=", "/?q=", "/posts/similar?title=", "/backlog?q=", "/themes?q=")),
)
def test_any_question_is_answered(question, where, app, session, make):
    client = app.test_client()
    answer = client.get(where + quote_from_bytes(question.encode("utf-8", "surrogatepass")))

    assert answer.status_code < 500


@pytest.fixture
def asked(app, visitor, world):  # noqa: F811
    """Where pages lead, as an admin: each path with the names that are asked of it."""
    from tests.architecture.visiting import addresses

    visitor.sign_in(world.people["admin"])
    names: dict[str, set[str]] = defaultdict(set)
    for _endpoint, path in addresses(app, world):
        answer = visitor.client.get(path)
        if answer.mimetype != "text/html":
            continue
        for link in Markup(answer.text).links:
            parts = urlsplit(link)
            if not (parts.scheme or parts.netloc) and parts.query:
                names[parts.path or path] |= {name for name, _value in parse_qsl(parts.query, keep_blank_values=True)}
    return names


def test_odd_values_in_addresses_break_nothing(asked, app, visitor, record_property):
    odd = [one if isinstance(one, bytes) else one.encode("utf-8", "surrogatepass") for one in ODD_TEXTS]
    turn, faults, seen = 0, {}, defaultdict(int)
    for path, names in asked.items():
        endpoint = app.url_map.bind("127.0.0.1:8000").match(path, "GET")[0]
        for name in sorted(names):
            if seen[endpoint, name] >= EACH:
                continue
            for _n in range(EACH):
                seen[endpoint, name] += 1
                turn += 1
                address = f"{path}?{name}={quote_from_bytes(odd[turn % len(odd)][:4_000])}"
                began = time.process_time()
                try:
                    status = visitor.client.get(address).status_code
                except Exception as error:
                    faults.setdefault(f"{endpoint} {name}: {error!r}"[:200], address[:200])
                    continue
                if status >= 500 or time.process_time() - began > HANG:
                    faults.setdefault(f"{endpoint} {name}: {status}", address[:200])

    record_property("figure", f"{turn} odd addresses at {len({endpoint for endpoint, _name in seen})} pages")
    assert turn > 200
    assert not faults, "\n".join(f"{fault} at {address}" for fault, address in faults.items())
