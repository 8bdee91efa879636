"""The web process stays small: no address makes it import what only the worker needs."""

import json
import os
import subprocess
import sys

import pytest

from config import HOME
from forum.accounts.sessions import open_sign_in
from tests.architecture.visiting import addresses
from tests.world import plant

# scikit-learn takes seconds and a hundred megabytes; the others are for runs, imports and commands.
TOO_HEAVY = ("sklearn", "scipy.sparse.csgraph", "joblib", "wordllama", "py3langid", "alembic", "feedparser")

VISIT = """
import json, re, sys
from forum.app import create_app
from forum.web.cookies import cookie_name
from forum.accounts.identity import COOKIE

key, paths = json.load(sys.stdin)
client = create_app().test_client()
client.set_cookie(cookie_name(COOKIE), key)
answers = {path: client.get(path).status_code for path in paths}
print(json.dumps({
    "answers": answers,
    "modules": sorted(sys.modules),
    # Not getrusage: a child's figure begins with what its parent took when it was forked.
    "peak": int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) // 1024,
}))
"""


MOST = 200  # MB


def visit(key, paths):
    """What a web process of its own answers to `paths`, what it has imported then, and its peak memory in MB."""
    done = subprocess.run(
        [sys.executable, "-c", VISIT],
        input=json.dumps([key, paths]),
        env=os.environ | {"PYTHONPATH": str(HOME)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    seen: dict = json.loads(done.stdout.splitlines()[-1])
    return seen


@pytest.mark.long
def test_no_address_imports_what_only_the_worker_needs(app, session, make, record_property):
    world = plant(session, make)
    key = open_sign_in(session, world.people["admin"].id)
    session.commit()
    paths = [path for _endpoint, path in addresses(app, world)]

    seen = visit(key, paths)
    print(f"\nthe web process took at most {seen['peak']} MB for {len(paths)} addresses")
    record_property("peak_mb", seen["peak"])
    assert [name for name in TOO_HEAVY if name in seen["modules"]] == []
    assert seen["answers"]["/"] == 200
    assert seen["answers"].pop("/readyz") == 503  # no worker runs here
    assert max(seen["answers"].values()) < 500
    assert seen["peak"] < MOST
