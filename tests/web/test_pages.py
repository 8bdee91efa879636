"""Where redirects may lead, and that signed-out pages leave no trace."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forum.web.pages import local_path


@pytest.mark.parametrize(
    "address", ["/", "/posts/12", "/posts?order=new&after=abc", "/posts/12#comment-7", "/a//b", "/me?next=https://x"]
)
def test_a_local_path_is_left_as_it_is(address):
    assert local_path(address) == address


@pytest.mark.parametrize(
    "address",
    [
        *(
            "",
            "posts/12",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "https://evil.example",
        ),
        *("javascript:alert(1)", "/\tevil", "/\n/evil.example", "/a b", "/a\0", " /posts", "/" + "x" * 1000, "/\x7f"),
    ],
)
def test_anything_else_is_ignored_and_never_repaired(address):
    assert local_path(address) == ""


@settings(max_examples=100, deadline=None, database=None)
@given(st.text(max_size=40))
def test_what_passes_stays_on_this_site(address):
    kept = local_path("/" + address)

    assert kept in ("", "/" + address)
    assert not kept.startswith(("//", "/\\"))


@pytest.mark.parametrize("path", ["/", "/people/1", "/healthz", "/areas"])
def test_public_pages_set_no_cookie_for_somebody_signed_out(visitor, make, path):
    make.person()
    response = visitor.open(path).response

    assert "Set-Cookie" not in response.headers
    assert "Cookie" in response.headers["Vary"]


def test_display_and_language_are_kept_in_this_browser(visitor):
    visitor.open("/preferences").send("Save", language="da", scheme="dark")

    assert '<html lang="da" data-scheme="dark">' in visitor.html


def test_for_those_signed_in_the_account_keeps_them(visitor, make):
    visitor.sign_in(make.person()).open("/preferences")

    assert visitor.path == "/me"


def test_a_form_without_its_token_is_refused(visitor, make):
    visitor.sign_in(make.person())

    response = visitor.client.post("/me", data={"display_name": "Mallory"})

    assert response.status_code == 409
    assert "Go back, reload it and send again." in response.get_data(as_text=True)


def test_programs_get_the_words_as_json(visitor):
    response = visitor.client.get("/nowhere", headers={"Accept": "application/problem+json"})

    assert response.content_type == "application/problem+json"
    assert response.json["code"] == "not_found"


@pytest.mark.parametrize("path", ["/people/99999999999999999999", "/people/0", "/people/-1", "/people/x"])
def test_odd_numbers_in_addresses_are_not_found(visitor, path):
    visitor.open(path, status=404)
