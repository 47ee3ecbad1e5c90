"""The team: invited, joined, changed, removed; sessions, second steps and keys of its members."""

import asyncio
import re
from datetime import timedelta
from urllib.parse import quote, urlsplit

import httpx
import pytest
from hired import Hired, StaffBrowser, hire, staff_cookie, staff_session
from posts import Mailbox, mailbox, plain, site_of
from sides import Tenant
from sites import RunningSite, browser_headers
from sqlalchemy import select, update

from frontdesk.roles import Role
from frontdesk_tenants import invitations, people, staff
from frontdesk_tenants.database import clock
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.house import HOUSE
from frontdesk_tenants.tables import audit, staff_sessions
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_web.letters.invitation import send_invitation


@pytest.fixture
async def robin(tenancy: Tenancy, tenant: Tenant) -> Hired:
    """The owner."""
    return await hire(tenancy, tenant.live.door)


def browser(running: RunningSite, tenant: Tenant, hired: Hired) -> StaffBrowser:
    return StaffBrowser(running, tenant.live.door, hired.secret)


async def actions(tenancy: Tenancy, tenant: Tenant) -> list[str]:
    async with tenancy.database.side(tenant.live.door.tenant_id) as connection:
        return list(await connection.scalars(select(audit.c.action).order_by(audit.c.number)))


async def grow_stale(tenancy: Tenancy, session: str) -> None:
    """Six minutes have passed since somebody proved who they are."""
    async with tenancy.database.side(HOUSE) as connection:
        before = await clock(connection) - timedelta(minutes=6)
        await connection.execute(update(staff_sessions).where(staff_sessions.c.id == session).values(fresh_at=before))


async def role_of(tenancy: Tenancy, tenant: Tenant, hired: Hired) -> Role | None:
    async with tenancy.database.side(tenant.live.door.tenant_id) as connection:
        member = await staff.member(connection, hired.member.id)
    return None if member is None else member.role


async def test_somebody_is_invited_by_letter_joins_and_works(
    plain_site: RunningSite, postgres: PostgresAddresses, tenancy: Tenancy, tenant: Tenant, robin: Hired
) -> None:
    address = f"kim@{tenant.slug}.example"
    live = tenant.live.door
    async with browser(plain_site, tenant, robin) as owner, mailbox() as post:
        await owner.get("/team")
        await owner.post("/team", email=f" Kim@{tenant.slug}.example ", role="support")
        assert "invitation is on its way" in (await owner.follow()).text
        assert "Invited, until" in owner.text
        letter = await sent(postgres, post, tenancy, tenant)
        assert "invites you to" in str(letter["subject"])
        await owner.get("/email/log")
        assert address in owner.text
        assert "Invitation to the team" in owner.text
        link = urlsplit(re.search(r"http\S+/dashboard/invitation/\S+", plain(letter))[0]).path  # type: ignore[index]
        async with plain_site.client(**browser_headers(plain_site.config)) as kim:
            page = await kim.get(link)
            assert "Join" in page.text
            assert "Support" in page.text
            form = {"csrf": re.search(r'name="csrf" value="([^"]+)"', page.text)[1]}  # type: ignore[index]
            assert (await kim.post(link)).status_code == 403, "the page's own token is asked for"
            joined = await kim.post(link, data=form)
            assert joined.status_code == 303
            assert f"prefilled_email=kim%40{tenant.slug}.example" in joined.headers["location"]
            assert (await kim.get(link)).status_code == 404, "an invitation is accepted once"
            assert (await kim.post(link, data=form)).status_code == 404
        assert "Kim" not in (await owner.get("/team")).text
        assert address in owner.text
        assert "Invited, until" not in owner.text
    async with tenancy.database.side(HOUSE) as connection:
        person = await people.find(connection, address)
    assert person is not None
    _, secret = await staff_session(tenancy, person)
    async with StaffBrowser(plain_site, live, secret) as kim_at_work:
        assert (await kim_at_work.get()).status_code == 200
    assert (await actions(tenancy, tenant))[-2:] == ["staff_invited", "staff_joined"]


