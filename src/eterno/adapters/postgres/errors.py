"""From what PostgreSQL says to what the ports promise."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from eterno.application.ports.store import AlreadyThere, CollidedWork, StoreUnavailable

_NAMES = {
    "uq_orders_key": "order key",
    "uq_variants_sku": "SKU",
    "uq_admins_username": "username",
    "uq_stock_movements_key": "movement key",
}
"""Which promise of a port a unique constraint keeps."""

_COLLISIONS = {"40001", "40P01", "55P03"}
"""Serialization failure, deadlock, lock timeout: the transaction did nothing."""

_SILENCES = ("08", "25006", "53", "57", "58")
"""Connection, read-only, out of resources, shutdown or cancelled, system: not our doing."""


@contextmanager
def translated() -> Iterator[None]:
    """What the driver raises inside becomes `AlreadyThere`, `CollidedWork` or `StoreUnavailable`.

    Anything else is a bug in our statements or a violated invariant, and passes as it is.
    """
    try:
        yield
    except PoolExhausted as exhausted:
        raise StoreUnavailable from exhausted
    except DBAPIError as error:
        meant = StoreUnavailable() if error.connection_invalidated else _meaning_of(error.orig)
        if meant is None:
            raise
        raise meant from error
    except psycopg.Error as error:
        meant = _meaning_of(error)
        if meant is None:
            raise
        raise meant from error


def _meaning_of(error: BaseException | None) -> Exception | None:
    state = getattr(error, "sqlstate", None)
    if isinstance(error, psycopg.IntegrityError):
        name = _NAMES.get(error.diag.constraint_name or "")
        return AlreadyThere(name) if name else None
    if state in _COLLISIONS:
        return CollidedWork()
    return StoreUnavailable() if _is_silence(error, state) else None


def _is_silence(error: BaseException | None, state: str | None) -> bool:
    if state is None:  # the server did not even answer
        return isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
    return state.startswith(_SILENCES)
