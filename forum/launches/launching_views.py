"""Launching: what was built, in which words and pictures, who hears of it, now or on a day to come."""

from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from config import settings
from forum.accounts.rules import may_plan
from forum.backlog import evidence
from forum.backlog.models import BacklogItem, Evidence
from forum.backlog.queries import find_item
from forum.backlog.quoting import own_sentence
from forum.backlog.services import Stale
from forum.backlog.status import MOVES, ItemStatus
from forum.core import markup
from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.languages import LANGUAGES, _, datetime_words, ngettext, pick, speaking
from forum.core.people import anybody
from forum.launches import meanwhile, picturing, planning, queries, services
from forum.launches.models import Launch, LaunchPicture, LaunchPlan
from forum.launches.receipts import example, words_of_item
from forum.launches.schemas import Launching, Retelling
from forum.launches.views import bp
from forum.posts import jobs
from forum.posts.file_views import UPLOADS, file_of, has_picture, sent_picture
from forum.posts.pictures import MAX_FILE, Prepared
from forum.web.forms import Form
from forum.web.limits import limited
from forum.web.pages import find_or_404, flash, go, page
from forum.web.permissions import allowed, me
from forum.web.session import db
from forum.web.uploads import takes_files

takes_files("launches.launch", megabytes=3 * MAX_FILE)
takes_files("launches.edit", megabytes=3 * MAX_FILE)

WILLING = 100  # people shown to choose from while launching
OFFERED = 12  # sentences to choose from
TICKED = 4  # of them, unless somebody chooses


@bp.get("/launches/pictures/<int:picture_id>")
@allowed(anybody)
def picture(picture_id: int) -> ResponseReturnValue:
    """The picture of a launch that the reader may see."""
    found = find_or_404(db, picturing.find_shown(me(), picture_id))
    return file_of(found.name, f"launch-{found.id}")


def _sent(form: Form[Any]) -> Prepared | None:
    """The picture that was sent along, or what is wrong with it beside its field."""
    if request.method != "POST":
        return None
    try:
        return sent_picture()
    except Invalid as problem:
        form.errors.update(problem.fields)
        return None


@bp.route("/backlog/<int:item_id>/launch", methods=["GET", "POST"])
@allowed(may_plan)
@limited(UPLOADS, counts=has_picture)
def launch(item_id: int) -> ResponseReturnValue:
    """Ask what was built and whom to name, say how many will hear of it, then launch, or plan to."""
    form = Form(Launching)
    prepared = _sent(form)
    item = find_or_404(db, find_item(me(), item_id))
    is_ready = ItemStatus.LAUNCHED in MOVES[item.status]
    plan = db.get(LaunchPlan, item.id)
    if request.method == "GET":
        if not is_ready:
            return page("launches/not_yet.html", status=409, item=item)
        form.raw |= (plan.fields if plan else {}) | {"seen": meanwhile.marks(meanwhile.draft_of(plan))}
    elif not is_ready:
        return _show_stale(form, item, Conflict(_("Only an item in progress can be launched. Look at it again.")))
    if form.errors:
        return _show(form, item, plan)
    if prepared is not None:
        picturing.add_picture(db, item, prepared, by=me())
        jobs.plan_sweep(db)
        return _show(form, item, plan, told=_("The picture is added. Say what it shows."))
    return _do(form, item, plan) if request.method == "POST" else _show(form, item, plan)


def _do(form: Form[Launching], item: BacklogItem, plan: LaunchPlan | None) -> ResponseReturnValue:
    """Do what the button that was pressed asks for."""
    pressed = request.form.get("do", "launch")
    if pressed == "remove_picture":
        picturing.remove_picture(db, item, by=me())
        return _show(form, item, plan, told=_("The picture is removed."))
    if pressed == "picture":
        form.errors["picture"] = _("Choose a file first.")
        return _show(form, item, plan)
    if not form.submitted():
        return _show(form, item, plan)
    if pressed == "preview":
        return _show(form, item, plan, preview=_preview(form.value, item))
    try:
        _check_picked(form, item)
        return _save(item, form.value) if pressed == "save" else _launch(item, form.value)
    except Invalid as problem:
        form.refuse(problem)
        return _show(form, item, plan)
    except Conflict as conflict:
        return _show_stale(form, item, conflict)


