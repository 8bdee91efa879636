"""Files of attributes: what they would change, what is odd about them, and what stays of them."""

import json
import zipfile

import pytest

from config import settings
from forum.accounts import exporting
from forum.accounts.models import Organisation, User
from forum.core.audit import AuditEntry
from forum.core.errors import NotAllowed
from forum.core.jobs import Job, perform
from forum.segments import attributes, files, services
from forum.segments.conditions import Condition
from forum.segments.models import AttributeFile, SegmentMember
from forum.segments.status import How, Odd
from forum.segments.values import read_day, read_number

PEOPLE = """Name;E-post;Selskap;Plan;Kunde siden;Omsetning;Seats
Kari;KARI@example.com;Fjord Rail;Enterprise;31.05.2022;1 200 000 kr;12
Ola;ola@example.com;fjord rail;-;soon;;=1+1
Ghost;ghost@example.com;Nobody AS;Basic;2020;;
Twice;kari@example.com;;Basic;;;
None;no address;;Basic;;;
"""


@pytest.fixture
def manager(make):
    return make.as_reader(make.manager())


@pytest.fixture
def bring(session, manager, fresh_database):
    """Keep a file with this text, as the page does."""

    def keep(text, encoding="utf-8"):
        path = files.new_path()
        path.write_bytes(text.encode(encoding))
        return files.keep_file(session, path, "people.csv", by=manager)

    return keep


def test_a_file_says_first_what_it_would_change_and_what_is_odd(session, make, bring):
    kari = make.person("Kari Hansen", email="kari@example.com", attributes={"plan": "Basic", "imported_as": "x"})
    make.person("Ola", email="ola@example.com", attributes={"plan": "Fleet"})

    report = bring(PEOPLE, "cp1252").report

    assert report["first_changes"] == [
        [
            *(2, "Kari Hansen"),
            [
                *(["company", "", "Fjord Rail"], ["plan", "Basic", "Enterprise"], ["since", "", "2022-05-31"]),
                *(["revenue", "", 1200000.0], ["seats", "", 12]),
            ],
        ],
        [3, "Ola", [["company", "", "Fjord Rail"], ["plan", "Fleet", None]]],
    ]
    assert report["first_odd"] == [
        [5, Odd.TWICE.value, "kari@example.com"],
        [6, Odd.NO_ADDRESS.value, "no address"],
        [3, Odd.NO_DAY.value, "soon"],
        [3, Odd.FORMULA.value, "=1+1"],
    ]
    assert report["first_unmatched"] == [[4, "ghost@example.com"]]
    assert (report["left_out"], report["first_new"]) == (["Name"], ["Fjord Rail"])
    assert (kari.attributes["plan"], session.query(Organisation).count()) == ("Basic", 0)


def test_what_is_brought_in_stays_and_the_file_goes(session, make, manager, bring):
    kari = make.person(email="kari@example.com", attributes={"imported_as": "x"})
    ola = make.person(email="ola@example.com", attributes={"plan": "Fleet"})
    rail = [Condition("company", How.IS, "Fjord Rail"), Condition("seats", How.AT_LEAST, "10")]
    services.save_segment(session, None, "Rail", rail, 2, version=0, by=manager)
    file = bring(PEOPLE)
    path = files.path_of(file)

    files.bring_in(session, file, by=manager)

    known = {"imported_as": "x", "plan": "Enterprise", "since": "2022-05-31", "revenue": 1200000.0, "seats": 12}
    assert (kari.attributes, ola.attributes) == (known, {})
    assert kari.organisation_id == ola.organisation_id == session.query(Organisation).one().id
    assert [row.user_id for row in session.query(SegmentMember)] == [kari.id]
    assert (path.exists(), file.path, "first_changes" in file.report) == (False, "", False)
    assert [row.action for row in session.query(AuditEntry)] == ["segment.save", "segments.import"]
    again = bring(PEOPLE)
    assert (again.report["changes"], again.report["unchanged"]) == (0, 2)


def test_companies_come_by_name_with_their_revenue(session, make, manager, bring):
    make.organisation("Fjord Rail")
    file = bring('company,plan,revenue\nFJORD RAIL,Fleet,"1,200,000"\nNew AS,Basic,much\n')
    assert (file.report["new"], file.report["first_odd"]) == (1, [[3, Odd.NO_NUMBER.value, "much"]])

    files.bring_in(session, file, by=manager)

    rows = {row.name: (row.revenue, row.attributes) for row in session.query(Organisation)}
    assert rows == {"Fjord Rail": (1200000.0, {"plan": "Fleet"}), "New AS": (None, {"plan": "Basic"})}


