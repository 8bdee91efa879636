"""Pictures: drawn afresh before they are kept, described, and sent only to whoever may see their post."""

import struct
import zlib
from io import BytesIO

import pytest
import sqlalchemy as sa
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from forum.core.errors import Invalid, NotAllowed
from forum.moderation.models import Case
from forum.moderation.status import CaseKind
from forum.posts import drafts, pictures
from forum.posts.models import Picture, Post
from forum.posts.pictures import add_picture, folder, path_of, prepare, sweep
from forum.posts.schemas import DraftFields
from forum.posts.status import Moderation, Visibility

SECRET = b"59.9139 N"


def drawn(kind="PNG", size=(60, 40), mode="RGB", **values) -> bytes:
    """A small picture, its left half red."""
    image = Image.new(mode, size, "white")
    image.paste(Image.new(mode, (size[0] // 2, size[1]), "red"))
    file = BytesIO()
    image.save(file, kind, **values)
    return file.getvalue()


def huge_png(width, height) -> bytes:
    """The beginning of a PNG that says that it is huge."""

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")


@pytest.fixture
def kari(make):
    return make.person("Kari")


@pytest.fixture
def post(make, kari):
    return make.post("The seat is cold", author=kari)


@pytest.fixture
def kept(session, make, kari, post):
    """A picture of a post that everybody may see."""
    picture = add_picture(session, prepare(drawn()), by=make.as_reader(kari), to=post)
    picture.alt = "A red seat"
    session.commit()
    return picture


def read_back(prepared):
    return Image.open(BytesIO(prepared.data))


@pytest.mark.parametrize(("kind", "ending"), [("JPEG", "jpg"), ("PNG", "webp"), ("WEBP", "webp"), ("GIF", "webp")])
def test_what_is_kept_is_drawn_afresh(kind, ending):
    prepared = prepare(drawn(kind))
    again = read_back(prepared)

    assert (prepared.ending, again.size, again.format) == (ending, (60, 40), "JPEG" if ending == "jpg" else "WEBP")
    red, green, _blue = again.convert("RGB").getpixel((5, 20))
    assert red > 200
    assert green < 60


def test_nothing_else_of_a_file_is_kept():
    exif = Image.Exif()
    exif[0x010E] = exif[0x8298] = SECRET.decode()
    exif.get_ifd(0x8825)[29] = SECRET.decode()
    note = PngInfo()
    note.add_text("Comment", SECRET.decode())
    sent = [
        drawn("JPEG", exif=exif, comment=SECRET) + SECRET,
        drawn("PNG", exif=exif, pnginfo=note) + SECRET,
        drawn("WEBP", exif=exif, xmp=SECRET),
    ]

    assert all(SECRET in data for data in sent)
    assert [SECRET in prepare(data).data for data in sent] == [False, False, False]
    assert [dict(read_back(prepare(data)).getexif()) for data in sent] == [{}, {}, {}]


def test_a_photograph_stands_upright_and_is_made_smaller():
    exif = Image.Exif()
    exif[0x0112] = 6  # taken with the camera turned to the right
    prepared = prepare(drawn("JPEG", size=(4400, 2200), exif=exif))

    assert (prepared.width, prepared.height) == (1000, 2000)
    red, green, _blue = read_back(prepared).getpixel((500, 100))  # what was on the left is on top
    assert (red > 200, green < 60) == (True, True)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "cannot be read"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "cannot be read"),
        (b"%PDF-1.7", "cannot be read"),
        (drawn("PNG")[:60], "cannot be read"),
        (drawn("BMP"), "cannot be read"),
        (drawn("TIFF"), "cannot be read"),
        (huge_png(8000, 8000), "more than 40 million pixels"),
        (huge_png(60000, 60000), "more than 40 million pixels"),
        (b"\xff\xd8\xff" + b"x" * 10 * 1024 * 1024, "larger than 10 megabytes"),
    ],
    ids=["empty", "svg", "pdf", "cut", "bmp", "tiff", "huge", "bomb", "large"],
)
def test_what_is_no_picture_is_refused_with_a_sentence(data, why):
    with pytest.raises(Invalid, match=why) as refused:
        prepare(data)

    assert list(refused.value.fields) == ["picture"]


