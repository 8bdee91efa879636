"""What is sent to promote, decide, score and change items. Company-written text has a field per language."""

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, field_validator, model_validator

from forum.backlog import issues
from forum.backlog.issue_files import Wishes
from forum.backlog.scoring import CONFIDENCES
from forum.backlog.status import BulkAct, ItemStatus, NotNowReason, Source, Tracker
from forum.backlog.targets import read_target
from forum.backlog.weighing import MOST, Criterion
from forum.core.database import Words
from forum.core.languages import LANGUAGES, _, current_language
from forum.core.schemas import Action

MAX_TITLE = 140  # characters, as the other texts
MAX_PROBLEM = 3_000
MAX_SENTENCE = 500
MAX_ARGUMENT = 5_000
MAX_NAME = 60  # of criteria and saved views
MAX_QUERY = 500  # of an address that is kept as a view
MAX_LABEL = 50  # as GitHub has them
MAX_CHOSEN = 200  # items that are changed together


def _one_line(text: str) -> str:
    """Titles and sentences stand on one line."""
    return " ".join(text.split())


_SPACES = str.maketrans("", "", " \u00a0\u202f'")
_IN_THREES = re.compile(r"-?[1-9]\d{0,2}([.,])\d{3}(?:\1\d{3})*")


def _with_point(value: Any) -> Any:
    """Numbers may be written with a decimal comma, and in groups of three as the reader's language has them."""
    if not isinstance(value, str):
        return value
    text = value.translate(_SPACES)
    if grouped := _IN_THREES.fullmatch(text):
        if grouped[1] == ("," if current_language() == "en" else "."):
            return text.replace(grouped[1], "")
        if text.count(grouped[1]) == 1:  # fifty, or fifty thousand?
            whole = re.sub(r"[.,]", "", text)
            raise ValueError(
                _("It is not clear which number this is. Write {whole}, or leave the zeros out.", whole=whole)
            )
        return text.replace(grouped[1], "")
    if "," in text and "." in text:  # the last of the two marks the decimals
        text = text.replace("," if text.rindex(".") > text.rindex(",") else ".", "")
    return text.replace(",", ".")


def _target(text: str) -> str:
    if text and read_target(text) is None:
        raise ValueError(_("Choose a month, a quarter, a season or a year."))
    return text


def _confidence(number: float) -> float:
    if number not in CONFIDENCES:
        raise ValueError(_("Choose one of these."))
    return number


def _weight(number: float) -> float:
    if not 0 <= number <= 100:
        raise ValueError(_("Write a weight from 0 to 100."))
    return number


def _place(address: str) -> str:
    if address and not _ADDRESS.fullmatch(address):
        raise ValueError(_("Write an address that begins with https://."))
    return address.rstrip("/")


_ADDRESS = re.compile(r"https://[\w.-]+(?::\d{1,5})?(?:/[\w./~-]*)?", re.ASCII)


def _project(key: str) -> str:
    if not _PROJECT.fullmatch(key.upper()):
        raise ValueError(_("Write the project’s key as Jira has it, such as CAB: letters and digits."))
    return key.upper()


def _split(labels: str) -> list[str]:
    return list(dict.fromkeys(" ".join(label.split()) for label in labels.split(",") if label.strip()))


def _labels(labels: str) -> str:
    if any(len(label) > MAX_LABEL for label in _split(labels)):
        raise ValueError(_("Each label has at most {n} characters. Part them with commas.", n=MAX_LABEL))
    return labels


_PROJECT = re.compile(r"[A-Z][A-Z0-9_]{1,19}", re.ASCII)
WISHES = Wishes()  # unless somebody says otherwise

Title = Annotated[str, Field(max_length=MAX_TITLE), AfterValidator(_one_line)]
Sentence = Annotated[str, Field(max_length=MAX_SENTENCE), AfterValidator(_one_line)]
Problem = Annotated[str, Field(max_length=MAX_PROBLEM)]
Amount = Annotated[float, BeforeValidator(_with_point), Field(allow_inf_nan=False)]
Id = Annotated[int, Field(ge=1, lt=2**63)]
Weight = Annotated[Amount, AfterValidator(_weight)]
Place = Annotated[str, Field(max_length=200), AfterValidator(_place)]
Key = Annotated[str, Field(max_length=20, pattern=r"^[a-z0-9-]*$")]
Name = Annotated[str, Field(max_length=MAX_NAME), AfterValidator(_one_line)]


