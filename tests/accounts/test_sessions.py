"""How long a sign-in holds."""

from datetime import timedelta

import sqlalchemy as sa

from forum.accounts.models import SignIn
from forum.accounts.sessions import open_sign_in, reader_of
from forum.core.clock import standing_at, utcnow


def test_a_sign_in_ends_after_ninety_days_however_often_it_is_used(session, make):
    kari, began = make.person("Kari"), utcnow()
    key = open_sign_in(session, kari.id)
    for day, holds in ((89, True), (91, False)):
        now = began + timedelta(days=day)
        session.execute(sa.update(SignIn).values(last_seen_at=now))
        with standing_at(now):
            assert (reader_of(session, key) is not None) is holds


def test_only_the_hash_of_a_key_of_256_bits_is_stored(session, make):
    key = open_sign_in(session, make.person("Kari").id)
    session.flush()
    row = session.execute(sa.select(SignIn.__table__)).one()

    assert len(key) == 43  # characters of six bits
    assert key not in map(str, row)
