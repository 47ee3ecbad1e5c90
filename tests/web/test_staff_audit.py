"""What staff and operators change stands in the audit: who, what, in which request (issue 3; trust.md G6).

Every form of the dashboard is posted as its page would, and let through. What changes a row of a side, or of the house,
leaves an entry there in the same transaction. A form that is to change nothing is listed with a reason, and a new one
fails here.
"""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from catalog_findings import as_admin
from digests import changed, digests
from furnished import FurnishedTenant, furnished_for_one_act
from hired import Operating, operate, staff_session
from matrix_world import World, caller, own_request, send
from msgspec import Struct
from sides import API
from sites import RunningSite
from spots import Ask, Spot, spots
from sqlalchemy import insert, select
from walked import on_each

from frontdesk import pausing, plan_changes
from frontdesk.commands import ChangePlan, ItemChange, PauseSubscription
from frontdesk.errors import Refused
from frontdesk.ids import IdSource
from frontdesk.secret import Secret
from frontdesk.signing_up import SignUp
from frontdesk_tenants import identity_providers, sender_domains, sign_up_invitations, tallies
from frontdesk_tenants.database import clock
from frontdesk_tenants.desks import open_desk
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.house import HOUSE
from frontdesk_tenants.identities import Client
from frontdesk_tenants.tables import customers, sign_ups
from frontdesk_tenants.tenancy import Tenancy

FORMS = [each for each in spots() if each.is_deed_of_staff]
FOLLOWS = {
    *("audit", "mail_log", "procrastinate_jobs", "side_counters", "customer_words", "product_words", "active_items"),
    *("due", "events", "quotes"),
}
"""Tables whose rows count, or follow from others, or only ask what something would cost."""
CHANGES_NOTHING = {
    "POST /dashboard/{portal}/branding/picture": "shows a picture before it is saved",
    "POST /dashboard/{portal}/branding/preview": "a preview",
    "POST /dashboard/{portal}/portal/preview": "a preview",
    "POST /dashboard/{portal}/reminders/{stage}/preview": "a preview",
    "POST /dashboard/{portal}/products/new/picture": "shows a picture before it is saved",
    "POST /dashboard/{portal}/products/new/preview": "a preview",
    "POST /dashboard/{portal}/customers/{customer}/subscribe": "asks what it would cost",
    "POST /dashboard/{portal}/customers/{customer}/subscriptions/{subscription}/change": "asks what it would cost",
    "POST /dashboard/{portal}/customers/{customer}/subscriptions/{subscription}/cancel": "asks what it would mean",
}
PROVEN_ELSEWHERE = {
    "POST /dashboard/{portal}/go-live": ("tenants/test_going_live.py", "went_live"),
    "POST /dashboard/{portal}/collection": ("web/test_api_collection.py", "collection_saved"),
    "POST /dashboard/{portal}/webhooks/times": ("web/test_event_times.py", "notices_saved"),
    "POST /dashboard/{portal}/email": ("web/test_dashboard_email.py", "sender_set"),
    "POST /dashboard/{portal}/email/check": ("web/test_dashboard_email.py", "sender_checked"),
    "POST /dashboard/{portal}/customers/{customer}/invoices/{invoice}/credit": (
        *("web/test_credit_papers.py", "CreateCreditNote"),
    ),
    "POST /dashboard/{portal}/customers/{customer}/invoices/{invoice}/payments/{payment}/refund": (
        *("web/test_dashboard_refunds.py", "RefundCharge"),
    ),
    "POST /dashboard/{portal}/clocks": ("web/test_dashboard_clocks.py", "CreateTestClock"),
    "POST /dashboard/{portal}/clocks/{clock}/advance": ("web/test_dashboard_clocks.py", "AdvanceTestClock"),
    "POST /dashboard/{portal}/clocks/{clock}/delete": ("web/test_dashboard_clocks.py", "DeleteTestClock"),
    "POST /dashboard/{portal}/customers/{customer}/ask-again": ("web/test_dashboard_backend.py", "asked_again"),
    "POST /dashboard/{portal}/backend": ("web/test_dashboard_backend.py", "backend_chosen"),
    "POST /dashboard/{portal}/portal/codes": ("web/test_dashboard_sign_in_codes.py", "channels_ordered"),
    "POST /dashboard/{portal}/portal/codes/gateway": ("web/test_dashboard_text_gateway.py", "channel_connected"),
    "POST /dashboard/{portal}/portal/codes/gateway/test": ("web/test_dashboard_text_gateway.py", "test_text_sent"),
    "POST /dashboard/{portal}/portal/codes/gateway/off": ("web/test_dashboard_text_gateway.py", "channel_switched_off"),
    "POST /dashboard/{portal}/customers/{customer}/trust-phone": (
        *("web/test_dashboard_sign_in_codes.py", "UpdateBillingDetails"),
    ),
    "POST /dashboard/{portal}/team/sign-in": ("web/test_single_sign_on.py", "identity_provider_connected"),
}
"""What needs servers, or a long story before it: the file where its entry is read, and what it is called there."""


