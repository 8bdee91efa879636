"""What each kind of notice says, in the language of the moment: on the site in a sentence, in mail in full.

The tone follows what happened: a *not now* is sober and says what stays, a launch thanks.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from forum.backlog.status import CameBack, ItemStatus
from forum.backlog.wording import came_back_words, standing_words
from forum.core.languages import _, date_words, day_words, ngettext, number, pick
from forum.moderation.status import Decision
from forum.notifications.queries import AnyRow, Title
from forum.notifications.status import Kind, Tie, Topic, topic_of
from forum.themes.labels import first_upper, label_of

Others = Mapping[int, Title]  # posts that are spoken of, by id


@dataclass(frozen=True, slots=True)
class Said:
    """One notice in words."""

    sentence: str
    href: str
    subject: str  # of its mail
    action: str  # what the link in its mail is called
    more: tuple[str, ...] = ()  # further paragraphs of its mail
    before_quote: str = ""  # whose words they are, where that is not clear
    quote: str = ""  # as HTML that was cleaned, or the company's plain words
    quote_language: str = ""
    is_html: bool = False


def say(row: AnyRow, others: Others) -> Said:
    """What a row of `queries.notices` says."""
    return _SAYERS[row.kind](row, others)


def about(row: AnyRow) -> str:
    """Why this post concerns its reader, as the line above its title."""
    if row.kind is Kind.MODERATED and row.details["comment"]:
        return _("Your comment")
    return {
        Tie.MINE: _("Your post"),
        Tie.VOTED: _("A post you voted for"),
        Tie.POST: _("A post you follow"),
        Tie.ITEM: _("Something planned that you follow"),
        Tie.THEME: _("A theme you follow"),
        Tie.AREA: _("An area you follow"),
        Tie.TEAM: _("For product managers"),
        Tie.PILOT: _("Something to try early"),
    }[row.tie]


def why(row: AnyRow) -> str:
    """Why this mail came, as the last line of it."""
    return {
        Tie.MINE: _("You get this mail because you wrote the post."),
        Tie.VOTED: _("You get this mail because you voted for the post."),
        Tie.POST: _("You get this mail because you follow the post."),
        Tie.ITEM: _("You get this mail because you follow it on the roadmap."),
        Tie.THEME: _("You get this mail because you follow the theme."),
        Tie.AREA: _("You get this mail because you follow the area."),
        Tie.TEAM: _("You get this mail because you are a product manager."),
        Tie.PILOT: _("You get this mail because it came out of what you asked for, and you agreed to hear of it."),
    }[row.tie]


def topic_words(topic: Topic) -> str:
    """What a topic is called where people choose."""
    return {
        Topic.OWN_COMMENTS: _("Comments on my posts"),
        Topic.COMMENTS: _("Comments on other posts I follow"),
        Topic.ANSWERS: _("Answers of the company"),
        Topic.STATUS: _("What the company decides: looked into, planned, being built, not now"),
        Topic.LAUNCHES: _("Launches of what I asked for"),
        Topic.ARRANGING: _("Posts of mine joined with others, split or moved"),
        Topic.OBJECTIONS: _("Answers to my objections"),
        Topic.NEW_POSTS: _("New posts in areas and themes I follow"),
        Topic.WARNINGS: _("Early warnings, for product managers"),
        Topic.PILOTS: _("Something to try early"),
    }[topic]


def topic_of_row(row: AnyRow) -> Topic:
    """What a person chooses about when they choose about this notice."""
    return topic_of(row.kind, row.tie)


def _title(row: AnyRow) -> str:
    """What the notice is about: a post, else what is planned, else a theme."""
    if row.title is not None:
        return str(row.title)
    if row.kind is Kind.PILOT:
        return pick(row.details["title"])
    return pick(row.item) if row.item else label_of(row)


def title_of(row: AnyRow) -> tuple[str, str]:
    """What the notice is about, with its language where that is not the reader's."""
    return _title(row), row.language or ""


