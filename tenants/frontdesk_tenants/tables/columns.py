"""What a table is made of: its columns, its key that begins with the side, and the one metadata that all belong to."""

from typing import Any

import msgspec
from sqlalchemy import (
    Column,
    Computed,
    DateTime,
    ForeignKeyConstraint,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSON
from sqlalchemy.sql.schema import SchemaItem
from sqlalchemy.types import TypeDecorator

from frontdesk.reasons import Reason, read, written

metadata = MetaData()


class Body(TypeDecorator[Any]):
    """A JSON column that holds one msgspec type. The engine passes JSON through as text (see `database`)."""

    impl = JSON
    cache_ok = True

    def __init__(self, type_: Any) -> None:
        super().__init__(none_as_null=True)
        self.type_ = type_
        self._decoder = msgspec.json.Decoder(type_)

    def process_bind_param(self, value: Any, dialect: Any) -> str | None:
        return None if value is None else msgspec.json.encode(value).decode()

    def process_result_value(self, value: Any, dialect: Any) -> Any:
        return None if value is None else self._decoder.decode(value)


class Said(TypeDecorator[Reason]):
    """A column of text that holds why something failed, in a form that can be said in any language."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Reason | None, dialect: Any) -> str | None:
        return None if value is None else written(value)

    def process_result_value(self, value: str | None, dialect: Any) -> Reason | None:
        return None if value is None else read(value)


def instant(name: str, nullable: bool = False) -> Column[Any]:
    """A column that holds an instant in UTC."""
    return Column(name, DateTime(timezone=True), nullable=nullable)


def side_table(name: str, *items: SchemaItem, key: tuple[str, ...]) -> Table:
    """A table of one side's rows: `tenant_id` in front, first in the primary key."""
    return Table(
        name,
        metadata,
        Column("tenant_id", Uuid, nullable=False),
        *items,
        PrimaryKeyConstraint("tenant_id", *key, name=f"{name}_pkey"),
    )


def belongs_to(column: str, table: str) -> ForeignKeyConstraint:
    """A foreign key within the side. Row-level security does not guard foreign keys, so the side is part of them."""
    return ForeignKeyConstraint(["tenant_id", column], [f"{table}.tenant_id", f"{table}.id"])


def text_column(name: str, nullable: bool = False) -> Column[Any]:
    return Column(name, Text, nullable=nullable)


def sealed_column(name: str, row: str, nullable: bool = True) -> Column[Any]:
    """A secret that the vault sealed, under a name that ends with `_sealed`; `row` is the column that names its place
    (`vault.place_of`). `key_rotation` finds every such column here."""
    return Column(name, LargeBinary, nullable=nullable, info={"row": row})


def from_body(name: str) -> Column[Any]:
    """A text that PostgreSQL copies out of `body` at each write: reading one JSON for it takes longer than its row."""
    return Column(name, Text, Computed(f"body ->> '{name}'", persisted=True))


def prices_from(function: str, name: str) -> Column[Any]:
    """Ids of prices, copied out of `body` likewise, by a function of the schema."""
    return Column(name, ARRAY(Text), Computed(f"{function}(body)", persisted=True))