class Scene(Struct, frozen=True, kw_only=True):
    """A tenant of one test, and ways to bring it where a form has something to do."""

    world: World
    tenancy: Tenancy
    client: Any

    async def post(self, name: str, **fields: str) -> None:
        """Post another form first, which must be taken."""
        (spot,) = [each for each in spots() if str(each) == name]
        ask = own_request(self.world, spot).with_values({("form", each): value for each, value in fields.items()})
        answer = await send(self.client, ask, caller(self.world, spot))
        assert answer.status_code in (200, 303), f"{name}: {answer.status_code} {answer.text[:300]}"


Values = Mapping[tuple[str, str], str]


async def another_session(scene: Scene) -> Values:
    session, _ = await staff_session(scene.tenancy, scene.world.ours.owner.person)
    return {("path", "session"): session}


async def a_draft(scene: Scene) -> Values:
    await scene.post("POST /dashboard/{portal}/branding")
    return {}


async def another_look(scene: Scene) -> Values:
    await scene.post("POST /dashboard/{portal}/branding", act="publish")
    return {}


async def a_cancellation(scene: Scene) -> Values:
    path = "POST /dashboard/{portal}/customers/{customer}/subscriptions/{subscription}/cancel/{cancellation}"
    await scene.post(path)
    return {}


async def a_waiting_change(scene: Scene) -> Values:
    home = scene.world.home
    jenny, item = home.jenny.ids, ItemChange(id=home.jenny.ids["item"], quantity=1)
    command = ChangePlan(subscription=jenny["subscription"], items=(item,), when="period_end")
    async with open_desk(scene.tenancy, home.door, customer_id=jenny["customer"], actor=API) as desk:
        await plan_changes.change(desk, command)
    return {}


async def a_pause(scene: Scene) -> Values:
    jenny = scene.world.home.jenny.ids
    async with open_desk(scene.tenancy, scene.world.home.door, customer_id=jenny["customer"], actor=API) as desk:
        await pausing.pause(desk, PauseSubscription(subscription=jenny["subscription"]))
    return {}


async def a_wrong_code(scene: Scene) -> Values:
    """Somebody has typed one for the customer's address."""
    side, jenny = scene.world.home.door.tenant_id, scene.world.home.jenny.ids["customer"]
    async with scene.tenancy.database.side(side) as connection:
        address = (await connection.scalars(select(customers.c.address).where(customers.c.id == jenny))).one()
        await tallies.add_wrong_guess(connection, side, address, 6, await clock(connection))
    return {}


async def a_product_without_prices(scene: Scene) -> Values:
    headers = {"Authorization": f"Bearer {scene.world.home.secret_key}"}
    made = await scene.client.post("/v1/products", data={"name": "Chair"}, headers=headers)
    return {("path", "product"): made.json()["id"]}


async def a_draft_invoice(scene: Scene) -> Values:
    """An invoice that is still being written, with one line."""
    headers = {"Authorization": f"Bearer {scene.world.home.secret_key}"}
    customer = scene.world.home.jenny.ids["customer"]
    item = {"customer": customer, "amount": "100", "currency": "eur"}
    line = (await scene.client.post("/v1/invoiceitems", data=item, headers=headers)).json()
    draft = {"customer": customer, "pending_invoice_items_behavior": "include", "currency": "eur"}
    made = (await scene.client.post("/v1/invoices", data=draft, headers=headers)).json()
    return {("path", "invoice"): made["id"], ("path", "line"): line["id"]}


async def an_unpaid_invoice(scene: Scene) -> Values:
    """An invoice for which nothing has come in."""
    values = await a_draft_invoice(scene)
    headers = {"Authorization": f"Bearer {scene.world.home.secret_key}"}
    invoice = values["path", "invoice"]
    issued = await scene.client.post(f"/v1/invoices/{invoice}/finalize", headers=headers)
    assert issued.status_code == 200, issued.text
    return {("path", "invoice"): invoice}


async def a_provider(scene: Scene) -> Values:
    live = scene.world.home.door
    client = Client(issuer="https://login.example.com", client_id="frontdesk", client_secret=Secret("word"))
    async with scene.tenancy.database.side(live.tenant_id) as connection:
        await identity_providers.put(connection, scene.tenancy.vault, live, client, await clock(connection))
    return {}


