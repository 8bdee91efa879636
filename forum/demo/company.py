"""The company's side of the demo's year: themes that are accepted and named, promoted, decided and launched."""

import random
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from functools import partial
from math import log
from typing import Any

import sqlalchemy as sa

from config import settings
from forum.accounts.models import Organisation
from forum.backlog import evidence
from forum.backlog import services as backlog
from forum.backlog.audiences import set_audience
from forum.backlog.changing import score_item
from forum.backlog.models import BacklogItem
from forum.backlog.revisiting import bring_back
from forum.backlog.schemas import AudienceChange, Decision, Promotion, Scoring
from forum.backlog.scoring import CONFIDENCES
from forum.backlog.status import ItemStatus, NotNowReason
from forum.backlog.targets import SEASONS
from forum.core.clock import utcnow
from forum.core.database import Words
from forum.core.languages import pick
from forum.core.people import Reader, Role
from forum.demo import desk, drawing, script, segments, trials
from forum.demo.scenery import OWN_NAMES
from forum.demo.year import DAYS, Year
from forum.engine.stops import FUNCTION_WORDS
from forum.launches import picturing
from forum.launches import services as launching
from forum.launches.models import Launch, Receipt
from forum.launches.schemas import Launching
from forum.launches.status import Answer
from forum.posts.models import Post
from forum.search.stemming import words_of
from forum.themes import counting, versions, watching
from forum.themes.membership import seat
from forum.themes.models import Theme
from forum.themes.status import Placing, Solidity

ENOUGH = 8  # posts of which somebody says: this is a theme
MONEY = 100_000  # what one step of the script's values and costs stands for

# Days ago on which each item was promoted and moved on.
STORY: dict[str, dict[ItemStatus, int]] = {
    "umbrella-and-small-things-tray": {
        ItemStatus.PROPOSED: 198,
        ItemStatus.IN_REVIEW: 191,
        ItemStatus.PLANNED: 178,
        ItemStatus.IN_PROGRESS: 150,
        ItemStatus.LAUNCHED: 98,
    },
    "clear-glass": {
        ItemStatus.PROPOSED: 27,
        ItemStatus.IN_REVIEW: 24,
        ItemStatus.PLANNED: 17,
        ItemStatus.IN_PROGRESS: 6,
    },
    "phone-stays-connected": {ItemStatus.PROPOSED: 24, ItemStatus.IN_REVIEW: 20, ItemStatus.PLANNED: 9},
    "dark-roads-view": {
        ItemStatus.PROPOSED: 190,
        ItemStatus.IN_REVIEW: 182,
        ItemStatus.PLANNED: 160,
        ItemStatus.IN_PROGRESS: 110,
        ItemStatus.LAUNCHED: 35,
    },
    "limits-and-ferries": {ItemStatus.PROPOSED: 120, ItemStatus.IN_REVIEW: 105, ItemStatus.PLANNED: 63},
    "child-seats-without-bruises": {ItemStatus.PROPOSED: 80, ItemStatus.IN_REVIEW: 41},
    "camera-and-climate-first": {ItemStatus.PROPOSED: 5},
    "quiet-panels": {ItemStatus.PROPOSED: 14, ItemStatus.IN_REVIEW: 8},
    "own-temperature-in-the-rear": {ItemStatus.PROPOSED: 150, ItemStatus.IN_REVIEW: 140, ItemStatus.NOT_NOW: 118},
}
# How exactly some are meant for a time, and in how many days that is.
AHEAD = {"clear-glass": ("month", 60), "phone-stays-connected": ("quarter", 110), "limits-and-ferries": ("season", 200)}
UNDERWAY: dict[ItemStatus, Words] = {
    ItemStatus.IN_REVIEW: {
        "en": "We are looking into it and will say what we find.",
        "nb": "Vi ser på saken og sier fra hva vi finner.",
        "da": "Vi ser på det og siger til, hvad vi finder.",
    },
    ItemStatus.PLANNED: {
        "en": "It is on our plan, and the people who will build it have read your posts.",
        "nb": "Det står på planen vår, og de som skal bygge det, har lest innleggene deres.",
        "da": "Det står på vores plan, og de, der skal bygge det, har læst jeres indlæg.",
    },
    ItemStatus.IN_PROGRESS: {
        "en": "We are building it now and trying it in our own cars.",
        "nb": "Vi bygger det nå og prøver det i våre egne biler.",
        "da": "Vi bygger det nu og prøver det i vores egne biler.",
    },
}
ASSUMPTIONS: Words = {
    "en": "Kroner, and made up: these are figures of the demo.",
    "nb": "Kroner, og oppdiktet: dette er demoens tall.",
    "da": "Kroner, og opdigtede: det er demoens tal.",
}
REASONS = {"needs-new-hardware": NotNowReason.COST}
MORE_VOTES = 20  # than it had; then what was set aside is looked at again
SEEN_AFTER = timedelta(days=6)  # of an early warning, by a product manager
ANSWERS = (Answer.YES, Answer.PARTLY, Answer.NO)
SAYS_NOTHING = frozenset().union(*FUNCTION_WORDS.values()) | set(OWN_NAMES)
SOLIDITIES = (Solidity.SOLID, Solidity.SOLID, Solidity.FORMING)


