"""Web and worker are killed at random moments under writes: nothing that was acknowledged is lost."""

import random
import threading
import time

import sqlalchemy as sa

from forum.core.jobs import Job, JobState
from forum.posts.counting import recount
from forum.posts.models import Comment, Post, Vote
from tests.faults.besieging import WEB, WORKER, Besieged, Writer

MOMENTS, WRITES, WRITERS = 50, 5_000, 6
CALM = 60.0  # seconds within which what was under way is finished after the last start


def test_what_was_acknowledged_survives_fifty_sudden_ends(empty_database, tmp_path, record_property):
    site, chance, done = Besieged(empty_database, tmp_path / "site"), random.Random(7), threading.Event()
    writers = [Writer(site, cookie, n, done) for n, cookie in enumerate(site.people(WRITERS))]
    site.start(WEB, WORKER)
    try:
        for writer in writers:
            writer.start()
        for moment in range(MOMENTS):
            time.sleep(chance.uniform(0.1, 1.2))
            which = chance.choice(((WEB,), (WEB,), (WORKER,), (WEB, WORKER)))
            site.kill(*which)
            if moment % 10 == 0:
                assert site.is_whole()
            site.start(*which)
        while sum(writer.said.writes for writer in writers) < WRITES:
            time.sleep(0.2)
        done.set()
        for writer in writers:
            writer.join(60)
        _finish(site)
        _compare(site, writers)
        written = sum(writer.said.writes for writer in writers)
        record_property("figure", f"{written:,} writes acknowledged, {MOMENTS} sudden ends, none lost")
    finally:
        done.set()
        site.stop()


def _finish(site: Besieged) -> None:
    """Wait until nothing is queued for now or runs."""
    end = time.monotonic() + CALM
    due = sa.func.count()
    while time.monotonic() < end:
        with site.session() as session:
            states = sa.select(due).where(
                Job.state.in_([JobState.QUEUED, JobState.RUNNING]), Job.run_at <= sa.func.current_timestamp()
            )
            if not session.scalar(states):
                return
        time.sleep(0.5)
    raise AssertionError("jobs are left over")


def _compare(site: Besieged, writers: list[Writer]) -> None:
    """Every acknowledged comment stands once, every vote as it was said last, and counters equal recounts."""
    assert site.is_whole()
    with site.session() as session:
        texts = session.scalars(sa.select(Comment.body)).all()
        assert len(texts) == len(set(texts))
        standing = {(vote.user_id, vote.post_id): vote.interest.value for vote in session.scalars(sa.select(Vote))}
        people = session.scalars(sa.select(Vote.user_id).distinct().order_by(Vote.user_id)).all()
        for writer in writers:
            assert set(writer.said.comments) <= set(texts)
            for post, might in writer.said.votes.items():
                assert standing.get((people[writer.number], post), "none") in might
        before = {post.id: post.votes for post in session.scalars(sa.select(Post))}
        for post in session.scalars(sa.select(Post)):
            recount(session, post)
        assert before == {post.id: post.votes for post in session.scalars(sa.select(Post))}
        assert not session.scalar(sa.select(sa.func.count()).where(Job.state == JobState.FAILED))
        session.rollback()