def thing_called(row: AnyRow) -> str:
    """What a row of `queries.followed` is called."""
    return str(row.title or "") or pick(row.area) or pick(row.item) or label_of(row)


def _post(row: AnyRow) -> str:
    return f"/posts/{row.post_id}"


def _comment(row: AnyRow, _others: Others) -> Said:
    name = row.actor or _("Somebody")
    return Said(
        _("{name} commented.", name=name),
        f"/comments/{row.comment_id}",
        subject=_("Re: {title}", title=_title(row)),
        action=_("Read and reply"),
        quote=row.body_html,
        quote_language=row.comment_language,
        is_html=True,
    )


def _answer(row: AnyRow, _others: Others) -> Said:
    name = row.actor or _("Somebody")
    sentence = (
        _("{name}, {department}, answered for the company.", name=name, department=row.department)
        if row.department
        else _("{name} answered for the company.", name=name)
    )
    return Said(
        sentence,
        f"/comments/{row.comment_id}",
        subject=_("The company answered: {title}", title=_title(row)),
        action=_("Read and reply"),
        quote=row.body_html,
        quote_language=row.comment_language,
        is_html=True,
    )


def _place(row: AnyRow) -> str:
    return _post(row) if row.post_id else f"/roadmap/{row.item_id}"


def _standing(row: AnyRow) -> str:
    values: Mapping[str, Any] = row.details
    return standing_words(
        pick(values["title"]),
        ItemStatus(values["status"]),
        values.get("target", ""),
        values.get("reason", ""),
        values.get("revisit_on", ""),
        values.get("also"),
    )


def _status(row: AnyRow, _others: Others) -> Said:
    is_reopened = row.details.get("before") == ItemStatus.LAUNCHED.value
    title = _title(row)
    subject = {
        ItemStatus.IN_REVIEW: _("Being looked into: {title}", title=title),
        ItemStatus.PLANNED: _("Planned: {title}", title=title),
        ItemStatus.IN_PROGRESS: _("Being built: {title}", title=title),
    }.get(ItemStatus(row.details["status"]), _("News of: {title}", title=title))
    again = _("It is looked at again, because it is not solved for everybody.")
    return Said(
        again if is_reopened else _standing(row),
        _place(row),
        subject=_("Looked at again: {title}", title=title) if is_reopened else subject,
        action=_("See what became of it"),
        quote=pick(row.details.get("why")),
    )


def _not_now(row: AnyRow, _others: Others) -> Said:
    return Said(
        _standing(row),
        _place(row),
        subject=_("Not now: {title}", title=_title(row)),
        action=_("Read the decision"),
        more=(
            _("We know that this is not what you hoped for."),
            _("What was said and voted stays, and it counts when this is looked at again."),
        ),
        quote=pick(row.details.get("why")),
    )


def _came_back(row: AnyRow, _others: Others) -> Said:
    return Said(
        _(
            "The company looks at it again, as it had said. {why}",
            why=came_back_words(CameBack(row.details["came_back"])),
        ),
        f"/backlog/{row.item_id}" if row.tie is Tie.TEAM else _place(row),
        subject=_("Looked at again: {title}", title=_title(row)),
        action=_("Decide again") if row.tie is Tie.TEAM else _("See where it stands"),
        more=() if row.tie is Tie.TEAM else (_("You hear what is decided this time."),),
    )


def _launched(row: AnyRow, _others: Others) -> Said:
    launch = pick(row.details["title"])
    sentence = _("You asked, we built: “{launch}”.", launch=launch)
    if row.receipt_id is None:
        return Said(
            _("It was built and launched: “{launch}”.", launch=launch),
            f"/launches/{row.details['launch_id']}",
            subject=_("Launched: {launch}", launch=launch),
            action=_("See what was built"),
        )
    day = date_words(row.said_at)
    said = _("You wrote this on {day}:", day=day) if row.tie is Tie.MINE else _("You voted for this on {day}:", day=day)
    joined = ngettext("{n} other person asked for it with you.", "{n} other people asked for it with you.", row.joined)
    return Said(
        sentence,
        f"/receipts/{row.receipt_id}",
        subject=_("You asked, we built: {launch}", launch=launch),
        action=_("Does this solve it? Tell us"),
        more=(*((joined,) if row.joined else ()), _("Thank you for saying it.")),
        before_quote=said,
        quote=row.own_words,
        quote_language=row.language,
    )