async def a_sender(scene: Scene) -> Values:
    side, keys = scene.world.home.door.tenant_id, await sender_domains.new_key_pair()
    async with scene.tenancy.database.side(side) as connection:
        await sender_domains.claim(
            connection,
            scene.tenancy.vault,
            side,
            local_part="billing",
            domain="own.example.com",
            keys=keys,
            actor=API,
            now=await clock(connection),
        )
    return {}


async def a_tenant(scene: Scene) -> Values:
    return {("path", "tenant"): scene.world.ours.slug}


async def a_suspended_tenant(scene: Scene) -> Values:
    await suspend(scene)
    return {("path", "tenant"): scene.world.ours.slug, ("form", "reason"): "Settled"}


async def suspend(scene: Scene) -> None:
    (spot,) = [each for each in spots() if str(each) == "POST /operator/tenants/{tenant}/suspend"]
    ask = own_request(scene.world, spot).with_values({("path", "tenant"): scene.world.ours.slug})
    assert (await send(scene.client, ask, caller(scene.world, spot))).status_code == 303


async def a_guest(scene: Scene) -> Values:
    async with scene.tenancy.database.side(HOUSE) as connection:
        invitation = await sign_up_invitations.invite(
            connection,
            scene.tenancy.vault,
            scene.tenancy.jobs,
            address=f"guest@{scene.world.ours.slug}.example",
            locale="en",
            actor=API,
            now=await clock(connection),
        )
    return {("path", "guest"): invitation}


async def a_request(scene: Scene) -> Values:
    """Somebody has asked to sign up, and waits."""
    slug = f"{scene.world.ours.slug}-new"
    asked = SignUp(
        name="Brandt Yoga",
        slug=slug,
        country="DE",
        currency="eur",
        locale="en",
        starting_point="seats",
        backend="invoice_only",
    )
    person = scene.world.ours.owner.person
    async with scene.tenancy.database.side(HOUSE) as connection:
        now = await clock(connection)
        id_ = IdSource(now)("sup")
        values = {"id": id_, "person": person.id, "address": person.address, "slug": slug, "body": asked}
        await connection.execute(insert(sign_ups).values(tenant_id=HOUSE, state="waiting", created=now, **values))
    return {("path", "asked"): id_, ("form", "reason"): "No such firm"}


async def another_role(scene: Scene) -> Values:
    return {("form", "role"): "developer"}


async def a_whole_seller(scene: Scene) -> Values:
    fields = {
        "name": "Northbeam GmbH",
        "line1": "Lange Straße 1",
        "postal_code": "10115",
        "city": "Berlin",
        "country": "DE",
        "tax_number": "DE123456789",
        "iban": "DE02120300000000202051",
        "bank_account_holder": "Northbeam GmbH",
        "invoice_prefix": "NB",
        "days_until_due": "14",
    }
    return {("form", name): value for name, value in fields.items()}


PREPARED: Mapping[str, Callable[[Scene], Awaitable[Values]]] = {
    "POST /dashboard/account/sessions/{session}/end": another_session,
    "POST /dashboard/account/sessions/end-others": another_session,
    "POST /dashboard/{portal}/branding/draft": a_draft,
    "POST /dashboard/{portal}/branding/versions/{version}": another_look,
    "POST /dashboard/{portal}/customers/{customer}/forget-wrong-codes": a_wrong_code,
    "POST /dashboard/{portal}/customers/{customer}/invoices/{invoice}/discount": a_draft_invoice,
    "POST /dashboard/{portal}/customers/{customer}/invoices/{invoice}/drop": a_draft_invoice,
    "POST /dashboard/{portal}/customers/{customer}/invoices/{invoice}/issue": a_draft_invoice,
    "POST /dashboard/{portal}/customers/{customer}/invoices/{invoice}/lines": a_draft_invoice,
    "POST /dashboard/{portal}/customers/{customer}/invoices/{invoice}/lines/{line}/remove": a_draft_invoice,
    "POST /dashboard/{portal}/customers/{customer}/invoices/{invoice}/void": an_unpaid_invoice,
    "POST /dashboard/{portal}/customers/{customer}/invoices/{invoice}/remind": an_unpaid_invoice,
    "POST /dashboard/{portal}/customers/{customer}/subscriptions/{subscription}/keep": a_cancellation,
    "POST /dashboard/{portal}/customers/{customer}/subscriptions/{subscription}/undo-change": a_waiting_change,
    "POST /dashboard/{portal}/customers/{customer}/subscriptions/{subscription}/resume": a_pause,
    "POST /dashboard/{portal}/products/{product}/delete": a_product_without_prices,
    "POST /dashboard/{portal}/team/sign-in/remove": a_provider,
    "POST /dashboard/{portal}/team/{member}/role": another_role,
    "POST /dashboard/{portal}/email/remove": a_sender,
    "POST /dashboard/{portal}/seller": a_whole_seller,
    "POST /operator/tenants/{tenant}/suspend": a_tenant,
    "POST /operator/tenants/{tenant}/lift": a_suspended_tenant,
    "POST /operator/requests/{asked}/approve": a_request,
    "POST /operator/requests/{asked}/refuse": a_request,
    "POST /operator/invitations/{guest}/revoke": a_guest,
}
"""Forms that have something to do only after something else."""


