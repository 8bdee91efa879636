"""The demo's year: what is posted, answered, voted for and talked about, each at its own moment.

The year is played with the real services and a moved clock, so that everything that follows from an act
(timelines, counters, notices, receipts) follows here too.
"""

import heapq
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.core.clock import standing_at
from forum.core.people import Reader, Role
from forum.demo import script
from forum.demo.cast import Cast
from forum.demo.script import Said, Told
from forum.moderation import services as moderation
from forum.moderation.schemas import Reporting
from forum.moderation.status import ReportReason
from forum.posts import commenting, voting
from forum.posts import services as posting
from forum.posts.models import Comment, Post
from forum.posts.schemas import NewComment, NewPost
from forum.posts.status import Interest, Kind, Severity, Visibility, Voice
from forum.products import rules as openness
from forum.products.models import Area

DAYS = 364
RISING_DAYS = 56  # the rising themes' posts lie in the last eight weeks, more and more of them
SEVERITIES = {1: Severity.ANNOYS, 2: Severity.IN_MY_WAY, 3: Severity.UNSAFE}
INTERESTS = (Interest.WANT, Interest.TRY, Interest.BUY)
FIRSTS = 3
CIRCLE = (11, 34)  # people whom a theme concerns
REPORTS = (ReportReason.RUDE, ReportReason.OFF_TOPIC)
# Days ago between which what was launched for was said, and how much of it came after the launch.
SAID_BEFORE_LAUNCH = {"screen-at-night": (40, DAYS - 3), "cup-holders-storage": (99, 235)}
SAID_AFTER = 0.03

Act = Callable[[], Any]


