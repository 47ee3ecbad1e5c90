"""Opening, editing and closing an account."""

from datetime import datetime

from msgspec import UNSET
from msgspec.structs import asdict, replace

from frontdesk.book import Account, Customer
from frontdesk.catalogue import merge_metadata
from frontdesk.changes import Changes
from frontdesk.commands import BillingDetails, CreateCustomer, DeleteCustomer, UpdateBillingDetails
from frontdesk.events import CustomerCreated, CustomerDeleted, CustomerUpdated
from frontdesk_invoice_only.ends import end
from frontdesk_invoice_only.page import Page
from frontdesk_invoice_only.refusals import customer_exists


def open_account(account: Account | None, command: CreateCustomer, now: datetime) -> Changes:
    """A new customer. Raises Refused if there is one with this id."""
    if account is not None:
        raise customer_exists(command.id)
    customer = edited(Customer(id=command.id, created=now), command.details)
    return Changes(customer=customer, events=(CustomerCreated(customer=customer.id, at=now),))


def update_details(page: Page, command: UpdateBillingDetails) -> None:
    """Change what was given. Nothing new is said if everything stays as it is."""
    before = page.customer
    after = edited(before, command.details)
    fields = tuple(name for name in BillingDetails.__struct_fields__ if getattr(before, name) != getattr(after, name))
    if fields:
        page.save_customer(after)
        page.tell(CustomerUpdated(customer=before.id, at=page.now, fields=fields))


def delete_customer(page: Page, command: DeleteCustomer) -> None:
    """Close the account: subscriptions end now, without credit; issued invoices stay as they are, drafts go.

    Its payment methods are let go, as at Stripe: nobody is charged by them any more.
    """
    for subscription in tuple(page.live()):
        end(page, subscription, page.now)
    for draft in page.drafts():
        page.save_invoice(replace(draft, deleted=True))
    page.save_customer(replace(page.customer, payment_methods=(), default_payment_method=None, deleted=True))
    page.tell(CustomerDeleted(customer=page.customer.id, at=page.now))


def edited(customer: Customer, details: BillingDetails) -> Customer:
    """The customer with the given details; metadata is merged."""
    given = {name: value for name, value in asdict(details).items() if value is not UNSET and name != "metadata"}
    return replace(customer, **given, metadata=merge_metadata(customer.metadata, details.metadata))
