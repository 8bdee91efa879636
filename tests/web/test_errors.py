"""What the log says of a request that broke."""

import pytest
from sqlalchemy.exc import OperationalError

from forum.web.errors import _show_unexpected


@pytest.fixture
def away(monkeypatch):
    """Have the database be away when it is asked who somebody is."""

    def fail(*_of, **_named):
        raise OperationalError("SELECT", {}, Exception("the server has gone"))

    return lambda: monkeypatch.setattr("forum.accounts.identity.reader_of", fail)


def test_somebody_signed_in_reads_that_the_database_is_away_in_the_language_of_the_browser(visitor, make, away):
    visitor.sign_in(make.person())
    away()
    answer = visitor.client.get("/", headers={"Accept-Language": "da"})

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert '<html lang="da"' in answer.text


def test_what_was_typed_is_kept_while_the_database_is_away_but_not_what_somebody_else_made_one_send(
    visitor, make, session, away
):
    post = make.post()
    visitor.sign_in(make.person()).open(f"/posts/{post.id}")
    token = next(form.fields["csrf_token"][0] for form in visitor.forms() if "csrf_token" in form.fields)
    away()
    own, foreign = (
        visitor.client.post(
            f"/posts/{post.id}/comments", data={"csrf_token": key, "body": "It is cold in the morning."}
        )
        for key in (token, "made up")
    )

    assert (own.status_code, "It is cold in the morning." in own.text) == (503, True)
    assert (foreign.status_code, "It is cold in the morning." in foreign.text) == (503, False)


def test_a_secret_in_an_address_is_not_in_the_log(app, monkeypatch, capsys):
    monkeypatch.setitem(app.config, "RAISE_ERRORS", False)
    for address in ("/password/a-secret-of-43-letters", "/posts/12?next=a-secret-of-43-letters"):
        with app.test_request_context(address):
            answer = _show_unexpected(ValueError("broken"))
    logged = capsys.readouterr().out

    assert answer.status_code == 500
    assert "broken" not in answer.get_data(as_text=True)
    assert "page=accounts.new_password" in logged
    assert "page=posts.show post_id=12" in logged
    assert "a-secret" not in logged
