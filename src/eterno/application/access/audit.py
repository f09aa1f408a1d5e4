"""Writing the audit trail, in the transaction of the change itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from eterno.application.ports.store import Work
from eterno.domain.audit import Actor, AuditEntry
from eterno.domain.money import Money

SECRET = frozenset({"password_hash"})
"""Fields that are never written down."""


def record(
    work: Work, actor: Actor, action: str, subject: str, *, before: Any = None, after: Any = None
) -> None:
    """Note that `actor` turned `before` into `after`: entities, mappings, or None for nothing.

    Of two entities only the fields that differ are kept; nothing is written when none does.
    """
    old, new = _facts(before), _facts(after)
    if old is not None and new is not None:
        changed = {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
        if not changed:
            return
        old = {name: value for name, value in old.items() if name in changed}
        new = {name: value for name, value in new.items() if name in changed}
    work.audit.record(
        AuditEntry(at=work.now, actor=actor, action=action, subject=subject, before=old, after=new)
    )


def _facts(thing: Any) -> Mapping[str, object] | None:
    if thing is None:
        return None
    if is_dataclass(thing):
        thing = {field.name: getattr(thing, field.name) for field in fields(thing)}
    return {name: _plain(value) for name, value in thing.items() if name not in SECRET}


def _plain(value: object) -> object:
    match value:
        case None | bool() | int() | str():
            return value
        case Money():
            return str(value)
        case list() | tuple():
            return [_plain(item) for item in value]
        case set() | frozenset():  # in an order of its own, lest the same set looks changed
            return [_plain(item) for item in sorted(value, key=str)]
        case _:
            return str(value)