def work(session, name):
    """Do what the worker would."""
    job_id = session.query(Job).filter(Job.name == name).one().id
    session.commit()
    perform(job_id)
    session.expire_all()


def test_a_large_file_is_looked_at_and_brought_in_by_jobs(session, make, manager, bring, monkeypatch):
    monkeypatch.setattr(files, "AT_ONCE", 10)
    monkeypatch.setattr(attributes, "BATCH", 1)
    people = [make.person(email=f"p{n}@example.com") for n in range(3)]
    file = bring("email,plan\n" + "".join(f"p{n}@example.com,Fleet\n" for n in range(3)))
    assert file.report == {}
    work(session, "segments.look")
    assert session.get_one(AttributeFile, file.id).report["changes"] == 3

    files.bring_in(session, file, by=manager)
    work(session, "segments.bring")

    assert [session.get_one(User, one.id).attributes for one in people] == [{"plan": "Fleet"}] * 3
    assert (file.applied_at is not None, list(files.folder().iterdir())) == (True, [])


def test_erasing_somebody_forgets_what_is_known_of_them_and_the_files_that_wait(session, make, manager, bring):
    kari = make.person(email="kari@example.com", attributes={"plan": "Fleet"}, organisation_id=make.organisation().id)
    services.save_segment(session, None, "Fleet", [Condition("plan", How.IS, "Fleet")], 1, version=0, by=manager)
    bring(PEOPLE)

    make.erase(kari)

    assert (kari.attributes, kari.organisation_id) == ({}, None)
    assert session.query(SegmentMember).count() == session.query(AttributeFile).count() == 0
    assert list(files.folder().iterdir()) == []


def test_everything_of_mine_holds_my_attributes_and_the_name_of_my_company(session, make):
    company = make.organisation("Fjord Rail")
    company.revenue, company.attributes = 9.0, {"plan": "Secret"}
    kari = make.person(attributes={"plan": "Fleet"}, organisation_id=company.id)
    job = exporting.ask_for_export(session, by=make.as_reader(kari))
    session.commit()
    perform(job.id)
    session.expire_all()

    path = exporting.file_of(session, make.as_reader(kari), job.id)
    with zipfile.ZipFile(path) as archive:
        account, mine = (json.loads(archive.read(f"{name}.json")) for name in ("account", "company"))

    assert (account[0]["attributes"], mine) == ({"plan": "Fleet"}, [{"name": "Fjord Rail"}])


def test_numbers_and_days_are_read_as_people_write_them():
    numbers = [
        "1200000",
        "1 200 000 kr",
        "1.200.000,50",
        "1,200.5",
        "€ 12.50",
        "-3",
        "1.200",
        "much",
        "",
        "1e9",
        "0047",
    ]
    read = [1200000.0, 1200000.0, 1200000.5, 1200.5, 12.5, -3.0, 1200.0, None, None, None, None]
    assert [read_number(one) for one in numbers] == read
    days = ["2024-05-31", "31.05.2024", "2024-05", "2024", "2024-05-31T12:00", "05/31/2024", "2024-13-01", "soon"]
    assert [read_day(one) for one in days] == [
        *("2024-05-31", "2024-05-31", "2024-05-01", "2024-01-01", "2024-05-31", None, None, None)
    ]


def test_only_product_managers_bring_files_in(session, make, bring, manager, visitor):
    file = bring(PEOPLE)
    for other in (make.person(), make.moderator()):
        with pytest.raises(NotAllowed):
            files.bring_in(session, file, by=make.as_reader(other))
        visitor.sign_in(other).open("/segments", status=403)
        visitor.open(f"/segments/files/{file.id}", status=403)
    assert settings().data_dir in files.path_of(file).parents


def test_the_command_brings_in_what_the_page_would(app, session, make, tmp_path):
    kari = make.person(email="kari@example.com")
    session.commit()
    path = tmp_path / "people.csv"
    path.write_text(PEOPLE)
    run = app.test_cli_runner().invoke

    trial = run(args=["segments", "import", str(path), "--trial"])
    session.expire_all()
    before = dict(kari.attributes)
    session.commit()
    done = run(args=["segments", "import", str(path)])

    session.expire_all()
    assert trial.output.endswith("1 person would change; 0 as before, 2 without an account, 2 odd.\n")
    assert done.output.endswith("1 person changed; 0 as before, 2 without an account, 2 odd.\n")
    assert (before, kari.attributes["plan"], list(files.folder().iterdir())) == ({}, "Enterprise", [])
    assert run(args=["segments", "list"]).output == "0 segments.\n"
