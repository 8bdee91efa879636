"""Two people write about one launch at once: the second sees what the first did, chooses, and loses nothing.

A form carries a mark of each field as it was opened. Where a field does not stand like that any more, somebody was
faster: nothing is written before the second person has seen both.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.backlog.conflicts import Clash, Meanwhile
from forum.backlog.services import Stale
from forum.core.languages import LANGUAGES, _
from forum.launches.models import Launch, LaunchPicture, LaunchPlan, Verdict
from forum.launches.schemas import Launching

Standing = Mapping[str, Any]  # field → how it stands

DRAFTED = tuple(name for name in Launching.model_fields if name not in ("launch_at", "seen"))


def draft_of(plan: LaunchPlan | None) -> Standing:
    """How the draft of a launch stands; every field is empty before there is one."""
    fields = plan.fields if plan is not None else {}
    return {name: fields.get(name) or "" for name in DRAFTED}


def words_of(session: Session, launch: Launch, picture: LaunchPicture | None) -> Standing:
    """Which words stand on the page of a launch, those about its `picture` among them."""
    quoted = sa.select(Verdict.user_id).where(Verdict.launch_id == launch.id, Verdict.quoted_at.is_not(None))
    return {
        "before": launch.before_ids,
        "after": sorted(session.scalars(quoted)),
        "picture_alt": picture.alt if picture else "",
    }


def marks(standing: Standing) -> str:
    """How fields stand, in short: a mark for each."""
    return " ".join(f"{name}:{_mark(value)}" for name, value in standing.items())


def check(seen: str, standing: Standing) -> None:
    """Raise `Stale` unless everything stands as it was `seen`; nothing is checked where that is empty."""
    if seen and seen != marks(standing):
        raise Stale(_("Somebody changed this while you were writing. Look at what changed, then choose."))


def settle(raw: dict[str, Any], standing: Standing, say: Callable[[str, Any], str]) -> Meanwhile:
    """Bring what was typed into a form together with how it stands now, and say what came of each field.

    `say` puts the value of a field in words.
    """
    opened = dict(one.split(":", 1) for one in str(raw.get("seen", "")).split() if ":" in one)
    taken, clashes = [], []
    for name, theirs in standing.items():
        mine = raw.get(name) or ""
        if _mark(theirs) in (opened.get(name), _mark(mine)):
            continue
        if _mark(mine) == opened.get(name):
            raw[name] = [str(one) for one in theirs] if isinstance(theirs, list) else theirs
            taken.append(_called(name))
        else:
            clashes.append(Clash(_called(name), say(name, theirs), say(name, mine)))
    raw["seen"] = marks(standing)
    return Meanwhile([], taken, clashes)


def quoted(offered: Mapping[str, Mapping[int, str]]) -> Callable[[str, Any], str]:
    """Says a field; of what is chosen by number in the words that it was `offered` in: field → number → words."""

    def say(name: str, value: Any) -> str:
        if not isinstance(value, list):
            return str(value)
        return " ".join(f"“{offered[name].get(int(one), '…')}”" for one in value if str(one).isdecimal())

    return say


def _mark(value: Any) -> str:
    """Eight signs that tell a value from others, whatever the order in which things were chosen."""
    plain = sorted(str(one) for one in value) if isinstance(value, Sequence) and not isinstance(value, str) else value
    return sha256(json.dumps(plain or "").encode()).hexdigest()[:8]


def _called(name: str) -> str:
    """What a field is called; those in a language say which."""
    stem, _sign, language = name.rpartition("_")
    if language in LANGUAGES:
        return f"{_called(stem)} ({LANGUAGES[language]})"
    return {
        "title": _("What was built"),
        "announcement": _("Tell it"),
        "sentence": _("Public sentence"),
        "link": _("Link"),
        "leave_out": _("Leave somebody out"),
        "before": _("Before, in customers’ words"),
        "after": _("After, in customers’ words"),
        "picture_alt": _("What does the picture show?"),
    }[name]
