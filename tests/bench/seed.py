"""The database that the bench reads: planted once for each size, copied for each run."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent.parent
BENCH = HOME / "var" / "bench"
FACTS = "facts.json"


def environment(folder: Path) -> dict[str, str]:
    """The settings of a site whose data lies in `folder`, without limits."""
    return os.environ | {
        "FORUM_DATA_DIR": str(folder),
        "FORUM_RATE_LIMITS": "off",
        "FORUM_SECRET_KEY": "for-the-bench-only-" * 2,
        "FORUM_DATABASE_URL": "",
        "FORUM_SITE_URL": "http://127.0.0.1:8000",
        "FORUM_LOG_LEVEL": "error",
    }


def prepare(posts: int) -> Path:
    """A folder with a fresh copy of a database of so many posts, planted if there is none yet."""
    kept = BENCH / str(posts)
    if not _is_current(kept):
        shutil.rmtree(kept, ignore_errors=True)
        kept.mkdir(parents=True)
        # in a process of its own: one that has opened a database does not open another
        subprocess.run([sys.executable, "-m", "tests.bench.seed", str(kept), str(posts)], cwd=HOME, check=True)
    running = BENCH / "run"
    shutil.rmtree(running, ignore_errors=True)
    running.mkdir()
    for name in ("forum.db", FACTS):
        shutil.copyfile(kept / name, running / name)
    return running


def _schema() -> str:
    """What the migrations and the planting look like; a database that others made is planted afresh."""
    files = [*sorted((HOME / "forum/migrations/versions").glob("*.py")), HOME / "forum/demo/mass.py"]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def _is_current(kept: Path) -> bool:
    facts = kept / FACTS
    return facts.exists() and json.loads(facts.read_text()).get("schema") == _schema()


def _plant(folder: Path, posts: int) -> None:
    """Plant the posts, and note what the bench will ask for."""
    os.environ.update(environment(folder))
    from forum.core import database, schema
    from forum.demo.mass import plant_mass

    began = time.monotonic()
    schema.upgrade(database.engine())
    plant_mass(posts, lambda done: print(f"\r{done:,} of {posts:,} posts", end="", file=sys.stderr))
    print(f"\nPlanted in {time.monotonic() - began:.0f} s.", file=sys.stderr)
    (folder / FACTS).write_text(json.dumps(_facts(posts)))
    database.forget_engine()  # the last connection folds the log into the file


def _facts(posts: int) -> dict[str, object]:
    """Ids and cursors: a person to sign in, a post with 50 comments, the pages at nine tenths of the depth."""
    import sqlalchemy as sa

    from forum.accounts.sessions import open_sign_in
    from forum.core.database import reading, transaction
    from forum.posts.models import Post, Vote

    with transaction() as session:
        voter = session.scalars(sa.select(Vote.user_id).limit(1)).one()
        key = open_sign_in(session, voter)
    with reading() as session:
        thread = session.scalars(sa.select(Post.id).where(Post.comments == 50).order_by(Post.id.desc()).limit(1)).one()
        voted = set(session.scalars(sa.select(Vote.post_id).where(Vote.user_id == voter)))
        open_posts = session.scalars(sa.select(Post.id).where(Post.votes > 3).order_by(Post.id.desc()).limit(3000))
        unvoted = [post_id for post_id in open_posts if post_id not in voted]
        areas = session.scalars(sa.select(Post.area_id).where(Post.votes > 3).limit(1)).one()
        return {
            "sign_in": key,
            "voter": voter,
            "thread": thread,
            "unvoted": unvoted,
            "area": areas,
            "deep": _deep_cursor(session, posts),
            "schema": _schema(),
        }


def _deep_cursor(session: object, posts: int) -> str:
    """Walk the fair mix to nine tenths of its depth, counting that nothing comes twice on the way."""
    from forum.core.people import ANYBODY
    from forum.posts.board import read_board
    from forum.posts.cards import read_areas
    from forum.posts.wishes import Wish

    areas = read_areas(session)  # type: ignore[arg-type]
    names = dict.fromkeys(areas, "")
    seen: set[int] = set()
    after = ""
    while len(seen) < 0.9 * posts:
        page = read_board(session, Wish(), ANYBODY, areas, names, after)  # type: ignore[arg-type]
        fresh = {card.id for card in page.rows}
        if fresh & seen or not page.after:
            raise SystemExit("the mix showed a post twice, or ended early")
        seen |= fresh
        after = page.after
    return after


if __name__ == "__main__":
    _plant(Path(sys.argv[1]), int(sys.argv[2]))