def test_a_post_has_room_for_four_pictures_of_its_author(session, make, kari, post):
    by = make.as_reader(kari)
    with pytest.raises(NotAllowed):
        add_picture(session, prepare(drawn()), by=make.reader(), to=post)
    for _n in range(4):
        add_picture(session, prepare(drawn()), by=by, to=post)
    with pytest.raises(Invalid, match="room for 4 pictures"):
        add_picture(session, prepare(drawn()), by=by, to=post)


def test_one_persons_pictures_have_so_much_room(session, make, kari, post, monkeypatch):
    monkeypatch.setattr(pictures, "QUOTA", 0.0001)
    with pytest.raises(Invalid, match="all the room there is"):
        add_picture(session, prepare(drawn("JPEG", size=(900, 900))), by=make.as_reader(kari), to=post)


def test_names_are_random_and_the_folder_is_its_owners(session, make, kari, post):
    one, two = (add_picture(session, prepare(drawn()), by=make.as_reader(kari), to=post) for _n in range(2))

    assert (len(one.name), one.name != two.name) == (37, True)
    assert (path_of(one).stat().st_mode & 0o077, path_of(one).parent.stat().st_mode & 0o077) == (0, 0)


def test_a_picture_is_sent_with_strict_headers(visitor, kept):
    answer = visitor.open(f"/pictures/{kept.id}").response

    assert answer.headers.getlist("Content-Security-Policy")[0] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Type"] == "image/webp"
    assert answer.headers["Content-Disposition"] == f"inline; filename=picture-{kept.id}.webp"
    assert "Set-Cookie" not in answer.headers
    again = visitor.client.get(f"/pictures/{kept.id}", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("state", "seen"),
    [
        ({}, "anybody customer author employee moderator"),
        ({"visibility": Visibility.PRIVATE}, "author employee moderator"),
        ({"moderation": Moderation.WAITING}, "author moderator"),
        ({"moderation": Moderation.HIDDEN}, "author moderator"),
        ({"moderation": Moderation.ERASED}, ""),
    ],
)
def test_who_sees_the_post_sees_its_pictures_and_nobody_else(visitor, session, make, kari, post, kept, state, seen):
    for name, value in state.items():
        setattr(post, name, value)
    post.is_listed = not state
    session.commit()
    people = {"customer": make.person(), "author": kari, "employee": make.manager(), "moderator": make.moderator()}
    found = ["anybody"] if visitor.client.get(f"/pictures/{kept.id}").status_code == 200 else []
    for name, person in people.items():
        visitor.sign_in(person)
        if visitor.client.get(f"/pictures/{kept.id}").status_code == 200:
            found.append(name)

    assert found == seen.split()


def test_a_picture_of_a_draft_is_its_owners_alone(visitor, session, make, kari):
    by = make.as_reader(kari)
    draft = drafts.save_draft(session, DraftFields(title="Cold"), by=by)
    picture = add_picture(session, prepare(drawn()), by=by, to=draft)
    session.commit()

    for person, status in ((make.admin(), 404), (kari, 200)):
        assert visitor.sign_in(person).client.get(f"/pictures/{picture.id}").status_code == status


def test_files_go_with_their_rows_once_that_is_committed(session, make, kari, kept):
    path = path_of(kept)
    pictures.remove_picture(session, kept, by=make.as_reader(kari))
    session.flush()
    assert path.exists()
    session.commit()
    assert not path.exists()


def test_files_without_a_row_are_swept_up(session, kept):
    stray = folder() / "ab" / "ab12.webp"
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"x")

    assert sweep(session, older_than=3600) == 0
    assert sweep(session, older_than=-1) == 1
    assert (stray.exists(), path_of(kept).exists()) == (False, True)


def fields_of(visitor):
    return next(form.fields for form in visitor.forms() if "body" in form.fields)


