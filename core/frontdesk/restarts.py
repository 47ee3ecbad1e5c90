"""Starting a subscription again after its end, which Stripe's portal cannot (portal_spec.md §H 12).

The rules, where no other system has documented any:

* what starts is what ended: the same items and quantities at the same prices, which never change, with the same terms
  of payment, taxes and billing mode, from now on. It is a new subscription; the ended one stays as it is;
* a trial is had once, and so are the discounts that it had. A discount that the customer has stays one;
* all its prices must still be sold;
* customers can where the configuration says so, as long as no other subscription of theirs has one of its products
  (so that nothing starts twice), and once its invoices are paid.
"""

from collections.abc import Iterator

from frontdesk import restart_refusals
from frontdesk.book import ENDED, Account, Invoice, Subscription, Terms
from frontdesk.commands import CreateSubscription, NewItem
from frontdesk.errors import Refusal
from frontdesk.portal_configuration import PortalConfiguration


def anew(ended: Subscription) -> CreateSubscription:
    """How the subscription starts again. Its tax rates are taken from it, not named here."""
    return CreateSubscription(
        items=tuple(NewItem(price=each.price, quantity=each.quantity, metadata=each.metadata) for each in ended.items),
        currency=ended.currency,
        days_until_due=ended.days_until_due,
        billing_mode=ended.billing_mode,
        payment="error_if_incomplete",
        automatic_tax=ended.automatic_tax,
        saves_method=ended.saves_method,
        description=ended.description,
        metadata=ended.metadata,
    )


def restart_bars(
    account: Account | None, ended: Subscription | None, configuration: PortalConfiguration, terms: Terms
) -> Iterator[Refusal]:
    """Why a customer cannot start this subscription again."""
    if account is None or ended is None:
        # What is not there is said to be that, whatever the configuration says.
        return
    if not configuration.frontdesk.restart.enabled:
        yield restart_refusals.restart_disabled()
    live = [each for each in account.subscriptions if each.status not in ENDED]
    if any(products_of(ended, terms) & products_of(each, terms) for each in live):
        yield restart_refusals.had_already(ended.id)
    if any(is_owed(each) for each in account.invoices if each.subscription == ended.id):
        yield restart_refusals.owed_for(ended.id)


def is_owed(invoice: Invoice) -> bool:
    """Whether something of an issued invoice is still to be paid."""
    return invoice.status in ("open", "uncollectible") and invoice.amount_remaining > 0


def products_of(subscription: Subscription, terms: Terms) -> set[str]:
    """The products of a subscription's items."""
    prices = (terms.prices.get(each.price) for each in subscription.items)
    return {each.product for each in prices if each is not None}
