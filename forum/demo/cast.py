"""The demo's people: made with their roles, organisations and consents, long before the year begins."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from forum.accounts.models import Consent, GuardedName, Organisation, User, UserRole
from forum.accounts.names import skeleton
from forum.accounts.sessions import reader_from
from forum.accounts.status import ConsentKind
from forum.core.people import Reader, Role
from forum.demo import script
from forum.demo.script import Person

MAIL = "demo.invalid"  # a domain that can never exist
CREDITED = 0.7  # share of customers who agreed to be named
NEWCOMERS = 2


@dataclass
class Cast:
    """Everybody of the demo, as services take them."""

    customers: list[Reader]
    newcomers: list[Reader]  # have not posted yet: their first posts wait
    team: list[Reader]

    def with_role(self, role: Role) -> list[Reader]:
        """Those of the team who have `role`."""
        return [person for person in self.team if role in person.roles]


def gather(session: Session, born: datetime, dice: random.Random) -> Cast:
    """Make everybody, as of `born`; nobody can sign in until they get a password."""
    organisations = {
        name: Organisation(name=name, is_demo=True)
        for name in sorted({p.organisation for p in script.customers()} - {""})
    }
    session.add_all(organisations.values())
    session.flush()
    team = [_person(session, person, f"team{n}", born) for n, person in enumerate(script.team(), start=1)]
    customers = []
    for n, person in enumerate(script.customers(), start=1):
        joined = born + timedelta(days=dice.uniform(0, 200))
        customer = _person(session, person, f"customer{n}", joined)
        if person.organisation:
            customer.organisation_id = organisations[person.organisation].id
        if dice.random() < CREDITED:
            session.add(Consent(user_id=customer.id, kind=ConsentKind.CREDIT, given_at=joined))
        if n % 2:
            session.add(Consent(user_id=customer.id, kind=ConsentKind.CONTACT, given_at=joined))
        customers.append(customer)
    for newcomer in customers[-NEWCOMERS:]:
        newcomer.approved_posts = 0
    session.flush()
    readers = [reader_from(session, user) for user in customers]
    staff = [reader_from(session, user) for user in team]
    return Cast(readers[:-NEWCOMERS], readers[-NEWCOMERS:], staff)


def _person(session: Session, person: Person, mailbox: str, joined: datetime) -> User:
    email = f"{mailbox}@{MAIL}"
    user = User(
        display_name=person.name,
        name_skeleton=skeleton(person.name),
        email=email,
        email_key=email,
        verified_at=joined,
        language=person.lang,
        department=person.department,
        approved_posts=1,
        created_at=joined,
        is_demo=True,
    )
    session.add(user)
    session.flush()
    if person.role:
        session.add(UserRole(user_id=user.id, role=Role(person.role)))
        session.merge(GuardedName(skeleton=skeleton(person.name), user_id=user.id))
    return user
