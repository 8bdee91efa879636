"""`flask --app wsgi doctor`: looks at the installation and says what needs attention."""

import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import click
import sqlalchemy as sa

from config import Settings, settings
from forum.backup import backups_in
from forum.core import schema, shared
from forum.core.clock import utcnow
from forum.core.database import engine, reading
from forum.core.jobs import SILENCE, Job, JobState
from forum.core.outbox import MailState, OutboxMail
from forum.core.workers import count_workers

SAFE_SQLITE = (3, 51, 3)  # older ones can corrupt a write-ahead log when two connections checkpoint
WAITED_LONG = timedelta(minutes=2)
MISSED = 26  # hours
SPACE = 500  # MiB that should be free

Finding = tuple[bool, str]  # whether it is well, and a sentence


def _count(n: int | None, one: str, many: str) -> str:
    return f"{n} {one if n == 1 else many}"


def _python(_chosen: Settings) -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield sys.version_info >= (3, 11), f"Python {version}."


def _database(chosen: Settings) -> Iterator[Finding]:
    try:
        with engine().connect() as connection:
            found = connection.dialect.server_version_info or ()
    except sa.exc.OperationalError as error:
        yield False, f"The database cannot be opened: {error.orig}."
        return
    version = ".".join(map(str, found))
    if engine().dialect.name == "sqlite":
        safe = tuple(found) >= SAFE_SQLITE
        hint = "" if safe else " Versions before 3.51.3 can damage the file when web and worker write at once."
        yield safe, f"SQLite {version} in {chosen.database.removeprefix('sqlite:///')}.{hint}"
    else:
        yield True, f"PostgreSQL {version}."
    current = schema.is_current(engine())
    yield current, "The schema is the newest." if current else "The schema is old: run flask --app wsgi db upgrade."


def _sharing(_chosen: Settings) -> Iterator[Finding]:
    """Redis, where one is set. Its address may hold a password, and is not said."""
    if not shared.is_set():
        return
    try:
        shared.ask(lambda client: client.ping())
    except shared.Away:
        yield False, "Redis does not answer: nobody can sign in until it does. See FORUM_REDIS_URL."
    except ValueError as error:
        yield False, f"{error}."
    else:
        yield True, "Redis answers: web processes count limits together."


def _secrets(chosen: Settings) -> Iterator[Finding]:
    path = chosen.data_dir / "secret_key"
    if chosen.secret_key:
        yield len(chosen.secret_key) >= 32, "The secret key comes from the environment."
    elif path.exists():
        private = not path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)
        yield private, f"The secret key in {path} {'is' if private else 'is NOT'} readable by its owner alone."


def _privacy(chosen: Settings) -> Iterator[Finding]:
    """A folder that others cannot enter keeps what is in it; else each file has to."""
    folder = chosen.data_dir
    if not folder.is_dir():
        return
    inside = sorted(path.name for path in folder.iterdir() if _is_open(path))
    if not _is_open(folder) or not inside:
        yield True, f"What is in {folder} is readable by its owner alone."
        return
    named = ", ".join(inside[:4]) + (" and more" if len(inside) > 4 else "")
    yield False, f"Others on this machine can read {named} in {folder}. Close it: chmod -R go= {folder}"


def _is_open(path: Path) -> bool:
    return bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))


def _address(chosen: Settings) -> Iterator[Finding]:
    fine = chosen.is_https or chosen.is_loopback
    yield (
        fine,
        f"The site's address is {chosen.site_url}." + ("" if fine else " Use https: cookies travel in the open."),
    )
    if chosen.rate_limits == "off":
        yield (
            chosen.is_loopback,
            "Limits are switched off" + (" on this machine." if chosen.is_loopback else ", but stay on."),
        )


def _mail(chosen: Settings) -> Iterator[Finding]:
    yield True, "Mail goes to the SMTP server." if chosen.smtp_url else f"Mail is kept in {chosen.data_dir / 'mail'}."
    with reading() as session:
        dead = session.scalar(sa.select(sa.func.count()).where(OutboxMail.state == MailState.DEAD))
    yield not dead, f"{_count(dead, 'mail', 'mails')} could not be delivered." if dead else "No mail is stuck."


