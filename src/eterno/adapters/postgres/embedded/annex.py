"""A short, reachable place for the little that cannot live in the cluster's own folder."""

import contextlib
import os
import secrets
import shutil
import sys
import tempfile
from pathlib import Path

if sys.platform != "win32":
    import fcntl

_PREFIX = "eterno-"
_SHORT = 60  # bytes; a socket's whole path may have 107


class Annex:
    """At most one directory below the system's temporary one, written down in `folder`.

    It is written down before it is made, so that whoever comes after a crash can clear it away.
    """

    def __init__(self, folder: Path) -> None:
        self._record = folder / "annex"
        self._made: Path | None = None
        self._hold: int | None = None

    def room(self, name: str) -> Path:
        """A new private directory in the annex, which is made when first asked for."""
        if self._made is None:
            temporary = Path(tempfile.gettempdir())
            base = temporary if len(os.fsencode(temporary)) <= _SHORT else Path("/tmp")  # noqa: S108 (the name is random, the directory made exclusively)
            made = base / f"{_PREFIX}{secrets.token_hex(6)}"
            self._record.write_text(str(made), encoding="utf-8")
            made.mkdir(mode=0o700)
            made.chmod(0o711)  # others may walk through to a room of theirs, whatever the umask
            self._made = made
            self._keep_from_tidying(made)
        room = self._made / name
        room.mkdir(mode=0o700)
        return room

    def clear(self) -> None:
        """Remove the annex, be it ours or one left by a crash. Harmless when there is none."""
        if self._hold is not None:
            os.close(self._hold)
        self._made = self._hold = None
        try:
            left = Path(self._record.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return
        if left.name.startswith(_PREFIX) and left.is_dir() and not left.is_symlink():
            shutil.rmtree(left, ignore_errors=True)
        self._record.unlink()

    def _keep_from_tidying(self, made: Path) -> None:
        """systemd-tmpfiles empties old directories below /tmp, but never a locked one."""
        if sys.platform != "win32":
            self._hold = os.open(made, os.O_RDONLY)
            with contextlib.suppress(OSError):  # no locks here: then nothing tidies here either
                fcntl.flock(self._hold, fcntl.LOCK_SH)
