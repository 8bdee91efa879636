"""Cookies follow the address of the site."""

import pytest
from flask import Response

from config import settings
from forum.web.cookies import cookie_name, set_cookie


@pytest.mark.parametrize(
    ("address", "name", "is_secure"),
    [("http://127.0.0.1:8000", "cabin_x", False), ("https://forum.example.com", "__Host-cabin_x", True)],
)
def test_on_https_cookies_are_bound_to_the_host(monkeypatch, address, name, is_secure):
    monkeypatch.setattr(settings(), "site_url", address)
    response = Response()

    set_cookie(response, "cabin_x", "value", days=1)

    cookie = response.headers["Set-Cookie"]
    assert cookie_name("cabin_x") == name
    assert cookie.startswith(f"{name}=value;")
    assert ("Secure" in cookie) is is_secure
    assert all(flag in cookie for flag in ("HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=86400"))
    assert "Domain" not in cookie
