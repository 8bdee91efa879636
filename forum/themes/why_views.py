"""Why a post is in its theme: by the model of the last run, or where there is none by the words that it shares."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask.typing import ResponseReturnValue

from forum.accounts.rules import is_signed_in, may_plan
from forum.core.errors import NotFound
from forum.core.languages import _
from forum.posts.models import Post
from forum.posts.queries import find_post
from forum.search.marking import mark_hits
from forum.search.similar import similar_posts
from forum.search.stemming import is_hit, variants, words_of
from forum.themes import queries, training
from forum.themes.corpus import text_of
from forum.themes.labels import label_of
from forum.themes.membership import members_among, where_is
from forum.themes.models import Theme
from forum.themes.status import ThemeState
from forum.themes.training import Reasons
from forum.themes.views import bp, names_beside
from forum.web.limits import limited
from forum.web.pages import find_or_404, page
from forum.web.permissions import allowed, me
from forum.web.session import db

LOOKED_AT = 20  # posts like the one asked about, among which its neighbours are looked for
NEAR = 3  # of them that are shown


@dataclass(frozen=True)
class Shared:
    """What a post shares with its theme."""

    words: list[str] = field(default_factory=list)
    neighbours: list[int] = field(default_factory=list)  # posts of the theme, the likest first


@bp.get("/themes/<int:theme_id>/why/<int:post_id>")
@allowed(is_signed_in)
@limited("60/minute", methods=("GET",))
def why(theme_id: int, post_id: int) -> ResponseReturnValue:
    """Say why a post is in a theme: shared words, its nearest neighbours, score and threshold."""
    theme = find_or_404(db, queries.find_theme(me(), theme_id))
    post = find_or_404(db, find_post(me(), post_id))
    here = where_is(db, post.id)
    if here is None or here.theme_id != theme.id:
        raise NotFound(_("This post is not in this theme, or not any more."))
    reasons = training.explain(db, theme, text_of(post.title, post.body), post.language)
    shared = _by_model(reasons, post) if reasons else _by_words(theme, post)
    stems = {stem for word in shared.words for part in words_of(word) for stem in variants(part)}
    other = db.get(Theme, reasons.nearest_id) if reasons and reasons.nearest_id not in (-1, theme.id) else None
    steers = may_plan(me()) and theme.state is ThemeState.ACCEPTED
    return page(
        "themes/why.html",
        theme=theme,
        label=label_of(theme),
        post=post,
        placing=here.placing.value,
        reasons=reasons,
        words=shared.words,
        other=label_of(other) if other else "",
        other_id=other.id if other else None,
        title=mark_hits(post.title, post.language, stems),
        text=mark_hits(post.excerpt, post.language, stems),
        neighbours=_marked(theme, shared.neighbours, stems),
        steers=steers,
        others=names_beside(theme) if steers else [],
    )


def _by_model(reasons: Reasons, post: Post) -> Shared:
    return Shared(reasons.words, [one for one in reasons.neighbours if one != post.id])


def _by_words(theme: Theme, post: Post) -> Shared:
    """The key words of a theme that a post says, and the posts of the theme among those most like it."""
    text = f"{post.title}\n{post.body}"
    alike = similar_posts(db, text, reader=me(), limit=LOOKED_AT, leave_out=post.id)
    inside = members_among(db, theme.id, [one.id for one in alike])
    near = [one for one in alike if one.id in inside][:NEAR]
    asked = {stem for term in theme.terms for part in words_of(term) for stem in variants(part)}
    asked |= {stem for one in near for word in one.words for stem in variants(word)}
    said = dict.fromkeys(word for word in words_of(text) if is_hit(word, post.language, asked))
    return Shared(list(said), [one.id for one in near])


def _marked(theme: Theme, posts: Sequence[int], stems: set[str]) -> list[tuple[Any, ...]]:
    """Posts as they are quoted, with title and beginning marked."""
    quotes = queries.read_quotes(db, [(theme.id, posts)])
    return [
        (quote, mark_hits(quote.title, quote.language, stems), mark_hits(quote.excerpt, quote.language, stems))
        for quote in next(iter(quotes.values()), [])
    ]
