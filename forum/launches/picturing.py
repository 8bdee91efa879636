"""The picture of a launch: one, drawn afresh as those of posts are, with words for those who do not see it."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.rules import may_plan
from forum.backlog.models import BacklogItem
from forum.core.errors import Invalid, require
from forum.core.languages import _
from forum.core.people import Reader
from forum.launches.models import Launch, LaunchPicture
from forum.posts import pictures
from forum.posts.pictures import Prepared

pictures.spare(sa.select(LaunchPicture.name))


def find_shown(reader: Reader, picture_id: int) -> sa.Select[LaunchPicture]:
    """The picture with this id, if `reader` may see its launch; before that it is for the team."""
    seen = sa.true() if reader.is_team else Launch.is_public
    query = sa.select(LaunchPicture).outerjoin(Launch, Launch.id == LaunchPicture.launch_id)
    return query.where(LaunchPicture.id == picture_id, seen)


def picture_of(session: Session, item_id: int, launch_id: int | None = None) -> LaunchPicture | None:
    """The picture of a launch of an item, or of the one that is being written."""
    theirs = LaunchPicture.launch_id == launch_id if launch_id else LaunchPicture.launch_id.is_(None)
    return session.scalars(sa.select(LaunchPicture).where(LaunchPicture.item_id == item_id, theirs)).first()


def add_picture(
    session: Session, item: BacklogItem, prepared: Prepared, *, by: Reader, launch_id: int | None = None
) -> LaunchPicture:
    """Keep a picture for a launch in place of the one before it. Raises `NotAllowed` unless `by` plans."""
    require(may_plan(by), _("Only product managers launch."))
    remove_picture(session, item, by=by, launch_id=launch_id)
    picture = LaunchPicture(
        item_id=item.id,
        launch_id=launch_id,
        **pictures.keep_file(prepared),
    )
    session.add(picture)
    session.flush()
    return picture


def remove_picture(session: Session, item: BacklogItem, *, by: Reader, launch_id: int | None = None) -> None:
    """Take the picture of a launch away for good, if it has one. Raises `NotAllowed` unless `by` plans."""
    require(may_plan(by), _("Only product managers launch."))
    picture = picture_of(session, item.id, launch_id)
    if picture is not None:
        session.delete(picture)
        session.flush()
        pictures.drop_files(session, [picture.name])


def describe(picture: LaunchPicture, alt: str) -> None:
    """Say what a picture shows. Raises `Invalid` for the field `picture_alt` when that is nothing."""
    if not alt:
        raise Invalid(fields={"picture_alt": _("Say in a few words what it shows, for those who cannot see it.")})
    picture.alt = alt
