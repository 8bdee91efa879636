"""Every sentence that readers see can be translated, and is translated well."""

import ast
from collections.abc import Iterator
from string import Formatter

import jinja2
import pytest
from babel.messages.catalog import Catalog
from jinja2 import nodes

from forum.translations.catalogues import (
    HOME,
    OUR_FUNCTIONS,
    collect,
    forms,
    read_catalogue,
    sources,
    untranslated,
    written,
)

LANGUAGES = ("nb", "da")
TRANSLATE = {"_": 1, "lazy": 1, "ngettext": 2}  # function → how many of its arguments are sentences


def placeholders(*sentences: str) -> set[str]:
    """The names in braces."""
    return {name for sentence in sentences for _text, name, _spec, _turn in Formatter().parse(sentence) if name}


def calls_in_python() -> Iterator[tuple[str, str, list[object], set[str]]]:
    """Where, which function, its sentences (None: not written out there) and the names of its values."""
    for path, method in sources():
        if method != "python" or path == OUR_FUNCTIONS:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in TRANSLATE:
                sentences = [_python_sentence(arg) for arg in node.args[: TRANSLATE[node.func.id]]]
                names = {keyword.arg or "**" for keyword in node.keywords}
                yield f"{path.relative_to(HOME)}:{node.lineno}", node.func.id, sentences, names


def _python_sentence(node: ast.expr) -> object:
    if isinstance(node, (ast.JoinedStr, ast.BinOp)):
        return ...  # put together at run time: no catalogue can know it
    return node.value if isinstance(node, ast.Constant) else None


def calls_in_templates() -> Iterator[tuple[str, str, list[object], set[str]]]:
    """The same for pages and mails."""
    environment = jinja2.Environment(autoescape=True)
    for path, method in sources():
        if method != "jinja2":
            continue
        for node in environment.parse(path.read_text()).find_all(nodes.Call):
            if isinstance(node.node, nodes.Name) and node.node.name in TRANSLATE:
                sentences = [_template_sentence(arg) for arg in node.args[: TRANSLATE[node.node.name]]]
                names = {keyword.key for keyword in node.kwargs} | ({"**"} if node.dyn_kwargs else set())
                yield f"{path.relative_to(HOME)}:{node.lineno}", node.node.name, sentences, names


def _template_sentence(node: nodes.Expr) -> object:
    if isinstance(node, (nodes.Concat, nodes.BinExpr)):
        return ...
    return node.value if isinstance(node, nodes.Const) else None


@pytest.fixture(scope="module")
def calls():
    """Every call that translates."""
    return [*calls_in_python(), *calls_in_templates()]


@pytest.fixture(scope="module")
def collected():
    """The catalogue of all sentences in the source."""
    return collect()


def test_sentences_are_written_out_where_they_are_translated(calls):
    put_together = [where for where, _function, sentences, _names in calls if ... in sentences]

    assert put_together == []


def test_every_placeholder_gets_its_value(calls):
    wrong = []
    for where, function, sentences, names in calls:
        written_out = [sentence for sentence in sentences if isinstance(sentence, str)]
        if len(written_out) < TRANSLATE[function] or "**" in names:
            continue
        wanted = placeholders(*written_out) - ({"n"} if function == "ngettext" else set())
        if wanted != names:
            wrong.append(f"{where}: {sorted(wanted)} in the sentence, {sorted(names)} given")

    assert wrong == []


def test_sentences_do_not_shout(collected):
    shouting = [message.id for message in collected if any("!" in form for form in forms(message.id))]

    assert shouting == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_keep_placeholders_and_forms(language):
    wrong = []
    for message in read_catalogue(language):
        translated = forms(message.string)
        if not message.id or not any(translated):
            continue
        wanted, given = placeholders(*forms(message.id)), [placeholders(form) for form in translated]
        # A singular may say "one" where the plural gives the number.
        fits = len(translated) == len(forms(message.id)) and all(wanted - {"n"} <= names <= wanted for names in given)
        if not fits or "n" in wanted - given[-1] or any("!" in form for form in translated):
            wrong.append((message.id, message.string))

    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_translated_and_none_is_stale(language, collected):
    """`make translations` brings the catalogues up to date; then the new sentences want their words."""
    source = {message.id for message in collected if message.id}
    catalogue = read_catalogue(language)
    known = {message.id for message in catalogue if message.id}

    assert untranslated(catalogue) == []
    assert (sorted(map(str, source - known)), sorted(map(str, known - source))) == ([], [])


def test_renewing_a_catalogue_keeps_what_is_translated_and_drops_what_is_gone():
    source, standing = Catalog(), Catalog(locale="nb")
    source.add("Board", locations=[("templates/base.html", 7)])
    source.add("A new sentence")
    standing.add("Board", string="Tavle")
    standing.add("Gone since", string="Borte siden")

    text = written("nb", source, standing)

    assert '#: templates/base.html\nmsgid "Board"\nmsgstr "Tavle"' in text
    assert 'msgid "A new sentence"\nmsgstr ""' in text
    assert "Gone since" not in text
