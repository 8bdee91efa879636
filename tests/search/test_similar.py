"""Posts that say the same, for readers who may see them."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from config import HOME
from forum.core.people import ANYBODY, Role
from forum.posts.services import hide_post
from forum.posts.status import Moderation, Visibility
from forum.products.status import Openness
from forum.search import jobs, similar
from forum.search.models import SearchEntry
from forum.search.services import index_post
from forum.search.similar import Drift, drift, index_file, is_enough, posts_like, similar_posts, write_index


def like(session, text: str, reader=ANYBODY) -> list[int]:
    """The ids of the posts most like a text, in their order."""
    session.flush()
    return [post.id for post in similar_posts(session, text, reader=reader)]


def keep(session) -> None:
    """Write the index of what there is now to the file, as the worker does."""
    session.commit()
    write_index(session)


def test_similar_posts_share_telling_words(session, said):
    for n in range(5):
        said(f"A car with number {n}", "The car is a car.")
    heater = said("The seat heater takes ages", "Every morning.")
    said("Secret seat heater", visibility=Visibility.PRIVATE)

    found = similar_posts(session, "My seat heater in the car is slow", reader=ANYBODY)

    assert [(post.id, post.words) for post in found] == [(heater.id, ("seat", "heater"))]


def test_a_compound_says_enough_where_the_other_word_is_misspelt(session, said):
    bokmal = said("Husk setevarmen fra i går", "Hver morgen må jeg slå den på igjen.", language="nb")
    danish = said("Sædevarmen er lang tid om det på læderet", "Min kone opgav i januar.", language="da")

    assert sorted(like(session, "Setevarmen blir ikke vrm")) == [bokmal.id, danish.id]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The bluetoth adio is gone", ("bluetooth", "audio")),
        ("Lyden på blåtann forsvinner", ("bluetooth", "audio")),
        ("Phone trouble\nIt looses the Bluetooth audio on long drives", ("bluetooth", "audio", "drives")),
    ],
)
def test_misspelt_words_translations_and_bodies_find_a_post_and_say_why(session, said, text, words):
    said("Seats are cold in winter")
    post = said("Bluetooth audio drops out", "Long drives are no fun then.")
    session.flush()

    found = similar_posts(session, text, reader=ANYBODY)

    assert [one.id for one in found] == [post.id]
    assert set(words) <= set(found[0].words)


def test_dialects_find_a_post_in_bokmal(session, said):
    said("Setet er for hardt", language="nb")
    post = said("Hvorfor dugger frontruta på innsiden hver morgen?", language="nb")

    assert like(session, "Koffer dogge frontruto på innsia kvar mårra") == [post.id]


def test_words_that_stand_in_the_body_alone_are_told_apart(session, said):
    said("Mornings", "The seat heater takes ages.")
    session.flush()

    found = similar_posts(session, "Slow seat heater", reader=ANYBODY)[0]

    assert (found.words, found.hidden_words) == (("seat", "heater"), ("seat", "heater"))


def test_beside_a_post_stand_others_like_it_while_they_may_be_read(session, make, said):
    heater = said("The seat heater takes ages")
    other = said("Slow seat heater")
    session.flush()

    assert [post.id for post in posts_like(session, heater, reader=ANYBODY)] == [other.id]
    assert [post.words for post in posts_like(session, heater, reader=ANYBODY)] == [("seat", "heater")]
    hide_post(session, other, by=make.as_reader(make.moderator()), reason="Rude.")
    assert posts_like(session, heater, reader=ANYBODY) == []


@pytest.mark.parametrize(
    "values",
    [
        {"visibility": Visibility.PRIVATE},
        {"moderation": Moderation.WAITING},
        {"moderation": Moderation.ASKED},
        {"moderation": Moderation.HIDDEN},
        {"moderation": Moderation.REMOVED},
        {"moderation": Moderation.ERASED},
        {"moderation": Moderation.MERGED},
    ],
    ids=lambda values: next(iter(values.values())).value,
)
def test_what_is_not_listed_is_hinted_to_nobody(session, make, said, values):
    author = make.person()
    said("Slow seat heater", author=author, **values)
    readers = (ANYBODY, make.as_reader(author), make.reader("Mia", Role.MANAGER), make.as_reader(make.moderator()))

    assert [like(session, "My seat heater is slow", reader) for reader in readers] == [[], [], [], []]


def test_posts_of_a_closed_area_are_hinted_as_they_are_shown(session, make, said):
    post = said("Slow seat heater", area=make.area(openness=Openness.CLOSED))

    assert like(session, "My seat heater is slow") == [post.id]


def test_a_moderated_post_is_gone_at_once_although_the_file_has_it(session, make, said):
    post = said("Slow seat heater")
    keep(session)
    assert like(session, "My seat heater is slow") == [post.id]

    hide_post(session, post, by=make.as_reader(make.moderator()), reason="Rude.")

    assert like(session, "My seat heater is slow") == []


def test_many_hidden_posts_do_not_stand_before_those_that_may_be_seen(session, make, said):
    seen = said("The heater of my seat is somewhat slow")
    flood = [said("Slow seat heater") for _n in range(35)]
    keep(session)
    for post in flood:
        post.is_listed, post.moderation = False, Moderation.HIDDEN

    assert like(session, "Slow seat heater") == [seen.id]


def test_what_came_or_changed_after_the_file_is_found(session, said):
    old, changed = said("Slow seat heater"), said("Loud fan")
    keep(session)
    new = said("Seat heater is much too slow")
    changed.title = "Cold seat, slow heater"
    index_post(session, changed.id)

    assert set(like(session, "My seat heater is slow")) == {old.id, new.id, changed.id}
    assert like(session, "A loud fan somewhere") == []


@pytest.mark.parametrize("damage", [lambda whole: b"", lambda whole: whole[:-9], lambda whole: b"not ours at all" * 99])
def test_a_damaged_file_is_as_good_as_none(session, said, damage):
    post = said("Slow seat heater")
    keep(session)
    index_file().write_bytes(damage(index_file().read_bytes()))

    assert like(session, "My seat heater is slow") == [post.id]
    assert drift(session).age is None


def test_without_a_file_many_posts_are_compared_by_the_full_text_search(session, said, monkeypatch):
    monkeypatch.setattr(similar, "NEWER", 2)
    said("Loud fan")
    post = said("Slow seat heater")

    found = similar_posts(session, "My seat heaters are slow", reader=ANYBODY)

    assert [(one.id, one.words, one.score) for one in found] == [(post.id, ("slow", "seat", "heater"), 0.0)]


def test_processes_share_the_file_and_learn_of_each_others_posts(session, said):
    post = said("Slow seat heater")
    keep(session)
    later = said("The heater of my seat is slow")
    session.commit()
    script = (
        "from forum.core.database import new_session\n"
        "from forum.core.people import ANYBODY\n"
        "from forum.search.similar import similar_posts\n"
        "import sys\n"
        "found = similar_posts(new_session(reading=True), 'seat heater slow', reader=ANYBODY)\n"
        "maps = open('/proc/self/maps').read() if sys.platform == 'linux' else 'similar.index'\n"
        "print(sorted(one.id for one in found), 'similar.index' in maps, 'sklearn' in sys.modules)\n"
    )
    address = session.get_bind().url.render_as_string(hide_password=False)
    environment = os.environ | {"PYTHONPATH": str(HOME), "FORUM_DATABASE_URL": address}

    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False)

    assert (done.stdout.strip(), done.stderr) == (f"[{post.id}, {later.id}] True False", "")
    assert set(like(session, "seat heater slow")) == {post.id, later.id}


def test_the_index_is_written_anew_when_it_is_worth_it():
    hours = timedelta(hours=1)

    assert jobs.is_due(Drift(posts=1, newer=1, gone=0, age=None))
    assert not jobs.is_due(Drift(posts=0, newer=0, gone=0, age=None))
    assert not jobs.is_due(Drift(posts=50_000, newer=900, gone=0, age=hours))
    assert jobs.is_due(Drift(posts=50_000, newer=1_100, gone=0, age=hours))
    assert jobs.is_due(Drift(posts=50_000, newer=0, gone=1, age=2 * hours))
    assert jobs.is_due(Drift(posts=50_000, newer=1, gone=0, age=25 * hours))
    assert not jobs.is_due(Drift(posts=50_000, newer=0, gone=0, age=999 * hours))


def test_drift_counts_what_came_and_went(session, make, said):
    said("Slow seat heater")
    gone = said("Loud fan")
    session.execute(sa.update(SearchEntry).values(changed_at=datetime.now(UTC) - timedelta(days=1)))
    keep(session)
    said("New and unknown")
    hide_post(session, gone, by=make.as_reader(make.moderator()), reason="Rude.")
    session.flush()

    now = drift(session)

    assert (now.posts, now.newer, now.gone) == (2, 1, 1)
    assert now.age < timedelta(minutes=1)


def test_three_words_or_twelve_characters_are_enough():
    assert is_enough("my cold seat")
    assert is_enough("Bluetooth is")
    assert not is_enough("seat heat")
