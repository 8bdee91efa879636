"""The library of reasons: what Cabin came with, the site's own, and what an author reads of either."""

import pytest

from forum.core.errors import Invalid, NotAllowed
from forum.core.languages import speaking
from forum.core.people import ANYBODY, Role
from forum.moderation import conduct, library, services
from forum.moderation.public_log import public_lines
from forum.moderation.status import Decision, Purpose, Reason

OWN = {"en": "Say which car it is.", "nb": "Skriv hvilken bil det er."}


@pytest.fixture
def kari(make):
    """A moderator."""
    return make.reader("Kari", Role.MODERATOR)


def own_reason(session, kari):
    """The key of a reason that Kari wrote."""
    library.write_reason(session, None, Purpose.AWAY, {"en": "Which car"}, OWN, by=kari)
    return next(line.key for line in library.lines(session) if not line.is_built_in)


def test_an_own_reason_reaches_the_author_in_their_language(session, make, kari):
    key = own_reason(session, kari)
    author = make.person("Per", language="nb")
    post = make.post(author=author)

    case = services.moderate(session, post, Decision.HIDDEN, by=kari, reason=key, words="Takk.")
    warning = conduct.warn(session, author, key, "", by=kari)

    assert (case.ground, case.own_ground_id) == (Reason.OTHER, key)
    assert post.moderation_reason == "Skriv hvilken bil det er. Takk."
    assert warning.reason == "Skriv hvilken bil det er."
    assert public_lines(session, ANYBODY).rows[0].why == "Say which car it is."


def test_a_retired_reason_is_not_offered_and_what_was_decided_keeps_its_words(session, make, kari):
    key = own_reason(session, kari)
    post = make.post()
    services.moderate(session, post, Decision.HIDDEN, by=kari, reason=key)
    with pytest.raises(NotAllowed):
        library.retire(session, library.find_line(session, str(key)), by=make.reader())
    library.retire(session, library.find_line(session, str(key)), by=kari)

    assert key not in dict(library.options(library.read_names(session), [Purpose.AWAY]))
    with pytest.raises(Invalid):
        services.moderate(session, make.post(), Decision.HIDDEN, by=kari, reason=key)
    assert public_lines(session, ANYBODY).rows[0].why == "Say which car it is."
    library.bring_back(session, library.find_line(session, str(key)), by=kari)
    assert key in dict(library.options(library.read_names(session), [Purpose.AWAY]))


def test_what_cabin_came_with_is_worded_differently_in_one_language_alone(session, kari):
    line = library.find_line(session, "rude")
    library.write_reason(session, line, line.purpose, {"nb": "Ufint"}, {"nb": "Hold deg til saken."}, by=kari)

    assert library.sentence(session, Reason.RUDE, "", "nb") == "Hold deg til saken."
    assert library.sentence(session, Reason.RUDE, "", "en").startswith("It goes for people.")
    with speaking("nb"):
        assert "Ufint" in dict(library.options(library.read_names(session), [Purpose.AWAY])).values()


def test_moderators_add_change_and_retire_reasons_on_their_page(visitor, make):
    visitor.sign_in(make.moderator()).open("/moderation/reasons").open("/moderation/reasons/new")
    visitor.send("Save", status=422)
    assert visitor.text.count("Write this in at least one language.") > 1
    visitor.send("Save", name_en="Which car", words_en="Say which <car> it is.")
    assert "Say which <car> it is." in visitor.text
    visitor.open("/moderation/reasons/spam").send("Save", words_en="No selling here.")
    assert "No selling here." in visitor.text

    post = make.post()
    visitor.open(f"/moderation/posts/{post.id}").send("Hide", reason="1")
    assert post.moderation_reason == "Say which <car> it is."
    visitor.open("/moderation/reasons").send("Retire", into="/reasons/1/")
    assert "Bring back : Which car" in visitor.text
    visitor.open("/moderation/reasons/nothing", status=404)
