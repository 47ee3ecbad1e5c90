"""Letters about what happened: to whom, in which language, over which mail server, and never lost."""

import asyncio
import logging
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from laid_out import application
from msgspec.structs import replace
from posts import Mailbox, at_once, mailbox, plain, site_of
from sides import Tenant, clock_of, new_tenant, sell, subscribe
from sqlalchemy import select, text

from frontdesk import (
    billing_details,
    cancellations,
    invoices,
    keeping_methods,
    pausing,
    plan_changes,
    subscriptions,
)
from frontdesk.book import SellerDetails, Subscription
from frontdesk.branding import Brand
from frontdesk.channels import Letter
from frontdesk.commands import (
    BillingDetails,
    CancelSubscription,
    ChangePlan,
    CreateSubscription,
    ItemChange,
    NewItem,
    PauseSubscription,
)
from frontdesk.desk import Actor
from frontdesk.errors import Misconfigured
from frontdesk.events import InvoiceLinkAsked, PlanChanged
from frontdesk.hookspecs import hookimpl
from frontdesk.invoice_commands import CreateCreditNote
from frontdesk.payment_method_commands import AttachPaymentMethod, RefundCharge
from frontdesk.plugins import PluginHost
from frontdesk.test_cards import CARDS, new_method
from frontdesk_tenants import listings, provisioning, refund_settling
from frontdesk_tenants.committing import record_event
from frontdesk_tenants.database import clock
from frontdesk_tenants.desks import open_desk
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.tables import invoices as invoice_rows
from frontdesk_tenants.tables import sides, tenant_plugins
from frontdesk_tenants.tables import subscriptions as subscription_rows
from frontdesk_tenants.worker_loop import Pace
from frontdesk_web.credit_note_words import what_became
from frontdesk_web.formatting import date_long
from frontdesk_web.letters.post import deliver, message_id
from frontdesk_web.refund_words import refund_totals
from frontdesk_web.site import Site
from frontdesk_web.worker import run_worker

API = Actor(kind="api", id="key_1")
PACE = Pace(jobs=0.1, renewals=0.2, rescue=0.2, heartbeat=0.2, stalled=1.0)
Addresses = Callable[[], PostgresAddresses]


@pytest.fixture
async def post() -> AsyncIterator[Mailbox]:
    async with mailbox() as made:
        yield made


@pytest.fixture
async def site(fresh_database: Addresses, post: Mailbox) -> AsyncIterator[Site]:
    """A site on a database of its own, its worker running."""
    addresses = fresh_database()
    made = site_of(addresses.app_url, post.port)
    await made.open()
    working = asyncio.create_task(run_worker(site_of(addresses.app_url, post.port), PACE))
    yield made
    await stop(working)
    await made.aclose()


async def stop(working: "asyncio.Task[None]") -> None:
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working


@pytest.fixture
async def shop(site: Site) -> Tenant:
    tenant = await new_tenant(site.tenancy)
    seller = SellerDetails(name="Northbeam GmbH", iban="DE02120300000000202051")
    async with site.tenancy.at(tenant.door) as (connection, side):
        await connection.execute(sides.update().values(settings=replace(side.settings, seller=seller)))
    brand = Brand(business_name="Northbeam", support_email="help@northbeam.example")
    await provisioning.brand_side(site.tenancy, tenant.door, brand)
    return tenant


async def plan_of(site: Site, tenant: Tenant, customer: str) -> Subscription:
    async with site.tenancy.at(tenant.door) as (connection, _):
        found = await connection.scalars(
            select(subscription_rows.c.body).where(subscription_rows.c.customer == customer)
        )
        return found.one()  # type: ignore[no-any-return]


async def quiet(site: Site, seconds: float = 60) -> None:
    async with asyncio.timeout(seconds):
        while await site.tenancy.jobs.waiting():  # noqa: ASYNC110 - the database sets no event of ours
            await asyncio.sleep(0.05)


async def change(site: Site, tenant: Tenant, customer: str, price: str, quantity: int) -> None:
    subscription = await plan_of(site, tenant, customer)
    item = ItemChange(id=subscription.items[0].id, price=price, quantity=quantity)
    async with open_desk(site.tenancy, tenant.door, customer_id=customer, actor=API) as desk:
        await plan_changes.change(desk, ChangePlan(subscription=subscription.id, items=(item,)))