QUIET = (*CHANGES_NOTHING, *PROVEN_ELSEWHERE)
"""Forms that leave a tenant as it was, so that they come first, and all of them to the same one."""


@pytest.fixture(scope="module")
async def operator(tenancy: Tenancy) -> Operating:
    return await operate(tenancy)


@pytest.fixture(scope="module")
def kept() -> list[FurnishedTenant]:
    """The tenant of the form before, where there was one."""
    return []


@on_each(sorted(FORMS, key=lambda each: str(each) not in QUIET))
async def test_what_is_changed_stands_in_the_audit(
    running_site: RunningSite,
    tenancy: Tenancy,
    postgres: PostgresAddresses,
    operator: Operating,
    kept: list[FurnishedTenant],
    spot: Spot,
) -> None:
    """A tenant takes long to furnish, so a form is posted to the one of the form before. Where that has left it nothing
    to do, it has a tenant of its own."""
    if kept:
        try:
            await assert_audited(World(running_site, kept[0], kept[0], postgres, operator), tenancy, spot)
        except (AssertionError, Refused):
            pass
        else:
            return
    kept[:] = [await furnished_for_one_act(tenancy)]
    await assert_audited(World(running_site, kept[0], kept[0], postgres, operator), tenancy, spot)


async def assert_audited(world: World, tenancy: Tenancy, spot: Spot) -> None:
    """Post a form as its page would, and read the audit."""
    ours, postgres = world.ours, world.addresses
    async with world.running.client() as client:
        values: Values = {}
        if str(spot) in PREPARED:
            values = await PREPARED[str(spot)](Scene(world=world, tenancy=tenancy, client=client))
        ask: Ask = own_request(world, spot).with_values(values)
        sides = (ours.live.door.tenant_id, ours.sandbox.door.tenant_id, HOUSE)
        before, former = digests(postgres, sides=sides), newest_entry(postgres)
        answer = await send(client, ask, caller(world, spot))
    touched = changed(before, digests(postgres, sides=sides)) - FOLLOWS
    told = entries_since(postgres, former)
    at = f"{answer.status_code} {touched} {told} {answer.text[:300]}"
    assert answer.status_code < 500, at
    assert answer.status_code != 403, f"the form's own token and origin were not enough: {at}"
    assert not touched or told, f"changed and not told: {at}"
    if str(spot) in CHANGES_NOTHING:
        assert (touched, told) == (set(), []), at
    elif str(spot) not in PROVEN_ELSEWHERE:
        assert told, f"nothing was done, so nothing is proven: {at}"
    who = {world.operator.person.id} if spot.is_operators else {ours.owner.member.id, ours.owner.person.id}
    for entry in told:
        assert entry["actor_kind"] == "staff", at
        assert spot.is_operators or entry["actor"] in who, at
        assert entry["request_id"] == answer.headers["request-id"], at
        assert entry["action"], at
        assert entry["object"], at


def newest_entry(addresses: PostgresAddresses) -> int:
    """The number of the audit's last entry, of whatever side."""
    with as_admin(addresses) as admin:
        row = admin.execute("SELECT COALESCE(max(number), 0) FROM audit").fetchone()
    assert row is not None
    return int(row[0])


def entries_since(addresses: PostgresAddresses, number: int) -> list[dict[str, Any]]:
    """What was added to the audit of any side, and of the house, in order."""
    with as_admin(addresses) as admin:
        question = "SELECT row_to_json(audit) FROM audit WHERE number > %s ORDER BY number"
        return [entry for (entry,) in admin.execute(question, (number,)).fetchall()]


def test_what_is_listed_exists_and_is_proven_where_it_says() -> None:
    known = {str(each) for each in FORMS}
    assert {*CHANGES_NOTHING, *PROVEN_ELSEWHERE, *PREPARED} <= known, "a route that is gone"
    for place, word in PROVEN_ELSEWHERE.values():
        assert f'"{word}"' in (Path(__file__).parents[1] / place).read_text(), f"{place} reads no {word}"
