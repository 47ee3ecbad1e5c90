"""Samples of what surrounds invoices: one, the list of all, what comes next, credit, a statement of account."""

from collections.abc import Iterator
from datetime import date

from msgspec.structs import asdict, replace

from frontdesk_web import statement_words
from frontdesk_web.formatting import date_range, date_short
from frontdesk_web.gallery_brands import DUE, HERE, LAST, RENEWAL, Sample
from frontdesk_web.gallery_frames import Exhibit
from frontdesk_web.gallery_home import customer_address, how_to_pay, invoice_rows
from frontdesk_web.portal import balance, invoice_views, invoices_views, statement, upcoming, views


def billing_pages(sample: Sample) -> Iterator[Exhibit]:
    """Each page with its name."""
    invoices, bill = _invoices(sample), invoice(sample)
    yield Exhibit("invoices", invoices)
    empty = sample.say("No invoice matches your choice.")
    yield Exhibit("invoices-none", replace(invoices, rows=(), owed=(), empty=empty))
    yield Exhibit("invoice", bill)
    yield Exhibit("invoice-paid", paid_invoice(sample, bill))
    yield Exhibit("upcoming", _upcoming(sample, bill))
    yield Exhibit("upcoming-none", upcoming.UpcomingPage(back_url=HERE, bills=()))
    yield Exhibit("balance", _balance(sample))
    yield Exhibit(
        "balance-none", balance.BalancePage(back_url=HERE, sentences=(), rows=(), pager=views.Pager()), "only customer"
    )
    yield from _statements(sample)


def _invoices(sample: Sample) -> invoices_views.InvoicesPage:
    late = sample.say(
        "{amount} is still to be paid, {late} of it is past due.",
        amount=sample.amount(24000),
        late=sample.amount(12000),
    )
    about = sample.plans[1][0]
    shown = [
        invoices_views.FullInvoiceRow(**asdict(each), description=about, pdf_url=HERE) for each in invoice_rows(sample)
    ]
    left = sample.say("{amount} still open", amount=sample.amount(4000))
    years = (views.Option(value="", text=sample.say("All years")), views.Option(value="2026", text="2026"))
    return invoices_views.InvoicesPage(
        action=HERE,
        back_url=HERE,
        years=years,
        states=tuple(
            views.Option(value=each, text=sample.say(each), selected=each == "Past due")
            for each in ("Any status", "To be paid", "Past due", "Paid", "Not collected")
        ),
        rows=(replace(shown[0], left=left), *shown[1:]),
        pager=views.Pager(older_url=HERE, newer_url=HERE),
        owed=(late,),
        late_url=HERE,
        counted=sample.count("{number} invoice matches your choice.", "{number} invoices match your choice.", 34),
        bundle_url=HERE,
        bundle_note=sample.say(
            "With their receipts and credit notes, as PDF files that sort by date. Papers that nobody has opened yet"
            " are made first; that takes about a second for each."
        ),
        statement_url=HERE,
        all_url=HERE,
    )


def invoice(sample: Sample) -> invoice_views.InvoicePage:
    """An open invoice that is paid by transfer."""
    name, _, price = sample.plans[1]
    total = sample.amount(price * sample.quantity)
    return invoice_views.InvoicePage(
        number=sample.number(42),
        status=views.Badge(sample.say("Open"), "info"),
        amount=total,
        sentence=sample.say("Please pay by {date}.", date=sample.day(DUE)),
        pdf_url=HERE,
        back_url=HERE,
        facts=(
            views.Detail(label=sample.say("Invoice number"), value=sample.number(42)),
            views.Detail(label=sample.say("Issued"), value=sample.day(LAST)),
            views.Detail(label=sample.say("Due"), value=sample.day(DUE)),
        ),
        billed_to=(sample.customer, *customer_address(sample)),
        billed_by=(sample.brand.business_name, "Am Speicher 4", "20457 Hamburg"),
        lines=(
            views.Line(
                description=name,
                period=date_range(LAST, RENEWAL, sample.locale),
                unit=sample.price(price),
                amount=total,
            ),
        ),
        totals=(
            views.Total(label=sample.say("Total"), amount=total),
            views.Total(label=sample.say("Amount due"), amount=total, strong=True),
        ),
        how_to_pay=how_to_pay(sample),
    )


