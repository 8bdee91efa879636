"""Model files: refused unless they are whole, ours and sound."""

import json
import signal
import subprocess
import sys
import time
import zipfile

import numpy as np
import pytest

from forum.engine import ModelFileError, ThemeModel, explain_membership, load_themes
from forum.engine.files import read_model, write_model


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


def rewritten(path, change):
    """Write the model at `path` again with `change`(facts, arrays) done to it and a checksum that matches."""
    facts, arrays = read_model(path)
    change(facts, arrays)
    write_model(path, facts, arrays)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("means", lambda array: array[:, :-1]),
        ("means", lambda array: array * np.nan),
        ("means", lambda array: array.astype(np.int64)),
        ("thresholds", lambda array: array[1:]),
        ("weights", lambda array: array[:, 1:]),
        ("post_labels", lambda array: array[1:]),
        ("post_labels", lambda array: array + 1000),
        ("post_rows", lambda array: array.ravel()),
        ("row_posts", lambda array: array + 1),
        ("row_posts", lambda array: -array - 1),
        ("quotable", lambda array: array.astype(np.int8)),
        ("0.axes", lambda array: array[:-1]),
        ("0.idf", lambda array: array[:-1]),
        ("0.turn", lambda array: array[:, 1:]),
        ("1.means", lambda array: array[:, 1:]),
    ],
)
def test_arrays_that_do_not_fit_each_other_are_refused(saved, name, change):
    rewritten(saved, lambda facts, arrays: arrays.update({name: change(arrays[name])}))

    with pytest.raises(ModelFileError, match=r"sound theme model|lacks something"):
        load_themes(saved)


@pytest.mark.parametrize(
    ("name", "value"),
    [("theme_ids", [0]), ("post_ids", []), ("themes", [{"id": 12345}]), ("spaces", []), ("features", 3)],
)
def test_facts_that_do_not_fit_are_refused(saved, name, value):
    rewritten(saved, lambda facts, arrays: facts.update({name: value}))

    with pytest.raises(ModelFileError):
        load_themes(saved)


def test_a_packed_file_is_refused_before_it_is_unpacked(tmp_path):
    with zipfile.ZipFile(tmp_path / "bomb", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("header.npy", bytes(50_000_000))

    with pytest.raises(ModelFileError, match="packed in a way"):
        load_themes(tmp_path / "bomb")


def test_an_array_that_claims_to_be_huge_is_refused(tmp_path):
    header = b"{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000000,)}"
    header = header.ljust(117) + b"\n"
    with zipfile.ZipFile(tmp_path / "huge", "w") as archive:
        archive.writestr("header.npy", b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header)

    with pytest.raises(ModelFileError, match="not as large as it says"):
        load_themes(tmp_path / "huge")


def test_a_file_larger_than_any_model_is_not_read(saved, monkeypatch):
    monkeypatch.setattr("forum.engine.files.LARGEST", 1000)

    with pytest.raises(ModelFileError, match="more than any theme model"):
        load_themes(saved)


def test_a_process_killed_while_saving_leaves_the_last_good_file(saved):
    code = (
        "import numpy as np\n"
        "from forum.engine.files import read_model, write_model\n"
        f"facts, arrays = read_model({str(saved)!r})\n"
        "arrays['more'] = np.zeros(20_000_000)\n"
        "print('ready', flush=True)\n"
        f"while True: write_model({str(saved)!r}, facts, arrays)\n"
    )
    whole = load_themes(saved).post_labels.tolist()
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    process.stdout.readline()
    drafts = []
    deadline = time.monotonic() + 20
    while not drafts and time.monotonic() < deadline:
        drafts = list(saved.parent.glob("*.draft"))
    process.send_signal(signal.SIGKILL)
    process.wait()

    assert drafts
    assert load_themes(saved).post_labels.tolist() == whole


def test_without_the_word_vectors_of_its_fit_a_model_goes_by_the_rest(saved, model, texts, monkeypatch):
    monkeypatch.setattr("forum.engine.wordvectors.find", lambda: None)

    narrow = load_themes(saved)

    assert len(narrow.spaces.parts) == len(model.fitted().spaces.parts) - 1
    assert narrow.means.shape[1] < model.fitted().means.shape[1]
    assert np.mean(narrow.predict(texts) == model.labels_) > 0.8
    assert explain_membership(narrow, texts[0]).neighbours
