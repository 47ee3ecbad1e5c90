"""Samples of cancelling, staying, pausing, starting again, and of what is said when something is done."""

from collections.abc import Iterator
from datetime import date

from msgspec.structs import replace

from frontdesk_web.formatting import listed
from frontdesk_web.gallery_brands import CSRF, DUE, HERE, RENEWAL, SHOP, Sample
from frontdesk_web.gallery_frames import Exhibit
from frontdesk_web.gallery_plans import quote_of
from frontdesk_web.portal import cancel_views, done_views, pause_views, views

_SPRING, _MARCH, _FEBRUARY, _JANUARY = date(2027, 3, 1), date(2027, 3, 14), date(2027, 2, 14), date(2027, 1, 14)
_REASONS = ("It's too expensive", "I found an alternative", "I no longer need it", "Other reason")
_STALE = "The amounts shown were valid for 15 minutes. Please look at them afresh; nothing was changed."


def leaving_pages(sample: Sample) -> Iterator[Exhibit]:
    """The pages of cancelling, with each kind of offer, and those of pauses."""
    cancel, coupon, error = _cancel(sample), _coupon(sample), sample.say(_STALE)
    yield Exhibit("cancel", cancel)
    yield Exhibit("cancel-flow", replace(cancel, back_url=SHOP), "flow")
    yield Exhibit("cancel-at-once", _cancel_at_once(sample, cancel))
    yield Exhibit("cancel-offer", replace(cancel, offer=coupon))
    yield Exhibit("cancel-offer-pause", replace(cancel, offer=_pause_offer(sample)))
    yield from _done_pages(sample)
    yield Exhibit("pause", _pause(sample, (_JANUARY, _MARCH)))
    yield Exhibit("pause-single", replace(_pause(sample, (_JANUARY,)), error=error))
    yield Exhibit("pause-end", _move(sample, (_JANUARY, _MARCH)))
    yield Exhibit("pause-end-single", replace(_move(sample, (_MARCH,)), error=error))
    yield Exhibit("resume", _resume(sample))
    yield Exhibit("resume-refused", replace(_resume(sample), error=error))


def _cancel(sample: Sample) -> cancel_views.CancelPage:
    name, _, price = sample.plans[1]
    return cancel_views.CancelPage(
        action=HERE,
        csrf=CSRF,
        name=name,
        price=sample.monthly(price * sample.quantity),
        ends=sample.day(RENEWAL),
        sentences=(
            sample.say("You can use your plan until {date}. Then it ends.", date=sample.day(RENEWAL)),
            sample.say("Nothing more is charged after that."),
            sample.say(
                "Invoice {number} over {amount} is still to be paid.",
                number=sample.number(42),
                amount=sample.amount(12000),
            ),
        ),
        back_url=HERE,
    )


def _cancel_at_once(sample: Sample, cancel: cancel_views.CancelPage) -> cancel_views.CancelPage:
    credited = sample.say("{amount} for the time you do not use is credited to you.", amount=sample.amount(4_120))
    return replace(
        cancel,
        at_once=True,
        ends=sample.day(date(2026, 11, 16)),
        sentences=(sample.say("Your plan ends now. This cannot be taken back."), credited),
        error=sample.say(_STALE),
    )


def _done_pages(sample: Sample) -> Iterator[Exhibit]:
    say, left = sample.say, _left(sample)
    assert left.reason is not None
    changed = done_views.DonePage(
        title=say("Your plan is changed"),
        sentences=(
            say("Your new plan is active now."),
            say(
                "We send you an invoice over {amount}, payable by {date}.",
                amount=quote_of(sample).due_today,
                date=sample.day(DUE),
            ),
        ),
        details=(
            views.Detail(label=say("New plan"), value=sample.plans[2][0]),
            views.Detail(label=say("Next invoice"), value=sample.day(RENEWAL)),
        ),
        home_url=HERE,
        invoice_url=HERE,
    )
    yield Exhibit("done-changed", changed)
    yield Exhibit(
        "done-flow",
        replace(
            changed,
            home_url=SHOP,
            home_text=say("Return to {name}", name=sample.brand.business_name),
            own_words=(sample.text("Your colleagues can sign in now."), sample.text("Have a good day.")),
        ),
        "flow",
    )
    details = done_views.DonePage(title=say("Your billing details are saved"), sentences=(), home_url="")
    yield Exhibit("done-details", details, "flow")
    yield Exhibit("done-cancelled", left)
    yield Exhibit("done-thanked", replace(left, reason=replace(left.reason, thanked=True)))
    yield Exhibit("cancelled-offer", replace(left, offer=_coupon(sample)))
    yield Exhibit("done-paused", _paused(sample))
    yield Exhibit("stayed", _stayed(sample))
    yield Exhibit("started-again", _started(sample))


def _left(sample: Sample) -> done_views.DonePage:
    own = sample.text("Another supplier bakes closer to me")
    options = [views.Option(value=each, text=sample.say(each)) for each in _REASONS]
    options.insert(3, views.Option(value="own", text=own, selected=True))
    return done_views.DonePage(
        title=sample.say("Your plan is cancelled"),
        sentences=(
            sample.say("You can use your plan until {date}. Then it ends.", date=sample.day(RENEWAL)),
            sample.say("Until then you can take this back."),
        ),
        home_url=HERE,
        keep_action=HERE,
        csrf=CSRF,
        reason=done_views.ReasonForm(action=HERE, csrf=CSRF, options=tuple(options), comment=own),
    )


