"""Files that nothing names any more: a picture that was replaced, an upload whose form was never finished.

What names a file is found in the tables themselves, so that a new one cannot be forgotten: foreign keys to `files`,
fields of a body whose name ends in `_file`, and the addresses of products' images.
"""

from functools import cache
from typing import Any

import msgspec
from sqlalchemy import Column, Delete, Select, Text, cast, delete, func, select, text, union_all
from sqlalchemy.types import TypeEngine

from frontdesk_tenants.tables import Body, files, metadata, products

KEPT_UNUSED = "1 day"
"""How long a file may wait for what names it, as PostgreSQL writes an interval."""
IN_A_BODY = r'"[a-z_]+_file":"([0-9a-f]{64})"'
IN_AN_ADDRESS = r"/images/[0-9A-Za-z]+/([0-9a-f]{64})[.]"
"""Where a product's image lies, whatever host its address names (`frontdesk_web.product_images`)."""


@cache
def delete_unused() -> Delete:
    """Deletes files of the present side that have been without a name for a day.

    It is the same for every side, and to look through all types of bodies takes longer than to carry it out.
    """
    return delete(files).where(
        files.c.created < func.frontdesk_now() - text(f"interval '{KEPT_UNUSED}'"),
        files.c.hash.not_in(union_all(*named_in().values())),
    )


def named_in() -> dict[Column[Any], Select[Any]]:
    """Every column in which files are named, and the selection of the hashes that stand in it."""
    places = {products.c.body: _found_in(products.c.body, IN_AN_ADDRESS).where(products.c.deleted.is_(False))}
    for table in metadata.sorted_tables:
        for column in table.columns:
            if any(key.column is files.c.hash for key in column.foreign_keys):
                places[column] = select(column).where(column.is_not(None))
            elif _holds_file_names(column.type):
                places[column] = _found_in(column, IN_A_BODY)
    return places


def _found_in(column: Any, pattern: str) -> Select[Any]:
    matches = func.regexp_matches(cast(column, Text), pattern, "g").table_valued("groups", joins_implicitly=True)
    matches = matches.render_derived("found")
    return select(text("found.groups[1]")).select_from(column.table, matches)


def _holds_file_names(kind: TypeEngine[Any]) -> bool:
    return isinstance(kind, Body) and _names_a_file(msgspec.inspect.type_info(kind.type_), set())


def _names_a_file(info: Any, seen: set[int]) -> bool:
    """Whether a field named `…_file` lies anywhere in a type."""
    if id(info) in seen:
        return False
    seen.add(id(info))
    if isinstance(info, msgspec.inspect.StructType):
        return any(each.name.endswith("_file") or _names_a_file(each.type, seen) for each in info.fields)
    inner = [getattr(info, name, None) for name in ("type", "item_type", "key_type", "value_type")]
    inner += [*getattr(info, "types", ()), *(getattr(info, "item_types", None) or ())]
    return any(each is not None and _names_a_file(each, seen) for each in inner)
