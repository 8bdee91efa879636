"""What an operator may set: environment variables that start with FORUM_, or lines in `.env`."""

import os
import re
import secrets
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

HOME = Path(__file__).resolve().parent
_ORIGIN = re.compile(r"https?://(\*\.)?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*(:\d{1,5})?")
RUNNING = "running"  # file in data_dir: the address the site is served at, and the process that does


class Settings(BaseSettings):
    """One installation's settings; the README lists them with their defaults."""

    model_config = SettingsConfigDict(env_prefix="FORUM_", env_file=HOME / ".env", extra="ignore")

    site_name: str = Field("Cabin", min_length=1, max_length=60)
    site_url: str = "http://127.0.0.1:8000"  # links in mail and redirects start with this, never with Host
    main_language: Literal["en", "nb", "da"] = "en"
    time_zone: str = "Europe/Oslo"  # days, digests and limits count in it; the database holds UTC
    data_dir: Path = HOME / "var"
    database_url: str = ""  # empty: SQLite in data_dir
    redis_url: str = ""  # redis://host:6379/0, also rediss:// and unix://; empty: one machine, nothing to share
    secret_key: str = ""  # empty: made at first start, in data_dir/secret_key, readable by its owner
    smtp_url: str = ""  # smtp://user:password@host:587 ; empty: mail goes to data_dir/mail and the terminal
    mail_from: str = "Cabin <cabin@localhost>"
    rate_limits: Literal["on", "off"] = "on"  # off is accepted on loopback only
    digest_hour: int = Field(8, ge=0, le=23)  # of the site's time zone, when what is gathered for a day is mailed
    backup_dir: Path | None = None  # where the worker writes a backup every night; none: it writes none
    backup_hour: int = Field(3, ge=0, le=23)  # of the site's time zone
    backups_kept: int = Field(14, ge=1, le=1000)  # the newest; older ones are removed
    trusted_after: int = Field(1, ge=1, le=100)  # approved posts or comments from which somebody need not wait
    team_second_factor: Literal["offered", "required"] = "offered"  # required: without one, roles rest
    trusted_proxies: int = Field(0, ge=0, le=5)  # how many proxies in front may say who the client is
    security_contact: str = ""  # mailto: or https: address for reports of weaknesses; empty: none is given
    embed_origins: str = ""  # sites, parted by spaces, that may show /embed/… in a frame; empty: this one alone
    metrics: str = ""  # `local`: /metrics is for this machine; or the token that it is read with; empty: for nobody
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @field_validator("site_url")
    @classmethod
    def _whole_address(cls, address: str) -> str:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/"):
            raise ValueError("FORUM_SITE_URL must look like https://forum.example.com, without a path")
        return address.rstrip("/")

    @field_validator("metrics")
    @classmethod
    def _hard_to_guess(cls, word: str) -> str:
        if word not in ("", "local") and (len(word) < 20 or not word.isascii() or not word.isprintable()):
            raise ValueError("FORUM_METRICS must be `local`, or a token of at least 20 characters")
        return word

    @field_validator("redis_url")
    @classmethod
    def _of_redis(cls, address: str) -> str:
        if address and not address.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("FORUM_REDIS_URL must look like redis://:password@host:6379/0, or rediss:// or unix://")
        return address

    @field_validator("embed_origins")
    @classmethod
    def _origins(cls, text: str) -> str:
        for origin in text.split():
            if not _ORIGIN.fullmatch(origin):
                raise ValueError("FORUM_EMBED_ORIGINS must look like https://www.example.com https://*.example.org")
        return text

    @property
    def framing_origins(self) -> list[str]:
        """Whose pages may show ours that are made for it in a frame, besides this site."""
        return self.embed_origins.split()

    @field_validator("security_contact")
    @classmethod
    def _reachable(cls, address: str) -> str:
        if address and not (
            address.startswith(("mailto:", "https://")) and address.isprintable() and " " not in address
        ):
            raise ValueError("FORUM_SECURITY_CONTACT must look like mailto:security@example.com or https://…")
        return address

    @property
    def is_https(self) -> bool:
        """Whether readers reach the site over https; cookie names and flags follow."""
        return self.site_url.startswith("https://")

    @property
    def is_loopback(self) -> bool:
        """Whether the site is reached on this machine only."""
        return urlsplit(self.site_url).hostname in ("127.0.0.1", "localhost", "::1")

    @property
    def database(self) -> str:
        """The SQLAlchemy address of the database."""
        return self.database_url or f"sqlite:///{self.data_dir / 'forum.db'}"

    @cached_property
    def secret(self) -> str:
        """The key that signs cookies and links, from the environment or a file of mode 0600.

        Raises `ValueError` when the key that was set is shorter than 32 characters.
        """
        key = self.secret_key or read_or_make_secret(self.data_dir / "secret_key")
        if len(key) < 32:
            raise ValueError("FORUM_SECRET_KEY must have at least 32 characters; leave it empty to have one made")
        return key


def read_or_make_secret(path: Path) -> str:
    """Read the secret in `path`, or make one there that only the owner can read."""
    path.parent.mkdir(0o700, parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(handle, "w") as file:
        key = secrets.token_urlsafe(48)
        file.write(key + "\n")
    return key


def note_running(data_dir: Path, address: str) -> None:
    """Write down for commands that this process serves the site at `address`; only the owner can read it."""
    path = data_dir / RUNNING
    path.touch(0o600)
    path.write_text(f"{address} {os.getpid()}\n")


def running_at(data_dir: Path) -> str:
    """The address that the site of `data_dir` is served at, or nothing while no such process lives."""
    try:
        address, process = (data_dir / RUNNING).read_text().split()
    except (OSError, ValueError):
        return ""
    try:
        os.kill(int(process), 0)  # asks whether it is there, and does nothing to it
    except PermissionError:
        return address  # it is, and is somebody else's
    except (OSError, ValueError, OverflowError):
        return ""
    return address


@lru_cache
def settings() -> Settings:
    """This process's settings, read once. An address that nobody set is the one that `serve` runs at."""
    chosen = Settings()
    if "site_url" not in chosen.model_fields_set:
        chosen.site_url = running_at(chosen.data_dir) or chosen.site_url
    return chosen
