"""Offers to stay, as pages say them: what one does, in amounts, months and dates, and on which button."""

from frontdesk.book import Subscription, Terms
from frontdesk.commands import ChangePlan, PauseSubscription, TakeOffer
from frontdesk.coupons import Coupon
from frontdesk.discounts import discount_of
from frontdesk.lines import full_amount
from frontdesk.plan_parts import parts_after
from frontdesk.possibilities import as_kept
from frontdesk.pricing import in_currency
from frontdesk.quotes import Quote
from frontdesk.retention import StayOffer
from frontdesk.staying import MadeOffer
from frontdesk_web.discount_words import worth_phrase
from frontdesk_web.formatting import date_long, money
from frontdesk_web.messages import translate, translate_plural
from frontdesk_web.portal.done_views import DonePage, OfferView
from frontdesk_web.portal.pause_views import credit_sentence, then_sentence
from frontdesk_web.portal.plan_done import next_invoice
from frontdesk_web.portal.subscription_cards import period_phrase, subscription_name, total_phrase
from frontdesk_web.portal.views import Detail


def offer_view(
    made: MadeOffer | None, subscription: Subscription, terms: Terms, locale: str, *, path: str
) -> OfferView | None:
    """The offer with its button, None where none is made. `path` is the subscription's, and `terms` know the offer."""
    if made is None:
        return None
    quote, present = made.quote, as_kept(subscription)
    facts = [*_facts(quote, present, terms, locale)]
    if made.offer.type == "coupon" and quote.renewal is not None and made.otherwise is not None:
        words = translate(
            locale,
            "Your next invoice on {date} is {amount} instead of {before}.",
            date=date_long(quote.renewal.at, locale),
            amount=money(quote.renewal.amount, quote.currency, locale),
            before=money(made.otherwise.amount, quote.currency, locale),
        )
        facts.insert(0, words)
    return OfferView(
        title=offer_title(quote, present, terms, locale),
        facts=tuple(facts),
        button=_button(quote, present, terms, locale),
        action=f"{path}/stay?quote={quote.id}",
    )


def stayed_page(
    quote: Quote, subscription: Subscription | None, terms: Terms, locale: str, *, home_url: str
) -> DonePage:
    """What came of an offer that was taken."""
    details = []
    sentences: tuple[str, ...] = ()
    if subscription is not None:
        title = offer_title(quote, subscription, terms, locale)
        details.append(Detail(label=translate(locale, "What we agreed"), value=title))
        sentences = tuple(_facts(quote, subscription, terms, locale))
    return DonePage(
        title=translate(locale, "You keep your plan"),
        sentences=sentences,
        details=(*details, *next_invoice(quote, locale)),
        home_url=home_url,
    )


def offer_title(quote: Quote, subscription: Subscription, terms: Terms, locale: str) -> str:
    """What is offered, in a line: `25% off for 3 months`."""
    offer = _offer(quote)
    plan = _new_plan(quote, subscription, terms, locale)
    return offer_words(offer, _coupon(offer, terms), quote.currency, plan, locale)


def offer_words(offer: StayOffer, coupon: Coupon | None, currency: str, plan: tuple[str, str], locale: str) -> str:
    """An offer in a line. `coupon` is the one that it gives, `plan` name and price of the plan that it leads to."""
    if coupon is not None:
        worth = _worth(coupon, currency, locale)
        if coupon.duration == "once":
            return translate(locale, "{worth} off your next invoice", worth=worth)
        if coupon.duration == "repeating" and coupon.duration_in_months is not None:
            return translate_plural(
                locale,
                "{worth} off for {number} month",
                "{worth} off for {number} months",
                coupon.duration_in_months,
                worth=worth,
            )
        return translate(locale, "{worth} off for as long as you keep your plan", worth=worth)
    if offer.months is not None:
        return translate_plural(locale, "A pause of {number} month", "A pause of {number} months", offer.months)
    name, price = plan
    return translate(locale, "{plan} for {price}", plan=name, price=price)


def _facts(quote: Quote, subscription: Subscription, terms: Terms, locale: str) -> list[str]:
    """What taking it does, as far as one cannot see it from its title."""
    offer = _offer(quote)
    coupon = _coupon(offer, terms)
    if coupon is not None:
        end = discount_of("", coupon, quote.at).end
        if end is None:
            return []
        price = total_phrase(subscription, terms, locale)
        date = date_long(end, locale)
        return [
            translate(locale, "The discount ends on {date}. From then on it is {price} again.", date=date, price=price)
        ]
    command = quote.command
    assert isinstance(command, TakeOffer)
    if isinstance(command.act, PauseSubscription):
        return [
            translate(locale, "Nothing is charged while it is paused."),
            *credit_sentence(quote, locale),
            then_sentence(quote, locale),
            translate(locale, "You can resume at any time before."),
        ]
    if quote.renewal is None:
        return []
    name, price = _new_plan(quote, subscription, terms, locale)
    return [
        translate(
            locale,
            "You keep {plan} until {date}. Then {new} begins, for {price}.",
            plan=subscription_name(subscription, terms),
            date=date_long(quote.renewal.at, locale),
            new=name,
            price=price,
        ),
        translate(locale, "You can take the change back until then, on the billing page."),
    ]


def _button(quote: Quote, subscription: Subscription, terms: Terms, locale: str) -> str:
    offer = _offer(quote)
    coupon = _coupon(offer, terms)
    if coupon is not None:
        return translate(locale, "Keep my plan with {worth} off", worth=_worth(coupon, quote.currency, locale))
    if offer.months is not None:
        return translate_plural(
            locale,
            "Keep my plan with a pause of {number} month",
            "Keep my plan with a pause of {number} months",
            offer.months,
        )
    name, _ = _new_plan(quote, subscription, terms, locale)
    return translate(locale, "Stay with {plan}", plan=name)


def _offer(quote: Quote) -> StayOffer:
    assert isinstance(quote.command, TakeOffer)
    return quote.command.offer


def _coupon(offer: StayOffer, terms: Terms) -> Coupon | None:
    return terms.coupons.get(offer.coupon or "")


def _worth(coupon: Coupon, currency: str, locale: str) -> str:
    return worth_phrase(coupon.percent_off, coupon.amounts_off.get(currency, 0), currency, locale)


def _new_plan(quote: Quote, subscription: Subscription, terms: Terms, locale: str) -> tuple[str, str]:
    """Name and price of the plan that is offered."""
    command = quote.command
    assert isinstance(command, TakeOffer)
    if not isinstance(command.act, ChangePlan):
        return "", ""
    part = parts_after(subscription, command.act)[0]
    price = in_currency(terms.prices[part.price], subscription.currency)
    product = terms.products.get(price.product)
    amount = full_amount(terms.prices[part.price], part.quantity, subscription.currency)
    return ("" if product is None else product.name), period_phrase(price, amount, locale)
