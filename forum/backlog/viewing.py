"""Ways to look at the backlog that people gave a name: their own, and those for everybody."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.rules import is_team, may_plan
from forum.backlog.listing import reread
from forum.backlog.models import SavedView
from forum.backlog.schemas import Viewing
from forum.core.errors import Conflict, Invalid, NotFound, require
from forum.core.languages import _
from forum.core.people import Reader
from forum.products.models import Product

MOST = 30  # of one person, and of everybody


class Taken(Conflict):
    """There is a view of that name, which holds something else than its reader has seen."""

    def __init__(self, view: SavedView) -> None:
        super().__init__(
            _("There is a view called “{view}” already. Look at what it holds, then choose.", view=view.name)
        )
        self.query = view.query


def views_of(session: Session, reader: Reader) -> Sequence[SavedView]:
    """The views that `reader` sees: those for everybody, then their own."""
    mine = sa.or_(SavedView.owner_id.is_(None), SavedView.owner_id == reader.id)
    order = (SavedView.owner_id.is_not(None), SavedView.name, SavedView.id)
    return session.scalars(sa.select(SavedView).where(mine).order_by(*order).limit(2 * MOST)).all()


def save_view(session: Session, viewing: Viewing, *, by: Reader) -> SavedView:
    """Keep a way to look at the backlog; one of the same name is replaced by whoever has seen what it holds.

    Raises `NotAllowed` for somebody outside the team, and for a shared view unless `by` plans; `Invalid` when there
    are too many; `Taken` when the view of that name holds something that `by` has not seen.
    """
    require(is_team(by), _("Only the team keeps views of the backlog."))
    if viewing.is_shared:
        require(may_plan(by), _("Only product managers make views for everybody."))
    owner_id = None if viewing.is_shared else by.id
    looking = reread(viewing.query)
    theirs = SavedView.owner_id.is_(None) if viewing.is_shared else SavedView.owner_id == owner_id
    named = sa.select(SavedView).where(theirs, SavedView.name == viewing.name).with_for_update()
    view = session.scalars(named, execution_options={"populate_existing": True}).first()
    if view is None:
        if len(session.scalars(sa.select(SavedView.id).where(theirs).limit(MOST)).all()) == MOST:
            raise Invalid(fields={"name": _("There are {n} views already. Remove one first.", n=MOST)})
        view = SavedView(owner_id=owner_id, name=viewing.name)
        session.add(view)
    elif view.query != looking.query() and viewing.replaces != f"?{view.query}":
        raise Taken(view)
    view.query = looking.query()
    of_product = sa.select(Product.id).where(Product.slug == looking.product)
    view.product_id = session.scalar(of_product) if looking.product else None
    session.flush()
    return view


def remove_view(session: Session, view_id: int, *, by: Reader, stood: str | None = None) -> SavedView:
    """Forget a view and return it as it was. Raises `NotFound` for somebody else's, `NotAllowed` for a shared one
    unless `by` plans, and `Conflict` when it holds something else by now than it `stood` for.
    """
    view = session.get(SavedView, view_id)
    if view is None or view.owner_id not in (None, by.id):
        raise NotFound(_("This view is not there any more."))
    if view.owner_id is None:
        require(may_plan(by), _("Only product managers remove views for everybody."))
    if stood is not None and view.query != stood:
        raise Conflict(
            _("Somebody has changed “{view}” meanwhile. Look at it again before you remove it.", view=view.name)
        )
    session.delete(view)
    session.flush()
    return view
