"""Samples of changing a plan: the choice, the confirmation, amounts that moved on, and starting again."""

from collections.abc import Iterator
from datetime import date

from msgspec.structs import replace

from frontdesk_web.formatting import date_range, interval_name, interval_phrase
from frontdesk_web.gallery_brands import CSRF, DUE, HERE, RENEWAL, SHOP, TODAY, Sample
from frontdesk_web.gallery_frames import Exhibit
from frontdesk_web.gallery_pictures import picture_of
from frontdesk_web.portal import late_invoices, plan_views, quote_views, start_again_views, views


def plan_pages(sample: Sample) -> Iterator[Exhibit]:
    """Every page on the way to another plan."""
    choose, confirm = _choose(sample), _confirm(sample)
    yield Exhibit("choose-plan", choose)
    yield Exhibit("choose-plan-flow", replace(choose, back_url=SHOP), "flow")
    yield Exhibit("choose-plan-parts", _choose_parts(sample, choose))
    yield Exhibit("choose-plan-wrong", _choose_wrong(sample, choose))
    declined = sample.say("The bank declined this card. Use another one, or ask your bank why.")
    yield Exhibit("choose-plan-declined", replace(choose, error=declined, card_url=HERE), "only customer")
    yield Exhibit("confirm-plan", confirm)
    yield Exhibit("confirm-plan-declined", replace(confirm, back_url="", error=declined, card_url=HERE), "flow")
    added = views.Notice(tone="success", text=sample.say("Your payment method was added."))
    yield Exhibit("confirm-plan-card", replace(confirm, notice=added), "only customer")
    yield Exhibit("confirm-plan-parts", _confirm_parts(sample, confirm))
    yield Exhibit("quote-changed", _quote_changed(sample))
    yield Exhibit("start-again", _start_again(sample))
    refused = sample.say("This plan is no longer sold. Please contact us.")
    yield Exhibit("start-again-refused", replace(_start_again(sample), error=refused, late=_late(sample)))


def _choose(sample: Sample) -> plan_views.ChoosePlanPage:
    quantity = plan_views.QuantityField(
        label=sample.text("Seats"),
        value=sample.quantity,
        minimum=5,
        maximum=500,
        help=sample.say("From {minimum} to {maximum}", minimum=5, maximum=500),
    )
    plans = tuple(_plan(sample, index) for index in range(len(sample.plans)))
    return plan_views.ChoosePlanPage(
        action=HERE,
        csrf=CSRF,
        back_url=HERE,
        current=sample.plans[1][0],
        parts=(plan_views.PlanPart(plans=plans, quantity=quantity if sample.unit else None),),
        intervals=tuple(
            plan_views.IntervalChoice(
                value=f"{each}-1", name=interval_name(each, 1, sample.locale), selected=each == "month"
            )
            for each in ("month", "year")
        ),
    )


def _plan(sample: Sample, index: int) -> plan_views.PlanChoice:
    name, description, price = sample.plans[index]
    unit = sample.say("per {unit}", unit=sample.unit) + ", " if sample.unit else ""

    def sold(interval: str, minor: int) -> plan_views.PlanPrice:
        total = f"{sample.amount(minor * sample.quantity)} {interval_phrase(interval, 1, sample.locale)}"
        return plan_views.PlanPrice(
            amount=sample.amount(minor),
            unit=unit + interval_phrase(interval, 1, sample.locale),
            total=sample.say("{quantity}: {amount}", quantity=f"{sample.quantity} {sample.unit}s", amount=total)
            if sample.unit
            else "",
        )

    return plan_views.PlanChoice(
        product=f"prod_{index}",
        name=name,
        description=description,
        features=(sample.text("Everything of Starter"), sample.text("A named contact")) if index == 2 else (),
        prices=(sold("month", price), sold("year", price * 10) if index else None),
        image_url=picture_of(sample, index),
        current=index == 1,
        selected=index == 2,
    )


def _choose_parts(sample: Sample, choose: plan_views.ChoosePlanPage) -> plan_views.ChoosePlanPage:
    """Several parts, of which one stays, and an invoice that is past due."""
    first, quote = choose.parts[0], _quote(sample)
    quantity = None if first.quantity is None else replace(first.quantity, name="quantity-si_1")
    parts = (
        replace(
            first,
            field="product-si_1",
            optional=True,
            quantity=quantity,
            title=sample.plans[1][0],
            current=quote.old[0].price or quote.old[0].total,
        ),
        plan_views.PlanPart(
            plans=(),
            title=sample.plans[0][0],
            current=quote.old[0].total,
            stays=sample.say("This part of your subscription stays as it is."),
        ),
    )
    return replace(choose, parts=parts, code=plan_views.CodeField(), late=_late(sample))


def _choose_wrong(sample: Sample, choose: plan_views.ChoosePlanPage) -> plan_views.ChoosePlanPage:
    """All that can be wrong at once, at more intervals than fit in a line."""
    code = plan_views.CodeField(value="SPRING-25", error=sample.say("This code has expired. You can go on without it."))
    trial = sample.say("Your trial goes on until {date} with the plan that you choose.", date=sample.day(RENEWAL))
    wrong = sample.say("Please choose a quantity from {minimum} to {maximum}.", minimum=5, maximum=500)
    first = choose.parts[0]
    quantity = first.quantity or plan_views.QuantityField(label=sample.say("Quantity"), value=700)
    more = [("week", 1), ("month", 3), ("month", 6)]
    return replace(
        choose,
        parts=(replace(first, quantity=replace(quantity, error=wrong, value=700)),),
        intervals=(
            *choose.intervals,
            *(
                plan_views.IntervalChoice(value=f"{each}-{count}", name=interval_name(each, count, sample.locale))
                for each, count in more
            ),
        ),
        code=code,
        error=sample.say("This plan is not sold at that interval. Choose another one."),
        notes=(views.Notice(tone="info", text=trial),),
    )


