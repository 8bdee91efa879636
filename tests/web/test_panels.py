"""What pages keep in memory for everybody."""

from forum.web import panels


def test_what_is_kept_for_everybody_is_made_without_a_reader(app):
    given = []
    panels.panel("test.kept", keep=60)(lambda **values: given.append(values))
    with app.test_request_context():
        panels.panels("test.kept", post_id=12)
    panels._panels.pop("test.kept")

    assert given == [{}]
