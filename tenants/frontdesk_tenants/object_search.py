"""Objects of a side that a search query holds true of, newest first, a page at a time, each page in one statement.

What is asked for goes to PostgreSQL as parameters alone; the statement is put together from the expressions below.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from msgspec import Struct
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.addresses import fold
from frontdesk.money import EXPONENTS, unit_amount_to_stripe
from frontdesk.search_queries import METADATA, Clause, Resource, SearchQuery
from frontdesk.search_words import CUT, word_within
from frontdesk_tenants.keyset import Place
from frontdesk_tenants.listings import Kind

COUNTED_AT_MOST = 10_000
"""Stripe's counts are right up to this number."""
KINDS: Mapping[Resource, Kind] = {
    "customers": "customer",
    "invoices": "invoice",
    "prices": "price",
    "products": "product",
    "subscriptions": "subscription",
}
_LAST_SECOND = 253_402_300_799
_FACTORS = {
    currency: factor
    for currency in EXPONENTS
    if (factor := unit_amount_to_stripe(Decimal(1), currency)) != 1 and factor == factor.to_integral_value()
}
_DIVISORS = {
    currency: 1 / factor for currency in EXPONENTS if (factor := unit_amount_to_stripe(Decimal(1), currency)) < 1
}


def _in_smallest_units(column: str) -> str:
    """An amount as the API shows it: in Stripe's smallest unit, which is another one for a few currencies."""
    cases = [f"WHEN '{currency}' THEN {column} * {int(factor)}" for currency, factor in _FACTORS.items()]
    cases += [f"WHEN '{currency}' THEN round({column} / {int(by)}.0)" for currency, by in _DIVISORS.items()]
    return f"CASE currency {' '.join(cases)} ELSE {column} END"


EXPRESSIONS: Mapping[Resource, Mapping[str, str]] = {
    "customers": {
        "email": "body ->> 'email'",
        "name": "body ->> 'name'",
        "phone": "body ->> 'phone'",
    },
    "invoices": {
        "currency": "currency",
        "customer": "customer",
        "last_finalization_error_code": "NULL::text",
        "last_finalization_error_type": "NULL::text",
        "number": "number",
        "receipt_number": "NULL::text",
        "status": "status",
        "subscription": "subscription",
        "total": _in_smallest_units("total"),
    },
    "prices": {
        "active": "active::text",
        "currency": "currency",
        "lookup_key": "lookup_key",
        "product": "product",
        "type": "CASE json_typeof(body -> 'recurring') WHEN 'object' THEN 'recurring' ELSE 'one_time' END",
    },
    "products": {
        "active": "active::text",
        "description": "body ->> 'description'",
        "name": "body ->> 'name'",
        "shippable": "body ->> 'shippable'",
        "url": "body ->> 'url'",
    },
    "subscriptions": {
        "canceled_at": "(body ->> 'canceled_at')::timestamptz",
        "status": "status",
    },
}
"""Each field but `created` and `metadata` as the table has it. Objects show nothing for what is always NULL."""
_INSTANTS = ("created", "canceled_at")
_IN_WORDS = (METADATA, "name")
_HAS_WORD = "id IN (SELECT w.customer FROM customer_words w WHERE w.word IN (:{0}_word, :{0}_cut))"
_PRESENT: Mapping[Resource, str] = {"customers": "NOT deleted", "products": "NOT deleted"}


class FoundObjects(Struct, frozen=True):
    """The ids of a page's objects, newest first, the place where the next page begins, and how many there are in all.

    `following` is None on the last page, `count` where it was not asked for.
    """

    ids: tuple[str, ...]
    following: Place | None
    count: int | None


