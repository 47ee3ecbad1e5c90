"""Samples of leaving, staying and pausing for the gallery."""

from collections.abc import Iterator
from datetime import date

from msgspec.structs import replace

from frontdesk_web.formatting import date_long
from frontdesk_web.gallery_brands import Sample
from frontdesk_web.messages import translate, translate_plural
from frontdesk_web.portal import views
from frontdesk_web.rendering import Page

HERE = "#"
_SPRING, _MARCH, _JANUARY = date(2027, 3, 1), date(2027, 3, 14), date(2027, 1, 14)


def leaving_pages(sample: Sample, cancel: views.CancelPage, done: views.DonePage) -> Iterator[tuple[str, bool, Page]]:
    """The pages with each kind of offer, and those of pauses."""
    coupon, pause = _coupon(sample), _pause_offer(sample)
    yield "cancel-offer", True, replace(cancel, offer=coupon)
    yield "cancel-offer-pause", True, replace(cancel, offer=pause)
    yield "cancelled-offer", True, replace(done, offer=coupon)
    yield "pause", True, _pause(sample, two=True)
    yield "pause-single", True, _pause(sample, two=False)
    yield "resume", True, _resume(sample)
    yield "stayed", True, _stayed(sample)


def _coupon(sample: Sample) -> views.OfferView:
    worth, locale = "25%", sample.locale
    price = sample.plans[1][2] * sample.quantity
    return views.OfferView(
        title=translate_plural(
            locale, "{worth} off for {number} month", "{worth} off for {number} months", 3, worth=worth
        ),
        facts=(
            translate(
                locale,
                "Your next invoice on {date} is {amount} instead of {before}.",
                date=date_long(date(2026, 12, 1), locale),
                amount=sample.amount(price * 3 // 4),
                before=sample.amount(price),
            ),
            translate(
                locale,
                "The discount ends on {date}. From then on it is {price} again.",
                date=date_long(_SPRING, locale),
                price=sample.amount(price),
            ),
        ),
        button=translate(locale, "Keep my plan with {worth} off", worth=worth),
        action=HERE,
    )


def _pause_offer(sample: Sample) -> views.OfferView:
    locale = sample.locale
    return views.OfferView(
        title=translate_plural(locale, "A pause of {number} month", "A pause of {number} months", 2),
        facts=(
            translate(locale, "Nothing is charged while it is paused."),
            _credit(sample),
            _then(sample, _JANUARY),
            translate(locale, "You can resume at any time before."),
        ),
        button=translate_plural(
            locale, "Keep my plan with a pause of {number} month", "Keep my plan with a pause of {number} months", 2
        ),
        action=HERE,
    )


def _credit(sample: Sample) -> str:
    words = "{amount} for the time that you do not use is taken off your next invoice."
    return translate(sample.locale, words, amount=sample.amount(4_120))


def _then(sample: Sample, day: date) -> str:
    words = "Goes on by itself on {date}. The invoice of that day is {amount}."
    return translate(sample.locale, words, date=date_long(day, sample.locale), amount=sample.amount(7_880))


def _pause(sample: Sample, *, two: bool) -> views.PausePage:
    locale, (name, _, price) = sample.locale, sample.plans[1]
    days = (_JANUARY, _MARCH) if two else (_JANUARY,)
    return views.PausePage(
        action=HERE,
        csrf="gallery",
        name=name,
        price=sample.amount(price * sample.quantity),
        facts=(
            translate(locale, "Nothing is charged while it is paused."),
            _credit(sample),
            translate(locale, "You can resume at any time before."),
        ),
        choices=tuple(
            views.PauseChoice(
                value=str(day),
                title=translate(locale, "Until {date}", date=date_long(day, locale)),
                detail=_then(sample, day),
                selected=day == _JANUARY,
            )
            for day in days
        ),
        back_url=HERE,
    )


def _resume(sample: Sample) -> views.ResumePage:
    locale, (name, _, price) = sample.locale, sample.plans[1]
    words = "If you do nothing, it goes on by itself on {date}."
    return views.ResumePage(
        action=HERE,
        csrf="gallery",
        quote_id="quote_1",
        name=name,
        price=sample.amount(price * sample.quantity),
        due_today=sample.amount(7_880),
        due_today_note=translate(
            locale, "You receive an invoice, payable by {date}.", date=date_long(date(2026, 12, 28), locale)
        ),
        next_label=translate(locale, "On {date}", date=date_long(_JANUARY, locale)),
        next_amount=sample.amount(price * sample.quantity),
        facts=(translate(locale, words, date=date_long(_MARCH, locale)),),
        back_url=HERE,
    )


def _stayed(sample: Sample) -> views.DonePage:
    coupon, locale = _coupon(sample), sample.locale
    return views.DonePage(
        title=translate(locale, "You keep your plan"),
        sentences=coupon.facts[1:],
        details=(
            views.Detail(label=translate(locale, "What we agreed"), value=coupon.title),
            views.Detail(label=translate(locale, "Next invoice"), value=date_long(date(2026, 12, 1), locale)),
        ),
        home_url=HERE,
    )
