"""Tenants of which both sides hold one of everything: what every route can be asked about."""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from hired import Hired, hire
from msgspec import Struct
from msgspec.structs import replace
from sides import API, Tenant, new_tenant, sell, subscribe
from sites import SignedIn, session_token, sign_in

from frontdesk import cancellations, customer_tax_ids, giving_discounts, invoices, plan_changes, subscriptions
from frontdesk.acts import quote_command
from frontdesk.book import CreditNote, Invoice
from frontdesk.branding import Look
from frontdesk.catalogue_commands import CreateCoupon, CreatePromotionCode, CreateTaxRate
from frontdesk.channels import Letter
from frontdesk.commands import ChangePlan, CreateSubscription, ItemChange, NewItem, PauseSubscription, TakeOffer
from frontdesk.configuration_life import copied
from frontdesk.coupons import DiscountChoice
from frontdesk.customer_tax_ids import id_for, new_tax_id
from frontdesk.feedback_options import FeedbackOption
from frontdesk.ids import IdSource, random_token
from frontdesk.invoice_commands import (
    AdjustBalance,
    CreateCreditNote,
    CreateInvoice,
    CreateInvoiceItem,
    FinalizeInvoice,
    ItemCharge,
)
from frontdesk.meters import Meter
from frontdesk.portal_configuration import AdjustableQuantity, CustomerUpdate, OfferedProduct, SubscriptionUpdate
from frontdesk.retention import StayOffer
from frontdesk.roles import Role
from frontdesk.tax_registrations import register
from frontdesk.tax_settings import Registration
from frontdesk.uploaded_files import FileLink, UploadedFile
from frontdesk.webhook_endpoints import WebhookEndpoint
from frontdesk_tenants import (
    api_keys,
    book,
    brand_versions,
    catalogues,
    configurations,
    feedback_options,
    files,
    happenings,
    invitations,
    mail_log,
    meters,
    request_log,
    uploaded_files,
    webhook_calls,
    webhook_endpoints,
)
from frontdesk_tenants.database import clock
from frontdesk_tenants.desks import open_desk
from frontdesk_tenants.directory import Door
from frontdesk_tenants.files import File
from frontdesk_tenants.local_desk import LocalDesk
from frontdesk_tenants.paging import Cursor
from frontdesk_tenants.provisioning import Keys
from frontdesk_tenants.remote_desk import RemoteDesk
from frontdesk_tenants.request_log import LoggedRequest
from frontdesk_tenants.tax_settings import change_tax
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_web.api.event_types import type_of
from frontdesk_web.invoice_links import invoice_token

SAMPLE_LOOK = Look(accent="#116633")
JENNY, OTHER = "jenny@example.com", "other@example.com"


class Things(Struct, frozen=True, kw_only=True):
    """What one customer of a side has. `ids` are by kind."""

    ids: Mapping[str, str]
    session: SignedIn

    def unknown(self, kind: str) -> str:
        """An id of the same shape that never existed."""
        return same_shape(self.ids[kind])


class FurnishedSide(Struct, frozen=True, kw_only=True):
    """One side with a catalogue and two customers: Jenny, who has a namesake to switch to, and another."""

    keys: Keys
    jenny: Things
    other: Things

    @property
    def door(self) -> Door:
        """The side's door."""
        return self.keys.door

    @property
    def secret_key(self) -> str:
        """The API key."""
        return self.keys.secret_key.reveal()


class FurnishedTenant(Struct, frozen=True, kw_only=True):
    """Both sides, and who owns them."""

    slug: str
    owner: Hired
    live: FurnishedSide
    sandbox: FurnishedSide


def same_shape(id_: str) -> str:
    """As long as `id_` and with the same prefix, but random behind it."""
    prefix, mark, rest = id_.rpartition("_")
    return prefix + mark + random_token(len(rest)) if mark else random_token(len(id_))


async def furnished_tenant(tenancy: Tenancy) -> FurnishedTenant:
    """A tenant that no other test knows, furnished on both sides."""
    tenant: Tenant = await new_tenant(tenancy)
    owner = await hire(tenancy, tenant.live.door)
    team = await furnish_team(tenancy, tenant.live.door, owner)
    return FurnishedTenant(
        slug=tenant.slug,
        owner=owner,
        live=await furnish(tenancy, tenant.live, team),
        sandbox=await furnish(tenancy, tenant.sandbox, team),
    )


