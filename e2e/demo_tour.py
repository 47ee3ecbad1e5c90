"""Who looks around in the running demo: customers, staff, operators and newcomers, signed in, with ids for every path.

The demo's own data is what they look at; the little that it lacks is added here.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any

from demo_house import DemoHouse
from furnished import furnish_team, shared_things, things_of
from hired import hire, operate, staff_session, stay_proven
from msgspec import Struct
from route_table import GLOBAL, GLOBAL_VALUES, path_kind
from sides import API, subscribe
from sites import sign_in
from spots import Spot

from frontdesk import cancellations, invoices, keeping_methods, plan_changes, starting_again, staying, subscriptions
from frontdesk.acts import quote_command
from frontdesk.branding import Font, Look, Radius
from frontdesk.commands import CancelSubscription, CreateSubscription, NewItem, PauseSubscription, TakeOffer
from frontdesk.desk import Actor
from frontdesk.house_settings import HouseSettings
from frontdesk.invoice_commands import CreateInvoice, CreateInvoiceItem, ItemCharge
from frontdesk.payment_method_commands import AttachPaymentMethod
from frontdesk.plugins import PluginHost
from frontdesk.retention import StayOffer
from frontdesk.signing_up import SignUp, tidied
from frontdesk.starting_points import StartingPoint
from frontdesk.test_cards import CARDS, new_method
from frontdesk_tenants import house_records, people, sign_up_invitations, sign_ups
from frontdesk_tenants.database import clock
from frontdesk_tenants.desks import open_desk
from frontdesk_tenants.directory import Door
from frontdesk_tenants.house import HOUSE
from frontdesk_tenants.people import Person
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_web.config import Config, from_environment
from frontdesk_web.cookies import cookie_name
from frontdesk_web.dashboard.house_face import JAR
from frontdesk_web.demo.cast import COMPANIES, Company
from frontdesk_web.local_servers import local_environment

OPERATOR = Actor(kind="staff", id="opr_tour")
OLIVE, NILS, WANDA = "olive@frontdesk.example", "nils@example.com", "wanda@example.com"


class Tour(Struct, frozen=True, kw_only=True):
    """One company of the demo. `ids` are of its sandbox by kind, `cookies` by visitor: name and value."""

    company: Company
    base_url: str
    live: Door
    sandbox: Door
    login_link: str
    ids: Mapping[str, str]
    cookies: Mapping[str, tuple[str, str]]

    def path(self, spot: Spot, instead: Mapping[str, str], portal: str) -> str:
        """The path of a route; `instead` names other kinds of things than the route's own."""
        path = spot.path
        for name in spot.parameters:
            path = path.replace("{" + name + "}", self._value(spot, name, instead, portal))
        return path

    def _value(self, spot: Spot, name: str, instead: Mapping[str, str], portal: str) -> str:
        kind = instead.get(name) or path_kind(spot, name)
        match kind:
            case "portal":
                return portal
            case "login link":
                return self.login_link.rpartition("/")[2]
            case _ if kind == GLOBAL:
                return GLOBAL_VALUES[name]
        if kind not in self.ids:
            raise LookupError(f"{spot}: say in e2e/demo_tour.py which {kind} of the demo is shown")
        return self.ids[kind]


@asynccontextmanager
async def tours(demo: DemoHouse) -> AsyncIterator[list[Tour]]:
    """A tour of each company."""
    base_url = demo.ready["api_base"]
    config = from_environment({**local_environment(demo.data), "FRONTDESK_BASE_URL": base_url})
    tenancy = Tenancy(config.database_url, config.master_keys, PluginHost.load())
    await tenancy.open()
    try:
        house, ids = await _house(tenancy)
        all_tours = [
            await _tour(tenancy, config, company, told, house, ids)
            for company, told in zip(COMPANIES, demo.ready["tenants"], strict=True)
        ]
        yield all_tours
    finally:
        await tenancy.aclose()