async def sent(postgres: PostgresAddresses, post: Mailbox, tenancy: Tenancy, tenant: Tenant):  # type: ignore[no-untyped-def]
    """Do what the worker does with the waiting invitation; returns the letter."""
    live = tenant.live.door
    async with tenancy.database.side(live.tenant_id) as connection:
        (waiting,) = await invitations.pending(connection, await clock(connection))
    site = site_of(postgres.app_url, post.port)
    await site.open()
    try:
        await send_invitation(site, live.tenant_id, waiting.id)
    finally:
        await site.aclose()
    return post.letters[-1]


async def test_an_invitation_ends_when_taken_back_replaced_or_a_week_old(
    plain_site: RunningSite, tenancy: Tenancy, tenant: Tenant, robin: Hired
) -> None:
    live = tenant.live.door

    async def pending() -> list[str]:
        async with tenancy.database.side(live.tenant_id) as connection:
            return [each.id for each in await invitations.pending(connection, await clock(connection))]

    async def answer(id_: str) -> int:
        async with plain_site.client() as stranger:
            secret = invitations.secret_of(tenancy.vault, live, id_).reveal()
            return (await stranger.get(f"/dashboard/invitation/{secret}")).status_code

    async with browser(plain_site, tenant, robin) as owner:
        await owner.get("/team")
        await owner.post("/team", email="kim@example.com", role="admin")
        (first,) = await pending()
        await owner.get("/team")
        await owner.post("/team", email="kim@example.com", role="support")
        (second,) = await pending()
        assert (await answer(first), await answer(second)) == (404, 200)
        await owner.get("/team")
        await owner.post(f"/team/invitations/{second}/revoke")
        assert "taken back" in (await owner.follow()).text
        assert await answer(second) == 404
        await owner.post(f"/team/invitations/{second}/revoke")
        assert owner.page.status_code == 404
        await owner.get("/team")
        await owner.post("/team", email="kim@example.com", role="support")
        (third,) = await pending()
    async with tenancy.database.side(live.tenant_id) as connection:
        late = await clock(connection) + timedelta(days=7)
        invitation = await invitations.read(connection, third, late)
        assert invitation is not None
        assert not invitation.open


async def test_what_is_no_address_or_a_colleague_is_said_at_the_field(
    plain_site: RunningSite, tenancy: Tenancy, tenant: Tenant, robin: Hired
) -> None:
    async with browser(plain_site, tenant, robin) as owner:
        await owner.get("/team")
        for typed, sentence in (("kim", "e-mail address"), (robin.address.upper(), "on the team already")):
            assert (await owner.post("/team", email=typed, role="support")).status_code == 400
            assert sentence in owner.text
    assert "staff_invited" not in await actions(tenancy, tenant)


async def test_roles_change_and_members_go_at_the_next_request(
    plain_site: RunningSite, tenancy: Tenancy, tenant: Tenant, robin: Hired
) -> None:
    kim = await hire(tenancy, tenant.live.door, Role.SUPPORT)
    async with browser(plain_site, tenant, robin) as owner, browser(plain_site, tenant, kim) as colleague:
        assert (await colleague.get("/keys")).status_code == 403
        await owner.get("/team")
        await owner.post(f"/team/{kim.member.id}/role", role="developer")
        assert "role is changed" in (await owner.follow()).text
        assert (await colleague.get("/keys")).status_code == 200
        await owner.post(f"/team/{kim.member.id}/remove")
        assert "Removed" in (await owner.follow()).text
        assert (await colleague.get("/keys")).status_code == 404
    assert [each for each in await actions(tenancy, tenant) if each.startswith("staff_")] == [
        "staff_role_changed",
        "staff_removed",
    ]


async def test_the_last_owner_stays_even_if_two_go_at_once(
    plain_site: RunningSite, tenancy: Tenancy, tenant: Tenant, robin: Hired
) -> None:
    kim = await hire(tenancy, tenant.live.door, Role.OWNER)
    async with browser(plain_site, tenant, robin) as one, browser(plain_site, tenant, kim) as other:
        await one.get("/team")
        await other.get("/team")
        await asyncio.gather(one.post(f"/team/{kim.member.id}/remove"), other.post(f"/team/{robin.member.id}/remove"))
    async with tenancy.database.side(tenant.live.door.tenant_id) as connection:
        assert await staff.lock_owners(connection) == 1


