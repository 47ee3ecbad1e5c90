"""Believable views for the gallery: two brands as different as tenants are, and every page in its main states.

Made-up names and texts stand here and are not translated; sentences that the portal itself says are.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from msgspec.structs import replace

from frontdesk_web import letter_views
from frontdesk_web.formatting import (
    date_long,
    date_range,
    date_short,
    interval_name,
    interval_phrase,
    price_phrase,
    unit_price,
)
from frontdesk_web.gallery_billing import billing_pages
from frontdesk_web.gallery_brands import NORTHBEAM, Sample
from frontdesk_web.gallery_leaving import leaving_pages
from frontdesk_web.gallery_pictures import picture_of
from frontdesk_web.gallery_plans import plan_pages
from frontdesk_web.languages import LOCALE_NAMES
from frontdesk_web.messages import translate, translate_plural
from frontdesk_web.portal import views
from frontdesk_web.portal.frames import face
from frontdesk_web.rendering import Page
from frontdesk_web.tax_id_words import type_name

CSRF = "gallery"
HERE = "#"
SHOP = "https://northbeam.example"
RENEWAL, TODAY, LAST = date(2026, 12, 1), date(2026, 11, 16), date(2026, 11, 1)


def frame(sample: Sample, brand_url: str, signed_in: bool) -> views.Frame:
    """The frame around a sample's pages."""
    return views.Frame(
        brand=face(sample.brand, brand_url, sample.locale),
        languages=tuple(
            views.Language(locale=locale, name=name, url=f"?lang={locale}", current=locale == sample.locale)
            for locale, name in LOCALE_NAMES.items()
        ),
        csrf=CSRF,
        return_url=SHOP if sample is NORTHBEAM else None,
        sandbox=sample is NORTHBEAM,
        signed_in=_signed_in(sample) if signed_in else None,
    )


def pages(sample: Sample) -> Iterator[tuple[str, bool, Page]]:
    """Every page with its name, and whether one is signed in on it."""
    yield from _signing_in(sample)
    yield "home", True, home(sample)
    yield "home-many", True, _home_many(sample)
    yield "home-empty", True, _home_empty(sample)
    yield "choose-plan", True, _choose(sample)
    yield "confirm-plan", True, _confirm(sample)
    yield "quote-changed", True, _quote_changed(sample)
    yield from plan_pages(sample, _choose(sample), _confirm(sample))
    yield "cancel", True, _cancel(sample)
    yield "cancel-flow", False, replace(_cancel(sample), back_url=SHOP)
    yield from _done(sample)
    (left,) = [page for name, _, page in _done(sample) if name == "done-cancelled"]
    assert isinstance(left, views.DonePage)
    yield from leaving_pages(sample, _cancel(sample), left)
    yield "details", True, _details(sample)
    yield "details-wrong", True, _details(sample, wrong=True)
    yield "invoice", True, _invoice(sample)
    for name, page in billing_pages(sample, _invoices(sample), _invoice(sample)):
        yield name, not name.startswith("objection"), page
    for status in (400, 403, 404, 405, 413, 429, 500, 503):
        yield f"error-{status}", False, views.ErrorPage(status=status, request_id="req_8sKd02LmQ4", home_url=HERE)
    yield "mailbox", False, _mailbox(sample)


def letters(sample: Sample) -> Iterator[tuple[str, Page]]:
    """Every letter with its name."""
    face = letter_views.letter_frame(sample.brand, sample.locale)
    quote = _quote(sample)
    yield "passcode", letter_views.PasscodeLetter(frame=face, code="482913")
    yield "address_code", letter_views.AddressCodeLetter(frame=face, code="482913")
    yield (
        "address_changed",
        letter_views.AddressChangedLetter(
            frame=face,
            customer=sample.customer,
            new="r…@example.com",
            until=sample.text("1 December 2026"),
            objection_url="https://billing.example/p/address/x",
        ),
    )
    yield (
        "portal_link",
        letter_views.PortalLinkLetter(
            frame=face, customer=sample.customer, email="jenny@example.com", portal_url="https://billing.example/p/x"
        ),
    )
    yield (
        "plan_changed",
        letter_views.PlanChangedLetter(
            frame=face,
            customer=sample.customer,
            old=quote.old[0].name,
            new=quote.new[0].name,
            sentences=(sample.text("The new plan is yours at once."),),
            portal_url="https://billing.example/p/x",
            lines=quote.lines,
            totals=quote.totals,
        ),
    )
    yield (
        "subscription_cancelled",
        letter_views.SubscriptionCancelledLetter(
            frame=face,
            customer=sample.customer,
            plan=quote.old[0].name,
            sentences=(sample.text("Your plan stays as it is until 1 December 2026, then it ends."),),
            portal_url="https://billing.example/p/x",
        ),
    )
    yield (
        "invoice",
        letter_views.InvoiceLetter(
            frame=face,
            customer=sample.customer,
            number="NB-2026-0042",
            amount=quote.due_today,
            sentence=sample.text("Please transfer the amount by 15 November 2026."),
            lines=quote.lines,
            totals=quote.totals,
            invoice_url="https://billing.example/p/x/invoices/1",
            how_to_pay=(("IBAN", "DE02 1203 0000 0000 2020 51"), (sample.text("Reference"), "NB-2026-0042")),
        ),
    )
    yield "paper", _credit_note(sample, face)


