"""The rules of an area: who writes them, where they count, and where they are read."""

import pytest

from forum.core.errors import Conflict, NotAllowed
from forum.products.posting_rules import in_force, write_rules


def test_rules_count_in_the_areas_below_until_those_have_their_own(session, make):
    moderator = make.as_reader(make.moderator())
    cabin = make.area("cabin")
    seats = make.area("seats", parent_id=cabin.id)
    with pytest.raises(NotAllowed):
        write_rules(session, cabin, {"en": "No."}, by=make.reader(), version=cabin.version)
    assert in_force(session, seats.id) is None

    write_rules(session, cabin, {"en": "Say *which car*.", "nb": "Skriv hvilken bil."}, by=moderator, version=1)
    assert in_force(session, seats.id).html["en"] == "<p>Say <em>which car</em>.</p>\n"
    write_rules(session, seats, {"en": "Say which seat."}, by=moderator, version=1)

    assert in_force(session, seats.id).area_id == seats.id
    with pytest.raises(Conflict):
        write_rules(session, cabin, {}, by=moderator, version=1)


def test_a_moderator_writes_rules_and_everybody_reads_them_where_they_post(visitor, make):
    area = make.area("cabin")
    visitor.sign_in(make.moderator()).open("/areas")
    assert f"/areas/{area.id}/rules/write" in visitor.html
    visitor.open(f"/areas/{area.id}/rules/write").send("Save", rules_en="<b>Say</b> which **car**.")
    assert "Saved." in visitor.text
    assert "<p>&lt;b&gt;Say&lt;/b&gt; which <strong>car</strong>.</p>" in visitor.html

    visitor.sign_in(make.person())
    visitor.open("/posts/new").send("Show what to mind", title="It is cold", area_id=area.id, status=200)
    assert "What to mind in Cabin" in visitor.text
    assert "<strong>car</strong>" in visitor.open(f"/?area={area.id}").html
    assert "<strong>car</strong>" in visitor.open("/areas").html
    fragment = visitor.client.get(f"/areas/{area.id}/rules", headers={"X-Fragment": "1"})
    assert "<html" not in fragment.text
    assert fragment.headers["Vary"].startswith("X-Fragment")
    visitor.open(f"/areas/{area.id}/rules/write", status=403)
