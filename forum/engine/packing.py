"""Lay out what a fit learnt as JSON values and plain arrays, and check that what comes back fits together."""

import numpy as np

from forum.engine import wordvectors
from forum.engine.files import ModelFileError
from forum.engine.spaces import Company, Meaning, Shape, Spaces, Wording, unit_rows

_TABLES = {Wording: ("terms", "groups"), Company: ("stems",), Meaning: ()}
_ARRAYS = {Wording: ("idf", "axes"), Company: ("idf", "axes"), Meaning: ()}
_KINDS = {"wording": Wording, "company": Company, "meaning": Meaning}


def pack_spaces(spaces):
    parts: list = []
    arrays = {}
    for place, part in enumerate(spaces.parts):
        kind = next(name for name, cls in _KINDS.items() if isinstance(part, cls))
        tables = {
            name: sorted(table, key=table.get)
            for name in _TABLES[type(part)]
            if (table := getattr(part, name)) is not None
        }
        means = sorted(part.shape.means)
        parts.append({"kind": kind, "tables": tables, "means": means, "turned": part.shape.turn is not None})
        for name in _ARRAYS[type(part)]:
            arrays[f"{place}.{name}"] = getattr(part, name)
        arrays[f"{place}.means"] = np.stack([part.shape.means[code] for code in means])
        if part.shape.turn is not None:
            arrays[f"{place}.turn"] = part.shape.turn
    return {"spaces": parts, "space_weights": [float(weight) for weight in spaces.weights]}, arrays


def unpack_spaces(facts, arrays, path, least):
    """Return the `Spaces` that `facts` and `arrays` of the file at `path` describe.

    Without the word vectors that a part of them needs, `arrays` are narrowed to what the other parts say, with
    thresholds of at least `least`.
    Raises ModelFileError when the arrays of a part do not fit each other.
    """
    parts, weights, here = [], [], []
    for place, fact in enumerate(facts["spaces"]):
        shape = Shape(
            dict(zip(fact["means"], arrays[f"{place}.means"], strict=True)),
            arrays[f"{place}.turn"] if fact["turned"] else None,
        )
        cls = _KINDS[fact["kind"]]
        values = {name: arrays[f"{place}.{name}"] for name in _ARRAYS[cls]}
        first = 0
        for name in _TABLES[cls]:
            terms = fact["tables"][name]
            values[name] = {term: first + row for row, term in enumerate(terms)}
            first += len(terms)
        if cls is Meaning:
            values["vectors"] = wordvectors.find()
        width = _check_part(path, values, shape, first)
        is_here = values.get("vectors", shape) is not None
        here.append(np.full(width, is_here))
        if is_here:
            parts.append(cls(shape=shape, **values))
            weights.append(facts["space_weights"][place])
    _narrow(path, arrays, facts["theme_ids"], least, np.concatenate([np.zeros(0, dtype=bool), *here]))
    return Spaces(parts, weights)


def _check_part(path, values, shape, terms):
    """Return the width of the rows of a part that has so many `terms`; ModelFileError when its arrays do not fit."""
    (width,) = {len(mean) for mean in shape.means.values()}
    sound = "" in shape.means and all(array.dtype.kind == "f" for array in shape.means.values())
    if "axes" in values:
        sound &= values["axes"].shape == (terms, width) and values["idf"].shape == (terms,)
    if values.get("vectors") is not None:
        sound &= values["vectors"].width == width
    if shape.turn is not None:
        sound &= shape.turn.ndim == 2 and len(shape.turn) == width
    if not sound:
        raise ModelFileError(f"{path} is no sound theme model: the arrays of a space do not fit each other")
    return width if shape.turn is None else shape.turn.shape[1]


def _narrow(path, arrays, theme_ids, least, here):
    """Cut rows and means down to the columns that are `here` (d,), and take thresholds from what is left."""
    if len(here) != arrays["means"].shape[1]:
        raise ModelFileError(f"{path} is no sound theme model: its spaces and its means differ in width")
    if here.all():
        return
    arrays["means"] = unit_rows(arrays["means"][:, here])
    arrays["post_rows"] = unit_rows(arrays["post_rows"][:, here]).astype(np.float16)
    labels = arrays["post_labels"][arrays["row_posts"]]
    for column, theme in enumerate(theme_ids):
        likeness = arrays["post_rows"][labels == theme].astype(np.float32) @ arrays["means"][column]
        if len(likeness):
            arrays["thresholds"][column] = max(float(np.percentile(likeness, 5)), least)


# The shape and the kind of number of each array: themes k, width d, posts n, rows that are kept m, terms.
_SHAPES = {
    "means": ("kd", "f"),
    "mass": ("k", "f"),
    "thresholds": ("k", "f"),
    "weights": ("kt", "f"),
    "post_labels": ("n", "i"),
    "post_likeness": ("n", "f"),
    "quotable": ("n", "b"),
    "added": ("n", "b"),
    "post_rows": ("md", "f"),
    "row_posts": ("m", "i"),
}


def check_shapes(facts, arrays, path):
    """Raise ModelFileError unless the arrays of the file at `path` fit each other and its `facts`."""
    sizes = {"k": len(facts["theme_ids"]), "n": len(facts["post_ids"]), "t": len(facts["features"])}
    for name, (axes, kind) in _SHAPES.items():
        array = arrays[name]
        if array.dtype.kind != kind or array.ndim != len(axes):
            raise ModelFileError(f"{path} is no sound theme model: {name} is {array.ndim}-dimensional {array.dtype}")
        for axis, length in zip(axes, array.shape, strict=True):
            if sizes.setdefault(axis, length) != length:
                raise ModelFileError(f"{path} is no sound theme model: {name} has shape {array.shape}")
        if kind == "f" and name != "post_rows" and not np.isfinite(array).all():
            raise ModelFileError(f"{path} is no sound theme model: {name} holds what is no number")
    _check_range(path, "row_posts", arrays["row_posts"], 0, sizes["n"] - 1)
    if not np.isin(arrays["post_labels"], [*facts["theme_ids"], -1]).all():
        raise ModelFileError(f"{path} is no sound theme model: posts are in themes that it does not have")


def _check_range(path, name, array, least, most):
    if len(array) and (array.min() < least or array.max() > most):
        raise ModelFileError(f"{path} is no sound theme model: {name} goes beyond {most}")
