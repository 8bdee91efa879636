"""Whether the last run obeyed what people said, wish by wish, read from where it put the posts."""

import sqlalchemy as sa

from forum.themes import steering
from forum.themes.models import RunMember, Steering
from forum.themes.obeying import Obedience, read_obedience
from forum.themes.status import SteeringKind


def test_each_wish_says_whether_the_last_run_obeyed_it(session, make, manager, propose):
    posts = [make.post(f"Post {n}") for n in range(9)]
    one, other = make.theme("One", posts[:4]), make.theme("Other", posts[4:])
    steering.rename(session, one, {"en": "First"}, by=manager)
    steering.pin(session, one, posts[7].id, by=manager)
    steering.keep_out(session, one, posts[0].id, by=manager)
    steering.keep_apart(session, one, other, (posts[1].id, posts[5].id), by=manager)
    hidden = make.post("Hidden")
    steering.pin(session, one, hidden.id, by=manager)
    session.commit()
    run = propose({one.id: [*posts[:4]], other.id: posts[4:]})  # as an engine that listens to nobody
    session.execute(sa.delete(RunMember).where(RunMember.post_id == hidden.id))
    steering.keep_together(session, one, (posts[1].id, posts[2].id), by=manager)
    session.commit()

    found, obeyed = read_obedience(session, one.product_id)

    said = session.execute(sa.select(Steering.id, Steering.kind).order_by(Steering.id)).all()
    assert found == run.id
    assert [(kind, obeyed[steering_id]) for steering_id, kind in said] == [
        (SteeringKind.RENAME, Obedience.OBEYED),
        (SteeringKind.PIN, Obedience.VIOLATED),
        (SteeringKind.KEEP_OUT, Obedience.VIOLATED),
        (SteeringKind.APART, Obedience.OBEYED),
        (SteeringKind.PIN, Obedience.NOT_READ),
        (SteeringKind.TOGETHER, Obedience.NOT_YET),
    ]