async def furnished_for_one_act(tenancy: Tenancy) -> FurnishedTenant:
    """A tenant of which the live side alone is furnished, with one customer: that is all that a single act needs."""
    tenant: Tenant = await new_tenant(tenancy)
    owner = await hire(tenancy, tenant.live.door)
    team = await furnish_team(tenancy, tenant.live.door, owner)
    live = await furnish(tenancy, tenant.live, team, with_other=False)
    return FurnishedTenant(slug=tenant.slug, owner=owner, live=live, sandbox=replace(live, keys=tenant.sandbox))


async def furnish_team(tenancy: Tenancy, live: Door, owner: Hired) -> dict[str, str]:
    """Somebody on the team with a session, and somebody who is invited. Returns ids by kind."""
    colleague = await hire(tenancy, live, Role.SUPPORT)
    # Two invitations: one is taken back by a form, and the other one's link is opened.
    async with tenancy.database.side(live.tenant_id) as connection:
        invitation, opened = [
            await invitations.invite(
                connection,
                tenancy.vault,
                live,
                address=f"{name}@{live.public_id.lower()}.example",
                role=Role.SUPPORT,
                invited_by=owner.member.id,
                now=await clock(connection),
            )
            for name in ("invited", "opened")
        ]
    return {
        "member": colleague.member.id,
        "staff session": colleague.session,
        "invitation": invitation.id,
        "invitation link": invitations.secret_of(tenancy.vault, live, opened.id).reveal(),
    }


async def furnish(tenancy: Tenancy, keys: Keys, team: Mapping[str, str], *, with_other: bool = True) -> FurnishedSide:
    """Fill a side that was just made. Without another customer, the first stands in for the other one too."""
    door = keys.door
    price, dear = await sell(tenancy, door), await sell(tenancy, door, amount=3000, name="Company")
    await offer(tenancy, door, price, dear)
    shared = await shared_things(tenancy, door, team)
    jenny = await customer_with_things(tenancy, door, price, dear, JENNY, shared)
    await subscribe(tenancy, door, None, email=JENNY)
    other = await customer_with_things(tenancy, door, price, dear, OTHER, shared) if with_other else jenny
    return FurnishedSide(keys=keys, jenny=jenny, other=other)


async def shared_things(
    tenancy: Tenancy, door: Door, team: Mapping[str, str], look: Look = SAMPLE_LOOK
) -> dict[str, str]:
    """Ids by kind that are the side's own and of no customer. The look is published."""
    async with tenancy.database.side(door.tenant_id) as connection:
        (key, *_) = [each.id for each in await api_keys.keys(connection) if each.kind == "publishable"]
    look_ids, terms_ids = await furnish_look(tenancy, door, look), await furnish_terms(tenancy, door)
    meter, registration = await furnish_meter(tenancy, door), await furnish_registration(tenancy, door)
    option = await furnish_feedback_option(tenancy, door)
    logged = await furnish_request(tenancy, door, key)
    webhook_ids = await furnish_webhooks(tenancy, door)
    return {
        "logged request": logged,
        **team,
        "API key": key,
        **look_ids,
        **terms_ids,
        "meter": meter,
        "feedback option": option,
        **registration,
        **webhook_ids,
    }


async def furnish_request(tenancy: Tenancy, door: Door, key: str) -> str:
    """A request that was made with a key; returns its id."""
    async with tenancy.database.side(door.tenant_id) as connection:
        now = await clock(connection)
        made = LoggedRequest(
            id="req_" + random_token(14),
            at=now,
            method="POST",
            path="/v1/customers",
            status=200,
            key=key,
            network="192.0.2.1",
            agent="Stripe/v1 PythonBindings",
            version="2026-05-27.dahlia",
            idempotency_key=None,
            code=None,
            milliseconds=12,
            asked='{"name":"Asked"}',
            answered='{"id":"cus_1"}',
        )
        await request_log.write(connection, door.tenant_id, [made])
    return made.id


