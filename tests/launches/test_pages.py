"""The pages of launches and receipts, walked through their forms."""

import re

import sqlalchemy as sa

from forum.accounts.models import Consent
from forum.accounts.services import set_consent
from forum.accounts.status import ConsentKind
from forum.backlog.status import ItemStatus
from forum.core.clock import utcnow
from forum.launches.models import Launch, Receipt, Verdict
from forum.launches.status import Answer
from forum.posts.status import Moderation, Visibility


def receipt_of(session, person) -> Receipt:
    """A person's only receipt."""
    return session.scalars(sa.select(Receipt).where(Receipt.user_id == person.id)).one()


def test_a_manager_launches_after_a_preview_and_sees_who_hears_of_it(session, manager, visitor, seats, build):
    item = build(seats[0])
    visitor.sign_in(manager).open(f"/backlog/{item.id}/launch")
    assert "2 people get a receipt" in visitor.text
    assert "The left seat stays cold." in visitor.text

    visitor.send("Preview", title_en="Warm in four minutes", announcement_en="Now **warm**.")
    assert "<strong>warm</strong>" in visitor.html
    assert session.scalars(sa.select(Launch)).all() == []
    visitor.send("Launch", into="/launch")

    assert "2 people behind it have a receipt in their own words now." in visitor.text
    assert "The left seat stays cold." in visitor.text
    assert visitor.path == f"/launches/{session.scalars(sa.select(Launch.id)).one()}"


def test_what_is_missing_is_said_and_nothing_is_launched(session, manager, visitor, seats, build):
    item = build(seats[0])

    visitor.sign_in(manager).open(f"/backlog/{item.id}/launch").send("Launch", into="/launch", status=422)

    assert "Say what was built, in at least one language." in visitor.text
    assert session.scalars(sa.select(Launch)).all() == []


def test_only_an_item_in_progress_has_the_page(manager, visitor, promote):
    item = promote()

    visitor.sign_in(manager).open(f"/backlog/{item.id}/launch", status=409)

    assert "“Warm seats” cannot be launched now Proposed" in visitor.text
    assert "Only an item in progress can be launched. Move it there first." in visitor.text
    assert f'href="/backlog/{item.id}"' in visitor.html
    visitor.open(f"/backlog/{item.id}/reopen", status=409)
    assert "What you wrote is still in the form" not in visitor.text


def test_the_author_answers_the_receipt_in_their_own_words(session, visitor, seats, build, launch):
    launch(build(seats[0]))
    kari, post = seats[1], seats[3]
    path = f"/receipts/{receipt_of(session, kari).id}"

    visitor.sign_in(kari).open("/me")
    assert f'href="{path}"' in visitor.html
    visitor.open(path)
    for words in ("You wrote on", "The left seat stays cold.", "You said it first", "1 other person", "It is planned."):
        assert words in visitor.text
    visitor.send("Send the answer", answer="no", words="Still cold on the right.")

    assert "The product manager reads it" in visitor.text
    verdict = session.scalars(sa.select(Verdict)).one()
    assert (verdict.answer, verdict.words) == (Answer.NO, "Still cold on the right.")
    assert "You answered: No" in visitor.open(f"/posts/{post.id}").text
    visitor.open(path).send("Change the answer", answer="yes")
    assert session.scalars(sa.select(Verdict.answer)).one() is Answer.YES


def test_a_voter_is_quoted_the_post_and_thanked_and_answers_from_it(session, visitor, seats, build, launch):
    launch(build(seats[0]))
    ola, post = seats[2], seats[3]

    visitor.sign_in(ola).open(f"/receipts/{receipt_of(session, ola).id}")
    assert "Thank you for your vote" in visitor.text
    assert "You said it first" not in visitor.text
    visitor.open(f"/posts/{post.id}").send("Partly")

    assert session.scalars(sa.select(Verdict.answer)).one() is Answer.PARTLY


def test_an_answer_needs_a_choice(session, visitor, seats, build, launch):
    launch(build(seats[0]))

    visitor.sign_in(seats[1]).open(f"/receipts/{receipt_of(session, seats[1]).id}")
    visitor.send("Send the answer", words="Well", status=422)

    assert "Choose one of these." in visitor.text
    assert "The left seat stays cold." in visitor.text


def test_a_receipt_is_its_owners_alone(session, make, manager, visitor, seats, build, launch):
    launch(build(seats[0]))
    path = f"/receipts/{receipt_of(session, seats[1]).id}"

    assert "Sign in" in visitor.open(path).text
    for stranger in (seats[2], manager, make.admin()):
        visitor.sign_in(stranger).open(path, status=404)


def test_a_name_is_given_and_taken_back_on_the_receipt(session, visitor, seats, build, launch):
    done = launch(build(seats[0]))
    path = f"/receipts/{receipt_of(session, seats[1]).id}"
    assert "Kari</bdi></a> <span" not in visitor.open(f"/launches/{done.id}").html

    visitor.sign_in(seats[1]).open(path).send("Name me")
    assert "said it first" in visitor.open(f"/launches/{done.id}").text
    assert "and 1 person more who asked for it" in visitor.text
    assert "Warm in four minutes" in visitor.open(f"/people/{seats[1].id}").text
    visitor.open(path).send("Take my name off")

    assert "2 people asked for it." in visitor.open(f"/launches/{done.id}").text
    assert session.scalars(sa.select(Consent.withdrawn_at)).one() is not None


