"""Many posts at once, for trying out how the site behaves when it is large.

The texts are recombined from the demo's own sentences. Rows are written past the services, in big
batches: what the services would have counted is counted here. All of it carries the demo's mark.
"""

import json
import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.models import User
from forum.accounts.names import skeleton
from forum.core import markup
from forum.core.clock import utcnow
from forum.core.database import transaction
from forum.core.paging import moment_key, sort_key
from forum.demo.scenery import AREAS, OWN_NAMES, PRODUCT, PRODUCT_NAME, PRODUCT_SENTENCE
from forum.posts.counting import recount_areas
from forum.posts.models import Comment, Post, TimelineEntry, Vote
from forum.posts.ranking import OWED_DAYS, OWED_VIEWS, effective_votes, trending_key
from forum.posts.status import Interest, Kind, Moderation, Status, Visibility, Voice
from forum.products.models import Area, Product
from forum.products.services import make_area, make_product
from forum.products.status import Openness
from forum.search.models import SearchEntry
from forum.search.stemming import stems_of

TEXTS = Path(__file__).parent / "texts"
BATCH = 4_000  # posts in one transaction
YEAR = 365 * 24.0  # hours over which the posts are spread
VOTES, COMMENTS = 20, 3  # of each for every post, unevenly
LONG_THREAD, OF_COMMENTS = 500, 50  # every so many posts, one has so many comments
LANGUAGES = {"en": 0.5, "nb": 0.27, "da": 0.23}  # shares
STATUSES = ((Status.PLANNED, 0.004), (Status.IN_PROGRESS, 0.002), (Status.LAUNCHED, 0.003), (Status.NOT_NOW, 0.006))
ANSWERED = 0.3  # share of posts with an official answer

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of the demo with what is made of it, made once."""

    text: str
    html: str
    stems: str


@dataclass(frozen=True, slots=True)
class _Place:
    """An area, as far as planting needs it."""

    id: int
    product_id: int
    openness: Openness


@dataclass
class _Batch:
    """The rows of one transaction, by table."""

    posts: list[Row] = field(default_factory=list)
    votes: list[Row] = field(default_factory=list)
    comments: list[Row] = field(default_factory=list)
    entries: list[Row] = field(default_factory=list)
    words: list[Row] = field(default_factory=list)


def plant_mass(posts: int, progress: Callable[[int], None] = lambda done: None, *, seed: int = 1) -> None:
    """Plant `posts` posts with 3 comments and 20 votes for each, by half as many people.

    100,000 take about two minutes. `progress` is told how many posts stand. Every call adds more.
    """
    dice = random.Random(seed)
    with transaction() as session:
        _widen(session)
        places = _places(session)
        people = _plant_people(session, max(60, posts // 2))
        answerer = _plant_answerer(session)
        first_post, first_comment = (_next_id(session, table) for table in (Post, Comment))
    now = utcnow()
    votable = [dice.choice(places) for _n in range(posts)]
    votes = _uneven(dice, [int(place.openness is not Openness.CLOSED) for place in votable], VOTES * posts, len(people))
    comments = _uneven(dice, [1] * posts, COMMENTS * posts, OF_COMMENTS)
    for n in range(LONG_THREAD - 1, posts, LONG_THREAD):
        comments[n] = OF_COMMENTS
    comment_ids = [first_comment + before for before in accumulate(comments, initial=0)]
    for start in range(0, posts, BATCH):
        batch = _Batch()
        for n in range(start, min(start + BATCH, posts)):
            published = now - timedelta(hours=YEAR * (posts - n) / posts)
            post = _post(dice, first_post + n, votable[n], dice.choice(people), published)
            _answer(dice, post, now, comments[n])
            _vote(dice, batch, post, people, votes[n], now)
            _comment(dice, batch, post, people, answerer, range(comment_ids[n], comment_ids[n + 1]), now)
            _file(batch, post)
        with transaction() as session:
            _widen(session)
            _write(session, batch)
        progress(min(start + BATCH, posts))
    with transaction() as session:
        recount_areas(session, [place.id for place in places])
        _settle(session)


def _widen(session: Session) -> None:
    """Let SQLite hold the indexes that grow all over in memory."""
    if session.get_bind().dialect.name == "sqlite":
        session.execute(sa.text("PRAGMA cache_size=-400000"))  # KiB


def _settle(session: Session) -> None:
    """Let the database look at what it holds now; on PostgreSQL, numbering goes on after the last row."""
    if session.get_bind().dialect.name == "postgresql":
        for table in (Post, Comment, User):
            session.execute(sa.select(sa.func.setval(f"{table.__tablename__}_id_seq", sa.func.max(table.id))))
    session.execute(sa.text("ANALYZE"))


def _next_id(session: Session, table: type[Post] | type[Comment] | type[User]) -> int:
    return (session.scalar(sa.select(sa.func.max(table.id))) or 0) + 1


def _places(session: Session) -> list[_Place]:
    """The areas of the demo's product, planted if they are not there."""
    product = session.scalars(sa.select(Product).where(Product.slug == PRODUCT)).one_or_none()
    if product is None:
        product = make_product(
            session, PRODUCT, PRODUCT_NAME, by=None, description=PRODUCT_SENTENCE, own_names=OWN_NAMES, is_demo=True
        )
        made: dict[str, Area] = {}
        for position, (slug, parent, name, openness, why) in enumerate(AREAS):
            made[slug] = make_area(
                session,
                product,
                slug,
                name,
                by=None,
                parent=made.get(parent),
                openness=openness,
                why=why,
                position=position,
            )
    rows = session.execute(sa.select(Area.id, Area.product_id, Area.openness).where(Area.product_id == product.id))
    return [_Place(*row) for row in rows]


