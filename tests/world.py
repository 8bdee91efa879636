"""A small world with something in every state, for tests that visit every address as every role.

Whatever is not for everybody contains a made-up word; `World.secrets` says who may read it.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.models import Consent, Organisation, User
from forum.accounts.status import AccountState, ConsentKind
from forum.backlog.models import (
    BacklogItem,
    DecisionEntry,
    Evidence,
    ItemDependency,
    ItemTheme,
    SavedView,
    ScoringModel,
)
from forum.backlog.status import Behind, CameBack, DecisionKind, ItemStatus, NotNowReason
from forum.backlog.status import Source as CriterionSource
from forum.backlog.weighing import Criterion
from forum.core.audit import record
from forum.core.clock import utcnow
from forum.core.jobs import Job, JobState
from forum.core.outbox import MailState, OutboxMail
from forum.core.people import Role
from forum.launches.models import Launch, Pilot, PilotSeat, Receipt, Verdict
from forum.launches.status import Answer, SeatState
from forum.listening.models import Import, Source
from forum.moderation.models import Case, Report
from forum.moderation.status import CaseKind, Decision, ReportReason
from forum.notifications.models import Happening, Notice
from forum.notifications.status import Kind as NoticeKind
from forum.notifications.status import Tie, Topic
from forum.notifications.tokens import leaving_address
from forum.posts.merging import merge
from forum.posts.models import Comment, Follow, Post, Revision
from forum.posts.status import Kind, Moderation, Severity, Status, Visibility, Voice
from forum.products.models import Product
from forum.products.status import Openness
from forum.search.services import index_post
from forum.segments.conditions import Condition
from forum.segments.models import AttributeFile, Segment, SegmentMember
from forum.segments.status import About, How, Odd
from forum.themes.models import RunCluster, RunLine, RunMember, Steering, Theme, ThemeRun, ThemeVersion
from forum.themes.status import LineKind, RunState, Solidity, SteeringKind, ThemeState
from tests.make import Make

ROLES = ("nobody", "customer", "author", "employee", "moderator", "manager", "admin")
TEAM = frozenset(("employee", "moderator", "manager", "admin"))
MODERATORS = frozenset(("moderator", "admin"))
PLANNERS = frozenset(("manager", "admin"))
COMMON = "marzipan"  # stands in every post, for searches that would find them all
FULL_PAGE = 32  # posts, so that lists have a second page


@dataclass
class World:
    """What was planted, and how tests find it."""

    people: dict[str, User] = field(default_factory=dict)  # by role; "nobody" is not among them
    arguments: dict[str, list[Any]] = field(default_factory=dict)  # of addresses, by their names
    secrets: dict[str, frozenset[str]] = field(default_factory=dict)  # word → roles that may read it

    def secret(self, word: str, *roles: str) -> str:
        """A word that only `roles` may read."""
        self.secrets[word] = frozenset(roles)
        return word

    def add(self, argument: str, *values: Any) -> None:
        """Let tests visit the addresses of these."""
        self.arguments.setdefault(argument, []).extend(values)


def plant(session: Session, make: Make) -> World:
    """Make the world and commit it."""
    world = World()
    _people(world, make)
    product = make.product("wagon", description={"en": "A wagon."})
    areas = _areas(world, make, product)
    posts = _posts(world, make, areas)
    _talk(world, make, posts)
    _segments(world, make)
    themes = _themes(world, make, product, posts)
    _run(world, make, product, posts, themes)
    item = _backlog(world, make, product, posts, themes)
    _launches(world, make, product, posts, item)
    _pilots(world, make)
    _moderation(world, make, posts)
    _listening(world, make, product)
    _notices(world, make, posts, areas, item)
    for post in posts.values():
        if post.is_listed:
            index_post(session, post.id)
    world.add("token", "no-such-token")
    world.add("what", "again", "drop")
    world.add("action", "disable", "enable")
    world.add("consent", "credit", "contact")
    world.add("whether", "give", "withdraw")
    world.add("version", "0")
    world.add("path", "css/site.css")
    session.commit()
    return world


def _people(world: World, make: Make) -> None:
    email = world.secret("zqmail", "author", "admin") + "@example.com"
    world.people = {
        "customer": make.person("Ida Berg"),
        "author": make.person("Kari Hansen", email=email, organisation_id=make.organisation("Wagoneers").id),
        "employee": make.person("Emil Lund", Role.EMPLOYEE, department="Seats"),
        "moderator": make.person("Mona Dahl", Role.MODERATOR, department="Community"),
        "manager": make.person("Petra Holm", Role.MANAGER, department="Product"),
        "admin": make.person("Anders Vik", Role.ADMIN, department="IT"),
    }
    make._add(Consent(user_id=world.people["author"].id, kind=ConsentKind.CREDIT, given_at=utcnow()))
    world.add("person_id", *(person.id for person in world.people.values()))


def _one_who_left(make: Make) -> User:
    """Somebody who has erased their account."""
    return make.person("Zqgone", state=AccountState.ERASED)


def _areas(world: World, make: Make, product: Product) -> dict[str, Any]:
    cabin = make.area("cabin", product_id=product.id)
    areas = {
        "cabin": cabin,
        "seats": make.area("seats", product_id=product.id, parent_id=cabin.id),
        "brakes": make.area("brakes", Openness.LISTENING, product_id=product.id),
        "engine": make.area("engine", Openness.CLOSED, product_id=product.id),
    }
    world.add("product_id", product.id)
    world.add("area_id", *(area.id for area in areas.values()))
    return areas


def _posts(world: World, make: Make, areas: dict[str, Any]) -> dict[str, Post]:
    """One post in each state, by `author`, and a page full of ordinary ones."""
    author, seats = world.people["author"], areas["seats"]

    def post(title: str, body: str = "", **values: Any) -> Post:
        return make.post(f"{title} {COMMON}", body=f"{body} {COMMON}", **{"author": author, "area": seats} | values)

    def unseen(state: Moderation, *roles: str) -> Post:
        word = world.secret(f"zq{state.value}", *roles)
        reason = world.secret(f"zqwhy{state.value}", *roles)
        return post(word, word, moderation=state, moderation_reason=reason, published_at=None)

    posts = {
        "public": post("The seat is cold", "Every *morning*.", severity=Severity.IN_MY_WAY, status=Status.ANSWERED),
        "idea": post("A hook for bags", kind=Kind.IDEA, status=Status.PLANNED),
        "listening": post("The brakes squeal", area=areas["brakes"]),
        "closed": post("The engine hums", area=areas["engine"]),
        "foreign": post("Sædet er koldt", language="da", author=world.people["customer"], status=Status.LAUNCHED),
        "nobody's": post("Brought in without a name", source="import", author_id=None, author=None),
        "private": post(world.secret("zqprivate", "author", *TEAM), "zqprivate", visibility=Visibility.PRIVATE),
    }
    for state in (Moderation.WAITING, Moderation.ASKED, Moderation.HIDDEN, Moderation.REMOVED):
        posts[state.value] = unseen(state, "author", *MODERATORS)
    posts["erased"] = unseen(Moderation.ERASED)
    posts["merged"] = post("The seat is freezing", author=world.people["author"])
    merged = merge(make.session, posts["merged"], posts["public"], by=make.as_reader(world.people["moderator"]))
    world.add("merge_id", merged.id)
    posts["one who left"] = post("Written before they left", author=_one_who_left(make))
    world.add("post_id", *(one.id for one in posts.values()))
    for n in range(FULL_PAGE):
        posts[f"ordinary {n}"] = post(f"Small thing {n}", when=utcnow() - timedelta(days=n))
    return posts


def _talk(world: World, make: Make, posts: dict[str, Post]) -> None:
    """Votes, comments of every kind, a history and followers."""
    public, author, employee = posts["public"], world.people["author"], world.people["employee"]
    for voter in (world.people["customer"], employee):
        make.vote(public, voter)
    note, hidden = world.secret("zqnote", *TEAM), world.secret("zqcomment", "author", *MODERATORS)
    first = make.comment(public, "Mine too.", author=world.people["customer"])
    comments = [
        first,
        make.comment(public, "We are on it.", author=employee, voice=Voice.OFFICIAL, department="Seats"),
        make.comment(public, "Thank you.", author=author, parent_id=first.id),
        make.comment(public, note, author=employee, is_internal=True),
        make.comment(public, hidden, author=author, moderation=Moderation.HIDDEN),
        make.comment(posts["private"], "zqprivate", author=employee),
        make.comment(public, "Brought in without a name.", author_id=None),
        make.comment(posts["one who left"], "Goodbye.", author_id=posts["one who left"].author_id),
    ]
    world.add("comment_id", *(comment.id for comment in comments))
    for post, words in ((public, "The seat is cool"), (posts["private"], "zqprivate before")):
        then, now = utcnow() - timedelta(hours=2), utcnow() - timedelta(hours=1)
        by = author.id
        make._add(
            Revision(post_id=post.id, title=words, body=words, written_at=then, replaced_at=now, replaced_by_id=by)
        )
        post.edited_at, post.version = now, 2
    make._add(Follow(user_id=author.id, subject="post", subject_id=posts["idea"].id, since=utcnow()))


def _themes(world: World, make: Make, product: Product, posts: dict[str, Post]) -> dict[str, Theme]:
    ordinary = [post for name, post in posts.items() if name.startswith("ordinary")]
    terms = ["seat", "cold", "morning", "passenger", "heating", "minutes"]  # as many as themes have
    themes = {
        "cold": make.theme("Cold seats", [posts["public"], posts["private"], *ordinary[:6]], terms=terms, recent=4),
        "hooks": make.theme("Hooks and bags", [posts["idea"], *ordinary[6:9]], solidity=Solidity.GUESS, terms=terms),
        "unnamed": make.theme("", ordinary[9:12], solidity=Solidity.FORMING, terms=terms),
        "dismissed": make.theme(world.secret("zqdismissed", *TEAM), [ordinary[12]], state=ThemeState.DISMISSED),
    }
    themes["merged"] = make.theme(
        "Chilly seats", product_id=product.id, state=ThemeState.MERGED, heir_id=themes["cold"].id
    )
    themes["cold"].posts -= 1  # the private one
    themes["unnamed"].name = {}
    world.add("theme_id", *(theme.id for theme in themes.values()))
    steering = Steering(
        product_id=product.id,
        kind=SteeringKind.PIN,
        theme_id=themes["cold"].id,
        post_id=ordinary[0].id,
        values={},
        said_at=utcnow(),
        said_by_id=world.people["manager"].id,
    )
    world.add("steering_id", make._add(steering).id)
    world.add("warning_id", make.warning(themes["cold"]).id)
    return themes


def _segments(world: World, make: Make) -> None:
    """What is known of the author and their company, a segment that both are in, and a file that waits."""
    author = world.people["author"]
    company = make.session.get_one(Organisation, author.organisation_id)
    company.attributes, company.revenue = {"plan": world.secret("zqplan", *PLANNERS)}, 250_000.0
    name, now = world.secret("zqsegment", *TEAM), utcnow()
    conditions = [Condition("plan", How.IS, "zqplan").stored()]
    segment = make._add(Segment(name=name, conditions=conditions, weight=3.0, changed_at=now))
    make._add(SegmentMember(segment_id=segment.id, user_id=author.id))
    world.add("segment_id", segment.id)
    changed = [["plan", "", world.secret("zqplans", *PLANNERS)], ["since", "2020", None]]
    report = dict.fromkeys(("rows", "changes", "unchanged", "new", "unmatched", "odd"), 1) | {
        "left_out": ["Name"],
        "first_changes": [[2, "Kari Hansen", changed]],
        "first_new": ["New AS"],
        "first_unmatched": [[3, "ghost@example.com"]],
        "first_odd": [[4, Odd.NO_ADDRESS.value, "ghost"]],
    }
    file = AttributeFile(name="people.csv", about=About.PEOPLE, brought_at=now, report=report)
    world.add("file_id", make._add(file).id)


def _run(world: World, make: Make, product: Product, posts: dict[str, Post], themes: dict[str, Theme]) -> None:
    """A run whose diff waits, one that is under way, and one that failed."""
    manager, now = world.people["manager"], utcnow()

    def run(state: RunState, **values: Any) -> ThemeRun:
        job_state = {RunState.FITTING: JobState.RUNNING, RunState.FAILED: JobState.FAILED}.get(state, JobState.DONE)
        job = make._add(
            Job(
                name="themes.run",
                arguments={"product_id": product.id},
                state=job_state,
                run_at=now,
                created_at=now,
                started_at=now,
                step="grouping",
                steps_done=2,
                steps=5,
                percent=45.0,
                started_by=manager.id,
                result={},
                heartbeat_at=now,
            )
        )
        fixed = {
            "product_id": product.id,
            "job_id": job.id,
            "started_by_id": manager.id,
            "started_at": now,
            "notes": {},
        }
        world.add("job_id", job.id)
        return make._add(ThemeRun(state=state, **fixed | values))

    proposed = run(RunState.PROPOSED, finished_at=now, posts=40, themes=3, coverage=0.6)
    runs = [
        proposed,
        run(RunState.FITTING, active_key=product.id),
        run(RunState.FAILED, finished_at=now, error="no posts"),
    ]
    world.add("run_id", *(one.id for one in runs))
    ids = [post.id for name, post in posts.items() if name.startswith("ordinary")]
    label = world.secret("zqcluster", *TEAM)
    for ref, theme in ((themes["cold"].id, themes["cold"]), (-1, None)):
        make._add(
            RunCluster(
                run_id=proposed.id,
                ref=ref,
                label=label if theme is None else "cold seats",
                terms=["seat", "cold"],
                exemplar_ids=ids[:3],
                odd_one_id=ids[3],
                solidity=Solidity.SOLID,
                size=4,
                theme_id=theme.id if theme else None,
            )
        )
        for place, post_id in enumerate(ids[12:16] if theme is None else ids[:4]):
            make._add(RunMember(run_id=proposed.id, post_id=post_id, ref=ref, similarity=0.4 + place / 10))
    for position, (kind, theme_ids, refs) in enumerate(
        (
            (LineKind.NEW, [], [-1]),
            (LineKind.GREW, [themes["cold"].id], [themes["cold"].id]),
            (LineKind.VANISHED, [themes["hooks"].id], []),
        )
    ):
        line = RunLine(
            run_id=proposed.id,
            position=position,
            kind=kind,
            theme_ids=theme_ids,
            refs=refs,
            shared=3,
            jaccard=0.6,
            values={
                "before": {str(theme_id): 4 for theme_id in theme_ids},
                "after": {str(ref): 6 for ref in refs},
                "joins": 3,
                "leaves": 1,
                "fingerprint": kind.value,
            },
        )
        world.add("line_id", make._add(line).id)
    version = ThemeVersion(
        product_id=product.id, made_at=now, made_by_id=manager.id, summary={"themes": 3, "posts": 12}
    )
    world.add("version_id", make._add(version).id)


def _backlog(
    world: World, make: Make, product: Product, posts: dict[str, Post], themes: dict[str, Theme]
) -> BacklogItem:
    """A public item in every status and an internal one; the launched one is answered."""
    manager, now = world.people["manager"], utcnow()

    def item(status: ItemStatus, title: str, **values: Any) -> BacklogItem:
        fixed: dict[str, Any] = {
            "product_id": product.id,
            "title": {"en": title},
            "problem": {"en": "People freeze."},
            "status": status,
            "is_public": True,
            "public_sentence": {"en": f"This is {status.value}."},
            "owner_id": manager.id,
            "promoted_at": now,
            "promoted_by_id": manager.id,
            "status_at": now,
            "counted_at": now,
            "assumptions": world.secret("zqassumptions", *TEAM),
        }
        row: BacklogItem = make._add(BacklogItem(**fixed | values))
        make._add(Evidence(item_id=row.id, post_id=posts["public"].id, added_at=now, added_by_id=manager.id))
        argument = world.secret("zqargument", *TEAM)
        make._add(
            DecisionEntry(
                item_id=row.id,
                at=now,
                by_id=manager.id,
                kind=DecisionKind.STATUS,
                before={"status": "proposed"},
                after={"status": status.value},
                public_sentence={"en": "We looked at it."},
                argument=argument,
            )
        )
        world.add("item_id", row.id)
        return row

    for status in ItemStatus:
        values: dict[str, Any] = {}
        if status is ItemStatus.NOT_NOW:
            values = {"reason": NotNowReason.COST, "revisit_on": (now + timedelta(days=90)).date()}
        if status is ItemStatus.LAUNCHED:
            values = {"launched_at": now}
        row = item(status, f"Item that is {status.value}", effort_weeks=3.0, score=4.2, people=3, posts=1, **values)
        if status is ItemStatus.LAUNCHED:
            launched = row
    hidden = item(ItemStatus.PLANNED, world.secret("zqitem", *TEAM), is_public=False)
    _desk(world, make, product, [launched, hidden])
    item(ItemStatus.NOT_NOW, "Item that came back", reason=NotNowReason.FEW, came_back_at=now, came_back=CameBack.VOTES)
    make._add(ItemTheme(theme_id=themes["cold"].id, item_id=launched.id))
    return launched


def _desk(world: World, make: Make, product: Product, items: list[BacklogItem]) -> None:
    """Weights of one's own, an item that waits for another, linked issues, a view for everybody: for the team alone."""
    launched, hidden = items
    name = {"en": world.secret("zqcriterion", *TEAM)}
    criteria = [
        Criterion("c1", name, 2, CriterionSource.TEAM),
        Criterion("c2", {"en": "Reach"}, 1, CriterionSource.REACH),
    ]
    stored = [one.stored() for one in criteria]
    make._add(ScoringModel(product_id=product.id, criteria=stored, changed_at=utcnow()))
    launched.ratings, launched.issues = {"c1": 4}, [["jira", world.secret("ZQKEY-1", *TEAM)]]
    make._add(ItemDependency(item_id=hidden.id, needs_id=launched.id))
    view = SavedView(name=world.secret("zqview", *TEAM), query="view=table")
    world.add("view_id", make._add(view).id)
    world.add("needs_id", launched.id)
    world.add("slug", product.slug)