async def test_an_invoice_is_written_about(site: Site, shop: Tenant, post: Mailbox) -> None:
    price = await sell(site.tenancy, shop.door)
    customer = await subscribe(site.tenancy, shop.door, price, email="j+vip@example.com")
    (letter,) = await post.arrived(1)
    assert "-0001 from Northbeam" in str(letter["subject"])
    assert letter["to"] == "j+vip@example.com"
    assert letter["from"] == "Northbeam <billing@frontdesk.example>"
    assert letter["reply-to"] == "help@northbeam.example"
    assert letter["content-language"] == "en"
    said = plain(letter)
    for part in ("€120.00", "Please transfer the amount by", "DE02 1203 0000 0000 2020 51"):
        assert part in said, part
    link = f"View invoice: http://127.0.0.1:8000/p/invoice/{shop.door.public_id}in_"
    assert link in said, "its own page, which asks for no sign-in"
    await quiet(site)
    assert len(post.letters) == 1
    async with site.tenancy.at(shop.door) as (connection, _):
        now = await clock(connection)
        invoice = await connection.scalar(select(invoice_rows.c.id).where(invoice_rows.c.customer == customer))
        asked = InvoiceLinkAsked(customer=customer, invoice=str(invoice), at=now)
        await record_event(connection, shop.door.tenant_id, asked, now, site.tenancy.jobs)
    _, fresh = await post.arrived(2)
    assert fresh["to"] == "j+vip@example.com"
    assert link in plain(fresh)


async def test_what_settles_an_invoice_and_what_corrects_it_are_written_about(
    site: Site, shop: Tenant, post: Mailbox
) -> None:
    customer = await subscribe(site.tenancy, shop.door, await sell(site.tenancy, shop.door))
    async with open_desk(site.tenancy, shop.door, customer_id=customer, actor=API) as desk:
        (bill,) = desk.account.invoices
        await invoices.record_payment(desk, bill.id, 2000, desk.now.date())
        note = CreateCreditNote(id=desk.ids("cn"), invoice=bill.id, amount=1000, memo="Sorry for the outage")
        await invoices.credit(desk, note)
        await invoices.credit(desk, replace(note, id=desk.ids("cn"), quiet=True))
        await invoices.record_payment(desk, bill.id, 8000, desk.now.date())
    await post.arrived(3)
    await quiet(site)
    (credited,) = post.about("Credit note")
    for part in ("€10.00", f"It corrects invoice {bill.number}.", "Sorry for the outage"):
        assert part in plain(credited), part
    (receipt,) = post.about("Receipt for invoice")
    assert str(receipt["subject"]) == f"Receipt for invoice {bill.number} from Northbeam"
    for part in ("€80.00", "The invoice is paid in full.", "10 × €12.00 per seat", "Paid before: −€20.00"):
        assert part in plain(receipt).replace("\u00a0", " "), part
    assert len(post.letters) == 3, "neither for a part, nor for a note that was to be quiet"
    async with site.tenancy.at(shop.door) as (connection, side):
        settings = replace(side.settings, send_receipts=False)
        await connection.execute(sides.update().values(settings=settings))
    second = await subscribe(site.tenancy, shop.door, await sell(site.tenancy, shop.door))
    async with open_desk(site.tenancy, shop.door, customer_id=second, actor=API) as desk:
        await invoices.pay_out_of_band(desk, desk.account.invoices[0].id)
    await quiet(site)
    assert len(post.about("Receipt for invoice")) == 1, "the business did not want any"


