"""Keys of issues in the company's own trackers: read from what people type or paste, and turned into links."""

import re
from collections.abc import Mapping
from urllib.parse import quote, urlsplit

from forum.backlog.status import Tracker

MOST = 20  # keys of one item
NAMES = {Tracker.JIRA: "Jira", Tracker.GITHUB: "GitHub", Tracker.GITLAB: "GitLab", Tracker.LINEAR: "Linear"}
EXAMPLES = {Tracker.JIRA: "CAB-12", Tracker.GITHUB: "#12", Tracker.GITLAB: "#12", Tracker.LINEAR: "CAB-12"}
PLACES = {
    Tracker.JIRA: "https://company.atlassian.net",
    Tracker.GITHUB: "https://github.com/company/cabin",
    Tracker.GITLAB: "https://gitlab.com/company/cabin",
    Tracker.LINEAR: "https://linear.app/company",
}
_WITH_PROJECT = re.compile(r"([A-Za-z][A-Za-z0-9_]{0,19}-[1-9]\d{0,8})")
_REPOSITORY = r"(?:[\w.-]{1,60}/){1,4}[\w.-]{1,60}"
_NUMBERED = re.compile(rf"((?:{_REPOSITORY})?#?)([1-9]\d{{0,8}})")
_PASTED = {
    Tracker.JIRA: re.compile(r"/browse/([A-Za-z][A-Za-z0-9_]{0,19}-[1-9]\d{0,8})$"),
    Tracker.LINEAR: re.compile(r"/issue/([A-Za-z][A-Za-z0-9_]{0,19}-[1-9]\d{0,8})(?:/.*)?$"),
    Tracker.GITHUB: re.compile(rf"^/({_REPOSITORY})/issues/([1-9]\d{{0,8}})$"),
    Tracker.GITLAB: re.compile(rf"^/({_REPOSITORY})/-/issues/([1-9]\d{{0,8}})$"),
}


def read_keys(tracker: Tracker, text: str) -> list[str]:
    """The keys in `text`, once each; commas and spaces part them. Raises `ValueError` with the word that is none.

    >>> read_keys(Tracker.JIRA, "cab-12, CAB-14 https://company.atlassian.net/browse/CAB-12")
    ['CAB-12', 'CAB-14']
    >>> read_keys(Tracker.GITHUB, "#7 company/cabin#9 https://github.com/company/cabin/issues/11")
    ['#7', 'company/cabin#9', 'company/cabin#11']
    """
    return list(dict.fromkeys(_key(tracker, word) for word in re.split(r"[\s,;]+", text.strip()) if word))


def _key(tracker: Tracker, word: str) -> str:
    path = urlsplit(word).path.rstrip("/") if word.startswith(("https://", "http://")) else ""
    if path and (found := _PASTED[tracker].search(path)):
        return "#".join(found.groups()) if found.lastindex == 2 else found[1].upper()
    if tracker in (Tracker.JIRA, Tracker.LINEAR):
        if found := _WITH_PROJECT.fullmatch(word):
            return found[1].upper()
    elif (found := _NUMBERED.fullmatch(word)) and ("/" not in found[1] or found[1].endswith("#")):
        return f"{found[1].rstrip('#')}#{found[2]}"
    raise ValueError(word)


def link_to(tracker: Tracker, key: str, place: str) -> str:
    """The address of an issue, or nothing without the `place` where the product's issues are kept.

    >>> link_to(Tracker.GITHUB, "#7", "https://github.com/company/cabin")
    'https://github.com/company/cabin/issues/7'
    >>> link_to(Tracker.JIRA, "CAB-12", "https://company.atlassian.net")
    'https://company.atlassian.net/browse/CAB-12'
    """
    if not place:
        return ""
    place = place.rstrip("/")
    match tracker:
        case Tracker.JIRA:
            return f"{place}/browse/{quote(key)}"
        case Tracker.LINEAR:
            return f"{place}/issue/{quote(key)}"
    repository, _sign, number = key.partition("#")
    if repository:
        parts = urlsplit(place)
        place = f"{parts.scheme}://{parts.netloc}/{quote(repository)}"
    return f"{place}/-/issues/{number}" if tracker is Tracker.GITLAB else f"{place}/issues/{number}"


def linked(issues: list[list[str]], places: Mapping[Tracker, str]) -> list[tuple[str, str, str]]:
    """What pages show of an item's issues: name of the tracker, key, address or nothing."""
    known = {tracker.value: tracker for tracker in Tracker}
    return [
        (NAMES[known[name]], key, link_to(known[name], key, places.get(known[name], "")))
        for name, key in issues
        if name in known
    ]
