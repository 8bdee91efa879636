"""The pages of the library of reasons: what moderators choose from and authors read."""

from typing import Any

from flask.typing import ResponseReturnValue

from forum.accounts.rules import may_moderate
from forum.core.errors import Invalid, NotFound
from forum.core.languages import LANGUAGES, _
from forum.moderation import library
from forum.moderation.panels import forget_reasons
from forum.moderation.reasons import PURPOSES
from forum.moderation.schemas import Wording
from forum.moderation.status import Purpose
from forum.moderation.views import bp
from forum.web.forms import Form
from forum.web.pages import flash, go, page
from forum.web.permissions import allowed, me
from forum.web.session import db


@bp.get("/reasons")
@allowed(may_moderate)
def reason_list() -> ResponseReturnValue:
    """The whole library, by what each reason is for."""
    lines = library.lines(db)
    groups = [(_(words), [line for line in lines if line.purpose is one]) for one, words in PURPOSES.items()]
    return page("moderation/reasons.html", groups=groups, languages=LANGUAGES)


@bp.route("/reasons/new", methods=["GET", "POST"])
@allowed(may_moderate)
def new_reason() -> ResponseReturnValue:
    """Add a reason of one's own."""
    return _word(None, Form(Wording, purpose=Purpose.AWAY))


@bp.route("/reasons/<reason_key>", methods=["GET", "POST"])
@allowed(may_moderate)
def change_reason(reason_key: str) -> ResponseReturnValue:
    """Word a reason differently, whether Cabin came with it or the site made it."""
    line = _line(reason_key)
    words = {f"words_{code}": line.words.get(code, "") for code in LANGUAGES}
    names = {f"name_{code}": line.name.get(code, "") for code in LANGUAGES}
    return _word(line, Form(Wording, purpose=line.purpose, **words, **names))


def _line(key: str) -> library.Line:
    line = library.find_line(db, key)
    if line is None:
        raise NotFound(_("There is no such reason in the library."))
    return line


def _word(line: library.Line | None, form: Form[Wording]) -> ResponseReturnValue:
    if form.submitted():
        value = form.value
        try:
            library.write_reason(db, line, value.purpose, value.name, value.words, by=me())
            forget_reasons()
            flash(_("Saved. What was decided with it before keeps its words."))
            return go("moderation.reason_list")
        except Invalid as problem:
            form.refuse(problem)
    shown: dict[str, Any] = {"line": line, "languages": LANGUAGES}
    shown["purposes"] = [(one.value, _(words)) for one, words in PURPOSES.items()]
    return page("moderation/reason.html", form.status, form=form, has_errors=bool(form.errors), **shown)


@bp.post("/reasons/<reason_key>/retire")
@allowed(may_moderate)
def retire_reason(reason_key: str) -> ResponseReturnValue:
    """Offer a reason no longer, or again."""
    line = _line(reason_key)
    if line.retired_at is None:
        library.retire(db, line, by=me())
        flash(_("Retired: it is not offered any more. What was decided with it keeps its words."))
    else:
        library.bring_back(db, line, by=me())
        flash(_("It is offered again."))
    forget_reasons()
    return go("moderation.reason_list")
