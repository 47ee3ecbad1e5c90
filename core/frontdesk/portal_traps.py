"""Traps of a portal configuration: what may be stored, but will not do what its author thinks (portal_spec.md §H).

Stripe stores these without a word, and its users find out from their customers: rows 6, 10, 19 and 20.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum

from msgspec import Struct

from frontdesk.book import Price, Terms
from frontdesk.portal_configuration import PortalConfiguration, SubscriptionUpdate
from frontdesk.pricing import currencies_of


def _(message: str) -> str:
    """Marks a sentence for the message catalogue."""
    return message


class Topic(StrEnum):
    """The group of settings that a warning stands beside."""

    INVOICES = "invoices"
    DETAILS = "details"
    CANCELLATIONS = "cancellations"
    PLANS = "plans"


class Trap(Struct, frozen=True, kw_only=True):
    """A trap: a message id with its places, and where it stands."""

    topic: Topic
    sentence: str
    parameters: Mapping[str, str | int] = {}


def traps(configuration: PortalConfiguration, terms: Terms) -> tuple[Trap, ...]:
    """The traps that a configuration falls into. `terms` hold the products and prices that it offers."""
    features = configuration.features
    found = list(_plan_warnings(features.subscription_update, terms))
    if not features.subscription_cancel.enabled:
        found.append(
            Trap(
                topic=Topic.CANCELLATIONS,
                sentence=_(
                    "Customers cannot cancel by themselves. In many countries they must be able to cancel as easily as"
                    " they ordered."
                ),
            )
        )
    elif (
        features.subscription_cancel.mode == "immediately" and features.subscription_cancel.proration_behavior == "none"
    ):
        found.append(
            Trap(
                topic=Topic.CANCELLATIONS,
                sentence=_(
                    "Whoever cancels loses the rest of what was paid for. Let plans end with the paid period, or credit"
                    " the unused time."
                ),
            )
        )
    if not features.invoice_history.enabled:
        found.append(
            Trap(
                topic=Topic.INVOICES,
                sentence=_("Customers find neither their invoices here nor how to pay one that is open."),
            )
        )
    if features.customer_update.enabled and "email" in features.customer_update.allowed_updates:
        found.append(
            Trap(
                topic=Topic.DETAILS,
                sentence=_(
                    "Whoever comes through the login link still cannot change the e-mail address: it is what they sign"
                    " in with. It can be changed in sessions that your program opens."
                ),
            )
        )
    return tuple(found)


def _plan_warnings(update: SubscriptionUpdate, terms: Terms) -> Iterator[Trap]:
    if not update.enabled:
        return
    offered = [terms.prices[id] for each in update.products for id in each.prices if id in terms.prices]
    if not update.products:
        yield Trap(
            topic=Topic.PLANS,
            sentence=_("No product is chosen, so customers find nothing to change to. Choose at least one below."),
        )
    if "price" in update.default_allowed_updates and len(offered) == 1:
        yield Trap(
            topic=Topic.PLANS,
            sentence=_("Only one price is chosen. Customers need a second one to change to."),
        )
    yield from _mixed(offered)
    if update.proration_behavior == "create_prorations" and _mixes_intervals(offered):
        yield Trap(
            topic=Topic.PLANS,
            sentence=_(
                "Credit and charge of a change wait for the next invoice, which for a yearly plan may be a year away."
                " Choose “bill at once” to have them on an invoice right away."
            ),
        )


def _mixed(offered: list[Price]) -> Iterator[Trap]:
    if len({each.tax_behavior for each in offered}) > 1:
        yield Trap(
            topic=Topic.PLANS,
            sentence=_(
                "Some of the chosen prices include tax and others do not. Customers can only change between prices that"
                " treat tax alike; the others are not shown to them."
            ),
        )
    if len({currencies_of(each) for each in offered}) > 1:
        yield Trap(
            topic=Topic.PLANS,
            sentence=_("The chosen prices are in several currencies. Each customer is shown those in their own only."),
        )


def _mixes_intervals(offered: list[Price]) -> bool:
    return any(each.recurring is not None and each.recurring.interval == "year" for each in offered)
