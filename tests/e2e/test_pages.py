"""Every page in a browser: access, content policy, scripts, and nothing that scrolls sideways."""

import pytest

from tests.e2e.chromium import LOOKS, Look
from tests.e2e.conftest import Windows
from tests.e2e.pages import STATES, best_visits
from tests.e2e.serving import Site

pytestmark = pytest.mark.browser

_visits: dict[str, list[tuple[str, str]]] = {}


def visits_of(name: str, site: Site) -> list[tuple[str, str]]:
    """Where to look for a page; asked once, because it is the same in every look."""
    if name not in _visits:
        _visits[name] = best_visits(name, site)
    return _visits[name]


def test_a_page_is_for_everyone(a_page: str, look: Look, windows: Windows, request):
    every_look = request.config.getoption("every_look")
    if a_page in STATES:
        state = STATES[a_page]
        path = state.path if isinstance(state.path, str) else state.path(windows.site)
        visits, sends, status, types = [(state.role, path)], state.sends, state.status, state.types
    else:
        visits, sends, status, types = visits_of(a_page, windows.site), False, 200, ()
        if not every_look:  # the widths take turns with who is looking
            visits = visits[:1] if look.width == LOOKS[0].width else visits[-1:]
    if not visits:
        pytest.skip(f"{a_page} leads on to another page, or waits for something that is not there")
    faults = []
    for role, path in visits:
        window = windows.of(role, look)
        answer = window.open(path)
        for typed in types:
            window.fill(typed(windows.site))
            answer = window.send_as_it_is()
        if sends:
            answer = window.send_as_it_is()
        if answer is not None and answer.status != status:
            faults.append(f"{path} as {role}: {answer.status} and not {status}")
        found = window.faults() + window.faults_when_narrow()
        faults += [f"{path} as {role}: {fault}" for fault in found]
        if every_look:
            window.shoot(a_page if role == visits[0][0] else f"{a_page}-{role}")

    assert not faults, "\n" + "\n".join(faults)
