"""`/v2/core/accounts`: customers under their other name. `acct_X` is `cus_X`; `contact_email` is its e-mail address."""

from collections.abc import Mapping
from typing import Any

from msgspec import UNSET

from frontdesk.book import Customer
from frontdesk.commands import BillingDetails
from frontdesk_tenants import clocks, listings
from frontdesk_tenants.paging import Cursor
from frontdesk_web.api import customers
from frontdesk_web.api.calls import Call, Endpoint, metadata_change, new_metadata
from frontdesk_web.api.errors import ApiError, no_such, no_such_named
from frontdesk_web.api.parameters import Absent, Choice, Flag, Group, Many, Metadata, Text, Whole
from frontdesk_web.api.shapes.customers import account
from frontdesk_web.api.shapes.values import ACCOUNT_PREFIX, account_id, customer_id

INCLUDED = (
    "configuration.customer",
    "configuration.merchant",
    "configuration.recipient",
    "defaults",
    "future_requirements",
    "identity",
    "requirements",
)
_INCLUDE = {"include": Many(of=Choice(of=INCLUDED))}
_CUSTOMER = Group(
    of={
        "applied": Flag(),
        "automatic_indirect_tax": Group(
            of={
                "exempt": Choice(of=("none", "exempt", "reverse"), clears=True),
                "ip_address": Absent(what="Locations by IP address are"),
                "validate_location": Absent(what="Validating a location while an account is saved is"),
            }
        ),
        "billing": Group(
            of={
                "default_payment_method": Absent(what="Payment methods are"),
                "invoice": Group(
                    of={
                        "custom_fields": customers.CUSTOM_FIELDS,
                        "footer": Text(clears=True),
                        "next_sequence": Absent(what="Invoice numbers of single customers are"),
                        "prefix": Absent(what="Invoice prefixes of single customers are"),
                        "rendering": Absent(what="Rendering options of invoices are"),
                    }
                ),
            }
        ),
        "capabilities": Absent(what="Capabilities of accounts are"),
        "shipping": Group(
            of={"address": Group(of=customers.ADDRESS), "name": Text(clears=True), "phone": Text(clears=True)},
            clears=True,
        ),
        "test_clock": Text(maximum=255),
    },
    clears=True,
)
WRITE: dict[str, Any] = _INCLUDE | {
    "account_token": Absent(what="Account tokens are"),
    "configuration": Group(
        of={
            "customer": _CUSTOMER,
            "merchant": Absent(what="Accounts that sell are"),
            "recipient": Absent(what="Accounts that are paid out are"),
        }
    ),
    "contact_email": Text(maximum=512, clears=True),
    "contact_phone": Text(clears=True),
    "dashboard": Absent(what="Dashboards for customers are", harmless=("", "none")),
    "defaults": Absent(what="Defaults of accounts are"),
    "display_name": Text(clears=True),
    "identity": Absent(what="Identities of accounts are"),
    "metadata": Metadata(),
}
LIST: dict[str, Any] = {
    "applied_configurations": Many(of=Choice(of=("customer", "merchant", "recipient"))),
    "closed": Flag(),
    "limit": Whole(minimum=1, maximum=100),
    "page": Text(maximum=300),
}


async def create(call: Call) -> dict[str, Any]:
    """Open an account as a customer."""
    details = _details(call.given, new_metadata(call.given) if "metadata" in call.given else UNSET)
    return await _shown(call, await customers.open_account(call, details, _test_clock(call.given)))


async def retrieve(call: Call) -> dict[str, Any]:
    """One account; a closed one too."""
    return await _shown(call, (await _stored(call)).id)


async def update(call: Call) -> dict[str, Any]:
    """Change an account."""
    stored = await _stored(call)
    if stored.deleted:
        raise no_such("account", call.path["id"], None)
    if _test_clock(call.given) is not None:
        raise ApiError(
            "An account is put on a test clock when it is created.", param="configuration[customer][test_clock]"
        )
    metadata = metadata_change(call.given, stored.metadata) if "metadata" in call.given else UNSET
    await customers.change_details(call, stored.id, _details(call.given, metadata))
    return await _shown(call, stored.id)


async def list_all(call: Call) -> dict[str, Any]:
    """Accounts, newest first, in Stripe's second way of paging: by addresses of pages."""
    given = call.given
    limit = given.get("limit", 20)
    wanted = given.get("applied_configurations", ())
    if wanted and "customer" not in wanted:
        return {"data": [], "next_page_url": None, "previous_page_url": None}
    after, page_of = given.get("page"), given.get("closed", False)
    if after is not None and not after.startswith(ACCOUNT_PREFIX):
        raise no_such_named("page", after, "page")
    cursor = Cursor(limit=limit, starting_after=None if after is None else customer_id(after))
    async with call.transaction() as connection:
        page = await listings.customers(connection, cursor, deleted=page_of)
    following = None
    if page.has_more:
        following = f"/v2/core/accounts?limit={limit}&page={account_id(page.items[-1].id)}"
        following += "&closed=true" if page_of else ""
    return {
        "data": [account(each, call.livemode, ()) for each in page.items],
        "next_page_url": following,
        "previous_page_url": None,
    }


async def _stored(call: Call) -> Customer:
    id_ = call.path["id"]
    if not id_.startswith(ACCOUNT_PREFIX):
        raise no_such("account", id_, None)
    async with call.transaction() as connection:
        found = await listings.find(connection, "customer", customer_id(id_))
    if found is None:
        raise no_such("account", id_, None)
    return found  # type: ignore[no-any-return]


async def _shown(call: Call, id_: str) -> dict[str, Any]:
    stored = await call.stored("customer", id_)
    async with call.transaction() as connection:
        on_clocks = await clocks.of_customers(connection, (id_,))
    return account(stored, call.livemode, call.given.get("include", ()), on_clocks.get(id_))


def _test_clock(given: Mapping[str, Any]) -> str | None:
    named: str | None = ((given.get("configuration") or {}).get("customer") or {}).get("test_clock")
    return named


def _details(given: Mapping[str, Any], metadata: Any) -> BillingDetails:
    renamed = {"contact_email": "email", "contact_phone": "phone", "display_name": "name"}
    values: dict[str, Any] = {ours: given[theirs] for theirs, ours in renamed.items() if theirs in given}
    configuration = (given.get("configuration") or {}).get("customer") or {}
    invoice = (configuration.get("billing") or {}).get("invoice")
    if invoice is not None:
        values["invoice_settings"] = invoice
    if "shipping" in configuration:
        values["shipping"] = configuration["shipping"]
    tax = configuration.get("automatic_indirect_tax") or {}
    if "exempt" in tax:
        values["tax_exempt"] = tax["exempt"]
    return customers.details_of(values, metadata)


endpoints = (
    Endpoint(method="POST", path="/v2/core/accounts", takes=WRITE, act=create, body="json"),
    Endpoint(method="GET", path="/v2/core/accounts", takes=LIST, act=list_all, body="json"),
    Endpoint(method="GET", path="/v2/core/accounts/{id:str}", takes=_INCLUDE, act=retrieve, body="json"),
    Endpoint(method="POST", path="/v2/core/accounts/{id:str}", takes=WRITE, act=update, body="json"),
)