async def furnish_webhooks(tenancy: Tenancy, door: Door) -> dict[str, str]:
    """An endpoint that was told one event of what there is already. Nobody calls it. Returns ids by kind."""
    async with tenancy.database.side(door.tenant_id) as connection:
        now = (await clock(connection)).replace(microsecond=0)
        endpoint = WebhookEndpoint(
            id="we_" + random_token(22), url="https://hooks.example.com/", types=("payout.paid",), created=now
        )
        await webhook_endpoints.create(connection, tenancy.vault, door, endpoint, actor=API)
        (event, *_) = (await happenings.page(connection, Cursor(limit=1))).items
        told = ((endpoint.id, event.id, type_of(event.kind, event.act)),)
        await webhook_calls.spread(connection, door.tenant_id, told, (event.id,), now)
    return {"webhook endpoint": endpoint.id, "event": event.id}


async def furnish_feedback_option(tenancy: Tenancy, door: Door) -> str:
    """A reason of the tenant's own; returns its id."""
    async with tenancy.database.side(door.tenant_id) as connection:
        now = await clock(connection)
        made = FeedbackOption(id="fo_" + random_token(22), description="We closed our office", created=now)
        await feedback_options.create(connection, door.tenant_id, made, actor=API)
    return made.id


async def furnish_meter(tenancy: Tenancy, door: Door) -> str:
    """A meter of events that nobody reports; returns its id."""
    async with tenancy.database.side(door.tenant_id) as connection:
        now = await clock(connection)
        made = Meter(
            id="mtr_" + random_token(22),
            event_name=random_token(9),
            display_name=random_token(9),
            formula="sum",
            created=now,
            updated=now,
        )
        await meters.create(connection, door.tenant_id, made, actor=API, request_id=None)
    return made.id


async def furnish_registration(tenancy: Tenancy, door: Door) -> dict[str, str]:
    """A registration for taxes; nothing is taxed by it as long as nothing is taxed automatically. Ids by kind."""
    async with tenancy.at(door) as (connection, side):
        now = await clock(connection)
        made = Registration(
            id="taxreg_" + random_token(22),
            country="DE",
            created=now,
            active_from=now - timedelta(days=2),
        )
        await change_tax(connection, tenancy.plugins, side, lambda tax: register(tax, made), actor=API, now=now)
    return {"tax registration": made.id}


async def furnish_terms(tenancy: Tenancy, door: Door) -> dict[str, str]:
    """A coupon that anybody may have for years, a code for it, and a tax of nothing. Returns ids by kind."""
    coupon, spare, code = "C" + random_token(9), "C" + random_token(9), "promo_" + random_token(22)
    rate = "txr_" + random_token(22)
    async with tenancy.at(door) as (_, side):
        pass
    for command in (
        CreateCoupon(id=coupon, percent_off=Decimal("0.01"), duration="once"),
        CreateCoupon(id=spare, percent_off=Decimal("0.01"), duration="once"),
        CreatePromotionCode(id=code, code=random_token(9), coupon=coupon),
        CreateTaxRate(id=rate, display_name="VAT", percentage=Decimal(0), inclusive=False),
    ):
        await catalogues.carry_out(
            lambda: tenancy.database.side(door.tenant_id), tenancy, side, command, actor=API, idempotency_key=code
        )
    return {"coupon": coupon, "spare coupon": spare, "promotion code": code, "tax rate": rate}


async def furnish_look(tenancy: Tenancy, door: Door, look: Look) -> dict[str, str]:
    """A picture that no look names, and a look that was published. Returns ids by kind."""
    picture = File(media_type="image/png", content=f"a picture of {door.portal}".encode())
    async with tenancy.database.side(door.tenant_id) as connection:
        now = await clock(connection)
        name = await files.keep(connection, door.tenant_id, picture, now)
        await brand_versions.publish(connection, door.tenant_id, look, API, now)
        (newest, *_) = (await brand_versions.history(connection)).items
    return {"picture": name, "brand version": newest.id}


