"""Settings from a file, for those who would rather write them down once."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

from dotenv.parser import parse_stream

from eterno.entrypoints.setting_texts import BadSettings

CHOICE = "ETERNO_ENV_FILE"
"""The variable that names another file; where it is set and empty, none is read."""
USUAL = ".env"


def with_file(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment, and behind it what the file says: `.env` in the working folder, if there is
    one. What is set in both is what the environment says, also if that is nothing.

    Raises `BadSettings`.
    """
    return {**_read(environment.get(CHOICE, USUAL)), **environment}


def _read(name: str) -> dict[str, str]:
    """The file as it is written: nothing is put in place of `$NAME`."""
    path = Path(name)
    if not name or (name == USUAL and not path.is_file()):
        return {}
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadSettings(f"{name} cannot be read: {type(error).__name__}") from None
    lines = list(parse_stream(io.StringIO(text)))
    if wrong := [line.original.line for line in lines if line.error]:
        raise BadSettings(f"{name}, line {wrong[0]}: NAME=value is expected")
    return {line.key: line.value for line in lines if line.key and line.value is not None}
