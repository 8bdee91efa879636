"""An import brings every row in once, under the rules of the site."""

import json

import pytest
import sqlalchemy as sa

from config import settings
from forum.accounts.guarding import guard
from forum.accounts.models import User
from forum.accounts.status import AccountState
from forum.core import jobs
from forum.core.errors import Invalid
from forum.core.people import Role
from forum.listening.models import Import, Source
from forum.listening.refusals import source_name_of
from forum.listening.services import Plan, import_file
from forum.posts.models import Post
from forum.posts.status import Kind, Severity
from forum.products.status import Openness


@pytest.fixture
def car(make):
    """A product with an open cabin and a closed drivetrain."""
    product = make.product("car")
    make.cabin = make.area("cabin", product_id=product.id)
    make.area("drivetrain", Openness.CLOSED, product_id=product.id, why={"en": "The gearbox is ours."})
    make.session.commit()
    return product


def lines(tmp_path, *rows, name="heard.jsonl"):
    path = tmp_path / name
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def numbers(outcome):
    return outcome.imported, outcome.already_here, outcome.refused


def test_every_row_comes_in_once(session, make, car, tmp_path):
    rows = [
        {"id": 1, "body": "Cold seat"},
        {"id": 2, "title": "Noise", "body": "From the door"},
        {"id": 2, "title": "Noise", "body": "From the door"},
    ]
    plan = Plan(lines(tmp_path, *rows), car.id, "heard", area_id=make.cabin.id)

    assert numbers(import_file(plan)) == (2, 1, 0)
    assert numbers(import_file(plan)) == (0, 3, 0)
    assert [(p.title, p.body, p.kind, p.is_listed) for p in session.scalars(sa.select(Post).order_by(Post.id))] == [
        ("Cold seat", "", Kind.COMPLAINT, True),
        ("Noise", "From the door", Kind.COMPLAINT, True),
    ]
    session.refresh(make.cabin)
    assert make.cabin.posts == 2


@pytest.mark.parametrize("is_trial", [True, False])
def test_another_text_under_the_same_id_is_refused_naming_the_first(session, make, car, tmp_path, is_trial):
    others = ({"id": n, "body": f"Number {n}"} for n in range(120))  # a batch and more
    path = lines(tmp_path, {"id": "a", "body": "Cold"}, *others, {"id": "a", "body": "Warm"})
    plan = Plan(path, car.id, "heard", area_id=make.cabin.id, is_trial=is_trial)
    outcome = import_file(plan)

    assert numbers(outcome) == (121, 0, 1)
    assert [(line, why["en"]) for line, why in outcome.first_refused] == [(122, "The id “a” stands in line 1 already.")]
    if not is_trial:
        assert numbers(import_file(plan)) == (0, 121, 1)


def test_an_idea_for_a_closed_area_is_refused_with_the_reason_and_a_complaint_is_taken(session, make, car, tmp_path):
    path = lines(
        tmp_path,
        {"body": "Add a sixth gear", "kind": "idea", "area": "drivetrain"},
        {"body": "It jerks in second", "kind": "complaint", "area": "Drivetrain"},
    )
    outcome = import_file(Plan(path, car.id, "heard"))

    assert numbers(outcome) == (1, 0, 1)
    assert outcome.first_refused[0][0] == 1
    assert "The gearbox is ours." in outcome.first_refused[0][1]["en"]
    assert session.scalars(sa.select(Post.title)).all() == ["It jerks in second"]
    assert "Add a sixth gear" in (settings().data_dir / outcome.refused_file).read_text()


def test_people_and_dates_are_kept_and_no_account_is_taken_over(session, make, car, tmp_path):
    make.person("Kari Hansen", email="kari@example.com")
    row = {"body": "Cold", "author": "Kari Hansen", "email": "KARI@example.com", "date": "2026-02-03"}
    path = lines(tmp_path, row | {"severity": "unsafe"}, row | {"body": "Noisy"}, {"body": "Nobody said this"})
    session.commit()
    import_file(Plan(path, car.id, "heard", area_id=make.cabin.id))

    posts = session.scalars(sa.select(Post).order_by(Post.id)).all()
    author = session.get_one(User, posts[0].author_id)
    assert (author.display_name, author.state, author.email) == ("Kari Hansen", AccountState.UNCLAIMED, None)
    assert [p.author_id for p in posts] == [author.id, author.id, None]
    assert posts[0].created_at.isoformat() == "2026-02-03T00:00:00+00:00"
    assert posts[0].severity is Severity.UNSAFE
    assert [p.is_dated for p in posts] == [True, True, False]


