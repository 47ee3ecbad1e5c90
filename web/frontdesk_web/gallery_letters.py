"""Samples of every letter that customers and staff get."""

from collections.abc import Iterator

from msgspec.structs import replace

from frontdesk_web import letter_views
from frontdesk_web.gallery_brands import DUE, RENEWAL, Sample
from frontdesk_web.gallery_pictures import logo_of
from frontdesk_web.gallery_plans import quote_of
from frontdesk_web.languages import STAFF_LOCALES
from frontdesk_web.rendering import Page

_PORTAL = "https://billing.example/p/x"
_OBJECTION = "https://billing.example/p/address/x"
_IT_WAS_ME = "https://billing.example/p/wrong-codes/x"


def letters(sample: Sample) -> Iterator[tuple[str, Page]]:
    """Every letter with its name."""
    around = letter_views.letter_frame(sample.brand, sample.locale)
    yield (
        "passcode",
        letter_views.PasscodeLetter(frame=replace(around, logo_url=logo_of(sample)), code="482913", minutes=20),
    )
    yield "address_code", letter_views.AddressCodeLetter(frame=around, code="482913", minutes=20)
    yield (
        "address_changed",
        letter_views.AddressChangedLetter(
            frame=around,
            customer=sample.customer,
            new="r…@example.com",
            until=sample.day(RENEWAL),
            objection_url=_OBJECTION,
        ),
    )
    yield (
        "wrong_codes",
        letter_views.WrongCodesLetter(
            frame=around, customer=sample.customer, email=sample.email, until=sample.day(RENEWAL), url=_IT_WAS_ME
        ),
    )
    yield (
        "portal_link",
        letter_views.PortalLinkLetter(frame=around, customer=sample.customer, email=sample.email, portal_url=_PORTAL),
    )
    yield from _about_plans(sample, around)
    yield from _about_money(sample, around)
    if sample.locale in STAFF_LOCALES:
        yield (
            "test",
            letter_views.TestLetter(frame=around, sender="a@b.example", reply_to="c@b.example", portal_url=_PORTAL),
        )


def _about_plans(sample: Sample, around: letter_views.LetterFrame) -> Iterator[tuple[str, Page]]:
    quote, plan, say = quote_of(sample), sample.plans[1][0], sample.say
    yield (
        "plan_changed",
        letter_views.PlanChangedLetter(
            frame=around,
            customer=sample.customer,
            old=quote.old[0].name,
            new=quote.new[0].name,
            sentences=(say("The change took effect on {date}.", date=sample.day(RENEWAL)),),
            portal_url=_PORTAL,
            lines=quote.lines,
            totals=quote.totals,
        ),
    )
    for name, kept, ends in (
        ("subscription_cancelled", True, "Your plan stays as it is until {date}, then it ends."),
        ("subscription_ended", False, "Your plan ended on {date}."),
    ):
        yield (
            name,
            letter_views.SubscriptionCancelledLetter(
                frame=around,
                customer=sample.customer,
                plan=plan,
                sentences=(say(ends, date=sample.day(RENEWAL)),),
                portal_url=_PORTAL,
                can_be_kept=kept,
            ),
        )
    first = say(
        "Your first invoice comes on {date}, over {amount}.", date=sample.day(RENEWAL), amount=quote.next_amount
    )
    yield (
        "trial_ending",
        letter_views.TrialEndingLetter(
            frame=around,
            customer=sample.customer,
            plan=plan,
            ends=sample.day(RENEWAL),
            sentences=(first,),
            portal_url=_PORTAL,
        ),
    )
    for name, title, sentences in _news(sample):
        yield (
            name,
            letter_views.PlanNewsLetter(
                frame=around, customer=sample.customer, title=title, sentences=sentences, portal_url=_PORTAL
            ),
        )
    yield (
        "payment_failed",
        letter_views.PlanNewsLetter(
            frame=around,
            customer=sample.customer,
            title=say("Your payment for invoice {number} did not go through", number="INV-0042"),
            sentences=(
                say("We could not charge {amount} to {card}.", amount=sample.amount(6000), card="Visa •••• 0341"),
                say("We try again on {date}. You can pay before that, with any card.", date=sample.day(RENEWAL)),
            ),
            portal_url=_PORTAL,
            way=say("Pay now"),
        ),
    )
    over = say("The pause of your plan is over since {date}.", date=sample.day(RENEWAL))
    yield (
        "resumed",
        letter_views.PauseEndingLetter(
            frame=around, customer=sample.customer, plan=plan, sentences=(over,), portal_url=_PORTAL
        ),
    )


