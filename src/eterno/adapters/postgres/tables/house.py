"""What keeps the house: tasks, admins, messages, and figures of the days that are over."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from eterno.adapters.postgres.tables.columns import id_, metadata, minor, moment

outbox = Table(
    "outbox",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("reaction", Text, nullable=False),
    Column("facts", JSONB, nullable=False),
    moment("created_at"),
    moment("due_at"),
    moment("leased_until", nullable=True),
    Column("attempts", SmallInteger, nullable=False, server_default=text("0")),
    moment("done_at", nullable=True),
    moment("dead_at", nullable=True),
    Column("error", Text),
    CheckConstraint("attempts BETWEEN 0 AND 5", name="attempts"),
    CheckConstraint("done_at IS NULL OR attempts > 0", name="done_was_tried"),
    CheckConstraint("done_at IS NULL OR dead_at IS NULL", name="done_or_dead"),
    Index(
        "ix_outbox_due",
        "due_at",
        postgresql_where=text("done_at IS NULL AND dead_at IS NULL"),
    ),
    Index("ix_outbox_dead", "dead_at", postgresql_where=text("dead_at IS NOT NULL")),
)

admins = Table(
    "admins",
    metadata,
    id_(),
    Column("username", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("token_version", Integer, nullable=False),
    UniqueConstraint("username"),
)

audit_entries = Table(
    "audit_entries",
    metadata,
    id_(),
    moment("at"),
    Column("admin_id", ForeignKey("admins.id"), nullable=False),
    Column("username", Text, nullable=False),
    Column("request_id", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False, index=True),
    Column("before", JSONB),
    Column("after", JSONB),
)

attempts = Table(
    "attempts",
    metadata,
    id_(),
    Column("subject", Text, nullable=False),
    moment("at"),
    Index(None, "subject", "at"),
    Index(None, "at"),
)

messages = Table(
    "messages",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("email", Text, nullable=False, index=True),
    Column("text", Text, nullable=False),
    moment("at"),
    Index(None, "at"),
)

figures_daily = Table(
    "figures_daily",
    metadata,
    Column("measure", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("known_day", Date, primary_key=True),
    Column("subject", BigInteger, primary_key=True, autoincrement=False),
    minor("amount"),
    Index(
        "ix_figures_daily_sums",
        "measure",
        "day",
        postgresql_include=["known_day", "subject", "amount"],
    ),
)
"""Of the days that are over: what was learned on `known_day` about `day`."""

figures_state = Table(
    "figures_state",
    metadata,
    Column("zone", Text, primary_key=True),
    Column("until", Date, nullable=False),
)
"""Up to which day, and in which zone, `figures_daily` is complete."""
