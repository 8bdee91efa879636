"""The page on which product managers answer questions about themes, one at a time."""

from flask import request, url_for
from flask.typing import ResponseReturnValue

from forum.accounts.rules import may_plan
from forum.core.errors import Conflict, NotFound
from forum.core.languages import _
from forum.products.models import Product
from forum.products.queries import products as read_products
from forum.themes import answering, queries
from forum.themes.labels import label_of
from forum.themes.schemas import Reply
from forum.themes.status import Answer
from forum.themes.training import standing_model
from forum.themes.views import bp, product_links
from forum.web.forms import Form
from forum.web.pages import flash, go, page
from forum.web.permissions import allowed, me
from forum.web.session import db


@bp.get("/themes/questions")
@allowed(may_plan)
def questions() -> ResponseReturnValue:
    """Show the question whose answer would help the themes of a product most."""
    products = read_products(db)
    product = queries.choose_product(products, request.args.get("product", ""))
    asked = answering.read_question(db, product.id) if product else None
    return page(
        "themes/questions.html",
        products=product_links(products, product, "themes.questions"),
        product=product,
        slug=request.args.get("product"),
        asked=asked,
        labels=[label_of(theme) if theme else "" for theme in asked.themes] if asked else [],
        answered=len(answering.read_answered(db, product.id)) if product else 0,
        has_model=bool(product and standing_model(db, product.id)),
        form=Form(Reply),
    )


@bp.post("/themes/questions")
@allowed(may_plan)
def reply() -> ResponseReturnValue:
    """Do what the answer to a question asks for, and go on to the next one."""
    product = queries.choose_product(read_products(db), request.args.get("product", ""))
    form = Form(Reply)
    if product is None or not form.submitted():
        flash(_("Choose an answer first."), problem=True)
        return go("themes.questions", product=request.args.get("product"))
    _answer(product, form.value)
    return go("themes.questions", product=request.args.get("product"))


def _answer(product: Product, reply: Reply) -> None:
    """Carry out an answer and say what became of it."""
    try:
        row = answering.answer(db, product.id, reply.question, reply.answer, by=me())
    except (Conflict, NotFound) as problem:
        flash(problem.message, problem=True)
        return
    words = {
        Answer.YES: _("Done. Later runs keep it so."),
        Answer.NO: _("Noted: it stays as it is, and later runs keep it so."),
        Answer.UNSURE: _("Noted. Nobody is asked this again."),
    }
    flash(words[reply.answer], undo=url_for("themes.undo", steering_id=row.id))
