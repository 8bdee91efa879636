"""Link the posts of a fit: by likeness, by what the caller knows of them, and as people decided."""

from dataclasses import replace

import numpy as np
from scipy import sparse

from forum.engine.graph import likeness_graph, strangers
from forum.engine.grouping import Linked, bound, neighbours

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
    rows = spaces.side_by_side(blocks)
    apart = strangers(rows, spoken)
    graph = likeness_graph(list(zip(blocks, spaces.weights, strict=True)), spoken, neighbours(n), apart)
    posts = Linked(
        graph,
        rows,
        np.array(spoken),
        core.counts(np.ones(len(core.stands_in))),
        known=_onto_core(given, core) if given is not None and given.nnz else None,
        tied=_pairs(ruling.links(), core),
        cut=_pairs(ruling.cuts(), core),
        apart=apart,
    )
    return replace(posts, graph=bound(graph, posts))


def _pairs(pairs, core):
    """Return the `pairs` of positions as symmetric links of weight 1 between rows of the core, or None."""
    if not pairs:
        return None
    first, second = np.array(pairs).T
    shape = (len(core.stands_in), len(core.stands_in))
    between = sparse.csr_matrix((np.ones(len(first), np.float32), (first, second)), shape=shape)
    return _onto_core(between.maximum(between.T), core)


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
