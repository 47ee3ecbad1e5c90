"""Customers: opened, edited, closed. Tax ids have addresses of their own at Stripe."""

from collections.abc import Sequence
from typing import Any

from msgspec import UNSET

from frontdesk.book import CustomField
from frontdesk.commands import BillingDetails, CreateCustomer, DeleteCustomer, UpdateBillingDetails
from frontdesk.tax_ids import TaxId
from frontdesk_stripe.commanding import parameters
from frontdesk_stripe.commanding.doing import Doing
from frontdesk_stripe.connection import Shown, path


async def create(doing: Doing, command: CreateCustomer) -> str:
    """Open an account. Its id is Stripe's."""
    made = await _made_long_ago(doing)
    if made is None:
        params = _params(command.details)
        if command.details.tax_ids:
            params["tax_id_data"] = [{"type": each.type, "value": each.value} for each in command.details.tax_ids]
        made = await doing.post("customers", **params, metadata=doing.marked(_metadata(command.details)))
    return str(made["id"])


async def update(doing: Doing, command: UpdateBillingDetails) -> None:
    """Change details: all but tax ids in one call, then each tax id that comes or goes."""
    params, said = _params(command.details), _metadata(command.details)
    if said["metadata"]:
        params["metadata"] = said["metadata"]
    # Without anything else to say it is the key that is said: the same key must not be used for another thing.
    if params or command.details.tax_ids is UNSET:
        await doing.post("customers", doing.customer, **params)
    if command.details.tax_ids is not UNSET:
        await _have(doing, command.details.tax_ids)


async def delete(doing: Doing, command: DeleteCustomer) -> None:
    """Close the account. Stripe ends its subscriptions at once and keeps its invoices."""
    await doing.delete("customers", doing.customer)


async def _have(doing: Doing, wanted: Sequence[TaxId]) -> None:
    present = {_what(each): each["id"] for each in await doing.stripe.all(path("customers", doing.customer, "tax_ids"))}
    asked = {(each.type, each.value) for each in wanted}
    for number, (type, value) in enumerate(sorted(asked - present.keys())):
        step = f"tax-id-{type}-{value}" if len(value) < 100 else f"tax-id-{number}"
        await doing.post("customers", doing.customer, "tax_ids", step=step, type=type, value=value)
    for what in present.keys() - asked:
        await doing.delete("customers", doing.customer, "tax_ids", present[what])


def _what(given: Shown) -> tuple[str, str]:
    return given["type"], given["value"]


async def _made_long_ago(doing: Doing) -> Shown | None:
    """What the intent has made already, where Stripe may have forgotten its key: found by what it left there."""
    if not doing.is_old:
        return None
    query = f"metadata['frontdesk_intent']:'{doing.intent}'"
    found = await doing.stripe.get("/v1/customers/search", {"query": query, "limit": 1})
    return found["data"][0] if found["data"] else None


def _metadata(details: BillingDetails) -> dict[str, Any]:
    return {"metadata": parameters.metadata(details.metadata)}


def _params(details: BillingDetails) -> dict[str, Any]:
    params = parameters.given(
        email=details.email,
        name=details.name,
        phone=details.phone,
        description=details.description,
        preferred_locales=UNSET if details.preferred_locales is UNSET else list(details.preferred_locales) or "",
        tax_exempt=details.tax_exempt,
    )
    if details.address is not UNSET:
        params["address"] = parameters.address(details.address)
    if details.shipping is not UNSET:
        params["shipping"] = _shipping(details)
    settings = parameters.given(
        custom_fields=UNSET if details.invoice_fields is UNSET else _fields(details.invoice_fields),
        footer=details.invoice_footer,
    )
    if settings:
        params["invoice_settings"] = settings
    return params


def _shipping(details: BillingDetails) -> Any:
    shipping = details.shipping
    if shipping is UNSET or shipping is None:
        return ""
    return {
        "address": parameters.address(shipping.address),
        "name": shipping.name,
        **parameters.given(phone=shipping.phone),
    }


def _fields(fields: Sequence[CustomField]) -> Any:
    return [{"name": each.name, "value": each.value} for each in fields] or ""
