"""What launches show on the pages of earlier stages."""

from typing import Any

from forum.accounts.rules import may_plan
from forum.backlog.models import BacklogItem
from forum.backlog.status import ItemStatus
from forum.core.people import Reader
from forum.launches import pilot_queries, queries
from forum.launches.effect_views import effect_of, told
from forum.launches.measuring import measure_latest
from forum.launches.models import LaunchPlan
from forum.launches.pilots import TRIED
from forum.web.panels import kept, panel
from forum.web.session import db

Shown = tuple[str, dict[str, Any]] | None
WAITING = 3  # receipts on one's own page
OBJECTIONS = 5  # words of those for whom it is not solved
CREDITS = 10  # launches on the page of a person
PILOTS = 10  # on one's own page
MEASURED = 60  # seconds; complaints are counted by the week
KEPT = 30  # seconds; the board is read far more often than something is launched


@panel("board.side", order=30, keep=KEPT)
def latest_launch() -> Shown:
    """You asked, we built: the latest launch, beside the board."""
    launch = queries.latest_launch(db)
    return ("launches/_latest.html", {"launch": launch}) if launch else None


@panel("post.below", order=10)
def receipt_on_post(*, reader: Reader, post: Any) -> Shown:
    """The question whether it is solved, for those who are behind a launch through this post."""
    if not reader.is_authenticated:
        return None
    receipt = queries.receipt_on_post(db, reader, post.id)
    return ("launches/_question.html", {"receipt": receipt}) if receipt else None


@panel("post.side", order=25)
def launch_of_theme(*, reader: Reader, post: Any) -> Shown:
    """Beside a post that is no part of it: that something was launched for its theme."""
    if post.theme_id is None:
        return None
    launch = kept(KEPT, lambda: queries.launch_of_theme(db, post.theme_id), "launch of theme", post.theme_id)
    if (
        launch is None
        or not (launch.is_public or reader.is_team)
        or queries.has_to_do_with(db, launch.item_id, post.id)
    ):
        return None
    heard_at = post.published_at or post.created_at
    return "launches/_of_theme.html", {"launch": launch, "is_later": heard_at >= launch.launched_at}


@panel("me", order=20)
def waiting_receipts(*, reader: Reader) -> Shown:
    """Receipts that wait for an answer, on one's own page."""
    waiting = queries.waiting_receipts(db, reader, WAITING)
    return ("launches/_waiting.html", {"receipts": waiting}) if waiting else None


@panel("profile", order=20)
def credits_of_person(*, reader: Reader, person: Any) -> Shown:
    """What a person is credited for, with their consent of today."""
    launches = queries.credits_of(db, person.id, limit=CREDITS)
    return ("launches/_credits.html", {"launches": launches, "person": person}) if launches.rows else None


@panel("item.side", order=20)
def launches_of_item(*, reader: Reader, item: BacklogItem) -> Shown:
    """Beside an item, for the team: its launches, how many say it is solved, and the words of the others."""
    if item.launched_at is None:
        return None
    launches = queries.launches_with_objections(db, item.id, OBJECTIONS)
    shown = [(launch, queries.verdicts_of(launch), objections) for launch, objections in launches]
    effect = told(effect_of(shown[0][0].id)) if shown else None
    may_reopen = may_plan(reader) and ItemStatus.LAUNCHED is item.status
    return "launches/_of_item.html", {"launches": shown, "effect": effect, "may_reopen": may_reopen}


@panel("item.side", order=15)
def before_launch_of_item(*, reader: Reader, item: BacklogItem) -> Shown:
    """Beside an item that is planned or being built: its pilots, and the launch that is planned."""
    if item.status not in TRIED:
        return None
    plan = db.get(LaunchPlan, item.id)
    pilots = pilot_queries.pilots_of_item(db, item.id)
    values = {"item": item, "plan": plan, "pilots": pilots, "may_plan": may_plan(reader)}
    return "launches/_before_launch.html", values


@panel("roadmap.item", order=20)
def launch_of_public_item(*, reader: Reader, item: BacklogItem) -> Shown:
    """On the public face of an item: its launches."""
    if item.launched_at is None:
        return None
    launches = queries.launches_of_item(db, reader, item.id)
    return "launches/_of_public_item.html", {"launches": [(one, queries.verdicts_of(one)) for one in launches]}


@panel("roadmap.item", order=15)
def pilots_of_public_item(*, reader: Reader, item: BacklogItem) -> Shown:
    """On the public face of an item: the pilot that runs, with its seats."""
    if item.status not in TRIED:
        return None
    pilots = pilot_queries.pilots_of_item(db, item.id, is_open=True)
    return ("launches/_of_pilot.html", {"pilots": pilots}) if pilots else None


@panel("me", order=15)
def own_pilots(*, reader: Reader) -> Shown:
    """What the reader may try early, or is trying, on their own page."""
    found = pilot_queries.pilots_of(db, reader, PILOTS)
    return ("launches/_my_pilots.html", {"pilots": found}) if found else None


@panel("theme.side", order=20)
def effect_on_theme(*, reader: Reader, theme: Any) -> Shown:
    """Beside a theme: what was launched for it, and whether complaints have become fewer."""
    launch = kept(KEPT, lambda: queries.launch_of_theme(db, theme.id), "launch of theme", theme.id)
    if launch is None or not (launch.is_public or reader.is_team):
        return None
    measured = kept(MEASURED, lambda: measure_latest(db, theme.id), "effect on theme", theme.id)
    values = {"launch": launch, "effect": told(measured), "is_team": reader.is_team}
    return "launches/_effect_on_theme.html", values
