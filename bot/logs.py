"""Logs as lines of facts: time, event, ids. Never a name, a number or a text of a citizen.

An exception's message may quote what it stumbled over, a database error a row. So of an exception only its kind is
logged, and where in the program it was raised: `ValueError at handlers/inbound.py:180 < handlers/inbound.py:88`.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from types import TracebackType
from typing import Any

import structlog

_FRAMES = 8  # innermost first; more would not be read

_ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def set_up_logs(level: str) -> None:
    """At start-up, before anything can be logged. Everything goes to standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(_WithoutWords("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.getLogger("alembic").setLevel(max(logging.WARNING, logging.getLevelName(level)))  # it tells of each plugin
    logging.getLogger("psycopg").setLevel(max(logging.ERROR, logging.getLevelName(level)))  # it warns of what it raises
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _name_exception,
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"], bool_as_flag=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
    )


def where(error: BaseException) -> str:
    """The kind of an exception and the lines it came through, the innermost first. Nothing of what it says."""
    frames = traceback.extract_tb(error.__traceback__)[::-1][:_FRAMES]
    lines = " < ".join(f"{'/'.join(Path(frame.filename).parts[-2:])}:{frame.lineno}" for frame in frames)
    return f"{type(error).__name__} at {lines}" if lines else type(error).__name__


def _name_exception(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    told = event.pop("exc_info", None)
    error = told if isinstance(told, BaseException) else sys.exc_info()[1]
    if told and error is not None:
        event["error"] = where(error)
    return event


class _WithoutWords(logging.Formatter):
    """For what libraries log."""

    def format(self, record: logging.LogRecord) -> str:
        if record.exc_info:  # asyncio's second line is the task, with the exception and its words
            record.msg, record.args = record.getMessage().partition("\n")[0], None
        return super().format(record)

    def formatException(self, ei: _ExcInfo) -> str:  # noqa: N802 - the name that logging calls
        return where(ei[1]) if ei[1] else ""
