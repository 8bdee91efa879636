"""Write and read model files: one npz of plain arrays with a JSON header; nothing is unpickled.

The header carries format, version and the SHA-256 of everything else, so that a damaged, foreign or newer
file is refused rather than half understood.
"""

import contextlib
import hashlib
import json
import math
import os
import tempfile
import zipfile
from pathlib import Path

import numpy as np
from numpy.lib import format as npy

FORMAT = "cabin-themes"
VERSION = 1
LARGEST = 4 * 2**30  # bytes of a file that is read at all
MOST_MEMBERS = 1_000


class ModelFileError(ValueError):
    """The file is not a model of ours, is damaged, or was written by another version."""


def write_model(path, facts, arrays):
    """Write `facts` (JSON values) and `arrays` (name -> ndarray) to `path`, all or nothing.

    Raises ``TypeError`` when a fact is no JSON value, such as a post id that is neither str nor int.
    """
    path = Path(path)
    body = json.dumps(facts, ensure_ascii=False, sort_keys=True, default=_plain).encode()
    header = {"format": FORMAT, "version": VERSION, "sha256": _digest(body, arrays)}
    members = {f"array:{name}": np.ascontiguousarray(array) for name, array in arrays.items()}
    members["facts"] = np.frombuffer(body, dtype=np.uint8)
    members["header"] = np.frombuffer(json.dumps(header).encode(), dtype=np.uint8)
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".draft")
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez(file, **members)  # type: ignore[arg-type]  # no name is `allow_pickle`
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
        _sync_folder(path.parent)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(draft)
        raise


def read_model(path):
    """Return (facts, arrays) of the model at `path`.

    Raises ``FileNotFoundError`` when there is none and ``ModelFileError`` when it cannot be trusted.
    """
    try:
        _check_archive(path)
        with np.load(path, allow_pickle=False) as members:
            header = json.loads(members["header"].tobytes())
            _check_header(header, path)
            body = members["facts"].tobytes()
            arrays = {name.removeprefix("array:"): members[name] for name in members.files if name.startswith("array:")}
            facts = json.loads(body)
    except (FileNotFoundError, PermissionError, ModelFileError):
        raise
    except (OSError, EOFError, KeyError, ValueError, AttributeError, TypeError, zipfile.BadZipFile) as error:
        raise ModelFileError(f"{path} is not a theme model, or is damaged: {error}") from error
    except Exception as error:  # zlib and struct have errors of their own for damaged archives
        raise ModelFileError(f"{path} is damaged: {error}") from error
    if _digest(body, arrays) != header["sha256"]:
        raise ModelFileError(f"{path} is damaged: its checksum does not match")
    return facts, arrays


def _check_archive(path):
    """Refuse a file that would take more memory than its own size, before anything of it is read.

    Members of ours are stored as they are. A packed one may unpack to any size, members that lie over each other
    add up to more than the file, and an array may claim a shape that its member does not hold.
    """
    size = Path(path).stat().st_size
    if size > LARGEST:
        raise ModelFileError(f"{path} has {size} bytes, more than any theme model")
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        stored = all(one.compress_type == zipfile.ZIP_STORED and one.compress_size == one.file_size for one in members)
        if not stored or len(members) > MOST_MEMBERS or sum(one.file_size for one in members) > size:
            raise ModelFileError(f"{path} is not a theme model: it is packed in a way that none of ours is")
        for member in members:
            with archive.open(member) as file:
                _check_array(path, file, member.file_size)


def _check_array(path, file, size):
    """Refuse an array whose header claims another size than the `size` bytes of its `file`."""
    read_header = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}[npy.read_magic(file)]
    shape, _is_fortran, kind = read_header(file)
    if kind.hasobject or math.prod(shape) * kind.itemsize + file.tell() != size:
        raise ModelFileError(f"{path} is not a theme model: an array is not as large as it says")


def _check_header(header, path):
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise ModelFileError(f"{path} is not a theme model")
    if header.get("version") != VERSION:
        raise ModelFileError(f"{path} has version {header.get('version')!r}; this program reads {VERSION}")


def _sync_folder(folder):
    """Make sure that the new name outlives a power cut, where the system can."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _digest(body, arrays):
    digest = hashlib.sha256(body)
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        digest.update(f"{name}|{array.dtype.str}|{array.shape}".encode())
        digest.update(array.data)
    return digest.hexdigest()


def _plain(value):
    """Return a numpy number as a plain one, for JSON."""
    if isinstance(value, np.integer | np.floating | np.bool_):
        return value.item()
    raise TypeError(f"{value!r} cannot be kept in a model file; ids are strings or whole numbers")
