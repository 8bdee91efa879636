"""What people tell the engine: applied at once, obeyed by every later run, taken back by one click.

Each act is a row that says what was done and what undoing puts back. A row that a later one contradicts
(a post pinned elsewhere, say) is marked as undone by whoever said the later thing.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.rules import may_plan
from forum.core.audit import record
from forum.core.clock import utcnow
from forum.core.database import Words
from forum.core.errors import Conflict, Invalid, NotFound, require
from forum.core.events import publish
from forum.core.languages import _
from forum.core.people import Reader
from forum.posts.models import Post
from forum.posts.queries import find_post
from forum.posts.status import Moderation
from forum.products.services import clean_words
from forum.themes import hanging
from forum.themes.events import ThemeSplit
from forum.themes.jobs import count
from forum.themes.labels import LABEL
from forum.themes.membership import members_of, seat, show_or_hide, unseat, where_is
from forum.themes.models import Steering, Theme
from forum.themes.services import join, void_lines
from forum.themes.status import Placing, Solidity, SteeringKind, ThemeState

SEEDS = 10  # posts of each half of a split that hold it in place through later runs
EXEMPLARS = 5

Member = sa.Row[int, Placing, float]


def rename(session: Session, theme: Theme, name: Words, *, by: Reader, is_same_meant: bool = False) -> None:
    """Give `theme` a name that every later run keeps.

    Raises `Invalid` without a name in any language, and, unless `is_same_meant`, when another standing theme of
    the product has it.
    """
    _require(session, theme, by)
    name = clean_words(name, "name_en")
    if name == theme.name:
        return
    twins = [] if is_same_meant else _called_the_same(session, theme, name)
    if twins:
        problems = {
            f"name_{language}": _("Another theme is called “{theme}” already.", theme=name[language])
            for language in twins
        }
        raise Invalid(fields=problems | {"same_name": _("Tick this if both shall have the name, or choose another.")})
    _overrule(session, by, Steering.kind == SteeringKind.RENAME, Steering.theme_id == theme.id)
    _say(session, SteeringKind.RENAME, theme, by, values={"before": theme.name, "after": name})
    theme.name, theme.named_by_id = name, by.id
    theme.changed_at = utcnow()
    theme.version += 1


def _called_the_same(session: Session, theme: Theme, name: Words) -> list[str]:
    """The languages in which another standing theme of the product is called as in `name`."""
    others = session.execute(
        sa.select(Theme.name, Theme.suggestion).where(
            Theme.product_id == theme.product_id, Theme.state == ThemeState.ACCEPTED, Theme.id != theme.id
        )
    ).all()
    return [
        language
        for language, word in name.items()
        if any(
            (other.name or {language: other.suggestion}).get(language, "").casefold() == word.casefold()
            for other in others
        )
    ]


def describe(session: Session, theme: Theme, sentence: Words, *, by: Reader) -> None:
    """Set the team's sentence about `theme`; an empty one takes it away."""
    _require(session, theme, by)
    theme.sentence = clean_words(sentence, "sentence_en", optional=True)
    record(session, "theme.describe", by=by.id, subject="theme", subject_id=theme.id)


def pin(session: Session, theme: Theme, post_id: int, *, by: Reader) -> Steering:
    """Put a post into `theme` for good, wherever it was. Raises `NotFound` when `by` may not see the post."""
    _require(session, theme, by)
    post = _find(session, theme, post_id, by)
    here = where_is(session, post.id)
    if here is not None and here.theme_id == theme.id and here.placing is Placing.PERSON:
        raise Conflict(_("This post is pinned here already."))
    said = pin_post(session, theme, post, here, by)
    count(session, theme.product_id, {theme.id, here.theme_id if here is not None else theme.id})
    return said


def pin_post(session: Session, theme: Theme, post: Post, here: Member | None, by: Reader) -> Steering:
    """Pin a post that is `here` to `theme`; rights are checked, and themes counted, by who calls."""
    _overrule(session, by, Steering.kind == SteeringKind.PIN, Steering.post_id == post.id)
    _overrule(
        session,
        by,
        Steering.kind == SteeringKind.KEEP_OUT,
        Steering.post_id == post.id,
        Steering.theme_id == theme.id,
    )
    likeness = here.similarity if here is not None and here.theme_id == theme.id else 0.0
    seat(session, theme, {post.id: likeness}, Placing.PERSON)
    return _say(session, SteeringKind.PIN, theme, by, post_id=post.id, values=_before(here), about=post.author_id)


