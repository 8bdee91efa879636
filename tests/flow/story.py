"""What the story of the loop is told with, on pages with and without a browser."""

import re
from email import message_from_bytes
from email.policy import default
from pathlib import Path

from sqlalchemy.orm import Session

from forum.core import jobs
from forum.core.people import Role
from forum.demo import script
from tests.make import Make

COMPLAINT = {
    "title": "The seat stays cold for half the way",
    "body": "I switch the seat heating on when I start, and it is **lukewarm** when I arrive at work.",
}
CUSTOMER = {"display_name": "Kari Hansen", "email": "kari@example.com", "password": "seven slow green trams"}
THEMES = ("seat-heating", "phone-connection", "rattles")
EACH = 14  # posts that others have written about each theme


def set_the_scene(session: Session, make: Make) -> dict[str, int]:
    """A car with a cabin and an engine, forty complaints by others, and the team; the ids of areas and people."""
    product = make.product("car", own_names=["car"])
    cabin = make.area("cabin", product_id=product.id)
    engine = make.area("engine", product_id=product.id)
    told = {theme: [one for one in script.posts() if one.lang == "en" and one.theme == theme] for theme in THEMES}
    for theme in THEMES:
        for one in told[theme][:EACH]:
            make.post(one.title[:140], body=one.body, area=cabin)
    people = {
        "moderator": make.person("Mona Dahl", Role.MODERATOR, department="Community"),
        "manager": make.person("Petra Holm", Role.MANAGER, department="Product"),
        "voter": make.person("Ola Nordmann"),
        "other voter": make.person("Mette Jensen"),
    }
    session.commit()
    return {"cabin": cabin.id, "engine": engine.id} | {name: person.id for name, person in people.items()}


def work_off_jobs() -> None:
    """Do everything that waits for the worker, here and now."""
    while due := jobs.sweep():
        for job_id in due:
            row = jobs.claim(job_id)
            if row is not None:
                jobs.run_here(row.id, row.attempts)


def link_in_newest_mail(folder: Path, subject: str) -> str:
    """The local address of the link in the newest mail with this subject."""
    for path in sorted(folder.iterdir(), reverse=True):
        mail = message_from_bytes(path.read_bytes(), policy=default)
        if mail["Subject"] == subject:
            found = re.search(r"https?://[^/\s]+(/\S+)", mail.get_body(("plain",)).get_content())
            assert found, mail.get_body(("plain",)).get_content()
            return found[1]
    raise AssertionError(f"no mail “{subject}” in {folder}")