def _credit_note(sample: Sample, face: letter_views.LetterFrame) -> letter_views.PaperLetter:
    quote = _quote(sample)
    return letter_views.PaperLetter(
        frame=face,
        customer=sample.customer,
        title=sample.text("Credit note NB-CN-0007"),
        amount=quote.due_today,
        sentences=(sample.text("It corrects invoice NB-2026-0042."),),
        lines=quote.lines,
        totals=quote.totals,
        way=sample.text("View your billing"),
        url="https://billing.example/p/x",
    )


def home(sample: Sample) -> views.HomePage:
    """The home page: one plan, how to pay, details, invoices."""
    name, description, price = sample.plans[1]
    return views.HomePage(
        csrf=CSRF,
        subscriptions=(
            _card(sample, name, description, price, change=views.Action(url=HERE), cancel=views.Action(url=HERE)),
        ),
        details=_billing_details(sample),
        payment=_payment(sample),
        invoices=_invoices(sample),
        invoices_url=HERE,
    )


def _signed_in(sample: Sample) -> views.SignedIn:
    options = (
        views.SwitcherOption(id="1", name=sample.customer, detail=sample.plans[1][0], current=True),
        views.SwitcherOption(id="2", name="Osterkamp & Lane GbR", detail=sample.plans[0][0]),
    )
    switcher = views.Switcher(action=HERE, current_name=sample.customer, options=options)
    return views.SignedIn(
        email=sample.email, name=sample.customer, home_url=HERE, sign_out_action=HERE, switcher=switcher
    )


def _signing_in(sample: Sample) -> Iterator[tuple[str, bool, Page]]:
    wrong_code = sample.text("That code is not right. Check the latest e-mail; you have 4 attempts left.")
    code = {"action": HERE, "csrf": CSRF, "email": sample.email, "resend_action": HERE, "other_address_url": HERE}
    yield "sign-in", False, views.SignInPage(action=HERE, csrf=CSRF)
    yield (
        "sign-in-wrong",
        False,
        views.SignInPage(
            action=HERE,
            csrf=CSRF,
            email="jenny@",
            error=sample.text("Enter a whole e-mail address, such as jenny@example.com."),
        ),
    )
    yield "code", False, views.CodePage(**code)  # type: ignore[arg-type]
    yield "code-wrong", False, views.CodePage(**code, error=wrong_code)  # type: ignore[arg-type]
    yield "code-late", False, views.CodePage(**code, mail_late=True)  # type: ignore[arg-type]
    yield "code-resent", False, views.CodePage(**code, resent=True)  # type: ignore[arg-type]
    yield "code-two-ways", False, views.CodePage(**code, next_way="phone")  # type: ignore[arg-type]
    yield "code-texted", False, views.CodePage(**code, by="phone", next_way="email")  # type: ignore[arg-type]
    yield "session-expired", False, views.SessionExpiredPage(sign_in_url=HERE)
    yield "session-expired-kept", False, views.SessionExpiredPage(sign_in_url=HERE, kept=True)
    yield "link-inactive", False, views.LinkInactivePage()


def _monthly(sample: Sample, minor: int) -> str:
    return f"{sample.amount(minor)} {interval_phrase('month', 1, sample.locale)}"


def _price(sample: Sample, minor: int, quantity: int) -> str:
    each = unit_price(Decimal(minor), sample.currency, sample.locale)
    return price_phrase(each, sample.unit, sample.locale, quantity if sample.unit else None)


