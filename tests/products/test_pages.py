"""The areas page, and deciding how open an area is."""

import pytest
import sqlalchemy as sa

from forum.products.models import Area
from forum.products.status import Openness


def test_everybody_reads_what_is_open_and_why(make, visitor):
    boss = make.admin()
    cabin = make.area("cabin", why={"en": "You sit here."}, posts=2, reply_minutes=95, decided_by_id=boss.id)
    make.area("seats", parent_id=cabin.id, posts=3, unanswered=1)
    make.area("engine", Openness.CLOSED, why={"en": "Type-approved as a whole."})

    visitor.open("/areas")

    assert "Cabin Open for ideas Ideas, complaints and votes. You sit here. 5 posts 1 without an answer" in visitor.text
    assert f"usually answered within 2 hours decided by {boss.display_name}" in visitor.text
    assert "Engine Closed for ideas" in visitor.text
    assert "Type-approved as a whole." in visitor.text
    assert "Set-Cookie" not in visitor.response.headers
    assert "/openness" not in visitor.html


def test_an_area_leads_to_its_posts(make, visitor):
    area = make.area("seats")

    assert visitor.open(f"/areas/{area.id}").path == f"/?area={area.id}"
    visitor.open("/areas/999", status=404)


def test_an_admin_closes_an_area(make, session, visitor):
    area = make.area("cabin")

    visitor.sign_in(make.admin()).open(f"/areas/{area.id}/openness")
    visitor.send("Save", openness="closed", why_en="Not for now.", why_nb="Ikke nå.")

    assert "Closed for ideas" in visitor.text
    changed = session.get(Area, area.id)
    assert (changed.openness, changed.why) == (Openness.CLOSED, {"en": "Not for now.", "nb": "Ikke nå."})


def test_a_missing_sentence_is_asked_for_and_what_was_typed_stays(make, visitor):
    area = make.area("cabin")

    visitor.sign_in(make.admin()).open(f"/areas/{area.id}/openness")
    visitor.send("Save", openness="closed", why_en="", status=422)

    assert "Write this in at least one language." in visitor.text
    assert visitor.forms()[2].fields["openness"] == ["closed"]


def test_a_stale_form_shows_both_texts(make, session, visitor):
    area = make.area("cabin", why={"en": "As it was."})
    visitor.sign_in(make.admin()).open(f"/areas/{area.id}/openness")
    session.execute(
        sa.update(Area).values(own_why={"en": "By the other admin."}, why={"en": "By the other admin."}, version=2)
    )

    visitor.send("Save", why_en="By me.", status=409)
    assert "By the other admin." in visitor.text
    assert "By me." in visitor.text

    visitor.send("Save")
    assert session.get(Area, area.id).why == {"en": "By me."}


@pytest.mark.parametrize("who", ["person", "moderator", "manager"])
def test_others_are_told_who_decides(make, visitor, who):
    area = make.area("cabin")

    visitor.sign_in(getattr(make, who)()).open(f"/areas/{area.id}/openness", status=403)

    assert "Only admins decide" in visitor.text
