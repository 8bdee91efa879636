"""Forgetting what is quoted of a post that is erased: its words leave the problems of items and the decision book."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.backlog.models import BacklogItem, DecisionEntry, Evidence
from forum.core.markup import words_of
from forum.posts.models import Post

_MARKS = "“”«»\"' …"
_SHORT = 10  # characters; shorter lines could be anybody's


def forget_post(session: Session, post: Post) -> None:
    """Take every line that quotes `post` out of the items that it speaks or spoke for."""
    said = f"{post.title}\n{words_of(post.body_html)}"
    items = sa.select(Evidence.item_id).where(Evidence.post_id == post.id)
    for item in session.scalars(sa.select(BacklogItem).where(BacklogItem.id.in_(items))):
        item.problem = {language: _without(text, said) for language, text in item.problem.items()}
    for entry in session.scalars(sa.select(DecisionEntry).where(DecisionEntry.item_id.in_(items))):
        entry.before, entry.after = _clean(entry.before, said), _clean(entry.after, said)


def _clean(value: Any, said: str) -> Any:
    """A stored value with every text in it cleaned."""
    if isinstance(value, dict):
        return {name: _clean(one, said) for name, one in value.items()}
    if isinstance(value, list):
        return [_clean(one, said) for one in value]
    return _without(value, said) if isinstance(value, str) else value


def _without(text: str, said: str) -> str:
    """`text` without the paragraphs that stand word for word in what was `said`."""
    kept = [one for one in text.split("\n\n") if len(one) < _SHORT or one.strip(_MARKS) not in said]
    return "\n\n".join(kept)
