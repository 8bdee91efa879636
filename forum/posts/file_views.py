"""Files of pictures on their way in and out, for every stage that has some; these are no pages themselves."""

from flask import Response, request, send_file

from forum.core.errors import NotFound
from forum.posts import pictures
from forum.posts.pictures import MAX_FILE, TYPES, Prepared

UPLOADS = "30/30 minutes"


def has_picture(_response: Response) -> bool:
    """Whether a picture was sent along: that is what uploads are limited by."""
    return bool(request.files.get("picture"))


def file_of(name: str, called: str) -> Response:
    """The picture that is kept under `name`, for whoever may see it. Raises `NotFound` when its file is gone."""
    ending = name.rpartition(".")[2]
    path = pictures.path_to(name)
    if not path.is_file():
        raise NotFound
    answer = send_file(path, mimetype=TYPES[ending], download_name=f"{called}.{ending}", etag=name, conditional=True)
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"  # should a browser show it as a page
    return answer


def sent_picture() -> Prepared | None:
    """The picture that was sent along, drawn afresh. Raises `Invalid` for what cannot be used.

    It holds no transaction, so call it before anything is read from the database.
    """
    file = request.files.get("picture")
    if file is None or not file.filename:
        return None
    return pictures.prepare(file.stream.read(MAX_FILE * pictures.MEGABYTE + 1))
