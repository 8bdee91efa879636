"""What the page of a launch tells in customers' words, pictures and shares; and reopening with their words."""

import sqlalchemy as sa

from forum.accounts.services import set_consent
from forum.accounts.status import ConsentKind
from forum.backlog.models import DecisionEntry
from forum.backlog.status import ItemStatus
from forum.launches import queries, services
from forum.launches.models import Launch, LaunchPicture, Receipt, Verdict
from forum.launches.schemas import Retelling
from forum.launches.status import Answer
from forum.notifications.models import Happening
from forum.notifications.status import Kind
from forum.posts import pictures
from tests.posts.test_pictures import drawn

WORDS = {"title_en": "Warm in four minutes", "announcement_en": "Now **warm**."}


def receipt_of(session, person) -> Receipt:
    """A person's only receipt."""
    return session.scalars(sa.select(Receipt).where(Receipt.user_id == person.id)).one()


def add_picture(visitor, folder, kind: str) -> None:
    """Add a picture to the form of a launch that is open."""
    file = folder / f"seat.{kind.lower()}"
    file.write_bytes(drawn(kind))
    visitor.upload("picture", file, button="Add it", do="picture", **WORDS)


def test_a_picture_is_described_and_goes_out_with_the_launch(session, seats, build, manager, visitor, app, tmp_path):
    item = build(seats[0])
    add_picture(visitor.sign_in(manager).open(f"/backlog/{item.id}/launch"), tmp_path, "PNG")
    assert "The picture is added. Say what it shows." in visitor.text
    kept = session.scalars(sa.select(LaunchPicture)).one()
    assert (kept.launch_id, kept.name.endswith(".webp"), kept.width) == (None, True, 60)
    assert visitor.client.get(f"/launches/pictures/{kept.id}").status_code == 200

    visitor.send("Launch", into="/launch", status=422)
    assert "Say in a few words what it shows" in visitor.text
    visitor.send("Launch", into="/launch", picture_alt="A seat with a red left half")

    assert 'alt="A seat with a red left half"' in visitor.html
    assert pictures.sweep(session, older_than=-5) == 0
    assert app.test_client().get(f"/launches/pictures/{kept.id}").status_code == 200


def test_nobody_outside_sees_a_picture_before_the_launch(session, seats, build, manager, visitor, app, tmp_path):
    item = build(seats[0])
    add_picture(visitor.sign_in(manager).open(f"/backlog/{item.id}/launch"), tmp_path, "JPEG")
    kept = session.scalars(sa.select(LaunchPicture)).one()

    assert app.test_client().get(f"/launches/pictures/{kept.id}").status_code == 404


def test_the_preview_reads_in_each_language_and_counts_its_readers(session, make, build, manager, visitor):
    post = make.post("Kaldt sete", author=make.person("Kari", language="nb"))
    make.vote(post, make.person("Ola", language="nb"))
    make.vote(post, make.person("Ada", language=""))
    item = build(make.theme("Seats", [post]))

    visitor.sign_in(manager).open(f"/backlog/{item.id}/launch").send("Preview", **WORDS, title_nb="Varmt")

    assert "English 1 person" in visitor.text
    assert "Norsk bokmål 2 people nothing written in this language" in visitor.text
    assert "Du ba om det" in visitor.text or "Dere ba om det, vi laget det: Varmt" in visitor.text
    assert "Dansk 0 people" in visitor.text
    assert session.scalars(sa.select(Launch)).all() == []


def test_words_from_before_are_chosen_and_shares_stand_beside_names(session, make, build, launch, visitor):
    kari, ola = make.person("Kari"), make.person("Ola")
    posts = [make.post(title, body="", author=who) for title, who in (("Cold left", kari), ("Cold right", ola))]
    make.vote(posts[0], make.person("Ada"))
    set_consent(session, ola.id, ConsentKind.CREDIT, True)
    done = launch(build(make.theme("Seats", posts)), before=[posts[1].id])

    visitor.open(f"/launches/{done.id}")

    assert "Cold right" in visitor.text
    assert "Cold left" not in visitor.text
    assert "Ola 30 %" in visitor.text
    assert "2 people wrote 3 parts each: 30 %" in visitor.text
    assert "All together 10 parts" in visitor.text


def test_what_is_offered_to_quote_is_what_receipts_quote(session, make, build, launch):
    kari = make.person("Kari")
    posts = [make.post(title, body="", author=kari) for title in ("First", "Second")]
    make.vote(posts[1], make.person("Ola"))
    item = build(make.theme("Seats", posts))

    assert [row.title for row in queries.sentences_behind(session, item.id, 5)] == ["First"]
    done = launch(item)
    assert [row.sentence for row in queries.quotes(session, done.id, 5)] == ["First"]


def test_words_from_after_need_consent_and_a_choice_and_can_be_taken_back(session, make, seats, build, launch, planner):
    theme, kari, ola, _post = seats
    done = launch(build(theme))
    for person, may_quote in ((kari, True), (ola, False)):
        own, reader = receipt_of(session, person), make.as_reader(person)
        services.answer_receipt(
            session, own, Answer.YES, f"{reader.display_name}: warm.", by=reader, may_quote=may_quote
        )
    assert queries.words_after(session, done.id) == []

    services.retell(session, done, Retelling(after=[kari.id, ola.id]), by=planner)
    session.flush()
    assert [row.words for row in queries.words_after(session, done.id)] == ["Kari: warm."]

    services.answer_receipt(
        session, receipt_of(session, kari), Answer.YES, "Other.", by=make.as_reader(kari), may_quote=True
    )
    session.flush()
    assert queries.words_after(session, done.id) == []  # changed words are chosen anew
    assert session.scalars(sa.select(Verdict.may_quote).where(Verdict.user_id == ola.id)).one() is False


def test_a_no_reopens_with_the_words_and_followers_are_told(session, make, seats, build, launch, manager, visitor):
    theme, kari, _ola, _post = seats
    item = build(theme)
    done = launch(item)
    kari_reads = make.as_reader(kari)
    services.answer_receipt(session, receipt_of(session, kari), Answer.NO, "Still cold on the left.", by=kari_reads)
    session.commit()

    visitor.sign_in(manager).open(f"/launches/{done.id}")
    assert "Still cold on the left." in visitor.text
    visitor.open(f"/launches/{done.id}/reopen").send("Reopen", quote=[str(kari.id)], argument="The sensor.")

    assert (item.status, item.reopened) == (ItemStatus.IN_REVIEW, 1)
    entry = session.scalars(sa.select(DecisionEntry).order_by(DecisionEntry.id.desc())).first()
    assert entry.argument == "The sensor.\nKari (No): “Still cold on the left.”"
    told = session.scalars(sa.select(Happening.values).where(Happening.kind == Kind.STATUS)).all()
    assert told[-1]["before"] == "launched"
    visitor.open(f"/launches/{done.id}/reopen", status=409)


def test_the_effect_is_a_sentence_for_everybody_and_figures_for_the_team(seats, build, launch, manager, visitor):
    theme, kari, _ola, _post = seats
    done = launch(build(theme))

    visitor.open(f"/launches/{done.id}")
    assert "It is too early to tell whether there are fewer complaints. 0 whole weeks have passed" in visitor.text
    assert "Week by week" not in visitor.text
    assert "Too early to tell" in visitor.open(f"/themes/{theme.id}").text
    visitor.sign_in(kari).open(f"/launches/{done.id}/effect", status=403)
    visitor.sign_in(manager).open(f"/launches/{done.id}/effect")
    assert "Complaints a week before and after the launch" in visitor.html
    assert "Week from Complaints" in visitor.text
