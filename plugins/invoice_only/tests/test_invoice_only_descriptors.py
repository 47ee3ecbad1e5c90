"""What a bank statement says of an invoice: a product's own words for what recurs, else the tenant's."""

import pytest
from billed_life import START, TERMS
from msgspec.structs import replace

from frontdesk.book import Account, Product, Terms
from frontdesk.changes import apply
from frontdesk.commands import AccountCommand, Advance, CreateCustomer, CreateSubscription, NewItem
from frontdesk.ids import CountingIds
from frontdesk.invoice_commands import CreateInvoice, CreateInvoiceItem, FinalizeInvoice, ItemCharge
from frontdesk_invoice_only.engine import bill

SEATS = Product(id="seats", name="Pro", created=START, updated=START, statement_descriptor="Pro plan")
SETUP = Product(id="setup", name="Set-up", created=START, updated=START, statement_descriptor="Set-up")


def terms(full: str | None, short: str | None) -> Terms:
    return replace(TERMS, products={"seats": SEATS, "setup": SETUP}, statement_descriptor=full, short_descriptor=short)


def lines_of(terms: Terms, *commands: AccountCommand) -> list[str | None]:
    ids = CountingIds()
    account: Account = apply(None, bill(None, terms, CreateCustomer(id="cus_1"), START, ids))
    for command in commands:
        account = apply(account, bill(account, terms, command, START, ids))
    return [each.statement_descriptor for each in account.invoices]


@pytest.mark.parametrize(
    ("full", "short", "expected"),
    [
        ("Acme Ltd", "ACME", "ACME* PRO PLAN"),
        ("Acme Ltd", None, "PRO PLAN"),
        (None, None, "PRO PLAN"),
    ],
)
def test_a_plan_has_its_products_words(full: str | None, short: str | None, expected: str) -> None:
    plan = CreateSubscription(items=(NewItem(price="ten", quantity=1),))
    assert lines_of(terms(full, short), plan, Advance()) == [expected]


def test_what_is_paid_once_has_the_tenants() -> None:
    once = (
        CreateInvoice(id="in_1"),
        CreateInvoiceItem(id="ii_1", charge=ItemCharge(price="once"), invoice="in_1"),
        FinalizeInvoice(invoice="in_1"),
    )
    assert lines_of(terms("Acme Ltd", "ACME"), *once) == ["ACME LTD"]
    assert lines_of(terms(None, None), *once) == [None]