async def test_a_refund_without_a_credit_note_is_written_about(site: Site, shop: Tenant, post: Mailbox) -> None:
    price = await sell(site.tenancy, shop.door)
    customer = await subscribe(site.tenancy, shop.door, None)
    async with open_desk(site.tenancy, shop.door, customer_id=customer, actor=API) as desk:
        card = new_method(desk.ids("pm"), CARDS["visa"], desk.now)
        await keeping_methods.change_methods(desk, AttachPaymentMethod(method=card, default=True))
        made = CreateSubscription(items=(NewItem(price=price, quantity=10),), collection_method="charge_automatically")
        (bill,) = (await subscriptions.create(desk, made)).invoices
    (charge,) = [each.id for each in bill.attempts]

    async def give_back(amount: int) -> str:
        async with open_desk(site.tenancy, shop.door, customer_id=customer, actor=API) as desk:
            refund = RefundCharge(id=desk.ids("re"), invoice=bill.id, charge=charge, amount=amount)
            await invoices.refund(desk, refund)
        return refund.id

    await give_back(500)
    await post.arrived(3)
    await quiet(site)
    (letter,) = post.about("back")
    assert (letter["to"], str(letter["subject"])) == ("jenny@example.com", "You get €5.00 back")
    said = plain(letter)
    for part in ("We sent €5.00 back to Visa •••• 4242 for invoice", "up to ten working days", "/p/invoice/"):
        assert part in said, part
    async with open_desk(site.tenancy, shop.door, customer_id=customer, actor=API) as desk:
        await invoices.credit(desk, CreateCreditNote(id=desk.ids("cn"), invoice=bill.id, amount=1000, refund=1000))
    await quiet(site)
    assert (len(post.about("back")), len(post.about("Credit note"))) == (1, 1), "the note's own letter says it"
    async with site.tenancy.at(shop.door) as (connection, side):
        settings = replace(side.settings, send_refund_letters=False)
        await connection.execute(sides.update().values(settings=settings))
    await give_back(700)
    await quiet(site)
    assert len(post.about("back")) == 1, "the business did not want any"


async def test_a_refund_of_a_payment_without_an_invoice_is_written_about(
    site: Site, shop: Tenant, post: Mailbox
) -> None:
    customer = await subscribe(site.tenancy, shop.door, None)
    with application(site) as served:
        transport = httpx.ASGITransport(app=served)  # type: ignore[arg-type]
        bearer = {"Authorization": f"Bearer {shop.sandbox.secret_key.reveal()}"}
        async with httpx.AsyncClient(transport=transport, base_url=site.config.base_url, headers=bearer) as program:

            async def paid(**fields: str) -> str:
                terms = {"amount": "900", "currency": "eur", "confirm": "true", "return_url": "https://shop.example"}
                card = {"payment_method": fields.pop("payment_method", "pm_card_visa")}
                answer = await program.post("/v1/payment_intents", data={**terms, **card, **fields})
                assert answer.json()["status"] == "succeeded", answer.text
                return str(answer.json()["id"])

            async def give_back(intent: str, **fields: str) -> str:
                answer = await program.post("/v1/refunds", data={"payment_intent": intent, **fields})
                assert answer.status_code == 200, answer.text
                return str(answer.json()["id"])

            await give_back(await paid(customer=customer, description="Two mugs"), amount="400")
            await give_back(await paid())
            await post.arrived(1)
            await quiet(site)
            (letter,) = post.letters
            assert (letter["to"], str(letter["subject"])) == ("jenny@example.com", "You get €4.00 back")
            said = plain(letter)
            async with site.tenancy.at(shop.door) as (connection, _):
                today = date_long((await clock(connection)).date(), "en")
            sent = f"We sent €4.00 back to Visa •••• 4242 for your payment on {today}."
            for part in (sent, "Your payment was for: Two mugs", "up to ten working days", "/p/login/"):
                assert part in said, part
            async with site.tenancy.at(shop.door) as (connection, side):
                settings = replace(side.settings, send_refund_letters=False)
                await connection.execute(sides.update().values(settings=settings))
            await give_back(await paid(customer=customer))
            await quiet(site)
            assert len(post.letters) == 1, "the business did not want any"
            async with site.tenancy.at(shop.door) as (connection, side):
                settings = replace(side.settings, send_refund_letters=True)
                await connection.execute(sides.update().values(settings=settings))
            # The bank is asked again in a minute; nobody waits for that here.
            refused = await give_back(await paid(customer=customer, payment_method="pm_card_refundFail"))
            await post.arrived(2)
            await refund_settling.settle(site.tenancy, shop.door.tenant_id, refused)
            async with site.tenancy.at(shop.door) as (connection, _):
                kinds = await connection.scalars(text("SELECT kind FROM events WHERE kind LIKE 'refund%' ORDER BY id"))
                assert list(kinds) == ["refund_made", "refund_made", "refund_made", "refund_failed"]
            await post.arrived(3)
            (letter,) = post.about("could not be paid out")
            assert str(letter["subject"]) == "Your refund of €9.00 could not be paid out"
            sent = f"On {today} we sent €9.00 back to Visa •••• 5126, but the bank returned it to us."
            for part in (sent, "The money is still yours."):
                assert part in plain(letter), part


