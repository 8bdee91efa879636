"""What leaves the backlog as a file: items with the posts that everybody may read, read in batches while it is sent.

Private posts stay out whoever asks: a file goes where nobody here decides who reads it.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from enum import Enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from forum.accounts.models import User
from forum.backlog import issue_files, rules
from forum.backlog.evidence import counting_posts
from forum.backlog.issue_files import Wishes
from forum.backlog.models import BacklogItem, Evidence
from forum.core.clock import utcnow
from forum.core.errors import require
from forum.core.feeds import whole
from forum.core.files import head_of, stream_json, stream_list, stream_zip
from forum.core.languages import _, pick
from forum.core.people import Reader
from forum.core.sheets import stream_csv
from forum.posts.models import Post
from forum.products.models import Product

QUOTED = 5  # posts of an item
_BATCH = 200  # items read at once


class ItemFile(Enum):
    """The files that items can be taken away as."""

    CSV = "csv"
    JSON = "json"
    JIRA_CSV = "jira-csv"
    JIRA_JSON = "jira-json"
    GITHUB = "github"
    GITHUB_JSON = "github-json"

    @property
    def file_name(self) -> str:
        """What the file is called."""
        return {
            ItemFile.CSV: "backlog.csv",
            ItemFile.JSON: "backlog.json",
            ItemFile.JIRA_CSV: "jira-import.csv",
            ItemFile.JIRA_JSON: "jira-import.json",
            ItemFile.GITHUB: "github-issues.zip",
            ItemFile.GITHUB_JSON: "github-issues.json",
        }[self]

    @property
    def content_type(self) -> str:
        """What kind of file it is."""
        ending = self.file_name.rpartition(".")[2]
        return {
            "csv": "text/csv; charset=utf-8",
            "json": "application/json; charset=utf-8",
            "zip": "application/zip",
        }[ending]


COLUMNS = (
    *("id", "address", "product", "title", "problem", "status", "openness", "sentence", "owner", "target", "issues"),
    *("posts", "people", "votes", "companies", "reach", "pain", "impact", "confidence", "effort_weeks", "score"),
    *("weighted", "value", "cost", "assumptions", "reason", "reason_text", "revisit_on", "reopened"),
    *("promoted_at", "status_at", "launched_at"),
)
_owner = aliased(User)


def write_items(
    session: Session,
    kind: ItemFile,
    ids: Sequence[int],
    product: str,
    *,
    by: Reader,
    wishes: Wishes,
) -> Iterator[bytes]:
    """The file of the items with these `ids`, or without any of all items of a product (its slug; empty for all).

    Files of issues follow the `wishes`.

    It is written while it is read, so `session` has to stay open until the end. Raises `NotAllowed`, before the
    first piece, unless `by` plans.
    """
    require(rules.may_plan(by), _("Only product managers take the backlog away as a file."))
    return _write(kind, read_items(session, ids, product), wishes)


def _write(kind: ItemFile, items: Iterator[dict[str, Any]], wishes: Wishes) -> Iterator[bytes]:
    match kind:
        case ItemFile.GITHUB:
            return stream_zip((issue_files.github_file(item, wishes) for item in items), utcnow())
        case ItemFile.CSV:
            texts = stream_csv(COLUMNS, map(_row, items))
        case ItemFile.JIRA_CSV:
            texts = stream_csv(issue_files.JIRA_COLUMNS, (issue_files.jira_row(item, wishes) for item in items))
        case ItemFile.JIRA_JSON:
            texts = _jira_project(wishes.project, (issue_files.jira_issue(item, wishes) for item in items))
        case ItemFile.GITHUB_JSON:
            texts = stream_list(issue_files.github_issue(item, wishes) for item in items)
        case ItemFile.JSON:
            texts = stream_json(head_of("cabin.backlog"), "items", map(_shape, items))
    return (text.encode() for text in texts)


def _jira_project(key: str, issues: Iterator[dict[str, Any]]) -> Iterator[str]:
    yield f'{{"projects": [{{"key": {json.dumps(key)}, "name": "Cabin", "issues": '
    yield from stream_list(issues)
    yield "}]}\n"


def _shape(item: dict[str, Any]) -> dict[str, Any]:
    """An item as the JSON file has it: texts in every language they were written in."""
    return {name: value for name, value in item.items() if not name.endswith("_text") or name == "reason_text"}


def _row(item: dict[str, Any]) -> list[Any]:
    """An item as one line of a table: texts in the language of the moment."""
    texts = {name: pick(item[name]) for name in ("title", "problem", "sentence", "reason_text")}
    texts["issues"] = " ".join(f"{one['tracker']}:{one['key']}" for one in item["issues"])
    return [texts.get(name, item[name]) for name in COLUMNS]


def read_items(session: Session, ids: Sequence[int], product: str) -> Iterator[dict[str, Any]]:
    """Items as plain values, best score first, each with its most wanted public posts; two queries per batch."""
    order = (BacklogItem.score.desc(), BacklogItem.id)
    which = sa.select(BacklogItem.id).join(Product, Product.id == BacklogItem.product_id).order_by(*order)
    if ids:
        which = which.where(BacklogItem.id.in_(ids))
    elif product:
        which = which.where(Product.slug == product)
    chosen = list(session.scalars(which))
    for start in range(0, len(chosen), _BATCH):
        batch = chosen[start : start + _BATCH]
        rows = session.execute(
            sa.select(BacklogItem, Product.slug, _owner.display_name.label("owner"))
            .join(Product, Product.id == BacklogItem.product_id)
            .outerjoin(_owner, _owner.id == BacklogItem.owner_id)
            .where(BacklogItem.id.in_(batch))
            .order_by(*order)
        ).all()
        posts = _posts_of(session, batch)
        yield from (_values(row.BacklogItem, row.slug, row.owner, posts[row.BacklogItem.id]) for row in rows)
        session.expunge_all()


def _posts_of(session: Session, item_ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """By item: the most wanted posts that everybody may read."""
    counting = counting_posts(Evidence.item_id.in_(item_ids)).subquery()
    place = sa.func.row_number().over(partition_by=counting.c.item_id, order_by=Post.wanted_key.desc())
    ranked = (
        sa.select(
            counting.c.item_id,
            Post.id,
            Post.title,
            Post.language,
            Post.votes,
            Post.created_at,
            User.display_name.label("author"),
            place.label("place"),
        )
        .join(counting, counting.c.post_id == Post.id)
        .outerjoin(User, User.id == Post.author_id)
        .where(Post.is_listed)
        .subquery()
    )
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    query = sa.select(ranked).where(ranked.c.place <= QUOTED).order_by(ranked.c.item_id, ranked.c.place)
    for row in session.execute(query):
        found[row.item_id].append(
            {
                "id": row.id,
                "address": whole(f"/posts/{row.id}"),
                "title": row.title,
                "language": row.language,
                "votes": row.votes,
                "author": row.author or "",
                "created_at": row.created_at.isoformat(),
            }
        )
    return found


def _values(item: BacklogItem, product: str, owner: str | None, posts: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": item.id,
        "address": whole(f"/roadmap/{item.id}" if item.is_public else f"/backlog/{item.id}"),
        "product": product,
        "title": item.title,
        "title_text": pick(item.title),
        "problem": item.problem,
        "problem_text": pick(item.problem) if item.problem else "",
        "status": item.status.value,
        "openness": "public" if item.is_public else item.audience.value,
        "sentence": item.public_sentence,
        "owner": owner or "",
        "target": item.target,
        "issues": [{"tracker": tracker, "key": key} for tracker, key in item.issues],
        "posts": item.posts,
        "people": item.people,
        "votes": item.votes,
        "companies": item.companies,
        "reach": item.reach,
        "pain": item.pain,
        "impact": item.impact,
        "confidence": item.confidence,
        "effort_weeks": item.effort_weeks,
        "score": item.score,
        "weighted": item.weighted,
        "value": item.value,
        "cost": item.cost,
        "assumptions": item.assumptions,
        "reason": item.reason.value if item.reason else "",
        "reason_text": item.reason_text,
        "revisit_on": item.revisit_on.isoformat() if item.revisit_on else None,
        "reopened": item.reopened,
        "promoted_at": item.promoted_at.isoformat(),
        "status_at": item.status_at.isoformat(),
        "launched_at": item.launched_at.isoformat() if item.launched_at else None,
        "evidence": posts,
    }