async def _tour(
    tenancy: Tenancy,
    config: Config,
    company: Company,
    told: Mapping[str, Any],
    house: Mapping[str, str],
    house_ids: Mapping[str, str],
) -> Tour:
    live, sandbox = await tenancy.directory.of_firm(company.slug)
    owner = await hire(tenancy, live, address=f"robin@{company.slug}.example")
    team = await furnish_team(tenancy, live, owner)
    look = Look(
        background=company.background, accent=company.accent, font=Font(company.font), radius=Radius(company.radius)
    )
    shared = await shared_things(tenancy, sandbox, team, look)
    by_address = {each["email"]: each for each in told["customers"]}
    first = by_address[company.people[0].email]
    leaver = by_address[next(each.email for each in company.people if each.cancels)]
    cheap, dear = await _prices(tenancy, sandbox, first["id"])
    seen = await things_of(tenancy, sandbox, first["id"], dear, first["email"], shared, quantity=1)
    half = await staff_session(tenancy, owner.person, whole=False)
    await stay_proven(tenancy, owner.person)
    left = await sign_in(tenancy, sandbox, leaver["id"], leaver["email"])
    moved_id = await subscribe(tenancy, sandbox, cheap, email="sam@example.com")
    moved = await things_of(tenancy, sandbox, moved_id, dear, "sam@example.com", quantity=1)
    async with open_desk(tenancy, sandbox, customer_id=moved_id, actor=API) as desk:
        await plan_changes.confirm(desk, moved.ids["quote"])
    resting = await subscribe(tenancy, sandbox, cheap, email="pat@example.com")
    async with open_desk(tenancy, sandbox, customer_id=resting, actor=API) as desk:
        paused = desk.account.subscriptions[0].id
        rest = PauseSubscription(subscription=paused, resumes_at=desk.now + timedelta(days=61))
        offer = StayOffer(type="pause", months=2)
        taken = await quote_command(desk, TakeOffer(subscription=paused, offer=offer, act=rest))
        await staying.confirm(desk, taken.id)
        unpaid, draft = desk.account.invoices[0].id, desk.ids("in")
        await invoices.write(desk, CreateInvoice(id=draft))
        line = ItemCharge(unit_amount=Decimal(24_000), quantity=2)
        item = CreateInvoiceItem(id=desk.ids("ii"), charge=line, description="Workshop, one day", invoice=draft)
        await invoices.write(desk, item)
    rests = await sign_in(tenancy, sandbox, resting, "pat@example.com")
    by_card, owed, asking = await _pays_by_card(tenancy, sandbox, cheap)
    pays = await sign_in(tenancy, sandbox, by_card, "ivy@example.com")
    portal, desk_jar = cookie_name(config, sandbox.portal), cookie_name(config, JAR)
    gone = await subscribe(tenancy, sandbox, cheap, email="kim@example.com")
    async with open_desk(tenancy, sandbox, customer_id=gone, actor=API) as desk:
        ended, bill = desk.account.subscriptions[0].id, desk.account.invoices[0].id
        await invoices.pay_out_of_band(desk, bill)
        await cancellations.cancel(desk, CancelSubscription(subscription=ended, when="now"))
    come_back = await sign_in(tenancy, sandbox, gone, "kim@example.com")
    back = await subscribe(tenancy, sandbox, cheap, email="lou@example.com")
    async with open_desk(tenancy, sandbox, customer_id=back, actor=API) as desk:
        over, bill = desk.account.subscriptions[0].id, desk.account.invoices[0].id
        await invoices.pay_out_of_band(desk, bill)
        await cancellations.cancel(desk, CancelSubscription(subscription=over, when="now"))
        again = await starting_again.quote(desk, over)
        await starting_again.confirm(desk, again.id)
    came_back = await sign_in(tenancy, sandbox, back, "lou@example.com")
    return Tour(
        company=company,
        base_url=config.base_url,
        live=live,
        sandbox=sandbox,
        login_link=told["login_link"],
        ids={
            **house_ids,
            **seen.ids,
            "tenant": live.portal,
            "moved subscription": moved.ids["subscription"],
            "used quote": moved.ids["quote"],
            "resting customer": resting,
            "paused subscription": paused,
            "taken offer": taken.id,
            "unpaid invoice": unpaid,
            "draft invoice": draft,
            "ended subscription": ended,
            "subscription before": over,
            "used start": again.id,
            "owed invoice": owed,
            "asking card": asking,
            "cancelled subscription": leaver["subscriptions"][0],
        },
        cookies={
            **{who: (desk_jar, secret) for who, secret in house.items()},
            "customer": (portal, seen.session.secret),
            "customer who left": (portal, left.secret),
            "customer who comes back": (portal, come_back.secret),
            "customer who came back": (portal, came_back.secret),
            "customer who moved": (portal, moved.session.secret),
            "customer who rests": (portal, rests.secret),
            "customer who pays by card": (portal, pays.secret),
            "staff": (desk_jar, owner.secret),
            "half signed in": (desk_jar, half[1]),
        },
    )