def _card(
    sample: Sample,
    name: str,
    description: str,
    price: int,
    change: views.Action | None = None,
    cancel: views.Action | None = None,
    keep_action: str | None = None,
) -> views.SubscriptionCard:
    total = price * sample.quantity
    ends = keep_action is not None
    badge = views.Badge(sample.text("Ends soon"), "warning") if ends else views.Badge(sample.text("Active"), "success")
    date_text = date_long(RENEWAL, sample.locale)
    return views.SubscriptionCard(
        name=name,
        price=_price(sample, price, sample.quantity) if sample.unit else "",
        total=_monthly(sample, total),
        image_url=picture_of(sample, next(at for at, plan in enumerate(sample.plans) if plan[0] == name)),
        description=description,
        badges=(badge,),
        next_label=sample.text("Ends on" if ends else "Renews on"),
        next_text=date_text if ends else f"{date_text}, {sample.amount(total)}",
        change=change,
        cancel=cancel,
        keep_action=keep_action,
    )


def _home_many(sample: Sample) -> views.HomePage:
    page = home(sample)
    first, _, third = sample.plans
    refused = views.Action(reason=sample.text("There is an open invoice. The plan can be changed once it is paid."))
    cards = (
        page.subscriptions[0],
        _card(sample, *first, keep_action=HERE),
        _card(sample, *third, change=refused, cancel=views.Action(url=HERE)),
    )
    return views.HomePage(
        csrf=CSRF,
        subscriptions=cards,
        details=page.details,
        payment=page.payment,
        invoices=page.invoices,
        notice=views.Notice(tone="success", text=sample.text("Your details are saved.")),
        as_of="14:05",
    )


def _home_empty(sample: Sample) -> views.HomePage:
    details = views.BillingDetails(name="", email=sample.email, edit_url=HERE)
    return views.HomePage(csrf=CSRF, subscriptions=(), details=details, invoices=())


def _billing_details(sample: Sample) -> views.BillingDetails:
    address = ("41 Canal Row", "Bristol BS1 6QF", "United Kingdom") if sample.unit else ("Weidenweg 18", "10249 Berlin")
    return views.BillingDetails(
        name=sample.customer, email=sample.email, address_lines=address, phone="+49 30 5550 188", edit_url=HERE
    )


def _payment(sample: Sample) -> views.PaymentSection:
    locale, day = sample.locale, date_long(date(2026, 11, 30), sample.locale)
    due = translate(
        locale,
        "{amount} for invoice {number} is due on {date}.",
        amount=sample.amount(12000),
        number="NB-2026-0042",
        date=day,
    )
    credit = translate(locale, "You have a credit of {amount}. Your next invoices use it.", amount=sample.amount(1200))
    return views.PaymentSection(
        how=_how_to_pay(sample),
        due=due,
        due_url=HERE,
        more=translate_plural(locale, "{number} more invoice is open.", "{number} more invoices are open.", 1),
        more_url=HERE,
        upcoming=translate(locale, "The next invoice comes on {date}.", date=date_long(RENEWAL, locale)),
        upcoming_url=HERE,
        credit=(credit,),
        credit_url=HERE,
    )


def _how_to_pay(sample: Sample) -> views.HowToPay:
    return views.HowToPay(
        sentence=sample.text("You pay by bank transfer within 14 days of the invoice."),
        details=(
            views.Detail(label=sample.text("Account holder"), value=sample.brand.business_name),
            views.Detail(label="IBAN", value="DE02 1203 0000 0000 2020 51", copy=True),
            views.Detail(label=sample.text("Reference"), value="NB-2026-0042", copy=True),
        ),
    )


def _invoices(sample: Sample) -> tuple[views.InvoiceRow, ...]:
    total = sample.plans[1][2] * sample.quantity
    states = [views.Badge(sample.text("Open"), "info"), views.Badge(sample.text("Past due"), "danger")]
    states += [views.Badge(sample.text("Paid"), "success")] * 8
    return tuple(
        views.InvoiceRow(
            number=f"NB-2026-{42 - index:04}",
            date=date_short(date(2026, 11 - index, 1), sample.locale),
            amount=sample.amount(total),
            status=state,
            url=HERE,
            description=sample.plans[1][0],
        )
        for index, state in enumerate(states)
    )


def _choose(sample: Sample) -> views.ChoosePlanPage:
    def prices(minor: int) -> tuple[views.PlanPrice, ...]:
        each = [("month", minor), ("year", minor * 10)]
        per_unit = f"{sample.text('per ' + sample.unit)}, " if sample.unit else ""
        return tuple(
            views.PlanPrice(amount=sample.amount(price), unit=per_unit + interval_phrase(interval, 1, sample.locale))
            for interval, price in each
        )

    return views.ChoosePlanPage(
        action=HERE,
        csrf=CSRF,
        back_url=HERE,
        current=sample.plans[1][0],
        parts=(
            views.PlanPart(
                plans=tuple(
                    views.PlanChoice(
                        product=f"prod_{index}",
                        name=name,
                        description=description,
                        prices=prices(price),
                        image_url=picture_of(sample, index),
                        current=index == 1,
                        selected=index == 2,
                    )
                    for index, (name, description, price) in enumerate(sample.plans)
                ),
                quantity=views.QuantityField(label=sample.text("Seats"), value=sample.quantity)
                if sample.unit
                else None,
            ),
        ),
        intervals=(
            views.IntervalChoice(value="month-1", name=interval_name("month", 1, sample.locale), selected=True),
            views.IntervalChoice(value="year-1", name=interval_name("year", 1, sample.locale)),
        ),
    )