class Company:
    """The product managers of the demo, at work on what the year brings."""

    def __init__(self, year: Year) -> None:
        self.year, self.session, self.dice = year, year.session, year.dice
        self.themes: dict[str, Theme] = {}
        self.items: dict[str, BacklogItem] = {}
        self.launches: list[Launch] = []
        self._said: set[str] = set()
        self._unnamed: dict[str, list[Post]] = defaultdict(list)
        self.manager = year.cast.with_role(Role.MANAGER)[0]

    def plan(self) -> None:
        """Put what the company decides into the year."""
        self.year.on_post = self._sort
        for told in script.decisions()["items"]:
            # What only some may see has dice of its own, so that the rest of the year is played as without it.
            dice = random.Random(told["key"]) if "audience" in told else self.dice
            for status, days_ago in STORY[told["key"]].items():
                self.year.at(self._morning(days_ago, dice), partial(self._decide, told, status))
        opened = self.year.today - timedelta(days=trials.OPENED, minutes=-7)
        self.year.at(opened, self._open_pilot)

    def _open_pilot(self) -> None:
        customers = {customer.id or 0: customer for customer in self.year.cast.customers}
        item = self.items[trials.TRIED]
        trials.open_pilot(self.session, item, self.year.at, customers=customers, by=self.manager)

    def watch_themes(self) -> None:
        """Have the site look for rises every night, as it does."""
        for days_ago in range(DAYS):
            self.year.at(self.year.today - timedelta(days=days_ago, minutes=1), self._look)

    def _look(self) -> None:
        if not self.themes:
            return
        product_id = next(iter(self.themes.values())).product_id
        for warning in watching.write_down(self.session, product_id, watching.look(self.session, product_id)):
            seen_at = (utcnow() + SEEN_AFTER).replace(hour=9)
            self.year.at(seen_at, partial(watching.see_warning, self.session, warning, by=self.manager))

    def _morning(self, days_ago: int, dice: random.Random) -> datetime:
        day = self.year.today - timedelta(days=days_ago)
        return day.replace(hour=9, minute=dice.randrange(5, 55))

    def _sort(self, theme: str, post: Post) -> None:
        """Put a new post into its theme, once there are enough of its kind to call it one."""
        if not theme or not post.is_listed:
            return
        if theme in self.themes:
            seat(self.session, self.themes[theme], {post.id: self._likeness()}, Placing.WORDING)
            return
        self._unnamed[theme].append(post)
        if len(self._unnamed[theme]) == ENOUGH:
            self.themes[theme] = self._accept(theme, self._unnamed[theme])

    def _likeness(self) -> float:
        return round(self.dice.uniform(0.45, 0.9), 3)

    def _accept(self, slug: str, posts: list[Post]) -> Theme:
        name, sentence = script.theme_names()[slug]
        now = utcnow()
        theme = Theme(
            product_id=posts[0].product_id,
            name=name,
            named_by_id=self.manager.id,
            suggestion=_in_main_language(name).lower(),
            sentence=sentence,
            solidity=self.dice.choice(SOLIDITIES),
            created_at=now,
            created_by_id=self.manager.id,
            changed_at=now,
            is_demo=True,
        )
        self.session.add(theme)
        self.session.flush()
        seat(self.session, theme, {post.id: self._likeness() for post in posts}, Placing.FIT)
        return theme

    def _decide(self, told: dict[str, Any], status: ItemStatus) -> None:
        owner = self.year.cast.team[told["owner"]]
        if status is ItemStatus.PROPOSED:
            self.items[told["key"]] = self._promote(told, owner)
        elif status is ItemStatus.LAUNCHED:
            self._launch(self.items[told["key"]], told["key"], owner)
        else:
            self._move(self.items[told["key"]], told, status, owner)

    def _promote(self, told: dict[str, Any], owner: Reader) -> BacklogItem:
        promotion = Promotion(
            **_per_language("title", told["title"]),
            **_per_language("problem", told["problem"]),
            owner_id=owner.id,
            is_public=told["public"],
        )
        item = backlog.promote_themes(self.session, [self.themes[slug] for slug in told["themes"]], promotion, by=owner)
        item.is_demo = True
        scoring = Scoring(
            impact=told["impact"],
            confidence=item.confidence if item.confidence in CONFIDENCES else CONFIDENCES[0],
            effort_weeks=told["effort_weeks"],
            value=told["value"] * MONEY,
            cost=told["cost"] * MONEY,
            assumptions=_in_main_language(ASSUMPTIONS),
        )
        score_item(self.session, item, scoring, by=owner)
        return item

    def _move(self, item: BacklogItem, told: dict[str, Any], status: ItemStatus, owner: Reader) -> None:
        is_last = status.value == told["status"]
        sentence = told["public_sentence"] if is_last else UNDERWAY[status]
        decision: dict[str, Any] = {"to": status, **_per_language("sentence", sentence)}
        if status in (ItemStatus.PLANNED, ItemStatus.IN_PROGRESS):
            decision["target"] = self._target(told["key"]) or told["target"] or ""
        if status is ItemStatus.NOT_NOW:
            decision |= _per_language("line", told["reason"]["text"])
            decision["reason"] = REASONS[told["reason"]["code"]]
            decision["revisit_on"] = self._revisit(told["reason"]["revisit_in_days"])
            evidence.recount(self.session, [item.id])
            decision["revisit_votes"] = item.votes + MORE_VOTES
        backlog.move_item(self.session, item, status, Decision(**decision), by=owner)
        if is_last and "audience" in told:
            found = sa.select(Organisation.id).where(Organisation.name == told["audience"])
            change = AudienceChange(audience="organisation", organisation_id=self.session.scalars(found).one())
            set_audience(self.session, item, change, by=owner)

    def _target(self, key: str) -> str:
        """When an item is meant to be there, seen from the last day of the year; empty where nobody says."""
        exactness, days = AHEAD.get(key, ("", 0))
        day = self.year.today + timedelta(days=days)
        seasons = [f"{day.year} {name}" for name, last in SEASONS.items() if day.month <= last]
        return {
            "": "",
            "month": f"{day:%Y-%m}",
            "quarter": f"{day.year} Q{(day.month + 2) // 3}",
            "season": [*seasons, f"{day.year + 1} spring"][0],
        }[exactness]

    def _revisit(self, days: int) -> date:
        return (self.year.today + timedelta(days=days)).date()

    def _launch(self, item: BacklogItem, key: str, owner: Reader) -> None:
        told = next(one for one in script.decisions()["launches"] if one["item"] == key)
        item_told = next(one for one in script.decisions()["items"] if one["key"] == key)
        words = Launching(
            **_per_language("title", told["title"]),
            **_per_language("announcement", told["announcement"]),
            **_per_language("sentence", item_told["public_sentence"]),
        )
        launch = launching.launch_item(self.session, item, words, by=owner)
        launch.is_demo = True
        self.launches.append(launch)
        self._ask_around(launch, key)

    def _ask_around(self, launch: Launch, key: str) -> None:
        """Have half of those behind a launch say within two weeks whether it solved it."""
        readers = {customer.id: customer for customer in self.year.cast.customers}
        for receipt in self.session.scalars(sa.select(Receipt).where(Receipt.launch_id == launch.id)):
            reader = readers.get(receipt.user_id)
            if reader is None or self.dice.random() < 0.5:
                continue
            answer = self.dice.choices(ANSWERS, weights=(7, 2, 1))[0]
            moment = utcnow() + timedelta(days=self.dice.uniform(0.5, 14))
            self.year.at(moment, partial(self._answer, key, receipt, answer, reader))

    def _answer(self, key: str, receipt: Receipt, answer: Answer, reader: Reader) -> None:
        words = trials.words_on(key, reader.language, answer, self._said)
        launching.answer_receipt(self.session, receipt, answer, words, by=reader, may_quote=bool(words))

    def look_back(self) -> None:
        """Once the year is played: count the themes, choose what shows them best, store a version."""
        desk.set_up(self.session, self.items, by=self.manager)
        segments.set_up(self.session, by=self.manager)
        desk.doubt(self.session, self.themes[desk.DOUBTED], self.year.cast)
        evidence.recount(self.session, [item.id for item in self.items.values()])
        bring_back(self.session)
        for launch in self.launches:
            trials.choose_words(self.session, launch, by=self.manager)
        for key in drawing.SHOWN:
            self._picture(key)
        words = {slug: Counter(self._words(theme)) for slug, theme in self.themes.items()}
        everywhere = Counter(word for counts in words.values() for word in counts)
        for slug, theme in self.themes.items():
            theme.terms = _telling(words[slug], everywhere, len(words))
            theme.exemplar_ids = self._exemplars(theme)
        if self.themes:
            product_id = next(iter(self.themes.values())).product_id
            counting.recount_product(self.session, product_id)
            versions.store(self.session, product_id, by=self.manager)

    def _picture(self, key: str) -> None:
        """Show on the page of a launch what was built."""
        item = self.items[key]
        launch = next(launch for launch in self.launches if launch.item_id == item.id)
        drawn = drawing.draw(key)
        picture = picturing.add_picture(self.session, item, drawn, by=self.manager, launch_id=launch.id)
        picturing.describe(picture, _in_main_language(drawing.SHOWN[key]))

    def _words(self, theme: Theme) -> list[str]:
        """Each word of a theme's posts, once a post."""
        posts = self.session.execute(sa.select(Post.title, Post.body).where(Post.theme_id == theme.id, Post.is_listed))
        return [
            word
            for post in posts
            for word in set(words_of(f"{post.title} {post.body}")) - SAYS_NOTHING
            if len(word) > 2
        ]

    def _exemplars(self, theme: Theme) -> list[int]:
        """Well supported posts of different authors."""
        query = sa.select(Post.id, Post.author_id).where(Post.theme_id == theme.id, Post.is_listed)
        chosen: dict[int | None, int] = {}
        for row in self.session.execute(query.order_by(Post.votes.desc(), Post.id)):
            chosen.setdefault(row.author_id, row.id)
        return list(chosen.values())[:4]


def _per_language(field: str, words: Words) -> dict[str, str]:
    """A company-written text as the fields of a form."""
    return {f"{field}_{language}": text for language, text in words.items()}


def _in_main_language(words: Words) -> str:
    """What the team would write where there is room for one language only."""
    return pick(words, settings().main_language)


def _telling(counts: Counter[str], everywhere: Counter[str], themes: int) -> list[str]:
    """Ten words that stand in many posts of this theme and in few other themes."""
    weight = {word: n * log(1 + themes / everywhere[word]) for word, n in counts.items() if n > 1}
    return sorted(weight, key=lambda word: (-weight[word], word))[:10]
