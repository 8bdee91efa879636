"""Every address declares who may call it."""

from flask import Flask


def test_every_view_declares_its_rule(app: Flask):
    without = {
        rule.endpoint for rule in app.url_map.iter_rules() if not hasattr(app.view_functions[rule.endpoint], "rule")
    }

    assert without == set()
