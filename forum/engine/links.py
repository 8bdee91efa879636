"""Link the posts of a fit: by likeness, by what the caller knows of them, and as people decided."""

import numpy as np
from scipy import sparse

from forum.engine.graph import likeness_graph
from forum.engine.grouping import Linked

FEW_IN_LANGUAGE = 20  # posts; a language with fewer is read among the others


def link(spaces, blocks, readings, core, given, ruling):
    """Return the posts of the `core` as `Linked`.

    Likeness in the `blocks` of `spaces`, the `given` links between posts (n, n) or None, a link of weight 1
    between posts that the `ruling` ties, and none between those it parts.
    """
    spoken = [readings[place].language for place in core.positions]
    counts = {code: spoken.count(code) for code in set(spoken)}
    main = max(sorted(counts), key=counts.__getitem__)
    spoken = [code if counts[code] >= FEW_IN_LANGUAGE else main for code in spoken]
    n = len(spoken)
    k = 4 if n < 100 else 5 if n < 300 else 10
    graph = likeness_graph(list(zip(blocks, spaces.weights, strict=True)), spoken, k)
    pull = None
    if given is not None and given.nnz:
        known = _onto_core(given, core)
        graph, pull = graph.maximum(_at_most(known, graph)).tocsr(), _pull(known)
    ties = [(first, second, 1.0) for first, second in ruling.links()]
    if ties:
        first, second, weight = (np.array(part) for part in zip(*ties, strict=True))
        shape = (len(core.stands_in), len(core.stands_in))
        tied = sparse.csr_matrix((weight.astype(np.float32), (first, second)), shape=shape)
        graph = graph.maximum(_onto_core(tied.maximum(tied.T), core)).tocsr()
    cuts = [(core.stands_in[first], core.stands_in[second]) for first, second in ruling.cuts()]
    graph = _without(graph, [pair for pair in cuts if min(pair) >= 0])
    counts = core.counts(np.ones(len(core.stands_in)))
    return Linked(graph, spaces.side_by_side(blocks), np.array(spoken), counts, pull)


def _at_most(known, graph):
    """Return the links `known` scaled down so that those of no post outweigh its links in `graph`."""
    room = np.asarray(graph.sum(axis=1)).ravel()
    wanted = np.asarray(known.sum(axis=1)).ravel()
    scale = np.minimum(1, np.divide(room, wanted, out=np.ones_like(room), where=wanted > 0))
    known = known.tocoo()
    weight = known.data * np.minimum(scale[known.row], scale[known.col])
    return sparse.csr_matrix((weight.astype(np.float32), (known.row, known.col)), shape=known.shape)


def _pull(known):
    """Return the links `known`, each divided by the number of links of its row."""
    number = np.maximum(np.diff(known.indptr), 1)
    return sparse.csr_matrix(sparse.diags(1 / number) @ known)


def _onto_core(links, core):
    """Return `links` between posts as links between rows of the core, the heaviest of several."""
    links = sparse.coo_matrix(links)
    row, column = core.stands_in[links.row], core.stands_in[links.col]
    keep = (row >= 0) & (column >= 0) & (row != column)
    row, column, weight = row[keep], column[keep], links.data[keep]
    order = np.lexsort((-weight, column, row))
    row, column, weight = row[order], column[order], weight[order]
    first = np.ones(len(row), dtype=bool)
    first[1:] = (row[1:] != row[:-1]) | (column[1:] != column[:-1])
    shape = (len(core.positions), len(core.positions))
    return sparse.csr_matrix((weight[first], (row[first], column[first])), shape=shape)


def _without(graph, pairs):
    """Return `graph` without the links between the `pairs` of rows."""
    if not pairs:
        return graph
    graph = graph.tocoo()
    n = graph.shape[0]
    cut = {int(first) * n + int(second) for left, right in pairs for first, second in ((left, right), (right, left))}
    keep = ~np.isin(graph.row.astype(np.int64) * n + graph.col, list(cut))
    return sparse.csr_matrix((graph.data[keep], (graph.row[keep], graph.col[keep])), shape=(n, n))
