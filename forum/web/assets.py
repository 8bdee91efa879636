"""Static files under hashed addresses, immutable and compressed once, served from memory."""

import hashlib
import mimetypes
import zlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from flask import Response, request

from config import HOME
from forum.core.errors import NotFound

STATIC = HOME / "static"


@dataclass(frozen=True)
class _Asset:
    content: bytes
    gzipped: bytes
    kind: str


@lru_cache
def _assets() -> tuple[str, dict[str, _Asset]]:
    """The version of all files together, and each by its path below `static/`."""
    files: dict[str, _Asset] = {}
    digest = hashlib.sha256()
    for path in sorted(STATIC.rglob("*")):
        if not path.is_file():
            continue
        content = path.read_bytes()
        digest.update(path.name.encode() + content)
        packer = zlib.compressobj(9, zlib.DEFLATED, 31)
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        if kind.startswith("text/"):
            kind += "; charset=utf-8"
        files[path.relative_to(STATIC).as_posix()] = _Asset(content, packer.compress(content) + packer.flush(), kind)
    return digest.hexdigest()[:12], files


def asset(path: str) -> str:
    """The address of a static file; it changes whenever any of them does, so scripts can import each other."""
    return f"/static/{_assets()[0]}/{path}"


def serve(path: str) -> Response:
    """A static file, compressed when the browser takes that. Raises `NotFound`."""
    file = _assets()[1].get(path)
    if file is None:
        raise NotFound
    zipped = "gzip" in request.headers.get("Accept-Encoding", "")
    response = Response(file.gzipped if zipped else file.content, content_type=file.kind)
    if zipped:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def static_folder() -> Path:
    """Where the files lie."""
    return STATIC
