"""What a tenant's offers to stay may say; `frontdesk.portal_configuration_rules` asks here."""

from collections.abc import Iterator, Mapping
from typing import get_args

from frontdesk.billing import Capabilities, Capability
from frontdesk.book import Terms
from frontdesk.configuration_refusals import setting_invalid
from frontdesk.errors import Refusal
from frontdesk.item_refusals import price_inactive, price_not_recurring
from frontdesk.portal_configuration import CancellationReason
from frontdesk.refusals import no_such
from frontdesk.retention import LONGEST_PAUSE, LONGEST_WAIT, RULES, OfferRule, RetentionSettings, StayOffer
from frontdesk.sentences import _

PARAM = "frontdesk[retention]"
_NEEDS: Mapping[str, Capability] = {
    "coupon": Capability.DISCOUNTS,
    "pause": Capability.PAUSE,
    "plan": Capability.PUT_OFF,
}
_REASONS: tuple[str, ...] = get_args(CancellationReason)


def retention_faults(
    settings: RetentionSettings,
    before: RetentionSettings | None,
    terms: Terms,
    capabilities: Capabilities,
    own_reasons: frozenset[str],
) -> Iterator[Refusal]:
    """Everything that is wrong with the offers. Rules that stay as they were `before` are not looked at again: a coupon
    deleted since must not stand in the way of another setting. `own_reasons` are the tenant's own that can be chosen.
    """
    if before == settings:
        return
    if not 0 <= settings.again_after_months <= LONGEST_WAIT:
        yield setting_invalid(
            "retention_wait",
            _("Enter from 0 to {maximum} months until an offer is made to the same customer again."),
            f"{PARAM}[again_after_months]",
            maximum=LONGEST_WAIT,
        )
    known = () if before is None else before.rules
    for name, rules in (("before", settings.before), ("after", settings.after)):
        if len(rules) > RULES:
            yield setting_invalid(
                "too_many_offers", _("There can be at most {maximum} offers."), f"{PARAM}[{name}]", maximum=RULES
            )
        for place, rule in enumerate(rules):
            if rule not in known:
                yield from _rule_faults(rule, f"{PARAM}[{name}][{place}]", terms, own_reasons)
                yield from _lacking(rule.offer, capabilities, f"{PARAM}[{name}][{place}]")


def _rule_faults(rule: OfferRule, param: str, terms: Terms, own_reasons: frozenset[str]) -> Iterator[Refusal]:
    yield from _offer_faults(rule.offer, f"{param}[offer]", terms)
    yield from _whole(rule.offer, f"{param}[offer]")
    if rule.from_months < 0 or (rule.to_months is not None and rule.to_months <= rule.from_months):
        yield setting_invalid(
            "tenure_empty",
            _("The second number of months must be greater than the first, else the offer fits nobody."),
            f"{param}[to_months]",
        )
    for id in rule.products:
        if id not in terms.products:
            yield no_such("product", id, f"{param}[products]")
    for reason in rule.reasons:
        if reason not in _REASONS and reason not in own_reasons:
            yield no_such("feedback option", reason, f"{param}[reasons]")


def _offer_faults(offer: StayOffer, param: str, terms: Terms) -> Iterator[Refusal]:
    if offer.coupon is not None:
        coupon = terms.coupons.get(offer.coupon)
        if coupon is None or coupon.deleted:
            yield no_such("coupon", offer.coupon, f"{param}[coupon]")
    if offer.months is not None and not 1 <= offer.months <= LONGEST_PAUSE:
        yield setting_invalid(
            "pause_too_long",
            _("A pause lasts from 1 to {maximum} months."),
            f"{param}[months]",
            maximum=LONGEST_PAUSE,
        )
    if offer.price is not None:
        price = terms.prices.get(offer.price)
        if price is None:
            yield no_such("price", offer.price, f"{param}[price]")
        elif not price.active:
            yield price_inactive(price.id, f"{param}[price]")
        elif price.recurring is None:
            yield price_not_recurring(price.id, f"{param}[price]")


def _whole(offer: StayOffer, param: str) -> Iterator[Refusal]:
    if not offer.is_whole:
        yield setting_invalid(
            "offer_incomplete", _("Say what is offered: a coupon, the months of a pause, or a smaller plan."), param
        )


def _lacking(offer: StayOffer, capabilities: Capabilities, param: str) -> Iterator[Refusal]:
    needed = _NEEDS[offer.type]
    if needed not in capabilities.can:
        yield setting_invalid(
            "not_supported", "The billing backend cannot do this: {capability}.", param, capability=needed.value
        )
