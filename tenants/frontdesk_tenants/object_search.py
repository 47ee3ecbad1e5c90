"""Objects of a side that a search query holds true of, newest first, a page at a time, each page in one statement.

What is asked for goes to PostgreSQL as parameters alone; the statement is put together from the expressions below.

A part of a text (`~`) has no index: under row-level security only leakproof operators use one (`customer_words`), and
none of those knows parts. So such a query reads the newest `READ_AT_MOST` objects that its other clauses leave, and is
refused where that is not enough to fill the page: then it has to be narrowed.
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

READ_AT_MOST = 50_000
"""Objects that are read for a part of a text: about a third of a second."""
COUNTED_AT_MOST = 10_000
"""Stripe's counts are right up to this number."""
KINDS: Mapping[Resource, Kind] = {
    "charges": "charge",
    "customers": "customer",
    "invoices": "invoice",
    "payment_intents": "payment_intent",
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


def _in_smallest_units(column: str, currency_of: str = "currency") -> str:
    """An amount as the API shows it: in Stripe's smallest unit, which is another one for a few currencies."""
    cases = [f"WHEN '{currency}' THEN {column} * {int(factor)}" for currency, factor in _FACTORS.items()]
    cases += [f"WHEN '{currency}' THEN round({column} / {int(by)}.0)" for currency, by in _DIVISORS.items()]
    return f"CASE {currency_of} {' '.join(cases)} ELSE {column} END"


_AMOUNT = _in_smallest_units("(body ->> 'amount')::bigint", "body ->> 'currency'")
_METHOD = """(
    SELECT m.body {0} FROM payment_methods m WHERE m.tenant_id = charges.tenant_id AND m.id = charges.body ->> 'method'
)"""
_OF_CARDS = {
    "brand": "body ->> 'brand'",
    "exp_month": _METHOD.format("-> 'card' ->> 'exp_month'"),
    "exp_year": _METHOD.format("-> 'card' ->> 'exp_year'"),
    "fingerprint": _METHOD.format("-> 'card' ->> 'fingerprint'"),
    "last4": "body ->> 'last4'",
}
EXPRESSIONS: Mapping[Resource, Mapping[str, str]] = {
    "charges": {
        "amount": _AMOUNT,
        "billing_details.address.postal_code": _METHOD.format("-> 'holder' -> 'address' ->> 'postal_code'"),
        "currency": "body ->> 'currency'",
        "customer": "customer",
        "disputed": "'false'",
        **{f"payment_method_details.card.{name}": expression for name, expression in _OF_CARDS.items()},
        "refunded": """(
            body ->> 'status' = 'succeeded' AND coalesce(body ->> 'refunded', '0') = body ->> 'amount'
        )::text""",
        "status": "body ->> 'status'",
    },
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
    "payment_intents": {
        "amount": _AMOUNT,
        "currency": "body ->> 'currency'",
        "customer": "customer",
        "status": "body ->> 'status'",
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


class TooMuchToRead(Exception):
    """A part of a text is looked for among more than `READ_AT_MOST` objects."""


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
    """A page of the side's objects of a resource; deleted ones are not found.

    Raises:
        TooMuchToRead: it asks for parts of texts, and more than `READ_AT_MOST` objects would have to be read.
    """
    condition, parameters = condition_of(resource, query)
    narrowed = _narrowed(resource, query)
    whole = resource if narrowed is None else f"({narrowed} LIMIT :read_at_most) AS {resource}"
    parameters |= {} if narrowed is None else {"read_at_most": READ_AT_MOST}
    count = None
    if counted:
        counting = f"SELECT count(*) FROM (SELECT FROM {whole} WHERE {condition} LIMIT {COUNTED_AT_MOST}) AS found"  # noqa: S608
        count = (await connection.execute(text(counting), parameters)).scalar_one()
        if count < COUNTED_AT_MOST:
            await _refuse_more(connection, narrowed, parameters)
    if after is not None:
        condition += " AND (created, id) < (:after_created, :after_id)"
        parameters |= {"after_created": after.created, "after_id": after.id}
    page = text(f"SELECT created, id FROM {whole} WHERE {condition} ORDER BY created DESC, id DESC LIMIT :page_limit")  # noqa: S608
    rows = (await connection.execute(page, parameters | {"page_limit": limit + 1})).all()
    if len(rows) <= limit:
        await _refuse_more(connection, narrowed, parameters)
    shown = rows[:limit]
    following = Place(created=shown[-1].created, id=shown[-1].id) if len(rows) > limit else None
    return FoundObjects(tuple(row.id for row in shown), following, count)


def _narrowed(resource: Resource, query: SearchQuery) -> str | None:
    """What is read for a query that asks for parts of texts: what its other clauses leave, newest first. None for any
    other query."""
    if all(clause.operator != "~" for clause in query.clauses):
        return None
    rest = [
        (f"NOT coalesce({holds}, false)" if clause.negated else f"({holds})")
        for number, clause in enumerate(query.clauses)
        if clause.operator != "~" and not query.any
        for holds, _ in [_holds(resource, clause, f"value_{number}", f"key_{number}")]
    ]
    where = " AND ".join(filter(None, (_PRESENT.get(resource, ""), *rest))) or "true"
    return f"SELECT * FROM {resource} WHERE {where} ORDER BY created DESC, id DESC"  # noqa: S608


async def _refuse_more(connection: AsyncConnection, narrowed: str | None, parameters: Mapping[str, Any]) -> None:
    """Refuse where there is more than was read. Raises TooMuchToRead."""
    if narrowed is not None:
        beyond = f"SELECT EXISTS ({narrowed} OFFSET :read_at_most)"
        if (await connection.execute(text(beyond), dict(parameters))).scalar_one():
            raise TooMuchToRead


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
