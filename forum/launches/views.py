"""The pages of launches: launching, what was built, and the receipts of those who asked for it."""

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from forum.accounts.queries import profile
from forum.accounts.rules import is_signed_in, may_plan
from forum.backlog import book
from forum.backlog.status import Behind, ItemStatus
from forum.core.errors import NotFound
from forum.core.languages import _, date_words, mark, ngettext
from forum.core.paging import PAGE_SIZE
from forum.core.people import ANYBODY, anybody
from forum.launches import looking, queries, services
from forum.launches.schemas import Answering
from forum.launches.shares import Shares
from forum.launches.status import Answer
from forum.launches.wording import percent
from forum.products.queries import products
from forum.web.forms import Form
from forum.web.navigation import menu
from forum.web.pages import find_or_404, flash, go, go_back, page
from forum.web.permissions import allowed, me
from forum.web.session import db

bp = Blueprint("launches", __name__)
menu("launches.index", mark("Launches"), rule=anybody, order=50)
menu(
    "launches.receipts",
    mark("My receipts"),
    rule=is_signed_in,
    group="me",
    order=30,
    count=lambda: looking.how_many_new(me()),
    says=lambda n: ngettext("{n} new receipt", "{n} new receipts", n),
)

NAMED = 60  # people named on a launch; the rest are counted
QUOTED = 4  # sentences from before
OBJECTIONS = 10  # words of those for whom it is not solved, for the team


@bp.get("/launches")
@allowed(anybody)
def index() -> ResponseReturnValue:
    """List what was built because people asked for it."""
    product = request.args.get("product", "")[:40]
    launched = queries.launches_page(db, me(), product, request.args.get("after", ""))
    return page(
        "launches/index.html",
        launches=launched,
        verdicts_of=queries.verdicts_of,
        product=product,
        products=products(db),
    )


@bp.get("/launches/<int:launch_id>")
@allowed(anybody)
def show(launch_id: int) -> ResponseReturnValue:
    """Show what was built, what people wrote before, who is credited, and whether it solved it."""
    launch = queries.find_launch(db, me(), launch_id)
    if launch is None:
        raise NotFound(_("It may have been removed, or the address is not quite right. Look at the launches."))
    named = queries.named_on(db, launch_id, NAMED)
    return page(
        "launches/show.html",
        launch=launch,
        verdicts=queries.verdicts_of(launch),
        steps=_steps(launch),
        is_reopened=launch.item_status is not ItemStatus.LAUNCHED,
        named=named,
        others=max(0, launch.people - (named[0].named if named else 0)),
        unnamed=max(0, (named[0].named if named else 0) - len(named)),
        shares=Shares(launch.authors, launch.voters),
        percent=percent,
        author=Behind.AUTHOR,
        voter=Behind.VOTER,
        quotes=queries.quotes(db, launch_id, QUOTED, launch.before_ids),
        after=queries.words_after(db, launch_id),
        effect=effect_views.told(effect_views.effect_of(launch_id)),
        objections=queries.objections(db, launch_id, OBJECTIONS) if me().is_team else [],
        may_plan=may_plan(me()),
    )


@bp.get("/people/<int:person_id>/launches")
@allowed(anybody)
def by_person(person_id: int) -> ResponseReturnValue:
    """List the launches on which a person is named, with their consent of today."""
    person = profile(db, person_id)
    if person is None:
        raise NotFound
    launches = queries.credits_of(db, person_id, after=request.args.get("after", ""), limit=PAGE_SIZE)
    return page("launches/by_person.html", person=person, launches=launches)


def _steps(launch: queries.AnyRow) -> list[tuple[str, str, str]]:
    """The way from the first word to the launch, with its days."""
    steps = [
        (_("First heard"), launch.first_said_at, "done"),
        (_("On the backlog"), launch.promoted_at, "done"),
        (_("Launched"), launch.launched_at, "now"),
    ]
    return [(word, date_words(at), state) for word, at, state in steps if at is not None]