def _quote(sample: Sample, due: int | None = None) -> views.QuoteView:
    (old, _, old_price), (new, _, new_price) = sample.plans[1], sample.plans[2]
    old_total, new_total = old_price * sample.quantity, new_price * sample.quantity
    credit, charge = old_total // 2, new_total // 2
    period = date_range(TODAY, RENEWAL, sample.locale)
    return views.QuoteView(
        old=(
            views.Side(
                name=old,
                price=_price(sample, old_price, sample.quantity) if sample.unit else "",
                total=_monthly(sample, old_total),
            ),
        ),
        new=(
            views.Side(
                name=new,
                price=_price(sample, new_price, sample.quantity) if sample.unit else "",
                total=_monthly(sample, new_total),
            ),
        ),
        lines=(
            views.Line(
                description=f"{sample.text('Unused time on')} {old}", period=period, amount=sample.amount(-credit)
            ),
            views.Line(
                description=f"{sample.text('Remaining time on')} {new}", period=period, amount=sample.amount(charge)
            ),
        ),
        totals=(
            views.Total(label=sample.text("Amount due"), amount=sample.amount(due or charge - credit), strong=True),
        ),
        due_today=sample.amount(due or charge - credit),
        due_today_note=sample.text("We send an invoice, payable by 30 November 2026."),
        next_label=sample.text("Due on 1 December 2026"),
        next_amount=sample.amount(new_total),
        next_note=sample.text("then every month"),
    )


def _confirm(sample: Sample) -> views.ConfirmPlanPage:
    return views.ConfirmPlanPage(
        action=HERE,
        csrf=CSRF,
        quote_id="quote_1",
        quote=_quote(sample),
        button=sample.text("Change plan"),
        back_url=HERE,
        terms=sample.text("By confirming you agree to this change; the terms stay the same."),
    )


def _quote_changed(sample: Sample) -> views.QuoteChangedPage:
    return views.QuoteChangedPage(
        action=HERE,
        csrf=CSRF,
        quote_id="quote_2",
        reason=sample.text("Another change was made in the meantime, so the amounts were worked out again."),
        before=_quote(sample, due=4180),
        quote=_quote(sample),
        button=sample.text("Change plan"),
        back_url=HERE,
    )


def _cancel(sample: Sample) -> views.CancelPage:
    name, _, price = sample.plans[1]
    return views.CancelPage(
        action=HERE,
        csrf=CSRF,
        name=name,
        price=_monthly(sample, price * sample.quantity),
        ends=date_long(RENEWAL, sample.locale),
        sentences=(
            sample.text("Your plan stays as it is until 1 December 2026, then it ends."),
            sample.text("Nothing more is charged after that."),
            sample.text("The open invoice of 1 November 2026 is still to be paid."),
        ),
        back_url=HERE,
    )


def _done(sample: Sample) -> Iterator[tuple[str, bool, Page]]:
    quote = _quote(sample)
    reasons = ("It's too expensive", "I found an alternative", "I no longer need it", "Other reason")
    yield (
        "done-changed",
        True,
        views.DonePage(
            title=sample.text("Your plan is changed"),
            sentences=(sample.text("The new plan is yours at once."),),
            details=(views.Detail(label=sample.text("An invoice over"), value=quote.due_today),),
            home_url=HERE,
            invoice_url=HERE,
        ),
    )
    yield (
        "done-flow",
        False,
        views.DonePage(
            title=sample.text("Your plan is changed"),
            sentences=(sample.text("The new plan is yours at once."),),
            details=(views.Detail(label=sample.text("An invoice over"), value=quote.due_today),),
            home_url=SHOP,
            home_text=translate(sample.locale, "Return to {name}", name=sample.brand.business_name),
            own_words=(sample.text("Your colleagues can sign in now."), sample.text("Have a good day.")),
        ),
    )
    for name, thanked in (("done-cancelled", False), ("done-thanked", True)):
        yield (
            name,
            True,
            views.DonePage(
                title=sample.text("Your plan is cancelled"),
                sentences=(sample.text("Your plan stays as it is until 1 December 2026, then it ends."),),
                home_url=HERE,
                keep_action=HERE,
                csrf=CSRF,
                reason=views.ReasonForm(
                    action=HERE,
                    csrf=CSRF,
                    options=tuple(views.Option(value=reason, text=sample.text(reason)) for reason in reasons),
                    thanked=thanked,
                ),
            ),
        )


