"""Where the letters end up, for each adapter."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from eterno.adapters.memory.mail import MemoryMailer
from eterno.adapters.sandbox.database import SandboxDatabase
from eterno.adapters.sandbox.mailbox import SandboxMailer
from eterno.application.ports.mail import Letter, Mailer
from tests.support.clock import FixedClock


class Mailbox(Protocol):
    @property
    def mailer(self) -> Mailer: ...

    def letters(self) -> Sequence[Letter]:
        """Those that arrived, in no order."""
        ...

    def fall_silent(self) -> None: ...

    def refuse(self) -> None:
        """From now on letters to "nobody" are refused."""
        ...


class MemoryMailbox:
    def __init__(self) -> None:
        self.mailer = MemoryMailer()

    def letters(self) -> Sequence[Letter]:
        return self.mailer.sent

    def fall_silent(self) -> None:
        self.mailer.silent = True

    def refuse(self) -> None:
        self.mailer.refuses = True


class SandboxMailbox:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._sandbox = self._over(SandboxDatabase(folder / "sandbox.sqlite3"))
        self.mailer: Mailer = self._sandbox

    def letters(self) -> Sequence[Letter]:
        return [kept.letter for kept in self._sandbox.letters()]

    def fall_silent(self) -> None:
        self.mailer = self._over(SandboxDatabase(self._folder))  # a folder is no database

    def refuse(self) -> None:
        """It always does."""

    def _over(self, database: SandboxDatabase) -> SandboxMailer:
        return SandboxMailer(database, sender="shop@eterno.example", clock=FixedClock())