def keep_out(session: Session, theme: Theme, post_id: int, *, by: Reader) -> Steering:
    """Take a post out of `theme` for good; it stays unsorted until a run or a person finds it another place."""
    _require(session, theme, by)
    said = keep_post_out(session, theme, _find(session, theme, post_id, by), by)
    count(session, theme.product_id, {theme.id})
    return said


def keep_post_out(session: Session, theme: Theme, post: Post, by: Reader) -> Steering:
    """Keep a post out of `theme`; rights are checked, and themes counted, by who calls."""
    here = where_is(session, post.id)
    if here is not None and here.theme_id == theme.id:
        unseat(session, [post.id])
    for kind in (SteeringKind.PIN, SteeringKind.KEEP_OUT):
        _overrule(session, by, Steering.kind == kind, Steering.post_id == post.id, Steering.theme_id == theme.id)
    return _say(session, SteeringKind.KEEP_OUT, theme, by, post_id=post.id, values=_before(here), about=post.author_id)


def move_posts(session: Session, theme: Theme, post_ids: Sequence[int], into: Theme, *, by: Reader) -> list[Steering]:
    """Put posts of `theme` into another theme for good, as `pin` does; `undo_together` takes that back.

    Raises `Conflict` unless both are standing themes of one product, and `Invalid` when none of the posts is there.
    """
    _require(session, theme, by)
    _require(session, into, by)
    if theme.id == into.id or theme.product_id != into.product_id:
        raise Conflict(_("Choose another theme of the same product."))
    posts = _among(session, theme, post_ids, by)
    said = [pin_post(session, into, post, where_is(session, post.id), by) for post in posts]
    count(session, theme.product_id, {theme.id, into.id})
    return as_one(session, said)


def keep_posts_out(session: Session, theme: Theme, post_ids: Sequence[int], *, by: Reader) -> list[Steering]:
    """Take posts out of `theme` for good, as `keep_out` does; `undo_together` takes that back.

    Raises `Invalid` when none of the posts is there.
    """
    _require(session, theme, by)
    said = [keep_post_out(session, theme, post, by) for post in _among(session, theme, post_ids, by)]
    count(session, theme.product_id, {theme.id})
    return as_one(session, said)


def _among(session: Session, theme: Theme, post_ids: Sequence[int], by: Reader) -> list[Post]:
    """Those of the posts that are in `theme`. Raises `Invalid` when there are none."""
    members = members_of(session, theme.id)
    posts = [_find(session, theme, post, by) for post in dict.fromkeys(post_ids) if post in members]
    if not posts:
        raise Invalid(fields={"posts": _("These posts are not in this theme any more.")})
    return posts


def as_one(session: Session, said: list[Steering]) -> list[Steering]:
    """Note on each of the rows that they were said in one go."""
    ids = [one.id for one in said]
    for one in said:
        one.values = one.values | {"together": ids}
    session.flush()
    return said


def merge_themes(session: Session, theme: Theme, into: Theme, *, by: Reader) -> None:
    """Let `theme` live on in `into`: its posts move, its address leads there, later runs keep the two together.

    Publishes `ThemesMerged`. Raises `Conflict` unless both are standing themes of one product.
    """
    _require(session, theme, by)
    _require(session, into, by)
    if theme.id == into.id or theme.product_id != into.product_id:
        raise Conflict(_("Choose another theme of the same product."))
    since, both = utcnow(), hanging.look_at(session, (theme.id, into.id))
    moved = join(session, theme, into)
    values = {"moved": moved, "hanging": both, "since": since.isoformat()}
    _say(session, SteeringKind.MERGE, theme, by, other=into, values=values)
    void_lines(session, theme.product_id, {theme.id, into.id})
    count(session, theme.product_id, {theme.id, into.id})


