"""What the pages of product managers need beside posts: themes of the engine's own finding, and a backlog.

`python -m tests.bench.arrange FOLDER` adds them to the database in that folder, and prints as JSON how to sign in.
"""

import json
import os
import sys
from pathlib import Path

from tests.bench.seed import FACTS, environment

ITEMS = 40  # on the backlog, of the largest themes
ON_THE_ROADMAP = 24  # of them


def main(folder: Path) -> None:
    """Fit, accept, promote and plan; note the manager and a theme beside the other facts."""
    os.environ.update(environment(folder) | {"OMP_NUM_THREADS": "1"})
    from forum.core.database import forget_engine
    from forum.themes import mapping
    from tests.bench.desk import accept_run, arrange_manager, fit_run

    person, product = arrange_manager()
    accept_run(fit_run(product), person)
    mapping.draw(product)
    facts = json.loads((folder / FACTS).read_text()) | _backlog(person)
    (folder / FACTS).write_text(json.dumps(facts))
    forget_engine()  # the last connection folds the log into the file


def _backlog(person: int) -> dict[str, object]:
    """Promote the largest themes, and plan some of them; who is signed in as the manager, and the largest theme."""
    import sqlalchemy as sa

    from forum.accounts.models import User
    from forum.accounts.sessions import open_sign_in, reader_from
    from forum.backlog.schemas import Decision, Promotion
    from forum.backlog.services import move_item, promote_themes
    from forum.backlog.status import ItemStatus
    from forum.core.database import transaction
    from forum.themes.models import Theme

    with transaction() as session:
        by = reader_from(session, session.get_one(User, person))
        themes = session.scalars(sa.select(Theme).order_by(Theme.posts.desc(), Theme.id).limit(ITEMS)).all()
        for number, theme in enumerate(themes):
            promotion = Promotion(
                title_en=f"Work {number}", problem_en="What posts say.", owner_id=person, is_public=True
            )
            item = promote_themes(session, [theme], promotion, by=by)
            if number < ON_THE_ROADMAP:
                planned = Decision(to=ItemStatus.PLANNED, sentence_en="We have begun.", argument="Many ask for it.")
                move_item(session, item, ItemStatus.PLANNED, planned, by=by)
        return {"manager": open_sign_in(session, person), "theme": themes[0].id if themes else 0}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
