"""Mail templates: plain text in the recipient's language, with addresses of this site."""

import pytest

from config import HOME, settings
from forum.accounts.rules import role_word
from forum.core.clock import utcnow
from forum.core.mail import absolute, as_html, render_mail
from forum.core.people import Role

VALUES = {
    "verify": {"link": "http://127.0.0.1:8000/verify/abc"},
    "known": {},
    "reset": {"token": "abc"},
    "password_changed": {"at": utcnow()},
    "roles": {"roles": [Role.ADMIN], "word": role_word},
    "renamed": {"before": "Kari", "after": "Kari L", "reason": "Because"},
}


@pytest.mark.parametrize("language", ["en", "nb", "da"])
@pytest.mark.parametrize("name", VALUES)
def test_each_mail_reads_well_as_plain_text(name, language):
    subject, text = render_mail(name, language, **VALUES[name])

    assert subject
    assert len(subject) <= 60
    assert "<" not in text
    assert "\n\n\n" not in text
    assert text.endswith(f"-- \n{settings().site_name}\n{settings().site_url}\n")
    assert text.count("http://127.0.0.1:8000") >= 1


def test_names_in_mail_are_text_and_not_templates():
    _subject, text = render_mail("renamed", "en", before="{{ 7 * 7 }}", after="{site}", reason="{0} & <b>")

    assert "from “{{ 7 * 7 }}” to “{site}”" in text
    assert "{0} & <b>" in text


def test_addresses_come_from_the_settings():
    assert absolute("/me") == "http://127.0.0.1:8000/me"


def test_every_template_of_accounts_is_tried_here():
    ours = {"verify", "known", "reset", "password_changed", "roles", "renamed"}

    assert ours <= {path.stem for path in (HOME / "templates" / "mail").glob("*.txt")}


def test_the_html_side_says_the_same_links_only_to_this_site_and_shows_a_code_large():
    text = "Hello <b>,\n\nyour code:\n12345678\n- one\n- two\nhttp://127.0.0.1:8000/verify/abc\nhttps://example.com/x\n"
    html = as_html(text + "\n-- \nCabin\n", "nb")

    assert '<html lang="nb">' in html
    assert "<p>Hello &lt;b&gt;,</p>" in html
    assert '<p class="code">12345678</p>' in html
    assert "<ul><li>one</li><li>two</li></ul>" in html
    assert '<a href="http://127.0.0.1:8000/verify/abc">http://127.0.0.1:8000/verify/abc</a>' in html
    assert "<p>https://example.com/x</p>" in html
    assert "-- " not in html
