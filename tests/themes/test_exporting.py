"""Themes and their posts as files."""

import csv
import json
from io import StringIO

import pytest

from forum.core.errors import NotAllowed
from forum.posts.status import Visibility
from forum.themes import exporting
from forum.themes.exporting import ThemeFile


@pytest.fixture
def theme(make):
    """A theme with a post that looks like a formula, and a private one."""
    posts = [make.post("=1+1", author=make.person("Kari")), make.post("Secret", visibility=Visibility.PRIVATE)]
    return make.theme("Cold seats", posts, terms=["seat", "cold"])


def test_the_posts_of_a_theme_are_downloaded_without_private_ones(make, visitor, theme):
    visitor.sign_in(make.manager()).open(f"/themes/{theme.id}").send("CSV")

    header, *rows = list(csv.reader(StringIO(visitor.html.removeprefix("\ufeff"))))
    assert tuple(header) == exporting.POST_COLUMNS
    assert [(row[2], row[10]) for row in rows] == [("'=1+1", "Kari")]


def test_themes_are_downloaded_as_plain_data(make, visitor, theme):
    visitor.sign_in(make.manager()).open("/themes/review").send("JSON")

    data = json.loads(visitor.html)
    assert (data["format"], data["version"]) == ("cabin.themes", 1)
    assert [(one["name"], one["terms"]) for one in data["themes"]] == [({"en": "Cold seats"}, ["seat", "cold"])]


def test_posts_are_read_in_batches(monkeypatch, session, make, theme):
    monkeypatch.setattr(exporting, "_BATCH", 2)
    monkeypatch.setattr(exporting, "_POSTS", exporting._POSTS.limit(2))
    many = make.theme("Many", [make.post(f"Post {n}") for n in range(5)])

    written = b"".join(exporting.write_posts(session, ThemeFile.JSON, many, by=make.as_reader(make.manager())))

    assert [one["title"] for one in json.loads(written)["posts"]] == [f"Post {n}" for n in (4, 3, 2, 1, 0)]


def test_only_the_team_takes_themes_away(session, make, theme):
    with pytest.raises(NotAllowed):
        exporting.write_themes(session, ThemeFile.CSV, theme.product_id, by=make.reader())
