"""How many queries the list pages take: few, and as many for three rows as for one."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from forum.accounts.models import User
from forum.backlog.models import BacklogItem, DecisionEntry, Evidence
from forum.backlog.status import Behind, DecisionKind, ItemStatus
from forum.core.clock import utcnow
from forum.core.database import engine
from forum.launches.models import Launch, Pilot, PilotSeat, Receipt
from forum.launches.status import SeatState
from forum.moderation.models import Case
from forum.moderation.status import CaseKind
from forum.posts.models import Post
from forum.posts.status import Moderation, Voice
from forum.products.models import Product
from forum.search.services import index_post
from forum.segments.models import AttributeFile, Segment, SegmentMember
from forum.segments.status import About

SIGNED_OUT, SIGNED_IN = 4, 7  # queries at most
BESIDE = {"/moderation": 1}  # further ones: the post most like the case, whole, beside it

# Pages with lists, and who may open them: everybody, a customer, or one of the company's roles.
PUBLIC = (
    *("/", "/?order=wanted", "/?order=newest&area={area}", "/?status=answered&product={product}"),
    *("/search?q=cold", "/posts/similar?title=the+seat+is+cold", "/posts/{post}", "/areas"),
    *("/themes", "/themes/{theme}", "/roadmap", "/roadmap/{item}", "/roadmap/{item}/posts", "/launches"),
    *("/launches/{launch}", "/people/{person}", "/people/{person}/posts", "/people/{person}/launches"),
    *("/roadmap?by=time", "/embed/roadmap", "/embed/roadmap/{item}", "/moderation/log/public"),
    "/pilots/{pilot}",
)
OWN = ("/?mine=1", "/me", "/me/notices", "/me/notices/mail", "/me/follows", "/me/posts", "/me/receipts", "/me/sign-ins")
MANAGER = (
    *("/backlog", "/backlog?view=table", "/backlog/{item}", "/backlog/{item}/evidence", "/decisions"),
    *("/backlog/weights/{slug}", "/backlog/compare?above={item}&below={other}", "/backlog/views", "/backlog/embed"),
    *(
        "/backlog/export",
        "/backlog/export?item={item}&item={other}",
        "/backlog/{item}/needs",
        "/backlog/{item}/audience",
    ),
    *("/backlog/several?act=status&item={item}&item={other}", "/launches/{launch}/edit", "/launches/{launch}/effect"),
    *("/themes/review", "/themes/map", "/themes/map?as=table&theme={theme}", "/themes/steering", "/themes/versions"),
    *("/segments", "/segments/import", "/themes/review?segment={segment}&order=weighted"),
)
OTHERS = (
    ("/moderation", "moderator"),
    ("/moderation/log", "moderator"),
    ("/admin/people", "admin"),
    ("/admin/mail", "admin"),
    ("/listening/import", "admin"),
)


@pytest.fixture
def sent() -> Iterator[list[str]]:
    """The statements that were sent, without those that only begin and end a transaction."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE")):
            statements.append(" ".join(statement.split()))

    sa.event.listen(engine(), "before_cursor_execute", note)
    yield statements
    sa.event.remove(engine(), "before_cursor_execute", note)


