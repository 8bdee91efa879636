"""A damaged model file is refused and said plainly; the last themes stay, and the next run writes a new one."""

import json

import numpy as np
import pytest
import sqlalchemy as sa

from config import settings
from forum.core.database import reading
from forum.core.jobs import claim, run_here
from forum.core.people import Role
from forum.moderation import spam
from forum.products.models import Product
from forum.search.services import index_post
from forum.search.similar import index_file, write_index
from forum.themes import training
from forum.themes.accepting import accept_all
from forum.themes.jobs import place_posts, start_run
from forum.themes.models import Theme, ThemeMember
from tests.engine import sentences


def truncate(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def empty(path):
    path.write_bytes(b"")


def flip_a_bit(path):
    whole = bytearray(path.read_bytes())
    whole[len(whole) // 2] ^= 4
    path.write_bytes(whole)


def claim_another_checksum(path):
    with np.load(path) as members:
        arrays = dict(members)
    header = json.loads(arrays["header"].tobytes()) | {"sha256": "0" * 64}
    arrays["header"] = np.frombuffer(json.dumps(header).encode(), dtype=np.uint8)
    np.savez(path, **arrays)


def remove(path):
    path.unlink()


@pytest.fixture
def manager(make):
    return make.reader("Mia", Role.MANAGER)


@pytest.fixture
def run(session, make, manager):
    """Runs the engine over the posts as the job does; the file that it writes."""
    texts, _named = sentences.posts()
    posts = [make.post(text[:140], body="") for text in texts]
    product = session.get_one(Product, posts[0].product_id)

    def go():
        run = start_run(session, product, by=manager)
        session.commit()
        job = claim(run.job_id)
        run_here(job.id, job.attempts)
        session.expire_all()
        accept_all(session, run, by=manager)
        session.commit()
        return training.models_folder() / run.model_file

    go.product = product
    return go


def standing(session):
    session.expire_all()
    return {tuple(row) for row in session.execute(sa.select(ThemeMember.theme_id, ThemeMember.post_id))}


def forget(monkeypatch):
    """Be a process that has read no model yet."""
    monkeypatch.setattr(training, "_kept", {})
    training._load.cache_clear()


@pytest.mark.parametrize("damage", [truncate, empty, flip_a_bit, claim_another_checksum, remove])
def test_a_damaged_model_is_said_and_made_anew_and_the_themes_stay(
    damage, run, session, make, visitor, app, monkeypatch, manager
):
    path = run()
    before, themes = standing(session), session.scalars(sa.select(Theme.id)).all()
    doctor = app.test_cli_runner().invoke
    assert "ok    The engine's files can be read." in doctor(args=["doctor"]).output
    damage(path)
    forget(monkeypatch)
    late = make.post("The driver seat hurts my back after an hour on the motorway", body="")
    session.commit()

    assert place_posts(product_id=run.product.id) == {"placed": 0}
    visitor.sign_in(make.manager())
    for address in (
        "/themes",
        f"/themes/{themes[0]}",
        f"/themes/{themes[0]}/split",
        "/themes/questions",
        "/themes/map",
    ):
        visitor.open(address)
    said = doctor(args=["doctor"]).output
    assert f"LOOK  The theme model of {run.product.slug} cannot be used: {path} " in said
    assert f"flask --app wsgi themes run {run.product.slug}" in said
    assert standing(session) == before

    newer = run()
    assert newer != path
    assert "ok    The engine's files can be read." in doctor(args=["doctor"]).output
    assert before <= standing(session)
    assert late.id in {post for _theme, post in standing(session)}


def test_a_damaged_index_of_similar_posts_is_said_and_written_anew(session, make, app, visitor):
    index_post(session, make.post("The seat is cold in the morning").id)
    session.commit()
    with reading() as fresh:
        write_index(fresh)
    whole = bytearray(index_file().read_bytes())
    whole[-3] ^= 1
    index_file().write_bytes(whole)
    doctor = app.test_cli_runner().invoke

    assert f"LOOK  {settings().data_dir / 'similar.index'} is damaged." in doctor(args=["doctor"]).output
    assert "The seat is cold" in visitor.open("/posts/similar?title=A+cold+seat+in+the+morning").text
    assert doctor(args=["search", "rebuild"]).exit_code == 0
    assert "ok    The engine's files can be read." in doctor(args=["doctor"]).output


def test_damaged_weights_of_what_reads_like_advertising_are_said_and_rules_go_on(session, app):
    texts = ["Cheap watches, buy now http://a.example"] * 20 + ["The seat is cold in the morning"] * 20
    assert spam.learn(texts, [True] * 20 + [False] * 20)
    learnt = spam.score(texts[0])
    flip_a_bit(spam.model_file())

    assert "LOOK  What advertising reads like is forgotten:" in app.test_cli_runner().invoke(args=["doctor"]).output
    assert 0 < spam.score(texts[0]) < learnt
    assert spam.learn(texts, [True] * 20 + [False] * 20)
    assert "ok    The engine's files can be read." in app.test_cli_runner().invoke(args=["doctor"]).output
