"""What the demo's product managers set up on their desk: weights of their own, what comes first, views, issues."""

from collections.abc import Mapping
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.backlog import modelling, needs, viewing
from forum.backlog.changing import change_item, score_item
from forum.backlog.conflicts import as_fields
from forum.backlog.models import BacklogItem
from forum.backlog.schemas import ItemChanges, Places, Scoring, Viewing
from forum.backlog.status import Source
from forum.backlog.weighing import Criterion
from forum.core.clock import standing_at, utcnow
from forum.core.people import Reader, Role
from forum.demo.cast import Cast
from forum.moderation import services as moderation
from forum.moderation.models import Case
from forum.moderation.status import Decision
from forum.posts.models import Post
from forum.products.models import Product
from forum.themes import misplacing, schedule
from forum.themes.models import Theme
from forum.themes.status import Rhythm

CRITERIA = (
    Criterion("c1", {"en": "Reach", "nb": "Rekkevidde", "da": "Rækkevidde"}, 3, Source.REACH),
    Criterion("c2", {"en": "Pain", "nb": "Plage", "da": "Plage"}, 3, Source.PAIN),
    Criterion("c3", {"en": "Fits the brand", "nb": "Passer merket", "da": "Passer til mærket"}, 2, Source.TEAM),
    Criterion("c4", {"en": "Cost", "nb": "Kostnad", "da": "Omkostning"}, 2, Source.TEAM, is_less=True),
)
# How well an item fits the brand, and what it costs, from 1 to 5.
STEPS = {
    "clear-glass": ("4", "3"),
    "phone-stays-connected": ("5", "3"),
    "camera-and-climate-first": ("3", "3"),
    "limits-and-ferries": ("4", "4"),
    "child-seats-without-bruises": ("5", "4"),
}
FIRST = ("child-seats-without-bruises", "clear-glass")  # the first one waits for the second
ISSUES = {"clear-glass": {"jira": "CAB-112", "github": "#41"}, "phone-stays-connected": {"jira": "CAB-97, CAB-98"}}
AGO = timedelta(days=3)
DOUBTED = "cabin-temperature"  # the theme of which somebody says: mine is about something else
DOUBTS = {
    "en": "The heating itself works. Mine is about how something is built, so it belongs elsewhere.",
    "nb": "Varmen i seg selv virker. Mitt handler om hvordan noe er bygd, så det hører hjemme et annet sted.",
    "da": "Varmen i sig selv virker. Mit handler om, hvordan noget er bygget, så det hører til et andet sted.",
}
SAID_AGO, PASSED_ON_AGO = timedelta(hours=30), timedelta(hours=20)
POSTS = 60  # after so many new ones a run starts by itself
VIEW = "Next up"  # for everybody


def set_up(session: Session, items: Mapping[str, BacklogItem], *, by: Reader) -> None:
    """Set the desk up as it was left three days ago."""
    if not items:
        return
    with standing_at(utcnow() - AGO):
        for product_id in {item.product_id for item in items.values()}:
            modelling.set_weights(session, product_id, CRITERIA, version=None, argument="", by=by)
            places = Places(jira="https://cabin.example/jira", github="https://github.com/example/cabin")
            modelling.set_places(session, product_id, places, by=by)
        for key, steps in STEPS.items():
            if key in items:
                _rate(session, items[key], steps, by=by)
        for key, issues in ISSUES.items():
            if key in items:
                _link(session, items[key], issues, by=by)
        later, first = (items.get(key) for key in FIRST)
        if later and first:
            needs.add_need(session, later, first, by=by)
    product = session.get_one(Product, next(iter(items.values())).product_id)
    query = f"view=table&product={product.slug}&status=planned&sort=weighted"
    soon = Viewing(name=VIEW, query=query, is_shared=True)
    viewing.save_view(session, soon, by=by)


def doubt(session: Session, theme: Theme, cast: Cast) -> None:
    """Have the author of the newest post of a theme say that it is about something else; a moderator passes that on."""
    authors = {customer.id: customer for customer in cast.customers}
    newest = sa.select(Post).where(Post.theme_id == theme.id, Post.is_listed, Post.author_id.in_(authors))
    post = session.scalars(newest.order_by(Post.created_at.desc()).limit(1)).one()
    with standing_at(utcnow() - SAID_AGO):
        said = misplacing.say_misplaced(session, post, DOUBTS[post.language], by=authors[post.author_id])
    with standing_at(utcnow() - PASSED_ON_AGO):
        case = session.get_one(Case, said.case_id)
        moderation.decide(session, case, Decision.PASSED_ON, by=cast.with_role(Role.MODERATOR)[0])
        misplacing.pass_on(session, case.id, is_granted=True)  # undoing is over long since


def plan_runs(session: Session, product: Product, *, by: Reader) -> None:
    """Have runs start by themselves, as more is written."""
    schedule.set_schedule(session, product, Rhythm.POSTS, POSTS, by=by, version=0)


def _rate(session: Session, item: BacklogItem, steps: tuple[str, str], *, by: Reader) -> None:
    score_item(
        session,
        item,
        Scoring(
            impact=item.impact,
            confidence=item.confidence,
            effort_weeks=item.effort_weeks,
            value=item.value,
            cost=item.cost,
            assumptions=item.assumptions,
            rated=["c3", "c4"],
            steps=list(steps),
        ),
        by=by,
    )


def _link(session: Session, item: BacklogItem, issues: Mapping[str, str], *, by: Reader) -> None:
    columns = ("title", "problem", "public_sentence", "owner_id", "is_public", "target")
    standing = as_fields({name: getattr(item, name) for name in columns})
    change_item(session, item, ItemChanges(**{**standing, **issues}), by=by)
