"""Similar posts: found while typing, added and removed one by one."""

import json

import pytest

from config import HOME
from forum.engine import ModelFileError, SimilarPosts
from forum.engine.asked import Question
from tests.engine import dialects, sentences

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


def test_a_word_that_nobody_says_is_taken_for_the_one_that_was_meant(similar, tmp_path):
    similar.save(tmp_path / "index")
    for index in (similar, SimilarPosts.open(tmp_path / "index")):
        best = index.query("seet heting")[0]
        assert (best.id, best.words) == (1, ["seat", "heating"])


def test_words_that_only_sound_alike_are_not_told_as_shared():
    assert not Question("lader").says("hader")
    assert not Question("the weather").says("leather")
    assert Question("setevarme").says("varme")
    assert Question("seat").says("seats")


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


def test_a_saved_index_answers_like_the_one_it_was_made_from(similar, tmp_path):
    similar.save(tmp_path / "index", {"read": "today"})
    opened = SimilarPosts.open(tmp_path / "index")

    assert (opened.facts, similar.facts) == ({"read": "today"}, {})
    for text in ("slow seat heating", "bluetoth adio", "seats heated slowly", "frost", "setevarme", "qqq", ""):
        mine, theirs = opened.query(text), similar.query(text)
        assert {like.id: like.words for like in mine} == {like.id: like.words for like in theirs}
        assert [like.id for like in mine[:1]] == [like.id for like in theirs[:1]]
        # In a file words have meanings besides, which count a little.
        assert [like.score for like in mine] == pytest.approx([like.score for like in theirs], abs=0.15)
    assert (len(opened), 3 in opened, 9 in opened) == (5, True, False)


def test_posts_come_and_go_beside_a_saved_index(similar, tmp_path):
    similar.save(tmp_path / "index")
    opened = SimilarPosts.open(tmp_path / "index")
    other = SimilarPosts.open(tmp_path / "index")

    opened.add(6, "Sunroof leaks in the rain")
    opened.add(1, "Wipers smear the windscreen")
    opened.remove(2)
    opened.remove(7)

    assert opened.query("leaking sunroof")[0].id == 6
    assert opened.query("wiper")[0].id == 1
    assert 2 not in {like.id for like in opened.query("bluetooth audio calls")}
    assert [like.id for like in opened.query("seat heating slow") if like.score > 0.5] == []
    assert (len(opened), 2 in opened, 6 in opened) == (5, False, True)
    assert other.query("bluetooth")[0].id == 2


def test_an_empty_index_is_saved_too(tmp_path):
    SimilarPosts().save(tmp_path / "index")

    assert SimilarPosts.open(tmp_path / "index").query("seat") == []


def test_a_damaged_or_foreign_file_is_refused(similar, tmp_path):
    path = tmp_path / "index"
    similar.save(path)
    whole = path.read_bytes()
    middle = len(whole) // 2
    damaged = (
        b"",
        b"PK nothing of ours",
        whole[:-7],
        whole[:100],
        whole + b"more",
        whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :],
        whole.replace(b'"crc"', b'"arc"'),
    )
    for content in damaged:
        path.write_bytes(content)
        with pytest.raises(ModelFileError):
            SimilarPosts.open(path)
    path.unlink()
    with pytest.raises(FileNotFoundError):
        SimilarPosts.open(path)


def test_what_cannot_be_saved_is_said(similar, tmp_path):
    with pytest.raises(ValueError, match="whole numbers"):
        SimilarPosts().fit(["a"], ["seat"]).save(tmp_path / "index")
    assert list(tmp_path.iterdir()) == []
    similar.save(tmp_path / "index")
    with pytest.raises(ValueError, match="opened from a file"):
        SimilarPosts.open(tmp_path / "index").save(tmp_path / "index")


def test_the_title_counts_twice():
    similar = SimilarPosts().fit([1, 2], ["The wheel\nThe seat is cold", "The seat\nThe wheel is cold"])

    assert similar.query("seat")[0].id == 2


def test_dialects_and_nynorsk_find_the_post_in_bokmal():
    posts = [json.loads(line) for line in (HOME / "forum/demo/texts/nb.jsonl").read_text().splitlines()]
    for language in ("en", "da"):
        posts += [json.loads(line) for line in (HOME / f"forum/demo/texts/{language}.jsonl").read_text().splitlines()]
    similar = SimilarPosts().fit(
        [post["key"] for post in posts], [f"{post['title']}\n{post['body']}" for post in posts]
    )
    asked = dialects.paraphrases()

    found = [key in {like.id for like in similar.query(said, k=5)} for key, _where, said in asked]

    assert sum(found) / len(asked) >= 0.9


def test_misspelt_words_find_the_post():
    texts = dict(enumerate(sentences.posts()[0]))
    similar = SimilarPosts().fit(texts.keys(), texts.values())
    misspelt = {number: _misspelt(text) for number, text in list(texts.items())[::7]}

    found = [texts[similar.query(said, k=1)[0].id] == texts[number] for number, said in misspelt.items()]

    assert sum(found) / len(found) >= 0.95


def _misspelt(text):
    """Every longer word without its third letter."""
    return " ".join(word[:2] + word[3:] if len(word) > 4 else word for word in text.split())


@pytest.mark.parametrize(
    ("asked", "said", "is_said"),
    [
        ("adio", "audio", True),
        ("haeting", "heating", True),
        ("bluetoth", "bluetooth", True),
        ("saet", "seat", True),
        ("temparature", "temperature", True),
        ("mårra", "morgenen", True),
        ("koffer", "hvorfor", False),  # says nothing of what a post is about
        ("seat", "heat", False),
        ("seat", "setet", True),
        ("set", "sete", False),
        ("haust", "høsten", True),
        ("cold", "gold", False),
        ("the", "the", False),
        ("heater", "head", False),
        ("light", "bright", False),
        ("light", "daylight", False),
        ("setevarmen", "varmen", True),
    ],
)
def test_words_that_count_as_shared(asked, said, is_said):
    assert Question(f"{asked} whatever").says(said) is is_said
