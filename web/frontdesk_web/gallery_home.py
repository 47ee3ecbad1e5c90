"""Samples of the home page: one plan, many in every state, none, and all that it may say on top."""

from collections.abc import Iterator
from datetime import date

from msgspec.structs import replace

from frontdesk_web.formatting import date_short, listed
from frontdesk_web.gallery_brands import CSRF, DUE, HERE, RENEWAL, Sample
from frontdesk_web.gallery_frames import Exhibit
from frontdesk_web.gallery_pictures import picture_of, transfer_code
from frontdesk_web.portal import (
    customer_views,
    home_views,
    invoice_views,
    late_invoices,
    panel_views,
    payment_views,
    subscription_cards,
    views,
)
from frontdesk_web.tax_id_words import type_name

_LATER, _MARCH = date(2027, 1, 14), date(2027, 3, 14)


def home_pages(sample: Sample) -> Iterator[Exhibit]:
    """The home page in all its states."""
    page = home(sample)
    yield Exhibit("home", page)
    yield Exhibit("home-logo", page, "logo")
    yield Exhibit("home-icon", page, "icon")
    yield Exhibit("home-preview", page, "preview")
    yield Exhibit("home-many", _many(sample))
    yield Exhibit("home-states", _states(sample), "only customer")
    yield Exhibit("home-empty", _empty(sample), "address")
    yield Exhibit("home-paused", _suspended(sample))


def home(sample: Sample) -> home_views.HomePage:
    """The home page: one plan, how to pay, details, invoices."""
    return home_views.HomePage(
        csrf=CSRF,
        subscriptions=(_card(sample, 1, change_url=HERE, cancel_url=HERE, pause_url=HERE),),
        details=_details(sample),
        payment=_payment(sample),
        invoices=invoice_rows(sample),
        invoices_url=HERE,
        statement_url=HERE,
    )


def _many(sample: Sample) -> home_views.HomePage:
    refused = sample.say("Something is still to be paid for this plan. Once it is paid, the plan can be changed here.")
    ends = _card(sample, 0, keep_action=HERE)
    ends = replace(
        ends,
        status=sample.say("Ends soon"),
        tone="warning",
        next_label=sample.say("Ends on"),
        next_text=sample.day(RENEWAL),
    )
    return replace(
        home(sample),
        subscriptions=(
            _card(sample, 1, change_url=HERE, cancel_url=HERE),
            ends,
            _card(sample, 2, cancel_url=HERE, notes=(refused,)),
        ),
        notices=(
            views.Notice(tone="success", text=sample.say("Your details are saved.")),
            views.Notice(
                tone="info",
                text=sample.say("Billing data is being updated. You see it as of {time}.", time="14:05"),
            ),
        ),
        waiting=(
            sample.say("{plan} ends at the end of its period", plan=sample.plans[2][0]),
            sample.say("Your billing details are changed"),
        ),
        refused=(
            home_views.RefusedNotice(
                title=sample.say("We could not take back the cancellation of {plan}", plan=sample.plans[0][0]),
                text=" ".join(
                    (
                        sample.say(
                            "You asked for it on {date}, while our billing system did not answer. Now it was refused.",
                            date=sample.day(RENEWAL),
                        ),
                        sample.say("Nothing was charged, and nothing was changed."),
                        sample.say("You can try it again at any time."),
                    )
                ),
                action=HERE,
            ),
        ),
        panels=(
            panel_views.PanelSection(
                title=sample.text("New this month"),
                paragraphs=(
                    sample.text("Dashboards can be shared with people outside your company."),
                    sample.text("You find it under Share in every dashboard."),
                ),
                links=tuple(
                    panel_views.PanelLink(text=sample.text(each), url=HERE) for each in ("Read how", "All that is new")
                ),
            ),
        ),
    )


