"""What happens to themes, told to later stages in the same transaction."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RunFinished:
    """A run of the engine has published its diff."""

    run_id: int


@dataclass(frozen=True)
class PostsJoinedTheme:
    """Posts that everybody can read came into an accepted theme: placed, accepted, pinned or merged into it."""

    theme_id: int
    post_ids: tuple[int, ...]


@dataclass(frozen=True)
class ThemesMerged:
    """A theme now lives on in another, and its address leads there."""

    from_id: int
    into_id: int


@dataclass(frozen=True)
class ThemeSplit:
    """Some posts of a theme became a theme of their own; the address stays with the first."""

    theme_id: int
    new_id: int


@dataclass(frozen=True)
class ThemeTakenBack:
    """A theme is about to end because the line that made it is undone; who builds on it raises `Conflict`."""

    theme_id: int


@dataclass(frozen=True)
class PlaceDecided:
    """A product manager has answered an author who said that theirs is about something else."""

    post_id: int
    author_id: int
    how: str  # move, keep_out or stays
    into_id: int | None  # the theme that it was moved to
    by_id: int | None


@dataclass(frozen=True)
class ThemeRose:
    """More people wrote in an accepted theme than its own weeks explain: an early warning was raised."""

    theme_id: int
    warning_id: int
