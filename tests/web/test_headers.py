"""Every answer carries the strict headers."""

import pytest

from config import settings
from forum.web.limits import client_address


def test_answers_carry_a_strict_content_policy_and_no_cookie(visitor):
    response = visitor.open("/preferences").response

    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("path", "status", "request_of"),
    [
        ("/static/1/css/site.css", 200, {}),
        ("/favicon.ico", 200, {}),
        ("/nowhere", 404, {}),
        ("/healthz", 405, {"method": "POST"}),
        ("/healthz", 400, {"headers": {"Host": "evil.example"}}),
        ("/sign-in", 413, {"method": "POST", "data": {"email": "x" * 3_000_000}}),
    ],
)
def test_files_and_errors_carry_them_too_and_open_the_site_to_no_other(visitor, path, status, request_of):
    given = request_of | {"headers": {"Origin": "https://evil.example"} | request_of.get("headers", {})}
    response = visitor.client.open(path, **given)

    assert response.status_code == status
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert [name for name, _value in response.headers if name.startswith("Access-Control-") or name == "Server"] == []


def test_an_unknown_host_is_refused(visitor):
    visitor.open("/healthz", status=400, headers={"Host": "evil.example"})


FORWARDED = {"X-Forwarded-For": "192.0.2.7", "X-Forwarded-Host": "evil.example", "Forwarded": "for=192.0.2.8"}


def test_nobody_says_where_they_come_from_unless_a_proxy_is_trusted(app):
    with app.test_client() as client:
        page = client.get("/sign-in", headers=FORWARDED)

        assert client_address() == "127.0.0.1"
        assert page.status_code == 200
        assert "evil.example" not in page.get_data(as_text=True)


def test_on_https_and_behind_a_trusted_proxy(new_app, monkeypatch):
    monkeypatch.setattr(settings(), "site_url", "https://forum.example.com")
    monkeypatch.setattr(settings(), "trusted_proxies", 1)
    with new_app().test_client() as client:
        answer = client.get("/sign-in", headers=FORWARDED | {"Host": "forum.example.com"})

        assert client_address() == "192.0.2.7"
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
        assert answer.headers["Set-Cookie"].startswith("__Host-")
        assert "evil.example" not in answer.get_data(as_text=True)
