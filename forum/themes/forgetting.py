"""Forgetting the words of a post that is erased: nothing is named after, explained by or quoted from it any more."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.core.database import Json
from forum.posts.models import Post
from forum.search.stemming import words_of
from forum.themes.membership import unseat
from forum.themes.models import (
    LineKept,
    LineSeat,
    Misplaced,
    RunCluster,
    RunLine,
    RunMember,
    Steering,
    Theme,
    ThemeRun,
    ThemeVersion,
)


def forget_decided(session: Session, product_id: int) -> None:
    """Let go of what undoing a line needs: from now on something builds on what was decided about a product."""
    runs = sa.select(ThemeRun.id).where(ThemeRun.product_id == product_id)
    lines = sa.select(RunLine.id).where(RunLine.run_id.in_(runs))
    session.execute(sa.delete(LineSeat).where(LineSeat.line_id.in_(lines)))
    session.execute(sa.delete(LineKept).where(LineKept.line_id.in_(lines)))


def forget_post(session: Session, post: Post) -> None:
    """Take a post out of its theme and its words, where nobody else uses them, out of every name and explanation."""
    words = set(words_of(f"{post.title}\n{post.body}"))
    unseat(session, [post.id])
    for model in (LineSeat, Misplaced, RunMember, Steering):  # what was said about where it belongs goes with it
        session.execute(sa.delete(model).where(model.__table__.c.post_id == post.id))
    themes = session.scalars(sa.select(Theme).where(Theme.product_id == post.product_id)).all()
    runs = sa.select(ThemeRun.id).where(ThemeRun.product_id == post.product_id)
    clusters = session.scalars(sa.select(RunCluster).where(RunCluster.run_id.in_(runs))).all()
    versions = session.scalars(sa.select(ThemeVersion).where(ThemeVersion.product_id == post.product_id)).all()
    lines = sa.select(RunLine.id).where(RunLine.run_id.in_(runs))
    kept = session.scalars(sa.select(LineKept).where(LineKept.line_id.in_(lines))).all()
    used = {word for theme in themes for word in _words_of(theme.suggestion, theme.terms)}
    used |= {word for cluster in clusters for word in _words_of(cluster.label, cluster.terms)}
    named: list[ThemeVersion | LineKept] = [*versions, *kept]
    for version in named:
        used |= {word for told in version.themes.values() for word in _words_of(*_named(told))}
    own = {word for word in used & words if not _is_said_elsewhere(session, post, word)}
    for theme in themes:
        theme.exemplar_ids = [one for one in theme.exemplar_ids if one != post.id]
        theme.odd_one_id = None if theme.odd_one_id == post.id else theme.odd_one_id
        theme.terms, theme.suggestion = _without(theme.terms, own), _name(theme.suggestion, theme.terms, own)
    for cluster in clusters:
        cluster.exemplar_ids = [one for one in cluster.exemplar_ids if one != post.id]
        cluster.odd_one_id = None if cluster.odd_one_id == post.id else cluster.odd_one_id
        cluster.terms, cluster.label = _without(cluster.terms, own), _name(cluster.label, cluster.terms, own)
    for version in named:
        version.themes = {key: _told_without(told, own) for key, told in version.themes.items()}


def _words_of(name: str, terms: list[str]) -> set[str]:
    return {word for text in (name, *terms) for word in words_of(text)}


def _named(told: Json) -> tuple[str, list[str]]:
    return str(told.get("suggestion") or ""), list(told.get("terms") or ())


def _told_without(told: Json, own: set[str]) -> Json:
    suggestion, terms = _named(told)
    known = {"suggestion": _name(suggestion, terms, own), "terms": _without(terms, own)}
    return told | {name: value for name, value in known.items() if name in told}


def _without(terms: list[str], own: set[str]) -> list[str]:
    return [term for term in terms if own.isdisjoint(words_of(term))]


def _name(name: str, terms: list[str], own: set[str]) -> str:
    """A suggested name, or without the words that go the two strongest terms that are left."""
    if own.isdisjoint(words_of(name)):
        return name
    return ", ".join(_without(terms, own)[:2])


def _is_said_elsewhere(session: Session, post: Post, word: str) -> bool:
    """Whether another post that everybody may read says a word, so that it is not this person's own."""
    says = Post.title.icontains(word, autoescape=True) | Post.body.icontains(word, autoescape=True)
    others = sa.select(Post.id).where(Post.product_id == post.product_id, Post.is_listed, Post.id != post.id)
    return session.scalar(others.where(says, Post.author_id.is_distinct_from(post.author_id)).limit(1)) is not None
