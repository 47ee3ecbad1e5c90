"""Tax ids of customers, and the three states in which one is known: verified, unverified, or not known yet.

Stripe has a fourth word for the third: `pending` is being asked about, `unavailable` could not be asked about. Neither
says that an id is wrong (docs.stripe.com/billing/customer/tax-ids).
"""

from datetime import datetime
from typing import Literal

from msgspec import Struct

TaxIdStatus = Literal["pending", "verified", "unverified", "unavailable"]


class Verification(Struct, frozen=True, kw_only=True):
    """What a register said of a tax id, when, and whom it knows by it."""

    status: TaxIdStatus
    at: datetime | None = None
    name: str | None = None
    address: str | None = None
    by: str | None = None
    """The checker that said so, or `staff`."""


class TaxId(Struct, frozen=True, kw_only=True):
    """A tax id: `type` is one of Stripe's words ("eu_vat"), `value` as it was given. `verification` is None where no
    register is asked about its type."""

    id: str
    type: str
    value: str
    created: datetime
    country: str | None = None
    verification: Verification | None = None

    @property
    def verified(self) -> bool:
        """Whether a register knows it. What is not known is not verified, and not wrong either."""
        return self.verification is not None and self.verification.status == "verified"