def _news(sample: Sample) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    plan, day, say = sample.plans[1][0], sample.day(RENEWAL), sample.say
    goes_on = say("It goes on by itself on {date}.", date=day)
    meanwhile = say("Nothing is charged until then. You can resume it on the billing page at any time.")
    since = say("Your plan has been paused since {date}.", date=sample.day(DUE))
    yield "paused", say("{plan} is paused", plan=plan), (since, goes_on, meanwhile)
    moved = say("The pause of {plan} now ends on {date}", plan=plan, date=day)
    yield "pause_moved", moved, (since, goes_on, meanwhile)
    offer = sample.count("{worth} off for {number} month", "{worth} off for {number} months", 3, worth="25%")
    yield "stayed", say("You keep {plan}", plan=plan), (say("What we agreed: {offer}.", offer=offer),)


def _about_money(sample: Sample, around: letter_views.LetterFrame) -> Iterator[tuple[str, Page]]:
    quote, number, say = quote_of(sample), sample.number(42), sample.say
    account = ((say("IBAN"), "DE02 1203 0000 0000 2020 51"), (say("Reference"), number))
    yield (
        "invoice",
        letter_views.InvoiceLetter(
            frame=around,
            customer=sample.customer,
            number=number,
            amount=quote.due_today,
            sentence=say("Please transfer the amount by {date}.", date=sample.day(DUE)),
            lines=quote.lines,
            totals=quote.totals,
            invoice_url=f"{_PORTAL}/invoices/1",
            how_to_pay=account,
        ),
    )
    card, day = "Visa •••• 4242", sample.day(DUE)
    back = sample.amount(1200)
    yield (
        "refund",
        letter_views.PlanNewsLetter(
            frame=around,
            customer=sample.customer,
            title=say("You get {amount} back", amount=back),
            sentences=(
                say("We sent {amount} back to {card} for your payment on {date}.", amount=back, card=card, date=day),
                say("Your payment was for: {purpose}", purpose=sample.plans[0][0]),
                say("Banks take up to ten working days to show it on your statement."),
            ),
            portal_url=_PORTAL,
        ),
    )
    yield (
        "paper",
        letter_views.PaperLetter(
            frame=around,
            customer=sample.customer,
            title=say("Credit note {number}", number=f"{sample.prefix}-CN-0007"),
            amount=quote.due_today,
            sentences=(say("It corrects invoice {number}.", number=number),),
            lines=quote.lines,
            totals=quote.totals,
            way=say("View your billing"),
            url=_PORTAL,
        ),
    )
    back = quote.due_today
    yield (
        "refund",
        letter_views.PlanNewsLetter(
            frame=around,
            customer=sample.customer,
            title=say("You get {amount} back", amount=back),
            sentences=(
                say(
                    "We sent {amount} back to {card} for invoice {number}.",
                    amount=back,
                    card="Visa •••• 4242",
                    number=number,
                ),
                say("Banks take up to ten working days to show it on your statement."),
            ),
            portal_url=f"{_PORTAL}/invoices/1",
            way=say("View invoice"),
        ),
    )
    yield (
        "refund-returned",
        letter_views.PlanNewsLetter(
            frame=around,
            customer=sample.customer,
            title=say("Your refund of {amount} could not be paid out", amount=back),
            sentences=(
                say(
                    "On {date} we sent {amount} back to {card}, but the bank returned it to us.",
                    date=day,
                    amount=back,
                    card=card,
                ),
                say("It was for invoice {number}.", number=number),
                say("That happens when a card has expired or its account was closed."),
                say("The money is still yours. Please tell us how we can send it to you."),
            ),
            portal_url=f"{_PORTAL}/invoices/1",
            way=say("View invoice"),
        ),
    )
    due, owed = sample.day(DUE), quote.due_today
    yield (
        "reminder",
        letter_views.ReminderLetter(
            frame=around,
            subject=say("Reminder: invoice {number} was due on {due_date}", number=number, due_date=due),
            paragraphs=(
                (say("Hello {customer},", customer=sample.customer),),
                (
                    say(
                        "invoice {number} was due on {due_date}. We still miss {amount}.",
                        number=number,
                        due_date=due,
                        amount=owed,
                    ),
                    say("If you have paid in the meantime, please disregard this letter."),
                ),
            ),
            amount=owed,
            number=number,
            due=due,
            how_to_pay=account,
            invoice_url=f"{_PORTAL}/invoices/1",
        ),
    )