def _merged(row: AnyRow, others: Others) -> Said:
    other = others.get(row.details["into_id"])
    sentence = (
        _("It was joined with “{other}”, which says the same.", other=other.title)
        if other
        else _("It was joined with another post that says the same.")
    )
    out = _(
        "If it is about something else, say so on its page until {day}.",
        day=day_words(date.fromisoformat(row.details["until"])),
    )
    kept = _("Nothing is lost: its text stays, and you hear what becomes of both.")
    return Said(
        sentence,
        _post(row),
        subject=_("Joined with another post: {title}", title=_title(row)),
        action=_("See both, or say that this one is different"),
        more=(kept, _("Votes are counted together, nobody twice."), out),
    )


def _unmerged(row: AnyRow, others: Others) -> Said:
    other = others.get(row.details["into_id"])
    sentence = (
        _("It is no longer joined with “{other}” and stands by itself again.", other=other.title)
        if other
        else _("It is no longer joined with another post and stands by itself again.")
    )
    return Said(
        sentence,
        _post(row),
        subject=_("By itself again: {title}", title=_title(row)),
        action=_("Go to the post"),
        more=(_("Its votes and comments are back as they were."),),
    )


def _split(row: AnyRow, others: Others) -> Said:
    found = [(part_id, others[part_id].title) for part_id in row.details["new_ids"] if part_id in others]
    titles = ", ".join(f"“{title}”" for _id, title in found)
    if len(found) == 1:
        sentence = _("A part of it is now a post of its own: “{new}”.", new=found[0][1])
    elif found:
        sentence = _("{n} parts of it are now posts of their own: {titles}.", n=len(found), titles=titles)
    else:
        sentence = _("A part of it is now a post of its own.")
    in_parts = _("Split into parts: {title}", title=_title(row))
    is_asked = row.tie is Tie.VOTED and bool(found)
    meant = _("Say on its page which parts you meant. Your vote here stays until you take it back.")
    action = _("Go to the new post") if len(found) == 1 else _("Go to the post")
    return Said(
        sentence,
        f"/posts/{found[0][0]}" if len(found) == 1 and not is_asked else f"{_post(row)}#parts",
        subject=in_parts if len(found) > 1 else _("Split in two: {title}", title=_title(row)),
        action=_("Say which parts you meant") if is_asked else action,
        more={Tie.VOTED: (meant,), Tie.MINE: (_("Your words stay as you wrote them."),)}.get(row.tie, ()),
    )


def _moved(row: AnyRow, _others: Others) -> Said:
    before, after = pick(row.details["from"]), pick(row.details["to"])
    return Said(
        _("It was moved from “{before}” to “{after}”.", before=before, after=after),
        _post(row),
        subject=_("Moved to {area}: {title}", area=after, title=_title(row)),
        action=_("Go to the post"),
        more=(_("Votes, comments and its address stay as they are."),),
    )


def _moderated(row: AnyRow, _others: Others) -> Said:
    sentences = {
        Decision.APPROVED: _("A moderator has approved it."),
        Decision.RESTORED: _("A moderator has put it back, and others can read it again."),
        Decision.HIDDEN: _("A moderator has hidden it. Only you and the moderators can read it for now."),
        Decision.EDITED: _("A moderator has edited it. The history shows what it said before, and what it says now."),
        Decision.ASKED: _("A moderator asks you to change it. Until then only you and the moderators can read it."),
        Decision.REMOVED: _("A moderator has removed it. Only you and the moderators can still read it."),
    }
    comment_id = row.details["comment"]
    return Said(
        sentences[Decision(row.details["decision"])],
        f"/comments/{comment_id}" if comment_id else _post(row),
        subject=_title(row),
        action=_("Go to the post"),
    )


