"""A person at a browser without scripts: follows links, fills in forms, reads what is on the page."""

import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from forum.accounts.identity import COOKIE
from forum.accounts.models import User
from forum.accounts.sessions import open_sign_in
from forum.web.cookies import cookie_name


class FormFound:
    """A form of a page: where it goes and what is filled in already."""

    def __init__(self, action: str, method: str) -> None:
        self.action, self.method = action, method
        self.fields: dict[str, list[str]] = {}
        self.buttons: list[tuple[str, str, str, str]] = []  # words, name, value, formaction


class _Reader(HTMLParser):
    """Collects the forms of a page, with fields outside that name them by `form=`."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[FormFound] = []
        self.by_id: dict[str, FormFound] = {}
        self.current: FormFound | None = None
        self._button: dict[str, str] | None = None
        self._words = ""
        self._area: str | None = None
        self._select: str | None = None
        self._select_set = False
        self._first_option: str | None = None

    def _form(self, a: dict[str, str]) -> FormFound | None:
        return self.by_id.get(a["form"]) if a.get("form") else self.current

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.current = FormFound(a.get("action", ""), a.get("method", "get").lower())
            self.forms.append(self.current)
            if a.get("id"):
                self.by_id[a["id"]] = self.current
        form = self._form(a)
        if form is None:
            return
        if tag == "input" and a.get("name") and "disabled" not in a:
            kind = a.get("type", "text")
            if kind in ("checkbox", "radio"):
                if "checked" in a:
                    form.fields.setdefault(a["name"], []).append(a.get("value", "on"))
            elif kind not in ("submit", "file"):
                form.fields.setdefault(a["name"], []).append(a.get("value", ""))
        elif tag == "textarea" and a.get("name"):
            self._area, self._words = a["name"], ""
        elif tag == "select" and a.get("name"):
            self._select, self._select_set, self._first_option = a["name"], False, None
        elif tag == "option" and self._select:
            value = a.get("value", "")
            if self._first_option is None:
                self._first_option = value
            if "selected" in a:
                form.fields.setdefault(self._select, []).append(value)
                self._select_set = True
        elif tag == "button":
            self._button, self._words = a, ""

    def handle_data(self, data: str) -> None:
        if self._button is not None or self._area is not None:
            self._words += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "button" and self._button is not None:
            a, self._button = self._button, None
            form = self._form(a)
            if form is not None and a.get("type", "submit") == "submit":
                words = a.get("aria-label") or " ".join(self._words.split())
                form.buttons.append((words, a.get("name", ""), a.get("value", ""), a.get("formaction", "")))
        elif tag == "textarea" and self._area is not None and self.current is not None:
            self.current.fields.setdefault(self._area, []).append(self._words.removeprefix("\n"))
            self._area = None
        elif tag == "select" and self._select and self.current is not None:
            if not self._select_set and self._first_option is not None:
                self.current.fields.setdefault(self._select, []).append(self._first_option)
            self._select = None
        elif tag == "form":
            self.current = None


class Visitor:
    """One person with one browser; keeps cookies and the page they are on."""

    def __init__(self, app: Flask, session: Session) -> None:
        self.session = session
        self.client = app.test_client()
        self.response: TestResponse
        self.path = "/"

    def sign_in(self, person: User) -> "Visitor":
        """Be `person` from now on; what the test made so far is committed."""
        key = open_sign_in(self.session, person.id)
        self.session.commit()
        self.client.set_cookie(cookie_name(COOKIE), key)
        return self

    def open(self, path: str, *, status: int = 200, **kwargs: Any) -> "Visitor":
        """Go to `path`, following redirects; the last answer must have `status`."""
        self.session.commit()
        return self._arrive(self.client.get(path, follow_redirects=True, **kwargs), status)

    def send(self, button: str = "", *, status: int = 200, into: str = "", **fields: Any) -> "Visitor":
        """Fill in a form of this page and press the button with these words (or part of them).

        `into` is a part of the form's address where several forms have such a button. A list fills in
        several values, None leaves the field out.
        """
        form, pressed = self._form_with(button, into)
        values = {name: list(value) for name, value in form.fields.items()}
        for name, value in fields.items():
            if value is None:
                values.pop(name, None)
            else:
                values[name] = [str(v) for v in value] if isinstance(value, (list, tuple)) else [str(value)]
        if pressed[1]:
            values[pressed[1]] = [pressed[2]]
        address = pressed[3] or form.action or self.path
        self.session.commit()
        if form.method == "post":
            response = self.client.post(address, data=values)
            if response.status_code == 307:  # a browser sends the form on as it is; the client would send an empty one
                response = self.client.post(response.location, data=values)
            if response.status_code in (302, 303):
                first, response = response, self.client.get(response.location, follow_redirects=True)
                response.history = (first, *response.history)
        else:
            response = self.client.get(address, query_string=values, follow_redirects=True)
        return self._arrive(response, status)

    def upload(self, field: str, path: Path, *, button: str, status: int = 200, **fields: Any) -> "Visitor":
        """Fill in a form with a file and press the button."""
        form, _pressed = self._form_with(button, "")
        values: dict[str, Any] = {name: value[-1] for name, value in form.fields.items()} | fields
        self.session.commit()
        with path.open("rb") as file:
            data = values | {field: (file, path.name)}
            return self._arrive(self.client.post(form.action or self.path, data=data, follow_redirects=True), status)

    def _form_with(self, button: str, into: str) -> tuple[FormFound, tuple[str, str, str, str]]:
        seen = []
        for form in self.forms():
            for pressed in form.buttons:
                seen.append(pressed[0])
                if button.casefold() in pressed[0].casefold() and into in (pressed[3] or form.action or self.path):
                    return form, pressed
        raise AssertionError(f"no button “{button}” on {self.path}, only {seen}")

    def forms(self) -> list[FormFound]:
        """The forms of this page."""
        reader = _Reader()
        reader.feed(self.html)
        return reader.forms

    def _arrive(self, response: TestResponse, status: int) -> "Visitor":
        self.response = response
        self.path = response.request.full_path.rstrip("?")
        assert response.status_code == status, f"{response.status_code} on {self.path}: {self.text[:600]}"
        self.session.expire_all()
        return self

    @property
    def html(self) -> str:
        """The page's source."""
        return self.response.get_data(as_text=True)

    @property
    def text(self) -> str:
        """The page's words, on one line."""
        visible = re.sub(r"<(script|style|head)\b.*?</\1>", " ", self.html, flags=re.S)
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", visible)).split())