def _launches(world: World, make: Make, product: Product, posts: dict[str, Post], item: BacklogItem) -> None:
    author, manager, now = world.people["author"], world.people["manager"], utcnow()

    def launch(title: str, is_public: bool) -> Launch:
        words = {"en": title}
        html = {"en": f"<p>{title}</p>"}
        row: Launch = make._add(
            Launch(
                item_id=item.id,
                product_id=product.id,
                title=words,
                announcement=words,
                announcement_html=html,
                is_public=is_public,
                launched_at=now,
                launched_by_id=manager.id,
                people=2,
            )
        )
        world.add("launch_id", row.id)
        return row

    public = launch("Warm seats", True)
    launch(world.secret("zqlaunch", *TEAM), False)
    for person, behind in ((author, Behind.AUTHOR), (world.people["customer"], Behind.VOTER)):
        # Whoever is credited has agreed that the sentence stands on the launch's page.
        sentence = "The seat is cold." if person is author else world.secret("zqreceipt", "customer", *TEAM)
        receipt = make._add(
            Receipt(
                launch_id=public.id,
                user_id=person.id,
                behind=behind,
                post_id=posts["public"].id,
                sentence=sentence,
                said_at=now,
                joined=1,
                is_first=person is author,
                is_credited=person is author,
                created_at=now,
            )
        )
        world.add("receipt_id", receipt.id)
    words = world.secret("zqverdict", "author", *TEAM)
    make._add(Verdict(launch_id=public.id, user_id=author.id, answer=Answer.PARTLY, words=words, answered_at=now))


