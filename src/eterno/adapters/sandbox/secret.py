"""The secret that the sandbox signs its notices with. Stands in for the one Stripe shows in its
dashboard; not for production."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path


def webhook_secret(folder: Path) -> str:
    """The secret of this folder, made at the first call. Every process that asks gets the same."""
    path = folder / "sandbox-webhook-secret"
    if path.exists():
        return path.read_text(encoding="ascii")
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}"
    draft.touch(mode=0o600)
    draft.write_text(f"whsec_{secrets.token_urlsafe(32)}", encoding="ascii")
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)  # of several at once the first one wins, and nobody reads half of it
    draft.unlink()
    return path.read_text(encoding="ascii")
