"""Many people pressing at the same moment, through whole requests against a real database file."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import sqlalchemy as sa

from forum.accounts.identity import COOKIE
from forum.accounts.sessions import open_sign_in
from forum.posts.models import Comment, Post, Vote
from forum.web.cookies import cookie_name
from tests.browser import Visitor


def browsers(app, session, people):
    """A browser for each person, with the page's token for its forms."""
    found = []
    for person in people:
        visitor = Visitor(app, session)
        visitor.client.set_cookie(cookie_name(COOKIE), open_sign_in(session, person.id))
        visitor.open("/posts/new")
        token = next(form.fields["csrf_token"][0] for form in visitor.forms() if "csrf_token" in form.fields)
        found.append((visitor.client, token))
    session.commit()
    return found


def send_all(found, address, **fields):
    """Everybody sends the same form at once; the answers' statuses."""
    gate = Barrier(len(found))

    def send(pair):
        client, token = pair
        gate.wait()
        return client.post(address, data=fields | {"csrf_token": token}).status_code

    with ThreadPoolExecutor(len(found)) as pool:
        return list(pool.map(send, found))


def test_sixteen_requests_of_one_person_are_one_vote(app, session, make):
    post, person = make.post(), make.person()
    statuses = send_all(browsers(app, session, [person] * 16), f"/posts/{post.id}/vote", interest="want")

    session.commit()  # begin anew, after what the others wrote
    session.expire_all()
    assert statuses == [303] * 16
    assert (session.get(Post, post.id).votes, session.scalars(sa.select(Vote.user_id)).all()) == (1, [person.id])


def test_twenty_people_voting_and_commenting_at_once_are_all_counted(app, session, make):
    post, people = make.post(), [make.person() for _ in range(20)]
    found = browsers(app, session, people)

    votes = send_all(found, f"/posts/{post.id}/vote", interest="buy")
    comments = send_all(found, f"/posts/{post.id}/comments", body="Me too.")

    session.commit()  # begin anew, after what the others wrote
    session.expire_all()
    counted = session.get(Post, post.id)
    assert votes + comments == [303] * 40
    assert (counted.votes, counted.votes_buy, counted.comments) == (20, 20, 20)
    keys = session.scalars(sa.select(Comment.thread_key)).all()
    assert len(set(keys)) == 20