def test_a_quote_goes_with_its_post(session, visitor, seats, build, launch):
    done = launch(build(seats[0]))
    seats[3].moderation = Moderation.HIDDEN
    seats[3].is_listed = False
    session.commit()

    assert "The left seat stays cold." not in visitor.open(f"/launches/{done.id}").text
    visitor.sign_in(seats[2]).open(f"/receipts/{receipt_of(session, seats[2]).id}")
    assert "The left seat stays cold." not in visitor.text
    assert "The post cannot be read any more." in visitor.text


def test_private_authors_get_a_receipt_and_stand_on_no_public_page(session, make, visitor, build, launch):
    pia = make.person("Pia")
    private = make.post("My secret", body="My own seat burns.", author=pia, visibility=Visibility.PRIVATE)
    done = launch(build(make.theme("Seats", [make.post("Cold"), private])))

    visitor.open(f"/launches/{done.id}")
    assert "burns" not in visitor.text
    assert "Pia" not in visitor.text
    visitor.sign_in(pia).open(f"/receipts/{receipt_of(session, pia).id}").send("Name me")
    assert "Your post is private" in visitor.text
    assert "Pia" not in visitor.open(f"/launches/{done.id}").text.replace("Pia My page", "")


def test_many_credits_are_on_pages_of_their_own(session, make, visitor, build, launch):
    kari, ola = make.person("Kari"), make.person("Ola")
    set_consent(session, kari.id, ConsentKind.CREDIT, True)
    for n in range(12):
        launch(build(make.theme("", [make.post(author=kari), make.post(author=ola)])), title_en=f"Launch number {n}")

    shown = re.compile(r"<b>Launch number (\d+)</b>")
    visitor.open(f"/people/{kari.id}")
    assert [int(n) for n in shown.findall(visitor.html)] == list(range(11, 1, -1))
    visitor.open(re.search(r'href="([^"]+)">All that Kari is credited for', visitor.html)[1])

    assert [int(n) for n in shown.findall(visitor.html)] == list(range(11, -1, -1))
    assert "Launch number" not in visitor.open(f"/people/{ola.id}/launches").text
    assert "Launch number" not in visitor.open(f"/people/{ola.id}").text
    visitor.open("/people/99999/launches", status=404)


def test_a_no_is_shown_to_the_manager_who_reopens(session, make, manager, visitor, seats, build, launch):
    item = build(seats[0])
    launch(item)
    session.add(
        Verdict(launch_id=item.id, user_id=seats[1].id, answer=Answer.NO, words="Still cold.", answered_at=utcnow())
    )
    session.commit()

    visitor.sign_in(manager).open(f"/backlog/{item.id}")
    assert "Still cold." in visitor.text
    assert "0 % say it is solved" in visitor.text
    visitor.open(f"/backlog/{item.id}/reopen").send("Reopen", sentence_en="The right side is still cold.")

    session.refresh(item)
    assert (item.status, item.reopened) == (ItemStatus.IN_REVIEW, 1)
    assert "reopened once" in visitor.text
    visitor.client.delete_cookie("cabin_sign_in")
    assert "This is looked at again" in visitor.open("/launches/1").text
    assert "Still cold." not in visitor.text


def test_the_board_shows_the_latest_launch(visitor, seats, build, launch):
    launch(build(seats[0]))

    assert "You asked, we built Warm in four minutes" in visitor.open("/").text


def test_an_internal_launch_is_for_the_team(make, manager, visitor, seats, build, launch):
    done = launch(build(seats[0], is_public=False))

    visitor.open(f"/launches/{done.id}", status=404)
    assert "Warm in four minutes" not in visitor.open("/launches").text
    assert "Warm in four minutes" not in visitor.open("/").text
    assert "Warm in four minutes" in visitor.sign_in(manager).open("/launches").text


def test_a_launch_goes_out_of_sight_with_its_item_and_comes_back(session, manager, visitor, seats, build, launch):
    item = build(seats[0])
    done = launch(item)
    path = f"/receipts/{receipt_of(session, seats[1]).id}"

    visitor.sign_in(manager).open(f"/backlog/{item.id}/edit").send("Save", is_public="no")
    visitor.sign_in(seats[1]).open(f"/launches/{done.id}", status=404)
    visitor.open(path, status=404)
    assert "Warm in four minutes" not in visitor.open(f"/posts/{seats[3].id}").text
    visitor.sign_in(manager).open(f"/backlog/{item.id}/edit").send("Save", is_public="yes")

    assert "Warm in four minutes" in visitor.sign_in(seats[1]).open(f"/posts/{seats[3].id}").text
    visitor.open(path)


def test_every_page_costs_the_same_number_of_queries(session, make, visitor, seats, build, launch, count_queries):
    done = launch(build(seats[0]))
    kari = seats[1]
    paths = ["/launches", f"/launches/{done.id}"]
    own = [*paths, "/me/receipts", f"/receipts/{receipt_of(session, kari).id}"]

    def costs(paths: list[str]) -> dict[str, int]:
        found = {}
        for path in paths:
            visitor.open(path)
            session.rollback()
            with count_queries() as seen:
                visitor.client.get(path)
            found[path] = len([statement for statement in seen if statement.startswith(("SELECT", "WITH"))])
        return found

    few = costs(paths)
    visitor.sign_in(kari)
    few_own = costs(own)
    visitor.client.delete_cookie("cabin_sign_in")
    for _ in range(3):
        launch(build(make.theme("", [make.post(author=kari), make.post()])))
    session.commit()

    assert costs(paths) == few
    visitor.sign_in(kari)
    assert costs(own) == few_own
    assert max(few.values()) <= 4, few
    assert max(few_own.values()) <= 7, few_own