def _check_picked(form: Form[Launching], item: BacklogItem) -> None:
    """Raise `Stale` when a post was picked that speaks for the item no longer; the form keeps the others."""
    gone = queries.silent_posts(db, item.id, form.value.before)
    if gone:
        form.raw["before"] = [post_id for post_id in form.value.before if post_id not in gone]
        message = _(
            "“{post}” does not speak for this item any more. Look at what is picked.", post=next(iter(gone.values()))
        )
        raise Stale(message)


def _show_stale(form: Form[Launching], item: BacklogItem, conflict: Conflict) -> ResponseReturnValue:
    """The form again with everything typed, beside what somebody else did meanwhile."""
    form.refuse(conflict)
    plan = db.get(LaunchPlan, item.id, populate_existing=True)
    offered = {
        "before": {row.id: said for row, said in _offered(item)},
        "leave_out": {row.id: row.display_name for row in queries.willing(db, item.id, WILLING)},
    }
    changed = meanwhile.settle(form.raw, meanwhile.draft_of(plan), meanwhile.quoted(offered))
    return _show(form, item, plan, meanwhile=changed, status=conflict.status)


def _offered(item: BacklogItem) -> list[tuple[queries.AnyRow, str]]:
    """The posts to choose from as words from before, each with its sentence."""
    words = words_of_item(db, item)
    found = queries.sentences_behind(db, item.id, OFFERED)
    return [(row, own_sentence(row.title, row.body_html, words)) for row in found]


def _save(item: BacklogItem, launching: Launching) -> ResponseReturnValue:
    planning.save_plan(db, item, launching, by=me())
    kept = picturing.picture_of(db, item.id)
    if kept is not None and launching.picture_alt:
        picturing.describe(kept, launching.picture_alt)
    flash(_("The draft is kept. Everybody who plans can go on with it."))
    return go("launches.launch", item_id=item.id)


def _launch(item: BacklogItem, launching: Launching) -> ResponseReturnValue:
    if launching.launch_at is not None:
        planning.plan_launch(db, item, launching, by=me())
        undo = url_for("launches.cancel_plan", item_id=item.id)
        flash(_("It will be launched on {when}.", when=datetime_words(launching.launch_at)), undo=undo)
        return go("backlog.show", item_id=item.id)
    launched = services.launch_item(db, item, launching, by=me())
    flash(_told(launched.people, item))
    return go("launches.show", launch_id=launched.id)


def _show(form: Form[Launching], item: BacklogItem, plan: LaunchPlan | None, **values: Any) -> ResponseReturnValue:
    """The form of a launch, with everything that is known of who will hear of it."""
    offered = _offered(item)
    ticked = [str(one) for one in form.raw.get("before") or [row.id for row, _said in offered[:TICKED]]]
    shown: dict[str, Any] = {"preview": None, "told": "", "meanwhile": None, "status": form.status}
    return page(
        "launches/launch.html",
        item=item,
        form=form,
        plan=plan,
        offered=offered,
        ticked=ticked,
        picture=picturing.picture_of(db, item.id),
        numbers=evidence.numbers(db, evidence.of_items(Evidence.item_id == item.id)),
        willing=queries.willing(db, item.id, WILLING),
        example=example(db, item) if item.is_public else None,
        **shown | values,
    )


def _preview(launching: Launching, item: BacklogItem) -> list[dict[str, Any]]:
    """The message in each language as it will read, with how many people read it in that language."""
    counted = queries.receivers(db, item.id) if item.is_public else {}
    main = settings().main_language
    counted[main] = counted.get(main, 0) + counted.pop("", 0)
    titles, texts = launching.words("title"), launching.words("announcement")
    shown = []
    for language in LANGUAGES:
        with speaking(language):
            shown.append(
                {
                    "language": language,
                    "receivers": counted.get(language, 0),
                    "subject": _("You asked, we built: {launch}", launch=pick(titles)),
                    "html": markup.render(pick(texts)),
                    "is_own": language in texts,
                    "question": _("Does this solve it?"),
                }
            )
    return shown


