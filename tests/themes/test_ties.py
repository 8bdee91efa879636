"""What else than words says that posts belong together."""

import numpy as np
import pytest

from forum.posts.status import Moderation
from forum.products.models import Product
from forum.themes import training
from forum.themes.corpus import read_corpus
from forum.themes.ties import MOST_OF_ONE, MOST_TIES, ties


@pytest.fixture
def product(make) -> Product:
    return make.product("car")


@pytest.fixture
def posts(make, product):
    area = make.area(product_id=product.id)
    return [make.post(f"Post {number}", area=area) for number in range(MOST_OF_ONE + 2)]


def test_a_merged_post_belongs_to_the_one_it_was_merged_into(session, product, posts):
    posts[1].moderation, posts[1].merged_into_id = Moderation.MERGED, posts[0].id
    session.flush()

    assert ties(session, product) == [(posts[1].id, posts[0].id, 1.0)]


def test_posts_that_the_same_people_want_belong_together_a_little(session, make, product, posts):
    people = [make.person() for _ in range(4)]
    for person in people:
        make.vote(posts[0], person)
        make.vote(posts[2], person)
    make.vote(posts[3], people[0])  # one person's taste says nothing

    assert ties(session, product) == [(posts[0].id, posts[2].id, pytest.approx(0.4))]


def test_who_votes_for_everything_ties_nothing(session, make, product, posts):
    for person in (make.person(), make.person()):
        for post in posts:
            make.vote(post, person)

    assert ties(session, product) == []


def test_a_post_has_few_ties_through_voters(session, make, product, posts):
    for person in (make.person(), make.person()):
        for post in posts[: MOST_TIES + 3]:
            make.vote(post, person)

    found = ties(session, product)
    assert max(np.bincount([post for tie in found for post in tie[:2]])) == MOST_TIES


def test_a_run_gives_the_engine_its_ties(session, product, posts):
    posts[1].moderation, posts[1].merged_into_id = Moderation.MERGED, posts[0].id
    session.flush()

    links = training._links(read_corpus(session, product.id))

    assert links.shape == (len(posts), len(posts))
    assert (links - links.T).nnz == 0
    assert links[0, 1] == 1.0
