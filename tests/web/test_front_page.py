"""The bare address says what the host is and names nobody; a portal's own host leads to that portal alone."""

from html import unescape

import pytest
from sides import Tenant, new_tenant, sell, subscribe
from sites import HOST, RunningSite, sign_in

from frontdesk_tenants.directory import Door
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_web.languages import LOCALES


@pytest.fixture(scope="module")
async def tenant(tenancy: Tenancy) -> Tenant:
    return await new_tenant(tenancy)


def own_host(door: Door) -> str:
    return f"{door.portal}.{HOST}"


async def test_the_public_host_names_no_tenant_and_shows_staff_their_door(
    running_site: RunningSite, tenant: Tenant
) -> None:
    async with running_site.client() as client:
        answer, head = await client.get("/"), await client.head("/")
        spoken = {each: (await client.get(f"/?lang={each}")).text for each in LOCALES}
    assert (answer.status_code, head.status_code, head.content) == (200, 200, b"")
    assert 'href="/dashboard"' in unescape(answer.text)
    assert "Looking for your billing page?" in answer.text
    assert tenant.slug not in answer.text.lower()
    assert "/p/" not in unescape(answer.text)
    assert "set-cookie" not in answer.headers
    assert answer.headers["cache-control"] == "no-store, private"
    for locale, page in spoken.items():
        assert f'<html lang="{locale}"' in page
        assert locale == "en" or "Looking for" not in page


async def test_whoever_is_signed_in_sees_the_same_page(
    running_site: RunningSite, tenancy: Tenancy, tenant: Tenant
) -> None:
    customer = await subscribe(tenancy, tenant.live.door, await sell(tenancy, tenant.live.door))
    session = await sign_in(tenancy, tenant.live.door, customer)
    cookie = running_site.cookie(tenant.live.door, session.secret)
    async with running_site.client() as client:
        plain, signed_in = await client.get("/"), await client.get("/", headers={"Cookie": cookie})
    assert signed_in.text == plain.text


async def test_a_portals_own_host_leads_to_its_sign_in(running_site: RunningSite, tenant: Tenant) -> None:
    for door in (tenant.live.door, tenant.sandbox.door):
        async with running_site.client(Host=own_host(door)) as client:
            answer = await client.get("/?next=https://evil.example")
            assert (answer.status_code, answer.headers["location"]) == (303, f"/p/{door.portal}/")
            assert (await client.head("/")).headers["location"] == f"/p/{door.portal}/"
            on = await client.get(answer.headers["location"])
            assert on.status_code == 303
            page = await client.get(on.headers["location"])
        assert page.status_code == 200
        assert 'name="email"' in page.text


@pytest.mark.parametrize("portal", ["nobody-here", "staff", "www", "xn--bcher-kva", "-"])
async def test_the_host_of_nobody_is_not_found(running_site: RunningSite, portal: str) -> None:
    async with running_site.client(Host=f"{portal}.{HOST}") as client:
        answer = await client.get("/")
    assert answer.status_code == 404
    assert "location" not in answer.headers


@pytest.mark.parametrize("host", ["evil.example", f"a.b.{HOST}", f".{HOST}", f"{HOST}.evil.example", f"{HOST}:1"])
async def test_no_other_host_is_answered(running_site: RunningSite, host: str) -> None:
    async with running_site.client(Host=host) as client:
        assert (await client.get("/")).status_code == 421


async def test_nothing_is_posted_there(running_site: RunningSite) -> None:
    async with running_site.client() as client:
        assert (await client.post("/")).status_code == 405