class WithWords(Action):
    """A schema whose fields `title_en`, `title_nb`, `title_da` together are one company-written text."""

    def words(self, name: str) -> Words:
        """What was written in the fields of `name`: language → text, the empty ones left out."""
        texts = {language: getattr(self, f"{name}_{language}") for language in LANGUAGES}
        return {language: text for language, text in texts.items() if text}


class Promotion(WithWords):
    """How themes or a post become an item."""

    title_en: Title = ""
    title_nb: Title = ""
    title_da: Title = ""
    problem_en: Problem = ""
    problem_nb: Problem = ""
    problem_da: Problem = ""
    owner_id: Id
    is_public: bool = False
    also: list[Id] = Field(default_factory=list, max_length=50)  # further themes, chosen on the page


class Decision(WithWords):
    """Where an item goes, and what is said about it: one sentence to everybody, the arguments to the team."""

    to: ItemStatus
    sentence_en: Sentence = ""
    sentence_nb: Sentence = ""
    sentence_da: Sentence = ""
    argument: str = Field("", max_length=MAX_ARGUMENT)
    target: Annotated[str, Field(max_length=20), AfterValidator(_target)] = ""
    reason: NotNowReason | None = None  # this and the rest: for *not now* alone
    line_en: Sentence = ""
    line_nb: Sentence = ""
    line_da: Sentence = ""
    revisit_on: date | None = None  # looked at again then, or when one of these has happened
    revisit_votes: int | None = Field(None, ge=1, lt=2**31)
    revisit_companies: int | None = Field(None, ge=1, lt=2**31)
    revisit_item_id: Id | None = None  # is launched
    version: int | None = Field(None, ge=1)  # the one that was looked at; None: whatever stands


Step = Literal["", "1", "2", "3", "4", "5"]


class Scoring(Action):
    """The parts of a score that people set."""

    impact: Amount = Field(ge=1, le=3)
    confidence: Annotated[Amount, AfterValidator(_confidence)]
    effort_weeks: Amount | None = Field(None, gt=0, le=10_000)
    value: Amount | None = Field(None, ge=0, le=1e15)
    cost: Amount | None = Field(None, gt=0, le=1e15)
    assumptions: str = Field("", max_length=MAX_ARGUMENT)
    rated: list[Key] = Field(default_factory=list, max_length=MOST)  # keys of criteria, and the step of each
    steps: list[Step] = Field(default_factory=list, max_length=MOST)
    argument: str = Field("", max_length=MAX_ARGUMENT)
    version: int | None = Field(None, ge=1)

    def ratings(self) -> dict[str, int]:
        """The steps that were set, by the keys of their criteria."""
        return {key: int(step) for key, step in zip(self.rated, self.steps, strict=False) if step}


class ItemChanges(WithWords):
    """How an item shall read from now on, who owns it and who may see it."""

    title_en: Title = ""
    title_nb: Title = ""
    title_da: Title = ""
    problem_en: Problem = ""
    problem_nb: Problem = ""
    problem_da: Problem = ""
    sentence_en: Sentence = ""
    sentence_nb: Sentence = ""
    sentence_da: Sentence = ""
    owner_id: Id
    is_public: bool = False
    target: Annotated[str, Field(max_length=20), AfterValidator(_target)] = ""
    jira: str = Field("", max_length=MAX_SENTENCE)
    github: str = Field("", max_length=MAX_SENTENCE)
    gitlab: str = Field("", max_length=MAX_SENTENCE)
    linear: str = Field("", max_length=MAX_SENTENCE)
    version: int | None = Field(None, ge=1)

    @field_validator("jira", "github", "gitlab", "linear")
    @classmethod
    def _keys(cls, text: str, info: ValidationInfo) -> str:
        tracker = Tracker(info.field_name)
        try:
            keys = issues.read_keys(tracker, text)
        except ValueError as problem:
            example = issues.EXAMPLES[tracker]
            raise ValueError(_("“{key}” is no key. Write it like {example}.", key=problem, example=example)) from None
        if len(keys) > issues.MOST:
            raise ValueError(_("Name at most {n} issues.", n=issues.MOST))
        return " ".join(keys)

    def issues(self) -> list[list[str]]:
        """The keys that were named, each with its tracker."""
        return [[tracker.value, key] for tracker in Tracker for key in getattr(self, tracker.value).split()]


