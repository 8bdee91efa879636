"""`make bench-desk`: what the theme review costs with very many posts, and what accepting a whole diff takes.

POSTS=5000 make bench-desk for a quick one. The posts are planted, fitted once (a minute for 20,000) and their first
diff, in which every post moves, is accepted at once. Times are those of one process without a network; *CPU* is what
others on the machine hardly change. The exit status says whether every *must* is met.
"""

import gzip
import os
import statistics
import time
from collections.abc import Callable
from typing import Any

from tests.bench.seed import environment, prepare

ROUNDS = 15
PAGE_MUST, MAP_MUST = 100.0, 300.0  # ms, kB
ACCEPT_MUST, LINES = 1000.0, 60  # ms for a diff of so many lines; more of them may take longer in proportion


def main() -> None:
    """Plant, fit, accept and read; print a line for each figure."""
    posts = int(os.environ.get("POSTS", "20000").replace(",", ""))
    os.environ.update(environment(prepare(posts)) | {"OMP_NUM_THREADS": "1"})
    from forum.app import create_app
    from forum.themes import mapping

    app = create_app()
    person, product = arrange_manager()
    run = fit_run(product)
    client = app.test_client()
    client.set_cookie(*_sign_in(app, person))
    print(f"\n{'':<44}{'CPU':>9}{'clock':>9}")
    held = [_measure("the diff, ms", lambda: client.get(f"/themes/runs/{run}"), None)]
    lines, cpu, wall = accept_run(run, person)
    most = ACCEPT_MUST * max(1.0, lines / LINES)
    held.append(_line(f"accepting {lines} lines, {posts:,} posts, ms", cpu, wall, most))
    mapping.draw(product)
    for name, address, must in (
        ("theme review, ms", "/themes/review", PAGE_MUST),
        ("map of themes, ms", "/themes/map", PAGE_MUST),
        ("a theme, ms", "/themes/1", PAGE_MUST),
        ("steering, ms", "/themes/steering", PAGE_MUST),
        ("points of the map, ms", "/themes/map/points", None),
    ):
        held.append(_measure(name, lambda address=address: client.get(address), must))
    weight = len(gzip.compress(client.get("/themes/map/points").data)) / 1000
    held.append(_line("points of the map, compressed, kB", weight, weight, MAP_MUST))
    raise SystemExit(0 if all(held) else 1)


def arrange_manager() -> tuple[int, int]:
    """Make somebody a product manager; their id and the product's."""
    import sqlalchemy as sa

    from forum.accounts.models import User, UserRole
    from forum.core.database import transaction
    from forum.core.people import Role
    from forum.products.models import Product

    with transaction() as session:
        person = session.scalars(sa.select(User.id).order_by(User.id).limit(1)).one()
        session.merge(UserRole(user_id=person, role=Role.MANAGER))
        return person, session.scalars(sa.select(Product.id).limit(1)).one()


def _sign_in(app: Any, person: int) -> tuple[str, str]:
    from forum.accounts.identity import COOKIE
    from forum.accounts.sessions import open_sign_in
    from forum.core.database import transaction
    from forum.web.cookies import cookie_name

    with app.test_request_context(), transaction() as session:
        return cookie_name(COOKIE), open_sign_in(session, person)


def fit_run(product: int) -> int:
    """Run the engine here as the worker would; the run's id."""
    from forum.core import jobs
    from forum.core.database import transaction
    from forum.themes.jobs import begin_run, claim_here
    from forum.themes.status import Method

    with transaction() as session:
        run = begin_run(session, product, by_id=None, resolution=1.0, method=Method.GRAPH)
        session.info.pop("queued_jobs", None)  # this process takes it
    job = claim_here(run)
    assert job is not None
    jobs.run_here(job.id, job.attempts)
    return run.id


def accept_run(run_id: int, person: int) -> tuple[int, float, float]:
    """Accept the whole diff as one request does; how many lines, and milliseconds of CPU and of the clock."""
    from forum.accounts.models import User
    from forum.accounts.sessions import reader_from
    from forum.core.database import transaction
    from forum.themes.accepting import accept_all
    from forum.themes.models import ThemeRun

    cpu, wall = time.process_time(), time.perf_counter()
    with transaction() as session:
        by = reader_from(session, session.get_one(User, person))
        done = accept_all(session, session.get_one(ThemeRun, run_id), by=by)
    return sum(done.values()), 1000 * (time.process_time() - cpu), 1000 * (time.perf_counter() - wall)


def _measure(name: str, ask: Callable[[], Any], must: float | None) -> bool:
    """Ask several times; print the medians."""
    cpus, walls = [], []
    for _round in range(ROUNDS):
        cpu, wall = time.process_time(), time.perf_counter()
        answer = ask()
        cpus.append(1000 * (time.process_time() - cpu))
        walls.append(1000 * (time.perf_counter() - wall))
        if answer.status_code != 200:
            raise SystemExit(f"{name}: {answer.status_code}")
    return _line(name, statistics.median(cpus), statistics.median(walls), must)


def _line(name: str, cpu: float, wall: float, must: float | None) -> bool:
    said = f"must be under {must:,.0f}" if must else ""
    print(f"{name:<44}{cpu:>9,.1f}{wall:>9,.1f}  {said}", flush=True)
    return must is None or cpu < must


if __name__ == "__main__":
    main()
