"""Whatever people and moderators do, in any order: counters equal recounts, nobody counts twice, nothing is lost."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy.orm import Session

from forum.backlog import evidence
from forum.backlog.models import BacklogItem, Evidence
from forum.core import database
from forum.core.clock import utcnow
from forum.core.errors import ForumError
from forum.core.people import Role
from forum.moderation import merging as moderating
from forum.posts import commenting, merging, services, splitting
from forum.posts.models import Comment, Merge, Post, Split, Vote
from forum.posts.schemas import NewComment
from forum.posts.status import INTEREST_RANK, Interest, Moderation, Voice
from forum.posts.voting import cast_vote, count_votes_of, withdraw_vote
from forum.products.models import Area
from forum.themes.counting import read_numbers
from tests.make import Make

POSTS, PEOPLE = st.integers(0, 7), st.integers(0, 8)
MOST = 8  # posts, with parts and bundles
INTERESTS = st.sampled_from(Interest)


class Community(RuleBasedStateMachine):
    """Five posts, nine people of whom one is not verified and five wrote posts, and a moderator, in one transaction.

    The first two posts are in a theme; the third and fourth speak for an item.
    """

    @initialize()
    def begin(self) -> None:
        self.session: Session = database.new_session()
        make = Make(self.session)
        self.people = [make.person(), make.person(), make.person(verified_at=None), *(make.person() for _ in range(6))]
        self.readers = [make.as_reader(person) for person in self.people]
        self.kari = make.reader("", Role.MODERATOR, department="Community")
        areas = [make.area(), make.area()]
        authors = [*self.people[:2], *self.people[6:]]
        body = "It is cold. It is loud. It is old."
        self.posts = [make.post(author=author, area=areas[n % 2], body=body) for n, author in enumerate(authors)]
        for area in areas:
            area.posts = area.unanswered = sum(post.area_id == area.id for post in self.posts)
        self.theme = make.theme("Cold", self.posts[:2])
        self.item = BacklogItem(
            product_id=areas[0].product_id,
            title={"en": "Warm"},
            owner_id=self.kari.id or 0,
            is_public=True,
            **{"promoted_by_id": self.kari.id} | dict.fromkeys(("promoted_at", "status_at", "counted_at"), utcnow()),
        )
        self.votes: dict[tuple[int, int], Interest] = {}  # what should stand in the database: post, person
        self.authors: dict[int, int | None] = {post.id: post.author_id for post in self.posts}
        self.gone: set[int] = set()  # people who left
        self.erased: set[int] = set()  # posts without words
        self.comments: dict[int, int] = {}  # comment → post, as long as it can be read
        self.session.add(self.item)
        self.session.flush()
        speaking = {"item_id": self.item.id, "added_at": utcnow()}
        self.session.add_all(Evidence(post_id=post.id, **speaking) for post in self.posts[2:4])
        self.session.flush()

    def teardown(self) -> None:
        if hasattr(self, "session"):
            try:
                if self.session.is_active:
                    self._check_themes_and_items()
            finally:
                self.session.rollback()
                self.session.close()

    @contextmanager
    def _trying(self) -> Iterator[None]:
        """What is refused changes nothing."""
        saved = dict(self.votes), dict(self.comments)
        try:
            with self.session.begin_nested():
                yield
        except ForumError:
            self.votes, self.comments = saved

    def _group(self, post: Post) -> list[Post]:
        """The posts of the same tree, by walking up from each."""
        return [one for one in self.posts if self._top(one) is self._top(post)]

    def _post(self, n: int) -> Post:
        return self.posts[n % len(self.posts)]

    def _is_gone(self, n: int) -> bool:
        return self.people[n].id in self.gone

    def _top(self, post: Post) -> Post:
        steps = 0
        while post.merged_into_id is not None:
            post, steps = self.session.get_one(Post, post.merged_into_id), steps + 1
            assert steps < len(self.posts), "a circle"
        return post

    @rule(post=POSTS, person=PEOPLE, interest=INTERESTS)
    def vote(self, post: int, person: int, interest: Interest) -> None:
        chosen, reader = self._post(post), self.readers[person]
        if self._is_gone(person):
            return
        mine = [key for one in self._group(chosen) if (key := (one.id, reader.id)) in self.votes]
        with self._trying():
            for key in mine or [(chosen.id, reader.id)]:
                self.votes[key] = interest
            cast_vote(self.session, chosen, by=reader, interest=interest)

    @rule(post=POSTS, person=PEOPLE)
    def withdraw(self, post: int, person: int) -> None:
        reader = self.readers[person]
        with self._trying():
            for one in self._group(self._post(post)):
                self.votes.pop((one.id, reader.id or 0), None)
            withdraw_vote(self.session, self._post(post), by=reader)

    @rule(post=POSTS, into=POSTS)
    def merge(self, post: int, into: int) -> None:
        with self._trying():
            merging.merge(self.session, self._post(post), self._post(into), by=self.kari)

    @rule(post=POSTS)
    def unmerge(self, post: int) -> None:
        with self._trying():
            merged = merging.standing_merge(self.session, self._post(post).id)
            merging.unmerge(self.session, merged, by=self.kari)

    @rule(post=POSTS)
    def hide_or_put_back(self, post: int) -> None:
        chosen = self._post(post)
        act: Callable[..., Any] = services.hide_post if chosen.moderation is Moderation.OPEN else services.restore_post
        with self._trying():
            act(self.session, chosen, by=self.kari, reason="Let us see.")

    @rule(post=POSTS, official=st.booleans())
    def comment(self, post: int, official: bool) -> None:
        with self._trying():
            said = NewComment(body="So it is.", voice=Voice.OFFICIAL if official else Voice.PERSONAL)
            comment = commenting.add_comment(self.session, self._post(post), said, by=self.kari)
            self.comments[comment.id] = comment.post_id

    @rule(data=st.data())
    def remove_comment(self, data: st.DataObject) -> None:
        if self.comments:
            gone = data.draw(st.sampled_from(sorted(self.comments)))
            with self._trying():
                del self.comments[gone]
                comment = self.session.get_one(Comment, gone)
                commenting.remove_comment(self.session, comment, by=self.kari, reason="Let us see.")

    @rule(post=POSTS, place=st.integers(0, 2))
    def split(self, post: int, place: int) -> None:
        if len(self.posts) >= MOST:
            return
        with self._trying():
            made = splitting.split_post(self.session, self._post(post), [splitting.Piece([place])], by=self.kari)
            self._add(self.session.get_one(Post, made[0].part_id))

    @rule(posts=st.sets(POSTS, min_size=2, max_size=3))
    def bundle(self, posts: set[int]) -> None:
        if len(self.posts) >= MOST:
            return
        with self._trying():
            equals = [self.posts[n] for n in sorted({n % len(self.posts) for n in posts})]
            self._add(moderating.bundle(self.session, equals, title="The same", body="", by=self.kari))

    def _add(self, post: Post) -> None:
        self.posts.append(post)
        self.authors[post.id] = post.author_id

    @rule(place=st.integers(5, 7))
    def undo_split(self, place: int) -> None:
        part = self.posts[place].id if place < len(self.posts) else 0
        split = self.session.scalars(sa.select(Split).where(Split.part_id == part)).one_or_none()
        with self._trying():
            if split is not None:
                splitting.undo_split(self.session, split, by=self.kari)

    @rule(post=POSTS, person=PEOPLE, parts=st.sets(st.integers(5, 7)))
    def answer(self, post: int, person: int, parts: set[int]) -> None:
        chosen, reader = self._post(post), self.readers[person]
        with self._trying():
            ids = [self.posts[place].id for place in parts if place < len(self.posts)]
            group = {one.id for one in self._group(chosen)}
            mine = [interest for (where, who), interest in self.votes.items() if who == reader.id and where in group]
            for part in splitting.parts_of(self.session, chosen.id, reader):
                if part.id in ids and mine:
                    strongest = max(mine, key=lambda one: INTEREST_RANK[one])
                    where = self._group(self.session.get_one(Post, part.id))
                    there = [key for one in where if (key := (one.id, reader.id or 0)) in self.votes]
                    for key in there or [(part.id, reader.id or 0)]:
                        self.votes[key] = strongest
            splitting.answer(self.session, chosen, ids, by=reader)

    @rule(person=PEOPLE, keeps_words=st.booleans())
    def erase(self, person: int, keeps_words: bool) -> None:
        """A whole account, as its owner does it; votes go, what others hang on stays."""
        leaver = self.people[person]
        if self._is_gone(person) or len(self.gone) == 3:
            return
        for post in self.posts:
            if self.authors[post.id] == leaver.id:
                if not keeps_words or post.moderation not in (Moderation.OPEN, Moderation.MERGED):
                    self.erased.add(post.id)
                self.authors[post.id] = None
        self.votes = {key: interest for key, interest in self.votes.items() if key[1] != leaver.id}
        self.gone.add(leaver.id)
        Make(self.session).erase(leaver, keeps_words=keeps_words)

    @rule()
    def verify(self) -> None:
        late = self.people[2]
        if late.verified_at is not None or self._is_gone(2):
            return
        late.verified_at = utcnow()
        self.readers[2] = Make(self.session).as_reader(late)
        count_votes_of(self.session, late.id)

    def _behind(self, roots: list[Post]) -> set[int]:
        """Who wrote or voted for some posts that everybody can read, or for what was merged into them."""
        places = {post.id for post in roots if post.is_listed or post.moderation is Moderation.MERGED}
        for _step in self.posts:
            places |= {post.id for post in self.posts if post.merged_into_id in places}
        authors = {author for post, author in self.authors.items() if post in places and author is not None}
        verified = {person.id for person in self.people if person.verified_at}
        return authors | {person for place, person in self.votes if place in places and person in verified}

    def _check_themes_and_items(self) -> None:
        """At the end of each life, whatever it was: a merge takes nobody out, and nobody counts twice."""
        numbers = read_numbers(self.session, [self.theme.id])[0]
        assert numbers["people"] == len(self._behind(self.posts[:2]))
        evidence.recount(self.session, [self.item.id])
        assert self.item.people == len(self._behind(self.posts[2:4]))
        assert len(evidence.people_behind(self.session, self.item.id)) == self.item.people

    @invariant()
    def nothing_is_lost(self) -> None:
        if hasattr(self, "session"):
            rows = self.session.execute(sa.select(Vote.post_id, Vote.user_id, Vote.interest))
            assert {(post, person): interest for post, person, interest in rows} == self.votes

    @invariant()
    def everybody_counts_once(self) -> None:
        if not hasattr(self, "session"):
            return
        self.session.expire_all()
        verified = {person.id for person in self.people if person.verified_at}
        for post in self.posts:
            top = self._top(post)
            assert post.survivor_id == (None if top is post else top.id)
            state = Moderation.ERASED if post.id in self.erased else Moderation.MERGED
            assert (post.moderation in (Moderation.MERGED, state)) == (top is not post or post.id in self.erased)
            group = {one.id for one in self._group(post)} if top is post else {post.id}
            people: dict[int, int] = {}
            for (where, person), interest in self.votes.items():
                if where in group and person in verified:
                    people[person] = max(people.get(person, 0), INTEREST_RANK[interest])
            ranks = list(people.values())
            said = sum(place in group for place in self.comments.values())
            assert (post.votes, post.votes_try, post.votes_buy) == (len(ranks), ranks.count(2), ranks.count(3))
            assert (post.effective_votes, post.comments) == (len(ranks), said)

    @invariant()
    def areas_count_what_is_listed(self) -> None:
        if hasattr(self, "session"):
            for area in self.session.scalars(sa.select(Area)):
                listed = [post for post in self.posts if post.is_listed and post.area_id == area.id]
                unanswered = sum(post.answered_at is None for post in listed)
                assert (area.posts, area.unanswered) == (len(listed), unanswered)

    @invariant()
    def each_merged_post_has_one_standing_merge(self) -> None:
        if hasattr(self, "session"):
            rows = self.session.execute(sa.select(Merge.post_id, Merge.into_id).where(Merge.undone_at.is_(None)))
            expected = [(one.id, one.merged_into_id) for one in self.posts if one.merged_into_id]
            assert sorted((post, into) for post, into in rows) == sorted(expected)


def run(examples: int) -> None:
    run_state_machine_as_test(
        Community,
        settings=settings(
            max_examples=examples,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_counters_equal_recounts_whatever_happens():
    run(6)


@pytest.mark.postgresql
def test_counters_equal_recounts_whatever_happens_on_postgresql(postgresql_session):
    run(2)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_counters_equal_recounts_in_a_hundred_lives():
    run(100)


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.postgresql
def test_counters_equal_recounts_in_fifty_lives_on_postgresql(postgresql_session):
    run(50)