async def test_a_refund_that_the_bank_returned_is_told_where_it_was_promised(
    site: Site, shop: Tenant, post: Mailbox
) -> None:
    """By a credit note, though the business wants no letters of refunds; once, and its paper says it as well."""
    price = await sell(site.tenancy, shop.door)
    customer = await subscribe(site.tenancy, shop.door, None)
    async with open_desk(site.tenancy, shop.door, customer_id=customer, actor=API) as desk:
        card = new_method(desk.ids("pm"), CARDS["refundFail"], desk.now)
        await keeping_methods.change_methods(desk, AttachPaymentMethod(method=card, default=True))
        made = CreateSubscription(items=(NewItem(price=price, quantity=10),), collection_method="charge_automatically")
        (bill,) = (await subscriptions.create(desk, made)).invoices
    async with site.tenancy.at(shop.door) as (connection, side):
        await connection.execute(sides.update().values(settings=replace(side.settings, send_refund_letters=False)))
    async with open_desk(site.tenancy, shop.door, customer_id=customer, actor=API) as desk:
        note = CreateCreditNote(id=desk.ids("cn"), invoice=bill.id, amount=1000, refund=1000)
        await invoices.credit(desk, note)
    await post.arrived(3)
    (letter,) = post.about("Credit note")
    assert "€10.00 is refunded to your card." in plain(letter)
    async with site.tenancy.at(shop.door) as (connection, _):
        (stored,) = (await listings.find(connection, "invoice", bill.id)).refunds
    for _ in range(2):
        await refund_settling.settle(site.tenancy, shop.door.tenant_id, stored.id)
    await post.arrived(4)
    (letter,) = post.about("could not be paid out")
    for part in ("but the bank returned it to us.", "It was for invoice", "The money is still yours.", "/p/invoice/"):
        assert part in plain(letter), part
    async with site.tenancy.at(shop.door) as (connection, _):
        after = await listings.find(connection, "invoice", bill.id)
        issued = await listings.find(connection, "credit note", note.id)
    (row,) = refund_totals(after, "en")
    assert row.label.endswith("returned by the bank")
    said = what_became(issued, after, "en")
    assert said == ("€10.00 was refunded to your card, but the bank returned it to us.",)


async def test_a_plan_change_is_written_about(site: Site, shop: Tenant, post: Mailbox) -> None:
    price = await sell(site.tenancy, shop.door)
    customer = await subscribe(site.tenancy, shop.door, price)
    await change(site, shop, customer, await sell(site.tenancy, shop.door, 2400, name="Scale"), 12)
    await post.arrived(2)
    await quiet(site)
    (letter,) = post.about("Your plan is now")
    assert str(letter["subject"]) == "Your plan is now 12 × Scale"
    assert "from 10 × Team to 12 × Scale" in plain(letter)
    async with open_desk(site.tenancy, shop.door, customer_id=customer, actor=API) as desk:
        await pausing.pause(desk, PauseSubscription(subscription=desk.account.subscriptions[0].id))
    await post.arrived(3)
    await quiet(site)
    (rests,) = post.about("is paused")
    assert str(rests["subject"]) == "Scale is paused"
    assert "It stays paused until you resume it." in plain(rests)
    assert "You can resume" not in plain(rests), "customers of this shop do not pause by themselves"


async def test_a_cancellation_and_its_coming_true_are_written_about(fresh_database: Addresses, post: Mailbox) -> None:
    addresses = fresh_database()
    site = site_of(addresses.app_url, post.port)
    await site.open()
    working = asyncio.create_task(run_worker(site_of(addresses.app_url, post.port), PACE))
    tenant = await new_tenant(site.tenancy)
    customer = await subscribe(site.tenancy, tenant.door, await sell(site.tenancy, tenant.door))
    subscription = await plan_of(site, tenant, customer)
    async with open_desk(site.tenancy, tenant.door, customer_id=customer, actor=API) as desk:
        await cancellations.cancel(desk, CancelSubscription(subscription=subscription.id))
    await post.arrived(2)
    (announced,) = post.about("is cancelled")
    assert "Your plan stays as it is until" in plain(announced)
    assert "you can keep your plan" in plain(announced)
    # A reminder on the way: the first invoice is not paid.
    clock_of(addresses)(timedelta(days=18))
    await post.arrived(3)
    await quiet(site)
    (reminder,) = post.about("Reminder: invoice")
    assert "Still open: €120.00" in plain(reminder)
    assert "has not reached us yet" in plain(reminder)
    assert "DE02 1203" not in plain(reminder), "this tenant has told no account"
    async with open_desk(site.tenancy, tenant.door, customer_id=customer, actor=API) as desk:
        await invoices.pay_out_of_band(desk, desk.account.invoices[0].id)
    clock_of(addresses)(timedelta(days=32))
    await post.arrived(5)
    await quiet(site)
    _, ended = post.about("is cancelled")
    assert "Your plan ended on" in plain(ended)
    assert "you can keep your plan" not in plain(ended)
    assert ended["message-id"] != announced["message-id"]
    assert len(post.letters) == 5, "the invoice, and the receipt for it, are the others"
    await stop(working)
    await site.aclose()