class AudienceChange(Action):
    """Who may see an item from now on."""

    audience: Literal["public", "customers", "organisation", "segment", "team"]
    organisation_id: Id | None = None
    segment: str = Field("", max_length=165)  # "plan=Fleet"
    version: int | None = Field(None, ge=1)


class Reopening(WithWords):
    """Why a launched item goes back to review."""

    sentence_en: Sentence = ""
    sentence_nb: Sentence = ""
    sentence_da: Sentence = ""
    argument: str = Field("", max_length=MAX_ARGUMENT)
    version: int | None = Field(None, ge=1)


class Weights(Action):
    """A product's own model: one entry of each list for each criterion; those without a name are left out."""

    keys: list[Key] = Field(default_factory=list, max_length=MOST)
    names_en: list[Name] = Field(default_factory=list, max_length=MOST)
    names_nb: list[Name] = Field(default_factory=list, max_length=MOST)
    names_da: list[Name] = Field(default_factory=list, max_length=MOST)
    weights: list[Weight] = Field(default_factory=list, max_length=MOST)
    sources: list[Source] = Field(default_factory=list, max_length=MOST)
    better: list[Literal["more", "less"]] = Field(default_factory=list, max_length=MOST)
    argument: str = Field("", max_length=MAX_ARGUMENT)
    version: int | None = Field(None, ge=0)  # 0: there was no model

    @model_validator(mode="after")
    def _is_whole(self) -> "Weights":
        if len({len(self.keys), len(self.weights), len(self.sources), len(self.better)}) > 1:
            raise ValueError(_("This form came in pieces. Open the page again."))
        return self

    def criteria(self) -> list[Criterion]:
        """The criteria that were named; a new one gets a key that none had before."""
        taken = [int(key[1:]) for key in self.keys if key.isascii() and key[1:].isdigit() and len(key) < 10]
        fresh = max(taken, default=0)
        found = []
        for place, key in enumerate(self.keys):
            words = {language: self._name(language, place) for language in LANGUAGES}
            if not any(words.values()):
                continue
            if not key:
                fresh += 1
                key = f"c{fresh}"
            name = {language: text for language, text in words.items() if text}
            is_less = self.better[place] == "less"
            found.append(Criterion(key, name, self.weights[place], self.sources[place], is_less))
        return found

    def _name(self, language: str, place: int) -> str:
        names: list[str] = getattr(self, f"names_{language}")
        return names[place] if place < len(names) else ""


class Places(Action):
    """Where the issues of a product are kept: the address of each tracker's project."""

    jira: Place = ""
    github: Place = ""
    gitlab: Place = ""
    linear: Place = ""
    stood: str | None = Field(None, max_length=1_000)  # how they stood when the form was opened


class Viewing(Action):
    """A way to look at the backlog that gets a name."""

    name: Annotated[str, Field(min_length=1, max_length=MAX_NAME), AfterValidator(_one_line)]
    query: str = Field("", max_length=MAX_QUERY)
    is_shared: bool = False
    replaces: str | None = Field(None, max_length=MAX_QUERY + 1)  # "?" and what the view of that name is known to hold


class BulkChange(Decision):
    """What is changed about several items at once."""

    item: list[Id] = Field(default_factory=list, max_length=MAX_CHOSEN)
    act: BulkAct
    owner_id: Id | None = None
    to: ItemStatus | None = None  # type: ignore[assignment]


class Exporting(Action):
    """What the issues shall be that items are taken away as."""

    project: Annotated[str, AfterValidator(_project)] = WISHES.project
    issue_type: Annotated[str, Field(min_length=1, max_length=60), AfterValidator(_one_line)] = WISHES.issue_type
    labels: Annotated[str, Field(max_length=300), AfterValidator(_labels)] = ""

    def wishes(self) -> Wishes:
        """The same, as the files take it."""
        return Wishes(self.project, self.issue_type, tuple(_split(self.labels)))


class Need(Action):
    """An item that has to come first."""

    needs_id: Id