async def test_an_admin_cannot_touch_an_owner(
    plain_site: RunningSite, tenancy: Tenancy, tenant: Tenant, robin: Hired
) -> None:
    kim = await hire(tenancy, tenant.live.door, Role.ADMIN)
    async with browser(plain_site, tenant, kim) as admin:
        await admin.get("/team")
        assert 'value="owner"' not in admin.html
        for path, form in (
            (f"/team/{robin.member.id}/role", {"role": "support"}),
            (f"/team/{robin.member.id}/remove", {}),
            (f"/team/{robin.member.id}/reset-second-factor", {}),
            (f"/team/{kim.member.id}/role", {"role": "owner"}),
        ):
            await admin.get("/team")
            assert (await admin.post(path, **form)).status_code == 400
            assert "Only an owner" in admin.text
    assert await role_of(tenancy, tenant, robin) is Role.OWNER
    assert await role_of(tenancy, tenant, kim) is Role.ADMIN


async def test_a_second_step_is_reset_for_who_works_here_alone(
    plain_site: RunningSite, tenancy: Tenancy, tenant: Tenant, robin: Hired, two_tenants: tuple[Tenant, Tenant]
) -> None:
    alone = await hire(tenancy, tenant.live.door, Role.SUPPORT)
    elsewhere = await hire(tenancy, tenant.live.door, Role.SUPPORT)
    other = two_tenants[0].live.door
    async with tenancy.database.side(other.tenant_id) as connection:
        await staff.add_member(connection, other.tenant_id, elsewhere.person, Role.SUPPORT, await clock(connection))
    async with browser(plain_site, tenant, robin) as owner, browser(plain_site, tenant, alone) as colleague:
        await owner.get("/team")
        await owner.post(f"/team/{alone.member.id}/reset-second-factor")
        assert "second step anew" in (await owner.follow()).text
        assert (await colleague.get("/team")).status_code == 303
        await owner.post(f"/team/{elsewhere.member.id}/reset-second-factor")
        assert owner.page.status_code == 400
        assert "works for other tenants too" in owner.text
    async with tenancy.database.side(HOUSE) as connection:
        reset, kept = await people.read(connection, alone.person.id), await people.read(connection, elsewhere.person.id)
    assert reset is not None
    assert kept is not None
    assert (reset.has_factor, kept.has_factor) == (False, True)


@pytest.mark.parametrize(
    ("method", "path", "back"),
    [
        ("GET", "/keys", "keys"),
        ("POST", "/keys", "keys"),
        ("POST", "/keys/key_1/revoke", "keys"),
        ("POST", "/team", "team"),
        ("POST", "/team/stf_1/role", "team"),
        ("POST", "/team/stf_1/remove", "team"),
    ],
)
async def test_secrets_and_the_team_want_a_fresh_second_step(
    plain_site: RunningSite, tenancy: Tenancy, tenant: Tenant, robin: Hired, method: str, path: str, back: str
) -> None:
    """A17: six minutes after the last proof it is asked for again, whatever another session just did."""
    await grow_stale(tenancy, robin.session)
    await staff_session(tenancy, robin.person)
    base = f"/dashboard/{tenant.live.door.portal}"
    headers = {"Cookie": staff_cookie(plain_site, robin.secret), **browser_headers(plain_site.config)}
    form = {"csrf": plain_site.csrf(robin.session), "email": "kim@example.com", "role": "owner", "kind": "secret"}
    async with plain_site.client(**headers) as client:
        data = form if method == "POST" else None
        answer = await client.request(method, base + path, data=data)
        assert answer.status_code == 303
        assert answer.headers["location"] == f"/dashboard/confirm?next={quote(f'{base}/{back}', safe='')}"
        asked = await client.get(answer.headers["location"])
        assert "Confirm that it is you" in asked.text
        wrong = await client.post("/dashboard/confirm", data={"csrf": form["csrf"], "code": "000000"})
        assert wrong.status_code == 400
        right = await client.post(answer.headers["location"], data={"csrf": form["csrf"], "code": robin.totp()})
        assert right.headers["location"] == f"{base}/{back}"
        assert (await client.get(base)).status_code == 303, "the old secret is dead"
        fresh = right.headers["set-cookie"].partition("=")[2].partition(";")[0]
        page = await client.get(f"{base}/{back}", headers={"Cookie": staff_cookie(plain_site, fresh)})
        assert page.status_code == 200