async def offer(tenancy: Tenancy, door: Door, *prices: str) -> None:
    """Let customers change between these prices, and their quantities."""
    async with tenancy.at(door) as (connection, side):
        terms = await book.read_terms(connection, side, prices)
        configuration = await configurations.read_default(connection)
        offered = tuple(
            OfferedProduct(
                product=terms.prices[each].product,
                prices=(each,),
                adjustable_quantity=AdjustableQuantity(minimum=1, maximum=100),
            )
            for each in prices
        )
        update = SubscriptionUpdate(
            enabled=True,
            default_allowed_updates=("price", "quantity"),
            products=offered,
            proration_behavior="always_invoice",
        )
        await configurations.put(
            connection,
            door.tenant_id,
            replace(
                configuration,
                version=configuration.version + 1,
                features=replace(
                    configuration.features,
                    subscription_update=update,
                    customer_update=CustomerUpdate(
                        enabled=True, allowed_updates=("name", "email", "address", "phone", "tax_id")
                    ),
                ),
            ),
            await configurations.login_token(connection, configuration.id),
        )


async def spare_configuration(tenancy: Tenancy, door: Door) -> str:
    """A portal configuration that is not the default."""
    async with tenancy.at(door) as (connection, _):
        now = await clock(connection)
        spare = copied(await configurations.read_default(connection), IdSource(now)("bpc"), "Spare", now)
        await configurations.put(connection, door.tenant_id, spare, None)
    return spare.id


async def customer_with_things(
    tenancy: Tenancy, door: Door, price: str, dear: str, address: str, shared: Mapping[str, str] | None = None
) -> Things:
    """A customer with a subscription, an invoice, an open quote and a session."""
    customer = await subscribe(tenancy, door, price, email=address)
    return await things_of(tenancy, door, customer, dear, address, shared)


async def things_of(
    tenancy: Tenancy,
    door: Door,
    customer: str,
    dear: str,
    address: str,
    shared: Mapping[str, str] | None = None,
    quantity: int = 3,
) -> Things:
    """What a customer with a subscription and an invoice has, and quotes and a session for them."""
    discount = await discounted(tenancy, door, customer, (shared or {}).get("coupon"))
    async with open_desk(tenancy, door, customer_id=customer, actor=API) as desk:
        # In a currency that nothing else is billed in, so that it waits for ever.
        waiting = CreateInvoiceItem(id=desk.ids("ii"), charge=ItemCharge(amount=100), currency="sek")
        await invoices.write(desk, waiting)
        moved = await invoices.adjust_balance(desk, AdjustBalance(amount=-100, currency="sek"))
        subscription, invoice = desk.account.subscriptions[0], desk.account.invoices[0]
        item = subscription.items[0]
        price = item.price
        paid = await part_paid(desk, invoice)
        await plan_changes.change(
            desk,
            ChangePlan(
                subscription=subscription.id, items=(ItemChange(id=item.id, quantity=quantity + 1),), when="period_end"
            ),
        )
        credited, draft = await credited_invoice(desk), await unissued_invoice(desk)
        number = f"{secrets.randbelow(10**7):07}"
        tax_id = new_tax_id(id_for(customer, desk.ids("txi")), "us_ein", f"98-{number}", desk.now, livemode=True)
        await customer_tax_ids.add(desk, tax_id)
        quote = await plan_changes.quote(
            desk,
            ChangePlan(subscription=subscription.id, items=(ItemChange(id=item.id, price=dear, quantity=quantity),)),
        )
        cancellation = await cancellations.quote(desk, subscription.id)
        rest = PauseSubscription(subscription=subscription.id, resumes_at=desk.now + timedelta(days=30))
        stay = TakeOffer(subscription=subscription.id, offer=StayOffer(type="pause", months=1), act=rest)
        pause_quote, stay_quote = await quote_command(desk, rest), await quote_command(desk, stay)
        start = await subscriptions.quote(desk, CreateSubscription(items=(NewItem(price=dear),)))
        owing = desk.account.invoice(credited.invoice)
        assert owing is not None
        links = [invoice_token(tenancy.vault, door, each, desk.real_now) for each in (invoice, owing)]
        product, dear_product = desk.terms.prices[price].product, desk.terms.prices[dear].product
        configuration = desk.configuration.id
    return Things(
        ids={
            **paid,
            "customer": customer,
            "account": "acct_" + customer.removeprefix("cus_"),
            "product": product,
            "dear product": dear_product,
            "price": price,
            "dear price": dear,
            "subscription": subscription.id,
            "item": item.id,
            "schedule": "sub_sched_" + subscription.id.removeprefix("sub_"),
            "invoice": invoice.id,
            "line": invoice.lines[0].id,
            "draft": draft.id,
            "draft line": draft.lines[0].id,
            "invoice item": waiting.id,
            "credit note": credited.id,
            "credit note line": credited.lines[0].id,
            "balance transaction": moved.ledger[-1].id,
            "quote": quote.id,
            "cancellation": cancellation.id,
            "pause": pause_quote.id,
            "stay": stay_quote.id,
            "start": start.id,
            "discount": discount,
            "tax id": tax_id.id,
            "configuration": configuration,
            "spare configuration": await spare_configuration(tenancy, door),
            "invoice link": links[0],
            "credited link": links[1],
            **await uploaded(tenancy, door),
            "session link": await session_token(tenancy, door, customer),
            **(shared or {}),
            "letter": await logged_letter(tenancy, door, customer, address),
        },
        session=await sign_in(tenancy, door, customer, address),
    )