def _late(sample: Sample) -> tuple[late_invoices.LateInvoice, ...]:
    sentence = sample.say(
        "Invoice {number} was due on {date}, and {amount} of it is still open. Please pay it first.",
        number=sample.number(42),
        date=sample.day(date(2026, 11, 15)),
        amount=sample.amount(12000),
    )
    return (late_invoices.LateInvoice(sentence=sentence, url=HERE),)


def _side(sample: Sample, place: int) -> plan_views.Side:
    name, _, price = sample.plans[place]
    return plan_views.Side(name=name, price=sample.price(price), total=sample.monthly(price * sample.quantity))


def _quote(sample: Sample, due: int | None = None) -> quote_views.QuoteView:
    (old, _, old_price), (new, _, new_price) = sample.plans[1], sample.plans[2]
    old_total, new_total = old_price * sample.quantity, new_price * sample.quantity
    credit, charge = old_total // 2, new_total // 2
    period = date_range(TODAY, RENEWAL, sample.locale)
    today = sample.amount(due or charge - credit)
    return quote_views.QuoteView(
        old=(_side(sample, 1),),
        new=(_side(sample, 2),),
        lines=(
            views.Line(
                description=sample.say("Unused time on {plan}", plan=old), period=period, amount=sample.amount(-credit)
            ),
            views.Line(
                description=sample.say("Remaining time on {plan}", plan=new),
                period=period,
                amount=sample.amount(charge),
            ),
        ),
        totals=(views.Total(label=sample.say("Total"), amount=today, strong=True),),
        lines_title=sample.say("On today's invoice"),
        due_today=today,
        due_today_note=sample.say("You receive an invoice, payable by {date}.", date=sample.day(DUE)),
        next_label=sample.say("On {date}", date=sample.day(RENEWAL)),
        next_amount=sample.amount(new_total),
    )


def quote_of(sample: Sample) -> quote_views.QuoteView:
    """What the change of the sample costs."""
    return _quote(sample)


def _confirm(sample: Sample) -> quote_views.ConfirmPlanPage:
    return quote_views.ConfirmPlanPage(
        action=HERE,
        csrf=CSRF,
        quote_id="quote_1",
        quote=_quote(sample),
        button=sample.say("Change plan"),
        back_url=HERE,
        terms=sample.say("By confirming you agree to this change. The other terms of your plan stay the same."),
    )


def _confirm_parts(sample: Sample, confirm: quote_views.ConfirmPlanPage) -> quote_views.ConfirmPlanPage:
    """Several parts, use that is billed, a code, something past due, and a refusal."""
    quote, regular = confirm.quote, 2 * sample.plans[2][2] * sample.quantity
    several = replace(
        quote,
        old=quote.old * 2,
        new=quote.new * 2,
        facts=(
            sample.say("What you used of {plan} until now is billed today.", plan="Calls"),
            sample.say("What you use of {plan} is billed at the end of each period.", plan="Bulk calls"),
        ),
        on_statement="NORTHBEAM LTD",
        lines_title=sample.say("Added to your next invoice"),
        due_today=sample.amount(0),
        due_today_note=sample.say("The difference is on your next invoice."),
        next_amount=sample.amount(regular + (sample.plans[2][2] - sample.plans[1][2]) * sample.quantity // 2),
        next_note=sample.say(
            "then {amount} {period}", amount=sample.amount(regular), period=interval_phrase("month", 1, sample.locale)
        ),
    )
    code = quote_views.TypedCode(code="SPRING-25", action=HERE, fields=(("interval", "month-1"),))
    error = sample.say("The amounts shown were valid for 15 minutes. Please look at them afresh; nothing was changed.")
    return replace(confirm, quote=several, code=code, late=_late(sample), error=error)


def _quote_changed(sample: Sample) -> quote_views.QuoteChangedPage:
    confirm = _confirm(sample)
    fewer = replace(sample, quantity=max(1, sample.quantity - 3))
    before = replace(_quote(fewer, due=4180), next_label=sample.say("On {date}", date=sample.day(date(2026, 11, 20))))
    return quote_views.QuoteChangedPage(
        action=HERE,
        csrf=CSRF,
        quote_id="quote_2",
        reason=sample.say(
            "Something changed since you saw these amounts. Please compare the new ones and confirm again."
        ),
        before=before,
        quote=confirm.quote,
        button=confirm.button,
        back_url=HERE,
        terms=confirm.terms,
    )


def _start_again(sample: Sample) -> start_again_views.StartAgainPage:
    quote = _quote(sample)
    again = replace(
        quote,
        old=(),
        new=(),
        facts=(
            sample.say("It begins today and renews by itself until you cancel it."),
            sample.say("There is no second trial."),
        ),
    )
    return start_again_views.StartAgainPage(
        action=HERE,
        csrf=CSRF,
        back_url=HERE,
        name=quote.old[0].name,
        plans=quote.old,
        quote=again,
        terms=sample.say("By confirming you order this plan, with the obligation to pay."),
    )