def test_a_name_that_passes_for_the_team_is_left_out(session, make, car, tmp_path):
    path = lines(tmp_path, {"body": "Hello", "author": "Сabin Suppоrt"})
    outcome = import_file(Plan(path, car.id, "heard", area_id=make.cabin.id))

    assert outcome.names_left_out == ["Сabin Suppоrt"]
    assert session.scalars(sa.select(Post.author_id)).all() == [None]


def test_an_author_who_passes_for_somebody_of_the_team_is_left_out(session, make, car, tmp_path):
    guard(session, make.person("Håvard Brekke", Role.EMPLOYEE))
    session.commit()
    path = lines(tmp_path, {"body": "Hello", "author": "Brekke Haavard, Seats"}, {"body": "Hi", "author": "Håvard Lie"})
    outcome = import_file(Plan(path, car.id, "heard", area_id=make.cabin.id))

    assert outcome.names_left_out == ["Brekke Haavard, Seats"]
    assert None in session.scalars(sa.select(Post.author_id)).all()


def test_values_that_say_nothing_are_left_out_with_their_lines(app, visitor, session, make, car, tmp_path):
    path = lines(
        tmp_path,
        {"body": "Cold seat", "how bad": "3", "email": "kari@example.com", "language": "nb-NO"},
        {"body": "The seat is warm", "how bad": "9", "email": "kari at home", "language": "xx-klingon-zz"},
    )
    call = ["listen", "import", str(path), "--product", "car", "--area", "cabin", "--column", "severity=how bad"]
    output = app.test_cli_runner().invoke(args=call).output

    assert "3 values were left out:" in output
    for words in ("line 2: “9” in how bad", "line 2: “kari at home” in email", "line 2: “xx-klingon-zz” in language"):
        assert words in output
    posts = session.scalars(sa.select(Post).order_by(Post.id)).all()
    assert [(p.severity, p.language, p.author_id is None) for p in posts] == [
        (Severity.UNSAFE, "nb", False),
        (None, "en", True),
    ]
    report = session.scalars(sa.select(Import.report)).one()
    assert report["first_left_out"][0] == [2, "email", "kari at home"]
    assert "left out:" not in app.test_cli_runner().invoke(args=call).output  # nothing new came in


def test_what_turns_the_writing_direction_is_left_out_of_imported_text(session, make, car, tmp_path):
    path = lines(tmp_path, {"title": "Cold\u202e taes\u0007", "body": "One\u000bline\u2066 and more"})
    import_file(Plan(path, car.id, "heard", area_id=make.cabin.id))

    assert [(p.title, p.body) for p in session.scalars(sa.select(Post))] == [("Cold taes", "One\nline and more")]


def test_refused_rows_are_a_csv_that_can_be_corrected_and_imported_again(session, make, car, tmp_path):
    path = tmp_path / "survey.csv"
    path.write_bytes(
        'id;body;kind;mood\r\n1;Køligt;x;"-1"\r\n2;- too warm;y;\r\n3;a;b;c;d\r\n4;Fine;;\r\n'.encode("cp1252")
    )
    outcome = import_file(Plan(path, car.id, "survey", area_id=make.cabin.id))
    refused = settings().data_dir / outcome.refused_file

    written = refused.read_bytes().decode("utf-8-sig").splitlines()
    assert written[0] == "refused_line;refused_reason;id;body;kind;mood"
    assert written[1] == "2;“x” is neither a complaint nor an idea.;1;Køligt;x;'-1"
    assert written[3].endswith(";3;a;b;c;d")
    assert source_name_of(refused.name) == "survey"

    refused.write_text("\n".join(written).replace(";x;", ";idea;").replace(";y;", ";klage;"), encoding="utf-8-sig")
    again = import_file(Plan(refused, car.id, "survey", area_id=make.cabin.id))
    assert (numbers(again), again.unknown_columns) == ((2, 0, 1), ["mood"])
    assert session.scalars(sa.select(Post.title).order_by(Post.id)).all() == ["Fine", "Køligt", "- too warm"]