def split_theme(
    session: Session, theme: Theme, posts: Sequence[int], *, name: Words, by: Reader, words: Sequence[str] = ()
) -> Theme:
    """Make `posts` of `theme`, the most telling first, a theme of their own called `name`, and return it.

    Until a run has read it, `words` are what it is about; without a name the first of them is suggested.

    The address and the name stay with what is left. Later runs keep the first ten posts of each side in their
    theme, and with them the two apart. Publishes `ThemeSplit`. Raises `Invalid` when all or none would go.
    """
    _require(session, theme, by)
    members = members_of(session, theme.id)
    going = [post for post in dict.fromkeys(posts) if post in members]
    staying = sorted(set(members) - set(going), key=lambda post: -members[post][1])
    if not going or not staying:
        raise Invalid(fields={"posts": _("Choose some of the posts: at least one goes, and at least one stays.")})
    now = utcnow()
    new = Theme(
        product_id=theme.product_id,
        name=clean_words(name, "name_en", optional=True),
        suggestion=words[0][:LABEL] if words else theme.suggestion,
        terms=list(words),
        exemplar_ids=going[:EXEMPLARS],
        solidity=Solidity.GUESS,
        created_at=now,
        changed_at=now,
        created_by_id=by.id,
        version=1,
    )
    session.add(new)
    session.flush()
    seat(session, new, {post: members[post][1] for post in going[SEEDS:]}, Placing.FIT)
    seat(session, new, {post: members[post][1] for post in going[:SEEDS]}, Placing.PERSON)
    kept = [post for post in theme.exemplar_ids if post not in set(going)]
    theme.exemplar_ids = list(dict.fromkeys([*kept, *staying]))[:EXEMPLARS]
    values = {"stay": staying[:SEEDS], "go": going[:SEEDS], "moved": going}
    _say(session, SteeringKind.SPLIT, theme, by, other=new, values=values)
    void_lines(session, theme.product_id, {theme.id})
    count(session, theme.product_id, {theme.id, new.id})
    publish(session, ThemeSplit(theme.id, new.id))
    return new


def dismiss(session: Session, theme: Theme, *, by: Reader) -> None:
    """Put `theme` out of sight for good: it goes on catching its posts, which count as unsorted."""
    _require(session, theme, by)
    theme.state = ThemeState.DISMISSED
    show_or_hide(session, theme)
    _say(session, SteeringKind.DISMISS, theme, by)
    void_lines(session, theme.product_id, {theme.id})


def keep_apart(session: Session, theme: Theme, other: Theme, shown: tuple[int, int], *, by: Reader) -> None:
    """Say that two themes are different things: later runs never join the two posts that were `shown` for them."""
    _require(session, theme, by)
    _require(session, other, by)
    _say(session, SteeringKind.APART, theme, by, other=other, values={"shown": list(shown)})


def keep_together(session: Session, theme: Theme, shown: tuple[int, int], *, by: Reader) -> None:
    """Say that a theme is one thing: later runs never part the two posts that were `shown` for its sides."""
    _require(session, theme, by)
    _say(session, SteeringKind.TOGETHER, theme, by, values={"shown": list(shown)})


def pass_over(
    session: Session, theme: Theme, *, by: Reader, other: Theme | None = None, post_id: int | None = None
) -> None:
    """Note that somebody was asked about `theme` and could not say, so that nobody is asked the same again."""
    _require(session, theme, by)
    _say(session, SteeringKind.UNSURE, theme, by, other=other, post_id=post_id)


def undo(session: Session, steering: Steering, *, by: Reader) -> None:
    """Take back what somebody told the engine, as far as it still stands; later runs no longer obey it.

    Raises `Conflict` when it was taken back before.
    """
    require(may_plan(by), _("Only product managers steer themes."))
    session.flush()
    session.refresh(steering, with_for_update=True)
    if steering.undone_at is not None:
        raise Conflict(_("This was taken back already."))
    _UNDO[steering.kind](session, steering)
    steering.undone_at, steering.undone_by_id = utcnow(), by.id
    record(session, "theme.undo", by=by.id, subject="theme", subject_id=steering.theme_id, kind=steering.kind.value)


def undo_together(session: Session, steering: Steering, *, by: Reader) -> None:
    """Take back what was said in one go with this row, as far as it still holds."""
    wanted = sa.select(Steering).where(
        Steering.id.in_(steering.values.get("together", [steering.id])), Steering.undone_at.is_(None)
    )
    for one in session.scalars(wanted).all():
        undo(session, one, by=by)


def _undo_rename(session: Session, steering: Steering) -> None:
    theme = session.get_one(Theme, steering.theme_id)
    if theme.name == steering.values["after"]:
        theme.name = steering.values["before"]
        theme.version += 1


def _undo_pin(session: Session, steering: Steering) -> None:
    here = where_is(session, steering.post_id or 0)
    if here is not None and here.theme_id == steering.theme_id:
        unseat(session, [steering.post_id or 0])
        _put_back(session, steering)
    count(session, steering.product_id, {steering.theme_id})


def _undo_keep_out(session: Session, steering: Steering) -> None:
    if where_is(session, steering.post_id or 0) is None and steering.values.get("theme") == steering.theme_id:
        _put_back(session, steering)


def _put_back(session: Session, steering: Steering) -> None:
    """Put a post where it was before somebody moved it, if that theme still stands."""
    theme = session.get(Theme, steering.values.get("theme") or 0)
    if theme is None or theme.state is not ThemeState.ACCEPTED or steering.post_id is None:
        return
    placing = Placing(steering.values["placing"])
    seat(session, theme, {steering.post_id: steering.values["similarity"]}, placing)
    count(session, theme.product_id, {theme.id})