def paid_invoice(sample: Sample, bill: invoice_views.InvoicePage) -> invoice_views.InvoicePage:
    """One that was paid in part by credit, with its papers."""
    paid = sample.day(date(2026, 11, 20))
    return replace(
        bill,
        status=views.Badge(sample.say("Paid"), "success"),
        sentence=sample.say("Paid on {date}.", date=paid),
        how_to_pay=None,
        totals=(
            *bill.totals[:1],
            views.Total(label=sample.say("Credit used"), amount=sample.amount(-1200)),
            views.Total(label=sample.say("Paid on {date}", date=paid), amount=sample.amount(-2400)),
            views.Total(label=sample.say("Amount due"), amount=sample.amount(0), strong=True),
        ),
        papers=(
            invoice_views.Paper(
                name=sample.say("Credit note {number}", number=f"{sample.prefix}-CN-0003"),
                detail=paid,
                amount=sample.amount(1200),
                url=HERE,
                badge=views.Badge(sample.say("Void"), "neutral"),
            ),
            invoice_views.Paper(
                name=sample.say("Receipt"),
                detail=sample.say("Paid on {date}", date=paid),
                amount=sample.amount(2400),
                url=HERE,
            ),
        ),
    )


def _upcoming(sample: Sample, bill: invoice_views.InvoicePage) -> upcoming.UpcomingPage:
    one = upcoming.UpcomingBill(
        title=sample.say("On {date}", date=sample.day(RENEWAL)),
        about=sample.plans[1][0],
        amount=bill.amount,
        lines=bill.lines,
        totals=bill.totals,
        notes=(sample.say("What you use is counted until then, so the amount can still change."),),
    )
    waiting = replace(one, title=sample.say("Waiting for your next invoice"), about="", notes=())
    return upcoming.UpcomingPage(back_url=HERE, bills=(one, waiting))


def _balance(sample: Sample) -> balance.BalancePage:
    happened = (
        sample.say("Used for invoice {number}", number=sample.number(42)),
        sample.say("Credit note {number}", number=f"{sample.prefix}-CN-0003"),
        sample.say("Paid more than was due for invoice {number}", number=sample.number(39)),
    )
    rows = tuple(
        balance.BalanceRow(
            day=date_short(date(2026, 11 - place, 3), sample.locale),
            text=text,
            amount=sample.amount(amount),
            credit=sample.amount(credit),
            url=HERE if place < 2 else None,
        )
        for place, (text, amount, credit) in enumerate(
            zip(happened, (-2400, 1200, 2400), (1200, 3600, 2400), strict=True)
        )
    )
    sentence = sample.say("You have a credit of {amount}. Your next invoices use it.", amount=sample.amount(1200))
    return balance.BalancePage(back_url=HERE, sentences=(sentence,), rows=rows, pager=views.Pager(older_url=HERE))


def _statements(sample: Sample) -> Iterator[Exhibit]:
    page = statement.StatementPage(
        action=HERE,
        back_url=HERE,
        first="2026-01-01",
        last="2026-11-16",
        error="",
        tables=(_table(sample), _table(sample)),
        pdf_url=HERE,
    )
    yield Exhibit("statement", page)
    yield Exhibit("statement-none", replace(page, tables=(), pdf_url=None))
    wrong = sample.say("The first day must not come after the last one.")
    yield Exhibit("statement-wrong", replace(page, tables=(), pdf_url=None, error=wrong))


def _table(sample: Sample) -> statement_words.StatementTable:
    say, day = sample.say, date_short(date(2026, 11, 1), sample.locale)
    moved = (
        (say("Invoice {number}", number=sample.number(42)), 12000, 12000),
        (say("Payment for invoice {number}", number=sample.number(42)), -8000, 4000),
        (say("Payment for invoice {number}, reversed", number=sample.number(42)), 8000, 12000),
    )
    opening = statement_words.StatementRow(
        day=day, text=say("Opening balance"), amount="", owed=sample.amount(0), strong=True
    )
    closing = replace(opening, text=say("Closing balance"), owed=sample.amount(12000))
    return statement_words.StatementTable(
        currency=sample.currency.upper(),
        rows=(
            opening,
            *(
                statement_words.StatementRow(day=day, text=text, amount=sample.amount(amount), owed=sample.amount(owed))
                for text, amount, owed in moved
            ),
            closing,
        ),
        closing=say("{amount} was to be paid on {date}.", amount=sample.amount(12000), date=sample.day(LAST)),
    )
