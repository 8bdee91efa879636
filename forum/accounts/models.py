"""People and what proves who they are."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from forum.accounts.status import AccountState, ConsentKind, Purpose
from forum.core.database import Json, Model
from forum.core.people import Role


class Organisation(Model):
    """A customer's employer; its attributes (plan, since) and its revenue are what segments are made of."""

    __tablename__ = "organisations"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(120), unique=True)
    attributes: Mapped[Json] = mapped_column(default=dict)
    revenue: Mapped[float | None]  # a year, as imported; by itself, so that it can be summed
    is_demo: Mapped[bool] = mapped_column(default=False)


class User(Model):
    """A person: a customer, or with roles one of the team."""

    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    display_name: Mapped[str] = mapped_column(sa.String(60))
    name_skeleton: Mapped[str] = mapped_column(sa.String(120), index=True)  # look-alikes folded together
    email: Mapped[str | None] = mapped_column(sa.String(254))  # as typed
    email_key: Mapped[str | None] = mapped_column(sa.String(254), unique=True)  # as compared
    verified_at: Mapped[datetime | None]  # when the address was proved
    password_hash: Mapped[str | None] = mapped_column(sa.String(200))
    state: Mapped[AccountState] = mapped_column(default=AccountState.ACTIVE)
    language: Mapped[str] = mapped_column(sa.String(2), default="")  # empty: the browser's
    scheme: Mapped[str] = mapped_column(sa.String(5), default="")  # light, dark; empty: the system's
    department: Mapped[str] = mapped_column(sa.String(60), default="")  # shown beside the official mark
    organisation_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisations.id"), index=True)
    attributes: Mapped[Json] = mapped_column(default=dict)  # imported: plan, revenue, tenure
    approved_posts: Mapped[int] = mapped_column(
        default=0
    )  # and comments that had to wait; from the first one on they need not
    new_receipts: Mapped[int] = mapped_column(default=0)  # of launches, not looked at yet; counted there
    new_notices: Mapped[int] = mapped_column(default=0)  # not looked at yet; counted by notifications
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime | None]
    suspended_until: Mapped[datetime | None]  # until then they read, and write nothing
    suspension: Mapped[str] = mapped_column(sa.Text, default="")  # why, as they read it
    is_demo: Mapped[bool] = mapped_column(default=False)


class UserRole(Model):
    """One role of one person."""

    __tablename__ = "user_roles"
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), primary_key=True)
    role: Mapped[Role] = mapped_column(primary_key=True)


class GuardedName(Model):
    """A name that customers cannot take: a person of the team, or a reserved word. The key decides."""

    __tablename__ = "guarded_names"
    skeleton: Mapped[str] = mapped_column(sa.String(120), primary_key=True)
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"), index=True)


class SignIn(Model):
    """A session: one browser that somebody is signed in with. Only the hash of its key is stored."""

    __tablename__ = "sign_ins"
    id: Mapped[int] = mapped_column(primary_key=True)
    key_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]  # absolute
    ended_at: Mapped[datetime | None]
    browser: Mapped[str] = mapped_column(sa.String(200), default="")
    address: Mapped[str] = mapped_column(sa.String(45), default="")


class OneTimeToken(Model):
    """A secret sent by mail, stored hashed, used once."""

    __tablename__ = "one_time_tokens"
    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    purpose: Mapped[Purpose]
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"), index=True)
    email_key: Mapped[str] = mapped_column(sa.String(254))
    bound_to: Mapped[str] = mapped_column(sa.String(64), default="")  # hash of the password hash of that day
    tries: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SecondFactor(Model):
    """The secret that somebody's authenticator app shares with the site."""

    __tablename__ = "second_factors"
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), primary_key=True)
    secret: Mapped[str] = mapped_column(sa.String(64))  # base32
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]  # from then on it is asked for
    last_step: Mapped[int] = mapped_column(sa.BigInteger, default=0)  # of the last code taken; older ones are refused
    recovery: Mapped[list[str]] = mapped_column(default=list)  # marks of the codes that are left


class Consent(Model):
    """What a person agreed to, and when they took it back."""

    __tablename__ = "consents"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    kind: Mapped[ConsentKind]
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class ExternalIdentity(Model):
    """A person as an identity provider knows them: by issuer and subject, never by address."""

    __tablename__ = "external_identities"
    issuer: Mapped[str] = mapped_column(sa.String(200), primary_key=True)
    subject: Mapped[str] = mapped_column(sa.String(200), primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    linked_at: Mapped[datetime]
