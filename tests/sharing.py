"""Which tests one process should have, because they share what takes long to make."""

from xdist.scheduler import LoadScopeScheduling

TOGETHER = (  # beginnings of addresses of tests
    "tests/e2e/test_pages.py",  # a browser and a site; in one process with the others they would be the last to end
    "tests/e2e/",
    "tests/demo/",  # the planted demo
    "tests/architecture/test_translations.py",  # all sentences
    "tests/posts/test_board_plans.py",  # a large board
    "tests/themes/test_engine_runs.py",  # a first run of the engine
)


class Sharing(LoadScopeScheduling):
    """Deals out tests one by one, and those that share something together."""

    def _split_scope(self, nodeid: str) -> str:
        if "postgresql" in nodeid:
            return "postgresql"  # one server for all
        return next((place for place in TOGETHER if nodeid.startswith(place)), nodeid)
