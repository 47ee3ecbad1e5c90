"""`/v1/customers`."""

from collections.abc import Mapping
from typing import Any

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from frontdesk import billing_details, customer_tax_ids, customers, giving_discounts, invoices
from frontdesk.book import Address, Customer, CustomField, Shipping
from frontdesk.commands import BillingDetails, CreateCustomer
from frontdesk.errors import Refused
from frontdesk.given_ids import id_given
from frontdesk.invoice_commands import AdjustBalance
from frontdesk.money import amount_from_stripe
from frontdesk.tax_id_types import MAXIMUM, TYPES
from frontdesk.tax_ids import TaxId
from frontdesk.tax_refusals import location_needed
from frontdesk_tenants import listings
from frontdesk_tenants.tax_id_checks import ask_later
from frontdesk_web.api.calls import CREATED, CURSOR, Call, Endpoint, list_of, metadata_change, new_metadata
from frontdesk_web.api.card_parameters import give_methods
from frontdesk_web.api.discount_parameters import ONE, as_named, choices
from frontdesk_web.api.errors import ApiError, exclusive_params, missing_param, no_such, no_such_named
from frontdesk_web.api.parameters import LARGEST, Absent, Choice, Group, Many, Metadata, Required, Text, Whole
from frontdesk_web.api.renamed_params import renamed_params
from frontdesk_web.api.shapes.values import ACCOUNT_PREFIX, customer_id
from frontdesk_web.api.views import show_all, show_stored

ADDRESS: dict[str, Any] = dict.fromkeys(
    ("city", "country", "line1", "line2", "postal_code", "state"), Text(clears=True)
)
CUSTOM_FIELDS = Many(
    of=Group(of={"name": Required(Text(maximum=40)), "value": Required(Text(maximum=140))}), clears=True, maximum=4
)
NAMES: dict[str, Any] = {"customer": Text(maximum=255), "customer_account": Text(maximum=255)}
"""A customer by either of its two names."""
NEW_TAX_ID: dict[str, Any] = {"type": Required(Choice(of=TYPES)), "value": Required(Text(maximum=MAXIMUM))}
"""What a tax id is made of."""
_SOURCES = Absent(
    what="Sources are",
    instead="Attach a payment method and name it in `invoice_settings[default_payment_method]`.",
)
UPDATE: dict[str, Any] = {
    "address": Group(of=ADDRESS, clears=True),
    "balance": Whole(minimum=-LARGEST),
    "business_name": Absent(what="A business name beside the `name` is"),
    "cash_balance": Absent(what="Cash balances are"),
    "coupon": ONE["coupon"],
    "default_source": _SOURCES,
    "description": Text(maximum=5000, clears=True),
    "email": Text(maximum=512, clears=True),
    "individual_name": Absent(what="An individual's name beside the `name` is"),
    "invoice_prefix": Absent(what="Invoice prefixes of single customers are"),
    "invoice_settings": Group(
        of={
            "custom_fields": CUSTOM_FIELDS,
            "default_payment_method": Text(maximum=255, clears=True),
            "footer": Text(clears=True),
            "rendering_options": Absent(what="Rendering options of invoices are"),
        }
    ),
    "metadata": Metadata(),
    "name": Text(clears=True),
    "next_invoice_sequence": Absent(what="Invoice numbers of single customers are"),
    "phone": Text(clears=True),
    "preferred_locales": Many(of=Text(maximum=20), clears=True),
    "promotion_code": ONE["promotion_code"],
    "shipping": Group(
        of={"address": Required(Group(of=ADDRESS)), "name": Required(Text()), "phone": Text(clears=True)}, clears=True
    ),
    "source": _SOURCES,
    "tax": Group(
        of={
            "ip_address": Absent(what="Locations by IP address are"),
            "validate_location": Choice(of=("auto", "deferred", "immediately")),
        }
    ),
    "tax_exempt": Choice(of=("none", "exempt", "reverse"), clears=True),
}
CREATE = UPDATE | {
    "payment_method": Text(maximum=255),
    "tax_id_data": Many(of=Group(of=NEW_TAX_ID), maximum=customer_tax_ids.MOST),
    "test_clock": Text(maximum=255),
}
LIST = CURSOR | CREATED | {"email": Text(maximum=512), "test_clock": Text(maximum=255)}


