"""Invoices written by hand: items, drafts, and what becomes of them."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from billed_life import END, HALF, START, Life
from msgspec.structs import replace

from frontdesk.book import CustomField
from frontdesk.commands import Advance, BillingDetails, DeleteCustomer, PayInvoice, UpdateBillingDetails
from frontdesk.events import InvoiceFinalized, InvoiceSent
from frontdesk.invoice_commands import (
    CreateInvoice,
    CreateInvoiceItem,
    DeleteInvoice,
    DeleteInvoiceItem,
    FinalizeInvoice,
    InvoiceFields,
    ItemCharge,
    SendInvoice,
    UpdateInvoice,
    UpdateInvoiceItem,
)

SUM = ItemCharge(amount=500)


def item(id: str = "ii_1", charge: ItemCharge = SUM, **fields: Any) -> CreateInvoiceItem:
    return CreateInvoiceItem(id=id, charge=charge, **fields)


def drafted(*charges: ItemCharge, **fields: Any) -> Life:
    """A customer without a plan, with a draft `in_1` of these charges."""
    life = Life()
    life.do(UpdateBillingDetails(details=BillingDetails(name="Ada", email="ada@example.com")))
    life.do(CreateInvoice(id="in_1", **fields))
    for place, charge in enumerate(charges):
        life.do(item(f"ii_{place}", charge, invoice="in_1"))
    return life


def test_what_an_item_bills() -> None:
    life = Life()
    life.do(item("ii_sum", ItemCharge(amount=-250), description="Goodwill"))
    life.do(item("ii_price", ItemCharge(price="once", quantity=3)))
    life.do(item("ii_unit", ItemCharge(unit_amount=Decimal("0.5"), product="seats", quantity=3), end=END))
    lines = {each.id: each.line for each in life.account.pending_items}
    assert [(id, each.amount, each.quantity, each.start, each.end) for id, each in lines.items()] == [
        ("ii_sum", -250, 1, HALF, HALF),
        ("ii_price", 3750, 3, HALF, HALF),
        ("ii_unit", 2, 3, END, END),
    ]
    assert lines["ii_sum"].description == "Goodwill"
    assert (lines["ii_price"].product_name, lines["ii_price"].unit_amount) == ("Set-up", 1250)
    assert (lines["ii_unit"].product_name, lines["ii_unit"].unit_label) == ("Pro", "seat")


def test_a_waiting_item_goes_on_the_next_invoice_once() -> None:
    life = Life.started()
    life.do(item())
    life.do(item("ii_usd", ItemCharge(amount=7), currency="usd"))
    life.do(Advance(), END)
    assert [each.amount for each in life.newest.lines] == [500, 1000]
    assert [each.id for each in life.account.pending_items] == ["ii_usd"]
    life.do(Advance(), END + timedelta(days=31))
    assert [each.amount for each in life.newest.lines] == [1000]


def test_an_item_changes_until_it_is_billed() -> None:
    life = drafted(SUM)
    life.do(UpdateInvoiceItem(item="ii_0", charge=ItemCharge(price="once", quantity=2), description="Two of them"))
    (line,) = life.newest.lines
    assert (line.amount, line.description, life.newest.total) == (2500, "Two of them", 2500)
    life.do(item("ii_1", ItemCharge(amount=-3000), invoice="in_1"))
    assert (life.newest.total, life.newest.amount_due) == (-500, 0)
    life.do(DeleteInvoiceItem(item="ii_1"))
    assert [each.amount for each in life.newest.lines] == [2500]
    life.do(FinalizeInvoice(invoice="in_1"))
    assert life.account.pending_items == ()
    for command in (UpdateInvoiceItem(item="ii_0", description="Never"), DeleteInvoiceItem(item="ii_0")):
        assert life.refusal(command) == "no_such_invoiceitem"


def test_a_draft_is_nobody_s_until_it_is_issued() -> None:
    fields = InvoiceFields(
        days_until_due=10, description="Thank you for the workshop", custom_fields=(CustomField("PO", "4711"),)
    )
    life = drafted(ItemCharge(price="once"), SUM, fields=fields)
    life.account = replace(life.account, customer=replace(life.account.customer, balances={"eur": -400}))
    draft = life.newest
    assert (draft.status, draft.number, draft.finalized_at, draft.seller.name) == ("draft", None, None, None)
    assert (draft.total, draft.amount_due, life.balance) == (1750, 1750, -400)
    life.do(UpdateInvoice(invoice="in_1", fields=InvoiceFields(footer="Mind the gap", metadata={"a": "b"})))
    changes = life.do(FinalizeInvoice(invoice="in_1"), END)
    issued = life.newest
    assert (issued.status, issued.total, issued.amount_due, life.balance) == ("open", 1750, 1350, 0)
    assert (issued.finalized_at, issued.due_date, issued.created) == (END, END + timedelta(days=10), HALF)
    assert (issued.billing_reason, issued.subscription, issued.number) == ("manual", None, None)
    assert (issued.buyer.name, issued.seller.name, issued.footer) == ("Ada", "Firm", "Mind the gap")
    assert issued.custom_fields == (CustomField("PO", "4711"),)
    assert changes.events == (InvoiceFinalized(customer="cus_1", invoice="in_1", at=END, quiet=True),)
    assert life.refusal(FinalizeInvoice(invoice="in_1"), END) == "already_final"


def test_what_is_due_nothing_is_paid_when_it_is_issued() -> None:
    life = drafted(ItemCharge(amount=-500))
    life.do(FinalizeInvoice(invoice="in_1"))
    assert (life.newest.status, life.newest.amount_due, life.balance) == ("paid", 0, -500)


def test_a_due_date_that_was_given_stays() -> None:
    life = drafted(SUM, fields=InvoiceFields(due_date=END))
    life.do(FinalizeInvoice(invoice="in_1"))
    assert life.newest.due_date == END


def test_a_draft_takes_what_waits_and_gives_it_back() -> None:
    life = Life.started()
    subscription = life.account.subscriptions[0].id
    life.do(item("ii_free"))
    life.do(item("ii_bound", subscription=subscription))
    life.do(item("ii_usd", currency="usd"))
    life.do(CreateInvoice(id="in_1", pending="include"))
    life.do(CreateInvoice(id="in_2", pending="include", subscription=subscription))
    life.do(CreateInvoice(id="in_3"))
    by_id = {each.id: each for each in life.account.invoices}
    assert [[line.pending_item for line in by_id[id].lines] for id in ("in_1", "in_2", "in_3")] == [
        ["ii_free"],
        ["ii_bound"],
        [],
    ]
    life.do(item("ii_own", invoice="in_1"))
    life.do(DeleteInvoice(invoice="in_1"))
    waiting = [each.id for each in life.account.pending_items if each.invoice is None]
    assert sorted(waiting) == ["ii_free", "ii_usd"]
    assert "in_1" not in {each.id for each in life.account.invoices}
    life.do(Advance(), END)
    assert [line.pending_item for line in life.newest.lines] == ["ii_free", None], "what is on a draft waits no more"


def test_sending_issues_a_draft_and_can_be_repeated() -> None:
    life = drafted(SUM)
    changes = life.do(SendInvoice(invoice="in_1"))
    assert changes.events == (InvoiceFinalized(customer="cus_1", invoice="in_1", at=HALF),)
    changes = life.do(SendInvoice(invoice="in_1"), END)
    assert changes.events == (InvoiceSent(customer="cus_1", invoice="in_1", at=END),)
    life.do(PayInvoice(invoice="in_1"))
    assert life.refusal(SendInvoice(invoice="in_1")) == "invoice_not_sendable"
    nobody = Life()
    nobody.do(CreateInvoice(id="in_1"))
    nobody.do(item(invoice="in_1"))
    assert nobody.refusal(SendInvoice(invoice="in_1")) == "customer_without_address"
    nobody.do(FinalizeInvoice(invoice="in_1"))


def test_a_closed_account_has_no_drafts() -> None:
    life = drafted(SUM)
    changes = life.do(DeleteCustomer())
    assert [each.deleted for each in changes.invoices] == [True]


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (item(charge=ItemCharge()), "item_charge"),
        (item(charge=ItemCharge(amount=1, price="once")), "item_charge"),
        (item(charge=ItemCharge(price="never")), "no_such_price"),
        (item(charge=ItemCharge(price="ten")), "price_recurring"),
        (item(charge=ItemCharge(price="once", quantity=-1)), "quantity_impossible"),
        (item(charge=ItemCharge(amount=10**12)), "amount_impossible"),
        (item(charge=ItemCharge(unit_amount=Decimal(10**9), quantity=10**4)), "amount_impossible"),
        (item(charge=ItemCharge(price="dollars once"), currency="eur"), "invoice_currencies_differ"),
        (item(charge=ItemCharge(price="dollars once"), invoice="in_1"), "invoice_currencies_differ"),
        (item(currency="usd", invoice="in_1"), "invoice_currencies_differ"),
        (item(currency="zzz"), "currency_unknown"),
        (item(invoice="in_never"), "no_such_invoice"),
        (item(subscription="sub_never"), "no_such_subscription"),
        (item(start=END, end=START), "period_backwards"),
        (UpdateInvoiceItem(item="ii_never"), "no_such_invoiceitem"),
        (UpdateInvoiceItem(item="ii_0", charge=ItemCharge()), "item_charge"),
        (DeleteInvoiceItem(item="ii_never"), "no_such_invoiceitem"),
        (CreateInvoice(id="in_9", currency="zzz"), "currency_unknown"),
        (CreateInvoice(id="in_9", subscription="sub_never"), "no_such_subscription"),
        (CreateInvoice(id="in_9", fields=InvoiceFields(days_until_due=731)), "days_until_due_invalid"),
        (CreateInvoice(id="in_9", fields=InvoiceFields(days_until_due=3, due_date=END)), "due_twice"),
        (UpdateInvoice(invoice="in_1", fields=InvoiceFields(footer="x" * 5001)), "text_too_long"),
        (
            UpdateInvoice(invoice="in_1", fields=InvoiceFields(custom_fields=(CustomField("a", "b"),) * 5)),
            "custom_fields",
        ),
        (
            UpdateInvoice(invoice="in_1", fields=InvoiceFields(custom_fields=(CustomField("a" * 41, "b"),))),
            "text_too_long",
        ),
        (
            UpdateInvoice(invoice="in_1", fields=InvoiceFields(custom_fields=(CustomField("a", "b" * 141),))),
            "text_too_long",
        ),
        (UpdateInvoice(invoice="in_never", fields=InvoiceFields()), "no_such_invoice"),
        (PayInvoice(invoice="in_1"), "invoice_not_payable"),
    ],
)
def test_what_is_refused(command: Any, code: str) -> None:
    life = drafted(SUM)
    before = life.account
    assert life.refusal(command) == code
    assert life.account == before


def test_an_issued_invoice_changes_no_more() -> None:
    life = drafted(SUM)
    life.do(FinalizeInvoice(invoice="in_1"))
    for command, code in (
        (UpdateInvoice(invoice="in_1", fields=InvoiceFields(description="Later")), "invoice_final"),
        (DeleteInvoice(invoice="in_1"), "only_drafts_deleted"),
        (item("ii_9", invoice="in_1"), "invoice_closed"),
    ):
        assert life.refusal(command) == code
    life.do(UpdateInvoice(invoice="in_1", fields=InvoiceFields(metadata={"a": "b"})))
    assert life.newest.metadata == {"a": "b"}
    empty = drafted()
    assert empty.refusal(FinalizeInvoice(invoice="in_1")) == "invoice_empty"