def _states(sample: Sample) -> home_views.HomePage:
    """A plan in each state that says something of its own."""
    say, (name, _, price) = sample.say, sample.plans[2]
    changes = listed((name, sample.monthly(price * sample.quantity)), sample.locale)
    date_then = say("{date}, then {amount}", date=sample.day(RENEWAL), amount=sample.monthly(sample.plans[0][2]))
    several = _card(sample, 1, change_url=HERE, cancel_url=HERE)
    bulk = say("{price}, by use", price=sample.amount(4))
    due = say(
        "Invoice {number} was due on {date}: {amount} is still to be paid.",
        number=sample.number(41),
        date=sample.day(date(2026, 11, 15)),
        amount=sample.amount(12000),
    )
    return replace(
        home(sample),
        late=(
            late_invoices.LateInvoice(sentence=due, url=HERE, pay_url=HERE),
            late_invoices.LateInvoice(sentence=due, url=HERE),
            late_invoices.LateInvoice(sentence=due, url=None),
        ),
        payment=replace(_payment(sample), due="", due_url=None, more="", more_url=None),
        notices=(
            views.Notice(
                tone="info",
                text=say("For this account it is {date}: it lives on a test clock.", date=sample.day(RENEWAL)),
            ),
        ),
        subscriptions=(
            replace(
                several,
                name=" + ".join(plan[0] for plan in sample.plans),
                prices=(f"{sample.plans[0][0]}: {sample.price(600) or sample.monthly(600)}", f"Bulk calls: {bulk}"),
                total=say("{amount} plus use", amount=several.total),
                taxes=(f"+ {say('VAT')} 19%",),
                discounts=(say("{worth} off until {date}", worth="25%", date=sample.day(_LATER)),),
                planned=say("On {date} it changes to {plan}.", date=sample.day(RENEWAL), plan=changes),
                undo_action=HERE,
            ),
            replace(
                _card(sample, 2, change_url=HERE, cancel_url=HERE),
                planned=say("A change of this plan waits for its payment until {date}.", date=sample.day(DUE)),
                pay_url=HERE,
                undo_action=HERE,
            ),
            replace(
                _card(sample, 0, change_url=HERE, cancel_url=HERE),
                status=say("Trial"),
                tone="info",
                next_label=say("Trial until"),
                next_text=date_then,
                notes=(say("A plan can be paused once its trial is over."),),
            ),
            replace(
                _card(sample, 2, change_url=HERE, cancel_url=HERE),
                status=say("Trial"),
                tone="info",
                next_label=say("Trial until"),
                next_text=sample.day(RENEWAL),
                planned=say(
                    "Your plan ends on {date}, unless you add a payment method before that day.",
                    date=sample.day(RENEWAL),
                ),
                method_url=HERE,
                method_way=say("Add a payment method"),
            ),
            replace(
                _card(sample, 1, cancel_url=HERE, resume_url=HERE),
                move_pause_url=HERE,
                status=say("Paused"),
                tone="neutral",
                next_label=say("Paused until"),
                next_text=sample.day(_MARCH),
                notes=(say("This plan is paused. It can be changed once it goes on."),),
            ),
            replace(
                _card(sample, 2),
                status=say("Payment overdue"),
                tone="danger",
                notes=(
                    say("It ended because an invoice was not paid. That invoice stays open."),
                    say("This subscription cannot be cancelled online. Please contact us."),
                ),
            ),
            replace(
                _card(sample, 0, start_again_url=HERE),
                status=say("Ended"),
                tone="neutral",
                next_label=say("Ended on"),
                next_text=sample.day(date(2026, 10, 1)),
            ),
            replace(
                _card(sample, 1),
                status=say("Ended"),
                tone="neutral",
                next_label=say("Ended on"),
                next_text=sample.day(date(2026, 9, 1)),
                notes=(
                    say("An invoice of this plan is still open. Once it is paid, you can start the plan again here."),
                ),
            ),
        ),
    )


def _empty(sample: Sample) -> home_views.HomePage:
    details = customer_views.BillingDetails(name="", email=sample.email, edit_url=HERE)
    return home_views.HomePage(csrf=CSRF, subscriptions=(), details=details, invoices=())


def _suspended(sample: Sample) -> home_views.HomePage:
    """What is seen while a side is suspended, and where the configuration shows no invoices."""
    sentence = sample.say(
        "Changes are paused at the moment. You can see everything, download your invoices and cancel."
    )
    return replace(
        home(sample),
        subscriptions=(_card(sample, 1, cancel_url=HERE),),
        notices=(views.Notice(tone="info", text=sentence),),
        invoices=None,
        statement_url=None,
        details=replace(_details(sample), edit_url=None, phone="", address_lines=()),
        payment=payment_views.PaymentSection(
            how=customer_views.HowToPay(
                sentence=sample.say("Invoices are paid by bank transfer. Each one says how."),
            ),
            upcoming=sample.say("The next invoice comes on {date}.", date=sample.day(RENEWAL)),
            upcoming_url=HERE,
        ),
    )


