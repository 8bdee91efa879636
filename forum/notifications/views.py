"""The pages of notices: what is new, which mail comes, what one follows, and the way out of mail without signing in."""

from itertools import groupby
from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from forum.accounts.rules import is_signed_in
from forum.core.errors import NotFound
from forum.core.languages import _, mark, ngettext, pick
from forum.core.people import ANYBODY, Reader, anybody
from forum.notifications import looking, queries, rules, sentences, services
from forum.notifications.schemas import Choices
from forum.notifications.status import How, Subject, Topic
from forum.notifications.tokens import Leaving, read_leaving
from forum.web.forms import Form
from forum.web.limits import limited
from forum.web.navigation import menu
from forum.web.pages import flash, go, go_back, page
from forum.web.pending import pending, told_as, write_pending
from forum.web.permissions import allowed, me
from forum.web.session import db

bp = Blueprint("notifications", __name__)
menu(
    "notifications.index",
    mark("Notices"),
    rule=is_signed_in,
    group="me",
    order=20,
    count=lambda: looking.how_many_new(me()),
    says=lambda n: ngettext("{n} new notice", "{n} new notices", n),
)

FOLLOWED = 100  # things on a page of what is followed
_PLACES = {
    Subject.POST: lambda thing_id: url_for("posts.show", post_id=thing_id),
    Subject.AREA: lambda thing_id: url_for("posts.board", area=thing_id),
    Subject.THEME: lambda thing_id: url_for("themes.show", theme_id=thing_id),
    Subject.ITEM: lambda thing_id: url_for("backlog.public_item", item_id=thing_id),
}


@bp.get("/me/notices")
@allowed(is_signed_in)
def index() -> ResponseReturnValue:
    """List what the reader was told, by post, the latest first."""
    before = request.args.get("before", "")
    top = int(before) if before.isascii() and before.isdigit() and len(before) < 10 else 2**31 - 1
    rows = queries.page_of(db, me(), before=top)
    shown = rows[: queries.PAGE]
    return page(
        "notifications/index.html",
        groups=_groups(shown),
        newest=shown[0].id if shown and not before else 0,
        is_first=not before,
        after=shown[-1].id if len(rows) > queries.PAGE else 0,
        has_new=looking.how_many_new(me()) > 0,
    )


def _groups(rows: Any) -> list[dict[str, Any]]:
    """Notices in words, those about one thing together where its latest stands."""
    others, looked = queries.other_titles(db, me(), rows), looking.looked_at(me())
    order: dict[tuple[Any, ...], int] = {}
    for row in rows:
        order.setdefault(_about(row), len(order))
    groups = []
    for _key, members in groupby(sorted(rows, key=lambda row: order[_about(row)]), key=_about):
        mine = list(members)
        title, language = sentences.title_of(mine[0])
        lines = [
            {"said": sentences.say(row, others), "at": row.created_at, "is_new": _is_new(row, looked)} for row in mine
        ]
        new = sum(line["is_new"] for line in lines)
        groups.append(
            {
                "title": title,
                "language": language,
                "about": sentences.about(mine[0]),
                "post_id": mine[0].post_id,
                "href": _href(mine[0]) or lines[0]["said"].href,
                "lines": lines,
                "new": new,
            }
        )
    return groups


def _about(row: queries.AnyRow) -> tuple[Any, ...]:
    if row.post_id:
        return (row.post_id,)
    return (None, row.item_id, row.theme_id, row.details.get("pilot_id"))


def _is_new(row: queries.AnyRow, looked: frozenset[int]) -> bool:
    return row.seen_at is None and row.id not in looked


def _href(row: queries.AnyRow) -> str:
    return url_for("posts.show", post_id=row.post_id) if row.post_id else ""


@bp.post("/me/notices/seen")
@allowed(is_signed_in)
def see() -> ResponseReturnValue:
    """Mark the notices of one post as read, or all up to the newest that the page showed."""
    about = request.form.get("post_id", "")
    newest = request.form.get("newest", "")
    if about.isascii() and about.isdigit() and len(about) < 10:
        looking.settle(db, me(), post_id=int(about))
    elif newest.isascii() and newest.isdigit() and len(newest) < 10:
        looking.settle(db, me(), up_to=int(newest))
    return go("notifications.index")


@bp.route("/me/notices/mail", methods=["GET", "POST"])
@allowed(is_signed_in)
def mail() -> ResponseReturnValue:
    """Ask which mail the reader wants, and when."""
    me_id = me().id or 0
    standing = queries.choices(db, [me_id])[me_id]
    form = Form(Choices, **{topic.name.lower(): how.value for topic, how in standing.items()})
    if form.submitted():
        services.choose(db, me_id, form.value.by_topic())
        flash(_("Saved. It holds for what happens from now on."))
        return go("notifications.mail")
    topics = [(topic.name.lower(), sentences.topic_words(topic)) for topic in Topic if rules.hears_of(me(), topic)]
    return page("notifications/mail.html", form.status, form=form, topics=topics, ways=_ways())


def _ways() -> list[tuple[str, str]]:
    return [(How.INSTANTLY.value, _("At once")), (How.DAILY.value, _("Once a day")), (How.NEVER.value, _("Never"))]


