"""The map of the house, and its guard: a stage imports those before it, never one after."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

HOME = Path(__file__).parent.parent.parent

# Each room and the rooms it may import besides itself. Longer rows say who stands above whom.
MAY_IMPORT: dict[str, tuple[str, ...]] = {
    "engine": (),
    "core": (),
    "web": ("core",),
    "accounts": ("core", "web"),
    "products": ("core", "web", "accounts"),
    "posts": ("core", "web", "accounts", "products"),
    "search": ("core", "web", "accounts", "products", "posts"),
    "moderation": ("core", "web", "accounts", "products", "posts", "search"),
    "listening": ("core", "web", "accounts", "products", "posts", "search"),
    "segments": ("core", "web", "accounts", "listening"),
    "themes": ("core", "web", "accounts", "products", "posts", "search", "moderation", "listening", "segments"),
    "backlog": ("core", "web", "accounts", "products", "posts", "search", "segments", "themes"),
    "launches": ("core", "web", "accounts", "products", "posts", "search", "themes", "backlog"),
    "notifications": (
        *("core", "web", "accounts", "products", "posts", "search", "moderation", "themes", "backlog", "launches"),
    ),
}
# The only files that import the engine.
BRIDGES = {"themes/training.py", "themes/asking.py", "themes/mapping.py", "search/similar.py", "moderation/spam.py"}
KNOW_FLASK = ("views.py", "commands.py", "identity.py", "panels.py")  # and board_views.py and the like
WITHOUT_FLASK = ("flask", "werkzeug", "flask_login", "flask_wtf", "flask_limiter")

FILES = sorted(path for path in (HOME / "forum").rglob("*.py") if "migrations" not in path.parts)


@cache
def imports_of(path: Path) -> set[str]:
    """The modules that a file imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def room_of(path: Path) -> str:
    """The folder below `forum` that a file lies in, or nothing for those at its top."""
    parts = path.relative_to(HOME / "forum").parts
    return parts[0] if len(parts) > 1 else ""


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(HOME).as_posix())
def test_a_room_imports_only_the_rooms_before_it(path):
    room = room_of(path)
    if room not in MAY_IMPORT:
        return  # app, cli, demo and the like stand above everything
    ours = {name.split(".")[1] for name in imports_of(path) if name.startswith("forum.")}
    allowed = {room, *MAY_IMPORT[room]}
    if path.relative_to(HOME / "forum").as_posix() in BRIDGES:
        allowed.add("engine")

    assert ours <= allowed, f"{path} imports {sorted(ours - allowed)}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(HOME).as_posix())
def test_only_the_edge_knows_flask(path):
    room = room_of(path)
    if room in ("", "web", "demo") or path.name.endswith(KNOW_FLASK):
        return
    roots = {name.split(".")[0] for name in imports_of(path)}

    assert roots.isdisjoint(WITHOUT_FLASK), f"{path} imports {sorted(roots & set(WITHOUT_FLASK))}"
    if room != "web":
        assert not any(name.startswith("forum.web") for name in imports_of(path)), f"{path} imports forum.web"


def test_files_and_functions_stay_small():
    long_files = [str(path) for path in FILES if len(path.read_text().splitlines()) > 450]
    long_functions = [
        f"{path}:{node.name}"
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and node.end_lineno and node.end_lineno - node.lineno > 60
    ]

    assert (long_files, long_functions) == ([], [])


def test_there_is_no_junk_drawer():
    names = {path.stem for path in FILES} | {path.parent.name for path in FILES}

    assert names.isdisjoint({"utils", "util", "common", "helpers", "helper", "misc"})


def test_only_markup_calls_text_safe():
    writers = {
        path.relative_to(HOME).as_posix()
        for path in [*FILES, *(HOME / "templates").rglob("*.html")]
        if "|safe" in path.read_text().replace(" ", "") or "Markup(" in path.read_text()
    }

    # Each of the others joins pieces that Jinja has escaped already.
    assert writers <= {"forum/core/markup.py", "forum/web/panels.py", "forum/app.py"}


def test_nothing_is_unpickled_and_nothing_is_inline():
    code = "\n".join(path.read_text() for path in FILES)
    pages = "\n".join(path.read_text() for path in (HOME / "templates").rglob("*.html"))

    assert not any(word in code for word in ("pickle.", "joblib.load", "joblib.dump", "yaml.load"))
    assert not any(word in pages for word in (' style="', " onclick=", "<script>", "javascript:"))


def test_the_mark_of_the_company_is_drawn_in_one_place():
    drawers = {
        path.relative_to(HOME).as_posix()
        for path in [*FILES, *(HOME / "templates").rglob("*.html")]
        if 'class="official"' in path.read_text() or 'icon("shield")' in path.read_text()
    }

    assert drawers == {"templates/macros/badges.html"}


def test_moments_come_from_the_clock():
    tellers = {
        path.relative_to(HOME / "forum").as_posix()
        for path in FILES
        if re.search(r"datetime\.(utc)?now\(|date\.today\(|\btime\.time\(", path.read_text())
    }

    # The others speak of counts in memory and files of this machine, also where a test or the demo moves the clock.
    others = {"web/limits.py", "web/tallies.py", "search/services.py", "search/similar.py", "themes/jobs.py"}
    assert tellers == {"core/clock.py", *others}


def test_packages_are_pinned_with_their_hashes():
    for name in ("requirements.txt", "tests/requirements.txt"):
        packages = re.split(r"\n(?=\S)", (HOME / name).read_text().strip())

        assert [one for one in packages if not re.match(r"[\w.\[\]-]+==\S+.*--hash=sha256:", one, re.DOTALL)] == []


def test_nothing_is_fetched_from_other_sites():
    clients = {
        "requests",
        "httpx",
        "aiohttp",
        "urllib3",
        "urllib.request",
        "http.client",
        "socket",
        "ftplib",
        "feedparser",
    }

    assert [str(path) for path in FILES if not imports_of(path).isdisjoint(clients)] == []