async def test_a_key_is_shown_once_works_and_dies(
    plain_site: RunningSite, tenancy: Tenancy, tenant: Tenant, robin: Hired
) -> None:
    async with browser(plain_site, tenant, robin) as owner, plain_site.client() as program:

        async def answer(key: str) -> int:
            headers = {"Authorization": f"Bearer {key}"}
            return (await program.get("/v1/products", headers=headers)).status_code

        await owner.get("/keys")
        made = await owner.post("/keys", kind="secret")
        key = re.search(r'id="new-key"[^>]*value="(sk_live_\w+)"', owner.html)
        assert key is not None
        assert made.headers["cache-control"] == "no-store, private"
        assert await answer(key[1]) == 200
        again = await owner.get("/keys")
        assert key[1] not in again.text
        assert f"sk_live_…{key[1][-4:]}" in owner.html
        revoke = re.search(rf"{key[1][-4:]}.*?action=\"([^\"]+/revoke)\"", owner.html, re.DOTALL)
        assert revoke is not None
        await owner.post(revoke[1])
        assert "key is revoked" in (await owner.follow()).text
        assert await answer(key[1]) == 401
    async with tenancy.database.side(tenant.live.door.tenant_id) as connection:
        question = select(audit.c.before, audit.c.after).where(audit.c.actor_kind == "staff")
        rows = (await connection.execute(question)).all()
    assert key[1] not in str(rows)
    assert {"api_key_created", "api_key_revoked"} <= set(await actions(tenancy, tenant))


async def test_sessions_are_listed_and_ended_by_their_person(
    plain_site: RunningSite, tenancy: Tenancy, tenant: Tenant, robin: Hired
) -> None:
    other_id, other = await staff_session(tenancy, robin.person)
    _, third = await staff_session(tenancy, robin.person)

    async def answer(secret: str) -> int:
        async with StaffBrowser(plain_site, tenant.live.door, secret) as there:
            return (await there.get()).status_code

    async with browser(plain_site, tenant, robin) as owner:
        page = await owner.get("/dashboard/account")
        assert page.text.count("Firefox on Linux") >= 3
        await owner.post(f"/dashboard/account/sessions/{other_id}/end")
        await owner.follow()
        assert (await answer(other), await answer(third)) == (303, 200)
        await owner.post("/dashboard/account/sessions/end-others")
        await owner.follow()
        assert (await answer(third), await answer(robin.secret)) == (303, 200)
        stranger = await hire(tenancy, tenant.live.door)
        foreign = await owner.post(f"/dashboard/account/sessions/{stranger.session}/end")
        assert foreign.status_code == 404
        assert await answer(stranger.secret) == 200


async def test_a_name_shows_to_the_team(
    plain_site: RunningSite, tenancy: Tenancy, tenant: Tenant, robin: Hired
) -> None:
    async with browser(plain_site, tenant, robin) as owner:
        await owner.get("/dashboard/account")
        await owner.post("/dashboard/account", name="  Robin   Löwe ", locale="de")
        assert "gespeichert" in (await owner.follow()).text
        assert "Robin Löwe" in (await owner.get("/team")).text
        await owner.get("/dashboard/account")
        assert (await owner.post("/dashboard/account", name="x" * 101, locale="de")).status_code == 400


async def test_recovery_codes_and_the_phone_are_replaced_by_who_proved_it_just_now(
    plain_site: RunningSite, tenancy: Tenancy, tenant: Tenant, robin: Hired
) -> None:
    async with browser(plain_site, tenant, robin) as owner:
        await owner.get("/dashboard/account")
        renewed: httpx.Response = await owner.post("/dashboard/account/recovery-codes")
        assert len(re.findall(r"<li><code>[a-z2-9-]+</code></li>", renewed.text)) == 10
        await owner.get("/dashboard/account")
        await grow_stale(tenancy, robin.session)
        stale = await owner.post("/dashboard/account/second-factor")
        assert stale.headers["location"].startswith("/dashboard/confirm")
        async with tenancy.database.side(HOUSE) as connection:
            person = await people.read(connection, robin.person.id)
        assert person is not None
        assert person.has_factor