async def test_they_speak_the_customer_language_else_the_tenant(site: Site, post: Mailbox) -> None:
    german = await new_tenant(site.tenancy, locale="de")
    price = await sell(site.tenancy, german.door)
    await subscribe(site.tenancy, german.door, price, email="eins@example.com")
    customer = await subscribe(site.tenancy, german.door, None, email="two@example.com")
    async with open_desk(site.tenancy, german.door, customer_id=customer, actor=API) as desk:
        await billing_details.update(desk, BillingDetails(preferred_locales=("pt-BR", "en-GB", "de")))
    async with open_desk(site.tenancy, german.door, customer_id=customer, actor=API) as desk:
        await subscriptions.create(desk, CreateSubscription(items=(NewItem(price=price),)))
    await post.arrived(2)
    by_recipient = {str(each["to"]): each for each in post.letters}
    assert str(by_recipient["eins@example.com"]["subject"]).startswith("Rechnung ")
    assert by_recipient["eins@example.com"]["content-language"] == "de"
    assert str(by_recipient["two@example.com"]["subject"]).startswith("Invoice ")


async def test_nobody_is_written_to_about_nothing(site: Site, shop: Tenant, post: Mailbox) -> None:
    free = await sell(site.tenancy, shop.door, 0, name="Free")
    await subscribe(site.tenancy, shop.door, free, email="free@example.com")
    customer = await subscribe(site.tenancy, shop.door, None, email="gone@example.com")
    async with open_desk(site.tenancy, shop.door, customer_id=customer, actor=API) as desk:
        await billing_details.update(desk, BillingDetails(email=None))
    price = await sell(site.tenancy, shop.door)
    async with open_desk(site.tenancy, shop.door, customer_id=customer, actor=API) as desk:
        await subscriptions.create(desk, CreateSubscription(items=(NewItem(price=price),)))
    await quiet(site)
    assert post.letters == []


async def test_a_name_adds_no_header(site: Site, shop: Tenant, post: Mailbox) -> None:
    customer = await subscribe(site.tenancy, shop.door, None)
    evil = "Jenny\r\nBcc: everybody@example.com\r\n\r\nBuy =?utf-8?q?now=0D=0AX-Evil:_1?="
    async with site.tenancy.at(shop.door) as (connection, side):
        await connection.execute(
            text("UPDATE customers SET body = jsonb_set(body::jsonb, '{name}', to_jsonb(CAST(:n AS text)))::json"),
            {"n": evil},
        )
        brand = replace(side.brand, business_name="North\r\nBcc: all@example.com =?utf-8?q?=0AX-Evil:_1?=")
        await connection.execute(sides.update().values(brand=brand))
    price = await sell(site.tenancy, shop.door, name="Team\r\nX-Evil: 1")
    async with open_desk(site.tenancy, shop.door, customer_id=customer, actor=API) as desk:
        await subscriptions.create(desk, CreateSubscription(items=(NewItem(price=price),)))
    (letter,) = await post.arrived(1)
    assert set(letter.keys()) == HEADERS


HEADERS = {
    "From", "To", "Reply-To", "Subject", "Message-ID", "Date", "Auto-Submitted", "MIME-Version", "Content-Type",
    "Content-Language",
}  # fmt: skip


