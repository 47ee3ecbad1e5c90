"""Random invoices and credit notes in every language: their documents hold the stored numbers and no others."""

import io
import random
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from babel.numbers import format_currency, format_decimal
from billed_life import START, TERMS, Life
from msgspec.structs import replace
from pypdf import PdfReader

from frontdesk.book import Address, CreditNote, Customer, Invoice, Line, SellerDetails
from frontdesk.branding import Brand
from frontdesk.credit_notes import left_of_line
from frontdesk.errors import Refused
from frontdesk.invoice_commands import (
    AdjustBalance,
    CreateCreditNote,
    CreateInvoice,
    CreditLine,
    FinalizeInvoice,
    InvoiceFields,
    RecordPayment,
)
from frontdesk.money import exponent
from frontdesk.tax_rates import AppliedRate
from frontdesk_web.documents.credit_note_pdf import credit_note_document
from frontdesk_web.documents.invoice_pdf import document_code, document_words
from frontdesk_web.documents.setting import TEMPLATE
from frontdesk_web.documents.typesetting import typeset
from frontdesk_web.formatting import date_long, date_range
from frontdesk_web.languages import LOCALES
from frontdesk_web.messages import translate

SELLER = SellerDetails(
    name="Nordlicht GmbH",
    address=Address(line1="Am Speicher 4", postal_code="20457", city="Hamburg", country="DE"),
    tax_number="DE123456789",
    iban="DE02120300000000202051",
    bic="BYLADEMM",
)
PRINTED = ("Am Speicher 4", "20457", "DE123456789")
BUYER = Customer(
    id="cus_1",
    created=START,
    name="Ashford & Lane",
    address=Address(line1="Hauptstraße 17", postal_code="10115", city="Berlin", country="DE"),
)
BOUGHT = ("Hauptstraße 17", "10115")
SETTINGS = replace(TERMS.settings, seller=SELLER)
SIDE: Any = SimpleNamespace(
    settings=SETTINGS, brand=Brand(business_name="Nordlicht", background="#14213d", accent="#2e5fd8")
)
RATES = (
    AppliedRate(id="txr_1", name="VAT", percentage=Decimal(19), inclusive=False),
    AppliedRate(id="txr_2", name="Levy", percentage=Decimal("7.725"), inclusive=False),
)
INSIDE = AppliedRate(id="txr_3", name="GST", percentage=Decimal("8.1"), inclusive=True)
PER = {"en": "per", "de": "pro", "fr": "par", "es": "por", "ja": "/", "ar": "لكل"}
CURRENCIES = ("eur", "usd", "gbp", "jpy", "chf")
LOGO: None = None


class Made(SimpleNamespace):
    """A document's words with what must stand in them."""

    words: dict[str, Any]
    code: str | None
    expected: list[str]