def _pilots(world: World, make: Make) -> None:
    """A pilot of what is being built, with somebody in it and somebody invited, and one that only the team knows of."""
    now, manager = utcnow(), world.people["manager"].id
    items = {(item.status, item.is_public): item for item in make.session.scalars(sa.select(BacklogItem))}

    def pilot(title: str, item: BacklogItem) -> int:
        words, html = {"en": title}, {"en": f"<p>{title}</p>"}
        fixed: dict[str, Any] = {"title": words, "about": words, "about_html": html, "seats": 2, "opened_at": now}
        row: Pilot = make._add(Pilot(item_id=item.id, opened_by_id=manager, **fixed))
        world.add("pilot_id", row.id)
        return row.id

    public = pilot("Try warm seats", items[ItemStatus.IN_PROGRESS, True])
    pilot(world.secret("zqpilot", *TEAM), items[ItemStatus.PLANNED, False])
    found = {"words": world.secret("zqtried", "customer", *TEAM), "solved": Answer.PARTLY, "said_at": now}
    for who, state, values in (("customer", SeatState.TAKEN, found), ("author", SeatState.INVITED, {})):
        make._add(PilotSeat(pilot_id=public, user_id=world.people[who].id, state=state, since=now, **values))


def _moderation(world: World, make: Make, posts: dict[str, Post]) -> None:
    world.add("reason_key", "spam")
    first = make._add(Case(kind=CaseKind.FIRST_POST, post_id=posts["waiting"].id, open_key="first", opened_at=utcnow()))
    reported = make._add(Case(kind=CaseKind.REPORT, post_id=posts["public"].id, open_key="report", opened_at=utcnow()))
    hidden = make.session.scalars(sa.select(Comment).where(Comment.moderation == Moderation.HIDDEN)).all()
    for comment in hidden:  # their author may object to what was decided
        said = {"decision": Decision.HIDDEN, "opened_at": utcnow(), "decided_at": utcnow()}
        make._add(Case(kind=CaseKind.REPORT, post_id=comment.post_id, comment_id=comment.id, **said))
    words = world.secret("zqreport", "customer", *MODERATORS)
    reporter = world.people["customer"].id
    make._add(
        Report(case_id=reported.id, reporter_id=reporter, reason=ReportReason.RUDE, text=words, reported_at=utcnow())
    )
    world.add("case_id", first.id, reported.id)
    record(
        make.session,
        "post.hide",
        by=world.people["moderator"].id,
        subject="post",
        subject_id=posts["hidden"].id,
        about=world.people["author"].id,
        reason="zqwhyhidden",
    )


