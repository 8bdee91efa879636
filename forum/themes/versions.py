"""Versions: the accepted state of a product's themes after each decided diff, and going back to one."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.rules import may_plan
from forum.core.audit import record
from forum.core.clock import utcnow
from forum.core.errors import require
from forum.core.languages import _
from forum.core.people import Reader
from forum.posts.models import Post
from forum.posts.status import Moderation
from forum.themes.counting import standing_ids
from forum.themes.forgetting import forget_decided
from forum.themes.jobs import count
from forum.themes.membership import seat, show_or_hide, unseat
from forum.themes.models import RunLine, Steering, Theme, ThemeMember, ThemeRun, ThemeVersion, VersionMember
from forum.themes.rulings import Rulings, read_rulings
from forum.themes.status import LineDecision, Placing, RunState, Solidity, SteeringKind, ThemeState


def store(session: Session, product_id: int, *, by: Reader, run_id: int | None = None, **summary: Any) -> ThemeVersion:
    """Keep which post is in which theme and what the themes are called, as of now."""
    session.flush()
    themes = session.scalars(sa.select(Theme).where(Theme.product_id == product_id)).all()
    accepted = [theme for theme in themes if theme.state is ThemeState.ACCEPTED]
    counts = {"themes": len(accepted), "posts": sum(theme.posts for theme in accepted)}
    version = ThemeVersion(
        product_id=product_id,
        run_id=run_id,
        made_at=utcnow(),
        made_by_id=by.id,
        summary=counts | summary,
        themes={str(theme.id): facts_of(theme) for theme in themes},
    )
    session.add(version)
    session.flush()
    members = (
        sa.select(
            sa.literal(version.id),
            ThemeMember.post_id,
            ThemeMember.theme_id,
            ThemeMember.placing,
            ThemeMember.similarity,
        )
        .join(Theme, Theme.id == ThemeMember.theme_id)
        .where(Theme.product_id == product_id)
    )
    columns = ["version_id", "post_id", "theme_id", "placing", "similarity"]
    session.execute(sa.insert(VersionMember).from_select(columns, members))
    return version


def keep_before(session: Session, run: ThemeRun, *, by: Reader) -> None:
    """Keep how themes stand before the first line of a run is accepted, unless the newest version says it already.

    What people planted or steered since would be lost to whoever accepts too much.
    """
    taken = sa.exists().where(
        RunLine.run_id == run.id, RunLine.decision == LineDecision.ACCEPTED, RunLine.decided_by_id.is_not(None)
    )
    here = Theme.product_id == run.product_id
    stands = sa.exists().where(here, Theme.state == ThemeState.ACCEPTED)
    last = sa.select(sa.func.max(ThemeVersion.made_at)).where(ThemeVersion.product_id == run.product_id)
    began, is_any, kept_at = session.execute(sa.select(taken, stands, last.scalar_subquery())).one()
    if began or not is_any:
        return
    if kept_at is not None:
        changed = sa.or_(Steering.said_at > kept_at, Steering.undone_at > kept_at)
        if not session.scalar(sa.select(sa.exists().where(Steering.product_id == run.product_id, changed))):
            return
    store(session, run.product_id, by=by, before=run.id)


def facts_of(theme: Theme) -> dict[str, Any]:
    """What a theme is and is called, as kept in versions."""
    return {
        "state": theme.state.value,
        "name": theme.name,
        "suggestion": theme.suggestion,
        "terms": theme.terms,
        "exemplar_ids": theme.exemplar_ids,
        "odd_one_id": theme.odd_one_id,
        "solidity": theme.solidity.value,
        "heir_id": theme.heir_id,
    }


def restore(session: Session, version: ThemeVersion, *, by: Reader) -> None:
    """Go back to a version: membership and labels are as they were then; what people told the engine still holds.

    The state of now is stored first, so that this too can be taken back. An open diff is closed, because it
    compares with themes that are no longer there. Raises `NotAllowed` unless `by` plans the backlog.
    """
    require(may_plan(by), _("Only product managers restore themes."))
    product_id = version.product_id
    store(session, product_id, by=by, restored=version.id)
    rulings = read_rulings(session, product_id)
    themes = {theme.id: theme for theme in session.scalars(sa.select(Theme).where(Theme.product_id == product_id))}
    _restore_states(session, version, themes, rulings)
    _restore_members(session, version, themes, rulings)
    _restore_labels(session, version, themes)
    for run in session.scalars(
        sa.select(ThemeRun).where(ThemeRun.product_id == product_id, ThemeRun.state == RunState.PROPOSED)
    ):
        run.state = RunState.REPLACED
    forget_decided(session, product_id)
    count(session, product_id, standing_ids(session, product_id))
    record(session, "theme.restore", by=by.id, subject="theme_version", subject_id=version.id)


def put_words_back(theme: Theme, known: Mapping[str, Any]) -> None:
    """Let the engine say of a theme what it said then; its name is a person's."""
    theme.suggestion, theme.terms = known["suggestion"], known["terms"]
    theme.exemplar_ids, theme.odd_one_id = known["exemplar_ids"], known["odd_one_id"]
    theme.solidity = Solidity(known["solidity"])


