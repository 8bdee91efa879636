"""Files of plain arrays that several processes map into memory at once; nothing is unpickled.

A first line of our own, a JSON header with names, types, shapes and places, then the arrays. The header carries a
checksum of everything after it, so that a damaged or foreign file is refused. A file is never changed: a new one
takes its place, and who has the old one mapped keeps it until they let go.
"""

import contextlib
import json
import mmap
import os
import tempfile
import zlib
from pathlib import Path

import numpy as np

from forum.engine.files import ModelFileError

_FIRST = b"cabin-similar 1\n"
_ALIGNED = 64  # bytes
_AT_ONCE = 1 << 20  # bytes


def write_arrays(path, facts, arrays):
    """Write `facts` (JSON values) and `arrays` (name -> ndarray of numbers) to `path`, all or nothing."""
    path = Path(path)
    places, body, crc = {}, 0, 0
    parts = []
    for name, array in arrays.items():
        raw = array.tobytes()
        padding = bytes(-body % _ALIGNED)
        body += len(padding)
        places[name] = [array.dtype.str, list(array.shape), body]
        body += len(raw)
        parts += [padding, raw]
    for part in parts:
        crc = zlib.crc32(part, crc)
    header = json.dumps({"facts": facts, "arrays": places, "bytes": body, "crc": crc}).encode() + b"\n"
    header = header.rjust(len(header) + (-(len(_FIRST) + len(header)) % _ALIGNED))
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".draft")
    try:
        with os.fdopen(handle, "wb") as file:
            for part in (_FIRST, header, *parts):
                file.write(part)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(draft)
        raise


def read_arrays(path):
    """Return (facts, arrays) of the file at `path`; the arrays are read-only views of it.

    Its checksum is compared first, which reads it once from end to end. Raises ``FileNotFoundError`` when there
    is none and ``ModelFileError`` when it cannot be trusted.
    """
    with open(path, "rb") as file:
        try:
            header, start = _read_header(file)
            crc, size = 0, 0
            while part := file.read(_AT_ONCE):
                crc, size = zlib.crc32(part, crc), size + len(part)
            if (crc, size) != (header["crc"], header["bytes"]):
                raise ModelFileError(f"{path} is damaged: its checksum does not match")
            whole = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            arrays = {
                name: np.frombuffer(whole, np.dtype(kind), int(np.prod(shape)), start + place).reshape(shape)
                for name, (kind, shape, place) in header["arrays"].items()
            }
            return header["facts"], arrays
        except ModelFileError:
            raise
        except (OSError, KeyError, ValueError, TypeError, AttributeError) as error:
            raise ModelFileError(f"{path} is no index of similar posts, or is damaged: {error}") from error


def _read_header(file):
    if file.readline(len(_FIRST)) != _FIRST:
        raise ModelFileError(f"{file.name} is no index of similar posts, or of another version")
    return json.loads(file.readline(1 << 20)), file.tell()
