"""The log: an event a line, and below an error where it happened, without any of the values that were at hand there."""

import logging
import sys
from traceback import format_exception
from typing import TextIO

import structlog
from structlog.typing import ExcInfo

_MARGIN = "  | "  # no line of an error can be taken for an event of its own


def init_logs(level: str) -> None:
    """Print events of `level` ("info") and above, with their moment in UTC."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.dev.set_exc_info,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.dev.ConsoleRenderer(colors=sys.stdout.isatty(), exception_formatter=_write_error),
        ],
    )


def _write_error(out: TextIO, error: ExcInfo) -> None:
    """Write where an error happened, without the values of variables: passwords, and what people wrote."""
    for line in "".join(format_exception(*error)).splitlines():
        out.write("\n" + _MARGIN + "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in line))
