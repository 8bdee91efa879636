"""The sentence that a launch writes on posts."""

from typing import Any

from forum.core.languages import _, pick
from forum.posts.timeline import Sentence, wording

LAUNCHED = "item_launched"


@wording(LAUNCHED)
def _launched(values: dict[str, Any]) -> Sentence:
    return _("Launched: “{launch}”.", launch=pick(values["title"])), f"/launches/{values['launch_id']}"