def send_file(visitor, data, *, status=200, address="/posts/new", **more):
    """Send the form of this page with a file in it."""
    form = next(form for form in visitor.forms() if form.method == "post" and (form.action or address) == address)
    values = {name: value[-1] for name, value in form.fields.items()} | more
    visitor.session.commit()
    answer = visitor.client.post(
        address, data=values | {"picture": (BytesIO(data), "../../etc/évil.png")}, follow_redirects=True
    )
    return visitor._arrive(answer, status)


def test_a_picture_is_added_described_and_goes_out_with_the_post(visitor, session, make, kari):
    seats = make.area("seats")
    visitor.sign_in(kari).open("/posts/new")
    words = {"kind": "complaint", "title": "The seat is cold", "body": "Every morning.", "area_id": seats.id}
    send_file(visitor, drawn(), status=422, **words)  # and presses Post at once
    assert "Say in a few words what it shows" in visitor.text
    assert fields_of(visitor)["body"] == ["Every morning."]
    assert session.scalars(sa.select(Post)).all() == []

    session.commit()
    name = f"alt_{session.scalars(sa.select(Picture.id)).one()}"
    visitor.send("Preview", **{name: "A <red> seat"})
    assert 'alt="A &lt;red&gt; seat"' in visitor.html
    visitor.send("Post")

    picture = session.scalars(sa.select(Picture)).one()
    assert (picture.post_id, picture.draft_id, picture.alt) == (
        session.scalars(sa.select(Post.id)).one(),
        None,
        "A <red> seat",
    )
    assert f'src="/pictures/{picture.id}"' in visitor.html
    visitor.client.delete_cookie("cabin_sign_in")
    assert f'src="/pictures/{picture.id}"' in visitor.open(f"/posts/{picture.post_id}").html


def test_pictures_of_a_post_are_added_and_removed_afterwards(visitor, session, make, kari, post):
    visitor.sign_in(kari).open(f"/posts/{post.id}/pictures")
    send_file(visitor, drawn("JPEG"), address=f"/posts/{post.id}/pictures")
    picture = session.scalars(sa.select(Picture)).one()
    assert f"/pictures/{picture.id}" not in visitor.open(f"/posts/{post.id}").html  # nobody has said what it shows

    visitor.open(f"/posts/{post.id}/pictures").send("Save", status=422)
    visitor.send("Save", **{f"alt_{picture.id}": "A seat"})
    assert 'alt="A seat"' in visitor.html
    visitor.open(f"/posts/{post.id}/pictures").send("Save", **{f"alt_{picture.id}": "A red seat"})
    visitor.open(f"/posts/{post.id}/pictures").send("Remove picture 1")
    assert "Edited" in visitor.open(f"/posts/{post.id}").text
    visitor.open(f"/posts/{post.id}/history")
    told = ["Removed: “A red seat”", "Described anew: “A red seat”", "Added: “A seat”"]
    assert sorted(told, key=visitor.text.index) == told
    assert session.scalars(sa.select(Picture)).all() == []
    visitor.sign_in(make.admin()).open(f"/posts/{post.id}/pictures", status=403)


def test_what_was_typed_stays_when_a_file_is_refused(visitor, kari, make):
    make.area("seats")
    visitor.sign_in(kari).open("/posts/new")
    send_file(visitor, b"no picture", status=422, do="picture", title="The seat is cold", body="Every morning.")

    assert "This file cannot be read as a picture." in visitor.text
    assert (fields_of(visitor)["title"], fields_of(visitor)["body"]) == (["The seat is cold"], ["Every morning."])


def test_a_moderator_sees_the_pictures_of_a_post_that_waits(visitor, session, make, kari):
    post = make.post("Waiting", author=kari, moderation=Moderation.WAITING)
    picture = add_picture(session, prepare(drawn()), by=make.as_reader(kari), to=post)
    now = post.created_at
    session.add(Case(kind=CaseKind.FIRST_POST, post_id=post.id, open_key=f"first {post.id}", opened_at=now))

    visitor.sign_in(make.moderator()).open("/moderation")

    assert f'src="/pictures/{picture.id}"' in visitor.html
