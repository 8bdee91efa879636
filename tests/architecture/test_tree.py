"""What lies at the top of the repository, and that nothing made on one machine is kept in it."""

import shutil
import subprocess

import pytest

from tests.architecture.test_imports import HOME

TOP = {
    *("forum", "static", "templates", "tests", "docs", ".ci"),
    *("config.py", "wsgi.py", "requirements.txt", "pyproject.toml", "Makefile"),
    *("README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", ".env.example", ".gitignore"),
}


@pytest.fixture(scope="module")
def kept() -> list[str]:
    """The files of the repository, relative to its top."""
    if not shutil.which("git") or not (HOME / ".git").exists():
        pytest.skip("this is not a clone")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=HOME, capture_output=True, text=True, check=True)
    return [name for name in listed.stdout.split("\0") if name]


def test_the_top_level_holds_what_it_should(kept):
    assert {name.partition("/")[0] for name in kept} <= TOP


def test_no_link_is_kept(kept):
    """A link leads to a place on the machine of whoever made it."""
    assert not [name for name in kept if (HOME / name).is_symlink()]
