"""Tax rates: what a business charges for a state, which of them apply to a line, and what came of it.

A *tax rate* is kept by the side and named by subscriptions and their items; an *applied rate* is what a line keeps of
one, so that invoices and credits stay as they were whatever becomes of the rate. Percentage and whether it is included
in prices never change after creation (docs.stripe.com/api/tax_rates).
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Literal

from msgspec import Struct

TaxExempt = Literal["none", "exempt", "reverse"]
"""Whether a customer is taxed: yes, not at all, or in their own country by reverse charge."""
TaxType = Literal[
    "amusement_tax",
    "communications_tax",
    "gst",
    "hst",
    "igst",
    "jct",
    "lease_tax",
    "pst",
    "qst",
    "retail_delivery_fee",
    "rst",
    "sales_tax",
    "service_tax",
    "vat",
]


class TaxRate(Struct, frozen=True, kw_only=True):
    """`percentage` is from 0 to 100 with at most four decimal places; `inclusive` says that prices hold it already."""

    id: str
    display_name: str
    percentage: Decimal
    inclusive: bool
    created: datetime
    version: int = 1
    active: bool = True
    country: str | None = None
    state: str | None = None
    jurisdiction: str | None = None
    description: str | None = None
    tax_type: TaxType | None = None
    metadata: Mapping[str, str] = {}


class AppliedRate(Struct, frozen=True, kw_only=True):
    """A rate as it applies to a line: `exempt` says why nothing is charged by it after all."""

    id: str
    name: str
    percentage: Decimal
    inclusive: bool
    exempt: TaxExempt = "none"
    automatic: bool = False
    """Whether it was worked out (`frontdesk.automatic_tax`), and is none that the side keeps."""
    place: str | None = None
    """Of an automatic one: `DE`, or `CA-QC`."""
    tax_type: TaxType | None = None


class Tax(Struct, frozen=True, kw_only=True):
    """What one rate makes of a line, or of a whole invoice: `amount` on a `taxable` net amount, in minor units."""

    rate: AppliedRate
    taxable: int
    amount: int
