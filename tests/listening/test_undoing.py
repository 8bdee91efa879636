"""An import that was a mistake is taken back, without what people have done with its posts."""

import json
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from forum.accounts.rules import THE_SITE
from forum.backlog.models import BacklogItem, Evidence
from forum.backlog.status import ItemStatus
from forum.core.audit import AuditEntry
from forum.core.clock import utcnow
from forum.core.errors import NotAllowed
from forum.core.jobs import Job, JobState
from forum.listening import undoing
from forum.listening.models import Import
from forum.listening.services import Plan, import_file
from forum.listening.undoing import balance, take_back
from forum.posts.models import Post
from forum.posts.status import Moderation
from forum.posts.voting import cast_vote
from forum.search.models import SearchEntry
from tests.listening.test_importing import perform_next

POSTS = 130  # a batch and more


@pytest.fixture
def brought(session, make, tmp_path):
    """An import, and its file: the first three posts are voted for, commented on and evidence of an item."""
    area = make.area("cabin", product_id=make.product("car").id)
    session.commit()
    path = tmp_path / "heard.jsonl"
    path.write_text("".join(json.dumps({"id": n, "body": f"Complaint {n}"}) + "\n" for n in range(POSTS)))
    plan = Plan(path, area.product_id, "heard", area_id=area.id)
    import_file(plan)
    voted, commented, evident = session.scalars(sa.select(Post).order_by(Post.id).limit(3))
    cast_vote(session, voted, by=make.reader())
    make.comment(commented, "Mine too.")
    now, manager = utcnow(), make.manager().id
    item = BacklogItem(
        product_id=area.product_id,
        title={"en": "Warm seats"},
        problem={"en": "People freeze."},
        status=ItemStatus.PROPOSED,
        owner_id=manager,
        promoted_at=now,
        promoted_by_id=manager,
        status_at=now,
        counted_at=now,
    )
    make._add(item)
    make._add(Evidence(item_id=item.id, post_id=evident.id, added_at=now, added_by_id=manager))
    session.commit()
    return plan, session.scalars(sa.select(Import)).one().id, area


def test_posts_go_except_those_that_people_have_done_something_with(app, session, brought):
    plan, import_id, area = brought
    assert balance(session, import_id) == (POSTS - 3, 3)

    assert take_back(import_id, by=THE_SITE) == (POSTS - 3, 3)
    session.rollback()  # look at it afresh
    states = session.scalars(sa.select(Post.moderation).order_by(Post.id)).all()
    assert states == [Moderation.OPEN] * 3 + [Moderation.REMOVED] * (POSTS - 3)
    assert area.posts == 3
    assert session.scalar(sa.select(sa.func.count()).select_from(SearchEntry)) == 3
    entry = session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "import.undo")).one()
    assert (entry.subject_id, entry.details) == (import_id, {"posts": POSTS - 3, "kept": 3})

    assert take_back(import_id, by=THE_SITE) == (0, 3)
    again = import_file(plan)
    assert (again.imported, again.already_here) == (POSTS - 3, 3)


def test_a_post_voted_for_while_the_lock_was_waited_for_stays(session, make, brought, monkeypatch):
    _plan, import_id, _area = brought
    reader, late = make.reader(), []
    session.commit()

    def vote_meanwhile(own, import_id):
        ids = lock_some(own, import_id)
        if not late:  # the whole first batch, so that the next one is asked for all the same
            late.extend(ids)
            for post in own.scalars(sa.select(Post).where(Post.id.in_(ids))):
                cast_vote(own, post, by=reader)
        return ids

    lock_some = undoing._lock_some
    monkeypatch.setattr(undoing, "_lock_some", vote_meanwhile)

    assert take_back(import_id, by=THE_SITE) == (POSTS - 3 - undoing.BATCH, 3 + undoing.BATCH)
    session.rollback()  # look at it afresh
    assert set(session.scalars(sa.select(Post.moderation).where(Post.id.in_(late)))) == {Moderation.OPEN}


def test_posts_are_locked_before_they_are_taken_back():
    asked = []
    recorder = SimpleNamespace(scalars=lambda query: asked.append(query) or [])
    undoing._lock_some(recorder, 1)

    assert str(asked[0].compile(dialect=postgresql.dialect())).endswith("FOR UPDATE OF posts")


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (JobState.FAILED, "Taking the import back stopped:"),
        (JobState.CANCELLED, "Taking the import back was cancelled."),
    ],
)
def test_an_import_that_was_not_taken_back_is_not_offered_again(
    visitor, make, session, brought, tmp_path, state, words
):
    _plan, _import_id, area = brought
    path = tmp_path / "more.jsonl"
    path.write_text('{"body": "Noise"}\n')
    visitor.sign_in(make.admin()).open("/listening/import")
    visitor.upload("file", path, button="Look at the file", product_id=area.product_id)
    visitor.send("Import", area_id=area.id)
    perform_next(session)
    page = visitor.path
    visitor.open(f"{page}/undo").send("Take the import back")
    session.rollback()
    job = session.scalars(sa.select(Job).where(Job.name == "listening.undo")).one()
    job.state = state
    session.commit()

    visitor.open(page)
    assert words in visitor.text
    assert "What the columns mean" not in visitor.text
    assert "Take the import back" in visitor.text


def test_only_admins_take_an_import_back(session, make, brought):
    with pytest.raises(NotAllowed):
        take_back(brought[1], by=make.reader())


def test_the_page_asks_with_numbers_and_the_worker_does_it(visitor, make, session, brought):
    visitor.sign_in(make.admin()).open(f"/listening/imports/{brought[1]}/undo")
    assert "127 posts that it brought in are removed." in visitor.text
    assert "3 posts stay" in visitor.text

    visitor.send("Take the import back")
    perform_next(session)
    visitor.open(visitor.path)
    assert "127 posts of this import were taken back." in visitor.text
    assert "Take the import back" not in visitor.text


def test_the_command_asks_first(app, session, brought):
    call = ["listen", "undo", str(brought[1])]
    asked = app.test_cli_runner().invoke(args=call, input="n\n")
    assert "127 posts would be removed. 3 posts stay." in asked.output
    assert asked.exit_code == 1

    done = app.test_cli_runner().invoke(args=[*call, "--yes"])
    assert done.output.splitlines()[-1] == "127 posts were removed. 3 posts stay."
    assert app.test_cli_runner().invoke(args=["listen", "undo", "999", "--yes"]).exit_code == 1
