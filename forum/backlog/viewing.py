"""Ways to look at the backlog that people gave a name: their own, and those for everybody."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.rules import is_team, may_plan
from forum.backlog.listing import reread
from forum.backlog.models import SavedView
from forum.backlog.schemas import Viewing
from forum.core.errors import Invalid, NotFound, require
from forum.core.languages import _
from forum.core.people import Reader
from forum.products.models import Product

MOST = 30  # of one person, and of everybody


def views_of(session: Session, reader: Reader) -> Sequence[SavedView]:
    """The views that `reader` sees: those for everybody, then their own."""
    mine = sa.or_(SavedView.owner_id.is_(None), SavedView.owner_id == reader.id)
    order = (SavedView.owner_id.is_not(None), SavedView.name, SavedView.id)
    return session.scalars(sa.select(SavedView).where(mine).order_by(*order).limit(2 * MOST)).all()


def save_view(session: Session, viewing: Viewing, *, by: Reader) -> SavedView:
    """Keep a way to look at the backlog; one of the same name is replaced.

    Raises `NotAllowed` for somebody outside the team, and for a shared view unless `by` plans; `Invalid` when there
    are too many.
    """
    require(is_team(by), _("Only the team keeps views of the backlog."))
    if viewing.is_shared:
        require(may_plan(by), _("Only product managers make views for everybody."))
    owner_id = None if viewing.is_shared else by.id
    looking = reread(viewing.query)
    theirs = SavedView.owner_id.is_(None) if viewing.is_shared else SavedView.owner_id == owner_id
    view = session.scalars(sa.select(SavedView).where(theirs, SavedView.name == viewing.name)).first()
    if view is None:
        if len(session.scalars(sa.select(SavedView.id).where(theirs).limit(MOST)).all()) == MOST:
            raise Invalid(fields={"name": _("There are {n} views already. Remove one first.", n=MOST)})
        view = SavedView(owner_id=owner_id, name=viewing.name)
        session.add(view)
    view.query = looking.query()
    of_product = sa.select(Product.id).where(Product.slug == looking.product)
    view.product_id = session.scalar(of_product) if looking.product else None
    session.flush()
    return view


def remove_view(session: Session, view_id: int, *, by: Reader) -> SavedView:
    """Forget a view and return it as it was. Raises `NotFound` for somebody else's, `NotAllowed` for a shared one
    unless `by` plans.
    """
    view = session.get(SavedView, view_id)
    if view is None or view.owner_id not in (None, by.id):
        raise NotFound(_("This view is not there any more."))
    if view.owner_id is None:
        require(may_plan(by), _("Only product managers remove views for everybody."))
    session.delete(view)
    session.flush()
    return view
