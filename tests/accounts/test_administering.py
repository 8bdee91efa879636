"""The desk for people: finding, roles, names, disabling."""

import pytest
import sqlalchemy as sa

from forum.accounts.administering import make_person, set_roles
from forum.accounts.guarding import guard
from forum.accounts.models import GuardedName, SignIn, User
from forum.accounts.queries import roles_of
from forum.accounts.rules import THE_SITE
from forum.accounts.sessions import open_sign_in, reader_of
from forum.accounts.status import AccountState
from forum.core.audit import AuditEntry
from forum.core.errors import Conflict, Invalid, NotAllowed
from forum.core.outbox import OutboxMail
from forum.core.people import Role


@pytest.fixture
def admin(make):
    return make.person("Sarah Lindqvist", Role.ADMIN, email="sarah@example.com")


@pytest.fixture
def desk(visitor, admin):
    return visitor.sign_in(admin)


def test_only_admins_open_the_desk(visitor, make, app, session):
    from tests.browser import Visitor

    person = make.person()
    for reader in (make.person(), make.moderator(), make.manager()):
        somebody = Visitor(app, session).sign_in(reader)
        for path in ("/admin/people", f"/admin/people/{person.id}", f"/admin/people/{person.id}/name"):
            somebody.open(path, status=403)
            assert "This is for admins." in somebody.text
    assert visitor.open("/admin/people").path.startswith("/sign-in")


def test_people_are_found_by_part_of_name_or_address(desk, make):
    make.person("Bjørnar Vik", email="bv@example.com")
    make.person("Ola Berg", email="ola_100%@example.com")

    def names(query):
        return [name for name in ("Bjørnar Vik", "Ola Berg", "Nobody matches") if name in desk.open(query).text]

    assert names("/admin/people?q=bjornar") == ["Bjørnar Vik"]
    assert names("/admin/people?q=BV@") == ["Bjørnar Vik"]
    assert names("/admin/people?q=100%25") == ["Ola Berg"]
    assert names("/admin/people?q=_") == ["Ola Berg"]
    assert names("/admin/people?q=zzz") == ["Nobody matches"]
    assert names("/admin/people?group=team") == []
    assert names("/admin/people?group=nonsense&after=nonsense") == ["Bjørnar Vik", "Ola Berg"]


def test_people_are_paged_by_key(desk, make):
    for n in range(35):
        make.person(f"Guest Nr {n:02}")

    desk.open("/admin/people")
    assert "Guest Nr 34" in desk.text
    assert "Guest Nr 05" in desk.text
    assert "Guest Nr 04" not in desk.text
    path = next(part.split('"')[0] for part in desk.html.split('href="') if "after=" in part.split('"')[0])
    desk.open(path.replace("&amp;", "&"))
    assert "Guest Nr 04" in desk.text
    assert "Guest Nr 05" not in desk.text
    assert "Sarah Lindqvist" in desk.text


@pytest.mark.parametrize("path", ["/admin/people", "/me", "/me/sign-ins", "/people/{id}", "/admin/people/{id}"])
def test_pages_ask_few_questions_however_many_rows(desk, make, session, queries, path):
    person_id = make.person().id

    def count():
        queries.clear()
        desk.open(path.format(id=person_id))
        return len([one for one in queries if one.lstrip().upper().startswith("SELECT")])

    desk.open(path.format(id=person_id))
    first = count()
    for _time in range(3):
        open_sign_in(session, make.person("", Role.EMPLOYEE).id)
        open_sign_in(session, person_id)

    assert count() == first <= 7


def test_roles_are_given_recorded_and_told(desk, make, admin, session):
    kari = make.person("Kari Hansen", email="kari@example.com")
    key = open_sign_in(session, kari.id)

    desk.open("/admin/people").open(f"/admin/people/{kari.id}")
    desk.send("Save", roles=["moderator", "employee"], department="Customer care")

    assert "Kari Hansen has other roles now" in desk.text
    assert roles_of(session, kari.id) == {Role.MODERATOR, Role.EMPLOYEE}
    assert session.get(User, kari.id).department == "Customer care"
    assert reader_of(session, key) is None
    assert session.scalars(sa.select(GuardedName.user_id)).all() == [kari.id]
    entry = session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "account.roles")).one()
    assert (entry.actor_id, entry.about_id, entry.details) == (
        admin.id,
        kari.id,
        {"before": [], "after": ["employee", "moderator"]},
    )
    mail = session.scalars(sa.select(OutboxMail)).one()
    assert (mail.cause, "- Employee\n- Moderator\n" in mail.text) == ("roles", True)

    desk.send("Save", roles=[])
    assert roles_of(session, kari.id) == set()
    assert session.scalar(sa.select(sa.func.count()).select_from(GuardedName)) == 0