def test_refused_rows_of_json_are_json_lines(session, make, car, tmp_path):
    path = lines(tmp_path, {"body": "Cold", "kind": "x", "tags": ["a"]}, {"body": ["b"]}, name="heard.json")
    path.write_text(path.read_text() + "{nonsense\n")
    outcome = import_file(Plan(path, car.id, "heard", area_id=make.cabin.id))
    refused = settings().data_dir / outcome.refused_file

    written = [json.loads(line) for line in refused.read_text().splitlines()]
    reason = "“x” is neither a complaint nor an idea."
    assert written[0] == {"refused_line": 1, "refused_reason": reason, "body": "Cold", "kind": "x", "tags": ["a"]}
    assert [row["refused_line"] for row in written] == [1, 2, 3]
    assert (written[1]["body"], written[2]["refused_text"]) == (["b"], "{nonsense")

    refused.write_text(refused.read_text().replace('"kind": "x"', '"kind": "idea"'))
    assert numbers(import_file(Plan(refused, car.id, "heard", area_id=make.cabin.id))) == (1, 0, 2)


def test_a_source_with_a_long_name_of_wide_signs_has_a_file_of_refused_rows(session, make, car, tmp_path):
    path = lines(tmp_path, {"body": ""})
    plan = Plan(path, car.id, "🦊" * 60, area_id=make.cabin.id)
    files = [import_file(plan).refused_file for _run in range(2)]  # within one second

    assert len({name for name in files if (settings().data_dir / name).is_file()}) == 2
    assert set("🦊") == set(source_name_of(files[0].removeprefix("imports/")))


def test_the_name_of_a_source_is_cut_to_what_the_table_takes(app, make, car, session, tmp_path):
    path = lines(tmp_path, {"body": "Cold"}, name="æ" * 121 + ".json")
    call = ["listen", "import", str(path), "--product", "car", "--area", "cabin"]

    assert source_name_of(path.name) == "æ" * 120
    assert app.test_cli_runner().invoke(args=[*call, "--source", "s" * 200]).exit_code == 0
    assert session.scalars(sa.select(Source.name)).all() == ["s" * 120]


def test_a_trial_writes_nothing_and_tells_the_same_numbers(session, make, car, tmp_path):
    path = lines(tmp_path, {"body": "Cold"}, {"body": ""}, {"body": "x", "kind": "question"}, {"body": "Warm"})
    trial = import_file(Plan(path, car.id, "heard", area_id=make.cabin.id, is_trial=True))

    assert session.scalars(sa.select(Post.id)).all() == []
    assert session.scalars(sa.select(Import.id)).all() == []
    assert numbers(trial) == numbers(import_file(Plan(path, car.id, "heard", area_id=make.cabin.id))) == (2, 0, 2)
    assert [line for line, _why in trial.first_refused] == [2, 3]


def test_a_trial_refuses_what_is_too_dear_to_show_and_nobody_is_made_for_it(session, make, car, tmp_path):
    path = lines(tmp_path, {"body": "[" * 1500, "author": "Kari Hansen"})
    plan = Plan(path, car.id, "heard", area_id=make.cabin.id, is_trial=True)

    assert numbers(import_file(plan)) == (0, 0, 1)
    plan.is_trial = False
    assert numbers(import_file(plan)) == (0, 0, 1)
    assert session.scalars(sa.select(User.id).where(User.state == AccountState.UNCLAIMED)).all() == []


def test_half_a_sign_in_a_file_breaks_no_page(visitor, make, car, session, tmp_path):
    path = tmp_path / "a.json"
    path.write_text('[{"body": "Cold \\ud800", "mood \\udfff": "\\ud801"}, {"body": "", "x": "\\ud802"}]')
    visitor.sign_in(make.admin()).open("/listening/import")
    visitor.upload("file", path, button="Look at the file", product_id=car.id)
    assert "mood ?" in visitor.text
    visitor.send("Import", area_id=make.cabin.id)
    perform_next(session)

    assert "neither a title nor a text" in visitor.open(visitor.path).text
    assert session.scalars(sa.select(Post.title)).all() == ["Cold ?"]


def test_how_many_signs_could_not_be_read_is_said(app, visitor, make, car, session, tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"body\n" + "Fryser på beina på tur\n".encode() * 20 + b"caf\xe9 \xe9\n")
    visitor.sign_in(make.admin()).open("/listening/import")
    visitor.upload("file", path, button="Look at the file", product_id=car.id)
    assert "2 signs could not be read." in visitor.text
    visitor.send("Import", area_id=make.cabin.id)
    perform_next(session)
    assert "2 signs could not be read." in visitor.open(visitor.path).text

    call = ["listen", "import", str(path), "--product", "car", "--area", "cabin"]
    assert "2 signs could not be read." in app.test_cli_runner().invoke(args=call).output


