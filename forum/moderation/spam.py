"""How much a text reads like advertising, as this site's own decisions have taught it. It proposes and never acts."""

from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config import settings
from forum.core.languages import _, mark
from forum.moderation.models import Case
from forum.moderation.status import CaseKind, Decision, Reason
from forum.posts.models import Comment, Post
from forum.posts.status import Moderation

if TYPE_CHECKING:
    from forum.engine.spam import SpamScorer

LIKELY = 0.8  # score from which something waits as likely advertising
WORTH_SAYING = 0.3  # score from which a moderator reads what speaks for it
LEARNT_FROM = 20_000  # the newest decisions at most
RESCORED = 2_000  # cases that wait and are looked at again once something was learnt

# Signs of a text that are no words, as a moderator reads them.
_SIGNS = {
    "@link": mark("a link"),
    "@links": mark("several links"),
    "@phone": mark("a telephone number"),
    "@shouting": mark("capital letters"),
    "@money": mark("an amount of money"),
}


@dataclass(frozen=True)
class Sign:
    """A word, host or other sign of a text, and what it adds to the log-odds; below zero it speaks against."""

    words: str
    weight: float


@dataclass(frozen=True)
class Verdict:
    """How much a text reads like advertising, and by what."""

    score: float
    signs: tuple[Sign, ...]
    learnt_from: int  # decisions; 0: by the rules every site begins with


def model_file() -> Path:
    """Where the weights lie; web and worker have their data folder in common."""
    return settings().data_dir / "spam.model"


def score(text: str) -> float:
    """How much `text` reads like advertising, in [0, 1]."""
    return float(_scorer().score(text))


def verdict(text: str) -> Verdict:
    """The same with its reasons, for the moderator who decides."""
    scorer = _scorer()
    signs = tuple(
        Sign(_(_SIGNS[name]) if name in _SIGNS else name.removeprefix("host:"), weight)
        for name, weight in scorer.explain(text)
    )
    return Verdict(float(scorer.score(text)), signs, scorer.learnt_from)


def read_decisions(session: Session) -> tuple[list[str], list[bool]]:
    """Texts that moderators have decided about, and whether each was taken away as advertising, the newest first."""
    body = sa.func.coalesce(Comment.body, Post.title + sa.literal("\n") + Post.body)
    was_spam = Case.decision.in_((Decision.REMOVED, Decision.HIDDEN)) & (Case.ground == Reason.SPAM)
    was_fine = Case.decision.in_((Decision.APPROVED, Decision.KEPT)) & Case.kind.in_(
        (CaseKind.FIRST_POST, CaseKind.CHANGED, CaseKind.REPORT, CaseKind.SPAM)
    )
    query = (
        sa.select(sa.func.substr(body, 1, 4_000), was_spam)
        .select_from(Case)
        .join(Post, Post.id == Case.post_id)
        .outerjoin(Comment, Comment.id == Case.comment_id)
        .where(was_spam | was_fine, sa.func.coalesce(Comment.moderation, Post.moderation) != Moderation.ERASED)
        .order_by(Case.decided_at.desc())
        .limit(LEARNT_FROM)
    )
    rows = session.execute(query).all()
    return [text for text, _spam in rows], [bool(spam) for _text, spam in rows]


def learn(texts: list[str], was_spam: list[bool]) -> bool:
    """Learn from decisions and write the weights; False when there are too few of either kind."""
    from forum.engine.spam import learn_spam

    scorer = learn_spam(texts, was_spam)
    if scorer is None:
        model_file().unlink(missing_ok=True)  # what it knew may have been erased since
        return False
    model_file().parent.mkdir(parents=True, exist_ok=True)
    scorer.save(model_file())
    return True


def rescore(session: Session) -> int:
    """Look at what waits again; returns at how many cases."""
    waiting = sa.select(Case, Post, Comment).join(Post, Post.id == Case.post_id)
    waiting = waiting.outerjoin(Comment, Comment.id == Case.comment_id).where(Case.decided_at.is_(None))
    rows = session.execute(waiting.order_by(Case.opened_at).limit(RESCORED)).all()
    for case, post, comment in rows:
        case.spam_score = score(comment.body if comment else f"{post.title}\n{post.body}")
    return len(rows)


class _Shelf:
    """The weights of this process, read again when the file was replaced."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.stamp: tuple[str, int, int] | None = None
        self.scorer: SpamScorer | None = None

    def current(self) -> "SpamScorer":
        stamp = _stamp(model_file())
        with self.lock:
            if self.scorer is None or stamp != self.stamp:
                self.scorer, self.stamp = _read(), stamp
            return self.scorer


def _stamp(path: Path) -> tuple[str, int, int]:
    try:
        found = path.stat()
    except OSError:
        return str(path), 0, 0
    return str(path), found.st_mtime_ns, found.st_ino


def _read() -> "SpamScorer":
    from forum.engine.files import ModelFileError
    from forum.engine.spam import SpamScorer, by_rules

    rules: SpamScorer = by_rules()
    try:
        opened: SpamScorer = SpamScorer.open(model_file())
    except FileNotFoundError:
        return rules
    except (ModelFileError, OSError, KeyError, TypeError, ValueError) as error:
        from structlog import get_logger

        get_logger().warning("what advertising reads like cannot be read", error=str(error))
        return rules
    return opened


_shelf = _Shelf()


def _scorer() -> "SpamScorer":
    return _shelf.current()
