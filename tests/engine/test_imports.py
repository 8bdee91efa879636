"""What the web process uses of the engine brings no training library with it."""

import subprocess
import sys

import pytest


def loaded_after(code):
    """Return the heavy modules that a fresh interpreter holds after running `code`."""
    script = f"{code}\nimport sys\nprint([m for m in ('sklearn', 'scipy', 'flask', 'sqlalchemy') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().splitlines()[-1]


@pytest.mark.parametrize(
    "code",
    [
        "import forum.engine",
        "from forum.engine import SimilarPosts; SimilarPosts().fit([1], ['a seat']).query('seat')",
        "from forum.engine import match_lineage; match_lineage({1: {1}}, {1: {1}})",
        "from forum.engine import Constraints; Constraints(pins={1: 2})",
        "from forum.engine import weigh_weeks; weigh_weeks([9] + [1] * 9)",
        "from forum.engine import ask, carry_out",
    ],
)
def test_light_parts_load_no_training_library(code):
    assert loaded_after(code) == "[]"


def test_placing_and_explaining_with_a_saved_model_load_none_either(model, tmp_path):
    model.save(tmp_path / "themes")
    code = (
        "from forum.engine import load_themes, explain_membership\n"
        f"themes = load_themes({str(tmp_path / 'themes')!r})\n"
        "assert themes.predict(['My seat hurts my back'])[0] != -1\n"
        "assert explain_membership(themes, 'My seat hurts my back').words\n"
    )
    assert loaded_after(code) == "[]"


def test_an_unknown_name_is_an_attribute_error():
    import forum.engine

    with pytest.raises(AttributeError, match="nonsense"):
        _ = forum.engine.nonsense
    assert "ThemeModel" in dir(forum.engine)
