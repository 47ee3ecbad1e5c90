"""`frontdesk doctor`: whatever is wrong with a book is found and said, and a whole book is left in peace (E15)."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from catalog_findings import as_admin
from click.testing import CliRunner
from msgspec import Struct
from msgspec.structs import replace
from psycopg.conninfo import conninfo_to_dict
from servers import Databases
from sides import API, MASTER_KEY, Tenant, new_tenant, opened_at, sell, subscribe
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from frontdesk import invoices
from frontdesk.invoice_commands import CreateCreditNote
from frontdesk_tenants import documents
from frontdesk_tenants.book_checks import faults_of
from frontdesk_tenants.database_roles import drop_database
from frontdesk_tenants.desks import open_desk
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.files import File
from frontdesk_tenants.owner_tools import set_clock
from frontdesk_tenants.renewals import advance_due
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_web.command_line import cli
from frontdesk_web.config import Config, Smtp
from frontdesk_web.starting import warn

BODY = "UPDATE {} SET body = jsonb_set(body::jsonb, '{{{}}}', '{}')::json"
LATEST_MOVEMENT_GONE = """
DELETE FROM ledger_transactions WHERE kind = 'invoice'
   AND created = (SELECT max(created) FROM ledger_transactions WHERE kind = 'invoice')"""
TWICE = """
UPDATE invoices SET body = (jsonb_set(body::jsonb, '{lines}', (body::jsonb -> 'lines') || (body::jsonb -> 'lines'))
                            || '{"billing_reason": "subscription_cycle"}')::json"""
TAX = '{"rate": {"id": "txr_1", "name": "VAT", "percentage": "19", "inclusive": false}, "taxable": 1000, "amount": %d}'
TAXED = (
    "UPDATE invoices SET body = jsonb_set(jsonb_set(body::jsonb, '{lines,0,taxes}', '[%s]'), '{taxes}', '[%s]')::json"
)
WRONG = {
    "a number that nobody has": ("numbers", "UPDATE invoice_counters SET next = next + 1"),
    "a counter that went back": ("numbers", "UPDATE invoice_counters SET next = next - 1"),
    "an issued invoice that is gone": ("numbers", "DELETE FROM invoices"),
    "a number that jumped": ("numbers", "UPDATE invoices SET number = replace(number, '-0001', '-0007')"),
    "a credit note that is gone": ("numbers", "DELETE FROM credit_notes"),
    "an invoice without a number": ("unnumbered", "UPDATE invoices SET number = NULL"),
    "an entry that is gone": ("ledger", "DELETE FROM ledger_entries WHERE account = 'receivable'"),
    "an entry that grew": ("ledger", "UPDATE ledger_entries SET amount = amount + 1 WHERE account = 'paid'"),
    "a movement without entries": ("empty_transaction", "DELETE FROM ledger_entries"),
    "a balance out of nowhere": ("balance", BODY.format("customers", "balances,eur", "-500")),
    "a balance that was forgotten": ("balance", BODY.format("customers", "balances", "{}")),
    "a payment out of nowhere": ("receivable", "UPDATE invoices SET amount_paid = amount_paid - 1"),
    "credit out of nowhere": ("credited", BODY.format("invoices", "set_offs", '[{"amount": 5}]')),
    "a line that is gone": ("sums", BODY.format("invoices", "lines", "[]")),
    "a line that grew": ("sums", BODY.format("invoices", "lines,0,amount", "1")),
    "another total": ("sums", BODY.format("invoices", "total", "1")),
    "another sum to pay": ("sums", BODY.format("invoices", "amount_due", "1")),
    "a tax that no line has": ("taxes", BODY.format("invoices", "taxes", f"[{TAX % 190}]")),
    "a tax that a line alone has": ("taxes", BODY.format("invoices", "lines,0,taxes", f"[{TAX % 190}]")),
    "a tax that is another on the line": ("taxes", TAXED % (TAX % 190, TAX % 191)),
    "a tax that was rounded otherwise": ("taxes", TAXED % (TAX % 191, TAX % 191)),
    "a status that only the column has": ("columns", "UPDATE subscriptions SET status = 'canceled'"),
    "paid, and not paid": ("settled", "UPDATE invoices SET amount_paid = 0"),
    "a period of a lost invoice": ("orphans", "UPDATE billed_periods SET invoice = 'in_lost'"),
    "a plan without its price": ("orphans", BODY.format("subscriptions", "items,0,price", '"price_lost"')),
    "a movement of a lost invoice": ("orphans", "UPDATE ledger_transactions SET invoice = 'in_lost'"),
    "an invoice without a movement": ("unledgered", LATEST_MOVEMENT_GONE),
    "a plan that nobody looks at": ("forgotten", "DELETE FROM due"),
    "a plan that waits": ("late", "UPDATE due SET wake_at = wake_at - interval '300 days'"),
    "a document that was exchanged": ("documents", "UPDATE files SET content = 'another'"),
    "billed twice": ("billed_twice", TWICE),
    "billed after the end": (
        "billed_after_end",
        'UPDATE subscriptions SET body = (body::jsonb || \'{"ended_at": "2020-01-01T00:00:00Z"}\')::json',
    ),
}


class Lived(Struct, frozen=True, kw_only=True):
    """A tenant with a little of everything in its book."""

    tenancy: Tenancy
    tenant: Tenant
    addresses: PostgresAddresses


@pytest.fixture(scope="module")
async def lived(databases: Databases, worker_name: str) -> AsyncIterator[Lived]:
    addresses = databases.copy(databases.named(f"{worker_name}_doctor"))
    async with opened_at(addresses) as tenancy:
        tenant = await new_tenant(tenancy)
        customer = await subscribe(tenancy, tenant.door, await sell(tenancy, tenant.door))
        async with open_desk(tenancy, tenant.door, customer_id=customer, actor=API) as desk:
            (invoice,) = desk.account.invoices
            await invoices.credit(desk, CreateCreditNote(id="cn_small", invoice=invoice.id, amount=100))
            await invoices.record_payment(desk, invoice.id, invoice.amount_due + 20_000, desk.now.date())
        set_clock(addresses.owner_url, timedelta(days=32))
        assert await advance_due(tenancy) == 1
        async with tenancy.at(tenant.door) as (connection, _):
            paper = File(media_type="application/pdf", content=b"%PDF-1.7")
            await documents.keep(connection, tenant.door.tenant_id, invoice.id, "en", paper, invoice.created)
        yield Lived(tenancy=tenancy, tenant=tenant, addresses=addresses)
    drop_database(databases.admin_url, databases.named(f"{worker_name}_doctor"))


async def test_every_corruption_is_found(lived: Lived) -> None:
    name = conninfo_to_dict(lived.addresses.app_url)["dbname"]
    url = make_url(lived.addresses.admin_url).set(drivername="postgresql+psycopg", database=str(name))
    engine = create_async_engine(url)
    async with lived.tenancy.at(lived.tenant.door) as (connection, _):
        assert not await faults_of(connection)
    async with engine.connect() as admin:
        for what, (check, statement) in WRONG.items():
            # Past every trigger and key, as a disk or a restored half of a backup would.
            await admin.execute(text("SET LOCAL session_replication_role = replica"))
            await admin.exec_driver_sql(statement)
            found = await faults_of(admin)
            await admin.rollback()
            assert check in {each.check for each in found}, (what, found)
            assert all("{" not in each.sentence for each in found), found
    await engine.dispose()


async def test_who_serves_is_warned(lived: Lived, capsys: pytest.CaptureFixture[str]) -> None:
    config = Config(database_url=lived.addresses.app_url, base_url="https://b.test", master_keys=(MASTER_KEY,))
    await warn(config, lived.tenancy)
    warned = capsys.readouterr().err
    assert "WARNING: PostgreSQL runs with fsync = off" in warned
    assert "WARNING: No mail server is set, so no passcode and no letter can be sent" in warned
    await warn(replace(config, smtp=Smtp(host="127.0.0.1", sender="b@b.test")), lived.tenancy)
    assert "mail server" not in capsys.readouterr().err


async def test_the_command_says_what_is_wrong_and_where(lived: Lived) -> None:
    environment = {
        "DATABASE_URL": lived.addresses.app_url,
        "FRONTDESK_BASE_URL": "https://billing.example.com",
        "FRONTDESK_MASTER_KEY": MASTER_KEY.reveal(),
    }

    async def told() -> list[str]:
        answer = await asyncio.to_thread(CliRunner(env=environment).invoke, cli, ["doctor"])
        assert answer.exit_code == 1
        return answer.output.splitlines()

    # No mail server is set, the tests' PostgreSQL gives up durability to be fast, and that is all that is wrong.
    mute, *lost, last = await told()
    assert mute.startswith("No mail server is set, so no passcode and no letter can be sent: staff cannot sign in, and")
    assert all(each.startswith("PostgreSQL runs with ") for each in lost)
    assert any("fsync = off" in each for each in lost)
    assert last == f"{len(lost) + 1} things are wrong. Nothing was changed."
    environment |= {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": "1", "SMTP_SENDER": "billing@example.com"}
    assert (await told())[0] == "The mail server in SMTP_HOST takes no letters: The mail server does not answer now."
    with as_admin(lived.addresses) as admin:
        admin.execute("UPDATE invoice_counters SET next = next + 2 WHERE series !~ 'CN'")
    found = await told()
    assert f"{lived.tenant.slug} (sandbox): The numbers of the series " in found[-2]
    assert found[-2].endswith("have a gap or a double: 4 were given out, 2 are on documents, the last is 2.")