def _objection(row: AnyRow, _others: Others) -> Said:
    granted = row.details["is_granted"]
    sentence = _("A moderator has looked again and keeps to it.")
    if granted:
        sentence = _("A moderator agrees with your objection.")
        if row.details.get("is_about_theme"):
            sentence = _("A moderator agrees and has passed it on to those who sort posts into themes.")
    if "placed" in row.details:
        sentence = _placed(row)
    return Said(
        sentence,
        _post(row),
        subject=_("Your objection was answered: {title}", title=_title(row)),
        action=_("Go to the post"),
        quote=row.details.get("reason", ""),
    )


def _placed(row: AnyRow) -> str:
    """What a product manager made of an author's word that theirs is about something else than its theme."""
    if row.details["placed"] == "move":
        theme = pick(row.details["name"]) or first_upper(row.details["suggestion"])
        return _("You said it is about something else. It is in the theme “{theme}” now.", theme=theme)
    if row.details["placed"] == "stays":
        return _("You said it is about something else. It was looked at, and it stays in its theme.")
    return _("You said it is about something else. It is not in that theme any more.")


def _new_post(row: AnyRow, _others: Others) -> Said:
    if row.post_id is None:
        n = row.details["n"]
        sentence = ngettext("{n} new post speaks of it.", "{n} new posts speak of it.", n)
        title = _("New posts: {theme}", theme=label_of(row))
        return Said(sentence, f"/themes/{row.theme_id}", subject=title, action=_("Go to the theme"))
    where = label_of(row) if row.theme_id else pick(row.details["area"])
    return Said(
        _("New in {place}.", place=where),
        _post(row),
        subject=_("New in {place}: {title}", place=where, title=_title(row)),
        action=_("Read it"),
        quote=row.details.get("excerpt", ""),
        quote_language=row.language,
    )


def _warning(row: AnyRow, others: Others) -> Said:
    newest = [others[post_id].title for post_id in row.details.get("newest_ids", ()) if post_id in others]
    sentence = _("More people write about it than its own half year explains.")
    if row.people is not None:
        sentence = _(
            "{people} people wrote about it within seven days, where {usual} are usual.",
            people=number(row.people),
            usual=number(round(row.usual, 1)),
        )
    return Said(
        sentence,
        f"/themes/{row.theme_id}",
        subject=_("Early warning: {theme}", theme=label_of(row)),
        action=_("Look at the theme"),
        more=(_("The newest posts, as they were written:"), *(f"“{title}”" for title in newest)) if newest else (),
    )


def _pilot(row: AnyRow, _others: Others) -> Said:
    title = pick(row.details["title"])
    sentence, subject, action = {
        "offered": (
            _("You may try it before everybody else, if you want to."),
            _("Try it early: {title}", title=title),
            _("Look at it, and say yes or no"),
        ),
        "given": (
            _("A seat became free, and it is yours."),
            _("You have a seat: {title}", title=title),
            _("See how to try it"),
        ),
        "closed": (
            _("The pilot is over. What did you find?"),
            _("What did you find? {title}", title=title),
            _("Say what you found"),
        ),
    }[row.details["said"]]
    return Said(sentence, f"/pilots/{row.details['pilot_id']}", subject=subject, action=action)


_SAYERS: Mapping[Kind, Callable[[AnyRow, Others], Said]] = {
    Kind.COMMENT: _comment,
    Kind.ANSWER: _answer,
    Kind.STATUS: _status,
    Kind.NOT_NOW: _not_now,
    Kind.CAME_BACK: _came_back,
    Kind.LAUNCHED: _launched,
    Kind.MERGED: _merged,
    Kind.UNMERGED: _unmerged,
    Kind.SPLIT: _split,
    Kind.MOVED: _moved,
    Kind.MODERATED: _moderated,
    Kind.OBJECTION: _objection,
    Kind.NEW_POST: _new_post,
    Kind.WARNING: _warning,
    Kind.PILOT: _pilot,
}
