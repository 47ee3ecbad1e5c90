"""Which phone number of a customer a code may be texted to.

Who has the phone can sign in. So a number counts only if the tenant set it, by API or dashboard: it has checked whom it
deals with. A customer may change the number on their billing details, and whoever sat at their open browser for a
minute may too; were codes sent there, that minute would be for ever. Such a number is billing data until the tenant
says otherwise. Changing it back makes no difference: trust ended with the change.
"""

from collections.abc import Iterable

from msgspec import UNSET
from msgspec.structs import replace

from frontdesk.book import Customer
from frontdesk.commands import BillingDetails
from frontdesk.desk import Actor


def with_trust(details: BillingDetails, present: Customer | None, actor: Actor) -> BillingDetails:
    """The details of an edit, checked, along with what becomes of the trust in the phone number.

    The API sets a number that it names, changed or not. A form of the dashboard names all fields whenever one is
    changed, so there only another number counts as set; `trust` is for the one that stands there.
    """
    if details.phone is UNSET:
        return replace(details, trusted_phone=UNSET)
    if actor.kind == "api":
        return replace(details, trusted_phone=details.phone)
    if present is not None and details.phone == present.phone:
        return replace(details, trusted_phone=UNSET)
    return replace(details, trusted_phone=details.phone if actor.kind == "staff" else None)


def trust(present: Customer) -> BillingDetails:
    """The edit by which staff say that the number which stands there is the customer's."""
    return BillingDetails(trusted_phone=present.phone)


def number_for_codes(customers: Iterable[Customer]) -> str | None:
    """Where a code for an address may be texted, given all open customers that have the address.

    The code opens every one of them (`frontdesk.sign_in`), so all must have the same number, trusted. None otherwise.
    """
    numbers = {each.trusted_phone if each.trusted_phone == each.phone else None for each in customers}
    return numbers.pop() if len(numbers) == 1 else None
