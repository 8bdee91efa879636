"""Items as issues of other trackers: texts in which nothing is taken for mark-up, a mention or a picture."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from forum.core.languages import _, ngettext

Item = Mapping[str, Any]  # as `exporting` reads it

JIRA_COLUMNS = ("Summary", "Issue Type", "Description", "Labels", "Status", "External ID")
_MARKS_OF_JIRA = re.compile(r"([\\{}\[\]!*_|^~+])")
_MARKS_OF_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>|~])")
_BEGINS_SOMETHING = re.compile(r"^(\s*)([#+\-=!]|\d+(?=[.)]))", re.MULTILINE)
# GitHub calls people and links issues by these signs; with an empty sign behind them it does not.
_CALLS = re.compile(r"([@#])(?=\w)|(?<=\w)([/#])(?=\d)")
_SPLIT = "\u200b"
_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Wishes:
    """What issues shall be in the other tracker."""

    project: str = "CAB"  # key of the project in Jira
    issue_type: str = "Story"  # in Jira
    labels: tuple[str, ...] = ("customer-voice",)  # besides the one that says the status


def jira_text(words: str) -> str:
    """Plain words in Jira's notation, without pictures, links, macros or people being called.

    >>> jira_text("{code} !http://x/y.png! [~admin]")
    '\\\\{code\\\\} \\\\!http://x/y.png\\\\! \\\\[\\\\~admin\\\\]'
    """
    return _MARKS_OF_JIRA.sub(r"\\\1", words)


def markdown_text(words: str) -> str:
    """Plain words in Markdown, without mark-up, and without calling people or linking issues of GitHub.

    >>> markdown_text("*no* <b>") == "\\\\*no\\\\* \\\\<b\\\\>", "@octocat" in markdown_text("ask @octocat about #12")
    (True, False)
    """
    escaped = _MARKS_OF_MARKDOWN.sub(r"\\\1", words)
    escaped = _BEGINS_SOMETHING.sub(r"\1\\\2", escaped)
    return _CALLS.sub(lambda found: found[0] + _SPLIT, escaped)


def jira_description(item: Item) -> str:
    """The problem, what customers wrote, and where it comes from, in Jira's notation."""
    lines = [jira_text(item["problem_text"]), ""] if item["problem_text"] else []
    if item["evidence"]:
        lines += [f"h3. {_('What customers wrote')}", ""]
        for post in item["evidence"]:
            lines += [f"bq. {jira_text(post['title'])}", f"{_by(post)}{post['address']}", ""]
    return "\n".join([*lines, _counted(item), item["address"]])


def jira_row(item: Item, wishes: Wishes) -> tuple[str, ...]:
    """One line of Jira's CSV import, in the order of `JIRA_COLUMNS`."""
    return (
        item["title_text"],
        wishes.issue_type,
        jira_description(item),
        " ".join(_jira_labels(item, wishes)),
        item["status"],
        f"cabin-{item['id']}",
    )


def jira_issue(item: Item, wishes: Wishes) -> dict[str, Any]:
    """One issue of Jira's JSON import."""
    return {
        "externalId": f"cabin-{item['id']}",
        "summary": item["title_text"],
        "issueType": wishes.issue_type,
        "description": jira_description(item),
        "labels": _jira_labels(item, wishes),
        "status": item["status"],
    }


def github_body(item: Item) -> str:
    """The problem, what customers wrote, and where it comes from, in Markdown."""
    lines = [markdown_text(item["problem_text"]), ""] if item["problem_text"] else []
    if item["evidence"]:
        lines += [f"### {_('What customers wrote')}", ""]
        for post in item["evidence"]:
            lines += [f"> {markdown_text(post['title'])}", ">", f"> {markdown_text(_by(post))}{post['address']}", ""]
    return "\n".join([*lines, _counted(item), "", item["address"], ""])


def github_issue(item: Item, wishes: Wishes) -> dict[str, Any]:
    """What GitHub's interface takes to make the issue: POST /repos/…/issues."""
    return {"title": item["title_text"], "body": github_body(item), "labels": _labels(item, wishes)}


def github_file(item: Item, wishes: Wishes) -> tuple[str, str]:
    """Name and text of one Markdown file: the title and labels on top, as GitHub's templates have them."""
    title = json.dumps(item["title_text"], ensure_ascii=False)  # a string of JSON is one of YAML
    labels = json.dumps(_labels(item, wishes), ensure_ascii=False)
    text = f"---\ntitle: {title}\nlabels: {labels}\n---\n\n{github_body(item)}"
    name = _NOT_IN_NAMES.sub("-", item["title_text"].lower())[:60].strip("-")
    return f"{item['id']:05}-{name or 'item'}.md", text


def _labels(item: Item, wishes: Wishes) -> list[str]:
    return [*wishes.labels, f"cabin-{item['status'].replace(' ', '-')}"]


def _jira_labels(item: Item, wishes: Wishes) -> list[str]:
    """Labels of Jira have no spaces."""
    return [label.replace(" ", "-") for label in _labels(item, wishes)]


def _counted(item: Item) -> str:
    return ", ".join(
        (
            ngettext("{n} person behind it", "{n} people behind it", item["people"]),
            ngettext("{n} post", "{n} posts", item["posts"]),
            ngettext("{n} vote", "{n} votes", item["votes"]),
        )
    )


def _by(post: Mapping[str, Any]) -> str:
    return f"{post['author']}, " if post["author"] else ""
