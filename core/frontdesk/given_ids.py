"""Ids of what a command made. The caller proposes one; a remote backend may have given another (Stripe's prices and
customers have Stripe's ids), so whoever goes on reads the id from the answer."""

from frontdesk.catalogue_commands import CatalogueCommand, CreatePrice, CreatePromotionCode, CreateTaxRate
from frontdesk.changes import Changes
from frontdesk.commands import CreateCustomer


def id_given(command: CatalogueCommand | CreateCustomer, changes: Changes) -> str:
    """The id that what the command made has now. Of products and coupons it is always the one that was proposed."""
    made: tuple[str, ...] = ()
    match command:
        case CreateCustomer():
            made = () if changes.customer is None else (changes.customer.id,)
        case CreatePrice():
            made = tuple(each.id for each in changes.prices)
        case CreatePromotionCode():
            made = tuple(each.id for each in changes.promotion_codes)
        case CreateTaxRate():
            made = tuple(each.id for each in changes.tax_rates)
    # A price that gave up its lookup key may be told of beside the new one.
    return command.id if command.id in made or len(made) != 1 else made[0]
