"""Where the pages of customers are, and the customer, subscription or invoice that a path names."""

import re

from litestar.exceptions import NotFoundException
from litestar.response import Redirect

from frontdesk.book import Account, Customer, Invoice, Subscription
from frontdesk_tenants import book, listings
from frontdesk_tenants.database import SideTransaction
from frontdesk_tenants.invoice_reads import read_invoice
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.portal.answers import known_id
from frontdesk_web.site import Site

PLACE = "customers"
"""The key of the customers' entry in the navigation."""
CUSTOMERS = "/dashboard/{portal:str}/customers"
CUSTOMER = CUSTOMERS + "/{customer:str}"
SUBSCRIPTION = CUSTOMER + "/subscriptions/{subscription:str}"
INVOICE = CUSTOMER + "/invoices/{invoice:str}"
TYPED_AT_MOST = 5000
"""Characters of a field that are read at all; what is longer is refused by the rules of the field anyway."""

_DONE = re.compile(r"[a-z-]{1,30}", re.ASCII)


def customers_path(visit: StaffVisit, *rest: str) -> str:
    """The path of the list, or of a page below it."""
    return visit.path("customers", *rest)


def invoice_path(visit: StaffVisit, invoice: Invoice, *rest: str) -> str:
    """The path of an invoice's page, or of one below it."""
    return customers_path(visit, invoice.customer, "invoices", invoice.id, *rest)


def done_path(visit: StaffVisit, customer: str, done: str) -> str:
    """The page of a customer, saying what was done."""
    return f"{customers_path(visit, customer)}?done={done}"


def to_customer(visit: StaffVisit, customer: str, done: str) -> Redirect:
    """Lead to the page of a customer, saying what was done."""
    return Redirect(done_path(visit, customer, done), status_code=303)


def done(request: AnyRequest) -> str:
    """What was done just now, as the address says; empty for nothing."""
    found = request.query_params.get("done", "")
    return found if _DONE.fullmatch(found) else ""


async def read_customer(connection: SideTransaction, customer: str) -> Customer:
    """The customer that a path names, closed ones too. Raises NotFoundException."""
    found: Customer | None = await listings.find(connection, "customer", known_id(customer))
    if found is None:
        raise NotFoundException
    return found


async def read_open_customer(connection: SideTransaction, customer: str) -> Customer:
    """The customer that a path names, where the account is not closed. Raises NotFoundException."""
    found = await read_customer(connection, customer)
    if found.deleted:
        raise NotFoundException
    return found


async def open_customer(site: Site, visit: StaffVisit, customer: str) -> Customer:
    """`read_open_customer` in a transaction of its own."""
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        return await read_open_customer(connection, customer)


async def owned_invoice(connection: SideTransaction, owner: Customer, invoice: str) -> Invoice:
    """The customer's invoice that a path names, in whatever status. Raises NotFoundException."""
    found = await read_invoice(connection, owner.id, known_id(invoice))
    if found is None:
        raise NotFoundException
    return found


async def read_owned(site: Site, visit: StaffVisit, customer: str, invoice: str) -> tuple[Customer, Invoice]:
    """An invoice in whatever status, and whose it is. Raises NotFoundException, for closed accounts too."""
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        owner = await read_open_customer(connection, customer)
        return owner, await owned_invoice(connection, owner, invoice)


async def read_subscription(
    connection: SideTransaction, customer: str, subscription: str
) -> tuple[Account, Subscription]:
    """A subscription that goes on, and its customer's account. Raises NotFoundException."""
    owner = await read_open_customer(connection, customer)
    account = await book.read_account(connection, owner.id)
    found = None if account is None else account.subscription(known_id(subscription))
    if account is None or found is None:
        raise NotFoundException
    return account, found