def line(chance: random.Random, currency: str, place: int, rates: tuple[AppliedRate, ...]) -> Line:
    quantity = chance.choice((1, 1, 3, 12, 1250))
    unit = Decimal(chance.randint(1, 999_999)) / chance.choice((1, 1, 1, 1000))
    amount = int((unit * quantity).to_integral_value()) or 1
    kind = chance.choice(("charge", "charge", "charge", "remaining_time", "unused_time"))
    if kind == "unused_time":
        amount = -max(1, amount // 7)
    start = START + timedelta(days=chance.randint(0, 300))
    return Line(
        id=f"il_{place}",
        kind=kind,  # type: ignore[arg-type]
        amount=amount,
        currency=currency,
        quantity=quantity,
        start=start,
        end=start + timedelta(days=chance.choice((0, 30, 365))),
        product_name=chance.choice(("Team", "Überblick & Co.", "Support")),
        unit_label=chance.choice((None, "seat", "Platz")),
        unit_amount=unit,
        tax_rates=rates,
    )


def invoice(chance: random.Random, number: int) -> tuple[Life, Invoice]:
    """A random invoice, issued by the engine."""
    life = Life()
    currency = chance.choice(CURRENCIES)
    life.account = replace(life.account, customer=replace(BUYER, currency=currency))
    carried = chance.choice((0, 0, -chance.randint(1, 500_000), chance.randint(1, 5000)))
    if carried:
        life.do(AdjustBalance(amount=carried, currency=currency))
    rates = chance.choice(((), RATES[:1], RATES, (INSIDE,)))
    if rates and chance.random() < 0.2:
        exempt = chance.choice(("exempt", "reverse"))
        rates = tuple(replace(each, exempt=exempt) for each in rates)
        life.account = replace(life.account, customer=replace(life.account.customer, tax_exempt=exempt))
    lines = tuple(line(chance, currency, place, rates) for place in range(chance.randint(1, 6)))
    days = InvoiceFields(days_until_due=chance.choice((0, 14, 30)))
    life.do(CreateInvoice(id="in_1", currency=currency, fields=days))
    life.account = replace(life.account, invoices=(replace(life.newest, lines=lines),))
    life.do(FinalizeInvoice(invoice="in_1"))
    issued = replace(life.newest, number=f"NL-{number:04d}", seller=replace(life.newest.seller, **_seller()))
    life.account = replace(life.account, invoices=(issued,))
    return life, issued


def _seller() -> dict[str, Any]:
    return {"name": SELLER.name, "address": SELLER.address, "tax_number": SELLER.tax_number}


def note(chance: random.Random, life: Life, number: int) -> CreditNote | None:
    """A random credit note over a life's invoice; None where nothing of it can be taken back."""
    bill = life.newest
    if bill.status == "open" and chance.random() < 0.5:
        paid = RecordPayment(
            id="pay_1", invoice=bill.id, amount=chance.randint(1, bill.amount_due), received=START.date(), by="x"
        )
        life.do(paid)
    chosen = [each for each in bill.lines if each.amount > 0 and chance.random() < 0.7]
    parts = tuple(
        CreditLine(source=each.id, quantity=1)
        if each.quantity == 3
        else CreditLine(source=each.id, amount=chance.randint(1, left_of_line(each, ())))
        for each in chosen
    )
    try:
        life.do(CreateCreditNote(id="cn_1", invoice=bill.id, lines=parts, reason="order_change"))
    except Refused:
        return None
    return replace(life.account.credit_notes[-1], number=f"NL-CN-{number:04d}")


# -- what must stand in a document, worked out with Babel and not with what sets it ------------------------------------


def shown(minor: Decimal | int, currency: str, locale: str, places: int | None = None) -> str:
    digits = exponent(currency)
    value = Decimal(abs(minor)).scaleb(-digits)
    exact = max(digits, -int(value.normalize().as_tuple().exponent)) if places is None else places
    pattern = "¤#,##0" if locale in ("en", "ja") else "#,##0 ¤"
    pattern = pattern.replace("0", "0." + "0" * exact, 1) if exact else pattern
    text = format_currency(value, currency.upper(), pattern, locale=locale, currency_digits=False).replace("￥", "¥")
    return ("\N{MINUS SIGN}" if minor < 0 else "") + text


def of_lines(lines: tuple[Line, ...], currency: str, locale: str) -> Iterator[str]:
    for each in lines:
        yield shown(each.amount, currency, locale)
        if each.start != each.end:
            yield date_range(each.start, each.end, locale)


def units(lines: tuple[Line, ...], currency: str, locale: str) -> Iterator[str]:
    for each in lines:
        price = shown(each.unit_amount or 0, currency, locale)
        label = "" if each.unit_label is None else f"{PER[locale]} {each.unit_label}"
        yield f"{format_decimal(each.quantity, locale=locale)} × {price} {label}"


def of_taxes(taxes: Any, currency: str, locale: str) -> Iterator[str]:
    for each in taxes:
        if each.rate.exempt == "none":
            yield f"{each.rate.name} {format_decimal(each.rate.percentage, locale=locale)}%"
            yield shown(each.amount, currency, locale)


def on_invoice(bill: Invoice, locale: str) -> Iterator[str]:
    currency = bill.currency
    yield from (*PRINTED, *BOUGHT, bill.number or "", date_long(bill.finalized_at or bill.created, locale))
    if bill.amount_due and bill.due_date is not None:
        yield from [date_long(bill.due_date, locale)] * 2
    first, last = min(each.start for each in bill.lines), max(each.end for each in bill.lines)
    if first.date() != last.date():
        yield date_range(first, last, locale)
    yield from of_lines(bill.lines, currency, locale)
    yield from units(bill.lines, currency, locale)
    yield from of_taxes(bill.taxes, currency, locale)
    yield shown(bill.total, currency, locale)
    if any(not each.rate.inclusive and each.rate.exempt == "none" for each in bill.taxes):
        yield shown(sum(each.amount for each in bill.lines), currency, locale)
    if bill.tax_exempt == "reverse":
        yield shown(0, currency, locale)
    if bill.amount_due < bill.total:
        yield shown(bill.amount_due - bill.total, currency, locale)
    elif bill.total < 0:
        yield shown(-bill.total, currency, locale)
    elif bill.amount_due > bill.total:
        yield shown(bill.amount_due - bill.total, currency, locale)
    yield shown(bill.amount_due, currency, locale)
    if bill.amount_due:
        yield from ("DE02 1203 0000 0000 2020 51", bill.number or "")


def on_note(issued: CreditNote, bill: Invoice, locale: str) -> Iterator[str]:
    currency = issued.currency
    yield from (*PRINTED, *BOUGHT, issued.number or "", bill.number or "")
    yield from (date_long(issued.created, locale), date_long(bill.finalized_at or bill.created, locale))
    yield from of_lines(issued.lines, currency, locale)
    whole = tuple(
        each
        for each in issued.lines
        if int(((each.unit_amount or 0) * each.quantity + Decimal("0.5")) // 1) == each.amount
    )
    yield from units(whole, currency, locale)
    yield from of_taxes(issued.taxes, currency, locale)
    if any(not each.rate.inclusive and each.rate.exempt == "none" for each in issued.taxes):
        yield shown(sum(each.amount for each in issued.lines), currency, locale)
    if bill.tax_exempt == "reverse":
        yield shown(0, currency, locale)
    yield shown(issued.total, currency, locale)
    if issued.pre_payment:
        yield from (shown(issued.pre_payment, currency, locale), bill.number or "")
    if issued.credited:
        yield shown(issued.credited, currency, locale)


def made(seed: int, count: int) -> Iterator[Made]:
    """Invoices and credit notes by turns, in the languages by turns."""
    chance, done, number = random.Random(seed), 0, 0
    while done < count:
        number += 1
        locale = LOCALES[number // 2 % len(LOCALES)]
        life, bill = invoice(chance, number)
        issued = note(chance, life, number) if number % 2 else None
        done += 1
        if issued is None:
            yield Made(
                words=document_words(SIDE, bill, locale),
                code=document_code(SIDE, bill),
                expected=list(on_invoice(bill, locale)),
            )
        else:
            yield Made(
                words=credit_note_document(SIDE, replace(issued, seller=bill.seller), bill, locale),
                code=None,
                expected=list(on_note(issued, bill, locale)),
            )


def bare(text: str, locale: str) -> str:
    """A text without spaces and marks of direction. Arabic letters come out of a PDF in any order and shape: without
    them too."""
    text = re.sub(r"[\s\u200b\u200e\u200f\u2066-\u2069]", "", text)
    return re.sub(r"[\u0600-\u06ff\ufb50-\ufdff\ufe70-\ufeff]", "", text) if locale == "ar" else text


def check(each: Made, pdf: bytes) -> None:
    pages, locale = PdfReader(io.BytesIO(pdf)).pages, each.words["language"]
    left = bare(" ".join(page.extract_text() for page in pages), locale)
    expected = [bare(part, locale) for part in each.expected]
    for page in range(1, len(pages) + 1):
        expected.append(bare(translate(locale, "Page {page} of {pages}", page=page, pages=len(pages)), locale))
    for part in sorted(expected, key=len, reverse=True):
        assert part in left, f"{part} is missing in {left}"
        left = left.replace(part, "|", 1)
    assert not re.search(r"\d", left), f"there is a number more: {left}"


def fonts(pdf: bytes) -> Iterator[tuple[str, bool]]:
    """Each font of a document, and whether it is in the file."""
    for page in PdfReader(io.BytesIO(pdf)).pages:
        resources: Any = page["/Resources"]
        for font in resources["/Font"].values():
            of = font.get_object()
            descendants = of.get("/DescendantFonts")
            one = of if descendants is None else descendants[0].get_object()
            described = one["/FontDescriptor"].get_object()
            yield str(of["/BaseFont"]), any(f"/FontFile{kind}" in described for kind in ("", "2", "3"))


def hold(count: int, again: int) -> None:
    """`count` documents hold their numbers; each `again`th is set a second time and is the same."""
    issued = int(datetime(2026, 11, 1, tzinfo=UTC).timestamp())
    for place, each in enumerate(made(20261127, count)):
        pdf = typeset(TEMPLATE, each.words, LOGO, issued, code=each.code)
        check(each, pdf)
        embedded = list(fonts(pdf))
        assert embedded
        assert all(there for _, there in embedded), embedded
        if place % again == 0:
            assert typeset(TEMPLATE, each.words, LOGO, issued, code=each.code) == pdf


def test_a_hundred_documents_hold_exactly_the_stored_numbers() -> None:
    hold(100, again=5)


@pytest.mark.long
def test_two_thousand_documents_hold_exactly_the_stored_numbers() -> None:
    hold(2000, again=1)
