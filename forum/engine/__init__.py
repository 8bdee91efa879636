"""Find, name and follow the themes of short posts: a plain library on scikit-learn's conventions.

What is named here is imported on first use. `SimilarPosts`, `explain_membership`, `match_lineage` and
`load_themes` need numpy alone; `ThemeModel` imports scikit-learn.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from forum.engine.answers import carry_out
    from forum.engine.assignment import FittedThemes, Theme, load_themes
    from forum.engine.constraints import Constraints, Unmet
    from forum.engine.explanation import Explanation, explain_membership
    from forum.engine.files import ModelFileError
    from forum.engine.layout import lay_out, neighbours_of
    from forum.engine.lineage import Change, match_lineage
    from forum.engine.model import ThemeModel
    from forum.engine.questions import Question, ask
    from forum.engine.similar import Likeness, SimilarPosts
    from forum.engine.trend import WeighedWeek, weigh_weeks

_HOME = {
    "Change": "lineage",
    "Constraints": "constraints",
    "Explanation": "explanation",
    "FittedThemes": "assignment",
    "Likeness": "similar",
    "ModelFileError": "files",
    "Question": "questions",
    "SimilarPosts": "similar",
    "Theme": "assignment",
    "ThemeModel": "model",
    "Unmet": "constraints",
    "WeighedWeek": "trend",
    "ask": "questions",
    "carry_out": "answers",
    "explain_membership": "explanation",
    "lay_out": "layout",
    "load_themes": "assignment",
    "match_lineage": "lineage",
    "neighbours_of": "layout",
    "weigh_weeks": "trend",
}
__all__ = [
    "Change",
    "Constraints",
    "Explanation",
    "FittedThemes",
    "Likeness",
    "ModelFileError",
    "Question",
    "SimilarPosts",
    "Theme",
    "ThemeModel",
    "Unmet",
    "WeighedWeek",
    "ask",
    "carry_out",
    "explain_membership",
    "lay_out",
    "load_themes",
    "match_lineage",
    "neighbours_of",
    "weigh_weeks",
]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