def _told(people: int, item: BacklogItem) -> str:
    if not item.is_public:
        return _("Launched. The item is internal, so nobody outside the team is told.")
    return ngettext(
        "Launched. {n} person behind it has a receipt in their own words now.",
        "Launched. {n} people behind it have a receipt in their own words now.",
        people,
    )


@bp.post("/backlog/<int:item_id>/launch/cancel")
@allowed(may_plan)
def cancel_plan(item_id: int) -> ResponseReturnValue:
    """Let a planned launch not happen by itself."""
    item = find_or_404(db, find_item(me(), item_id))
    planning.cancel_plan(db, item, by=me())
    flash(_("It is not launched by itself any more. The draft is kept."))
    return go("backlog.show", item_id=item_id)


@bp.route("/launches/<int:launch_id>/edit", methods=["GET", "POST"])
@allowed(may_plan)
@limited(UPLOADS, counts=has_picture)
def edit(launch_id: int) -> ResponseReturnValue:
    """Choose which of customers' words stand on the page of a launch, and its picture."""
    form = Form(Retelling)
    prepared = _sent(form)
    row = queries.find_launch(db, me(), launch_id)
    launched = db.get(Launch, launch_id) if row else None
    if launched is None:
        raise NotFound(_("It may have been removed, or the address is not quite right. Look at the launches."))
    kept = picturing.picture_of(db, launched.item_id, launch_id)
    if request.method == "POST" and not form.errors:
        try:
            answer = _retell(form, launched, prepared)
        except Conflict as conflict:
            return _show_edit(form, launched, kept, conflict)
        if answer is not None:
            return answer
    return _show_edit(form, launched, kept)


def _retell(form: Form[Retelling], launched: Launch, prepared: Prepared | None) -> ResponseReturnValue | None:
    """Do what the form about a launch asks for; None to show it again."""
    item = db.get_one(BacklogItem, launched.item_id)
    if prepared is not None:
        picturing.add_picture(db, item, prepared, by=me(), launch_id=launched.id)
        jobs.plan_sweep(db)
        flash(_("The picture is added. Say what it shows, then save."))
        return go("launches.edit", launch_id=launched.id)
    if request.form.get("do") == "remove_picture":
        picturing.remove_picture(db, item, by=me(), launch_id=launched.id)
        flash(_("The picture is removed."))
        return go("launches.edit", launch_id=launched.id)
    if not form.submitted():
        return None
    try:
        services.retell(db, launched, form.value, by=me())
    except Invalid as problem:
        form.refuse(problem)
        return None
    flash(_("Saved. The page of the launch shows these words now."))
    return go("launches.show", launch_id=launched.id)


def _show_edit(
    form: Form[Retelling], launched: Launch, kept: LaunchPicture | None, conflict: Conflict | None = None
) -> ResponseReturnValue:
    before = queries.quotes(db, launched.id, OFFERED)
    after = queries.quotable_after(db, launched.id, OFFERED)
    standing, changed = meanwhile.words_of(db, launched, kept), None
    if conflict is not None:
        form.refuse(conflict)
        offered = {
            "before": {row.post_id: row.sentence for row in before},
            "after": {row.user_id: row.words for row in after},
        }
        changed = meanwhile.settle(form.raw, standing, meanwhile.quoted(offered))
    if request.method == "GET":
        form.raw["seen"] = meanwhile.marks(standing)
        chosen = launched.before_ids or [row.post_id for row in before[:TICKED]]
        form.raw.update(before=chosen, after=[row.user_id for row in after if row.quoted_at])
        form.raw["picture_alt"] = kept.alt if kept else ""
    return page(
        "launches/edit.html",
        status=conflict.status if conflict else form.status,
        meanwhile=changed,
        form=form,
        launch=launched,
        picture=kept,
        before=before,
        after=after,
        ticked=[str(one) for one in form.raw.get("before") or []],
        quoted=[str(one) for one in form.raw.get("after") or []],
    )
