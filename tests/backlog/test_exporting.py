"""What leaves the backlog as a file: who gets it, what is in it, and what never is."""

import csv
import json
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
import sqlalchemy as sa

from forum.backlog import exporting
from forum.backlog.exporting import ItemFile
from forum.backlog.schemas import WISHES
from forum.core.audit import AuditEntry
from forum.core.errors import NotAllowed
from forum.posts.status import Visibility

PROBLEM = '=HYPERLINK("http://x")\n@octocat says *no*, see #12 !http://x/y.png!'


@pytest.fixture
def item(make, promote):
    """An item in whose texts are a formula, a mention and a picture, with one private post behind it."""
    posts = [make.post("Cold seat"), make.post("Secretly cold", visibility=Visibility.PRIVATE)]
    return promote(make.theme("Seats", posts), title="=Warm seats", problem_en=PROBLEM)


def written(session, planner, kind: ItemFile) -> bytes:
    """The whole file of all items."""
    return b"".join(exporting.write_items(session, kind, [], "", by=planner, wishes=WISHES))


def test_a_table_starts_no_formula_and_names_its_columns(session, planner, item):
    rows = list(csv.reader(StringIO(written(session, planner, ItemFile.CSV).decode("utf-8-sig"))))

    assert tuple(rows[0]) == exporting.COLUMNS
    line = dict(zip(rows[0], rows[1], strict=True))
    assert (line["title"], line["problem"][:2], line["openness"]) == ("'=Warm seats", "'=", "public")
    assert not [cell for cell in rows[1] if cell.startswith(("=", "+", "-", "@"))]


def test_plain_data_holds_every_language_and_no_private_post(session, planner, item):
    text = written(session, planner, ItemFile.JSON)
    data = json.loads(text)

    assert (data["format"], data["version"]) == ("cabin.backlog", 1)
    (found,) = data["items"]
    assert (found["title"], found["posts"]) == ({"en": "=Warm seats"}, 1)
    assert [post["title"] for post in found["evidence"]] == ["Cold seat"]
    assert b"Secretly" not in b"".join(written(session, planner, kind) for kind in ItemFile)


def test_issues_call_nobody_and_show_no_picture(session, planner, item):
    (issue,) = json.loads(written(session, planner, ItemFile.GITHUB_JSON))
    assert "@octocat" not in issue["body"]
    assert "#12" not in issue["body"]
    assert r"\*no\*" in issue["body"]

    project = json.loads(written(session, planner, ItemFile.JIRA_JSON))["projects"][0]
    assert r"\!http://x/y.png\!" in project["issues"][0]["description"]
    rows = list(csv.reader(StringIO(written(session, planner, ItemFile.JIRA_CSV).decode("utf-8-sig"))))
    assert rows[1][0] == "'=Warm seats"


def test_an_archive_has_one_file_per_item(session, planner, item, promote):
    promote(title="Quiet doors")

    with ZipFile(BytesIO(written(session, planner, ItemFile.GITHUB))) as archive:
        names = archive.namelist()
        text = archive.read(f"{item.id:05}-warm-seats.md").decode()

    assert len(names) == 2
    assert text.startswith('---\ntitle: "=Warm seats"\n')


def test_chosen_items_are_downloaded_and_that_is_written_down(session, manager, visitor, item, promote):
    other = promote(title="Quiet doors")

    visitor.sign_in(manager).open(f"/backlog/export?item={other.id}&kind=json").send("Download")

    assert [one["id"] for one in json.loads(visitor.html)["items"]] == [other.id]
    entry = session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "backlog.export")).one()
    assert (entry.actor_id, entry.details["items"]) == (manager.id, [other.id])


def test_project_type_and_labels_are_chosen_on_the_page(manager, visitor, item):
    wanted = {"kind": "jira-json", "project": "acme", "issue_type": "=Idea", "labels": "From customers, +1"}
    visitor.sign_in(manager).open("/backlog/export").send("Download", **wanted)

    (project,) = json.loads(visitor.html)["projects"]
    (issue,) = project["issues"]
    assert (project["key"], issue["issueType"]) == ("ACME", "=Idea")
    assert issue["labels"] == ["From-customers", "+1", "cabin-proposed"]
    visitor.open("/backlog/export").send("Download", **wanted | {"kind": "github-json"})
    assert json.loads(visitor.html)[0]["labels"] == ["From customers", "+1", "cabin-proposed"]
    visitor.open("/backlog/export").send("Download", **wanted | {"kind": "jira-csv"})
    cells = [cell for row in csv.reader(StringIO(visitor.html)) for cell in row]
    assert "'=Idea" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]

    visitor.open("/backlog/export").send("Download", **wanted | {"project": "A-1"}, status=422)
    assert "Write the project’s key as Jira has it" in visitor.text


def test_only_managers_take_the_backlog_away(session, make, item):
    with pytest.raises(NotAllowed):
        exporting.write_items(session, ItemFile.CSV, [], "", by=make.reader(), wishes=WISHES)