async def create(call: Call) -> dict[str, Any]:
    """Add a customer. Several may share one e-mail address."""
    details = details_of(call.given, new_metadata(call.given) if "metadata" in call.given else UNSET)
    id_ = call.ids("cus")
    tax_ids = _tax_ids(call, id_)
    _check_location(call, details.address)
    id_ = await open_account(call, replace(details, tax_ids=tax_ids or UNSET), call.given.get("test_clock"), id_)
    async with call.transaction() as connection:
        await ask_later(connection, call.site.tenancy, call.door, id_, tax_ids)
    await give_methods(call, id_, call.given.get("payment_method"), call.given)
    await _give_discount(call, id_)
    await _set_balance(call, id_)
    return await show_stored(call, "customer", id_)


async def retrieve(call: Call) -> dict[str, Any]:
    """One customer; of a deleted one, that it was deleted."""
    await call.stored("customer", _in_path(call))
    return await show_stored(call, "customer", _in_path(call))


async def update(call: Call) -> dict[str, Any]:
    """Change a customer's details."""
    stored = await present(call, _in_path(call))
    metadata = metadata_change(call.given, stored.metadata) if "metadata" in call.given else UNSET
    details = details_of(call.given, metadata)
    _check_location(call, stored.address if details.address is UNSET else details.address)
    await change_details(call, stored.id, details)
    await give_methods(call, stored.id, None, call.given)
    await _give_discount(call, stored.id)
    await _set_balance(call, stored.id)
    return await show_stored(call, "customer", stored.id)


async def delete(call: Call) -> dict[str, Any]:
    """Close an account: its subscriptions end now, its invoices stay."""
    stored = await present(call, _in_path(call))
    async with call.desk(stored.id) as desk:
        await customers.delete(desk)
    return await show_stored(call, "customer", stored.id)


async def list_all(call: Call) -> dict[str, Any]:
    """Customers, newest first."""
    async with call.transaction() as connection:
        # Stripe's rule: who is on a test clock is listed where the clock is named.
        page = await listings.customers(
            connection,
            call.cursor(),
            email=call.given.get("email"),
            test_clock=call.given.get("test_clock", "any" if call.livemode else "none"),
        )
        return list_of("/v1/customers", page, await show_all(call, connection, "customer", page.items))


async def open_account(
    call: Call, details: BillingDetails, test_clock: str | None = None, id_: str | None = None
) -> str:
    """Make a customer, who may live on a test clock; returns the id that it has, which may be another than `id_`."""
    command = CreateCustomer(id=id_ or call.ids("cus"), details=details)
    async with call.desk(None, test_clock) as desk:
        return id_given(command, await customers.create(desk, command))


async def change_details(call: Call, id_: str, details: BillingDetails) -> None:
    """Change what was given of a customer's details."""
    if details != BillingDetails():
        async with call.desk(id_) as desk:
            await billing_details.update(desk, details)


def _in_path(call: Call) -> str:
    """The customer of the path, who may be named by the account's id too, as at Stripe."""
    given = call.path["customer"]
    return customer_id(given) if given.startswith(ACCOUNT_PREFIX) else given


def _check_location(call: Call, address: Address | UnsetType | None) -> None:
    """Raises Refused where the location is to be looked at now, and there is none that tax could be worked out for."""
    asked = (call.given.get("tax") or {}).get("validate_location")
    if asked == "immediately" and not (isinstance(address, Address) and address.country):
        raise Refused(location_needed())


def made_tax_id(call: Call, given: Mapping[str, Any], customer: str, param: str) -> TaxId:
    """A customer's tax id as it is given. Raises Refused."""
    return customer_tax_ids.new_tax_id(
        customer_tax_ids.id_for(customer, call.ids("txi")),
        given["type"],
        given["value"],
        call.now,
        livemode=call.livemode,
        param=param,
    )