def test_an_interrupted_import_goes_on_where_it_stopped(session, make, car, tmp_path):
    path = lines(tmp_path, *({"body": f"Complaint number {n}"} for n in range(250)))
    plan = Plan(path, car.id, "heard", area_id=make.cabin.id)

    def stop_after_one_batch(rows):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_file(plan, notice=stop_after_one_batch)

    assert numbers(import_file(plan)) == (150, 100, 0)
    assert session.scalar(sa.select(sa.func.count()).select_from(Post)) == 250


def test_columns_can_be_named_and_wrong_names_are_explained(make, car, tmp_path):
    path = lines(tmp_path, {"verdict": "Cold", "text": "ignore me"})
    plan = Plan(path, car.id, "heard", area_id=make.cabin.id, columns={"body": "verdict"})
    outcome = import_file(plan)

    assert (outcome.columns, outcome.unknown_columns) == ({"body": "verdict"}, ["text"])
    plan.columns = {"body": "nothing"}
    with pytest.raises(Invalid, match="no column “nothing”"):
        import_file(plan)


def test_the_command_asks_for_the_column_of_the_text(app, make, car, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("my foo,bar\n1,Cold\n")
    call = ["listen", "import", str(path), "--product", "car", "--area", "cabin"]

    refused = app.test_cli_runner().invoke(args=call)
    assert refused.exit_code == 1
    assert "The file has: my foo, bar." in refused.output
    assert "--column body='my foo'" in refused.output
    assert app.test_cli_runner().invoke(args=[*call, "--column", "body=bar"]).exit_code == 0


def test_what_another_encoding_was_read_as_is_said(app, visitor, make, car, session, tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("body;mood\nSædet er køligt;x\n".encode("cp1252"))
    visitor.sign_in(make.admin()).open("/listening/import")
    visitor.upload("file", path, button="Look at the file", product_id=car.id)
    assert "Read as Windows-1252." in visitor.text
    assert "Sædet er køligt" in visitor.text
    visitor.send("Import", area_id=make.cabin.id)
    perform_next(session)
    assert "Read as Windows-1252." in visitor.open(visitor.path).text

    call = ["listen", "import", str(path), "--product", "car", "--area", "cabin"]
    assert "Read as Windows-1252." in app.test_cli_runner().invoke(args=call).output
    session.rollback()  # look at it afresh
    assert session.scalars(sa.select(Post.title)).all() == ["Sædet er køligt"]
    assert session.scalars(sa.select(Import.report).order_by(Import.id.desc())).first()["encoding"] == "Windows-1252"


def test_the_page_asks_for_the_column_of_the_text(visitor, make, car, session, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("foo,bar\n1,Cold\n")
    visitor.sign_in(make.admin()).open("/listening/import")
    visitor.upload("file", path, button="Look at the file", product_id=car.id)

    visitor.send("Import", area_id=make.cabin.id, status=422)
    assert "Choose the column that holds the text." in visitor.text
    visitor.send("Import", body="bar")
    perform_next(session)
    assert session.scalars(sa.select(Post.title)).all() == ["Cold"]


def test_an_area_is_asked_for_before_every_row_is_refused(visitor, make, car, session, tmp_path):
    elsewhere = make.area("wings", product_id=make.product("plane").id)
    path = lines(tmp_path, {"body": "Cold", "place": "Nowhere"}, {"body": "Loud", "place": "Neither"})
    visitor.sign_in(make.admin()).open("/listening/import")
    visitor.upload("file", path, button="Look at the file", product_id=car.id)
    assert "Cabin" in visitor.text
    assert "Wings" not in visitor.text

    visitor.send("Import", status=422)
    assert "Choose where the posts belong: no column of the file says so." in visitor.text
    visitor.send("Import", area="place", status=422)
    assert "name no area of this product. There are: Cabin" in visitor.text
    page = visitor.path
    token = {field: values for form in visitor.forms() for field, values in form.fields.items()}["csrf_token"][0]
    sent = {"csrf_token": token, "body": "body", "area_id": elsewhere.id, "go": "import"}
    assert visitor.client.post(page, data=sent).status_code == 422
    assert session.scalars(sa.select(jobs.Job.id).where(jobs.Job.name == "listening.import")).all() == []


def test_the_page_refuses_what_only_says_that_it_is_gzipped(visitor, make, car, tmp_path):
    path = tmp_path / "fake.csv.gz"
    path.write_text("body\nCold\n")
    visitor.sign_in(make.admin()).open("/listening/import")
    visitor.upload("file", path, button="Look at the file", product_id=car.id, status=422)

    assert "not gzipped" in visitor.text


def test_the_command_says_what_came_of_it(app, make, car, tmp_path):
    path = lines(tmp_path, {"id": "a", "body": "Cold", "mood": "bad"}, {"id": "b"})
    runner = app.test_cli_runner()
    call = ["listen", "import", str(path), "--product", "car", "--area", "cabin"]

    first = runner.invoke(args=call)
    assert first.output.splitlines()[-1] == "1 post imported, 0 already here, 1 refused."
    assert "Columns left out: mood." in first.output
    assert "line 2:" in first.output
    assert runner.invoke(args=call).output.splitlines()[-1] == "0 posts imported, 1 already here, 1 refused."
    wrong = runner.invoke(args=["listen", "import", str(path), "--product", "boat"])
    assert wrong.exit_code == 1
    assert "there are: car" in wrong.output


def perform_next(session):
    """Do what the worker would do with the one queued job of ours."""
    queued = jobs.Job.state == jobs.JobState.QUEUED
    job_id = session.scalar(sa.select(jobs.Job.id).where(queued, jobs.Job.name.startswith("listening.")))
    session.commit()
    row = jobs.claim(job_id)
    jobs.run_here(row.id, row.attempts)


def test_an_admin_uploads_tries_and_imports(visitor, make, car, session, tmp_path):
    path = lines(tmp_path, {"id": "a", "body": "Cold seat", "mood": "bad"}, {"id": "b"})
    visitor.sign_in(make.admin()).open("/listening/import")
    visitor.upload("file", path, button="Look at the file", product_id=car.id)
    assert "Cold seat" in visitor.text
    assert "mood" in visitor.text

    for button, expected in (("Trial run", "Would be imported"), ("Import", "Imported")):
        visitor.send(button, area_id=make.cabin.id)
        perform_next(session)
        assert expected in visitor.open(visitor.path).text
    assert "neither a title nor a text" in visitor.text
    assert session.scalars(sa.select(Post.title)).all() == ["Cold seat"]


def test_an_admin_reads_why_rows_were_refused_in_their_own_language(visitor, make, car, session, tmp_path):
    path = lines(tmp_path, {"body": ""}, {"body": "A sixth gear", "kind": "idea", "area": "drivetrain"}, {"body": "x"})
    path.write_text(path.read_text() + "[]\n")
    visitor.sign_in(make.admin(language="nb")).open("/listening/import")
    visitor.upload("file", path, button="Se på filen", product_id=car.id)
    visitor.send("Prøvekjøring")
    perform_next(session)

    visitor.open(visitor.path)
    for words in ("verken tittel eller tekst", "tar ikke imot ideer", "The gearbox is ours.", "nevner ikke noe område"):
        assert words in visitor.text
    assert "ikke et JSON-objekt" in visitor.text
    refused = visitor.client.get(f"{visitor.path}/refused").get_data(as_text=True)
    assert "verken tittel eller tekst" in refused

    visitor.sign_in(make.admin(language="da")).open(visitor.path)
    assert "hverken titel eller tekst" in visitor.text


def test_an_admin_reads_in_their_own_language_that_the_file_is_gone(visitor, make, car, session, tmp_path):
    visitor.sign_in(make.admin(language="da")).open("/listening/import")
    visitor.upload("file", lines(tmp_path, {"body": "Cold"}), button="Se på filen", product_id=car.id)
    visitor.send("Prøvekørsel", area_id=make.cabin.id)
    for path in (settings().data_dir / "imports").iterdir():
        path.unlink()
    perform_next(session)

    assert "Importen stoppede: Den overførte fil er der ikke mere. Vælg den igen." in visitor.open(visitor.path).text


def test_the_command_speaks_the_language_of_the_site(app, make, car, tmp_path, monkeypatch):
    monkeypatch.setattr(settings(), "main_language", "nb")
    call = ["listen", "import", str(lines(tmp_path, {"body": ""})), "--product", "car", "--area", "cabin"]

    output = app.test_cli_runner().invoke(args=call).output
    assert "verken tittel eller tekst" in output
    assert output.splitlines()[-1] == "0 innlegg importert, 0 var her fra før, 1 avvist."


@pytest.mark.parametrize("role", [None, Role.EMPLOYEE, Role.MODERATOR, Role.MANAGER])
def test_only_admins_import(visitor, make, role):
    visitor.sign_in(make.person("", *([role] if role else []))).open("/listening/import", status=403)
