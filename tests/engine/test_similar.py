"""Similar posts: found while typing, added and removed one by one."""

import pytest

from forum.engine import SimilarPosts

POSTS = {
    1: "Seat heating is too slow on cold mornings",
    2: "The bluetooth audio drops out on calls",
    3: "Heated steering wheel switches itself off",
    4: "Setevarmen er treg om morgenen",
    5: "Boot lid does not open in frost",
}


@pytest.fixture
def similar():
    return SimilarPosts().fit(POSTS.keys(), POSTS.values())


def test_the_post_itself_is_found_first_with_full_score(similar):
    for post, text in POSTS.items():
        best = similar.query(text)[0]
        assert best.id == post
        assert best.score == pytest.approx(1, abs=1e-4)


def test_shared_words_are_told(similar):
    best = similar.query("slow seat heating")[0]
    assert (best.id, best.words) == (1, ["seat", "heating", "slow"])


def test_misspellings_and_other_forms_are_found(similar):
    assert similar.query("bluetoth adio")[0].id == 2
    assert "bluetooth" in similar.query("bluetoth adio")[0].words
    assert similar.query("seats heated slowly")[0].id == 1
    assert similar.query("setevarme")[0].id == 4


def test_results_are_ordered_and_limited(similar):
    found = similar.query("heating", k=2)
    assert len(found) == 2
    assert found[0].score >= found[1].score
    assert all(0 < like.score <= 1 for like in found)


def test_nothing_shared_finds_nothing(similar):
    assert similar.query("qqq") == []
    assert similar.query("") == []
    assert similar.query("seat", k=0) == []
    assert SimilarPosts().query("seat") == []


def test_posts_come_and_go(similar):
    similar.add(6, "Sunroof leaks in the rain")
    assert similar.query("leaking sunroof")[0].id == 6
    similar.remove(6)
    assert 6 not in {like.id for like in similar.query("leaking sunroof")}
    similar.remove(6)
    assert len(similar) == len(POSTS)


def test_adding_again_replaces(similar):
    similar.add(1, "Wipers smear the windscreen")
    assert similar.query("wipers")[0].id == 1
    assert 1 not in {like.id for like in similar.query("seat heating") if "seat" in like.words}
    assert len(similar) == len(POSTS)


def test_an_index_kept_up_answers_like_a_fresh_one():
    kept = SimilarPosts()
    for n in range(3000):
        kept.add(n, f"note{n} about part{n % 7} and wheel{n % 11}")
    for n in range(2995):
        kept.remove(n)
    for post, text in POSTS.items():
        kept.add(f"p{post}", text)
    fresh = SimilarPosts().fit(
        [*range(2995, 3000), *(f"p{post}" for post in POSTS)],
        [*(f"note{n} about part{n % 7} and wheel{n % 11}" for n in range(2995, 3000)), *POSTS.values()],
    )
    for text in ("slow seats", "part3 wheel5", "frost"):
        mine, theirs = kept.query(text), fresh.query(text)
        assert [like.id for like in mine] == [like.id for like in theirs]
        assert [like.score for like in mine] == pytest.approx([like.score for like in theirs], abs=0.02)


def test_bad_input_is_refused(similar):
    with pytest.raises(ValueError, match="string"):
        similar.add(9, None)
    with pytest.raises(ValueError, match="string"):
        similar.query(7)
    with pytest.raises(ValueError, match="repeat"):
        SimilarPosts().fit([1, 1], ["a", "b"])
    with pytest.raises(ValueError, match="entries"):
        SimilarPosts().fit([1], ["a", "b"])
