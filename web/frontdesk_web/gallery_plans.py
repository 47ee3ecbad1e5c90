"""More states of the plan pages for the gallery: several parts, a code, what is past due, and starting again."""

from collections.abc import Iterator
from datetime import date

from msgspec.structs import replace

from frontdesk_web.formatting import date_long
from frontdesk_web.gallery_brands import Sample
from frontdesk_web.messages import translate
from frontdesk_web.portal import views
from frontdesk_web.rendering import Page

_HERE = "#"


def plan_pages(
    sample: Sample, choose: views.ChoosePlanPage, confirm: views.ConfirmPlanPage
) -> Iterator[tuple[str, bool, Page]]:
    """Pages by name, all of them signed in."""
    late = (
        views.LateInvoice(
            sentence=translate(
                sample.locale,
                "Invoice {number} was due on {date}, and {amount} of it is still open. Please pay it first.",
                number="NB-0042",
                date=date_long(date(2026, 11, 15), sample.locale),
                amount=sample.amount(12000),
            ),
            url=_HERE,
        ),
    )
    first, quote = choose.parts[0], confirm.quote
    parts = (
        replace(first, title=sample.plans[1][0], current=quote.old[0].price or quote.old[0].total),
        views.PlanPart(
            plans=(),
            title=sample.plans[0][0],
            current=quote.old[0].total,
            stays=translate(sample.locale, "This part of your subscription stays as it is."),
        ),
    )
    trial = translate(
        sample.locale,
        "Your trial goes on until {date} with the plan that you choose.",
        date=date_long(date(2026, 12, 1), sample.locale),
    )
    yield "choose-plan-parts", True, replace(choose, parts=parts, code=views.CodeField(), late=late)
    wrong = views.CodeField(
        value="SPRING-25", error=translate(sample.locale, "This code has expired. You can go on without it.")
    )
    yield "choose-plan-wrong", True, replace(choose, code=wrong, notes=(views.Notice(tone="info", text=trial),))
    several = replace(
        quote,
        old=quote.old * 2,
        new=quote.new * 2,
        facts=(
            translate(sample.locale, "What you used of {plan} until now is billed today.", plan="Calls"),
            translate(sample.locale, "What you use of {plan} is billed at the end of each period.", plan="Bulk calls"),
        ),
        on_statement="NORTHBEAM LTD",
    )
    code = views.TypedCode(code="SPRING-25", action=_HERE, fields=())
    yield "confirm-plan-parts", True, replace(confirm, quote=several, code=code, late=late)
    again = replace(
        quote,
        old=(),
        new=(),
        facts=(
            translate(sample.locale, "It begins today and renews by itself until you cancel it."),
            translate(sample.locale, "There is no second trial."),
        ),
    )
    yield (
        "start-again",
        True,
        views.StartAgainPage(
            action=_HERE,
            csrf=choose.csrf,
            back_url=_HERE,
            name=quote.old[0].name,
            plans=quote.old,
            quote=again,
            terms=translate(sample.locale, "By confirming you order this plan, with the obligation to pay."),
        ),
    )
