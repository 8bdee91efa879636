"""What the granularity slider would change, notch by notch, in words, before anybody asks for another run."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from forum.core.languages import _, ngettext, number
from forum.themes.diffs import RunRow
from forum.themes.labels import first_upper
from forum.themes.training import NOTCHES

SHOWN = 6  # changes of a notch that are written out


@dataclass(frozen=True, slots=True)
class Notch:
    """What one notch of the slider would find."""

    notch: int
    sentence: str
    changes: list[str]
    more: int  # changes that are not written out


def notches_of(run: RunRow | None, names: Mapping[int, str]) -> list[Notch]:
    """What each notch would make of what a run found; `names` are what its groups are called, by ref."""
    told = run.notes.get("slider", {}) if run else {}
    return [_notch(notch, told[str(notch)], names) for notch in NOTCHES if str(notch) in told]


def _notch(notch: int, told: Mapping[str, Any], names: Mapping[int, str]) -> Notch:
    changes = [_split_words(ref, parts, names) for ref, parts in told["split"]]
    changes += [_merger_words(refs, size, names) for refs, size in told["merged"]]
    return Notch(notch, _sentence(told), changes[:SHOWN], max(len(changes) - SHOWN, 0))


def _sentence(told: Mapping[str, Any]) -> str:
    parts = [ngettext("{n} theme", "{n} themes", told["groups"])]
    if told["split"]:
        parts.append(ngettext("{n} would split", "{n} would split", len(told["split"])))
    if told["merged"]:
        joined = sum(len(refs) for refs, _size in told["merged"])
        parts.append(ngettext("{n} would be joined with another", "{n} would be joined with others", joined))
    if not told["split"] and not told["merged"]:
        parts.append(_("none would split or be joined"))
    return ", ".join(parts) + "."


def _split_words(ref: int, parts: list[tuple[int, str]], names: Mapping[int, str]) -> str:
    said = [f"{first_upper(words)} ({number(size)})" if words else number(size) for size, words in parts]
    return _("“{theme}” would split: {parts}.", theme=_name(ref, names), parts=", ".join(said))


def _merger_words(refs: list[int], size: int, names: Mapping[int, str]) -> str:
    said = " + ".join(f"“{_name(ref, names)}”" for ref in refs)
    return ngettext("{themes} would be one, of {n} post.", "{themes} would be one, of {n} posts.", size, themes=said)


def _name(ref: int, names: Mapping[int, str]) -> str:
    return names.get(ref, _("A theme that has ended"))
