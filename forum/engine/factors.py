"""Topic models of scikit-learn as another way to group posts: NMF and LDA beside the graph.

Every post goes to the topic that weighs most in it. How many topics there are is decided as for the graph,
by the links between posts: of several numbers, the one whose grouping has most worth (see `grouping.worth`).
"""

import warnings
from functools import partial

import numpy as np
from scipy import sparse
from sklearn.decomposition import NMF, LatentDirichletAllocation
from sklearn.exceptions import ConvergenceWarning

from forum.engine.grouping import Grouping, fold_small, worth
from forum.engine.spaces import phrases
from forum.engine.vectors import SMALL_CORPUS, count_matrix, keep_columns, tfidf

TOPICS = (3, 5, 8, 12, 16, 24, 32, 48, 64, 96)
POSTS_OF_A_TOPIC = 8  # on average, at least
MOST_COLUMNS = 20_000
FEW_TOPICS = 0.05  # prior of a topic in a post: a short post has one or two
ROUNDS = {"nmf": 200, "lda": 12}


def term_matrix(readings, method):
    """Return the sparse matrix (n, n_terms) that `method` factorises: TF-IDF for "nmf", counts for "lda"."""
    counts, terms = count_matrix([phrases(reading.stems) for reading in readings])
    at_least = 1 if len(readings) < SMALL_CORPUS else 2
    counts, _ = keep_columns(counts, terms, at_least=at_least, at_most=0.5)
    if counts.shape[1] > MOST_COLUMNS:
        often = np.sort(np.argsort(-counts.getnnz(axis=0), kind="stable")[:MOST_COLUMNS])
        counts = counts[:, often]
    return tfidf(counts)[0] if method == "nmf" else sparse.csr_matrix(counts)


def strongest_topic(matrix, method, topics, seed):
    """Return (n,) the topic of largest weight in each row of `matrix`, of so many `topics`.

    NMF with coordinate descent from NNDSVDA (Cichocki & Phan 2009; Boutsidis & Gallopoulos 2008), LDA with
    online variational Bayes (Hoffman et al. 2010).
    """
    topics = min(topics, *matrix.shape)
    if method == "nmf":
        model = NMF(topics, init="nndsvda", max_iter=ROUNDS["nmf"], random_state=seed)
    else:
        model = LatentDirichletAllocation(
            topics,
            doc_topic_prior=FEW_TOPICS,
            learning_method="online",
            batch_size=256,
            max_iter=ROUNDS["lda"],
            random_state=seed,
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # the strongest topic settles long before the weights
        weights = model.fit_transform(matrix)
    return weights.argmax(axis=1)


def choose_topics(posts, matrix, method, *, granularity=1.0, smallest=5, seed=0, progress=None):
    """Return the `Grouping` of `posts` (`Linked`) by topics of `matrix`; its resolution is the number of topics.

    `granularity` multiplies the number of topics so found.
    """
    most = max(2, len(posts.rows) // POSTS_OF_A_TOPIC)
    numbers = [number for number in TOPICS if number <= most] or [most]
    best = Grouping(np.zeros(len(posts.rows), dtype=np.intp), float(numbers[0]), -np.inf)
    for turn, number in enumerate(numbers):
        best = max(best, topics_at(posts, matrix, method, number, smallest, seed), key=lambda found: found.worth)
        if progress:
            progress((turn + 1) / len(numbers))
    if granularity == 1.0:
        return best
    return topics_at(posts, matrix, method, max(2, round(best.resolution * granularity)), smallest, seed)


def topics_at(posts, matrix, method, number, smallest, seed):
    """Return the `Grouping` of `posts` by so many topics, none of them under `smallest` posts."""
    labels = fold_small(posts, strongest_topic(matrix, method, number, seed), smallest)
    return Grouping(labels, float(number), worth(posts, labels))


def regroup_topics(posts, matrix, method, number, smallest):
    """Return what groups a sample of the posts again: (places, seed) -> labels."""
    return partial(_again, posts, matrix, method, number, smallest)


def _again(posts, matrix, method, number, smallest, places, seed):
    return topics_at(posts.sample(places), matrix[places], method, number, smallest, seed).labels
