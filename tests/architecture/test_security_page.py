"""docs/security.md names files and tests; this looks that they exist, by reading them."""

import ast
import re
from functools import cache

from tests.architecture.test_imports import HOME

PAGE = (HOME / "docs" / "security.md").read_text(encoding="utf-8")
SECTIONS = PAGE.split("## Not met yet")[0]


@cache
def names_in(path: str) -> set[str]:
    """The names of the tests in a file; none where there is no such file."""
    if not (HOME / path).is_file():
        return set()
    return {node.name for node in ast.parse((HOME / path).read_text()).body if isinstance(node, ast.FunctionDef)}


def test_every_test_that_it_names_exists():
    named = re.findall(r"`(tests/[\w/.]+)::(\w+)`", PAGE)

    assert len(named) > 150
    assert [f"{path}::{name}" for path, name in named if name not in names_in(path)] == []


def test_every_line_names_files_that_exist_and_a_test():
    lines = re.findall(r"^\| (?!What holds)(.+) \| (.+) \| (.+) \|$", SECTIONS, re.MULTILINE)
    files = {path for _what, where, _tests in lines for path in re.findall(r"`([^`]+)`", where)}

    assert len(lines) > 80
    assert sorted(path for path in files if not (HOME / path).exists()) == []
    assert [what for what, where, tests in lines if "`" not in where or "::test_" not in tests] == []
