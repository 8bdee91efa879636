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

from forum.core import database
from forum.core.clock import utcnow
from forum.core.errors import ForumError
from forum.core.people import Role
from forum.posts import commenting, merging, services, splitting
from forum.posts.models import Comment, Merge, Post, Split, Vote
from forum.posts.schemas import NewComment
from forum.posts.status import INTEREST_RANK, Interest, Moderation, Voice
from forum.posts.voting import cast_vote, count_votes_of, withdraw_vote
from forum.products.models import Area
from tests.make import Make

POSTS, PEOPLE = st.integers(0, 4), st.integers(0, 5)
INTERESTS = st.sampled_from(Interest)


class Community(RuleBasedStateMachine):
    """Five posts, six people of whom one is not verified and two wrote posts, and a moderator, in one transaction."""

    @initialize()
    def begin(self) -> None:
        self.session: Session = database.new_session()
        make = Make(self.session)
        self.people = [make.person(), make.person(), make.person(verified_at=None), *(make.person() for _ in range(3))]
        self.readers = [make.as_reader(person) for person in self.people]
        self.kari = make.reader("", Role.MODERATOR, department="Community")
        areas = [make.area(), make.area()]
        authors = [self.people[0], self.people[1], make.person(), make.person(), make.person()]
        body = "It is cold. It is loud. It is old."
        self.posts = [make.post(author=author, area=areas[n % 2], body=body) for n, author in enumerate(authors)]
        for area in areas:
            area.posts = area.unanswered = sum(post.area_id == area.id for post in self.posts)
        self.votes: dict[tuple[int, int], Interest] = {}  # what should stand in the database: post, person
        self.erased: set[int] = set()
        self.comments: dict[int, int] = {}  # comment → post, as long as it can be read
        self.session.flush()

    def teardown(self) -> None:
        if hasattr(self, "session"):
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

    def _top(self, post: Post) -> Post:
        steps = 0
        while post.merged_into_id is not None:
            post, steps = self.session.get_one(Post, post.merged_into_id), steps + 1
            assert steps < len(self.posts), "a circle"
        return post

    @rule(post=POSTS, person=PEOPLE, interest=INTERESTS)
    def vote(self, post: int, person: int, interest: Interest) -> None:
        chosen, reader = self.posts[post], self.readers[person]
        mine = [key for one in self._group(chosen) if (key := (one.id, reader.id)) in self.votes]
        with self._trying():
            for key in mine or [(chosen.id, reader.id)]:
                self.votes[key] = interest
            cast_vote(self.session, chosen, by=reader, interest=interest)

    @rule(post=POSTS, person=PEOPLE)
    def withdraw(self, post: int, person: int) -> None:
        with self._trying():
            for one in self._group(self.posts[post]):
                self.votes.pop((one.id, self.readers[person].id or 0), None)
            withdraw_vote(self.session, self.posts[post], by=self.readers[person])

    @rule(post=POSTS, into=POSTS)
    def merge(self, post: int, into: int) -> None:
        with self._trying():
            merging.merge(self.session, self.posts[post], self.posts[into], by=self.kari)

    @rule(post=POSTS)
    def unmerge(self, post: int) -> None:
        with self._trying():
            merged = merging.standing_merge(self.session, self.posts[post].id)
            merging.unmerge(self.session, merged, by=self.kari)

    @rule(post=POSTS)
    def hide_or_put_back(self, post: int) -> None:
        chosen = self.posts[post]
        act: Callable[..., Any] = services.hide_post if chosen.moderation is Moderation.OPEN else services.restore_post
        with self._trying():
            act(self.session, chosen, by=self.kari, reason="Let us see.")

    @rule(post=POSTS, official=st.booleans())
    def comment(self, post: int, official: bool) -> None:
        with self._trying():
            said = NewComment(body="So it is.", voice=Voice.OFFICIAL if official else Voice.PERSONAL)
            comment = commenting.add_comment(self.session, self.posts[post], said, by=self.kari)
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
        if len(self.posts) < 8:
            with self._trying():
                made = splitting.split_post(self.session, self.posts[post], [place], title="", by=self.kari)
                self.posts.append(self.session.get_one(Post, made.part_id))

    @rule(place=st.integers(5, 7))
    def undo_split(self, place: int) -> None:
        if place < len(self.posts):
            split = self.session.scalars(sa.select(Split).where(Split.part_id == self.posts[place].id)).one()
            with self._trying():
                splitting.undo_split(self.session, split, by=self.kari)

    @rule(post=POSTS, person=PEOPLE, parts=st.sets(st.integers(5, 7)))
    def answer(self, post: int, person: int, parts: set[int]) -> None:
        chosen, reader = self.posts[post], self.readers[person]
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

    @rule(post=POSTS)
    def erase(self, post: int) -> None:
        chosen = self.posts[post]
        if chosen.survivor_id is not None:  # the shell stays, with the votes of others
            chosen.moderation, chosen.title, chosen.body, chosen.body_html = Moderation.ERASED, "", "", ""
            self.erased.add(chosen.id)

    @rule()
    def verify(self) -> None:
        late = self.people[2]
        if late.verified_at is None:
            late.verified_at = utcnow()
            self.readers[2] = Make(self.session).as_reader(late)
            count_votes_of(self.session, late.id)

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
    run(15)


@pytest.mark.postgresql
def test_counters_equal_recounts_whatever_happens_on_postgresql(postgresql_session):
    run(5)
