"""What the demo's customers say of what was built: in a pilot before it is launched, and on their receipts after."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.backlog.models import BacklogItem
from forum.core.clock import utcnow
from forum.core.database import Words
from forum.core.people import Reader
from forum.launches import pilots, services
from forum.launches.models import Launch, Pilot, PilotSeat, Verdict
from forum.launches.pilot_queries import candidates
from forum.launches.schemas import Feedback, Piloting, Retelling
from forum.launches.status import Answer

At = Callable[[datetime, Callable[[], Any]], None]  # has something done at a moment of the year
TRIED = "clear-glass"  # the item that has a pilot, opened so many days ago
OPENED = 4
SEATS, INVITED = 5, 7
SHOWN = 4  # words that the company chose for the page of a launch

TITLE: Words = {
    "en": "Clear glass, tried in your own car",
    "nb": "Klart glass, prøvd i din egen bil",
    "da": "Klart glas, prøvet i din egen bil",
}
ABOUT: Words = {
    "en": "You get the new air software before everybody else, over the air and for four weeks. "
    "Drive as you always do, most of all on **damp mornings**, and tell us how long the glass takes to clear.",
    "nb": "Du får den nye luftprogramvaren før alle andre, trådløst og i fire uker. "
    "Kjør som du pleier, helst på **fuktige morgener**, og fortell hvor lang tid glasset bruker på å bli klart.",
    "da": "Du får den nye luftsoftware før alle andre, trådløst og i fire uger. "
    "Kør, som du plejer, helst på **fugtige morgener**, og fortæl, hvor lang tid ruden er om at blive klar.",
}
FOUND: dict[str, list[tuple[Answer, str]]] = {
    "en": [
        (Answer.YES, "Two minutes on a wet morning with three people in the car. It used to be ten."),
        (Answer.PARTLY, "The windscreen is clear at once; the rear side windows still take their time."),
    ],
    "nb": [
        (Answer.YES, "Frontruten var klar før jeg var ute av garasjen."),
        (Answer.PARTLY, "Bedre, men viften bråker mer enn før når den jobber."),
    ],
    "da": [
        (Answer.YES, "Ruden var klar, før jeg nåede ud på vejen, og det regnede hele natten."),
        (Answer.PARTLY, "Det virker, men først når jeg selv har slået det til."),
    ],
}
SAID: dict[str, dict[str, list[tuple[Answer, str]]]] = {
    "umbrella-and-small-things-tray": {
        "en": [
            (Answer.YES, "The umbrella dries in a place of its own, and the carpet stays clean."),
            (Answer.PARTLY, "The tray is right, but a long umbrella still lies across the seat."),
        ],
        "nb": [
            (Answer.YES, "Nå vet jeg hvor nøklene er, hver gang."),
            (Answer.NO, "Mitt skrangler på hver brosteinsgate, så jeg tok det ut igjen."),
        ],
        "da": [(Answer.YES, "Endelig et sted til parkeringsskiven, som ikke er handskerummet.")],
    },
    "dark-roads-view": {
        "en": [(Answer.YES, "I drove home through the forest and saw the road, not the screen.")],
        "nb": [(Answer.YES, "Endelig kan barna sove i baksetet på vei hjem.")],
        "da": [(Answer.PARTLY, "Skærmen er mørk nok nu, men knapperne på rattet lyser stadig.")],
    },
}


def open_pilot(session: Session, item: BacklogItem, at: At, *, customers: dict[int, Reader], by: Reader) -> None:
    """Have some customers try an item early; over the next days they say yes or no, and what they find."""
    dice = random.Random(item.id)  # its own, so that the rest of the year is played as without it
    invited = [one.id for one in candidates(session, item.id, INVITED)]
    texts = {f"title_{code}": text for code, text in TITLE.items()} | {f"about_{code}": t for code, t in ABOUT.items()}
    pilot = pilots.open_pilot(session, item, Piloting(**texts, seats=SEATS, invite=invited), by=by)
    pilot.is_demo = True
    left = {language: list(found) for language, found in FOUND.items()}
    for place, reader in enumerate(customers[user_id] for user_id in invited if user_id in customers):
        moment = utcnow() + timedelta(hours=dice.uniform(2, 40))
        act: Callable[..., object] = pilots.give_up_seat if place == 1 else pilots.take_seat
        at(moment, partial(act, session, pilot, by=reader))
        if place != 1 and left[reader.language]:
            found = left[reader.language].pop(0)
            at(moment + timedelta(hours=dice.uniform(12, 50)), partial(_say, session, pilot, found, reader))


def _say(session: Session, pilot: Pilot, found: tuple[Answer, str], reader: Reader) -> None:
    mine = sa.select(PilotSeat).where(PilotSeat.pilot_id == pilot.id, PilotSeat.user_id == reader.id)
    seat = session.scalars(mine).one()
    if seat.state in pilots.TRYING:
        pilots.give_feedback(session, seat, Feedback(solved=found[0], words=found[1]), by=reader)


def words_on(key: str, language: str, answer: Answer, said: set[str]) -> str:
    """What somebody adds to their answer, where the script has words for it that nobody `said` yet."""
    found = next((w for a, w in SAID.get(key, {}).get(language, []) if a is answer and w not in said), "")
    said.add(found)
    return found


def choose_words(session: Session, launch: Launch, *, by: Reader) -> None:
    """Have the company choose some of the words that may be shown, not the kind ones alone."""
    may = sa.select(Verdict.user_id).where(Verdict.launch_id == launch.id, Verdict.may_quote)
    chosen = list(session.scalars(may.order_by(Verdict.answered_at).limit(SHOWN)))
    services.retell(session, launch, Retelling(after=chosen), by=by)
