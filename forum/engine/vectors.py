"""Learn from a corpus how to turn posts into vectors (`spaces.py` then does it).

Three readings of the same post, as in section 2b of the measurements: its wording (TF-IDF of stems, pairs
and letter groups, reduced by SVD), the company its words keep (positive pointwise mutual information of
stems within posts, reduced by SVD; Church & Hanks 1990, Levy & Goldberg 2014) and static word vectors.
"""

from collections import Counter

import numpy as np
from scipy import sparse
from sklearn.utils.extmath import randomized_svd

from forum.engine import wordvectors
from forum.engine.languages import guess_language, language_code
from forum.engine.spaces import Company, Meaning, Shape, Spaces, Wording, phrases, read, unit_rows
from forum.engine.text import letter_groups

WEIGHTS = (0.75, 0.5, 0.9)  # of wording, company, meaning
WORDING_WIDTH = 100
COMPANY_WIDTH = 100
MOST_COLUMNS = 100_000
FEW_IN_LANGUAGE = 20  # posts; a language with fewer has no mean of its own
SMALL_CORPUS = 200  # posts; under this a term need occur only once


def count_matrix(posts, columns=None):
    """Count terms: return (sparse counts (n, n_terms) float32, sorted list of terms).

    `posts` is a list of lists of terms; with `columns` (term -> column) others are passed over.
    """
    if columns is None:
        terms = sorted({term for post in posts for term in post})
        columns = {term: column for column, term in enumerate(terms)}
    else:
        terms = list(columns)
    indices: list[int] = []
    data: list[int] = []
    starts = [0]
    for post in posts:
        counts = Counter(term for term in post if term in columns)
        indices.extend(columns[term] for term in counts)
        data.extend(counts.values())
        starts.append(len(indices))
    shape = (len(posts), len(terms))
    matrix = sparse.csr_matrix((np.array(data, np.float32), indices, starts), shape=shape)
    matrix.sort_indices()
    return matrix, terms


def keep_columns(counts, terms, *, at_least, at_most):
    """Drop terms in fewer than `at_least` posts or in more than the share `at_most` of them.

    Of what remains at most MOST_COLUMNS stay, those in the most posts.
    """
    found_in = counts.getnnz(axis=0)
    keep = np.flatnonzero((found_in >= at_least) & (found_in <= max(at_most * counts.shape[0], at_least)))
    if len(keep) > MOST_COLUMNS:
        keep = np.sort(keep[np.argsort(-found_in[keep], kind="stable")[:MOST_COLUMNS]])
    return counts[:, keep], [terms[column] for column in keep]


def tfidf(counts):
    """Return (unit rows (1 + ln tf) × idf, idf) with idf = 1 + ln((1 + n) / (1 + df))."""
    found_in = counts.getnnz(axis=0)
    idf = 1 + np.log((1 + counts.shape[0]) / (1 + found_in))
    weighted = counts.astype(np.float64)
    weighted.data = 1 + np.log(weighted.data)
    weighted = weighted @ sparse.diags(idf)
    return unit_sparse_rows(weighted).astype(np.float32), idf.astype(np.float32)


def unit_sparse_rows(matrix):
    """Return the sparse `matrix` with rows of length one; empty rows stay."""
    length = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    scale = np.divide(1.0, length, out=np.zeros_like(length), where=length > 0)
    return sparse.csr_matrix(sparse.diags(scale) @ matrix)


def main_axes(matrix, width, random_state):
    """Return (axes (n_columns, d) float16, singular values (d,)) of `matrix`, d at most `width`.

    Half precision halves the memory of whoever places posts; what is learnt from the axes uses them as kept.
    """
    width = max(1, min(width, min(matrix.shape) - 1))
    _, values, axes = randomized_svd(matrix, width, n_iter=5, random_state=random_state)
    return np.ascontiguousarray(axes.T, dtype=np.float16), values.astype(np.float32)


def learn_shape(rows, languages, power=None):
    """Return the `Shape` of `rows` (n, d): means per language, axes weighted by (eig / max)^`power`."""
    rows = unit_rows(rows)
    languages = np.asarray(languages)
    common = [code for code in sorted(set(languages.tolist())) if (languages == code).sum() >= FEW_IN_LANGUAGE]
    means = {code: rows[languages == code].mean(axis=0) for code in common}
    means[""] = rows.mean(axis=0)
    centred = rows - np.stack([means.get(code, means[""]) for code in languages.tolist()])
    if power is None:
        return Shape(means)
    values, axes = np.linalg.eigh((centred.T @ centred / len(rows)).astype(np.float64))
    order = np.argsort(-values)
    values, axes = np.clip(values[order], 0, None), axes[:, order]
    weight = (values / max(values[0], 1e-12)) ** power
    return Shape(means, np.ascontiguousarray(axes * weight, dtype=np.float32))


