"""Promoting themes, or one post, to the backlog."""

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from flask import request
from flask.typing import ResponseReturnValue

from config import settings
from forum.backlog import closed_areas, evidence, queries, rules, services
from forum.backlog.models import BacklogItem
from forum.backlog.quoting import Written, quotations, stems
from forum.backlog.schemas import Promotion
from forum.backlog.services import AlreadyPromoted
from forum.backlog.views import bp
from forum.core.database import Words
from forum.core.errors import Invalid
from forum.core.languages import LANGUAGES, _, pick
from forum.posts.queries import find_post
from forum.themes.labels import first_upper, label_of
from forum.themes.models import Theme
from forum.web.forms import Form
from forum.web.pages import find_or_404, flash, go, page
from forum.web.permissions import allowed, me
from forum.web.session import db

EXEMPLARS = 3  # of each theme, quoted first
QUOTABLE = 40  # posts to quote from, so that each language finds its own


@bp.route("/themes/<int:theme_id>/promote", methods=["GET", "POST"])
@allowed(rules.may_plan)
def promote(theme_id: int) -> ResponseReturnValue:
    """Ask what to call the item, with its evidence beside; then put the theme, and others with it, on the backlog."""
    theme = find_or_404(db, queries.find_theme(theme_id))
    standing = queries.item_of_theme(db, theme.id)
    if standing is not None and request.method == "GET":
        return _already(_("This theme is on the backlog already."), standing.id, pick(standing.title))
    chosen = [theme, *_chosen_beside(theme)]
    ids = [one.id for one in chosen]
    posts = services.posts_of_themes(ids)
    can_be_public = closed_areas.may_be_public(*closed_areas.how_many(db, posts))
    words = queries.words_of_themes(db, chosen, EXEMPLARS, QUOTABLE, with_closed=not can_be_public)
    name = theme.name or {settings().main_language: first_upper(theme.suggestion)}
    return _ask(
        _form(name, words, " ".join(term for one in chosen for term in one.terms or [label_of(one)])),
        lambda promotion: services.promote_themes(db, chosen, promotion, by=me()),
        posts=posts,
        subject=label_of(theme),
        theme=theme,
        chosen=ids,
        others=[(row, label_of(row)) for row in queries.free_themes(db, theme.product_id) if row.id != theme.id],
    )


def _chosen_beside(theme: Theme) -> Sequence[Theme]:
    """The further themes that the address or the form names."""
    named = request.values.getlist("also", type=int)[:50]
    return db.scalars(queries.find_themes([one for one in named if one != theme.id], theme.product_id)).all()


@bp.route("/posts/<int:post_id>/promote", methods=["GET", "POST"])
@allowed(rules.may_plan)
def promote_post(post_id: int) -> ResponseReturnValue:
    """Ask what to call the item, then put one post on the backlog."""
    post = find_or_404(db, find_post(me(), post_id))
    language = post.language if post.language in LANGUAGES else settings().main_language
    return _ask(
        _form({language: post.title}, [post], f"{post.title} {post.excerpt}"),
        lambda promotion: services.promote_post(db, post, promotion, by=me()),
        posts=queries.select_post(post.id),
        subject=post.title,
        post=post,
    )


def _form(title: Words, quoted: Sequence[Written], about: str) -> Form[Promotion]:
    """The form, filled in with the theme's name and customers' words."""
    main = settings().main_language
    problem = quotations(quoted, stems(about), main)
    return Form(
        Promotion,
        **{f"title_{language}": title.get(language, "") for language in LANGUAGES},
        **{f"problem_{language}": problem[language] for language in LANGUAGES},
        owner_id=me().id,
    )


def _ask(
    form: Form[Promotion],
    do: Callable[[Promotion], BacklogItem],
    *,
    posts: sa.Select[int],
    subject: str,
    **values: Any,
) -> ResponseReturnValue:
    """Show the form with the numbers of its evidence, or promote."""
    count, closed = closed_areas.how_many(db, posts)
    can_be_public = closed_areas.may_be_public(count, closed)
    if request.method == "GET":
        form.raw["is_public"] = "yes" if can_be_public else "no"
    if not request.form.get("look") and form.submitted():
        try:
            item = do(form.value)
        except AlreadyPromoted as refused:
            db.rollback()
            return _already(refused.message, refused.item_id, typed=form.value)
        except Invalid as problem:
            form.refuse(problem)
        else:
            flash(_("“{item}” is on the backlog.", item=pick(item.title)))
            return go("backlog.show", item_id=item.id)
    return page(
        "backlog/promote.html",
        status=form.status,
        form=form,
        numbers=evidence.numbers(db, evidence.of_posts(posts, is_public=can_be_public)),
        closed=closed,
        can_be_public=can_be_public,
        subject=subject,
        owners=queries.owners(db),
        **{"theme": None, "post": None, "chosen": [], "others": []} | values,
    )


def _already(message: str, item_id: int, title: str = "", typed: Promotion | None = None) -> ResponseReturnValue:
    """The page that leads to the item that stands there already, with the words that were typed for another."""
    words = [*typed.words("title").items(), *typed.words("problem").items()] if typed else []
    return page("backlog/already.html", status=409, message=message, item_id=item_id, title=title, words=words)
