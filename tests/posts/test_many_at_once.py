"""What later stages write down on many posts at once."""

import sqlalchemy as sa

from forum.core.clock import utcnow
from forum.core.people import ANYBODY
from forum.posts import timeline
from forum.posts.models import Post
from forum.posts.services import set_statuses
from forum.posts.status import Status


def test_many_posts_take_a_status_and_fall_back_to_their_own(session, make):
    posts = [make.post(), make.post(answered_at=utcnow()), make.post()]
    ids = [post.id for post in posts]

    set_statuses(session, ids[:2], Status.PLANNED)
    assert [session.get(Post, post_id).status for post_id in ids] == [Status.PLANNED, Status.PLANNED, Status.NEW]

    set_statuses(session, ids, None)
    session.expire_all()
    assert [session.get(Post, post_id).status for post_id in ids] == [Status.NEW, Status.ANSWERED, Status.NEW]


def test_entries_on_many_posts_can_be_hidden_and_shown_again(session, make):
    post, other = make.post(), make.post()
    timeline.add_to_many(session, [post.id, other.id], "votes", n=10, why={"en": "Many."})
    chosen = sa.select(Post.id).where(Post.id == post.id)

    timeline.show_or_hide(session, chosen, ["votes"], is_public=False, n=10)

    assert timeline.entries(session, post.id, ANYBODY) == []
    assert [entry.why for entry in timeline.entries(session, other.id, ANYBODY)] == ["Many."]
    assert len(timeline.entries(session, post.id, make.reader("Ola", *make.as_reader(make.manager()).roles))) == 1

    timeline.show_or_hide(session, chosen, ["votes"], is_public=True, n=10)
    assert len(timeline.entries(session, post.id, ANYBODY)) == 1
