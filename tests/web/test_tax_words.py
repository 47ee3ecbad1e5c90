"""The rows that taxes have under the lines of a bill, in the words of its reader."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from frontdesk.book import Invoice, Line
from frontdesk.tax_rates import AppliedRate
from frontdesk.taxing import added, taxed, taxes_of
from frontdesk_web.invoice_words import totals

AT = datetime(2026, 6, 1, tzinfo=UTC)


def rate(id: str, percentage: str, inclusive: bool = False, exempt: Any = "none") -> AppliedRate:
    return AppliedRate(id=id, name="VAT", percentage=Decimal(percentage), inclusive=inclusive, exempt=exempt)


def said(*lines: tuple[int, AppliedRate], locale: str = "en", exempt: Any = "none") -> list[tuple[str, str]]:
    """The sums of an invoice over these amounts, each with its rate."""
    of = taxed(
        [
            Line(
                id=f"il_{place}",
                kind="charge",
                amount=amount,
                currency="eur",
                quantity=1,
                start=AT,
                end=AT,
                tax_rates=(each,),
            )
            for place, (amount, each) in enumerate(lines)
        ]
    )
    total = sum(each.amount for each in of) + added(taxes_of(of))
    invoice = Invoice(
        id="in_1",
        customer="cus_1",
        status="open",
        currency="eur",
        lines=of,
        taxes=taxes_of(of),
        tax_exempt=exempt,
        total=total,
        starting_balance=0,
        ending_balance=0,
        amount_due=total,
        created=AT,
        period_start=AT,
        period_end=AT,
        billing_reason="manual",
    )
    return [(each.label.replace("\xa0", " "), each.amount.replace("\xa0", " ")) for each in totals(invoice, locale)]


def test_rates_on_top_stand_above_the_total() -> None:
    assert said((1000, rate("txr_1", "19")), (500, rate("txr_2", "8.875"))) == [
        ("Subtotal", "€15.00"),
        ("VAT 19%", "€1.90"),
        ("VAT 8.875%", "€0.44"),
        ("Total", "€17.34"),
        ("Amount due", "€17.34"),
    ]


def test_rates_that_are_included_stand_below_it() -> None:
    assert said((1190, rate("txr_1", "19", inclusive=True)), locale="de") == [
        ("Gesamt", "11,90 €"),
        ("Darin enthalten: VAT 19 %", "1,90 €"),
        ("Zu zahlen", "11,90 €"),
    ]


@pytest.mark.parametrize(
    ("locale", "note", "total", "zero", "due"),
    [
        ("en", "Tax to be paid on reverse charge basis", "Total", "€0.00", "Amount due"),
        ("de", "Steuerschuldnerschaft des Leistungsempfängers (Reverse Charge)", "Gesamt", "0,00 €", "Zu zahlen"),
    ],
)
def test_p63_reverse_charge_is_said(locale: str, note: str, total: str, zero: str, due: str) -> None:
    rows = said((500, rate("txr_1", "19", exempt="reverse")), locale=locale, exempt="reverse")
    assert [label for label, _ in rows] == [total, note, due]
    assert rows[1] == (note, zero)


def test_who_is_exempt_sees_no_tax() -> None:
    rows = said((500, rate("txr_1", "19", exempt="exempt")), exempt="exempt")
    assert rows == [("Total", "€5.00"), ("Amount due", "€5.00")]