async def _pays_by_card(tenancy: Tenancy, door: Door, price: str) -> tuple[str, str, str]:
    """A customer whose bank has not been asked yet; the ids of customer, open invoice and card."""
    customer = await subscribe(tenancy, door, None, email="ivy@example.com")
    async with open_desk(tenancy, door, customer_id=customer, actor=API) as desk:
        for card in ("visa", "authenticationRequired"):
            method = new_method(desk.ids("pm"), CARDS[card], desk.now)
            await keeping_methods.change_methods(desk, AttachPaymentMethod(method=method, default=True))
        await subscriptions.create(desk, CreateSubscription(items=(NewItem(price=price, quantity=1),)))
        return customer, desk.account.invoices[0].id, method.id


async def _prices(tenancy: Tenancy, door: Door, customer: str) -> tuple[str, str]:
    """What a customer has, and another price that they may choose."""
    async with open_desk(tenancy, door, customer_id=customer, actor=API) as desk:
        present = desk.account.subscriptions[0].items[0].price
        update = desk.configuration.features.subscription_update
        offered = [price for product in update.products for price in product.prices if price != present]
    return present, offered[-1]


async def _house(tenancy: Tenancy) -> tuple[dict[str, str], dict[str, str]]:
    """Cookies of people who belong to no tenant, by visitor, and ids of what an operator sees."""
    operator = await operate(tenancy, OLIVE)
    nils, wanda = await _person(tenancy, NILS), await _person(tenancy, WANDA)
    nora = await _person(tenancy, "nora@example.com")
    async with tenancy.database.side(HOUSE) as connection:
        now = await clock(connection)
        await house_records.save_settings(connection, HouseSettings(sign_up="open"), OPERATOR, now)
        guest = await sign_up_invitations.invite(
            connection,
            tenancy.vault,
            tenancy.jobs,
            address="guest@example.com",
            locale="en",
            actor=OPERATOR,
            now=now,
        )
        token = await sign_up_invitations.read_token(connection, tenancy.vault, guest)
    assert token is not None
    made = await sign_ups.ask(tenancy, nora, _asked("Nora’s Yoga"), suggested=True)
    async with tenancy.database.side(HOUSE) as connection:
        settings = HouseSettings(sign_up="approval", contact=OLIVE)
        await house_records.save_settings(connection, settings, OPERATOR, now)
    request = await sign_ups.ask(tenancy, wanda, _asked("Brandt Rowing"), suggested=True)
    async with tenancy.database.side(HOUSE) as connection:
        # Other stories in this demo sign up by themselves.
        await house_records.save_settings(connection, HouseSettings(sign_up="open", contact=OLIVE), OPERATOR, now)
    cookies = {
        "operator": operator.secret,
        "newcomer": (await staff_session(tenancy, nils))[1],
        "new owner": (await staff_session(tenancy, nora))[1],
        "who waits": (await staff_session(tenancy, wanda))[1],
        "first time": (await staff_session(tenancy, nils, whole=False))[1],
    }
    await stay_proven(tenancy, operator.person, nils, nora, wanda)
    return cookies, {"guest": guest, "request": request.id, "new portal": made.slug, "sign-up invitation": token}


async def _person(tenancy: Tenancy, address: str) -> Person:
    async with tenancy.database.side(HOUSE) as connection:
        return await people.get_or_create(connection, address, await clock(connection), name="", locale="en")


def _asked(name: str) -> SignUp:
    return tidied(
        SignUp(
            name=name,
            slug="",
            country="DE",
            currency="eur",
            locale="en",
            starting_point=StartingPoint.SEATS,
            backend="invoice_only",
        )
    )
