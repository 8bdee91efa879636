"""Docstrings of the public names: whole by numpydoc's sections, and examples that run."""

import doctest
import importlib
import inspect
import re
from dataclasses import fields, is_dataclass
from itertools import zip_longest

import pytest

import forum.engine

PUBLIC = {name: getattr(forum.engine, name) for name in forum.engine.__all__}
CLASSES = [name for name, value in PUBLIC.items() if inspect.isclass(value) and not issubclass(value, Exception)]
MODULES = sorted({f"forum.engine.{home}" for home in forum.engine._HOME.values()})


def callables():
    """(name, callable) for each public function, and each public method of a public class that is ours."""
    for name, value in PUBLIC.items():
        if inspect.isfunction(value):
            yield name, value
        elif inspect.isclass(value):
            for method, found in inspect.getmembers(value, lambda part: inspect.isroutine(part)):
                ours = (getattr(found, "__module__", None) or "").startswith("forum.engine")
                if ours and not method.startswith("_"):
                    yield f"{name}.{method}", found


def sections(doc):
    """Dict of section title to its lines, under numpydoc's underlined titles."""
    found, title = {"": []}, ""
    lines = inspect.cleandoc(doc or "").splitlines()
    for line, following in zip_longest(lines, lines[1:], fillvalue=""):
        if line and re.fullmatch("-{3,}", following) and len(following) == len(line):
            title = line
            found[title] = []
        elif not re.fullmatch("-{3,}", line):
            found[title].append(line)
    return found


def entries(lines):
    """The names that a Parameters or Attributes section describes, and those it says nothing of."""
    found, bare = [], []
    for line, following in zip_longest(lines, lines[1:], fillvalue=""):
        if line and not line.startswith(" "):
            names = [name.strip().lstrip("*") for name in line.split(" : ")[0].split(",")]
            found += names
            if " : " not in line and not following.startswith("    "):
                bare += names
    return found, bare


@pytest.mark.parametrize(("name", "value"), list(callables()))
def test_parameters_returns_and_summary_are_there(name, value):
    parts = sections(value.__doc__)
    taken = [part for part in inspect.signature(value).parameters if part not in ("self", "cls")]
    said, bare = entries(parts.get("Parameters", []))
    source = inspect.getsource(value)

    assert parts[""], f"{name} has no summary"
    assert parts[""][0].endswith((".", ":")) or parts[""][1], f"{name}: the summary is one sentence"
    assert said == taken, f"{name} takes {taken} and describes {said}"
    assert not bare, f"{name} does not say what {bare} are"
    if re.search(r"^\s+return \S", source, re.M):
        assert "Returns" in parts, f"{name} does not say what it returns"
    if re.search(r"^\s+raise \S", source, re.M):
        assert "Raises" in parts, f"{name} does not say what it raises"


@pytest.mark.parametrize("name", CLASSES)
def test_classes_describe_their_parameters_and_attributes(name):
    parts = sections(PUBLIC[name].__doc__)
    said = {word for title in ("Parameters", "Attributes") for word in entries(parts.get(title, []))[0]}
    if is_dataclass(PUBLIC[name]):
        wanted = {field.name for field in fields(PUBLIC[name])}
    else:
        taken = inspect.signature(PUBLIC[name]).parameters
        wanted = {part for part in taken if taken[part].kind != inspect.Parameter.VAR_POSITIONAL} - {"kwargs"}
    learnt = {part for part, _ in inspect.getmembers(PUBLIC[name], lambda value: isinstance(value, property))}

    assert parts[""]
    assert wanted | {part for part in learnt if part.endswith("_") and not part.startswith("_")} <= said


def test_every_property_says_what_it_is():
    for name, value in PUBLIC.items():
        for part, found in inspect.getmembers(value, lambda part: isinstance(part, property)):
            assert part.startswith("_") or found.__doc__, f"{name}.{part}"


@pytest.mark.parametrize("module", MODULES)
def test_the_examples_run(module):
    failed, _ = doctest.testmod(importlib.import_module(module))

    assert failed == 0


def test_what_is_asked_most_has_an_example():
    asked = ("ThemeModel", "SimilarPosts", "Constraints", "match_lineage", "explain_membership", "load_themes")

    assert [name for name in asked if ">>>" not in PUBLIC[name].__doc__] == []
