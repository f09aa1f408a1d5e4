"""What the audit finds in a shop under test."""

from contextlib import closing

from eterno.adapters.memory.books import MemoryBooks
from eterno.adapters.memory.store import MemoryStore
from eterno.adapters.postgres.books import PostgresBooks
from eterno.adapters.postgres.store import PostgresStore
from eterno.application.ports.books import Books
from eterno.domain.invariants import AT_EVERY_COMMIT


def broken(books: Books) -> dict[str, tuple[str, ...]]:
    """What does not hold for what."""
    return {verdict.id: verdict.keys for verdict in books.audit() if verdict.keys}


def faults(shop: str | MemoryStore) -> dict[str, tuple[str, ...]]:
    """What does not hold though it should at every commit. A shop is a store, or the address of its
    database."""
    if isinstance(shop, MemoryStore):
        found = broken(MemoryBooks(shop))
    else:
        with closing(PostgresStore(shop, connections=1)) as store:
            found = broken(PostgresBooks(store))
    return {id: keys for id, keys in found.items() if id in AT_EVERY_COMMIT}
