"""The web process never imports scikit-learn, whatever pages are read."""

import subprocess
import sys

import pytest
import sqlalchemy as sa

from config import HOME
from forum.accounts.sessions import open_sign_in
from forum.core.jobs import claim, run_here
from forum.posts.models import Post
from forum.products.models import Product
from forum.themes.accepting import accept_all
from forum.themes.jobs import start_run
from tests.engine import sentences

VISIT = """
import sys
from forum.app import create_app
client = create_app().test_client()
client.set_cookie("cabin_sign_in", sys.argv[1])
for path in sys.argv[2:]:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    if path.startswith("/themes/1/why"):
        assert "Words that count" in answer.text, answer.text
    if path == "/themes/1/split":
        assert "This becomes the new theme" in answer.text, answer.text
print(sorted(name for name in sys.modules if name.split(".")[0] in ("sklearn", "joblib", "scipy")))
"""


@pytest.mark.long
def test_no_page_of_themes_imports_scikit_learn(session, make, manager):
    for text in sentences.posts()[0]:
        make.post(text[:140], body="")
    run = start_run(session, session.scalars(sa.select(Product)).one(), by=manager)
    session.commit()
    job = claim(run.job_id)
    run_here(job.id, job.attempts)
    session.expire_all()
    accept_all(session, run, by=manager)
    key = open_sign_in(session, manager.id)
    session.commit()
    post = session.scalars(sa.select(Post.id).where(Post.theme_id == 1)).first()
    desk = [
        "/themes/review",
        "/themes/review/unsorted?q=seat",
        "/themes/runs/1",
        "/themes/versions",
        "/themes/steering",
    ]
    own = [f"/themes/1{page}" for page in ("", "/split", "/merge", "/name", f"/why/{post}")]

    done = subprocess.run(
        [sys.executable, "-c", VISIT, key, "/", "/themes", *desk, *own], capture_output=True, text=True, cwd=HOME
    )

    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr
