"""From what PostgreSQL says to what the ports promise."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy.exc import DBAPIError, IntegrityError
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
    except IntegrityError as violation:
        if name := _NAMES.get(_constraint(violation) or ""):
            raise AlreadyThere(name) from violation
        raise
    except DBAPIError as error:
        state = getattr(error.orig, "sqlstate", None)
        if state in _COLLISIONS:
            raise CollidedWork from error
        if error.connection_invalidated or _is_silence(error.orig, state):
            raise StoreUnavailable from error
        raise


def _constraint(violation: IntegrityError) -> str | None:
    diagnosis = getattr(violation.orig, "diag", None)
    return diagnosis.constraint_name if diagnosis else None


def _is_silence(error: BaseException | None, state: str | None) -> bool:
    if state is None:  # the server did not even answer
        return isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
    return state.startswith(_SILENCES)
