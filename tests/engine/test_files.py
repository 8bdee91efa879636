"""Model files: refused unless they are whole and ours."""

import json

import numpy as np
import pytest

from forum.engine import ModelFileError, ThemeModel, load_themes


@pytest.fixture
def saved(model, tmp_path):
    path = tmp_path / "themes.npz"
    model.save(path)
    return path


@pytest.mark.parametrize("load", [ThemeModel.load, load_themes])
def test_a_file_that_is_no_model_is_refused(load, tmp_path):
    for content in (b"", b"not a model", b"PK\x03\x04 nor this"):
        (tmp_path / "foreign").write_bytes(content)
        with pytest.raises(ModelFileError):
            load(tmp_path / "foreign")


def test_a_changed_byte_anywhere_is_noticed(saved):
    whole = saved.read_bytes()
    for place in range(200, len(whole), len(whole) // 23):
        changed = bytearray(whole)
        changed[place] ^= 0xFF
        saved.write_bytes(changed)
        try:
            load_themes(saved)
        except ModelFileError:
            continue
        # Only what is never read, such as a date in the archive, may change unnoticed.
        saved.write_bytes(whole)
        assert load_themes(saved).themes


def test_a_file_cut_short_is_refused(saved):
    whole = saved.read_bytes()
    saved.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ModelFileError):
        load_themes(saved)


def test_an_array_exchanged_is_noticed(saved):
    with np.load(saved) as members:
        arrays = dict(members)
    arrays["array:means"] = arrays["array:means"][::-1]
    with open(saved, "wb") as file:
        np.savez(file, **arrays)
    with pytest.raises(ModelFileError, match="checksum"):
        load_themes(saved)


def test_another_version_is_refused(saved):
    with np.load(saved) as members:
        arrays = dict(members)
    header = json.loads(arrays["header"].tobytes())
    header["version"] = 999
    arrays["header"] = np.frombuffer(json.dumps(header).encode(), dtype=np.uint8)
    with open(saved, "wb") as file:
        np.savez(file, **arrays)
    with pytest.raises(ModelFileError, match="version 999"):
        load_themes(saved)


def test_nothing_is_unpickled(tmp_path):
    with open(tmp_path / "pickled", "wb") as file:
        np.savez(file, header=np.array([{"format": "cabin-themes"}], dtype=object))
    with pytest.raises(ModelFileError):
        load_themes(tmp_path / "pickled")


def test_a_missing_file_is_missing(tmp_path):
    with pytest.raises(FileNotFoundError):
        ThemeModel.load(tmp_path / "nowhere")


def test_a_failed_save_leaves_the_old_file(saved, model, monkeypatch):
    before = saved.read_bytes()
    monkeypatch.setattr(np, "savez", lambda *_, **__: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        model.save(saved)
    assert saved.read_bytes() == before
    assert list(saved.parent.iterdir()) == [saved]
