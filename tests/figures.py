"""Figures that tests print at the end of a run: what a test hands to `record_property("figure", words)`."""

import pytest


def print_figures(reporter: pytest.TerminalReporter) -> None:
    """Write them below the results, each beside its test; with several test processes too."""
    for report in reporter.getreports("passed"):
        for name, words in report.user_properties:
            if name == "figure":
                reporter.write_line(f"{report.nodeid.rpartition('::')[2]}: {words}")
