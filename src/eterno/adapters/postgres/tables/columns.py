"""What all tables share: how constraints are named, and columns of which many have one."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, DateTime, Identity, MetaData

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


def id_() -> Column[int]:
    return Column("id", BigInteger, Identity(always=False), primary_key=True)


def moment(name: str, *, nullable: bool = False) -> Column:  # type: ignore[type-arg]  # a column of datetimes
    return Column(name, DateTime(timezone=True), nullable=nullable)


def minor(name: str) -> Column[int]:
    """An amount in minor units, in the currency of its row."""
    return Column(name, BigInteger, nullable=False)
