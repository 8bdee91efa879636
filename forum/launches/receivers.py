"""What launches does when earlier stages tell what happened."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.backlog.events import ItemShown
from forum.backlog.models import Evidence
from forum.core.events import on
from forum.launches import forgetting, looking, wording  # noqa: F401  # it hears by itself
from forum.launches.models import Launch, Receipt
from forum.posts import timeline


@on(ItemShown)
def item_shown(session: Session, event: ItemShown) -> None:
    """The launches of an item are as public as the item itself."""
    session.execute(sa.update(Launch).where(Launch.item_id == event.item_id).values(is_public=event.is_public))
    launches = sa.select(Launch.id).where(Launch.item_id == event.item_id)
    looking.count_new(session, sa.select(Receipt.user_id).where(Receipt.launch_id.in_(launches)))
    posts = sa.select(Evidence.post_id).where(Evidence.item_id == event.item_id, ~Evidence.is_left_out)
    timeline.show_or_hide(session, posts, [wording.LAUNCHED], is_public=event.is_public, item_id=event.item_id)
