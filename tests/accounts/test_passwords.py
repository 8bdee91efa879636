"""Passwords: what is refused, and how they are kept."""

import threading

import pytest
from argon2 import PasswordHasher

from forum.accounts import passwords
from forum.accounts.passwords import check_password, hash_password, is_common, is_outdated, is_right
from forum.core import database
from forum.core.errors import Invalid
from tests.accounts import common_passwords


def problem_with(password, *personal):
    with pytest.raises(Invalid) as caught:
        check_password(password, *personal)
    return caught.value.fields["password"]


@pytest.mark.parametrize(
    "password",
    [
        "slow green trams",
        "blå tog om natten",
        "x7#kQ!vR2p@m",
        "正しい馬の電池ホッチキスです四",
        " leading and trailing ",
        "Kari sings in Bergen",
    ],
)
def test_ordinary_good_passwords_are_taken(password):
    check_password(password, "Kari Hansen", "kari@example.com")


def test_length_is_all_that_is_asked():
    assert "at least 12" in problem_with("elevensigns")
    check_password("twelve-signs")
    check_password("xyzzy plugh " * 10)
    assert "at most 128" in problem_with("xyzzy plugh " * 11)


@pytest.mark.parametrize(
    "password",
    [
        *(
            "passwordpassword",
            "PasswordPassword",
            "P@ssw0rdP@ssw0rd",
            "password1234",
            "Password2031!",
            "p4ssw0rd!!!!!!!",
        ),
        *("qwertyuiop123", "Qwertyuiopåasdf", "1q2w3e4r5t6y", "zxcvbnmzxcvbnm", "aaaaaaaaaaaaaa", "abababababab"),
        *("123456789012", "098765432109", "abcdefghijklm", "poiuytrewqpoiuy", "111122223333", "Liverpool2024"),
        *("jegelskerdeg1", "Rosenborg 1234", "i love you 1234", "correcthorsebatterystaple"),
    ],
)
def test_what_everybody_tries_is_refused(password):
    assert "guessed first" in problem_with(password)


@pytest.mark.parametrize(
    "password", ["Kari Hansen 1987", "karihansen@example", "HansenKari!!!!", "Cabin cabin 2026", "cabinforum123!"]
)
def test_names_addresses_and_the_site_are_refused(password):
    with pytest.raises(Invalid):
        check_password(password, "Kari Hansen", "kari.hansen@example.com")


def test_the_list_is_long_and_is_what_its_writer_writes():
    listed = passwords.COMMON.read_text(encoding="utf-8").split()

    assert listed == common_passwords.passwords()
    assert sum(len(password) >= passwords.SHORTEST for password in listed) >= 3000
    assert all(is_common(password) for password in listed)


def test_a_hash_is_argon2id_with_our_parameters():
    made = hash_password("slow green trams")

    assert made.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert is_right(made, "slow green trams")
    assert not is_right(made, "slow green tram")
    assert not is_outdated(made)
    assert is_outdated(PasswordHasher(time_cost=1, memory_cost=8192).hash("slow green trams"))


@pytest.mark.parametrize("stored", [None, "", "no hash at all"])
def test_nobody_has_no_right_password(stored):
    assert not is_right(stored, "nobody has this password")


def test_nobody_takes_as_long_as_somebody(monkeypatch):
    stored, verified = hash_password("slow green trams"), []

    class Watched(PasswordHasher):
        def verify(self, password_hash, password):
            verified.append(password_hash.rsplit("$", 2)[0])
            return super().verify(password_hash, password)

    monkeypatch.setattr(passwords, "_hasher", Watched(time_cost=2, memory_cost=19 * 1024, parallelism=1))
    for one in (stored, None, ""):
        is_right(one, "a wrong password")

    assert verified == ["$argon2id$v=19$m=19456,t=2,p=1"] * 3  # one hash of the same cost each time


def test_signing_in_holds_no_lock_while_it_hashes(make, session, visitor, monkeypatch):
    make.person("Kari", email="kari@example.com", password_hash=hash_password("slow green trams"))
    session.commit()
    hashing, written = threading.Event(), threading.Event()

    def slow(password_hash, password):
        hashing.set()
        return written.wait(5)

    monkeypatch.setattr(passwords, "is_right", slow)
    visitor.open("/sign-in")
    signing = threading.Thread(
        target=lambda: visitor.send("Sign in", email="kari@example.com", password="slow green trams")
    )
    signing.start()
    assert hashing.wait(5)
    with database.transaction() as writing:
        writing.execute(database.Model.metadata.tables["users"].update().values(department="Tea"))
    written.set()
    signing.join(10)

    assert visitor.path == "/"
