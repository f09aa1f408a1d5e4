"""Who runs PostgreSQL: we ourselves, or, as it refuses to be run by root, someone harmless."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from eterno.adapters.postgres.embedded.errors import EmbeddedPostgresError

if sys.platform != "win32":
    import pwd

_NOBODY = 65534  # where the system knows no "nobody" by name


@dataclass(frozen=True, slots=True)
class Account:
    """A system account, given to `subprocess` as it is. None means: the one we have."""

    uid: int | None = None
    gid: int | None = None

    @classmethod
    def for_cluster(cls, cluster: Path) -> Self:
        """Ourselves; for root, the owner of an existing cluster or else `nobody`."""
        if sys.platform == "win32":
            return cls()
        if os.geteuid() != 0:
            return cls()
        if sys.platform != "linux":
            raise EmbeddedPostgresError(
                "The embedded PostgreSQL cannot be run by root on this system: "
                "start the shop as an ordinary user, or give it a database server of your own."
            )
        if cluster.exists() and (owner := cluster.stat()).st_uid != 0:
            return cls(owner.st_uid, owner.st_gid)
        try:
            nobody = pwd.getpwnam("nobody")
        except KeyError:
            return cls(_NOBODY, _NOBODY)
        return cls(nobody.pw_uid, nobody.pw_gid)

    @property
    def groups(self) -> list[int] | None:
        """No further groups for another account, our own for ourselves."""
        return None if self.uid is None else []

    def own(self, folder: Path) -> None:
        """Hand over a folder that we have just made. Nothing else is ever handed over."""
        if sys.platform != "win32" and self.uid is not None and self.gid is not None:
            os.chown(folder, self.uid, self.gid)

    def path_inside(self, folder: Path) -> str:
        """How a process of this account, started inside `folder`, may call that folder.

        Another account may not be allowed to walk to it (a project below /root), and we do not
        open other people's doors. Its working directory it can always reach by this name.
        """
        return str(folder) if self.uid is None else "/proc/self/cwd"
