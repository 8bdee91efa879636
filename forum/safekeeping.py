"""Backups by command and by night: `backup`, `restore`, and the job that writes one every night.

A backup holds everybody's words, addresses and the keys of the site. Somebody who has their account erased stays in
those that were written before: how many are kept says for how long.
"""

from pathlib import Path

import click
import sqlalchemy as sa
from sqlalchemy.orm import Session

from config import settings
from forum.backup import BackupError, Manifest, name_now, restore_backup, write_backup, write_next
from forum.core.clock import next_at, utcnow
from forum.core.database import Json, engine, reading, transaction
from forum.core.jobs import Job, JobState, enqueue, job, plan_alone
from forum.core.languages import number
from forum.core.outbox import MailState, OutboxMail

_NIGHTLY = "backup.nightly"
_HOURS = 4  # that one may take


@job(_NIGHTLY, timeout=_HOURS * 3600, heavy=True)
def write_nightly() -> Json:
    """Write the backup of the night, and plan the next one."""
    chosen = settings()
    with transaction() as session:
        plan_nightly(session)  # first, so that a failure does not end it
    if chosen.backup_dir is None:
        return {"written": ""}
    path = write_next(engine(), chosen.data_dir, chosen.backup_dir, chosen.backups_kept)
    return {"written": path.name, "bytes": path.stat().st_size}


def plan_nightly(session: Session) -> None:
    """Have a backup written at the next hour that the settings name, if they name a folder and none is planned."""
    if settings().backup_dir is None:
        return
    plan_alone(session)
    planned = sa.select(Job.id).where(Job.name == _NIGHTLY, Job.state == JobState.QUEUED)
    if session.scalar(planned.limit(1)) is None:
        enqueue(session, write_nightly, delay=(next_at(settings().backup_hour) - utcnow()).total_seconds())


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path))
def backup(file: Path) -> None:
    """Write everything the site knows to FILE, while it is in use.

    FILE may be a folder; the backup then has the moment in its name. It holds everybody's words and addresses and
    the keys of the site: keep it where nobody else can read it. Settings (.env) are not in it.
    """
    path = file / name_now() if file.is_dir() else file
    try:
        manifest = write_backup(engine(), settings().data_dir, path)
    except BackupError as error:
        raise click.ClickException(error.message) from error
    click.echo(f"{_contents(manifest)} are kept in {path} ({_size(path)}), readable by you alone.")


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path))
def restore(file: Path) -> None:
    """Put the backup FILE into an empty place: a new FORUM_DATA_DIR, or an empty FORUM_DATABASE_URL."""
    chosen = settings()
    try:
        manifest = restore_backup(engine(), chosen.data_dir, file)
    except BackupError as error:
        raise click.ClickException(error.message) from error
    click.echo(f"{_contents(manifest)} are back, as they were on {manifest.written_at:%Y-%m-%d at %H:%M} UTC.")
    with reading() as session:
        waiting = session.scalar(sa.select(sa.func.count()).where(OutboxMail.state == MailState.WAITING)) or 0
    if waiting:
        click.echo(f"{number(waiting)} mails were waiting then, and go out once a worker runs.")


def _contents(manifest: Manifest) -> str:
    files = f" and {number(manifest.files)} {'file' if manifest.files == 1 else 'files'}" if manifest.files else ""
    return f"{number(manifest.rows)} rows{files}"


def _size(path: Path) -> str:
    size = path.stat().st_size
    return f"{size / 2**20:,.1f} MiB" if size >= 2**20 else f"{size / 2**10:,.0f} KiB"
