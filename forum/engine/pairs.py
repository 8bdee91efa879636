"""What can be said of a corpus that is too small for themes: which of its posts look alike."""

from forum.engine.similar import SimilarPosts

LOOK_ALIKE = 0.3  # likeness from which two posts of a tiny corpus are shown as a pair
MOST_PAIRS = 20


def look_alikes(corpus):
    """Return the (id, id, likeness) of the posts of a tiny corpus that look alike, likest first."""
    similar = SimilarPosts().fit(corpus.ids, corpus.texts)
    found: dict = {}
    for post, text in zip(corpus.ids, corpus.texts, strict=True):
        for other in similar.query(text, k=5):
            if other.id != post and other.score >= LOOK_ALIKE:
                pair = tuple(sorted((post, other.id), key=corpus.ids.index))
                found[pair] = max(found.get(pair, 0.0), other.score)
    ranked = sorted(found.items(), key=lambda item: (-item[1], [corpus.ids.index(post) for post in item[0]]))
    return [(*pair, score) for pair, score in ranked[:MOST_PAIRS]]