def _backups(chosen: Settings) -> Iterator[Finding]:
    if chosen.backup_dir is None:
        yield chosen.is_loopback, "No backup is written at night: FORUM_BACKUP_DIR would name a folder for it."
        return
    written = [path.stat().st_mtime for path in backups_in(chosen.backup_dir)]
    hours = int((utcnow().timestamp() - max(written)) // 3600) if written else 0
    if not written:
        yield True, f"No backup is in {chosen.backup_dir} yet: the worker writes one at {chosen.backup_hour:02}:00."
    elif hours > MISSED:
        yield False, f"The newest backup in {chosen.backup_dir} is {hours} hours old: does a worker run at night?"
    else:
        many, age = _count(len(written), "backup", "backups"), _count(hours, "hour", "hours")
        yield True, f"The newest of {many} in {chosen.backup_dir} is {age} old."


def _work(_chosen: Settings) -> Iterator[Finding]:
    with reading() as session:
        running = count_workers(session)
        late = session.scalar(
            sa.select(sa.func.count()).where(Job.state == JobState.QUEUED, Job.run_at < utcnow() - WAITED_LONG)
        )
        lost = session.scalar(
            sa.select(sa.func.count()).where(
                Job.state == JobState.RUNNING, Job.heartbeat_at < utcnow() - timedelta(seconds=2 * SILENCE)
            )
        )
        failed = session.scalar(
            sa.select(sa.func.count()).where(
                Job.state == JobState.FAILED, Job.finished_at > utcnow() - timedelta(days=7)
            )
        )
    if lost:
        yield False, f"{_count(lost, 'job has lost its', 'jobs have lost their')} worker: is one running?"
    if running:
        yield True, f"{_count(running, 'worker runs', 'workers run')}."
    waiting = f"{_count(late, 'job has', 'jobs have')} waited long: is a worker running?"
    yield not late, waiting if late else "No job waits for a worker."
    yield not failed, f"{_count(failed, 'job', 'jobs') if failed else 'No job'} failed in the last week."


def _engine(_chosen: Settings) -> Iterator[Finding]:
    from forum.engine import wordvectors

    there = wordvectors.find() is not None  # installed, and of a kind that the engine can read
    missing = "Word vectors are missing: posts that say the same in other words are found less often."
    yield there, "Themes use word vectors." if there else f"{missing} Install them: pip install {wordvectors.PACKAGE}."


def _models(_chosen: Settings) -> Iterator[Finding]:
    faults = [*_faults_of_themes(), *_faults_of_other_models()]
    yield from ((False, fault) for fault in faults)
    if not faults:
        yield True, "The engine's files can be read."


def _faults_of_themes() -> Iterator[str]:
    from forum.products.models import Product
    from forum.themes.training import fault_of_model

    with reading() as session:
        for product in session.scalars(sa.select(Product).order_by(Product.id)):
            if fault := fault_of_model(session, product.id):
                anew = f"Its themes stay; a new run mends it: flask --app wsgi themes run {product.slug}"
                yield f"The theme model of {product.slug} cannot be used: {fault}. {anew}"


def _faults_of_other_models() -> Iterator[str]:
    from forum.engine import ModelFileError
    from forum.engine.spam import SpamScorer
    from forum.moderation.spam import model_file
    from forum.search.similar import index_file, open_index

    if index_file().exists() and open_index() is None:
        yield f"{index_file()} is damaged. Write it anew: flask --app wsgi search rebuild"
    try:
        if model_file().exists():
            SpamScorer.open(model_file())
    except (ModelFileError, OSError, KeyError, TypeError) as error:
        yield f"What advertising reads like is forgotten: {error}. It is learnt anew as moderators decide."


def _space(chosen: Settings) -> Iterator[Finding]:
    free = shutil.disk_usage(chosen.data_dir).free // 2**20
    yield free > SPACE, f"{free:,} MiB are free in {chosen.data_dir}."


CHECKS: tuple[Callable[[Settings], Iterator[Finding]], ...] = (
    _python,
    _database,
    _sharing,
    _secrets,
    _privacy,
    _address,
    _mail,
    _backups,
    _work,
    _engine,
    _models,
    _space,
)


@click.command("doctor")
def doctor() -> None:
    """Look at the installation and say what needs attention. Changes nothing."""
    chosen = settings()
    findings = []
    for check in CHECKS:
        try:
            findings += list(check(chosen))
        except sa.exc.OperationalError:  # without a schema most things cannot be asked
            continue
    for well, sentence in findings:
        click.echo(f"  {'ok  ' if well else 'LOOK'}  {sentence}")
    wrong = sum(not well for well, _sentence in findings)
    if wrong:
        click.echo(f"{wrong} things need a look." if wrong > 1 else "One thing needs a look.")
        raise SystemExit(1)
    click.echo("All is well.")
