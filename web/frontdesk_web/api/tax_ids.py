"""`/v1/customers/:id/tax_ids` and `/v1/tax_ids`: the tax ids of customers.

An id ends in its customer's, so that one is found without the customer being named.
"""

from typing import Any

from frontdesk import customer_tax_ids
from frontdesk.book import Customer
from frontdesk.errors import Refused
from frontdesk.tax_ids import TaxId
from frontdesk_tenants import listings
from frontdesk_tenants.paging import Page
from frontdesk_tenants.tax_id_checks import ask_later
from frontdesk_web.api.calls import CURSOR, Call, Endpoint, list_of, slice_of
from frontdesk_web.api.customers import NEW_TAX_ID, made_tax_id, present
from frontdesk_web.api.errors import ApiError, missing_param, no_such
from frontdesk_web.api.parameters import Absent, Choice, Group, Required, Text
from frontdesk_web.api.shapes.tax_ids import tax_id

_OWNER = Group(
    of={
        "account": Absent(what="Connected accounts are"),
        "customer": Text(maximum=255),
        "customer_account": Text(maximum=255),
        "type": Required(Choice(of=("account", "application", "customer", "self"))),
    }
)
CREATE = NEW_TAX_ID
CREATE_FOR = NEW_TAX_ID | {"owner": _OWNER}
LIST_FOR = CURSOR | {"owner": _OWNER}
_OF_CUSTOMER = "/v1/customers/{customer:str}/tax_ids"


async def create(call: Call) -> dict[str, Any]:
    """Add a tax id to a customer."""
    return await _create(call, await present(call, call.path["customer"]))


async def create_for(call: Call) -> dict[str, Any]:
    """Add a tax id to the customer that owns it."""
    customer = await _owner(call)
    if customer is None:
        raise ApiError("Tax ids of your own account are not available yet.", param="owner[type]")
    return await _create(call, customer)


async def list_all(call: Call) -> dict[str, Any]:
    """A customer's tax ids, newest first."""
    return _list(call, await present(call, call.path["customer"]), call.path["customer"])


async def list_for(call: Call) -> dict[str, Any]:
    """The tax ids of an owner. Your own account has none."""
    customer = await _owner(call)
    if customer is None:
        return list_of("/v1/tax_ids", Page(items=(), has_more=False), [])
    return _list(call, customer, None)


async def retrieve(call: Call) -> dict[str, Any]:
    """One tax id."""
    customer, stored = await _found(call)
    return tax_id(stored, customer.id, call.livemode)


async def delete(call: Call) -> dict[str, Any]:
    """Take a tax id away. Issued invoices keep it."""
    customer, stored = await _found(call)
    async with call.desk(customer.id) as desk:
        await customer_tax_ids.remove(desk, stored.id)
    return {"id": stored.id, "object": "tax_id", "deleted": True}


async def _create(call: Call, customer: Customer) -> dict[str, Any]:
    new = made_tax_id(call, call.given, customer.id, "value")
    async with call.desk(customer.id) as desk:
        await customer_tax_ids.add(desk, new)
    async with call.transaction() as connection:
        await ask_later(connection, call.site.tenancy, call.door, customer.id, (new,))
    return tax_id(new, customer.id, call.livemode)


def _list(call: Call, customer: Customer, named: str | None) -> dict[str, Any]:
    stored = sorted(customer.tax_ids, key=lambda each: (each.created, each.id), reverse=True)
    page = slice_of(call.cursor(), stored, [each.id for each in stored])
    path = "/v1/tax_ids" if named is None else f"/v1/customers/{named}/tax_ids"
    return list_of(path, page, [tax_id(each, customer.id, call.livemode) for each in page.items])


async def _owner(call: Call) -> Customer | None:
    """The customer that is meant; None for the account itself."""
    owner = call.given.get("owner") or {"type": "self"}
    if owner["type"] == "self":
        return None
    if owner["type"] != "customer":
        raise ApiError("Connected accounts are not available yet.", param="owner[type]")
    if "customer_account" in owner:
        return await present(call, "cus_" + owner["customer_account"].removeprefix("acct_"), "owner[customer_account]")
    if "customer" not in owner:
        raise missing_param("owner[customer]")
    return await present(call, owner["customer"], "owner[customer]")


async def _found(call: Call) -> tuple[Customer, TaxId]:
    id_ = call.path["tax_id"]
    if "customer" in call.path:
        customer: Customer | None = await present(call, call.path["customer"])
    else:
        async with call.transaction() as connection:
            customer = await listings.find(connection, "customer", customer_tax_ids.owner_of(id_))
    if customer is not None and not customer.deleted:
        try:
            return customer, customer_tax_ids.found(customer.tax_ids, id_)
        except Refused:
            pass
    raise no_such("tax_id", id_, None)


endpoints = (
    Endpoint(method="POST", path=_OF_CUSTOMER, takes=CREATE, act=create),
    Endpoint(method="GET", path=_OF_CUSTOMER, takes=CURSOR, act=list_all),
    Endpoint(method="GET", path=_OF_CUSTOMER + "/{tax_id:str}", takes={}, act=retrieve),
    Endpoint(method="DELETE", path=_OF_CUSTOMER + "/{tax_id:str}", takes={}, act=delete),
    Endpoint(method="POST", path="/v1/tax_ids", takes=CREATE_FOR, act=create_for),
    Endpoint(method="GET", path="/v1/tax_ids", takes=LIST_FOR, act=list_for),
    Endpoint(method="GET", path="/v1/tax_ids/{tax_id:str}", takes={}, act=retrieve),
    Endpoint(method="DELETE", path="/v1/tax_ids/{tax_id:str}", takes={}, act=delete),
)