def _plant_people(session: Session, count: int) -> range:
    """So many customers; their ids."""
    names = [person["name"] for person in json.loads((TEXTS / "people.json").read_text())["customers"]]
    first = [name.split()[0] for name in names]
    last = [name.split()[-1] for name in names]
    start, now = _next_id(session, User), utcnow()
    rows = []
    for n in range(count):
        name = f"{first[n % len(first)]} {last[n // len(first) % len(last)]}"
        rows.append(_person(start + n, name, now))
    session.execute(sa.insert(User), rows)
    return range(start, start + count)


def _plant_answerer(session: Session) -> int:
    """Who answers officially: one more person; the voice is stored with each comment."""
    person_id = _next_id(session, User)
    session.execute(sa.insert(User), [_person(person_id, "Nordvik Cabin", utcnow())])
    return person_id


def _person(person_id: int, name: str, now: datetime) -> Row:
    return {
        "id": person_id,
        "display_name": name,
        "name_skeleton": skeleton(name),
        "verified_at": now,
        "created_at": now - timedelta(days=400),
        "approved_posts": 1,
        "is_demo": True,
    }


def _uneven(dice: random.Random, takes: Sequence[int], total: int, most: int) -> list[int]:
    """Share `total` among posts, a few getting much of it; those that take nothing get nothing, none over `most`."""
    raw = [take * (dice.paretovariate(1.2) - 0.9) for take in takes]
    scale = total / (sum(raw) or 1)
    shares = [min(most, int(value * scale)) for value in raw]
    missing = total - sum(shares)
    takers = [n for n, take in enumerate(takes) if take]
    while missing > 0 and takers:
        for n in dice.sample(takers, min(missing, len(takers))):
            if shares[n] < most:
                shares[n] += 1
                missing -= 1
    return shares


@lru_cache
def _sentences(language: str) -> tuple[list[str], list[Sentence]]:
    """The titles and the sentences of the demo's posts in one language."""
    posts = [json.loads(line) for line in (TEXTS / f"{language}.jsonl").read_text().splitlines()]
    texts = {part for post in posts for part in re.split(r"(?<=[.!?])\s+", post["body"]) if len(part) > 15}
    made = [
        Sentence(
            text,
            markup.render(text).strip().removeprefix("<p>").removesuffix("</p>"),
            " ".join(stems_of(text, language)),
        )
        for text in sorted(texts)
        if "\n" not in text
    ]
    return sorted({post["title"] for post in posts}), made


@lru_cache(maxsize=10_000)
def _title_stems(title: str, language: str) -> str:
    return " ".join(stems_of(title, language))


def _compose(sentences: Iterable[Sentence]) -> tuple[str, str, str]:
    """Text, HTML and stems of a paragraph of these sentences."""
    chosen = list(sentences)
    return (
        " ".join(one.text for one in chosen),
        f"<p>{' '.join(one.html for one in chosen)}</p>\n",
        " ".join(one.stems for one in chosen),
    )


def _post(dice: random.Random, post_id: int, place: _Place, author_id: int, published: datetime) -> Row:
    language = dice.choices(list(LANGUAGES), list(LANGUAGES.values()))[0]
    titles, sentences = _sentences(language)
    is_idea = place.openness is Openness.CO_CREATE and dice.random() < 0.3
    body, body_html, stems = _compose(dice.choices(sentences, k=dice.randint(2, 5)))
    return {
        "id": post_id,
        "product_id": place.product_id,
        "area_id": place.id,
        "author_id": author_id,
        "kind": Kind.IDEA if is_idea else Kind.COMPLAINT,
        "title": _title(dice, titles, sentences),
        "body": body,
        "body_html": body_html,
        "markup_version": markup.MARKUP_VERSION,
        "excerpt": markup.cut(body, 160),
        "language": language,
        "severity": None,
        "visibility": Visibility.PUBLIC,
        "moderation": Moderation.OPEN,
        "status": Status.NEW,
        "created_at": published,
        "published_at": published,
        "answered_at": None,
        "last_answered_at": None,
        "is_listed": True,
        "views": dice.randint(0, OWED_VIEWS),
        "newest_key": moment_key(published, post_id),
        "is_demo": True,
        "stems": stems,
    }


