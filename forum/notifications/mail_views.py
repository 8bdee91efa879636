"""The page on which admins see mail that could not be sent, and why; never what it says."""

from flask import request
from flask.typing import ResponseReturnValue

from forum.core import outbox
from forum.core.errors import NotFound
from forum.core.languages import _, mark, ngettext
from forum.core.outbox import OutboxMail
from forum.notifications import rules, services
from forum.notifications.views import bp
from forum.web.navigation import menu
from forum.web.pages import flash, go, page
from forum.web.permissions import allowed, me
from forum.web.session import db

menu("notifications.undelivered", mark("Mail"), rule=rules.may_see_mail, group="team", order=91)
SHOWN = 100  # mails on the page


@bp.get("/admin/mail")
@allowed(rules.may_see_mail)
def undelivered() -> ResponseReturnValue:
    """List mail that was given up, or waits for its next try, the latest first."""
    counts = outbox.counts(db)
    group = request.args.get("group", "dead")
    group = group if group in ("dead", "late") else "dead"
    return page("notifications/undelivered.html", mails=outbox.stuck(db, group, SHOWN), counts=counts, group=group)


@bp.post("/admin/mail/<int:mail_id>/<any(again, drop):what>")
@allowed(rules.may_see_mail)
def handle_mail(mail_id: int, what: str) -> ResponseReturnValue:
    """Try a mail again at once, or give it up."""
    mail = db.get(OutboxMail, mail_id)
    if mail is None:
        raise NotFound
    if what == "again":
        services.send_again(db, mail, by=me())
        flash(_("It is tried again now."))
    else:
        services.drop_mail(db, mail, by=me())
        flash(_("Dropped. What it said is forgotten."))
    return go("notifications.undelivered")


@bp.post("/admin/mail/again")
@allowed(rules.may_see_mail)
def send_all_again() -> ResponseReturnValue:
    """Try all mail again that was given up."""
    mails = outbox.stuck(db, "dead", 1_000)
    for mail in mails:
        services.send_again(db, mail, by=me())
    flash(ngettext("{n} mail is tried again now.", "{n} mails are tried again now.", len(mails)))
    return go("notifications.undelivered")