def _details(sample: Sample, wrong: bool = False) -> views.DetailsPage:
    name = views.Field(value=sample.customer)
    return views.DetailsPage(
        action=HERE,
        csrf=CSRF,
        back_url=HERE,
        email=views.Field(value=sample.email),
        email_editable=wrong,
        name=name if wrong else None,
        name_text=sample.customer,
        phone=views.Field(value="+49 30 5550 188"),
        address=_address_fields(sample, "address_", "billing", wrong),
        shipping=None if wrong else _shipping_fields(sample),
        some_fixed=not wrong,
        tax_ids=None if wrong else _tax_ids(sample),
    )


def _shipping_fields(sample: Sample) -> views.ShippingFields:
    name, phone = views.Field(value=sample.customer), views.Field()
    return views.ShippingFields(name=name, phone=phone, address=_address_fields(sample, "shipping_", "shipping", False))


def _address_fields(sample: Sample, prefix: str, section: str, wrong: bool) -> views.AddressFields:
    def field(part: str, label: str, value: str, error: str = "") -> views.AddressField:
        return views.AddressField(
            name=prefix + part,
            label=translate(sample.locale, label),
            value=value,
            error=error and sample.text(error),
            autocomplete="off",
            maxlength=200,
        )

    return views.AddressFields(
        prefix=prefix,
        section=section,
        rows=(
            (field("line1", "Street and number", "Weidenweg 18"),),
            (field("line2", "Address supplement", ""),),
            (
                field("postal_code", "Postal code", "10249"),
                field("city", "City", "" if wrong else "Berlin", "Enter a city." if wrong else ""),
            ),
        ),
        countries=(
            views.Option(value="AT", text=sample.text("Austria")),
            views.Option(value="DE", text=sample.text("Germany"), selected=True),
        ),
    )


def _tax_ids(sample: Sample) -> views.TaxIdsForm:
    badges = (
        views.Badge(translate(sample.locale, "Confirmed"), "success"),
        views.Badge(translate(sample.locale, "Not checked yet"), "neutral"),
        views.Badge(translate(sample.locale, "Unknown to the register"), "danger"),
    )
    kind = type_name("eu_vat", sample.locale)
    return views.TaxIdsForm(
        action=HERE,
        rows=tuple(
            views.TaxIdLine(value=f"DE12345678{place}", kind=kind, badge=badge, remove_action=HERE)
            for place, badge in enumerate(badges)
        ),
        types=(views.Option(value="eu_vat", text=kind, selected=True),),
        value=views.Field(),
    )


def _invoice(sample: Sample) -> views.InvoicePage:
    name, _, price = sample.plans[1]
    total = sample.amount(price * sample.quantity)
    return views.InvoicePage(
        number="NB-2026-0042",
        status=views.Badge(sample.text("Open"), "info"),
        amount=total,
        sentence=sample.text("Please transfer the amount by 15 November 2026."),
        pdf_url=HERE,
        back_url=HERE,
        facts=(
            views.Detail(label=sample.text("Issued"), value=date_long(LAST, sample.locale)),
            views.Detail(label=sample.text("Due"), value=date_long(date(2026, 11, 15), sample.locale)),
        ),
        billed_to=(sample.customer, *_billing_details(sample).address_lines),
        billed_by=(sample.brand.business_name, "Am Speicher 4", "20457 Hamburg"),
        lines=(
            views.Line(
                description=name,
                period=date_range(LAST, RENEWAL, sample.locale),
                unit=_price(sample, price, sample.quantity),
                amount=total,
            ),
        ),
        totals=(
            views.Total(label=sample.text("Total"), amount=total),
            views.Total(label=sample.text("Amount due"), amount=total, strong=True),
        ),
        how_to_pay=_how_to_pay(sample),
    )


def _mailbox(sample: Sample) -> letter_views.MailboxPage:
    message = letter_views.MailboxMessage(
        to=sample.email, subject="482913 is your code", received="14:05:11", code="482913", text="Enter this code"
    )
    text = letter_views.MailboxMessage(
        to="+353865550190",
        subject="",
        received="14:06:40",
        code="482913",
        by_phone=True,
        text=f"482913 is your sign-in code for {sample.brand.business_name}.\n\n@billing.example.com #482913",
    )
    return letter_views.MailboxPage(messages=(text, message))
