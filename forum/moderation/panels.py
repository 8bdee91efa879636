"""What moderation shows on the pages of earlier stages."""

from typing import Any

from forum.accounts.rules import may_moderate
from forum.core.languages import _
from forum.core.people import Reader
from forum.moderation import reasons
from forum.moderation.status import NEEDS_REASON, CaseKind, offered
from forum.web.panels import panel


class _Blank:
    """A form that nobody has sent: it goes to a page of its own, which shows what is wrong."""

    errors: dict[str, str] = {}  # noqa: RUF012
    raw: dict[str, str] = {}  # noqa: RUF012

    @staticmethod
    def called(_name: str, label: str, _words: str = "") -> str:
        """`label` as it is: without mistakes there is no summary that would name the field."""
        return label


@panel("post.side", order=80)
def moderate(*, reader: Reader, post: Any, **_values: Any) -> tuple[str, dict[str, Any]] | None:
    """Let moderators hide, remove or put back the post they read."""
    if not may_moderate(reader):
        return None
    return "moderation/_moderate.html", {
        "post": post,
        "decisions": offered(CaseKind.DIRECT, post.moderation),
        "form": _Blank,
        "buttons": reasons.BUTTONS,
        "needs_reason": NEEDS_REASON,
        "reason_options": [(reason.value, _(name)) for reason, name in reasons.REASON_NAMES.items()],
    }