def _coupon(sample: Sample) -> done_views.OfferView:
    worth, price = "25%", sample.plans[1][2] * sample.quantity
    return done_views.OfferView(
        title=sample.count("{worth} off for {number} month", "{worth} off for {number} months", 3, worth=worth),
        facts=(
            sample.say(
                "Your next invoice on {date} is {amount} instead of {before}.",
                date=sample.day(RENEWAL),
                amount=sample.amount(price * 3 // 4),
                before=sample.amount(price),
            ),
            sample.say(
                "The discount ends on {date}. From then on it is {price} again.",
                date=sample.day(_SPRING),
                price=sample.amount(price),
            ),
        ),
        button=sample.say("Keep my plan with {worth} off", worth=worth),
        action=HERE,
    )


def _pause_offer(sample: Sample) -> done_views.OfferView:
    return done_views.OfferView(
        title=sample.count("A pause of {number} month", "A pause of {number} months", 2),
        facts=(
            sample.say("Nothing is charged while it is paused."),
            _credit(sample),
            _then(sample, _JANUARY),
            sample.say("You can resume at any time before."),
        ),
        button=sample.count(
            "Keep my plan with a pause of {number} month", "Keep my plan with a pause of {number} months", 2
        ),
        action=HERE,
    )


def _credit(sample: Sample) -> str:
    return sample.say(
        "{amount} for the time that you do not use is taken off your next invoice.", amount=sample.amount(4_120)
    )


def _then(sample: Sample, day: date) -> str:
    return sample.say(
        "Goes on by itself on {date}. The invoice of that day is {amount}.",
        date=sample.day(day),
        amount=sample.amount(7_880),
    )


def _pause(sample: Sample, days: tuple[date, ...]) -> pause_views.PausePage:
    name, _, price = sample.plans[1]
    return pause_views.PausePage(
        action=HERE,
        csrf=CSRF,
        name=name,
        price=sample.monthly(price * sample.quantity),
        facts=(
            sample.say("Nothing is charged while it is paused."),
            _credit(sample),
            sample.say("You can resume at any time before."),
        ),
        choices=tuple(
            pause_views.PauseChoice(
                value=str(day),
                title=sample.say("Until {date}", date=sample.day(day)),
                detail=_then(sample, day),
                selected=day == _JANUARY,
            )
            for day in days
        ),
        back_url=HERE,
    )


def _move(sample: Sample, days: tuple[date, ...]) -> pause_views.MovePausePage:
    pause = _pause(sample, days)
    return pause_views.MovePausePage(
        action=HERE,
        csrf=CSRF,
        name=pause.name,
        price=pause.price,
        present=sample.say("Until {date}", date=sample.day(_FEBRUARY)),
        facts=(sample.say("Nothing is due today."), pause.facts[0], pause.facts[2]),
        choices=pause.choices,
        back_url=HERE,
    )


def _started(sample: Sample) -> done_views.DonePage:
    (name, _, price), say = sample.plans[1], sample.say
    amount, began = sample.amount(price * sample.quantity), sample.day(date(2026, 12, 14))
    due, coming = sample.day(date(2026, 12, 28)), listed((sample.day(_JANUARY), amount), sample.locale)
    return done_views.DonePage(
        title=say("Your plan runs again"),
        sentences=(
            say("It began on {date} and renews by itself until you cancel it.", date=began),
            say("We send you an invoice over {amount}, payable by {date}.", amount=amount, date=due),
        ),
        details=(
            views.Detail(label=say("Plan"), value=name),
            views.Detail(label=say("Price"), value=sample.monthly(price * sample.quantity)),
            views.Detail(label=say("Next invoice"), value=coming),
        ),
        home_url=HERE,
        invoice_url=HERE,
    )


def _paused(sample: Sample) -> done_views.DonePage:
    return done_views.DonePage(
        title=sample.say("Your plan is paused"),
        sentences=(
            sample.say("It goes on by itself on {date}.", date=sample.day(_JANUARY)),
            sample.say("Nothing is charged until then. You can resume it on the billing page at any time."),
        ),
        home_url=HERE,
    )


def _resume(sample: Sample) -> pause_views.ResumePage:
    name, _, price = sample.plans[1]
    return pause_views.ResumePage(
        action=HERE,
        csrf=CSRF,
        quote_id="quote_1",
        name=name,
        price=sample.monthly(price * sample.quantity),
        due_today=sample.amount(7_880),
        due_today_note=sample.say("You receive an invoice, payable by {date}.", date=sample.day(date(2026, 12, 28))),
        next_label=sample.say("On {date}", date=sample.day(_JANUARY)),
        next_amount=sample.amount(price * sample.quantity),
        facts=(sample.say("If you do nothing, it goes on by itself on {date}.", date=sample.day(_MARCH)),),
        back_url=HERE,
    )


def _stayed(sample: Sample) -> done_views.DonePage:
    coupon = _coupon(sample)
    return done_views.DonePage(
        title=sample.say("You keep your plan"),
        sentences=coupon.facts[1:],
        details=(
            views.Detail(label=sample.say("What we agreed"), value=coupon.title),
            views.Detail(label=sample.say("Next invoice"), value=sample.day(RENEWAL)),
        ),
        home_url=HERE,
    )
