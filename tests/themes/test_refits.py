"""Ten refits, each with a twentieth more posts, under thirty pieces of steering: nothing that people said is lost."""

import pytest
import sqlalchemy as sa

from forum.backlog.models import ItemTheme
from forum.backlog.schemas import Promotion
from forum.backlog.services import promote_themes
from forum.posts.models import Post
from forum.themes import steering
from forum.themes.models import Steering, Theme
from forum.themes.obeying import Obedience, read_obedience
from forum.themes.queries import last_heir
from forum.themes.status import SteeringKind, ThemeState
from tests.themes.test_engine_runs import corpus, home_of, kept, posts, run, themes_of  # noqa: F401


@pytest.mark.long
@pytest.mark.timeout(600)
def test_ten_refits_keep_every_address_name_pin_and_promotion(session, make, manager, posts, run):  # noqa: F811
    themes = sorted(themes_of(session).values(), key=lambda theme: -theme.posts)
    said = _steer(session, themes, posts, manager)
    item = promote_themes(session, [themes[0]], Promotion(title_en="Promoted", owner_id=manager.id), by=manager)
    session.commit()
    assert len(said) == 30

    for turn in range(10):
        for n in range(len(posts) // 20):
            old = posts[(7 * turn + n) % len(posts)]
            make.post(f"Again {turn} {n}: {old.title}"[:140], body="")
        session.commit()
        done = run(posts[0])
        found, obeyed = read_obedience(session, posts[0].product_id)
        assert found == done.id
        broken = [one for one, what in obeyed.items() if what is Obedience.VIOLATED]
        assert len(broken) <= len(done.notes["unmet"]), "a wish was violated in silence"
        for steering_id, name in said.items():
            _check(session, session.get_one(Steering, steering_id), name)
        standing = session.get_one(Theme, themes[0].id)
        assert session.get_one(ItemTheme, standing.id).item_id == item.id
        assert last_heir(session, standing) is not None


def _steer(session, themes, among, manager):
    """Names for up to five themes; the rest pins and keeping out by turns."""
    for n, theme in enumerate(themes[:5]):
        steering.rename(session, theme, {"en": f"Given name {n}"}, by=manager)
    for n, post in enumerate(among[:: len(among) // 30]):
        if session.scalar(sa.select(sa.func.count()).select_from(Steering)) == 30:
            break
        home = home_of(session, post)
        target = themes[n % len(themes)]
        if n % 2 or home is None:
            if home is None or home != target.id:
                steering.pin(session, target, post.id, by=manager)
            else:
                steering.pin(session, themes[(n + 1) % len(themes)], post.id, by=manager)
        else:
            steering.keep_out(session, session.get_one(Theme, home), post.id, by=manager)
    session.commit()
    rows = session.scalars(sa.select(Steering)).all()
    return {row.id: session.get_one(Theme, row.theme_id).name for row in rows}


def _check(session, row, name):
    """What one piece of steering said still holds after the diff was accepted."""
    theme = session.get_one(Theme, row.theme_id)
    assert theme.state is not ThemeState.VANISHED or row.kind is SteeringKind.KEEP_OUT
    if row.kind is SteeringKind.RENAME:
        assert theme.name == name
        return
    home = home_of(session, session.get_one(Post, row.post_id))
    assert (home == theme.id) is (row.kind is SteeringKind.PIN)
