"""What signed-in people tried to change and may not: written down after their own transaction was rolled back."""

from flask import request
from sqlalchemy.exc import DBAPIError
from structlog import get_logger

from forum.core import audit
from forum.core.database import transaction
from forum.web.permissions import me


def record_refusal() -> None:
    """Write a refused change into the audit log, in a short transaction of its own. Reading leaves no trace."""
    if request.method in ("GET", "HEAD") or not me().is_authenticated:
        return
    values = request.view_args or {}
    subject, subject_id = next(
        ((name.removesuffix("_id"), value) for name, value in values.items() if name.endswith("_id")), ("page", None)
    )
    try:
        with transaction() as session:
            audit.record(
                session,
                request.endpoint or "",
                by=me().id,
                subject=subject,
                subject_id=subject_id,
                refused=True,
                address=request.path[:200],
            )
    except DBAPIError as error:  # the refusal stands all the same
        get_logger().error("a refused attempt could not be written down", error=str(error.orig))
