"""Mail of each kind, in each language, as it reaches a real mail server that is busy twice first."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest

from config import HOME
from forum.accounts.letters import send_letter
from forum.accounts.models import Consent
from forum.accounts.rules import role_word
from forum.accounts.status import ConsentKind
from forum.backlog.schemas import Decision, Promotion
from forum.backlog.services import move_item, promote_themes
from forum.backlog.status import CameBack, ItemStatus
from forum.core.clock import today, utcnow
from forum.core.languages import LANGUAGES
from forum.core.outbox import DELAYS
from forum.core.people import Role
from forum.launches.pilots import open_pilot
from forum.launches.schemas import Launching, Piloting
from forum.launches.services import launch_item
from forum.notifications.happening import happen
from forum.notifications.services import choose, follow
from forum.notifications.status import How, Kind, Subject, Topic
from forum.posts import commenting
from forum.posts.events import PostPublished
from forum.posts.schemas import NewComment
from forum.posts.status import Moderation, Voice
from forum.themes.events import ThemeRose

TITLES = {
    "en": "The left seat stays cold",
    "nb": "Venstre sete blir aldri varmt",
    "da": "Venstre sæde bliver aldrig varmt",
}
BURNING = ("It burns <b>me</b>", "It smokes", "It is hot")  # the newest posts of a theme that rises
SUBJECTS = {
    "en": (
        "Re: {}",
        "The company answered: {}",
        "Planned: {}",
        "Not now: {}",
        "You asked, we built: Warm on both sides",
        "Joined with another post: {}",
        "By itself again: {}",
        "Split in two: {}",
        "Moved to Doors: {}",
        "Your objection was answered: {}",
        "New in Doors: The door squeaks",
        "Early warning: Cold seats",
        "Looked at again: {}",
        "Try it early: Warm on both sides",
    ),
    "nb": (
        "Sv: {}",
        "Selskapet har svart: {}",
        "Planlagt: {}",
        "Ikke nå: {}",
        "Dere ba om det, vi laget det: Varmt på begge sider",
        "Slått sammen med et annet innlegg: {}",
        "Står for seg selv igjen: {}",
        "Delt i to: {}",
        "Flyttet til Dører: {}",
        "Innsigelsen din er besvart: {}",
        "Nytt i Dører: The door squeaks",
        "Tidlig varsel: Kalde seter",
        "Ses på igjen: {}",
        "Prøv det tidlig: Varmt på begge sider",
    ),
    "da": (
        "Sv: {}",
        "Virksomheden har svaret: {}",
        "Planlagt: {}",
        "Ikke nu: {}",
        "Du bad om det, vi byggede det: Varmt på begge sider",
        "Lagt sammen med et andet indlæg: {}",
        "Står for sig selv igen: {}",
        "Delt i to: {}",
        "Flyttet til Døre: {}",
        "Din indsigelse er besvaret: {}",
        "Nyt i Døre: The door squeaks",
        "Tidligt varsel: Kolde sæder",
        "Ses på igen: {}",
        "Prøv det tidligt: Varmt på begge sider",
    ),
}
NAMES = {
    "doors": {"en": "Doors", "nb": "Dører", "da": "Døre"},
    "theme": {"en": "Cold seats", "nb": "Kalde seter", "da": "Kolde sæder"},
    "item": {"en": "Warm seats", "nb": "Varme seter", "da": "Varme sæder"},
    "launch": {"en": "Warm on both sides", "nb": "Varmt på begge sider", "da": "Varmt på begge sider"},
    "line": {
        "en": "Your half of the seat gets a sensor of its own. It has to pass the winter test first.",
        "nb": "Din halvdel av setet får en egen sensor. Den må gjennom vintertesten først.",
        "da": "Din halvdel af sædet får sin egen sensor. Den skal først bestå vintertesten.",
    },
}
CAME_BACK = {"came_back": CameBack.VOTES.value, "is_public": True}
WORDS = "Only the left half gets warm.\n\nThe dealer says that it has to be so, & I do not <b>believe</b> that."


def words(field, name):
    """Words in each language, as forms send them."""
    return {f"{field}_{language}": text for language, text in NAMES[name].items()}


class Kari:
    """One person and something of each kind that happens to her."""

    def __init__(self, make, language, manager):
        self.make, self.session = make, make.session
        self.person = make.person("Kari Nordmann", language=language)
        self.manager, self.by = manager, make.as_reader(manager)
        self.title = TITLES[language]
        self.seats, self.doors = make.area(), make.area()
        self.doors.name = NAMES["doors"]
        choose(self.session, self.person.id, dict.fromkeys(Topic, How.INSTANTLY))

    def post(self):
        post = self.make.post(self.title, author=self.person, area=self.seats, when=utcnow() - timedelta(days=40))
        follow(self.session, Subject.POST, post.id, by=self.make.as_reader(self.person))
        return post

    def decide(self, *statuses):
        """An item for a new post of hers, taken so far."""
        theme = self.make.theme("Seats", [self.post()])
        promotion = Promotion(**words("title", "item"), owner_id=self.by.id, is_public=True)
        item = promote_themes(self.session, [theme], promotion, by=self.by)
        for to in statuses:
            needed = words("sentence", "line") | {"to": to.value, "version": item.version}
            if to is ItemStatus.PLANNED:
                needed["target"] = "2027 Q1"
            if to is ItemStatus.NOT_NOW:
                needed |= words("line", "line") | {"reason": "timing", "revisit_on": today() + timedelta(days=90)}
            move_item(self.session, item, to, Decision(**needed), by=self.by)
        return item

    def talk(self):
        post, other = self.post(), self.make.person("Ola")
        for body, by, values in ((WORDS, other, {}), ("We measured it.", self.manager, {"voice": Voice.OFFICIAL})):
            commenting.add_comment(self.session, post, NewComment(body=body, **values), by=self.make.as_reader(by))

    def decisions(self):
        self.decide(ItemStatus.PLANNED)
        self.decide(ItemStatus.NOT_NOW)
        item = self.decide(ItemStatus.PLANNED, ItemStatus.IN_PROGRESS)
        told = words("title", "launch") | words("announcement", "line")
        pilot = Piloting(**words("title", "launch") | words("about", "line"), seats=1, invite=[self.person.id])
        self.make._add(Consent(user_id=self.person.id, kind=ConsentKind.CONTACT, given_at=utcnow()))
        open_pilot(self.session, self.decide(ItemStatus.PLANNED, ItemStatus.IN_PROGRESS), pilot, by=self.by)
        launch_item(self.session, item, Launching(**told), by=self.by)

    def come_back(self):
        """What was set aside is looked at again."""
        item = self.decide()
        item.came_back_at = utcnow()
        happen(self.session, Kind.CAME_BACK, item_id=item.id, values=CAME_BACK | {"title": item.title})

    def arrange(self):
        """What moderators do with her posts."""
        make, session = self.make, self.session
        other, until = make.post("Cold seats in winter"), (utcnow() + timedelta(days=14)).date().isoformat()
        merged = self.post()
        merged.moderation, merged.merged_into_id, merged.is_listed = Moderation.MERGED, other.id, False
        happen(session, Kind.MERGED, post_id=merged.id, values={"into_id": other.id, "until": until})
        happen(session, Kind.UNMERGED, post_id=self.post().id, values={"into_id": other.id})
        happen(session, Kind.SPLIT, post_id=self.post().id, values={"new_ids": [make.post("The belt rubs").id]})
        moved = self.post()
        moved.area_id = self.doors.id
        where = {"to_id": self.doors.id, "from": self.seats.name, "to": self.doors.name}
        happen(session, Kind.MOVED, post_id=moved.id, values=where)
        answer = {"user_id": self.person.id, "is_granted": False, "reason": NAMES["line"][self.person.language]}
        happen(session, Kind.OBJECTION, post_id=self.post().id, values=answer)

    def news(self):
        """What she hears of what others do."""
        from forum.accounts.models import UserRole
        from forum.core.events import publish
        from forum.core.people import Role

        make, session = self.make, self.session
        follow(session, Subject.AREA, self.doors.id, by=make.as_reader(self.person))
        new = make.post("The door squeaks", area=self.doors, body="Since the first frost.")
        publish(session, PostPublished(new.id))
        make._add(UserRole(user_id=self.person.id, role=Role.MANAGER))
        theme = make.theme("Cold seats", [make.post(title) for title in ("Older", *BURNING)])
        theme.name = NAMES["theme"]
        publish(session, ThemeRose(theme.id, make.warning(theme).id))


@pytest.mark.parametrize("language", LANGUAGES)
def test_mail_of_each_kind_reaches_a_server_that_is_busy_twice(language, make, manager, work, postbox, tmp_path):
    kari, another = Kari(make, language, manager), Kari(make, language, manager)
    postbox.fails = 2
    another.come_back()
    kari.talk()
    kari.decisions()
    kari.arrange()
    kari.news()
    for wait in (0, DELAYS[0] + 1, sum(DELAYS[:2]) + 2):  # seconds
        work(timedelta(seconds=wait))

    assert set(postbox.refused.values()) == {2}
    received = {ahead(message): message for one in (kari, another) for message in postbox.to(one.person)}
    assert sorted(received) == sorted(subject.format(kari.title) for subject in SUBJECTS[language])
    warning = next(text for text in map(plain, received.values()) if BURNING[1] in text)
    assert [title in warning for title in (*BURNING, "Older")] == [True, True, True, False]
    for n, (subject, message) in enumerate(received.items()):
        (tmp_path / f"{language}-{n:02}.txt").write_text(f"{subject}\n\n{plain(message)}")
        (tmp_path / f"{language}-{n:02}.html").write_text(html(message))
        check(message, language)


def ahead(message):
    """What a mail program shows beside the subject."""
    return unescape(re.search('<p class="ahead">(.*?)</p>', html(message))[1])


def plain(message):
    return message.get_body(("plain",)).get_content().replace("\r\n", "\n")


def html(message):
    return message.get_body(("html",)).get_content()


def check(message, language):
    """What holds of each mail."""
    text, page = plain(message), html(message)
    assert f'<html lang="{language}">' in page
    assert message["Content-Language"] == language
    assert "\n\n\n" not in text
    assert "<b>" not in page.replace("&lt;b&gt;", "")
    assert re.fullmatch(r"<http://127\.0\.0\.1:8000/unsubscribe/[\w.-]+>", message["List-Unsubscribe"])
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Unsubscribe"].strip("<>") in text
    if ahead(message).endswith(TITLES[language]):
        assert message["In-Reply-To"] == message["References"]
        assert message["Subject"] == f"Re: {TITLES[language]}"
    else:
        assert message["Subject"] == ahead(message)
    assert message["Keywords"] in {kind.value for kind in Kind}
    assert not re.search(r"<(img|script|link)|https?://(?!127)", page)


def test_a_not_now_is_sober_and_mail_of_one_post_stands_together(make, manager, work, postbox):
    kari = Kari(make, "en", manager)
    item = kari.decide(ItemStatus.PLANNED, ItemStatus.IN_REVIEW)
    work()
    needed = words("line", "line") | {"to": "not now", "reason": "cost", "revisit_on": today() + timedelta(days=90)}
    move_item(make.session, item, ItemStatus.NOT_NOW, Decision(**needed), by=kari.by)
    work()

    first, last = postbox.to(kari.person)
    assert first["In-Reply-To"] == last["In-Reply-To"]
    assert last["References"].startswith("<post-")
    assert first["Message-ID"] != last["Message-ID"]
    assert "not what you hoped for" in plain(last)
    assert "What was said and voted stays" in plain(last)
    assert not re.search("(?i)great|glad|happy|good news|thank|!$", plain(last))
    assert 'class="sober"' in html(last)


def test_the_mail_of_the_day_gathers_by_post(make, manager, work, postbox, tmp_path, session):
    kari = Kari(make, "nb", manager)
    choose(session, kari.person.id, dict.fromkeys(Topic, How.DAILY))
    kari.talk()
    kari.decisions()
    work()
    assert postbox.to(kari.person) == []
    work(timedelta(days=1))

    (message,) = postbox.to(kari.person)
    assert message["Subject"] == f"Dagen din: {kari.title} og mer"
    assert plain(message).count(kari.title) == 6  # of five posts, and once in her own words
    assert plain(message).count("Ola kommenterte.") == 1
    (tmp_path / "digest.html").write_text(html(message))
    (tmp_path / "digest.txt").write_text(plain(message))
    work(timedelta(days=2))
    assert len(postbox.to(kari.person)) == 1


LATER = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
OF_AUTHOR = {"author": "Kari", "reason": "It names a person.", "address": "http://127.0.0.1:8000/posts/1"}
OF_DECISION = OF_AUTHOR | {"title": "Cold seat", "objection": "http://127.0.0.1:8000/moderation/posts/1/object"}
LETTERS = {
    "approved": [
        {**OF_DECISION, "is_comment": is_comment, "is_private": not is_comment, "is_trusted": is_comment}
        for is_comment in (True, False)
    ],
    "code": [{"code": "1234 5678"}],
    "erased": [{"told": ["1"], "is_own": is_own, "at": LATER} for is_own in (True, False)],
    "known": [{}],
    "moderated": [
        {**OF_DECISION, "is_comment": is_comment, "decision": decision}
        for is_comment in (True, False)
        for decision in ("restored", "hidden", "edited", "asked", "removed")
    ],
    "password_changed": [{"at": LATER}],
    "renamed": [{"before": "Cabin", "after": "Kari", "reason": "It reads like the team."}],
    "reset": [{"token": "abc"}],
    "roles": [{"roles": roles, "word": role_word} for roles in ((), (Role.MODERATOR, Role.ADMIN))],
    "sanction": [
        {**OF_AUTHOR, "kind": kind, "until": LATER, "objection": "http://127.0.0.1:8000/moderation/objection"}
        for kind in ("warned", "suspended", "lifted", "withdrawn", "stands")
    ],
    "second_factor": [
        {"what": what, "reason": "The phone is lost." * (what == "taken")} for what in ("on", "off", "taken")
    ],
    "verify": [{"link": "http://127.0.0.1:8000/verify/abc"}],
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_letter_about_an_account_or_a_decision_reaches_that_server_too(
    language, make, work, postbox, tmp_path, session
):
    parts = {path.stem for path in (HOME / "templates" / "mail").glob("[a-z]*.txt")}
    assert set(LETTERS) == parts - {"notice", "digest"}
    kari = make.person("Kari", language=language)
    postbox.fails = 2
    for name, variants in LETTERS.items():
        for values in variants:
            send_letter(session, kari, name, **values)
    for wait in (0, DELAYS[0] + 1, sum(DELAYS[:2]) + 2):  # seconds
        work(timedelta(seconds=wait))

    received = postbox.to(kari)
    assert set(postbox.refused.values()) == {2}
    assert len(received) == sum(map(len, LETTERS.values()))
    for n, message in enumerate(received):
        text = plain(message)
        (tmp_path / f"{language}-letter-{n:02}.txt").write_text(f"{message['Subject']}\n\n{text}")
        (tmp_path / f"{language}-letter-{n:02}.html").write_text(html(message))
        assert message["Content-Language"] == language
        assert message["Subject"]
        assert ('<p class="code">1234 5678</p>' in html(message)) == ("1234 5678" in text)
        assert "\n\n\n" not in text
        assert text.rstrip().endswith("-- \nCabin\nhttp://127.0.0.1:8000")
