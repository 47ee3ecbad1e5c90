"""What a side says of its taxes: where it is registered, what its products are, and the rates that hold there.

Rates are written down beside the registrations when they are saved, and looked at again once a day: so bills, quotes
and pages work tax out from data alone, and no rate changes while a bill is made.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from msgspec import Struct

from frontdesk.tax_rates import TaxType

Scheme = Literal["standard", "oss_union", "oss_non_union"]
"""How a business is registered: in the place itself, or with one country of the EU for consumers in all of them."""
DefaultTaxBehavior = Literal["exclusive", "inclusive", "inferred_by_currency"]
"""For prices that do not say it; inferred: USD and CAD exclusive, else inclusive (Stripe's three)."""


class Registration(Struct, frozen=True, kw_only=True):
    """A business collects tax in a place from `active_from` until before `expires_at` (None: without an end).

    `state` is set where rates go by state, in the letters of ISO 3166-2 after the hyphen ("QC").
    """

    id: str
    country: str
    created: datetime
    active_from: datetime
    state: str | None = None
    scheme: Scheme = "standard"
    expires_at: datetime | None = None

    @property
    def place(self) -> str:
        """`DE`, or `CA-QC`."""
        return place_name(self.country, self.state)

    def holds(self, at: datetime) -> bool:
        """Whether tax is collected by it at an instant."""
        return self.active_from <= at and (self.expires_at is None or at < self.expires_at)


class PlaceRate(Struct, frozen=True, kw_only=True):
    """A rate of a place from the day `since` on, until a later row of the same kind.

    `codes` are the tax codes that it is for; empty for everything that no other row names. `in_state` says that it is
    for customers in that state. `percentage` None means that what it is for is not taxed there.
    """

    name: str
    tax_type: TaxType
    percentage: Decimal | None
    since: date
    codes: tuple[str, ...] = ()
    in_state: str | None = None


class TaxSettings(Struct, frozen=True, kw_only=True):
    """`automatic` is what new subscriptions and invoices begin with. `rates` are those of the registered places, of
    all countries of the EU where one is registered for them at once; `codes` the tax codes that are known (empty:
    all)."""

    automatic: bool = False
    preset_code: str | None = None
    behavior: DefaultTaxBehavior = "exclusive"
    registrations: tuple[Registration, ...] = ()
    rates: Mapping[str, tuple[PlaceRate, ...]] = {}
    codes: tuple[str, ...] = ()


def place_name(country: str, state: str | None) -> str:
    """`DE`, or `CA-QC`."""
    return f"{country}-{state}" if state else country
