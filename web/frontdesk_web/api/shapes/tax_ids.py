"""Tax ids of customers."""

from typing import Any

from frontdesk.tax_ids import TaxId
from frontdesk_web.api.shapes.values import account_id, unix


def tax_id(stored: TaxId, customer: str, livemode: bool) -> dict[str, Any]:
    """A tax id with what is known of it."""
    known = stored.verification
    return {
        "id": stored.id,
        "object": "tax_id",
        "country": stored.country,
        "created": unix(stored.created),
        "customer": customer,
        "customer_account": account_id(customer),
        "livemode": livemode,
        "owner": {"customer": customer, "type": "customer"},
        "type": stored.type,
        "value": stored.value,
        "verification": None
        if known is None
        else {"status": known.status, "verified_address": known.address, "verified_name": known.name},
    }
