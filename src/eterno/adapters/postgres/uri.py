"""Addresses of databases."""

from __future__ import annotations

import re

_OTHER_WAYS_TO_SAY_IT = re.compile(r"^(postgres|postgresql(\+psycopg2?)?)://")


def with_our_driver(uri: str) -> str:
    """The same database through psycopg 3, also for an address written for its predecessor.

    Raises `ValueError` for an address of something else.
    """
    if not _OTHER_WAYS_TO_SAY_IT.match(uri):
        raise ValueError("the database must be a PostgreSQL: postgresql://user:password@host/name")
    return _OTHER_WAYS_TO_SAY_IT.sub("postgresql+psycopg://", uri, count=1)
