"""What the demo's company knows of its customers, as a register would say it, and two segments made of that."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.models import Organisation, User
from forum.core.people import Reader
from forum.segments import members, services
from forum.segments.conditions import Condition
from forum.segments.status import How

# By name: plan, revenue a year, customer since.
COMPANIES = {
    "Fellside Rentals": ("Rental", 420_000.0, "2023-05-01"),
    "Fjordby Taxi": ("Fleet", 1_900_000.0, "2019-03-01"),
    "Havnegade Kørsel": ("Fleet", 310_000.0, "2024-02-01"),
    "Nordlys Bildeling": ("Car sharing", 2_400_000.0, "2020-01-01"),
    "Solbakken Home Care": ("Fleet", 640_000.0, "2021-08-01"),
}
PLANS = ("Owner", "Lease", "Owner", "Subscription")  # of people without a company, in turn
SEGMENTS = (
    (
        {"en": "Fleets and sharing", "nb": "Flåter og bildeling", "da": "Flåder og delebiler"},
        *(3.0, Condition("plan", How.IS, "Fleet, Car sharing")),
    ),
    (
        {"en": "With us since before 2022", "nb": "Hos oss siden før 2022", "da": "Hos os siden før 2022"},
        *(1.0, Condition("since", How.BEFORE, "2022-01-01")),
    ),
)


def set_up(session: Session, *, by: Reader) -> None:
    """Write down what is known of customers, and make the segments."""
    for company in session.scalars(sa.select(Organisation).where(Organisation.is_demo)):
        plan, company.revenue, since = COMPANIES[company.name]
        company.attributes = {"plan": plan, "since": since}
    customers = sa.select(User).where(User.is_demo, User.department == "", User.organisation_id.is_(None))
    for n, person in enumerate(session.scalars(customers.order_by(User.id))):
        person.attributes = {"plan": PLANS[n % len(PLANS)], "since": f"{2018 + n % 8}-0{1 + n % 9}-01"}
    for names, weight, condition in SEGMENTS:
        made = services.save_segment(session, None, names["en"], [condition], weight, version=0, by=by, names=names)
        made.is_demo = True
    members.refresh(session)
