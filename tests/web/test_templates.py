"""Addresses in templates are those that Flask makes."""

import pytest
from flask import url_for as flask_url_for

from forum.web.templates import url_for


@pytest.mark.parametrize(
    ("endpoint", "values"),
    [
        ("posts.board", {}),
        ("posts.board", {"area": 12}),
        ("posts.show", {"post_id": 7}),
        ("posts.show", {"post_id": 8, "reply": 9}),
        ("posts.show", {"post_id": 8, "from": "a b&c"}),
        ("search.search", {"q": "{0}"}),
        ("web.static_file", {"version": "x", "path": "css/site.css"}),
    ],
)
def test_addresses_are_those_that_flask_makes(app, endpoint, values):
    with app.test_request_context():
        expected = flask_url_for(endpoint, **values)

        assert [url_for(endpoint, **values), url_for(endpoint, **values)] == [expected, expected]


def test_the_numbers_of_an_address_may_come_in_any_order(app):
    with app.test_request_context():
        assert url_for("posts.show", post_id=1, reply=2) == "/posts/1?reply=2"
        assert url_for("posts.show", reply=3, post_id=4) == "/posts/4?reply=3"
