"""The vocabulary of columns that all tables share."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, MetaData, Text, func
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

Id = Annotated[int, mapped_column(BigInteger, primary_key=True)]
Now = Annotated[datetime, mapped_column(server_default=func.now())]
Texts = Annotated[list[str], mapped_column(ARRAY(Text), server_default="{}")]
Json = Annotated[dict[str, Any], mapped_column(JSONB, server_default="{}")]
MovieRef = Annotated[int, mapped_column(ForeignKey("movies.id", ondelete="CASCADE"), index=True)]
AssetRef = Annotated[int | None, mapped_column(ForeignKey("cache_assets.id", ondelete="SET NULL"), index=True)]


class Base(DeclarativeBase):
    """All tables. Text is unlimited, integers are 64 bits, times carry their zone."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own protocol
        int: BigInteger,
        str: Text,
        datetime: DateTime(timezone=True),
    }


def one_of(column: str, *values: str) -> CheckConstraint:
    """A check that a text column holds one of a few words."""
    words = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({words})", name=f"{column}_known")
