"""What launches show on the pages of earlier stages."""

from typing import Any

from forum.backlog.models import BacklogItem
from forum.core.people import Reader
from forum.launches import queries
from forum.web.panels import kept, panel
from forum.web.session import db

Shown = tuple[str, dict[str, Any]] | None
WAITING = 3  # receipts on one's own page
OBJECTIONS = 5  # words of those for whom it is not solved
CREDITS = 10  # launches on the page of a person
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
    return "launches/_of_item.html", {"launches": shown}


@panel("roadmap.item", order=20)
def launch_of_public_item(*, reader: Reader, item: BacklogItem) -> Shown:
    """On the public face of an item: its launches."""
    if item.launched_at is None:
        return None
    launches = queries.launches_of_item(db, reader, item.id)
    return "launches/_of_public_item.html", {"launches": [(one, queries.verdicts_of(one)) for one in launches]}