async def discounted(tenancy: Tenancy, door: Door, customer: str, coupon: str | None) -> str:
    """Give a customer and their subscription the coupon, where there is one; returns a discount's id."""
    if coupon is None:
        return "di_" + random_token(22)
    choice = DiscountChoice(coupon=coupon)
    async with open_desk(tenancy, door, customer_id=customer, actor=API) as desk:
        await giving_discounts.of_customer(desk, choice)
        await giving_discounts.of_subscription(desk, desk.account.subscriptions[0].id, (choice,))
        return desk.account.subscriptions[0].discounts[0].id


async def part_paid(desk: LocalDesk | RemoteDesk, invoice: Invoice) -> dict[str, str]:
    """The least that can come in for an invoice, which stays open. Returns ids by kind."""
    if invoice.amount_remaining < 2:
        return {}
    await invoices.record_payment(desk, invoice.id, 1, desk.now.date())
    now = desk.account.invoice(invoice.id)
    assert now is not None
    return {"payment": now.payments[0].id}


async def unissued_invoice(desk: LocalDesk | RemoteDesk) -> Invoice:
    """A draft with one line."""
    draft = CreateInvoice(id=desk.ids("in"), currency="sek")
    await invoices.write(desk, draft)
    item = CreateInvoiceItem(id=desk.ids("ii"), charge=ItemCharge(amount=900), currency="sek", invoice=draft.id)
    return (await invoices.write(desk, item)).invoices[0]


async def credited_invoice(desk: LocalDesk | RemoteDesk) -> CreditNote:
    """A small invoice by hand of which something was taken back."""
    draft = CreateInvoice(id=desk.ids("in"), currency="sek")
    await invoices.write(desk, draft)
    item = CreateInvoiceItem(id=desk.ids("ii"), charge=ItemCharge(amount=900), currency="sek", invoice=draft.id)
    await invoices.write(desk, item)
    await invoices.write(desk, FinalizeInvoice(invoice=draft.id))
    note = await invoices.credit(desk, CreateCreditNote(id=desk.ids("cn"), invoice=draft.id, amount=100))
    return note.credit_notes[0]


async def uploaded(tenancy: Tenancy, door: Door) -> dict[str, str]:
    """A logo and a link to it; their ids by kind."""
    picture = File(media_type="image/png", content=f"a logo of {door.portal}".encode())
    async with tenancy.database.side(door.tenant_id) as connection:
        now = await clock(connection)
        made = UploadedFile(
            id=IdSource(now)("file"),
            created=now,
            purpose="business_logo",
            content=await files.keep(connection, door.tenant_id, picture, now),
            size=len(picture.content),
            type="png",
        )
        link = FileLink(id=IdSource(now)("link"), created=now, file=made.id)
        await uploaded_files.add(connection, door.tenant_id, made, API)
        await uploaded_files.add_link(connection, door.tenant_id, link, API)
    return {"file": made.id, "file link": link.id}


async def logged_letter(tenancy: Tenancy, door: Door, customer: str, address: str) -> str:
    """A row of the delivery log; returns its id."""
    letter = Letter(
        to=address,
        subject="Hello",
        text="Hello",
        message_id=f"<evt_{random_token(22)}@example.com>",
        sender_name="Acme",
        purpose="test",
    )
    async with tenancy.database.side(door.tenant_id) as connection:
        return await mail_log.begin(connection, door.tenant_id, letter, await clock(connection), customer)