def test_saving_without_a_change_ends_nothing(desk, make, session):
    rikke = make.moderator()
    key = open_sign_in(session, rikke.id)

    desk.open(f"/admin/people/{rikke.id}").send("Save", department="Seats")

    assert "Saved." in desk.text
    assert reader_of(session, key).department == "Seats"


def test_the_last_admin_stays(desk, admin, make, session):
    desk.open(f"/admin/people/{admin.id}").send("Save", roles=["employee"], status=422)
    assert "Sarah Lindqvist is the only admin." in desk.text
    assert roles_of(session, admin.id) == {Role.ADMIN}

    desk.open(f"/admin/people/{admin.id}/disable").send("Disable the account", reason="Leaving", status=422)
    assert session.get(User, admin.id).state is AccountState.ACTIVE

    make.admin()
    desk.open(f"/admin/people/{admin.id}/disable").send("Disable the account", reason="Leaving")
    assert desk.path.startswith("/sign-in")  # her own sign-in ended too


def test_roles_come_after_the_proof_of_the_address(desk, make, session):
    kari = make.person("Kari Hansen", verified_at=None)

    desk.open(f"/admin/people/{kari.id}").send("Save", roles=["admin"], status=422)

    assert "has not confirmed the e-mail address yet" in desk.text
    assert roles_of(session, kari.id) == set()


def test_a_role_is_refused_while_a_customer_has_the_name(desk, make, session):
    make.person("Kari Hansen")
    kari = make.person("Kari Hånsen", department="")

    desk.open(f"/admin/people/{kari.id}").send("Save", roles=["employee"], department="Seats", status=422)

    assert "Somebody else is already called Kari Hansen." in desk.text
    assert 'value="employee" id="roles" checked' in desk.html
    assert roles_of(session, kari.id) == set()
    assert session.get(User, kari.id).department == ""


def test_somebody_gets_another_name_and_hears_why(desk, make, session):
    kari = make.person("Sarah Lindquist", email="kari@example.com")

    desk.open(f"/admin/people/{kari.id}/name").send("Rename", display_name="Kari", status=422)
    assert "Please fill this in." in desk.text
    desk.send("Rename", display_name="Kari L", reason="It looked like an admin's.")

    assert session.get(User, kari.id).display_name == "Kari L"
    mail = session.scalars(sa.select(OutboxMail)).one()
    assert "from “Sarah Lindquist” to “Kari L”" in mail.text
    assert "It looked like an admin's." in mail.text
    assert session.scalars(sa.select(AuditEntry)).one().reason == "It looked like an admin's."


def test_a_disabled_person_is_out_at_once(desk, make, session):
    kari = make.person("Kari Hansen")
    key = open_sign_in(session, kari.id)

    desk.open(f"/admin/people/{kari.id}/disable").send("Disable the account", reason="Asked for it")

    assert "Kari Hansen can no longer sign in." in desk.text
    assert reader_of(session, key) is None
    desk.open("/admin/people?group=disabled")
    assert "Kari Hansen" in desk.text

    desk.open(f"/admin/people/{kari.id}/enable").send("Enable the account", reason="Came back")
    assert session.get(User, kari.id).state is AccountState.ACTIVE
    assert session.scalar(sa.select(sa.func.count()).where(SignIn.ended_at.is_(None), SignIn.user_id == kari.id)) == 0


def test_services_refuse_whoever_is_no_admin(session, make):
    kari = make.person("Kari Hansen")
    for reader in (make.reader(), make.reader("", Role.MODERATOR), make.reader("", Role.MANAGER)):
        with pytest.raises(NotAllowed):
            set_roles(session, kari, frozenset({Role.ADMIN}), department="", by=reader)
        with pytest.raises(NotAllowed):
            make_person(session, name="New Person", email="new@example.com", by=reader)


def test_a_made_person_has_a_name_and_an_address_of_their_own(session, make):
    guard(session, make.person("Rikke Mølgaard", Role.MODERATOR, email="rikke@example.com"))

    with pytest.raises(Invalid):
        make_person(session, name="Rikke Molgaard", email="new@example.com", by=THE_SITE)
    with pytest.raises(Conflict):
        make_person(session, name="Ola Berg", email="RIKKE@example.com", by=THE_SITE)