def _listening(world: World, make: Make, product: Product) -> None:
    now = utcnow()
    source = make._add(Source(product_id=product.id, kind="import", name="survey.csv", created_at=now))
    job = make._add(
        Job(name="listening.import", arguments={}, state=JobState.DONE, run_at=now, created_at=now, result={})
    )
    row = Import(
        source_id=source.id,
        job_id=job.id,
        started_by_id=world.people["admin"].id,
        file_name=world.secret("zqfile", "admin") + ".csv",
        started_at=now,
        finished_at=now,
        imported=12,
        refused=1,
        report={},
    )
    world.add("import_id", make._add(row).id)


def _notices(world: World, make: Make, posts: dict[str, Post], areas: dict[str, Any], item: BacklogItem) -> None:
    """What people are told, of a post too that one of them may not see any more; and mail that did not leave."""
    people, now = world.people, utcnow()
    standing = {"title": {"en": "Warm seats"}, "status": "planned", "target": "", "reason": "", "revisit_on": ""}
    for kind, post, values in (
        (
            NoticeKind.MOVED,
            posts["public"],
            {"to_id": areas["seats"].id, "from": {"en": "Cabin"}, "to": {"en": "Seats"}},
        ),
        (NoticeKind.MERGED, posts["merged"], {"into_id": posts["public"].id, "until": "2027-01-31"}),
        (NoticeKind.OBJECTION, posts["private"], {"user_id": 0, "is_granted": False, "reason": "zqprivate"}),
        (NoticeKind.STATUS, posts["idea"], standing),
    ):
        status_of = item.id if kind is NoticeKind.STATUS else None
        happening = make._add(Happening(kind=kind, post_id=post.id, item_id=status_of, values=values, at=now))
        for role in ("author", "customer", "manager"):
            make._add(
                Notice(
                    user_id=people[role].id,
                    happening_id=happening.id,
                    post_id=post.id,
                    tie=Tie.MINE if role == "author" else Tie.POST,
                    created_at=now,
                )
            )
    for role in ("author", "customer", "manager"):
        people[role].new_notices = 4
    for subject, thing in (("area", areas["seats"].id), ("item", item.id), ("post", posts["private"].id)):
        make._add(Follow(user_id=people["customer"].id, subject=subject, subject_id=thing, since=now))
    world.add("subject", "area", "item", "theme")
    world.add("subject_id", areas["seats"].id, item.id)
    for address in ("zqundelivered", "zqtwice"):
        dead = OutboxMail(
            to_address=world.secret(address, "admin") + "@example.com",
            language="en",
            cause="comment",
            subject="",
            text="",
            message_id=f"<{address}@example.com>",
            state=MailState.DEAD,
            tries=7,
            error="ConnectionRefusedError",
            created_at=now,
        )
        world.add("mail_id", make._add(dead).id)
    leave = leaving_address(people["author"].id, Topic.COMMENTS, posts["public"].id)
    world.add("token", leave.rpartition("/")[2])
