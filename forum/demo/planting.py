"""Planting the demo: its scenery, its people, and the year they live through, in one transaction."""

import random
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum import receivers
from forum.backlog import jobs as backlog_jobs
from forum.core.clock import standing_at, utcnow
from forum.core.jobs import drop_enqueued
from forum.demo import desk, moderating, scenery
from forum.demo.cast import gather
from forum.demo.company import Company
from forum.demo.year import DAYS, Year
from forum.notifications.telling import tell_past
from forum.products import services as products
from forum.products.models import Area, Product
from forum.themes.jobs import DAY, lay_out_themes, plan, recount_themes, watch_themes

assert receivers.ALL  # what follows from the year's acts follows here too

SEED = 20261122  # the same people write on the same days of the year, every time


def is_planted(session: Session) -> bool:
    """Whether the demo is there."""
    return session.scalar(sa.select(Product.id).where(Product.is_demo)) is not None


RECENT = timedelta(days=14)  # of which people have notices


def plant(session: Session) -> int:
    """Plant the demo and return how many posts it has. The caller has looked that it is not there yet."""
    dice, today = random.Random(SEED), utcnow()
    born = today - timedelta(days=DAYS + 30)
    with standing_at(born):
        areas = _lay_out(session)
        cast = gather(session, born, dice)
    year = Year(session, cast, areas, today, dice)
    company = Company(year)
    company.plan()
    company.watch_themes()
    year.write_posts()
    year.report_some()
    moderating.plan(year)
    year.play()
    with standing_at(today):
        company.look_back()
    moderating.drop_mail(year)
    drop_enqueued(session)  # what the year left to be done later need not be done now
    desk.plan_runs(session, session.get_one(Product, areas["cabin"].product_id), by=company.manager)
    tell_past(session, today - RECENT)
    for daily in (recount_themes, watch_themes):
        plan(session, daily, areas["cabin"].product_id, delay=DAY)
    backlog_jobs.plan(session, backlog_jobs.until_morning())
    plan(session, lay_out_themes, areas["cabin"].product_id, delay=0)
    return len(year.posts)


def _lay_out(session: Session) -> dict[str, Area]:
    """The product and its tree of areas, by slug."""
    product = products.make_product(
        session,
        scenery.PRODUCT,
        scenery.PRODUCT_NAME,
        by=None,
        description=scenery.PRODUCT_SENTENCE,
        own_names=scenery.OWN_NAMES,
        is_demo=True,
    )
    areas: dict[str, Area] = {}
    for position, (slug, parent, name, openness, why) in enumerate(scenery.AREAS):
        areas[slug] = products.make_area(
            session,
            product,
            slug,
            name,
            by=None,
            parent=areas.get(parent),
            openness=openness,
            why=why,
            position=position,
        )
    return areas