async def test_a_mail_server_that_is_away_costs_time_and_no_letter(site: Site, shop: Tenant, post: Mailbox) -> None:
    post.answers = ["451 try later", "421 try later"]
    await subscribe(site.tenancy, shop.door, await sell(site.tenancy, shop.door))
    for number in (1, 2):
        await post.refusals(number)
        await at_once(site.tenancy)
    (letter,) = await post.arrived(1)
    await quiet(site)
    assert len(post.letters) == 1
    assert "-0001" in str(letter["subject"])


async def test_a_dead_mail_server_keeps_the_job(fresh_database: Addresses, post: Mailbox) -> None:
    addresses = fresh_database()
    await post.aclose()
    site = site_of(addresses.app_url, post.port)
    await site.open()
    tenant = await new_tenant(site.tenancy)
    await subscribe(site.tenancy, tenant.door, await sell(site.tenancy, tenant.door))
    working = asyncio.create_task(run_worker(site_of(addresses.app_url, post.port), PACE))
    async with asyncio.timeout(60):
        while not await attempted(site):  # noqa: ASYNC110 - the database sets no event of ours
            await asyncio.sleep(0.05)
    assert await site.tenancy.jobs.waiting() == 1
    await post.open()
    await at_once(site.tenancy)
    await post.arrived(1)
    await quiet(site)
    await stop(working)
    await site.aclose()
    assert len(post.letters) == 1


async def attempted(site: Site) -> int:
    async with site.tenancy.database.unscoped() as connection:
        question = "SELECT coalesce(max(attempts), 0) FROM procrastinate_jobs WHERE task_name = 'send_letter'"
        return int(await connection.scalar(text(question)) or 0)