class Shelf:
    """Rows of every kind, each beside the others of its kind on some page."""

    def __init__(self, make: Any) -> None:
        self.make = make
        self.area = make.area("seats")
        self.manager, self.moderator, self.admin = make.manager(), make.moderator(), make.admin()
        self.customer: User = make.person("Kari")
        self.names: dict[str, int | str] = {"area": self.area.id, "product": "", "person": self.customer.id}
        self.post: Post | None = None

    def add(self) -> None:
        """One more of everything."""
        make, now = self.make, utcnow()
        post = make.post("The seat is cold", area=self.area, author=self.customer, answered_at=now)
        make.vote(post)
        first = self.post = self.post or post  # everything hangs on the first one
        make.comment(first, "We look into it.", author=self.manager, voice=Voice.OFFICIAL)
        make.comment(first, author=self.customer)
        self._segment()
        theme = make.theme("", [post, make.post("A cold seat", area=self.area)])
        make.warning(theme)
        # Like those that stand, so that the queue looks for them whatever the other words weigh.
        words = {"body": "The seat is cold in the morning.", "moderation": Moderation.WAITING}
        waiting = make.post("The seat is cold", area=self.area, **words)
        make._add(Case(kind=CaseKind.FIRST_POST, post_id=waiting.id, open_key=f"first {waiting.id}", opened_at=now))
        item = self._item(first)
        launch = self._launch(item, first)
        index_post(make.session, post.id)
        for name, row in (("post", first), ("theme", make.session.get(type(post), post.id)), ("item", item)):
            self.names.setdefault(name, row.id)
        self.names["theme"] = post.theme_id or 0
        self.names.setdefault("launch", launch.id)
        self._seat()

    def _segment(self) -> None:
        """One more segment that weighs, with the customer in it."""
        name = f"Segment {len(self.make.session.query(Segment).all())}"
        segment = self.make._add(Segment(name=name, conditions=[], weight=2.0, changed_at=utcnow()))
        self.make._add(SegmentMember(segment_id=segment.id, user_id=self.customer.id))
        self.make._add(AttributeFile(name="people.csv", about=About.PEOPLE, brought_at=utcnow(), report={}))
        self.names.setdefault("segment", segment.id)

    def _item(self, post: Post) -> BacklogItem:
        now, manager = utcnow(), self.manager.id
        item: BacklogItem = self.make._add(
            BacklogItem(
                product_id=post.product_id,
                title={"en": "Warm seats"},
                problem={"en": "People freeze."},
                status=ItemStatus.LAUNCHED,
                is_public=True,
                public_sentence={"en": "We build it."},
                owner_id=manager,
                promoted_at=now,
                promoted_by_id=manager,
                status_at=now,
                counted_at=now,
                launched_at=now,
            )
        )
        for one in self.make.session.scalars(sa.select(Post).where(Post.is_listed)):
            self.make._add(Evidence(item_id=item.id, post_id=one.id, added_at=now, added_by_id=manager))
        self.make._add(
            DecisionEntry(
                item_id=item.id,
                at=now,
                by_id=manager,
                kind=DecisionKind.STATUS,
                before={"status": "proposed"},
                after={"status": "launched"},
                public_sentence={"en": "We looked at it."},
            )
        )
        return item

    def _seat(self) -> None:
        """One more person in a pilot of the first item, whatever became of that."""
        words, now = {"en": "Warm seats"}, utcnow()
        if "pilot" not in self.names:
            fixed: dict[str, Any] = {"title": words, "about": words, "about_html": words, "opened_at": now}
            opened_by, item_id = self.manager.id, int(self.names["item"])
            self.names["pilot"] = self.make._add(Pilot(item_id=item_id, seats=9, opened_by_id=opened_by, **fixed)).id
        seat = {"pilot_id": self.names["pilot"], "state": SeatState.TAKEN, "since": now}
        self.make._add(PilotSeat(user_id=self.make.person().id, **seat))

    def _launch(self, item: BacklogItem, post: Post) -> Launch:
        now, words = utcnow(), {"en": "Warm seats"}
        launch: Launch = self.make._add(
            Launch(
                item_id=item.id,
                product_id=item.product_id,
                title=words,
                announcement=words,
                announcement_html={"en": "<p>Warm seats</p>"},
                is_public=True,
                launched_at=now - timedelta(minutes=item.id),
                launched_by_id=self.manager.id,
                people=1,
            )
        )
        for person in (self.customer, self.make.person()):
            self.make._add(
                Receipt(
                    launch_id=launch.id,
                    user_id=person.id,
                    behind=Behind.AUTHOR,
                    post_id=post.id,
                    sentence="The seat is cold.",
                    said_at=now,
                    joined=1,
                    is_first=True,
                    is_credited=True,
                    created_at=now,
                )
            )
        return launch


@pytest.fixture
def shelf(make: Any) -> Shelf:
    """A shelf with one of everything."""
    shelf = Shelf(make)
    shelf.add()
    shelf.names["product"] = make.session.get_one(Post, shelf.names["post"]).product_id
    shelf.names["slug"] = make.session.get_one(Product, shelf.names["product"]).slug
    shelf.names["other"] = shelf._item(shelf.post).id
    return shelf


@pytest.mark.parametrize(
    ("address", "role"),
    [
        *((address, "") for address in PUBLIC),
        *((address, "customer") for address in PUBLIC + OWN),
        *((address, "manager") for address in PUBLIC + MANAGER),
        *OTHERS,
    ],
)
def test_lists_take_few_queries_and_as_many_for_three_rows_as_for_one(address, role, visitor, shelf, sent):
    if role:
        visitor.sign_in(getattr(shelf, role))

    def queries() -> list[str]:
        path = address.format(**shelf.names)
        visitor.open(path)  # panels that are the same for everybody are kept in memory from now on
        sent.clear()
        assert visitor.client.get(path).status_code == 200
        return list(sent)

    one = queries()
    shelf.add()
    shelf.add()
    three = queries()

    assert len(one) == len(three), "\n".join(sorted(set(three) - set(one)) or three)
    assert len(one) <= (SIGNED_IN if role else SIGNED_OUT) + BESIDE.get(address, 0), "\n".join(one)
