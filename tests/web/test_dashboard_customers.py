"""Customers in the dashboard: created, found, edited, billed to the cent, and closed, each act under the right role."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hired import Hired, StaffBrowser, hire
from portal_browser import PortalBrowser
from portal_shop import API, Shop, open_shop
from sites import RunningSite
from sqlalchemy import select, text

from frontdesk import billing_details, customers, plan_changes
from frontdesk.book import Account, Customer, Invoice
from frontdesk.catalogue_commands import CreateCoupon
from frontdesk.commands import BillingDetails, ChangePlan, ItemChange
from frontdesk.roles import Role
from frontdesk_tenants import book, configurations, listings
from frontdesk_tenants.database import clock
from frontdesk_tenants.desks import open_desk
from frontdesk_tenants.paging import Cursor
from frontdesk_tenants.tables import address_tallies, audit, events
from frontdesk_tenants.tenancy import Tenancy

JENNY = "jenny@ashfordlane.example"


@pytest.fixture
async def shop(running_site: RunningSite, tenancy: Tenancy) -> Shop:
    """A live side with plans by the seat."""
    return await open_shop(tenancy)


@pytest.fixture
async def robin(shop: Shop) -> Hired:
    """Somebody of the support team."""
    return await hire(shop.tenancy, shop.door, Role.SUPPORT)


@pytest.fixture
async def staff(running_site: RunningSite, shop: Shop, robin: Hired) -> StaffBrowser:
    return StaffBrowser(running_site, shop.door, robin.secret)


async def account_of(shop: Shop, customer: str) -> Account | None:
    async with shop.tenancy.database.side(shop.door.tenant_id) as connection:
        return await book.read_account(connection, customer)


async def customer_of(shop: Shop, customer: str) -> Customer:
    async with shop.tenancy.database.side(shop.door.tenant_id) as connection:
        found: Customer = await listings.find(connection, "customer", customer)
    return found


async def invoices_of(shop: Shop, customer: str) -> tuple[Invoice, ...]:
    async with shop.tenancy.database.side(shop.door.tenant_id) as connection:
        return (await listings.invoices(connection, Cursor(), customer=customer)).items


async def acts(shop: Shop, object_id: str) -> list[tuple[str, str, str]]:
    async with shop.tenancy.database.side(shop.door.tenant_id) as connection:
        rows = await connection.execute(
            select(audit.c.actor_kind, audit.c.actor, audit.c.action).where(audit.c.object == object_id)
        )
        return [(row.actor_kind, row.actor, row.action) for row in rows]


def location(browser: StaffBrowser) -> str:
    assert browser.page.status_code == 303, browser.text
    return str(browser.page.headers["location"])


# -- who it is --------------------------------------------------------------------------------------------------------


async def test_a_customer_is_created_and_found(shop: Shop, robin: Hired, staff: StaffBrowser) -> None:
    assert "No customers yet" in (await staff.get("/customers")).text
    await staff.get("/customers/new")
    wrong = await staff.post("/customers/new", name="Ashford & Lane", email="jenny@ashfordlane")
    assert wrong.status_code == 400
    assert "Please enter a complete e-mail address" in staff.text
    assert 'value="Ashford &amp; Lane"' in wrong.text, "what was typed is kept"
    await staff.post("/customers/new", name="Ashford & Lane", email=JENNY, language="de", country="DE", city="Hamburg")
    path = location(staff)
    customer = path.partition("?")[0].rpartition("/")[2]
    stored = await customer_of(shop, customer)
    assert (stored.name, stored.email, stored.preferred_locales) == ("Ashford & Lane", JENNY, ("de",))
    assert stored.address is not None
    assert stored.address.country == "DE"
    assert ("staff", robin.member.id, "CreateCustomer") in await acts(shop, customer)
    await staff.follow()
    assert "The customer was created." in staff.text
    for question in ("lane", "JENNY@ash", customer[:10]):
        assert "Ashford & Lane" in (await staff.get(f"/customers?q={question}")).text.replace("&amp;", "&"), question
    await staff.get("/customers?q=nobody")
    assert "Nothing matches “nobody”" in staff.text


async def test_an_address_that_somebody_has_is_asked_about_once(shop: Shop, staff: StaffBrowser) -> None:
    await shop.add_customer(email=JENNY, name="First")
    await staff.get("/customers/new")
    asked = await staff.post("/customers/new", name="Second", email="Jenny@AshfordLane.example")
    assert asked.status_code == 409
    assert "Somebody has this address already" in staff.text
    assert "First" in staff.text
    await staff.post("/customers/new", name="Second", email="Jenny@AshfordLane.example", anyway="on")
    assert location(staff)
    await staff.get(f"/customers/no-code?q={JENNY}")
    assert "Sign-in opens" in staff.text
    assert "The other one is in the switcher." in staff.text


async def test_ids_and_numbers_lead_straight_to_their_customer(shop: Shop, staff: StaffBrowser) -> None:
    customer = await shop.add_customer(shop.item("team"))
    (invoice,) = await invoices_of(shop, customer)
    for asked in (customer, invoice.id, invoice.number):
        await staff.get(f"/customers?q={asked}")
        assert location(staff) == f"{staff.base}/customers/{customer}"


async def test_the_list_is_paged(shop: Shop, staff: StaffBrowser) -> None:
    for number in range(27):
        await shop.add_customer(email=f"n{number}@example.com", name=f"Number {number}")
    seen: set[str] = set()
    await staff.get("/customers")
    for page, more in ((25, True), (2, False)):
        shown = set(re.findall(r"Number \d+", staff.text))
        assert len(shown) == page
        assert not shown & seen
        seen |= shown
        older = re.search(r'href="([^"]*older=[^"]*)" rel="next"', staff.html)
        assert (older is not None) == more
        if older is not None:
            await staff.get(older[1])
    newer = re.search(r'href="([^"]*newer=[^"]*)" rel="prev"', staff.html)
    assert newer is not None
    await staff.get(newer[1])
    assert len(set(re.findall(r"Number \d+", staff.text))) == 25
    for garbage in ("x", "1-", "99999999999999999-cus_1", "-1-cus", "1-cus_%00"):
        assert (await staff.get(f"/customers?older={garbage}")).status_code == 200


async def test_another_address_is_another_way_in(
    running_site: RunningSite, shop: Shop, robin: Hired, staff: StaffBrowser
) -> None:
    customer = await shop.add_customer(shop.item("team"), email=JENNY)
    signed_in, by_program = await shop.sign_in(customer, JENNY), await shop.open_by_api(customer)
    await staff.get(f"/customers/{customer}")
    assert "Signed in with a code" in staff.text
    assert "Opened by your program" in staff.text
    await staff.get(f"/customers/{customer}/details?email=jenny@lane.example")
    assert 'value="jenny@lane.example"' in staff.page.text
    assert "all their sessions end" in staff.text
    assert (await customer_of(shop, customer)).email == JENNY, "looking changes nothing"
    await staff.post(f"/customers/{customer}/details", name="Ashford & Lane", email="jenny@lane.example", note="VIP")
    assert location(staff).endswith("?done=address")
    await staff.follow()
    assert "From now on they sign in with the new one" in staff.text
    assert f"{JENNY} → jenny@lane.example" in staff.text
    assert "Robin Staff" in staff.text
    assert "Nobody is signed in." in staff.text
    for secret in (signed_in, by_program):
        async with PortalBrowser(running_site, shop, secret) as jenny:
            assert (await jenny.get("/")).status_code != 200
    await staff.get(f"/customers/{customer}/details")
    await staff.post(f"/customers/{customer}/details", name="Lane", email="jenny@lane.example", note="VIP")
    assert location(staff).endswith("?done=saved"), "the address stayed"


async def test_metadata_is_kept_by_rows(shop: Shop, staff: StaffBrowser) -> None:
    customer = await shop.add_customer(metadata={"crm": "K-1", "old": "gone"})
    await staff.get(f"/customers/{customer}/metadata")
    rows = {"key-1": "crm", "value-1": "K-4711", "key-2": "old", "value-2": "", "key-3": "segment", "value-3": "press"}
    await staff.post(f"/customers/{customer}/metadata", **rows)
    assert dict((await customer_of(shop, customer)).metadata) == {"crm": "K-4711", "segment": "press"}
    await staff.follow()
    assert customer in (await staff.get("/customers?q=k-4711")).text
    await staff.get(f"/customers/{customer}/metadata")
    wrong = await staff.post(f"/customers/{customer}/metadata", **{"key-1": "[x]", "value-1": "y"})
    assert wrong.status_code == 400
    assert "no square brackets" in staff.text


async def test_the_link_carries_the_address_percent_encoded_and_is_sent_five_times_an_hour(
    shop: Shop, robin: Hired, staff: StaffBrowser
) -> None:
    customer = await shop.add_customer(email="jenny+vip@ashfordlane.example")
    await staff.get(f"/customers/{customer}")
    assert "?prefilled_email=jenny%2Bvip%40ashfordlane.example" in staff.html
    for _ in range(5):
        await staff.get(f"/customers/{customer}")
        await staff.post(f"/customers/{customer}/send-link")
        assert location(staff).endswith("?done=sent")
    async with shop.tenancy.database.side(shop.door.tenant_id) as connection:
        kinds = await connection.scalars(select(events.c.kind).where(events.c.customer == customer))
        assert list(kinds).count("link_sent") == 5
    assert ("staff", robin.member.id, "sent_link") in await acts(shop, customer)
    await staff.get(f"/customers/{customer}")
    refused = await staff.post(f"/customers/{customer}/send-link")
    assert refused.status_code == 400
    assert "The link was sent 5 times within the last hour." in staff.text


async def test_no_link_is_sent_that_leads_nowhere(shop: Shop, staff: StaffBrowser) -> None:
    customer = await shop.add_customer()
    await staff.get(f"/customers/{customer}")
    csrf = staff.csrf
    async with shop.tenancy.database.side(shop.door.tenant_id) as connection:
        await connection.execute(
            text("UPDATE configurations SET body = jsonb_set(body::jsonb, '{login_page,enabled}', 'false')::json")
        )
        assert not (await configurations.read_default(connection)).login_page.enabled
    refused = await staff.post(f"/customers/{customer}/send-link", csrf=csrf)
    assert refused.status_code == 400
    assert "Activate it first" in staff.text
    await staff.get(f"/customers/no-code?q={JENNY}")
    assert "The link to the portal is switched off" in staff.text
    async with open_desk(shop.tenancy, shop.door, customer_id=customer, actor=API) as desk:
        await billing_details.update(desk, BillingDetails(email=None))
    refused = await staff.post(f"/customers/{customer}/send-link", csrf=csrf)
    assert "This customer has no e-mail address." in staff.text


async def test_sessions_end_at_once(running_site: RunningSite, shop: Shop, robin: Hired, staff: StaffBrowser) -> None:
    customer, twin = await shop.add_customer(email=JENNY), await shop.add_customer(email=JENNY)
    other = await shop.add_customer(email="petra@example.com")
    of_twin, of_other = await shop.sign_in(twin, JENNY), await shop.sign_in(other, "petra@example.com")
    await staff.get(f"/customers/{customer}")
    await staff.post(f"/customers/{customer}/end-sessions")
    await staff.follow()
    assert "All sessions ended at once." in staff.text
    assert ("staff", robin.member.id, "ended_sessions") in await acts(shop, customer)
    async with PortalBrowser(running_site, shop, of_twin) as jenny:
        assert (await jenny.get("/")).status_code != 200, "it could have switched to this customer"
    async with PortalBrowser(running_site, shop, of_other) as petra:
        assert (await petra.get("/")).status_code == 200


async def test_wrong_codes_are_forgotten_at_a_customers_word(shop: Shop, robin: Hired, staff: StaffBrowser) -> None:
    customer = await shop.add_customer(email=JENNY)
    async with shop.tenancy.database.side(shop.door.tenant_id) as connection:
        now = await clock(connection)
        tally = {"tenant_id": shop.door.tenant_id, "failures": 100, "weight": 208_000, "updated": now}
        rows = [{**tally, "address": each} for each in (JENNY, "petra@example.com")]
        await connection.execute(address_tallies.insert(), rows)
    await staff.get(f"/customers/no-code?q={JENNY}")
    assert "new ones have 10 digits until the customer signs in" in staff.text
    assert "Forget the wrong codes" in staff.text
    await staff.post(f"/customers/{customer}/forget-wrong-codes")
    await staff.follow()
    assert "The wrong codes are forgotten." in staff.text
    assert ("staff", robin.member.id, "forgot_wrong_codes") in await acts(shop, customer)
    async with shop.tenancy.database.side(shop.door.tenant_id) as connection:
        assert (await connection.scalars(select(address_tallies.c.address))).all() == ["petra@example.com"]
    await staff.get(f"/customers/no-code?q={JENNY}")
    assert "Codes for this address are longer" not in staff.text
    assert "Forget the wrong codes" not in staff.text


# -- what is billed ---------------------------------------------------------------------------------------------------


async def test_a_plan_starts_at_the_amount_that_was_shown(shop: Shop, robin: Hired, staff: StaffBrowser) -> None:
    customer = await shop.add_customer()
    await staff.get(f"/customers/{customer}/subscribe")
    assert "Scale: €24.00 per seat, per month" in staff.text
    for price, quantity, sentence in (
        ("", "3", "Choose a plan."),
        ("price_nobody", "3", "Choose a plan."),
        (shop.prices["team"], "0", "Enter a whole number from 1 on."),
        (shop.prices["team"], "1.5", "Enter a whole number from 1 on."),
    ):
        wrong = await staff.post(f"/customers/{customer}/subscribe", price=price, quantity=quantity)
        assert wrong.status_code == 400
        assert sentence in staff.text
    await staff.post(f"/customers/{customer}/subscribe", price=shop.prices["team"], quantity="7")
    await staff.follow()
    quote = str(staff.page.url).rpartition("/")[2]
    assert "€84.00" in staff.text
    assert await invoices_of(shop, customer) == (), "nothing is billed yet"
    await staff.post(f"/customers/{customer}/subscribe/{quote}")
    assert location(staff).endswith("?done=started")
    (invoice,) = await invoices_of(shop, customer)
    assert invoice.amount_due == 8400
    assert ("staff", robin.member.id, "CreateSubscription") in await acts(shop, invoice.id)
    await staff.follow()
    assert "The plan has started." in staff.text
    await staff.post(f"/customers/{customer}/subscribe/{quote}", csrf=staff.csrf)
    assert location(staff).endswith("?done=started"), "a second press changes nothing"
    assert len(await invoices_of(shop, customer)) == 1


async def test_a_change_is_billed_as_it_was_shown(shop: Shop, staff: StaffBrowser) -> None:
    customer = await shop.add_customer(shop.item("team", 3))
    before = await account_of(shop, customer)
    assert before is not None
    path = f"/customers/{customer}/subscriptions/{before.subscriptions[0].id}/change"
    await staff.get(path)
    same = await staff.post(path, price=shop.prices["team"], quantity="3", proration="always_invoice")
    assert same.status_code == 400
    assert "The customer has this plan in this quantity already." in staff.text
    await staff.post(path, price=shop.prices["scale"], quantity="5", proration="always_invoice")
    await staff.follow()
    shown = re.search(r'due-amount">€([0-9.]+)<', staff.page.text)
    assert shown is not None
    assert shown[1] == "84.00"
    await staff.post(f"{path}/{str(staff.page.url).rpartition('/')[2]}")
    assert location(staff).endswith("?done=changed")
    newest = max(await invoices_of(shop, customer), key=lambda each: (each.created, each.number or ""))
    assert newest.amount_due == 8400
    after = await account_of(shop, customer)
    assert after is not None
    assert [(each.price, each.quantity) for each in after.subscriptions[0].items] == [(shop.prices["scale"], 5)]


async def test_what_changed_meanwhile_is_shown_before_it_is_billed(shop: Shop, staff: StaffBrowser) -> None:
    customer = await shop.add_customer(shop.item("team", 3))
    account = await account_of(shop, customer)
    assert account is not None
    path = f"/customers/{customer}/subscriptions/{account.subscriptions[0].id}/change"
    await staff.get(path)
    await staff.post(path, price=shop.prices["scale"], quantity="5", proration="always_invoice")
    await staff.follow()
    old = str(staff.page.url).rpartition("/")[2]
    # What moves no cent of it, as another plan, would not stand in the way.
    held = account.subscriptions[0]
    fewer = ChangePlan(
        subscription=held.id, items=(ItemChange(id=held.items[0].id, quantity=2),), proration_behavior="none"
    )
    async with open_desk(shop.tenancy, shop.door, customer_id=customer, actor=API) as desk:
        await plan_changes.change(desk, fewer)
    await staff.post(f"{path}/{old}")
    assert location(staff).endswith("?again=1")
    assert old not in location(staff)
    await staff.follow()
    assert "Nothing was changed." in staff.text
    assert len(await invoices_of(shop, customer)) == 1
    await staff.post(str(staff.page.url.path))
    assert location(staff).endswith("?done=changed")


async def test_an_old_quote_is_worked_out_afresh(shop: Shop, staff: StaffBrowser) -> None:
    customer = await shop.add_customer()
    await staff.get(f"/customers/{customer}/subscribe")
    await staff.post(f"/customers/{customer}/subscribe", price=shop.prices["team"], quantity="1")
    path, csrf = location(staff), staff.csrf if staff.page.text else ""
    await staff.get(path)
    csrf = staff.csrf
    async with shop.tenancy.database.side(shop.door.tenant_id) as connection:
        await connection.execute(text("UPDATE quotes SET expires_at = frontdesk_now() - interval '1 second'"))
    for answer in (await staff.get(path), await staff.post(path, csrf=csrf)):
        assert answer.headers["location"] == f"{staff.base}/customers/{customer}/subscribe?again=1"
    assert await invoices_of(shop, customer) == ()


@pytest.mark.parametrize(
    ("when", "told", "ended", "credit"),
    [
        ("period_end", "then it ends", False, 0),
        ("now", "Unused time is not credited.", True, 0),
        ("now_credit", "€36.00 for unused time is credited to the customer.", True, -3600),
    ],
)
async def test_a_plan_is_cancelled_as_it_was_shown(
    shop: Shop, staff: StaffBrowser, when: str, told: str, ended: bool, credit: int
) -> None:
    customer = await shop.add_customer(shop.item("team", 3))
    account = await account_of(shop, customer)
    assert account is not None
    path = f"/customers/{customer}/subscriptions/{account.subscriptions[0].id}"
    await staff.get(f"{path}/cancel")
    await staff.post(f"{path}/cancel", when=when)
    await staff.follow()
    assert told in staff.text
    await staff.post(str(staff.page.url.path))
    assert location(staff).endswith("?done=cancelled")
    after = await account_of(shop, customer)
    assert after is not None
    assert (after.subscriptions == ()) == ended
    assert sum(each.line.amount for each in after.pending_items) == credit
    await staff.follow()
    assert ("Plans that ended" in staff.text) == ended
    if not ended:
        assert "Ends soon" in staff.text
        await staff.post(f"{path}/keep")
        await staff.follow()
        assert "The cancellation was taken back." in staff.text


async def test_a_change_at_the_end_of_the_period_waits_and_is_taken_back(shop: Shop, staff: StaffBrowser) -> None:
    customer = await shop.add_customer(shop.item("team", 3))
    account = await account_of(shop, customer)
    assert account is not None
    path = f"/customers/{customer}/subscriptions/{account.subscriptions[0].id}"
    await staff.get(f"{path}/change")
    form = {"price": shop.prices["team"], "quantity": "2", "proration": "period_end"}
    await staff.post(f"{path}/change", **form)
    await staff.follow()
    assert "The present plan stays until" in staff.text
    await staff.post(str(staff.page.url.path))
    await staff.follow()
    assert "it changes to Team, €24.00 per month." in staff.text
    await staff.post(f"{path}/undo-change")
    await staff.follow()
    assert "The change was taken back." in staff.text
    assert "it changes to" not in staff.text


async def test_a_plan_can_start_with_a_trial(shop: Shop, staff: StaffBrowser) -> None:
    customer = await shop.add_customer()
    path = f"/customers/{customer}/subscribe"
    await staff.get(path)
    form = {"price": shop.prices["team"], "quantity": "3"}
    await staff.post(path, **form, trial="ever")
    assert "Enter a whole number of days, at most 730." in staff.text
    await staff.post(path, **form, trial="14")
    await staff.follow()
    assert "Trial period for Team" in staff.text
    await staff.post(str(staff.page.url.path))
    await staff.follow()
    assert "Trial until" in staff.text
    account = await account_of(shop, customer)
    assert account is not None
    assert account.subscriptions[0].status == "trialing"


async def test_a_plan_rests_and_goes_on(shop: Shop, staff: StaffBrowser) -> None:
    customer = await shop.add_customer(shop.item("team", 3))
    account = await account_of(shop, customer)
    assert account is not None
    path = f"/customers/{customer}/subscriptions/{account.subscriptions[0].id}"
    await staff.get(f"{path}/resume")
    assert staff.page.status_code == 303, "there is nothing to resume"
    await staff.get(f"{path}/pause")
    assert "Nothing is billed while it is paused." in staff.text
    await staff.post(f"{path}/pause", until="2", credit="now")
    await staff.follow()
    assert "The plan is paused." in staff.text
    assert "Paused until" in staff.text
    await staff.get(f"{path}/resume")
    await staff.post(f"{path}/resume", anchor="now")
    await staff.follow()
    assert "The plan goes on." in staff.text
    assert "Renews on" in staff.text
    after = await account_of(shop, customer)
    assert after is not None
    assert [each.total for each in after.invoices] == [3600], "what was given back and what was billed are the same"


async def test_an_invoice_is_marked_as_paid_once(shop: Shop, robin: Hired, staff: StaffBrowser) -> None:
    customer = await shop.add_customer(shop.item("team", 3))
    (invoice,) = await invoices_of(shop, customer)
    path = f"/customers/{customer}/invoices/{invoice.id}"
    assert (await staff.get(f"{path}/pdf")).content.startswith(b"%PDF")
    await staff.get(f"{path}/paid")
    assert f"Was invoice {invoice.number} paid?" in staff.text
    csrf = staff.csrf
    for _ in range(2):
        await staff.post(f"{path}/paid", csrf=csrf)
        assert location(staff).endswith("?done=paid")
    (paid,) = await invoices_of(shop, customer)
    assert paid.status == "paid"
    assert [each for each in await acts(shop, invoice.id) if each[2] == "PayInvoice"] == [
        ("staff", robin.member.id, "PayInvoice")
    ]
    await staff.get(f"{path}/paid")
    assert location(staff).endswith("?done=paid")


async def test_an_account_is_closed_by_its_name(running_site: RunningSite, shop: Shop, staff: StaffBrowser) -> None:
    customer = await shop.add_customer(shop.item("team", 3), email=JENNY, name="Ashford & Lane")
    secret = await shop.open_by_api(customer)
    await staff.get(f"/customers/{customer}/close")
    assert "Team ends now" in staff.text
    wrong = await staff.post(f"/customers/{customer}/close", typed="Ashford")
    assert wrong.status_code == 400
    assert not (await customer_of(shop, customer)).deleted
    await staff.post(f"/customers/{customer}/close", typed=" ashford & lane ")
    await staff.follow()
    assert "This account is closed" in staff.text
    assert "Start a plan" not in staff.text
    assert len(await invoices_of(shop, customer)) == 1
    async with PortalBrowser(running_site, shop, secret) as jenny:
        assert (await jenny.get("/")).status_code != 200
    for path in ("details", "metadata", "close", "subscribe"):
        assert (await staff.get(f"/customers/{customer}/{path}")).status_code == 404
    await staff.get(f"/customers/no-code?q={JENNY}")
    assert "The account with this address is closed" in staff.text
    assert "Ashford & Lane" not in (await staff.get("/customers")).text
    assert "Ashford" in (await staff.get("/customers?show=closed")).text


# -- who may ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.READ_ONLY, Role.DEVELOPER])
async def test_who_may_only_look_sees_no_way_to_act(
    running_site: RunningSite, shop: Shop, staff: StaffBrowser, role: Role
) -> None:
    customer = await shop.add_customer(shop.item("team", 3), email=JENNY, name="Ashford & Lane")
    account = await account_of(shop, customer)
    assert account is not None
    subscription, invoice = account.subscriptions[0].id, account.invoices[0].id
    looker = await hire(shop.tenancy, shop.door, role)
    async with StaffBrowser(running_site, shop.door, looker.secret) as eyes:
        for path in ("/customers", f"/customers/{customer}", f"/customers/no-code?q={JENNY}"):
            page = await eyes.get(path)
            assert page.status_code == 200
            assert "Ashford" in eyes.text
            main = page.text.partition("<main")[2]
            assert '<form method="post"' not in main
            for word in ("Create customer", "Start a plan", "Change plan", "Mark as paid", "Send the link", "Edit"):
                assert word not in main, (path, word)
        await eyes.get(f"/customers/{customer}")
        assert ("History" in eyes.text) == (role is Role.DEVELOPER)
        csrf = eyes.csrf
        for path in (
            "/customers/new",
            *(f"/customers/{customer}/{each}" for each in ("details", "metadata", "close", "subscribe")),
            *(f"/customers/{customer}/{each}" for each in ("send-link", "end-sessions", "forget-wrong-codes")),
            *(f"/customers/{customer}/subscriptions/{subscription}/{each}" for each in ("change", "cancel", "keep")),
            f"/customers/{customer}/invoices/{invoice}/paid",
        ):
            assert (await eyes.post(path, csrf=csrf)).status_code == 403, path
        assert (await eyes.get(f"/customers/{customer}/invoices/{invoice}/pdf")).status_code == 200


async def test_the_other_side_has_customers_of_its_own(running_site: RunningSite, shop: Shop, robin: Hired) -> None:
    customer = await shop.add_customer(email=JENNY)
    async with StaffBrowser(running_site, shop.other_door, robin.secret) as sandbox:
        assert (await sandbox.get(f"/customers/{customer}")).status_code == 404
        assert (await sandbox.get(f"/customers?q={customer}")).status_code == 200
        assert "Nothing matches" in sandbox.text
        await sandbox.get(f"/customers/no-code?q={JENNY}")
        assert "No customer has this address" in sandbox.text


async def test_closing_through_the_api_ends_sessions_too(running_site: RunningSite, shop: Shop) -> None:
    customer = await shop.add_customer(email=JENNY)
    secret = await shop.sign_in(customer, JENNY)
    async with open_desk(shop.tenancy, shop.door, customer_id=customer, actor=API) as desk:
        await customers.delete(desk)
    async with PortalBrowser(running_site, shop, secret) as jenny:
        assert (await jenny.get("/")).status_code != 200


async def test_late_invoices_are_told(shop: Shop, staff: StaffBrowser) -> None:
    customer = await shop.add_customer(shop.item("team", 3))
    (invoice,) = await invoices_of(shop, customer)
    assert invoice.due_date is not None
    due = (invoice.due_date - timedelta(days=60)).isoformat().replace("+00:00", "Z")
    async with shop.tenancy.database.side(shop.door.tenant_id) as connection:
        await connection.execute(
            text("UPDATE invoices SET body = jsonb_set(body::jsonb, '{due_date}', to_jsonb(CAST(:due AS text)))::json"),
            {"due": due},
        )
    assert "1 late" in (await staff.get("/customers?show=late")).text
    assert "1 late invoice" in (await staff.get(f"/customers/{customer}")).text
    assert "Past due" in staff.text


async def test_an_invoice_is_voided_or_given_up(shop: Shop, staff: StaffBrowser) -> None:
    customer = await shop.add_customer(shop.item("team", 3))
    (invoice,) = await invoices_of(shop, customer)
    path = f"/customers/{customer}/invoices/{invoice.id}"
    await staff.get(f"{path}/uncollectible")
    assert f"Give up on invoice {invoice.number}?" in staff.text
    await staff.post(f"{path}/uncollectible")
    await staff.follow()
    assert "The invoice is marked as uncollectible." in staff.text
    assert "Not collected" in staff.text
    await staff.get(f"{path}/void")
    csrf = staff.csrf
    for _ in range(2):
        await staff.post(f"{path}/void", csrf=csrf)
        assert location(staff).endswith("?done=void")
    await staff.follow()
    assert "The invoice is void." in staff.text
    assert "Void invoice" not in staff.text
    assert {"MarkUncollectible", "VoidInvoice"} <= {each[2] for each in await acts(shop, invoice.id)}


async def test_a_payment_in_part_is_recorded_and_reversed(
    running_site: RunningSite, shop: Shop, staff: StaffBrowser, robin: Hired
) -> None:
    customer = await shop.add_customer(shop.item("team", 3), email=JENNY)
    (invoice,) = await invoices_of(shop, customer)
    path = f"/customers/{customer}/invoices/{invoice.id}"
    await staff.get(f"{path}/payments")
    wrong = await staff.post(f"{path}/payments", amount="a lot", received="yesterday", reference="")
    assert wrong.status_code == 400
    assert "Enter the day as a date." in staff.text
    future = await staff.post(f"{path}/payments", amount="1", received="2999-01-01", reference="")
    assert future.status_code == 400
    today = datetime.now(UTC).date().isoformat()
    await staff.post(f"{path}/payments", amount="20.00", received=today, reference="RF18 4711")
    await staff.follow()
    assert "The payment is recorded." in staff.text
    assert "RF18 4711" in staff.text
    (part,) = await invoices_of(shop, customer)
    assert (part.status, part.amount_paid, part.payments[0].by) == ("open", 2000, robin.member.id)
    left = f"€{(part.amount_due - 2000) / 100:.2f}"
    assert left in staff.text
    async with PortalBrowser(running_site, shop, await shop.sign_in(customer)) as jenny:
        await jenny.get(f"/invoices/{invoice.id}")
        assert "Paid on " in jenny.html
        assert left in jenny.html
    await staff.get(f"{path}/payments/{part.payments[0].id}/reverse")
    assert "Reverse the payment of" in staff.text
    await staff.post(f"{path}/payments/{part.payments[0].id}/reverse")
    await staff.follow()
    assert "The payment is reversed." in staff.text
    (back,) = await invoices_of(shop, customer)
    assert (back.status, back.amount_paid, len(back.payments)) == ("open", 0, 2)
    assert (await staff.get(f"{path}/payments/pay_never/reverse")).status_code == 404


async def test_an_invoice_is_written_by_hand(shop: Shop, staff: StaffBrowser) -> None:
    customer = await shop.add_customer(email=JENNY, name="Ashford & Lane")
    await staff.get(f"/customers/{customer}/invoices/new")
    wrong = await staff.post(
        f"/customers/{customer}/invoices/new", description="", quantity="1", amount="x", days="14", order="", memo=""
    )
    assert wrong.status_code == 400
    await staff.post(
        f"/customers/{customer}/invoices/new",
        description="Workshop",
        quantity="2",
        amount="150.00",
        days="10",
        order="PO-17",
        memo="Thanks",
    )
    await staff.follow()
    assert "This is a draft" in staff.text
    (draft,) = await invoices_of(shop, customer)
    path = f"/customers/{customer}/invoices/{draft.id}"
    assert (draft.status, draft.total, draft.description, draft.days_until_due) == ("draft", 30_000, "Thanks", 10)
    assert [(each.name, each.value) for each in draft.custom_fields] == [("Purchase order", "PO-17")]
    await staff.post(f"{path}/lines", description="Travel", quantity="1", amount="49,90")
    await staff.follow()
    assert "€349.90" in staff.text
    (draft,) = await invoices_of(shop, customer)
    await staff.post(f"{path}/lines/{draft.lines[0].pending_item}/remove")
    await shop.add_to_catalogue(CreateCoupon(id="FAIR", name="Fair", percent_off=Decimal(10)))
    await staff.get(path)
    await staff.post(f"{path}/discount", coupon="FAIR")
    await staff.follow()
    assert "Fair: 10% off" in staff.text
    (draft,) = await invoices_of(shop, customer)
    assert (draft.total, len(draft.discounts)) == (4491, 1)
    twice = await staff.post(f"{path}/discount", coupon="FAIR")
    assert twice.status_code == 400
    assert "discount already" in staff.text
    await staff.post(f"{path}/discount", remove=draft.discounts[0].id)
    assert location(staff).endswith("?done=discount-gone")
    for way in ("paid", "pdf"):
        assert (await staff.get(f"{path}/{way}")).status_code == 404, "a draft is neither paid nor printed"
    await staff.get(f"{path}/issue")
    assert JENNY in staff.text
    csrf = staff.csrf
    for _ in range(2):
        await staff.post(f"{path}/issue", csrf=csrf, act="send")
        assert location(staff).endswith("?done=issued-sent")
    (issued,) = await invoices_of(shop, customer)
    assert (issued.status, issued.total, issued.number is None) == ("open", 4990, False)
    assert (await staff.post(f"{path}/drop", csrf=csrf)).status_code == 400
    await staff.post(
        f"/customers/{customer}/invoices/new",
        csrf=csrf,
        description="Never",
        quantity="1",
        amount="1",
        days="1",
        order="",
        memo="",
    )
    dropped = next(each for each in await invoices_of(shop, customer) if each.status == "draft")
    await staff.post(f"/customers/{customer}/invoices/{dropped.id}/drop", csrf=csrf)
    assert location(staff).endswith("?done=dropped")
    assert [each.id for each in await invoices_of(shop, customer)] == [issued.id]
