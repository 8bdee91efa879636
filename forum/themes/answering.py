"""Questions about themes that a person answers with yes, no or not sure: what to ask next, and what an answer does.

An answer is steering like any other: a yes merges, splits or pins, a no keeps apart, together or out, and both can
be taken back. The key of the question stays with it, so that nobody is asked the same twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.core.errors import Conflict
from forum.core.languages import _
from forum.core.people import Reader
from forum.themes import asking, desk, steering
from forum.themes.models import Steering, Theme
from forum.themes.queries import Quote
from forum.themes.status import Answer, SteeringKind, ThemeState

if TYPE_CHECKING:
    from forum.themes.asking import Question

UNSORTED = -1  # what the engine says instead of a theme
_YES = (SteeringKind.MERGE, SteeringKind.SPLIT, SteeringKind.PIN)


@dataclass(frozen=True)
class Asked:
    """A question as it is shown: what posts of either side say, and the themes it is about (none for unsorted)."""

    key: str
    kind: str  # merge, split or belongs
    left: list[Quote]
    right: list[Quote]
    themes: list[Theme | None]
    posts: int  # that a yes would move


def read_answered(session: Session, product_id: int) -> list[tuple[str, str]]:
    """The keys of the questions about a product that were answered, each with the answer as it still holds."""
    rows = session.execute(
        sa.select(Steering.kind, Steering.values).where(Steering.product_id == product_id, Steering.undone_at.is_(None))
    )
    return [(values["question"], _answer_of(kind).value) for kind, values in rows if "question" in values]


def read_question(session: Session, product_id: int) -> Asked | None:
    """What is best asked next about the themes of a product; None when there is nothing to ask."""
    found = asking.questions(session, product_id, read_answered(session, product_id))
    themes = _themes_of(session, found)
    quotes = desk.read_posts(session, [post for question in found for post in (*question.left, *question.right)])
    for question in found:
        about = [themes.get(theme) for theme in question.themes]
        left = [quotes[post] for post in question.left if post in quotes]
        right = [quotes[post] for post in question.right if post in quotes]
        if left and right and about[-1] is not None and (about[0] is not None or question.themes[0] == UNSORTED):
            return Asked(question.key, question.kind, left, right, about, len(question.posts))
    return None


def answer(session: Session, product_id: int, key: str, said: Answer, *, by: Reader) -> Steering:
    """Do what the answer to the question with this `key` asks for, and return the row that tells of it.

    Raises `Conflict` when the question is no longer asked: it was answered, or the themes are others now.
    """
    found = asking.questions(session, product_id, read_answered(session, product_id))
    question = next((one for one in found if one.key == key), None)
    themes = _themes_of(session, [question] if question else [])
    about = [themes[theme] for theme in question.themes if theme in themes] if question else []
    if question is None or len(about) < len([theme for theme in question.themes if theme != UNSORTED]):
        raise Conflict(_("The themes have changed since this was asked. Here is the next question."))
    if said is Answer.UNSURE:
        _pass_over(session, question, about, by)
    elif said is Answer.YES:
        _carry_out(session, question, about, by)
    else:
        _refuse(session, question, about, by)
    mine = sa.select(Steering).where(Steering.product_id == product_id, Steering.said_by_id == by.id)
    row = session.scalars(mine.order_by(Steering.id.desc()).limit(1)).one()
    row.values = row.values | {"question": key}
    return row


def _carry_out(session: Session, question: "Question", about: Sequence[Theme], by: Reader) -> None:
    if question.kind == "merge":
        large, small = about
        steering.merge_themes(session, small, large, by=by)
    elif question.kind == "split":
        words = asking.words_of_part(session, about[0], question.posts)
        steering.split_theme(session, about[0], question.posts, name={}, words=words, by=by)
    else:
        steering.pin(session, about[-1], question.posts[0], by=by)


def _refuse(session: Session, question: "Question", about: Sequence[Theme], by: Reader) -> None:
    shown = (question.left[0], question.right[0])
    if question.kind == "merge":
        steering.keep_apart(session, about[0], about[1], shown, by=by)
    elif question.kind == "split":
        steering.keep_together(session, about[0], shown, by=by)
    else:
        steering.keep_out(session, about[-1], question.posts[0], by=by)


def _pass_over(session: Session, question: "Question", about: Sequence[Theme], by: Reader) -> None:
    if question.kind == "merge":
        steering.pass_over(session, about[0], other=about[1], by=by)
    elif question.kind == "split":
        steering.pass_over(session, about[0], by=by)
    else:
        steering.pass_over(session, about[-1], post_id=question.posts[0], by=by)


def _answer_of(kind: SteeringKind) -> Answer:
    if kind is SteeringKind.UNSURE:
        return Answer.UNSURE
    return Answer.YES if kind in _YES else Answer.NO


def _themes_of(session: Session, questions: "Sequence[Question]") -> dict[int, Theme]:
    """The standing themes that the questions are about, by id."""
    ids = {theme for question in questions for theme in question.themes}
    rows = session.scalars(sa.select(Theme).where(Theme.id.in_(ids), Theme.state == ThemeState.ACCEPTED))
    return {theme.id: theme for theme in rows}
