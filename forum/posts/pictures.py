"""Pictures of posts: decoded and drawn afresh, so that nothing but what is to be seen is kept.

A file is written under a random name in the data folder before its row; one whose row never came, or is gone, is
swept up by a job. Who may see a picture is asked of the post each time it is sent.
"""

import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session

from config import settings
from forum.core.clock import utcnow
from forum.core.errors import Invalid, require
from forum.core.languages import _
from forum.core.people import Reader
from forum.posts.models import Draft, Picture, PictureChange, Post
from forum.posts.queries import visible_to

if TYPE_CHECKING:
    from PIL.Image import Image

MEGABYTE = 1024 * 1024  # bytes
MAX_FILE = 10  # megabytes of a file that is sent
MAX_PIXELS = 40  # million, of a picture that is sent
SIDE = 2_000  # pixels of the longer side of a picture that is kept
MOST = 4  # pictures of one post
QUOTA = 200  # megabytes that one person's pictures may take
MAX_ALT = 300  # characters
CHANGES = 100  # of pictures, shown in a post's history
QUALITY = 85
KINDS = ("JPEG", "PNG", "WEBP", "GIF")  # that are taken, by their content
HEIC = (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftyphevc")  # how such files begin, after their length
TYPES = {"jpg": "image/jpeg", "webp": "image/webp"}  # that are kept, by the ending of the name

_one_at_a_time = Lock()  # a picture of 40 million pixels takes 160 MB while it is decoded


@dataclass(frozen=True, slots=True)
class Prepared:
    """A picture drawn afresh, ready to be kept."""

    data: bytes
    ending: str  # of the file's name
    width: int
    height: int


def prepare(data: bytes) -> Prepared:
    """Draw a picture afresh, upright, at most 2,000 pixels long and without anything else that was in its file.

    Takes up to two seconds; call it outside of any transaction. Raises `Invalid` for the field `picture`.
    """
    if len(data) > MAX_FILE * MEGABYTE:
        raise _wrong(_("This file is larger than {n} megabytes. Choose a smaller one.", n=MAX_FILE))
    from PIL import Image

    with _one_at_a_time:
        try:
            return _draw_afresh(Image.open(BytesIO(data), formats=KINDS))
        except (Invalid, MemoryError):
            raise
        except Image.DecompressionBombError as error:
            raise _too_many_pixels() from error
        except Exception as error:  # whatever a decoder stumbles over: the file is what is wrong
            if data[4:12] in HEIC:
                raise _wrong(_("This is a HEIC picture, as some phones take them. Save it as JPEG first.")) from error
            raise _wrong(_("This file cannot be read as a picture. JPEG, PNG, WebP and GIF are taken.")) from error


def _wrong(message: str) -> Invalid:
    return Invalid(fields={"picture": message})


def _too_many_pixels() -> Invalid:
    return _wrong(_("This picture has more than {n} million pixels. Make it smaller first.", n=MAX_PIXELS))


def _draw_afresh(sent: "Image") -> Prepared:
    from PIL import Image, ImageOps

    if sent.width * sent.height > MAX_PIXELS * 1_000_000:
        raise _too_many_pixels()
    is_photo = sent.format == "JPEG"
    sent.draft("RGB", (SIDE, SIDE))  # of a photograph only as much is decoded as is needed
    upright = ImageOps.exif_transpose(sent)
    mode = "RGBA" if upright.has_transparency_data and not is_photo else "RGB"
    drawn = upright.convert(mode)
    drawn.thumbnail((SIDE, SIDE))
    clean = Image.new(mode, drawn.size)  # without the profiles, comments and whatever else a file carries along
    clean.paste(drawn)
    file = BytesIO()
    if is_photo:
        clean.save(file, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    else:
        clean.save(file, "WEBP", quality=QUALITY, method=4)
    return Prepared(file.getvalue(), "jpg" if is_photo else "webp", clean.width, clean.height)


def add_picture(session: Session, prepared: Prepared, *, by: Reader, to: Draft | Post) -> Picture:
    """Keep a picture beside the words of a draft or post of `by`. What it shows is asked for afterwards.

    Raises `NotAllowed` unless it is their own, and `Invalid` for the field `picture` when there are four already or
    their pictures take up all the room that one person has.
    """
    owner = to.user_id if isinstance(to, Draft) else to.author_id
    require(by.id is not None and owner == by.id, _("Only its author adds pictures to a post."))
    if len(pictures_of(session, to)) >= MOST:
        raise _wrong(_("A post has room for {n} pictures. Remove one first.", n=MOST))
    taken = session.scalar(sa.select(sa.func.sum(Picture.size)).where(Picture.owner_id == by.id)) or 0
    if taken + len(prepared.data) > QUOTA * MEGABYTE:
        raise _wrong(_("Your pictures take up {n} megabytes, which is all the room there is. Remove some.", n=QUOTA))
    picture = Picture(
        owner_id=by.id,
        post_id=to.id if isinstance(to, Post) else None,
        draft_id=to.id if isinstance(to, Draft) else None,
        **keep_file(prepared),
    )
    session.add(picture)
    session.flush()
    return picture


def pictures_of(session: Session, of: Draft | Post) -> Sequence[Picture]:
    """The pictures of a draft or post, in the order in which they were added."""
    theirs = Picture.draft_id == of.id if isinstance(of, Draft) else Picture.post_id == of.id
    return session.scalars(sa.select(Picture).where(theirs).order_by(Picture.id)).all()


def shown_with(session: Session, post_id: int) -> Sequence[Picture]:
    """The pictures that stand on a post's page: those of which its author has said what they show."""
    shown = sa.select(Picture).where(Picture.post_id == post_id, Picture.alt != "")
    return session.scalars(shown.order_by(Picture.id)).all()


def seen_with(session: Session, reader: Reader, post_id: int) -> Sequence[Picture]:
    """All pictures of a post that `reader` may see, described or not, for those who judge it."""
    theirs = sa.select(Picture).join(Post, Post.id == Picture.post_id).where(Post.id == post_id, visible_to(reader))
    return session.scalars(theirs.order_by(Picture.id)).all()


def find_picture(reader: Reader, picture_id: int) -> sa.Select[Picture]:
    """The picture with this id, if `reader` may see its post, or is still writing it."""
    unsent = Picture.post_id.is_(None) & (Picture.owner_id == reader.id)
    seen = Picture.post_id.is_not(None) & visible_to(reader)
    query = sa.select(Picture).outerjoin(Post, Post.id == Picture.post_id)
    return query.where(Picture.id == picture_id, unsent | seen)


def describe(session: Session, picture: Picture, alt: str) -> None:
    """Say what a picture shows; of a post that others can read, its history says so.

    Raises `Invalid` for the field `alt_<id>` when it is too long.
    """
    alt = " ".join(alt.replace("\0", "").split())
    if len(alt) > MAX_ALT:
        raise Invalid(fields={f"alt_{picture.id}": _("Use at most {n} characters here.", n=MAX_ALT)})
    if alt and alt != picture.alt:
        _tell_history(session, picture, "described" if picture.alt else "added", alt)
    picture.alt = alt


def _tell_history(session: Session, picture: Picture, what: str, alt: str) -> None:
    """Note in the history of a post that others could read already what became of one of its pictures."""
    post = session.get(Post, picture.post_id) if picture.post_id else None
    if post is not None and post.published_at is not None:
        post.edited_at = utcnow()
        session.add(PictureChange(post_id=post.id, at=post.edited_at, what=what, alt=alt))


def changes_of(session: Session, post: Post) -> Sequence[PictureChange]:
    """What became of a post's pictures since others could read it, the latest first."""
    changes = sa.select(PictureChange).where(PictureChange.post_id == post.id)
    return session.scalars(changes.order_by(PictureChange.id.desc()).limit(CHANGES)).all()


def check_described(pictures: Sequence[Picture]) -> None:
    """Raise `Invalid` for each picture of which nobody has said what it shows."""
    words = _("Say in a few words what it shows, for those who cannot see it.")
    silent = {f"alt_{picture.id}": words for picture in pictures if not picture.alt}
    if silent:
        raise Invalid(fields=silent)


def move_to_post(session: Session, draft: Draft, post: Post) -> None:
    """Give a post the pictures of the draft that it was."""
    theirs = sa.update(Picture).where(Picture.draft_id == draft.id)
    session.execute(theirs.values(draft_id=None, post_id=post.id))


def remove_picture(session: Session, picture: Picture, *, by: Reader) -> None:
    """Take a picture away for good. Raises `NotAllowed` unless `by` added it."""
    require(by.id is not None and picture.owner_id == by.id, _("Only who added a picture removes it."))
    if picture.alt:
        _tell_history(session, picture, "removed", picture.alt)
    remove_all(session, [picture])


def remove_all(session: Session, pictures: Sequence[Picture]) -> None:
    """Take pictures away; their files go when this transaction is committed."""
    names = [picture.name for picture in pictures]
    for picture in pictures:
        session.delete(picture)
    drop_files(session, names)


# --- Files ----------------------------------------------------------------------------------------------------


def folder() -> Path:
    """Where the files lie: in the data folder, of which no web server shows anything."""
    return settings().data_dir / "pictures"


def path_of(picture: Picture) -> Path:
    """The file of a picture."""
    return path_to(picture.name)


def path_to(name: str) -> Path:
    """The file of this name."""
    return folder() / name[:2] / name


def keep_file(prepared: Prepared) -> dict[str, Any]:
    """Write a picture's file under a random name, and return what its row says of it, not described yet.

    Without a row in a day it is swept up.
    """
    name = f"{secrets.token_hex(16)}.{prepared.ending}"
    _write(name, prepared.data)
    size = len(prepared.data)
    return {
        "name": name,
        "width": prepared.width,
        "height": prepared.height,
        "size": size,
        "alt": "",
        "added_at": utcnow(),
    }


def drop_files(session: Session, names: Sequence[str]) -> None:
    """Remove files when this transaction is committed."""
    if names:
        event.listen(session, "after_commit", lambda _session: _unlink(names), once=True)


def spare(names: sa.Select[str]) -> None:
    """Have the sweep leave files alone that a later stage keeps rows of: a select of their names."""
    _SPARED.append(names)


_SPARED: list[sa.Select[str]] = [sa.select(Picture.name)]


def _write(name: str, data: bytes) -> None:
    path = path_to(name)
    path.parent.mkdir(0o700, parents=True, exist_ok=True)
    path.touch(0o600)
    path.write_bytes(data)


def _unlink(names: Sequence[str]) -> None:
    for name in names:
        with suppress(OSError):  # it may be gone already; what stays is swept up
            path_to(name).unlink()


def sweep(session: Session, *, older_than: float) -> int:
    """Remove files without a row that are older than so many seconds; returns how many there were."""
    then = utcnow().timestamp() - older_than
    found = {path.name for path in folder().glob("??/*") if path.stat().st_mtime < then}
    known = {name for spared in _SPARED for name in session.scalars(spared)}
    lost = sorted(found - known)
    _unlink(lost)
    return len(lost)
