"""Collects what readers see from code, pages and mails, and brings the catalogues up to date: `make translations`.

A catalogue holds one line per message, sorted, with the files it comes from and without line numbers,
dates or guesses, so that two people's changes merge.
"""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

HOME = Path(__file__).resolve().parent.parent.parent
LANGUAGES = ("nb", "da")
KEYWORDS = {"_": None, "lazy": None, "mark": None, "ngettext": (1, 2)}
OUR_FUNCTIONS = HOME / "forum" / "core" / "languages.py"  # defines the keywords, and calls them with variables
JINJA = {"silent": "false", "trim_blocks": "true", "lstrip_blocks": "true"}  # a page that cannot be parsed is an error

HEADER = """\
# {name}: every sentence that readers of Cabin see. `make translations` renews it.
msgid ""
msgstr ""
"Language: {language}\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""
NAMES = {"nb": "Norsk bokmål", "da": "Dansk"}


def sources() -> Iterator[tuple[Path, str]]:
    """Every file with words for readers, and how it is read."""
    for path in sorted((HOME / "forum").rglob("*.py")):
        if "migrations" not in path.parts:
            yield path, "python"
    for pattern in ("*.html", "mail/*.txt"):
        for path in sorted((HOME / "templates").rglob(pattern)):
            yield path, "jinja2"


def collect() -> Catalog:
    """All messages of the source, with the files each stands in."""
    found = Catalog()
    for path, method in sources():
        place = path.relative_to(HOME).as_posix()
        options = JINJA if method == "jinja2" else {}
        with path.open("rb") as file:
            for _line, message, comments, _context in extract(
                method,
                file,
                keywords=KEYWORDS,
                comment_tags=("Translators:",),
                options=options,
                strip_comment_tags=True,
            ):
                if message:
                    found.add(message, locations=[(place, 0)], auto_comments=comments)
    return found


def catalogue_path(language: str) -> Path:
    """Where the catalogue of `language` lies."""
    return Path(__file__).parent / language / "LC_MESSAGES" / "messages.po"


def read_catalogue(language: str) -> Catalog:
    """The catalogue of `language` as it stands; empty when there is none yet."""
    path = catalogue_path(language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def written(language: str, source: Catalog, standing: Catalog) -> str:
    """The catalogue of `language` with exactly the messages of `source`, translated as in `standing`."""
    fresh = Catalog(locale=language)
    for message in source:
        if not message.id:
            continue
        known = standing.get(message.id if isinstance(message.id, str) else message.id[0])
        fresh.add(
            message.id,
            string=known.string if known and known.id == message.id else None,  # not when it gained a plural
            locations=sorted(set(message.locations)),
            auto_comments=message.auto_comments,
        )
    text = BytesIO()
    write_po(text, fresh, width=0, omit_header=True, sort_output=True, include_lineno=False, ignore_obsolete=True)
    return HEADER.format(name=NAMES[language], language=language) + text.getvalue().decode()


def renew() -> dict[str, int]:
    """Write all catalogues afresh; how many messages each leaves untranslated."""
    source = collect()
    missing = {}
    for language in LANGUAGES:
        path = catalogue_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(written(language, source, read_catalogue(language)))
        missing[language] = len(untranslated(read_catalogue(language)))
    return missing


def untranslated(catalogue: Catalog) -> list[str]:
    """The source words of messages without a translation, or without all its plural forms."""
    return [" / ".join(forms(message.id)) for message in catalogue if message.id and not all(forms(message.string))]


def forms(words: object) -> tuple[str, ...]:
    """One sentence, or a singular and a plural; an empty one where there is none."""
    return tuple(words) if isinstance(words, (list, tuple)) else (str(words or ""),)


if __name__ == "__main__":
    for language, missing in renew().items():
        print(f"{catalogue_path(language).relative_to(HOME)}: {missing} left to translate")
