"""What tests of themes ask for: diffs made by hand, without the engine."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.core.clock import utcnow
from forum.core.people import Reader, Role
from forum.posts.models import Post
from forum.themes import proposals
from forum.themes.corpus import read_corpus, read_standing
from forum.themes.found import Group, Proposal
from forum.themes.models import RunLine, Theme, ThemeMember, ThemeRun
from forum.themes.status import RunState, Solidity
from forum.themes.training import UNSORTED


class Unfenced:
    """A job's progress that never stops it."""

    def fence(self, session: Session) -> None:
        """Let everything pass."""

    def step(self, *_words: Any) -> None:
        """Say nothing."""


Propose = Callable[..., ThemeRun]


@pytest.fixture
def propose(session: Session) -> Propose:
    """Make a run whose diff proposes these groups: `propose({theme.id: [post, …], -1: [post, …]}, n1="a label")`."""

    def make_run(groups: Mapping[int, Sequence[Post]], **labels: str) -> ThemeRun:
        posts = [post for group in groups.values() for post in group]
        product_id = posts[0].product_id
        run = ThemeRun(product_id=product_id, started_at=utcnow(), state=RunState.FITTING, active_key=product_id)
        session.add(run)
        session.commit()
        proposal = _proposal(read_corpus(session, product_id).ids, groups, labels)
        standing = read_standing(session, product_id, list(proposal.places))
        memory = proposals.read_memory(session, product_id)
        proposals.respect(proposal.places, standing, memory)
        lines = proposals.lines_of(proposal, standing, memory)
        session.commit()
        proposals.write(run.id, proposal, Unfenced())  # type: ignore[arg-type]
        proposals.publish_proposal(session, run, proposal, lines, model_file="")
        session.commit()
        return run

    return make_run


def _proposal(corpus: Sequence[int], groups: Mapping[int, Sequence[Post]], labels: Mapping[str, str]) -> Proposal:
    places = dict.fromkeys(corpus, (UNSORTED, 0.0))
    found = []
    for ref, posts in groups.items():
        ids = [post.id for post in posts]
        places |= dict.fromkeys(ids, (ref, 0.8))
        label = labels.get(f"n{-ref}", f"group {abs(ref)}")
        found.append(Group(ref, label, label.split(), ids[:3], None, Solidity.SOLID, len(ids)))
    return Proposal(found, places, [], [], is_too_few=False, is_provisional=True, save=lambda path: None)


@pytest.fixture
def manager(make: Any) -> Reader:
    """A product manager, as services take them."""
    return make.reader("Mia", Role.MANAGER)


@pytest.fixture
def lines(session: Session) -> Callable[[ThemeRun], list[RunLine]]:
    """The lines of a run, in their order."""

    def read(run: ThemeRun) -> list[RunLine]:
        return list(session.scalars(sa.select(RunLine).where(RunLine.run_id == run.id).order_by(RunLine.position)))

    return read


@pytest.fixture
def members(session: Session) -> Callable[[Theme], set[int]]:
    """The posts of a theme, as its rows say and as the posts themselves say; the two must agree."""

    def read(theme: Theme) -> set[int]:
        rows = set(session.scalars(sa.select(ThemeMember.post_id).where(ThemeMember.theme_id == theme.id)))
        own = set(session.scalars(sa.select(Post.id).where(Post.theme_id == theme.id)))
        assert rows == own
        return rows

    return read
