"""What the log says of a request that broke."""

from forum.web.errors import _show_unexpected


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