def learn_wording(readings, random_state, power=0.25):
    """Return (`Wording`, its rows for `readings`)."""
    small = len(readings) < SMALL_CORPUS
    terms, names = count_matrix([phrases(reading.stems) for reading in readings])
    terms, names = keep_columns(terms, names, at_least=1 if small else 2, at_most=0.5)
    words, vocabulary = count_matrix([reading.words for reading in readings])
    spelt, groups = count_matrix([letter_groups(word) for word in vocabulary])
    # Letter groups end at the word's edge, so counting them per word once is enough.
    letters, groups = keep_columns(sparse.csr_matrix(words @ spelt), groups, at_least=1 if small else 3, at_most=0.3)
    (term_rows, term_idf), (letter_rows, letter_idf) = tfidf(terms), tfidf(letters)
    matrix = sparse.hstack([term_rows, letter_rows], format="csr")
    axes, _ = main_axes(matrix, WORDING_WIDTH, random_state)
    raw = matrix @ axes.astype(np.float32)
    languages = [reading.language for reading in readings]
    wording = Wording(
        {name: row for row, name in enumerate(names)},
        {group: row + len(names) for row, group in enumerate(groups)},
        np.concatenate([term_idf, letter_idf]),
        axes,
        learn_shape(raw, languages, power),
    )
    return wording, wording.shape.apply(raw, languages)


def learn_company(readings, random_state, power=0.125):
    """Return (`Company`, its rows for `readings`)."""
    counts, names = count_matrix([reading.all_stems for reading in readings])
    at_least = 1 if len(readings) < SMALL_CORPUS else 2
    counts, names = keep_columns(counts, names, at_least=at_least, at_most=1.0)
    rows, idf = tfidf(counts)
    axes, values = main_axes(surprise(counts), COMPANY_WIDTH, random_state)
    axes = (axes * np.sqrt(values)).astype(np.float16)
    raw = rows @ axes.astype(np.float32)
    languages = [reading.language for reading in readings]
    company = Company({name: row for row, name in enumerate(names)}, idf, axes, learn_shape(raw, languages, power))
    return company, company.shape.apply(raw, languages)


def surprise(counts):
    """Return the sparse positive pointwise mutual information of terms within posts.

    max(0, ln(n(a, b) × n / (n(a) × n(b)))) with n posts, counting posts rather than occurrences.
    """
    present = (counts > 0).astype(np.float32)
    together = sparse.coo_matrix(present.T @ present)
    off = together.row != together.col
    row, column, shared = together.row[off], together.col[off], together.data[off]
    found_in = np.asarray(present.sum(axis=0)).ravel()
    value = np.log(shared * counts.shape[0] / (found_in[row] * found_in[column]))
    keep = value > 0
    size = (counts.shape[1], counts.shape[1])
    return sparse.csr_matrix((value[keep], (row[keep], column[keep])), shape=size)


def learn_meaning(readings):
    """Return (`Meaning`, its rows for `readings`), or None where no word vectors are installed."""
    vectors = wordvectors.find()
    if vectors is None:
        return None
    languages = [reading.language for reading in readings]
    raw = vectors.means([reading.meant for reading in readings])
    meaning = Meaning(vectors, learn_shape(raw, languages))
    return meaning, meaning.shape.apply(raw, languages)


def learn_spaces(readings, random_state):
    """Return (`Spaces`, list of the unit rows (n, d) of `readings` in each of its parts)."""
    learnt = [learn_wording(readings, random_state), learn_company(readings, random_state)]
    meaning = learn_meaning(readings)
    if meaning is not None:
        learnt.append(meaning)
    spaces, blocks = zip(*learnt, strict=True)
    return Spaces(list(spaces), list(WEIGHTS[: len(learnt)])), list(blocks)


def describe(texts, languages, random_state=0):
    """Return unit rows (n, d) of `texts`, of which no fit has learnt anything, by what they say of each other.

    `languages` are BCP 47 tags; unknown ones are guessed. Of fewer than two texts the rows are zeros.
    """
    if len(texts) < 2:
        return np.zeros((len(texts), 1), dtype=np.float32)
    codes = [language_code(code) for code in languages]
    spoken = [guess_language(text) if code == "und" else code for text, code in zip(texts, codes, strict=True)]
    readings = [read(text, code, frozenset()) for text, code in zip(texts, spoken, strict=True)]
    spaces, blocks = learn_spaces(readings, random_state)
    return spaces.side_by_side(blocks)
