"""What PostgreSQL itself holds, whoever writes: issued invoices stay as they are, and the ledger sums to zero."""

import uuid
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from catalog_findings import as_admin
from msgspec.structs import replace
from psycopg import errors
from sides import API, Tenant, sell, subscribe

from frontdesk import invoices
from frontdesk.book import Invoice
from frontdesk.changes import Changes
from frontdesk.invoice_commands import (
    CreateCreditNote,
    CreateInvoice,
    CreateInvoiceItem,
    FinalizeInvoice,
    ItemCharge,
    VoidCreditNote,
)
from frontdesk_tenants import book, documents
from frontdesk_tenants.committing import commit_changes
from frontdesk_tenants.desks import open_desk
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.files import File
from frontdesk_tenants.invoice_seal import MAY_CHANGE
from frontdesk_tenants.tenancy import Tenancy

NEVER = errors.IntegrityConstraintViolation


@pytest.fixture
async def customer(tenancy: Tenancy, tenant: Tenant) -> str:
    return await subscribe(tenancy, tenant.door, await sell(tenancy, tenant.door))


@pytest.fixture
def raw(postgres: PostgresAddresses, tenant: Tenant) -> Iterator[psycopg.Connection[Any]]:
    """The application role's own connection, in the side's transaction."""
    with psycopg.connect(postgres.app_url) as connection:
        connection.execute("SELECT set_config('frontdesk.tenant_id', %s, false)", [str(tenant.door.tenant_id)])
        connection.commit()
        yield connection


COLUMNS = {
    "tenant_id": uuid.uuid4(),
    "id": "in_other",
    "customer": "cus_other",
    "subscription": None,
    "number": "INV-9999",
    "currency": "usd",
    "total": 1,
    "amount_due": 1,
    "created": "2020-01-01T00:00:00Z",
}


async def test_no_column_of_an_issued_invoice_changes(customer: str, raw: psycopg.Connection[Any]) -> None:
    for column, value in COLUMNS.items():
        with pytest.raises((NEVER, errors.InsufficientPrivilege)):
            raw.execute(f"UPDATE invoices SET {column} = %s WHERE customer = %s".encode(), [value, customer])
        raw.rollback()
    for statement in (
        "DELETE FROM invoices WHERE customer = %s",
        "UPDATE invoices SET status = 'draft', body = (body::jsonb || '{\"status\": \"draft\"}')::json "
        "WHERE customer = %s",
        "UPDATE invoices SET status = 'paid' WHERE customer = %s",
    ):
        with pytest.raises(NEVER):
            raw.execute(statement.encode(), [customer])
        raw.rollback()


async def test_nothing_in_an_issued_invoice_changes(customer: str, raw: psycopg.Connection[Any]) -> None:
    one = "UPDATE invoices SET body = {} WHERE customer = %s"
    for field in Invoice.__struct_fields__:
        changed = f"jsonb_set(body::jsonb, '{{{field}}}', '\"tampered\"')::json"
        if field in (*MAY_CHANGE, "status"):
            continue
        with pytest.raises(NEVER):
            raw.execute(one.format(changed).encode(), [customer])
        raw.rollback()
    for tampered in (
        "jsonb_set(body::jsonb, '{lines,0,amount}', '1')::json",
        "jsonb_set(body::jsonb, '{buyer,name}', '\"Else\"')::json",
        "jsonb_set(body::jsonb, '{lines}', (body::jsonb -> 'lines') || (body::jsonb -> 'lines'))::json",
        "(body::jsonb - 'total')::json",
        "(body::jsonb || '{\"discount\": 5}')::json",
    ):
        with pytest.raises(NEVER):
            raw.execute(one.format(tampered).encode(), [customer])
        raw.rollback()


async def test_payment_may_change_and_an_old_body_stays_as_it_was_written(
    customer: str, raw: psycopg.Connection[Any], tenancy: Tenancy, tenant: Tenant, postgres: PostgresAddresses
) -> None:
    """A body that an older release wrote lacks fields; a payment leaves what was issued as it is, to the letter."""
    with as_admin(postgres) as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute(
            "UPDATE invoices SET body = (body::jsonb - 'payments' - 'days_until_due' - 'deleted')::json "
            "WHERE customer = %s",
            [customer],
        )
    (before,) = raw.execute("SELECT body FROM invoices WHERE customer = %s", [customer]).fetchone()  # type: ignore[misc]
    raw.rollback()
    async with open_desk(tenancy, tenant.door, customer_id=customer, actor=API) as desk:
        await invoices.pay_out_of_band(desk, before["id"])
    (after,) = raw.execute("SELECT body FROM invoices WHERE customer = %s", [customer]).fetchone()  # type: ignore[misc]
    assert after["status"] == "paid"
    assert len(after["payments"]) == 1
    kept = {name: value for name, value in after.items() if name not in MAY_CHANGE}
    assert kept == {name: value for name, value in before.items() if name not in MAY_CHANGE}


