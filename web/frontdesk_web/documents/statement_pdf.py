"""A statement of account as PDF. It is set anew each time: a span of time that has not ended is not the last word."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from frontdesk.book import Customer, Party
from frontdesk_tenants.directory import Door, Side
from frontdesk_web.documents.paper import document_logo, sheet, spoken
from frontdesk_web.documents.setting import typeset
from frontdesk_web.formatting import date_long
from frontdesk_web.messages import translate
from frontdesk_web.site import Site
from frontdesk_web.statement_words import Span, StatementTable


async def statement_pdf(
    site: Site, door: Door, customer: Customer, span: Span, tables: Sequence[StatementTable], locale: str, now: datetime
) -> bytes:
    """The PDF of a statement. Raises Unavailable: it could not be set now."""
    async with site.tenancy.at(door) as (connection, side):
        logo = await document_logo(side.brand, connection)
    words = statement_document(side, customer, span, tables, spoken(locale), now)
    return await typeset(words, logo, int(now.timestamp()))


def statement_document(
    side: Side, customer: Customer, span: Span, tables: Sequence[StatementTable], locale: str, now: datetime
) -> dict[str, Any]:
    """Everything that is printed, in the reader's language."""
    seller, heading = side.settings.seller, translate(locale, "Statement of account")
    return sheet(
        side.brand,
        locale,
        title=heading,
        heading=heading,
        seller=Party(
            name=seller.name or side.brand.business_name,
            email=seller.email,
            address=seller.address,
            tax_number=seller.tax_number,
        ),
        buyer=Party(name=customer.name, email=customer.email, address=customer.address),
        buyer_label=translate(locale, "For"),
        facts=[
            (translate(locale, "First day"), date_long(span.first, locale)),
            (translate(locale, "Last day"), date_long(span.last, locale)),
            (translate(locale, "Date"), date_long(now, locale)),
        ],
        columns=(
            translate(locale, "Date"),
            translate(locale, "What"),
            translate(locale, "Amount"),
            translate(locale, "Balance"),
        ),
        entries=[
            [[each.day, each.text, each.amount, each.owed, each.strong] for each in table.rows] for table in tables
        ],
        totals=(),
        sentence=" ".join(table.closing for table in tables)
        or translate(locale, "Nothing happened in this time, and nothing was open."),
    )
