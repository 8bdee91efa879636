"""Limits on everything, and by what people are told apart."""

import pytest
from flask_limiter.util import get_qualified_name

from config import settings
from forum.web import limits


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::2", "2001:db8:1:2::/64"),
    ],
)
def test_a_household_counts_as_one(app, address, counted):
    with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
        assert limits.client_address() == counted


def test_one_address_asks_fifty_times_in_ten_seconds(new_app, monkeypatch):
    monkeypatch.setattr(settings(), "rate_limits", "on")
    client = new_app().test_client()
    try:
        answers = [client.get("/robots.txt").status_code for _n in range(50)]
        refused = client.get("/robots.txt")
    finally:
        limits._limiter.reset()
        limits._limiter.enabled = False

    assert set(answers) == {200}
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 10


@pytest.mark.parametrize(
    ("endpoint", "pace"),
    [
        ("posts.vote", "60 per 1 minute"),
        ("posts.edit_pictures", "30 per 30 minute"),
        ("search.search", "60 per 1 minute"),
        ("accounts.register", "5 per 30 minute"),
        ("accounts.reset", "5 per 1 day"),
        ("accounts.sign_in", "10 per 5 minute"),
        ("accounts.second_step", "10 per 5 minute"),
    ],
)
def test_what_can_be_misused_has_a_pace_of_its_own(app, endpoint, pace):
    view = get_qualified_name(app.view_functions[endpoint])
    known = limits._limiter.limit_manager.decorated_limits(view)

    assert pace in {str(limit.limit) for limit in known}