@bp.get("/me/follows")
@allowed(is_signed_in)
def followed() -> ResponseReturnValue:
    """List what the reader follows."""
    given = request.args.get("from", "")
    start = int(given) if given.isascii() and given.isdigit() and len(given) < 7 else 0
    found = queries.followed(db, me(), FOLLOWED + 1, start)
    kinds = {
        Subject.POST: _("Post"),
        Subject.AREA: _("Area"),
        Subject.THEME: _("Theme"),
        Subject.ITEM: _("On the roadmap"),
    }
    things = []
    for row in found[:FOLLOWED]:
        subject = Subject(row.subject)
        things.append(
            {
                "subject": subject.value,
                "id": row.subject_id,
                "kind": kinds[subject],
                "title": sentences.thing_called(row),
                "language": row.language or "",
                "since": row.since,
                "href": _PLACES[subject](row.subject_id),
            }
        )
    more = f"{url_for('notifications.followed')}?from={start + FOLLOWED}" if len(found) > FOLLOWED else ""
    return page("notifications/followed.html", things=things, is_first=start == 0, more=more)


@bp.route("/follow/<any(area, theme, item):subject>/<int:subject_id>", methods=["GET", "POST"])
@allowed(anybody)
@limited("60/minute")
def follow(subject: str, subject_id: int) -> ResponseReturnValue:
    """Follow an area, theme or item; whoever is not signed in signs in first."""
    what = Subject(subject)
    if queries.can_be_followed(db, me(), what, subject_id) is None:
        raise NotFound(_("It may have been removed, or the address is not quite right. Try the search."))
    if not me().is_authenticated:
        then = write_pending("follow thing", subject=subject, subject_id=subject_id)
        return go("accounts.sign_in", next=_PLACES[what](subject_id), then=then)
    if request.method == "POST":
        _follow(db, me(), what, subject_id)
    return go_back(_endpoint(what), **_values(what, subject_id))


def _follow(session: Session, reader: Reader, subject: Subject, subject_id: int) -> None:
    services.follow(session, subject, subject_id, by=reader)
    told = {
        Subject.AREA: _("You follow this area and hear of new posts in it."),
        Subject.THEME: _("You follow this theme and hear of new posts in it."),
        Subject.ITEM: _("You follow this and hear what becomes of it."),
    }
    flash(
        told.get(subject, _("You follow this post.")),
        undo=url_for("notifications.unfollow", subject=subject.value, subject_id=subject_id),
    )


@pending("follow thing")
def follow_after_sign_in(session: Session, reader: Reader, subject: str, subject_id: int) -> str:
    """Follow what somebody wanted to follow before they signed in."""
    _follow(session, reader, Subject(subject), subject_id)
    return _PLACES[Subject(subject)](subject_id)


_BEGUN = {
    Subject.AREA: mark("You follow the area “{name}” as soon as you have signed in."),
    Subject.THEME: mark("You follow the theme “{name}” as soon as you have signed in."),
    Subject.ITEM: mark("You follow “{name}” as soon as you have signed in."),
}


@told_as("follow thing")
def tell_of_following(session: Session, _registering: bool, subject: str, subject_id: int) -> str:
    """What will be followed; nothing of what only some may see."""
    what = Subject(subject)
    name = queries.can_be_followed(session, ANYBODY, what, subject_id)
    return _(_BEGUN[what], name=name if isinstance(name, str) else pick(name)) if name else ""


@bp.post("/unfollow/<any(post, area, theme, item):subject>/<int:subject_id>")
@allowed(is_signed_in)
def unfollow(subject: str, subject_id: int) -> ResponseReturnValue:
    """Follow something no longer."""
    what = Subject(subject)
    services.unfollow(db, what, subject_id, by=me())
    flash(_("You no longer follow it."))
    return go_back(_endpoint(what), **_values(what, subject_id))


def _endpoint(subject: Subject) -> str:
    return {
        Subject.POST: "posts.show",
        Subject.AREA: "posts.board",
        Subject.THEME: "themes.show",
        Subject.ITEM: "backlog.public_item",
    }[subject]


def _values(subject: Subject, subject_id: int) -> dict[str, int]:
    names = {Subject.POST: "post_id", Subject.AREA: "area", Subject.THEME: "theme_id", Subject.ITEM: "item_id"}
    return {names[subject]: subject_id}


@bp.route("/unsubscribe/<token>", methods=["GET", "POST"])
@allowed(anybody)
def unsubscribe(token: str) -> ResponseReturnValue:
    """End mail without signing in: a mail program by one POST, a person by the button they press."""
    leaving = read_leaving(token)
    if leaving is None:
        raise NotFound(_("This link is not complete. Copy it whole from the mail, or sign in and choose your mail."))
    done = _leave(leaving, request.form.get("what", "topic")) if request.method == "POST" else ""
    words = sentences.topic_words(leaving.topic) if leaving.topic else _("What is gathered once a day")
    return page("notifications/unsubscribe.html", leaving=leaving, words=words, done=done)


unsubscribe.proves_itself = True  # type: ignore[attr-defined]  # the token says who; a mail program has no form of ours


def _leave(leaving: Leaving, what: str) -> str:
    """Do what the button says; the sentence that tells it."""
    if what == "all":
        services.leave_all(db, leaving.user_id)
        return _("You get no more mail about what happens here. Mail about your account still comes.")
    if what == "post" and leaving.post_id:
        services.leave_post(db, leaving.user_id, leaving.post_id)
        return _("You hear no more of this post.")
    services.leave(db, leaving)
    return _("Done. This mail comes no more.")


from forum.notifications import mail_views, panels  # noqa: E402, F401  # registered with the pages they belong to
