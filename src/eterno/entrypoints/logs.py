"""One line of JSON for everything worth knowing. No bodies, no secrets, no e-mail addresses."""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec

_encode = msgspec.json.Encoder().encode


class JsonLines(logging.Formatter):
    """A record as one line of JSON: when, how bad, who says it, and what."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "say": record.getMessage(),
        }
        line |= getattr(record, "facts", {})
        if record.exc_info and record.exc_info[0]:
            line["trace"] = trace(record.exc_info[1])
        return _encode(line).decode()


def trace(error: BaseException | None) -> list[str]:
    """Where an exception came from, and what it came of: kinds and places.

    Not what it says: that may hold what somebody sent, or a whole row of the database.
    """
    return [line for link in _chain(error) for line in _told(link)]


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The exception, and those that led to it."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _told(error: BaseException) -> Iterator[str]:
    kind = type(error)
    constraint = getattr(getattr(error, "diag", None), "constraint_name", None)
    broken = f" ({constraint})" if constraint else ""
    yield f"{kind.__module__}.{kind.__qualname__}{broken}"
    for frame in traceback.extract_tb(error.__traceback__):
        yield f"  {frame.filename}:{frame.lineno} in {frame.name}"


def log_as_json(level: int = logging.INFO) -> None:
    """Send every logger of this process to standard error, as lines of JSON."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    logging.getLogger("stripe").setLevel(logging.WARNING)
    logging.getLogger("botocore").setLevel(logging.WARNING)
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