async def test_what_bounces_is_not_tried_again(
    site: Site, shop: Tenant, post: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    post.answers = ["554 no such mailbox"]
    caplog.set_level(logging.WARNING, "frontdesk.letters")
    await subscribe(site.tenancy, shop.door, await sell(site.tenancy, shop.door))
    await post.refusals(1)
    await quiet(site)
    assert post.letters == []
    assert "letter not taken" in caplog.text
    assert "jenny@example.com" not in caplog.text


async def test_each_tenant_can_have_a_mail_server_of_its_own(site: Site, shop: Tenant, post: Mailbox) -> None:
    async with mailbox() as own:
        settings = {"host": "127.0.0.1", "port": own.port, "tls": "none", "sender": "post@northbeam.example"}
        sealed = site.tenancy.vault.seal_settings(settings, shop.door.tenant_id, "otp_email")
        async with site.tenancy.at(shop.door) as (connection, _):
            await connection.execute(
                tenant_plugins.update()
                .where(tenant_plugins.c.plugin == "otp_email")
                .values(settings_sealed=sealed, settings_version=2)
            )
        other = await new_tenant(site.tenancy)
        await subscribe(site.tenancy, shop.door, await sell(site.tenancy, shop.door))
        await subscribe(site.tenancy, other.door, await sell(site.tenancy, other.door))
        (letter,) = await own.arrived(1)
        await post.arrived(1)
        await quiet(site)
        assert letter["from"] == "Northbeam <post@northbeam.example>"
        assert len(own.letters) == len(post.letters) == 1


async def test_a_letter_sent_twice_is_known_as_one(site: Site, shop: Tenant, post: Mailbox) -> None:
    await subscribe(site.tenancy, shop.door, await sell(site.tenancy, shop.door))
    await post.arrived(1)
    async with site.tenancy.at(shop.door) as (connection, _):
        event = await connection.scalar(text("SELECT id FROM events WHERE kind = 'invoice_finalized'"))
        await site.tenancy.jobs.enqueue(connection, "send_letter", shop.door.tenant_id, str(event))
    first, second = await post.arrived(2)
    assert first["message-id"] == second["message-id"] == message_id(site, str(event))


class Listening:
    """A plugin that is told of plan changes and remembers them."""

    def __init__(self) -> None:
        self.told: list[PlanChanged] = []

    @hookimpl
    async def plan_changed(self, event: PlanChanged) -> None:
        self.told.append(event)


async def test_plugins_are_told_where_they_are_switched_on_and_once(fresh_database: Addresses, post: Mailbox) -> None:
    import frontdesk_invoice_only
    import frontdesk_otp_email
    import frontdesk_tax_codes

    addresses, listening = fresh_database(), Listening()
    plugins = PluginHost.of(
        invoice_only=frontdesk_invoice_only,
        otp_email=frontdesk_otp_email,
        tax_codes=frontdesk_tax_codes,
        listening=listening,
    )
    site = site_of(addresses.app_url, post.port, plugins)
    await site.open()
    working = asyncio.create_task(run_worker(site_of(addresses.app_url, post.port, plugins), PACE))
    told, untold = await new_tenant(site.tenancy), await new_tenant(site.tenancy)
    async with site.tenancy.at(told.door) as (connection, _):
        await connection.execute(
            tenant_plugins.insert().values(tenant_id=told.door.tenant_id, plugin="listening", enabled=True)
        )
    # The first letter fails once: its job is repeated, the announcement is not.
    post.answers = ["451 later"] * 2
    for tenant in (told, untold):
        price = await sell(site.tenancy, tenant.door)
        customer = await subscribe(site.tenancy, tenant.door, price, quantity=1)
        await change(site, tenant, customer, price, 2)
    await post.refusals(2)
    await at_once(site.tenancy)
    await post.arrived(4)
    await quiet(site)
    await stop(working)
    assert [(each.before[0][1], each.after[0][1]) for each in listening.told] == [(1, 2)]
    await site.aclose()


async def test_without_any_mail_server_the_staff_are_told_what_to_do(
    site: Site, shop: Tenant, fresh_database: Addresses
) -> None:
    letter = Letter(to="a@example.com", subject="s", text="t", message_id="<1@x>", sender_name="n", purpose="test")
    without = site_of(site.config.database_url, None)
    await without.open()
    with pytest.raises(Misconfigured):
        await deliver(without, shop.door, letter)
    async with without.tenancy.at(shop.door) as (connection, _):
        await connection.execute(tenant_plugins.update().values(enabled=False))
    with pytest.raises(Misconfigured, match="No plugin that carries letters"):
        await deliver(without, shop.door, letter)
    await without.aclose()


# A worker as `frontdesk worker` runs one. Says when it is at work.
WORKING = """
import asyncio, sys
sys.path.insert(0, sys.argv[1])
from posts import site_of
from frontdesk_tenants.worker_loop import Pace
from frontdesk_web.worker import run_worker

asyncio.run(run_worker(site_of(sys.argv[2], int(sys.argv[3])), Pace(rescue=0.2, heartbeat=0.2, stalled=1.0)))
"""


def worker_process(url: str, port: int) -> "subprocess.Popen[bytes]":
    tests = Path(__file__).parents[1]
    command = [sys.executable, "-c", WORKING, str(tests), url, str(port)]
    return subprocess.Popen(command, stderr=subprocess.DEVNULL)


async def test_a_letter_outlives_the_worker_that_carried_it(fresh_database: Addresses, post: Mailbox) -> None:
    addresses = fresh_database()
    site = site_of(addresses.app_url, post.port)
    await site.open()
    tenant = await new_tenant(site.tenancy)
    price = await sell(site.tenancy, tenant.door)
    post.hang = True
    killed = worker_process(addresses.app_url, post.port)
    try:
        for number in range(3):
            await subscribe(site.tenancy, tenant.door, price, email=f"c{number}@example.com")
        async with asyncio.timeout(60):
            # The words of a letter are over, its acknowledgement is not.
            await post.hanging.wait()
    finally:
        killed.kill()
        await asyncio.to_thread(killed.wait)
    post.hang = False
    working = asyncio.create_task(run_worker(site_of(addresses.app_url, post.port), PACE))
    await post.arrived(3)
    await quiet(site)
    await stop(working)
    assert sorted(str(each["to"]) for each in post.letters) == [f"c{number}@example.com" for number in range(3)]
    assert len({str(each["message-id"]).strip() for each in post.letters}) == 3
    await site.aclose()


async def test_sigterm_ends_a_worker_process_in_peace(fresh_database: Addresses, post: Mailbox) -> None:
    addresses = fresh_database()
    site = site_of(addresses.app_url, post.port)
    await site.open()
    tenant = await new_tenant(site.tenancy)
    process = worker_process(addresses.app_url, post.port)
    try:
        await subscribe(site.tenancy, tenant.door, await sell(site.tenancy, tenant.door))
        await post.arrived(1, seconds=60)
        process.terminate()
        async with asyncio.timeout(60):
            assert await asyncio.to_thread(process.wait) == 0
    finally:
        process.kill()
    await site.aclose()