def _restore_states(session: Session, version: ThemeVersion, themes: dict[int, Theme], rulings: Rulings) -> None:
    made_by_split = set(
        session.scalars(
            sa.select(Steering.other_theme_id).where(
                Steering.product_id == version.product_id,
                Steering.kind == SteeringKind.SPLIT,
                Steering.undone_at.is_(None),
            )
        )
    )
    for theme in themes.values():
        known = version.themes.get(str(theme.id))
        if theme.id in rulings.merged or theme.id in made_by_split:
            continue  # a person said so, and it was not taken back
        was = ThemeState(known["state"]) if known else ThemeState.VANISHED
        if theme.id in rulings.dismissed:
            was = ThemeState.DISMISSED
        elif was is ThemeState.DISMISSED:
            was = ThemeState.ACCEPTED
        if was is ThemeState.VANISHED and theme.state is not ThemeState.ACCEPTED:
            continue
        theme.heir_id = known["heir_id"] if known and was is ThemeState.MERGED else None
        theme.state = was
        theme.version += 1


def _restore_members(session: Session, version: ThemeVersion, themes: dict[int, Theme], rulings: Rulings) -> None:
    now = {
        row.post_id: (row.theme_id, row.placing)
        for row in session.execute(
            sa.select(ThemeMember.post_id, ThemeMember.theme_id, ThemeMember.placing).where(
                ThemeMember.theme_id.in_(list(themes))
            )
        )
    }
    wanted: dict[int, dict[int, float]] = {}
    stays: set[int] = {post for post, (_theme, placing) in now.items() if placing is Placing.PERSON}
    for post, theme_id, likeness in session.execute(
        sa.select(VersionMember.post_id, VersionMember.theme_id, VersionMember.similarity)
        .join(Post, Post.id == VersionMember.post_id)
        .where(VersionMember.version_id == version.id, Post.moderation != Moderation.ERASED)
    ):
        while theme_id in rulings.merged:
            theme_id = rulings.merged[theme_id]
        if post in stays or (post, theme_id) in rulings.keep_out:
            continue
        stays.add(post)
        if now.get(post, (0,))[0] != theme_id:
            wanted.setdefault(theme_id, {})[post] = likeness
    unseat(session, set(now) - stays)
    for theme_id, posts in wanted.items():
        seat(session, themes[theme_id], posts, Placing.FIT)
    session.flush()
    for theme in themes.values():
        if theme.state in (ThemeState.ACCEPTED, ThemeState.DISMISSED):
            show_or_hide(session, theme)


def _restore_labels(session: Session, version: ThemeVersion, themes: dict[int, Theme]) -> None:
    renamed = set(
        session.scalars(
            sa.select(Steering.theme_id).where(
                Steering.product_id == version.product_id,
                Steering.kind == SteeringKind.RENAME,
                Steering.undone_at.is_(None),
            )
        )
    )
    for theme_id, theme in themes.items():
        known = version.themes.get(str(theme_id))
        if known is None:
            continue
        put_words_back(theme, known)
        if theme_id not in renamed:
            theme.name = known["name"]