def _undo_merge(session: Session, steering: Steering) -> None:
    theme = session.get_one(Theme, steering.theme_id)
    heir = session.get_one(Theme, steering.other_theme_id)
    if theme.state is not ThemeState.MERGED or theme.heir_id != heir.id:
        return
    theme.state, theme.heir_id = ThemeState.ACCEPTED, None
    since = datetime.fromisoformat(steering.values["since"])
    hanging.give_back(session, steering.values["hanging"], (theme.id, heir.id), since, steering.said_at)
    _move_back(session, steering.values["moved"], heir, theme)


def _undo_split(session: Session, steering: Steering) -> None:
    theme = session.get_one(Theme, steering.theme_id)
    new = session.get_one(Theme, steering.other_theme_id)
    if new.state is not ThemeState.ACCEPTED or theme.state is not ThemeState.ACCEPTED:
        return
    by_split = set(steering.values["go"])
    for post, (placing, likeness) in members_of(session, new.id).items():
        calm = Placing.FIT if post in by_split else placing
        seat(session, theme, {post: likeness}, calm)
    join(session, new, theme)
    count(session, theme.product_id, {theme.id, new.id})


def _undo_dismiss(session: Session, steering: Steering) -> None:
    theme = session.get_one(Theme, steering.theme_id)
    if theme.state is ThemeState.DISMISSED:
        theme.state = ThemeState.ACCEPTED
        show_or_hide(session, theme)
        count(session, theme.product_id, {theme.id})


def _leave(session: Session, steering: Steering) -> None:
    """Nothing was changed that could be put back; later runs are free again."""


_UNDO: dict[SteeringKind, Any] = {
    SteeringKind.RENAME: _undo_rename,
    SteeringKind.PIN: _undo_pin,
    SteeringKind.KEEP_OUT: _undo_keep_out,
    SteeringKind.MERGE: _undo_merge,
    SteeringKind.SPLIT: _undo_split,
    SteeringKind.DISMISS: _undo_dismiss,
    SteeringKind.APART: _leave,
    SteeringKind.TOGETHER: _leave,
    SteeringKind.UNSURE: _leave,
}


def _move_back(session: Session, posts: Sequence[int], source: Theme, target: Theme) -> None:
    """Put those of `posts` that are still in `source` into `target`, each placed as it is now."""
    members = members_of(session, source.id)
    for placing in Placing:
        same = {post: members[post][1] for post in posts if post in members and members[post][0] is placing}
        seat(session, target, same, placing)
    void_lines(session, source.product_id, {source.id, target.id})
    count(session, source.product_id, {source.id, target.id})


def _require(session: Session, theme: Theme, by: Reader) -> None:
    require(may_plan(by), _("Only product managers steer themes."))
    session.flush()
    session.refresh(theme, with_for_update=True)
    if theme.state is not ThemeState.ACCEPTED:
        raise Conflict(_("This theme does not stand any more. Go back to the list of themes."))


def _find(session: Session, theme: Theme, post_id: int, by: Reader) -> Post:
    post = session.scalars(find_post(by, post_id)).one_or_none()
    if post is None or post.moderation not in (Moderation.OPEN, Moderation.MERGED):
        raise NotFound(_("There is no open post with this number."))
    if post.product_id != theme.product_id:
        raise Conflict(_("That post is about another product."))
    return post


def _before(member: Member | None) -> dict[str, Any]:
    if member is None:
        return {"theme": None}
    return {"theme": member.theme_id, "placing": member.placing.value, "similarity": member.similarity}


def _overrule(session: Session, by: Reader, *which: sa.ColumnElement[bool]) -> None:
    session.execute(
        sa.update(Steering).where(Steering.undone_at.is_(None), *which).values(undone_at=utcnow(), undone_by_id=by.id)
    )


def _say(
    session: Session,
    kind: SteeringKind,
    theme: Theme,
    by: Reader,
    *,
    other: Theme | None = None,
    post_id: int | None = None,
    values: dict[str, Any] | None = None,
    about: int | None = None,
) -> Steering:
    steering = Steering(
        product_id=theme.product_id,
        kind=kind,
        theme_id=theme.id,
        other_theme_id=other.id if other else None,
        post_id=post_id,
        values=values or {},
        said_at=utcnow(),
        said_by_id=by.id,
    )
    session.add(steering)
    session.flush()
    record(
        session,
        f"theme.{kind.value}",
        by=by.id,
        subject="theme",
        subject_id=theme.id,
        about=about,
        post=post_id,
        other=other.id if other else None,
    )
    return steering
