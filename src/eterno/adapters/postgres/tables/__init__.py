"""The tables, as SQLAlchemy Core knows them. Migrations make them; `alembic check` compares.

The constraints repeat the invariants of docs/reliability.md (I01 to I14) where a database can hold
them: a bug in the code above is refused here. Two tables, `stock_movements` and `money_ledger`, are
append-only by trigger (see the first migration), as is `order_events` but for its words.
"""

from __future__ import annotations

from eterno.adapters.postgres.tables.columns import metadata
from eterno.adapters.postgres.tables.goods import (
    categories,
    product_categories,
    products,
    refused_demand,
    reservations,
    shelves,
    stock_movements,
    uploads,
    variant_costs,
    variant_prices,
    variants,
)
from eterno.adapters.postgres.tables.house import (
    admins,
    attempts,
    audit_entries,
    figures_daily,
    figures_state,
    messages,
    outbox,
)
from eterno.adapters.postgres.tables.sales import (
    KNOWN_CLIENT,
    customers,
    money_ledger,
    order_events,
    order_lines,
    order_numbers,
    orders,
    payment_notices,
    refunds,
)

__all__ = (
    "KNOWN_CLIENT",
    "admins",
    "attempts",
    "audit_entries",
    "categories",
    "customers",
    "figures_daily",
    "figures_state",
    "messages",
    "metadata",
    "money_ledger",
    "order_events",
    "order_lines",
    "order_numbers",
    "orders",
    "outbox",
    "payment_notices",
    "product_categories",
    "products",
    "refunds",
    "refused_demand",
    "reservations",
    "shelves",
    "stock_movements",
    "uploads",
    "variant_costs",
    "variant_prices",
    "variants",
)