async def test_our_own_backend_is_held_to_it_too(customer: str, tenancy: Tenancy, tenant: Tenant) -> None:
    async with tenancy.at(tenant.door) as (connection, side):
        account = await book.read_account(connection, customer)
        assert account is not None
        (invoice,) = account.invoices
        changes = Changes(invoices=(replace(invoice, version=2, footer="Later"),))
        with pytest.raises(AssertionError, match="was issued, and still changes"):
            await commit_changes(
                connection,
                side,
                changes,
                before=account,
                actor=API,
                action="test",
                now=invoice.created,
                jobs=tenancy.jobs,
            )


async def test_a_draft_changes_and_goes(
    customer: str, raw: psycopg.Connection[Any], tenancy: Tenancy, tenant: Tenant
) -> None:
    async with open_desk(tenancy, tenant.door, customer_id=customer, actor=API) as desk:
        await invoices.write(desk, CreateInvoice(id="in_draft"))
    assert raw.execute("DELETE FROM invoices WHERE id = 'in_draft'").rowcount == 1


async def test_a_kept_document_and_a_billed_period_stay(
    customer: str, raw: psycopg.Connection[Any], tenancy: Tenancy, tenant: Tenant
) -> None:
    async with tenancy.at(tenant.door) as (connection, _):
        account = await book.read_account(connection, customer)
        assert account is not None
        invoice = account.invoices[0]
        made = File(media_type="application/pdf", content=b"%PDF-1.7 as it was sent")
        await documents.keep(connection, tenant.door.tenant_id, invoice.id, "en", made, invoice.created)
        again = File(media_type="application/pdf", content=b"%PDF-1.7 made anew")
        kept = await documents.keep(connection, tenant.door.tenant_id, invoice.id, "en", again, invoice.created)
        assert kept == made
    for table, columns in {
        "documents": ("tenant_id", "invoice", "locale", "file", "created"),
        "files": ("tenant_id", "hash", "media_type", "content", "small"),
        "billed_periods": ("tenant_id", "subscription", "period_start", "invoice"),
        "ledger_transactions": ("tenant_id", "id", "customer", "kind", "currency", "moved", "invoice", "body"),
        "ledger_entries": ("tenant_id", "transaction", "account", "currency", "customer", "amount"),
    }.items():
        for column in columns:
            with pytest.raises(errors.InsufficientPrivilege):
                raw.execute(f"UPDATE {table} SET {column} = {column}".encode())
            raw.rollback()
        with pytest.raises((errors.InsufficientPrivilege, errors.ForeignKeyViolation)):
            raw.execute(f"DELETE FROM {table}".encode())
        raw.rollback()


# -- the ledger -------------------------------------------------------------------------------------------------------


def entry(
    raw: psycopg.Connection[Any], tenant: Tenant, customer: str, account: str, amount: int, currency: str = "eur"
) -> None:
    raw.execute(
        "INSERT INTO ledger_entries (tenant_id, transaction, account, currency, customer, amount) "
        "VALUES (%s, (SELECT min(id) FROM ledger_transactions), %s, %s, %s, %s)",
        [tenant.door.tenant_id, account, currency, customer, amount],
    )


async def test_raw_sql_cannot_unbalance_the_ledger(customer: str, raw: psycopg.Connection[Any], tenant: Tenant) -> None:
    for broken in (
        [("adjusted", 5, "eur")],
        [("adjusted", 5, "eur"), ("paid", -4, "eur")],
        [("adjusted", 5, "eur"), ("paid", -5, "usd")],
        # It sums to zero, and the customer's balance says something else.
        [("adjusted", -5, "eur"), ("balance", 5, "eur")],
    ):
        for account, amount, currency in broken:
            entry(raw, tenant, customer, account, amount, currency)
        with pytest.raises(NEVER):
            raw.commit()
        raw.rollback()
    for statement in ("UPDATE ledger_entries SET amount = 0", "DELETE FROM ledger_entries"):
        with pytest.raises(errors.InsufficientPrivilege):
            raw.execute(statement.encode())
        raw.rollback()
    # Wherever the connection wandered to before it commits: the row is judged on its own side.
    entry(raw, tenant, customer, "adjusted", 5)
    raw.execute("SELECT set_config('frontdesk.tenant_id', %s, true)", [str(uuid.uuid4())])
    with pytest.raises(NEVER):
        raw.commit()
    raw.rollback()
    entry(raw, tenant, customer, "adjusted", 5)
    entry(raw, tenant, customer, "opening", -5)
    raw.commit()


