"""Secrets that a data folder makes for itself, where nobody has given one."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path


def secret_in(path: Path, *, prefix: str = "") -> str:
    """The secret in the file `path`, made at the first call and readable by its owner only.

    Every process that asks gets the same one, also when several ask at once.
    """
    with contextlib.suppress(FileNotFoundError):
        return path.read_text(encoding="ascii")
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    draft.touch(mode=0o600)
    draft.write_text(f"{prefix}{secrets.token_urlsafe(32)}", encoding="ascii")
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)  # of several at once the first one wins, and nobody reads half of it
    draft.unlink()
    return path.read_text(encoding="ascii")