def _tax_ids(call: Call, customer: str) -> tuple[TaxId, ...]:
    """The tax ids that a customer begins with."""
    made: tuple[TaxId, ...] = ()
    for place, each in enumerate(call.given.get("tax_id_data", ())):
        new = made_tax_id(call, each, customer, f"tax_id_data[{place}][value]")
        made = customer_tax_ids.with_id(made, new)
    return made


async def _give_discount(call: Call, id_: str) -> None:
    chosen = choices(call.given)
    if chosen is not None:
        with renamed_params(as_named(call.given)):
            async with call.desk(id_) as desk:
                await giving_discounts.of_customer(desk, chosen[0] if chosen else None)


async def _set_balance(call: Call, id_: str) -> None:
    """Move the balance to what is given, in the customer's currency: see `balance_transactions`, which says more."""
    asked = call.given.get("balance")
    if asked is None:
        return
    async with call.desk(id_) as desk:
        customer = desk.account.customer
        currency = customer.currency or desk.terms.settings.currency
        try:
            moved = amount_from_stripe(asked, currency) - customer.balances.get(currency, 0)
        except ValueError as error:
            raise ApiError(str(error), code="parameter_invalid_integer", param="balance") from error
        if moved:
            with renamed_params(lambda _: "balance"):
                await invoices.adjust_balance(desk, AdjustBalance(amount=moved, currency=currency))


async def present(call: Call, id_: str, param: str | None = None) -> Customer:
    """The customer that the path (`param` None) or a parameter names. A deleted one is gone."""
    stored: Customer = await call.stored("customer", id_, param)
    if stored.deleted:
        raise no_such("customer", id_, None) if param is None else no_such_named("customer", id_, param)
    return stored


def named(given: Mapping[str, Any]) -> tuple[str, str] | None:
    """The customer's id that `customer` or `customer_account` names, and which of the two; None where neither."""
    if "customer" in given and "customer_account" in given:
        raise exclusive_params("customer", "customer_account")
    if "customer_account" in given:
        account = given["customer_account"]
        if not account.startswith(ACCOUNT_PREFIX):
            raise no_such_named("account", account, "customer_account")
        return customer_id(account), "customer_account"
    return (given["customer"], "customer") if "customer" in given else None


async def must_be_named(call: Call) -> Customer:
    """The customer that a request must name, by either name. Raises ApiError."""
    found = named(call.given)
    if found is None:
        raise missing_param("customer")
    return await present(call, *found)


def details_of(given: Mapping[str, Any], metadata: Any) -> BillingDetails:
    """The details in Stripe's parameters; what was left out stays UNSET."""
    settings = given.get("invoice_settings") or {}
    values: dict[str, Any] = {
        name: given[name] for name in ("email", "name", "phone", "description", "preferred_locales") if name in given
    }
    if "address" in given:
        values["address"] = address_of(given["address"])
    if "shipping" in given:
        values["shipping"] = shipping_of(given["shipping"])
    if "custom_fields" in settings:
        values["invoice_fields"] = tuple(CustomField(each["name"], each["value"]) for each in settings["custom_fields"])
    if "footer" in settings:
        values["invoice_footer"] = settings["footer"]
    if "tax_exempt" in given:
        values["tax_exempt"] = given["tax_exempt"] or "none"
    return BillingDetails(**values, metadata=metadata)


def address_of(given: Mapping[str, Any] | None) -> Address | None:
    """A postal address. It replaces the one that was there as a whole, as at Stripe."""
    return None if given is None else Address(**given)


def shipping_of(given: Mapping[str, Any] | None) -> Shipping | None:
    """Where goods go."""
    if given is None:
        return None
    return Shipping(
        address=address_of(given.get("address")) or Address(), name=given.get("name") or "", phone=given.get("phone")
    )


endpoints = (
    Endpoint(method="POST", path="/v1/customers", takes=CREATE, act=create),
    Endpoint(method="GET", path="/v1/customers", takes=LIST, act=list_all),
    Endpoint(method="GET", path="/v1/customers/{customer:str}", takes={}, act=retrieve),
    Endpoint(method="POST", path="/v1/customers/{customer:str}", takes=UPDATE, act=update),
    Endpoint(method="DELETE", path="/v1/customers/{customer:str}", takes={}, act=delete),
)
