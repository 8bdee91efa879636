"""Pages by which admins add products and areas, rename them and put them in order."""

from flask.typing import ResponseReturnValue

from forum.core.errors import Invalid
from forum.core.languages import LANGUAGES, _, mark, pick
from forum.products import arranging, queries, services
from forum.products.models import Area, Product
from forum.products.rules import may_arrange
from forum.products.schemas import Moving, Naming, NewArea, NewProduct
from forum.products.views import bp
from forum.web.forms import Form
from forum.web.pages import find_or_404, flash, go, page
from forum.web.permissions import allowed, me
from forum.web.session import db


@bp.route("/products/new", methods=["GET", "POST"])
@allowed(may_arrange)
def new_product() -> ResponseReturnValue:
    """Add a product, then its first area."""
    form = Form(NewProduct)
    if form.submitted():
        value = form.value
        try:
            made = services.make_product(db, value.slug or arranging.propose_slug(value.name), value.name, by=me())
            flash(_("{product} is added. Give it its first area: posts are made in areas.", product=pick(made.name)))
            return go("products.new_area", product_id=made.id)
        except Invalid as problem:
            form.refuse(problem)
    return page("products/new.html", form.status, form=form, languages=LANGUAGES)


@bp.route("/products/<int:product_id>/areas/new", methods=["GET", "POST"])
@allowed(may_arrange)
def new_area(product_id: int) -> ResponseReturnValue:
    """Add an area to a product, at the top or below another one."""
    product = find_or_404(db, queries.find_product_by_id(product_id))
    rows = queries.tree(db, product.id)
    form = Form(NewArea, openness="co-create")
    if form.submitted():
        try:
            made = _make_area(product, form.value)
            flash(_("{area} is added. Everybody can post there from now on.", area=pick(made.name)))
            return go("products.areas", _anchor=f"area-{made.id}")
        except Invalid as problem:
            form.refuse(problem)
    above = [(row.id, row.label) for row in rows]
    return page("products/new_area.html", form.status, form=form, product=product, above=above, languages=LANGUAGES)


def _make_area(product: Product, new: NewArea) -> Area:
    parent = db.get(Area, new.parent) if new.parent else None
    if new.parent and parent is None:
        raise Invalid(fields={"parent": _("Choose one of these.")})
    return services.make_area(
        db,
        product,
        new.slug or arranging.propose_slug(new.name),
        new.name,
        by=me(),
        parent=parent,
        openness=new.own_openness,
        why=new.why,
    )


@bp.route("/products/<int:product_id>/name", methods=["GET", "POST"])
@allowed(may_arrange)
def rename_product(product_id: int) -> ResponseReturnValue:
    """Call a product something else."""
    return _rename(find_or_404(db, queries.find_product_by_id(product_id)), f"product-{product_id}")


@bp.route("/areas/<int:area_id>/name", methods=["GET", "POST"])
@allowed(may_arrange)
def rename_area(area_id: int) -> ResponseReturnValue:
    """Call an area something else."""
    return _rename(find_or_404(db, queries.find_area(area_id)), f"area-{area_id}")


def _rename(row: Product | Area, anchor: str) -> ResponseReturnValue:
    form = Form(Naming, **{f"name_{language}": row.name.get(language, "") for language in LANGUAGES})
    if form.submitted():
        try:
            arranging.rename(db, row, form.value.name, by=me())
            flash(_("It is called {name} now. Its address stays.", name=pick(row.name)))
            return go("products.areas", _anchor=anchor)
        except Invalid as problem:
            form.refuse(problem)
    return page("products/rename.html", form.status, form=form, row=row, languages=LANGUAGES)


@bp.post("/products/<int:product_id>/move")
@allowed(may_arrange)
def move_product(product_id: int) -> ResponseReturnValue:
    """Put a product one place up or down."""
    return _move(find_or_404(db, queries.find_product_by_id(product_id)), f"product-{product_id}")


@bp.post("/areas/<int:area_id>/move")
@allowed(may_arrange)
def move_area(area_id: int) -> ResponseReturnValue:
    """Put an area one place up or down among those below the same one."""
    return _move(find_or_404(db, queries.find_area(area_id)), f"area-{area_id}")


_MOVED = {  # whether up, and whether there was a place
    (True, True): mark("{name} stands one place higher now."),
    (True, False): mark("{name} is at the top already."),
    (False, True): mark("{name} stands one place lower now."),
    (False, False): mark("{name} is at the bottom already."),
}


def _move(row: Product | Area, anchor: str) -> ResponseReturnValue:
    form = Form(Moving)
    if form.submitted():
        name, up = pick(row.name), form.value.to == "up"
        moved = arranging.move(db, row, up=up, by=me())
        flash(_(_MOVED[up, moved], name=name))
    return go("products.areas", _anchor=anchor)
