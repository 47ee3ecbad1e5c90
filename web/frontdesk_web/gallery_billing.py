"""Samples of what surrounds invoices and details: the list of all, what comes next, credit, another address."""

from collections.abc import Iterator
from datetime import date

from msgspec.structs import replace

from frontdesk_web.formatting import date_long, date_short
from frontdesk_web.gallery_brands import Sample
from frontdesk_web.messages import translate, translate_plural
from frontdesk_web.portal import views
from frontdesk_web.rendering import Page

CSRF = "gallery"
HERE = "#"


def billing_pages(
    sample: Sample, rows: tuple[views.InvoiceRow, ...], bill: views.InvoicePage
) -> Iterator[tuple[str, Page]]:
    """Each page with its name, from the rows and the invoice of the sample."""
    yield "invoices", _invoices(sample, rows)
    yield "invoices-none", _none(sample)
    yield "upcoming", _upcoming(sample, bill)
    yield "balance", _balance(sample)
    yield "new-address", _new_address(sample)
    yield "objection", _objection(sample)
    yield "objection-done", replace(_objection(sample), done=True, sign_in_url=HERE)


def _invoices(sample: Sample, rows: tuple[views.InvoiceRow, ...]) -> views.InvoicesPage:
    locale = sample.locale
    late = translate(
        locale,
        "{amount} is still to be paid, {late} of it is past due.",
        amount=sample.amount(24000),
        late=sample.amount(12000),
    )
    shown = tuple(replace(each, pdf_url=HERE) for each in rows)
    left = translate(locale, "{amount} still open", amount=sample.amount(4000))
    return views.InvoicesPage(
        action=HERE,
        back_url=HERE,
        years=tuple(views.Option(value=each, text=each) for each in ("2026", "2025")),
        states=(views.Option(value="", text=translate(locale, "Any status")),),
        rows=(replace(shown[0], left=left), *shown[1:]),
        pager=views.Pager(older_url=HERE, newer_url=HERE),
        owed=(late,),
        late_url=HERE,
        counted=translate_plural(
            locale, "{number} invoice matches your choice.", "{number} invoices match your choice.", 34
        ),
        bundle_url=HERE,
        bundle_note=translate(
            locale,
            "With their receipts and credit notes, as PDF files that sort by date. Papers that nobody has opened yet"
            " are made first; that takes about a second for each.",
        ),
        statement_url=HERE,
        all_url=HERE,
    )


def _none(sample: Sample) -> views.InvoicesPage:
    empty = translate(sample.locale, "No invoice matches your choice.")
    return replace(_invoices(sample, (_row(sample),)), rows=(), owed=(), empty=empty)


def _row(sample: Sample) -> views.InvoiceRow:
    badge = views.Badge(translate(sample.locale, "Paid"), "success")
    return views.InvoiceRow(number="NB-1", date="", amount=sample.amount(100), status=badge, url=HERE)


def _upcoming(sample: Sample, bill: views.InvoicePage) -> views.UpcomingPage:
    locale = sample.locale
    day = date_long(date(2026, 12, 1), locale)
    one = views.UpcomingBill(
        title=translate(locale, "On {date}", date=day),
        about=sample.plans[1][0],
        amount=bill.amount,
        lines=bill.lines,
        totals=bill.totals,
        notes=(translate(locale, "What you use is counted until then, so the amount can still change."),),
    )
    waiting = replace(one, title=translate(locale, "Waiting for your next invoice"), about="", notes=())
    return views.UpcomingPage(back_url=HERE, bills=(one, waiting))


def _balance(sample: Sample) -> views.BalancePage:
    locale = sample.locale
    happened = (
        translate(locale, "Used for invoice {number}", number="NB-2026-0042"),
        translate(locale, "Credit note {number}", number="NB-CN-0003"),
        translate(locale, "Paid more than was due for invoice {number}", number="NB-2026-0039"),
    )
    rows = tuple(
        views.BalanceRow(
            day=date_short(date(2026, 11 - place, 3), locale),
            text=text,
            amount=sample.amount(amount),
            credit=sample.amount(credit),
            url=HERE,
        )
        for place, (text, amount, credit) in enumerate(
            zip(happened, (-2400, 1200, 2400), (1200, 3600, 2400), strict=True)
        )
    )
    sentence = translate(
        locale, "You have a credit of {amount}. Your next invoices use it.", amount=sample.amount(1200)
    )
    return views.BalancePage(back_url=HERE, sentences=(sentence,), rows=rows, pager=views.Pager())


def _new_address(sample: Sample) -> views.NewAddressPage:
    return views.NewAddressPage(
        action=HERE, csrf=CSRF, email="robin@example.com", former=sample.email, resend_action=HERE, back_url=HERE
    )


def _objection(sample: Sample) -> views.ObjectionPage:
    return views.ObjectionPage(action=HERE, csrf=CSRF, former=sample.email, new="r…@example.com")