async def search(
    connection: AsyncConnection,
    resource: Resource,
    query: SearchQuery,
    *,
    limit: int,
    after: Place | None = None,
    counted: bool = False,
) -> FoundObjects:
    """A page of the side's objects of a resource; deleted ones are not found."""
    condition, parameters = condition_of(resource, query)
    wanted = f"SELECT created, id FROM {resource} WHERE {condition}"  # noqa: S608
    count = None
    if counted:
        counting = f"SELECT count(*) FROM ({wanted} LIMIT {COUNTED_AT_MOST}) AS found"  # noqa: S608
        count = (await connection.execute(text(counting), parameters)).scalar_one()
    if after is not None:
        wanted += " AND (created, id) < (:after_created, :after_id)"
        parameters |= {"after_created": after.created, "after_id": after.id}
    page = text(f"{wanted} ORDER BY created DESC, id DESC LIMIT :page_limit")
    rows = (await connection.execute(page, parameters | {"page_limit": limit + 1})).all()
    shown = rows[:limit]
    following = Place(created=shown[-1].created, id=shown[-1].id) if len(rows) > limit else None
    return FoundObjects(tuple(row.id for row in shown), following, count)


def condition_of(resource: Resource, query: SearchQuery) -> tuple[str, dict[str, Any]]:
    """The condition of a query in SQL, and its parameters."""
    conditions: list[str] = []
    parameters: dict[str, Any] = {}
    for number, clause in enumerate(query.clauses):
        holds, own = _holds(resource, clause, f"value_{number}", f"key_{number}")
        # What an object does not have is neither equal nor unequal to PostgreSQL, but is not it here.
        conditions.append(f"NOT coalesce({holds}, false)" if clause.negated else f"({holds})")
        parameters |= own
    joined = (" OR " if query.any else " AND ").join(conditions)
    return " AND ".join(filter(None, (_PRESENT.get(resource, ""), f"({joined})"))), parameters


def _holds(resource: Resource, clause: Clause, value: str, key: str) -> tuple[str, dict[str, Any]]:
    own: dict[str, Any] = {}
    if clause.field == METADATA:
        expression, own = f"body -> 'metadata' ->> CAST(:{key} AS text)", {key: clause.key}
    else:
        expression = EXPRESSIONS[resource].get(clause.field, clause.field)
    if clause.value is None:
        return f"({expression}) IS NULL", own
    if clause.field in _INSTANTS:
        assert isinstance(clause.value, int)
        return _at_second(expression, clause.operator, clause.value, value)
    if isinstance(clause.value, int):
        sign = "=" if clause.operator == ":" else clause.operator
        return f"({expression}) {sign} CAST(:{value} AS bigint)", {value: clause.value}
    own |= {value: clause.value}
    if clause.operator == "~":
        return f"strpos(lower({expression}), lower(CAST(:{value} AS text))) > 0", own
    same = f"lower({expression}) = lower(CAST(:{value} AS text))"
    word = word_within(clause.value) if resource == "customers" and clause.field in _IN_WORDS else ""
    if word and not clause.negated:
        # Its words have an index: nobody else's record need be read.
        return f"{_HAS_WORD.format(value)} AND {same}", own | {f"{value}_word": word, f"{value}_cut": CUT}
    if (resource, clause.field) == ("customers", "email"):
        # The folded address has an index.
        return f"address = :{value}_folded AND {same}", own | {f"{value}_folded": fold(clause.value)}
    return same, own


def _at_second(expression: str, operator: str, second: int, value: str) -> tuple[str, dict[str, Any]]:
    """A comparison with a second as the API shows it, which is the whole of it."""
    if not 0 <= second < _LAST_SECOND:
        return ("true" if (second < 0) == (operator in (">", ">=")) and operator != ":" else "false"), {}
    beyond = f"{value}_beyond"
    bounds = {value: datetime.fromtimestamp(second, UTC), beyond: datetime.fromtimestamp(second + 1, UTC)}
    match operator:
        case ":":
            return f"{expression} >= :{value} AND {expression} < :{beyond}", bounds
        case ">" | "<=":
            return f"{expression} {'>=' if operator == '>' else '<'} :{beyond}", {beyond: bounds[beyond]}
        case _:
            return f"{expression} {operator} :{value}", {value: bounds[value]}