async def test_the_balance_is_the_ledger_s_after_every_act(
    customer: str, tenancy: Tenancy, tenant: Tenant, raw: psycopg.Connection[Any]
) -> None:
    async with open_desk(tenancy, tenant.door, customer_id=customer, actor=API) as desk:
        (invoice,) = desk.account.invoices
        await invoices.record_payment(desk, invoice.id, invoice.amount_due + 300, desk.now.date())
    async with open_desk(tenancy, tenant.door, customer_id=customer, actor=API) as desk:
        assert desk.account.customer.balances == {"eur": -300}
        await invoices.write(desk, CreateInvoice(id="in_next"))
        await invoices.write(desk, CreateInvoiceItem(id="ii_next", charge=ItemCharge(amount=200), invoice="in_next"))
    async with open_desk(tenancy, tenant.door, customer_id=customer, actor=API) as desk:
        await invoices.write(desk, FinalizeInvoice(invoice="in_next"))
        assert desk.account.customer.balances == {"eur": -100}
    rows = raw.execute(
        "SELECT account, sum(amount) FROM ledger_entries WHERE customer = %s GROUP BY account", [customer]
    )
    sums = {account: int(amount) for account, amount in rows.fetchall()}
    assert sum(sums.values()) == 0
    assert (sums["balance"], sums["receivable"]) == (-100, 0)


async def test_balances_do_not_move_past_the_ledger(customer: str, tenancy: Tenancy, tenant: Tenant) -> None:
    async with tenancy.at(tenant.door) as (connection, side):
        account = await book.read_account(connection, customer)
        assert account is not None
        richer = replace(account.customer, version=account.customer.version + 1, balances={"eur": -5})
        with pytest.raises(AssertionError, match="the ledger says 0"):
            await commit_changes(
                connection,
                side,
                Changes(customer=richer),
                before=account,
                actor=API,
                action="test",
                now=account.customer.created,
                jobs=tenancy.jobs,
            )


async def test_a_credit_note_stays_as_it_was_issued(
    customer: str, raw: psycopg.Connection[Any], tenancy: Tenancy, tenant: Tenant
) -> None:
    async with open_desk(tenancy, tenant.door, customer_id=customer, actor=API) as desk:
        (invoice,) = desk.account.invoices
        await invoices.credit(desk, CreateCreditNote(id="cn_sealed", invoice=invoice.id, amount=100))
    for broken in (
        "DELETE FROM credit_notes",
        "UPDATE credit_notes SET number = 'CN-9999'",
        "UPDATE credit_notes SET body = jsonb_set(body::jsonb, '{total}', '1')::json",
        "UPDATE credit_notes SET body = jsonb_set(body::jsonb, '{lines,0,amount}', '1')::json",
    ):
        with pytest.raises(NEVER):
            raw.execute(broken.encode())
        raw.rollback()
    async with open_desk(tenancy, tenant.door, customer_id=customer, actor=API) as desk:
        await invoices.credit(desk, VoidCreditNote(invoice=invoice.id, credit_note="cn_sealed"))
    (status,) = raw.execute("SELECT body ->> 'status' FROM credit_notes").fetchone()  # type: ignore[misc]
    assert status == "void"


async def test_what_follows_in_one_transaction_knows_the_number(
    tenancy: Tenancy, tenant: Tenant, customer: str
) -> None:
    async with open_desk(tenancy, tenant.door, customer_id=customer, actor=API) as desk:
        await invoices.write(desk, CreateInvoice(id="in_quick"))
        await invoices.write(desk, CreateInvoiceItem(id="ii_quick", charge=ItemCharge(amount=100), invoice="in_quick"))
        (issued,) = (await invoices.write(desk, FinalizeInvoice(invoice="in_quick"))).invoices
        (paid,) = (await invoices.pay_out_of_band(desk, "in_quick")).invoices
    assert paid.number == issued.number is not None