class Year:
    """Acts waiting for their moment, played in order."""

    def __init__(
        self, session: Session, cast: Cast, areas: dict[str, Area], today: datetime, dice: random.Random
    ) -> None:
        self.session, self.cast, self.areas, self.today, self.dice = session, cast, areas, today, dice
        self.begins = today - timedelta(days=DAYS)
        self.posts: dict[str, Post] = {}  # by key of the script
        self.on_post: Callable[[str, Post], None] = lambda theme, post: None  # told of each, with its theme's slug
        self._circles: dict[str, list[Reader]] = {}
        self._waiting: list[tuple[datetime, int, Act]] = []
        self._order = count()

    def at(self, moment: datetime, act: Act) -> None:
        """Have `act` played at `moment`; what would come after today is left out."""
        if moment < self.today:
            heapq.heappush(self._waiting, (moment, next(self._order), act))

    def play(self) -> None:
        """Play all acts in the order of their moments; an act may add later ones."""
        while self._waiting:
            moment, _n, act = heapq.heappop(self._waiting)
            with standing_at(moment):
                act()

    def write_posts(self) -> None:
        """Put every post of the script somewhere into the year, by day and not by night."""
        authors = self._authors()
        firsts = self._first_posts()
        for told in script.posts():
            moment = firsts[told.key] if told.key in firsts else self._moment_of(told)
            author = self.dice.choice(self.cast.newcomers if told.key in firsts else authors[told.lang])
            self.at(moment, partial(self._post, told, author))

    def _first_posts(self) -> dict[str, datetime]:
        """When newcomers wrote their first posts, which still wait: this morning."""
        language = self.cast.newcomers[0].language
        alone = [
            told.key for told in script.posts() if told.lang == language and not told.theme and not told.is_private
        ]
        return {key: self.today - timedelta(hours=2 + 1.5 * n) for n, key in enumerate(self.dice.sample(alone, FIRSTS))}

    def report_some(self) -> None:
        """Have two comments of the last weeks reported, for the moderators' queue."""
        recent = [told for told in script.posts() if told.is_rising and any(c.by == "customer" for c in told.comments)]
        for told, reason in zip(self.dice.sample(recent, 2), REPORTS, strict=True):
            moment = self.today - timedelta(hours=self.dice.uniform(3, 20))
            self.at(moment, partial(self._report, told.key, reason))

    def _report(self, key: str, reason: ReportReason) -> None:
        post = self.posts[key]
        comments = sa.select(Comment).where(Comment.post_id == post.id, Comment.voice == Voice.PERSONAL)
        comment = self.session.scalars(comments.where(~Comment.is_internal).order_by(Comment.id)).first()
        reporter = next(one for one in self.cast.customers if comment is None or one.id != comment.author_id)
        moderation.report(self.session, post, Reporting(reason=reason), comment=comment, by=reporter)

    def _authors(self) -> dict[str, list[Reader]]:
        """The customers of each language; some write more than others."""
        by_language: dict[str, list[Reader]] = {}
        for customer in self.cast.customers:
            share = self.dice.choice((1, 1, 2, 3, 5))
            by_language.setdefault(customer.language, []).extend([customer] * share)
        return by_language

    def _moment_of(self, told: Told) -> datetime:
        if told.is_rising:
            days_ago = RISING_DAYS * self.dice.random() ** 2.2  # most of them lately
        elif told.theme in SAID_BEFORE_LAUNCH:
            days_ago = self._around_launch(*SAID_BEFORE_LAUNCH[told.theme])
        else:
            days_ago = self.dice.uniform(1.5, DAYS - 3)
        day = (self.today - timedelta(days=days_ago)).replace(hour=0, minute=0, second=0, microsecond=0)
        moment = day + timedelta(hours=self.dice.triangular(6, 23, 19), seconds=self.dice.randrange(3600))
        return min(moment, self.today - timedelta(minutes=20 + self.dice.random() * 300))

    def _around_launch(self, last: float, first: float) -> float:
        """How many days ago something was said: before a launch nearly always."""
        share = self.dice.random()
        if share < SAID_AFTER:
            return 2 + (last - 6) * share / SAID_AFTER
        return last + (first - last) * (share - SAID_AFTER) / (1 - SAID_AFTER)

    def _post(self, told: Told, author: Reader) -> None:
        area = self.areas[told.area]
        new = NewPost(
            kind=Kind(told.kind),
            title=told.title,
            body=told.body,
            area_id=area.id,
            visibility=Visibility.PRIVATE if told.is_private else Visibility.PUBLIC,
            language=told.lang,
        )
        post = posting.submit_post(self.session, new, by=author)
        post.is_demo = True
        if told.severity and new.kind is Kind.COMPLAINT:
            posting.set_severity(self.session, post, SEVERITIES[told.severity], by=author)
        self.posts[told.key] = post
        self.on_post(told.theme, post)
        if post.is_listed or told.is_private:
            self._talk(told, post, author)
        if post.is_listed and openness.may_vote(area, new.kind):
            self._gather_votes(post, author, self._circle(told.theme))

    def _talk(self, told: Told, post: Post, author: Reader) -> None:
        """Have each comment come after the one before it."""
        moment, made = post.created_at, dict[int, Comment]()
        for n, said in enumerate(told.comments):
            moment += timedelta(hours=self.dice.expovariate(1 / 20) + 0.2)
            speaker = self._speaker(said, author, told)
            self.at(moment, partial(self._comment, post, made, n, said, speaker))

    def _speaker(self, said: Said, author: Reader, told: Told) -> Reader:
        if said.by == "official":
            return self.dice.choice(self.cast.with_role(Role.MANAGER) + self.cast.with_role(Role.EMPLOYEE))
        if said.by in ("internal", "employee"):
            return self.dice.choice(self.cast.with_role(Role.EMPLOYEE))
        answers = said.reply_to is not None and told.comments[said.reply_to].by == "official"
        if answers and self.dice.random() < 0.6:
            return author
        return self.dice.choice(
            [one for one in self.cast.customers if one.language == told.lang and one.id != author.id]
        )

    def _comment(self, post: Post, made: dict[int, Comment], n: int, said: Said, speaker: Reader) -> None:
        parent = made.get(said.reply_to) if said.reply_to is not None else None
        new = NewComment(
            body=said.text,
            parent_id=parent.id if parent else None,
            voice=Voice.OFFICIAL if said.by == "official" else Voice.PERSONAL,
            is_internal=said.by == "internal",
        )
        made[n] = commenting.add_comment(self.session, post, new, by=speaker)

    def _circle(self, theme: str) -> list[Reader]:
        """Those whom a theme concerns; what has no theme may concern anybody."""
        if not theme:
            return self.cast.customers
        if theme not in self._circles:
            self._circles[theme] = self.dice.sample(self.cast.customers, self.dice.randint(*CIRCLE))
        return self._circles[theme]

    def _gather_votes(self, post: Post, author: Reader, circle: list[Reader]) -> None:
        """Let some people vote over the following weeks; a few posts are widely wanted."""
        others = [customer for customer in circle if customer.id != author.id]
        wanted = min(len(others), int(self.dice.lognormvariate(1.6, 0.9)))
        for voter in self.dice.sample(others, wanted):
            moment = post.created_at + timedelta(days=self.dice.expovariate(1 / 12))
            interest = self.dice.choices(INTERESTS, weights=(7, 2, 1))[0]
            self.at(moment, partial(self._vote, post, voter, interest))

    def _vote(self, post: Post, voter: Reader, interest: Interest) -> None:
        voting.cast_vote(self.session, post, by=voter, interest=interest)