def _title(dice: random.Random, titles: list[str], sentences: list[Sentence]) -> str:
    """A title of the demo, or a sentence that is short enough for one."""
    if dice.random() < 0.5:
        return dice.choice(titles)
    return markup.cut(dice.choice(sentences).text.rstrip("."), 120)


def _answer(dice: random.Random, post: Row, now: datetime, comments: int) -> None:
    """Say whether and when the company answered, which takes a comment."""
    if comments and dice.random() < ANSWERED:
        answered = post["published_at"] + timedelta(hours=dice.expovariate(1 / 20))
        if answered < now:
            post |= {"status": Status.ANSWERED, "answered_at": answered, "last_answered_at": answered}
            for status, share in STATUSES:
                if dice.random() < share / ANSWERED:
                    post["status"] = status


def _vote(dice: random.Random, batch: _Batch, post: Row, people: range, count: int, now: datetime) -> None:
    """Cast `count` votes within the days after publishing, each by somebody else, and count them."""
    published, post_id = post["published_at"], post["id"]
    start = dice.randrange(len(people))
    step = dice.choice((7, 11, 13, 17, 19))  # comes round only after everybody, see _distinct
    hours: Counter[int] = Counter()
    wants = {Interest.WANT: count, Interest.TRY: 0, Interest.BUY: 0}
    for n, user_id in enumerate(_distinct(people, start, step, count)):
        after = dice.expovariate(1 / 90)  # hours
        cast_at = published + timedelta(hours=after)
        if cast_at > now:
            cast_at = published + (now - published) * dice.random()
        interest = Interest.WANT if n % 9 else dice.choice((Interest.TRY, Interest.BUY))
        wants[interest] += 1
        hours[int(cast_at.timestamp() // 3600)] += 1
        batch.votes.append(
            {"post_id": post_id, "user_id": user_id, "interest": interest, "cast_at": cast_at, "is_counted": True}
        )
    effective = effective_votes(hours.values())
    post |= {
        "votes": count,
        "votes_try": wants[Interest.TRY],
        "votes_buy": wants[Interest.BUY],
        "effective_votes": effective,
        "wanted_key": sort_key(count, post_id),
        "trending_key": trending_key(effective, published, post_id),
    }


def _distinct(people: range, start: int, step: int, count: int) -> Iterable[int]:
    """So many different people: every `step`th, coming round shifted by one."""
    size = len(people)
    rounds = [start + offset for offset in range(step)]
    taken = 0
    for begin in rounds:
        for position in range(begin, begin + size - (begin - start), step):
            if taken == count:
                return
            taken += 1
            yield people[position % size]


def _comment(
    dice: random.Random, batch: _Batch, post: Row, people: range, answerer: int, ids: range, now: datetime
) -> None:
    """Write comments, the first official where the post was answered, some of them replies."""
    post["comments"] = len(ids)
    sentences = _sentences(post["language"])[1]
    moment, top = post["published_at"], 0
    for n, comment_id in enumerate(ids):
        moment += (now - moment) * dice.random() * 0.2
        is_official = n == 0 and post["answered_at"] is not None
        body, html, _stems = _compose(dice.choices(sentences, k=dice.randint(1, 2)))
        parent = top if top and dice.random() < 0.3 and not is_official else None
        top = top if parent else comment_id
        batch.comments.append(
            {
                "id": comment_id,
                "post_id": post["id"],
                "parent_id": parent,
                "author_id": answerer if is_official else dice.choice(people),
                "voice": Voice.OFFICIAL if is_official else Voice.PERSONAL,
                "department": "Customer care" if is_official else "",
                "body": body,
                "body_html": html,
                "markup_version": markup.MARKUP_VERSION,
                "language": post["language"],
                "moderation": Moderation.OPEN,
                "thread_key": f"{parent or comment_id:011d}.{comment_id:011d}",
                "created_at": post["answered_at"] if is_official else moment,
            }
        )


def _file(batch: _Batch, post: Row) -> None:
    """Set what follows from the post's columns, and lay it beside what belongs to it."""
    post_id, published = post["id"], post["published_at"]
    is_owed = post["views"] < OWED_VIEWS and utcnow() - published < timedelta(days=OWED_DAYS)
    post["owed_key"] = post["newest_key"] if is_owed else None
    post["unanswered_key"] = None if post["answered_at"] else post["newest_key"]
    post["answered_key"] = moment_key(post["answered_at"], post_id) if post["answered_at"] else None
    stems = post.pop("stems")
    title = _title_stems(post["title"], post["language"])
    batch.words.append({"post_id": post_id, "title": title, "words": stems, "changed_at": utcnow()})
    batch.entries.append(
        {"post_id": post_id, "at": published, "kind": "heard", "is_public": True, "values": {"source": "site"}}
    )
    batch.posts.append(post)


def _write(session: Session, batch: _Batch) -> None:
    for table, rows in (
        (Post, batch.posts),
        (Comment, batch.comments),
        (Vote, batch.votes),
        (TimelineEntry, batch.entries),
        (SearchEntry, batch.words),
    ):
        if rows:
            session.connection().execute(sa.insert(table), rows)
