"""A customer changes the address that they sign in with: proven by a code to the new one, told to the old one.

Only a session that the tenant's own program made may do it: whoever came by a code to the old address alone could
otherwise take an account along with a mailbox (portal_spec.md §B.4, trust.md §A1). The new address counts once its code
was typed in the same session. The old one gets a letter by which the change can be taken back for a week: whoever
changed it meanwhile has to have done so through this portal too, or else the tenant's word stands.

Nothing of this depends on whether somebody has the new address already: several customers may share one.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec import Struct

from frontdesk.addresses import fold
from frontdesk.book import Customer
from frontdesk.errors import Refusal

OBJECTION = timedelta(days=7)
"""How long the old address can take a change back."""


class AddressChange(Struct, frozen=True, kw_only=True):
    """A change that was asked for in a `session`. `challenge` is the code's, `former` the address before it."""

    id: str
    customer: str
    session: str
    email: str
    former: str | None
    challenge: str
    locale: str
    created: datetime
    expires_at: datetime
    confirmed_at: datetime | None = None
    objected_at: datetime | None = None


def is_new(customer: Customer, email: str) -> bool:
    """Whether an address is another one than the customer's, however either is spelt."""
    return customer.email is None or fold(email) != fold(customer.email)


def objection_fault(
    change: AddressChange, later: Iterable[AddressChange], customer: Customer, now: datetime
) -> Refusal | None:
    """Why a change cannot be taken back by its old address, or None. `later` are changes that were confirmed since.

    One who changes an address twice does not get rid of the first one's owner: whichever of those addresses stands now,
    it is taken back.
    """
    if change.objected_at is not None:
        return _fault("address_change_undone", "This change was taken back already.")
    if change.confirmed_at is None or change.former is None or now >= change.confirmed_at + OBJECTION:
        return _fault("objection_late", "This link is not valid any more. Please contact us.")
    known = {fold(each.email) for each in (change, *later)}
    if customer.deleted or customer.email is None or fold(customer.email) not in known:
        return _fault("address_moved_on", "The address was changed again since, so this link changes nothing any more.")
    return None


def masked(email: str) -> str:
    """An address as somebody else's mailbox may read it: `r…@example.com`."""
    local, _, domain = email.rpartition("@")
    return f"{local[:1]}…@{domain}"


def _fault(code: str, for_customer: str) -> Refusal:
    return Refusal(code=code, for_customer=for_customer, for_tenant=for_customer)
