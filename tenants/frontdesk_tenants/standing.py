"""How a side stands: the numbers of its overview, in one statement."""

import msgspec
from msgspec import Struct
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.book import ACTIVE
from frontdesk_tenants.side_lists import LATE, SIGN_IN

SIGN_IN_DAYS = 30
"""Days that sign-ins are counted for; sessions are kept that long at least."""


class Owed(Struct, frozen=True, kw_only=True):
    """Invoices of one currency, and what is still to be paid of them, in minor units."""

    currency: str
    invoices: int
    amount: int


class Standing(Struct, frozen=True, kw_only=True):
    """The numbers. Late invoices are open ones too."""

    sign_ins: int
    subscriptions: int
    open: tuple[Owed, ...]
    late: tuple[Owed, ...]


_OWED = """(SELECT coalesce(json_agg(o), '[]') FROM (
    SELECT x.currency, count(*) AS invoices, sum(x.amount_due - x.amount_paid)::bigint AS amount
    FROM invoices x WHERE {condition} GROUP BY x.currency ORDER BY 3 DESC, x.currency) o)"""
_NUMBERS = """
SELECT json_build_object(
  'sign_ins', (SELECT count(*) FROM sessions x
               WHERE {sign_in} AND x.created > frontdesk_now() - make_interval(days => :days)),
  'subscriptions', (SELECT count(*) FROM subscriptions x WHERE x.status IN {active}),
  'open', {open}, 'late', {late})::text
"""
_STATEMENT = _NUMBERS.format(
    sign_in=SIGN_IN,
    active=tuple(sorted(ACTIVE)),
    open=_OWED.format(condition="x.status = 'open'"),
    late=_OWED.format(condition=LATE),
)
_DECODER = msgspec.json.Decoder(Standing)


async def read_standing(connection: AsyncConnection) -> Standing:
    """The numbers of the side whose transaction this is."""
    return _DECODER.decode((await connection.execute(text(_STATEMENT), {"days": SIGN_IN_DAYS})).scalar_one())
