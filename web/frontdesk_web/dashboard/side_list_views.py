"""Invoices, subscriptions and sign-ins as tables whose rows lead to their customers."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from msgspec import Struct

from frontdesk_tenants.side_lists import InvoiceRow, Owner, SignInRow, SubscriptionRow
from frontdesk_web.dashboard.views import Cell, Column, Row, Tab, Table
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.formatting import date_short, date_time, money, number
from frontdesk_web.messages import translate
from frontdesk_web.portal.invoice_views import invoice_badge
from frontdesk_web.portal.subscription_cards import badge_of
from frontdesk_web.portal.views import Badge


class SideListPage(Struct, frozen=True, kw_only=True):
    """A list. `table` is None where there is nothing; `empty_title` and `empty_text` then say what would be here."""

    template: ClassVar[str] = "dashboard/side_list.html"
    title: str
    lead: str
    tabs: tuple[Tab, ...]
    tabs_label: str
    table: Table | None
    empty_title: str
    empty_text: str


def invoice_table(
    rows: tuple[InvoiceRow, ...], times: Mapping[str, datetime], visit: StaffVisit, **around: str | None
) -> Table:
    """Invoices. `times` are those of customers on test clocks, `around` are `older_url` and `newer_url`."""
    locale = visit.locale
    return Table(
        caption=translate(locale, "Invoices"),
        columns=(
            Column(title=translate(locale, "Invoice")),
            Column(title=translate(locale, "Customer")),
            Column(title=translate(locale, "Due"), minor=True),
            Column(title=translate(locale, "Amount"), number=True),
        ),
        rows=tuple(
            Row(
                url=visit.path("customers", each.customer.id),
                cells=(
                    Cell(
                        text=each.number or "–",
                        badge=invoice_badge(each.status, each.due_date, times.get(each.customer.id, visit.now), locale),
                        detail=date_short(each.created, locale),
                    ),
                    _customer(each.customer),
                    Cell(text=date_short(each.due_date, locale) if each.due_date else "–"),
                    Cell(
                        text=money(each.total, each.currency, locale),
                        detail=_still_due(each, locale),
                    ),
                ),
            )
            for each in rows
        ),
        **around,
    )


def subscription_table(rows: tuple[SubscriptionRow, ...], visit: StaffVisit, **around: str | None) -> Table:
    """Subscriptions."""
    locale = visit.locale
    return Table(
        caption=translate(locale, "Subscriptions"),
        columns=(
            Column(title=translate(locale, "Plan")),
            Column(title=translate(locale, "Customer")),
            Column(title=translate(locale, "Created"), number=True, minor=True),
        ),
        rows=tuple(
            Row(
                url=visit.path("customers", each.customer.id),
                cells=(
                    Cell(text=_products(each, locale), badge=badge_of(each.status, each.ends, locale)),
                    _customer(each.customer),
                    Cell(text=date_short(each.created, locale)),
                ),
            )
            for each in rows
        ),
        **around,
    )


def sign_in_table(rows: tuple[SignInRow, ...], visit: StaffVisit, **around: str | None) -> Table:
    """Sign-ins."""
    locale = visit.locale
    return Table(
        caption=translate(locale, "Sign-ins"),
        columns=(
            Column(title=translate(locale, "Customer")),
            Column(title=translate(locale, "Signed in")),
            Column(title=translate(locale, "Last seen"), minor=True),
        ),
        rows=tuple(
            Row(
                url=visit.path("customers", each.customer.id),
                cells=(
                    Cell(
                        text=each.customer.name or each.address,
                        detail=each.address if each.customer.name else "",
                        badge=Badge(translate(locale, "Open"), "success") if each.open else None,
                    ),
                    Cell(text=date_time(each.created, locale)),
                    Cell(text=date_time(each.last_seen or each.created, locale)),
                ),
            )
            for each in rows
        ),
        **around,
    )


def _customer(owner: Owner) -> Cell:
    """On a phone by name alone: there an address would break in the middle of a word."""
    address = owner.email if owner.email and owner.name else ""
    return Cell(text=owner.name or owner.email or owner.id, detail=address, detail_minor=True)


def _products(row: SubscriptionRow, locale: str) -> str:
    return " + ".join(
        name if quantity == 1 else f"{number(quantity, locale)} × {name}" for name, quantity in row.products
    )


def _still_due(row: InvoiceRow, locale: str) -> str:
    if row.status != "open" or row.due == row.total:
        return ""
    return translate(locale, "{amount} open", amount=money(row.due, row.currency, locale))
