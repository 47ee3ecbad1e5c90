"""A statement of account as portal and dashboard show it: who asks for which span, and what it says."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from frontdesk.book import Customer
from frontdesk.statements import statements
from frontdesk_tenants import clocks, listings
from frontdesk_tenants.database import SideTransaction
from frontdesk_tenants.directory import Side
from frontdesk_tenants.statements import read_statement
from frontdesk_web.messages import translate
from frontdesk_web.site import Site
from frontdesk_web.statement_words import MOST, Span, StatementTable, read_span, statement_table


class StatementAsked(Struct, frozen=True, kw_only=True):
    """A customer's statement. `now` is the customer's time; `span.fault` says why there is none."""

    customer: Customer
    span: Span
    tables: tuple[StatementTable, ...]
    now: datetime


def has_statements(site: Site, side: Side) -> bool:
    """Whether the side's backend has the book keep what a statement says."""
    kind = site.plugins.billing_backends().get(side.backend)
    return kind is None or kind.abilities(livemode=side.livemode).knows_statements


async def read_asked(
    connection: SideTransaction, customer_id: str, query: Mapping[str, str], real_now: datetime, locale: str
) -> StatementAsked:
    """What an address asks for. The customer was found before."""
    customer: Customer = await listings.find(connection, "customer", customer_id)
    test_clock = await clocks.of_customer(connection, customer_id)
    now = real_now if test_clock is None else test_clock.frozen_time
    span = read_span(query, now.date(), locale)
    if span.fault:
        return StatementAsked(customer=customer, span=span, tables=(), now=now)
    facts = await read_statement(connection, customer_id, span.since, span.until, MOST)
    if facts.too_long:
        fault = translate(locale, "So much happened in this time that it does not fit. Choose a shorter one.")
        return StatementAsked(customer=customer, span=replace(span, fault=fault), tables=(), now=now)
    found = statements(facts.before, facts.since)
    tables = tuple(statement_table(each, span, facts.numbers, locale) for each in found)
    return StatementAsked(customer=customer, span=span, tables=tables, now=now)