@bp.get("/me/receipts")
@allowed(is_signed_in)
def receipts() -> ResponseReturnValue:
    """List the reader's receipts: what was built because they said something."""
    found = queries.receipts_page(db, me(), request.args.get("after", ""))
    return page("launches/receipts.html", receipts=found, looked_at=looking.looked_at(me()))


@bp.get("/receipts/<int:receipt_id>")
@allowed(is_signed_in)
def receipt(receipt_id: int) -> ResponseReturnValue:
    """Show one receipt to the person it belongs to; to everybody else there is none."""
    return _show_receipt(receipt_id, Form(Answering))


def _show_receipt(receipt_id: int, form: Form[Answering]) -> ResponseReturnValue:
    row = queries.receipt_in_full(db, me(), receipt_id)
    if row is None:
        raise NotFound(_("There is no such receipt, or it belongs to somebody else."))
    if row.seen_at is None:
        looking.note_look(me(), receipt_id)
    if request.method == "GET" and row.answer is not None:
        form.raw.update(answer=row.answer.value, words=row.words, may_quote=row.may_quote)
    return page(
        "launches/receipt.html",
        status=form.status,
        receipt=row,
        form=form,
        is_author=row.behind is Behind.AUTHOR,
        is_reopened=row.item_status is not ItemStatus.LAUNCHED,
        decisions=list(reversed(book.decisions_on(db, ANYBODY, row.item_id, 12))),
        answers=answers_in_words(),
    )


def answers_in_words() -> list[tuple[str, str, str]]:
    """The answers to *does this solve it?*, as radio cards."""
    return [
        (Answer.YES.value, _("Yes"), _("It is solved for me.")),
        (Answer.PARTLY.value, _("Partly"), _("It is better, and something is left.")),
        (Answer.NO.value, _("No"), _("It is still as I wrote.")),
    ]


@bp.post("/receipts/<int:receipt_id>/answer")
@allowed(is_signed_in)
def answer(receipt_id: int) -> ResponseReturnValue:
    """Keep what the reader says to *does this solve it?*"""
    own = find_or_404(db, queries.find_receipt(me(), receipt_id))
    form = Form(Answering)
    if not form.submitted():
        return _show_receipt(receipt_id, form)
    given = form.value
    services.answer_receipt(db, own, given.answer, given.words, by=me(), may_quote=given.may_quote)
    if form.value.answer is Answer.YES:
        flash(_("Thank you. It counts as solved for you; you can change that at any time."))
    else:
        flash(_("Thank you. The product manager reads it, and can take the matter up again."))
    return go_back("launches.receipt", receipt_id=receipt_id)


@bp.post("/receipts/<int:receipt_id>/credit")
@allowed(is_signed_in)
def credit(receipt_id: int) -> ResponseReturnValue:
    """Let the reader be named on the launches they are behind."""
    own = find_or_404(db, queries.find_receipt(me(), receipt_id))
    services.agree_to_credit(db, own, True, by=me())
    flash(_("You are named from now on."), undo=url_for("launches.withdraw_credit", receipt_id=receipt_id))
    return go("launches.receipt", receipt_id=receipt_id)


@bp.post("/receipts/<int:receipt_id>/credit/withdraw")
@allowed(is_signed_in)
def withdraw_credit(receipt_id: int) -> ResponseReturnValue:
    """Take the reader's name off the launches again."""
    own = find_or_404(db, queries.find_receipt(me(), receipt_id))
    services.agree_to_credit(db, own, False, by=me())
    flash(_("You are named no longer."))
    return go("launches.receipt", receipt_id=receipt_id)


# Pages that belong together have files of their own; importing them is what adds them to the blueprint.
from forum.launches import (  # noqa: E402
    effect_views,
    feed_views,  # noqa: F401
    launching_views,  # noqa: F401
    panels,  # noqa: F401
    pilot_views,  # noqa: F401
    reopening_views,  # noqa: F401
)