def _card(
    sample: Sample,
    place: int,
    *,
    change_url: str | None = None,
    cancel_url: str | None = None,
    pause_url: str | None = None,
    resume_url: str | None = None,
    start_again_url: str | None = None,
    keep_action: str | None = None,
    notes: tuple[str, ...] = (),
) -> subscription_cards.SubscriptionCard:
    name, description, price = sample.plans[place]
    total = price * sample.quantity
    return subscription_cards.SubscriptionCard(
        name=name,
        status=sample.say("Active"),
        tone="success",
        total=sample.monthly(total),
        prices=tuple(filter(None, (sample.price(price),))),
        image_url=picture_of(sample, place),
        description=description,
        next_label=sample.say("Renews on"),
        next_text=listed((sample.day(RENEWAL), sample.amount(total)), sample.locale),
        change_url=change_url,
        cancel_url=cancel_url,
        pause_url=pause_url,
        resume_url=resume_url,
        start_again_url=start_again_url,
        keep_action=keep_action,
        notes=notes,
    )


def customer_address(sample: Sample) -> tuple[str, ...]:
    """The postal address of the sample's customer."""
    return ("41 Canal Row", "Bristol BS1 6QF", "United Kingdom") if sample.unit else ("Weidenweg 18", "10249 Berlin")


def _details(sample: Sample) -> customer_views.BillingDetails:
    return customer_views.BillingDetails(
        name=sample.customer,
        email=sample.email,
        address_lines=customer_address(sample),
        phone="+49 30 5550 188",
        edit_url=HERE,
        tax_ids=(views.Detail(label=type_name("eu_vat", sample.locale), value="DE123456789"),),
    )


def _payment(sample: Sample) -> payment_views.PaymentSection:
    due = sample.say(
        "{amount} for invoice {number} is due on {date}.",
        amount=sample.amount(12000),
        number=sample.number(42),
        date=sample.day(DUE),
    )
    return payment_views.PaymentSection(
        how=how_to_pay(sample),
        due=due,
        due_url=HERE,
        more=sample.count("{number} more invoice is open.", "{number} more invoices are open.", 1),
        more_url=HERE,
        upcoming=sample.say("The next invoice comes on {date}.", date=sample.day(RENEWAL)),
        upcoming_url=HERE,
        credit=(sample.say("You have a credit of {amount}. Your next invoices use it.", amount=sample.amount(1200)),),
        credit_url=HERE,
    )


def how_to_pay(sample: Sample) -> customer_views.HowToPay:
    """The account to pay to, and a code to scan."""
    return customer_views.HowToPay(
        sentence=sample.count(
            "You pay by bank transfer within {number} day of the invoice.",
            "You pay by bank transfer within {number} days of the invoice.",
            14,
        ),
        details=(
            views.Detail(label=sample.say("Account holder"), value=sample.brand.business_name),
            views.Detail(label=sample.say("IBAN"), value="DE02 1203 0000 0000 2020 51", copy=True),
            views.Detail(label=sample.say("BIC"), value="BYLADEM1001", copy=True),
            views.Detail(label=sample.say("Reference"), value=sample.number(42), copy=True),
        ),
        code=transfer_code(),
    )


def invoice_rows(sample: Sample) -> tuple[invoice_views.InvoiceRow, ...]:
    """Ten invoices: one open, one past due, the others paid."""
    price = sample.plans[1][2]
    states: list[tuple[str, views.Tone]] = [("Open", "info"), ("Past due", "danger")]
    states += [("Paid", "success")] * 8
    return tuple(
        invoice_views.InvoiceRow(
            number=sample.number(42 - index),
            date=date_short(date(2026, 11 - index, 1), sample.locale),
            amount=sample.amount(price * sample.quantity),
            status=sample.say(word),
            tone=tone,
            url=HERE,
        )
        for index, (word, tone) in enumerate(states)
    )
