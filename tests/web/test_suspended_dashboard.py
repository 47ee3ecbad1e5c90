"""A suspended tenant, as its staff meet it: they read everything, are told why, and change nothing."""

import re

import pytest
from hired import Hired, StaffBrowser, hire
from sides import Tenant
from sites import RunningSite
from spots import litestar_routes

from frontdesk.desk import Actor
from frontdesk_tenants.suspending import lift, suspend
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_web.dashboard.needs import WHILE_SUSPENDED

OPERATOR = Actor(kind="staff", id="opr_1")


@pytest.fixture
async def robin(tenancy: Tenancy, tenant: Tenant) -> Hired:
    return await hire(tenancy, tenant.live.door)


async def test_staff_read_why_on_every_page_of_both_sides(
    running_site: RunningSite, tenancy: Tenancy, tenant: Tenant, robin: Hired
) -> None:
    both = (tenant.live.door, tenant.sandbox.door)
    await suspend(tenancy, both, "The bill of October is open.", OPERATOR)
    for door in both:
        async with StaffBrowser(running_site, door, robin.secret) as browser:
            assert (await browser.get()).status_code == 200
            assert "This account is suspended since" in browser.text
            assert "The bill of October is open." in browser.text
    await lift(tenancy, both, "", OPERATOR)
    async with StaffBrowser(running_site, tenant.live.door, robin.secret) as browser:
        await browser.get()
        assert "suspended" not in browser.text


async def test_every_unsafe_route_of_a_side_is_refused(
    running_site: RunningSite, tenancy: Tenancy, tenant: Tenant, robin: Hired
) -> None:
    await suspend(tenancy, (tenant.live.door, tenant.sandbox.door), "Fraud", OPERATOR)
    routes = [
        (method, route.path_format, handler)
        for route in litestar_routes()
        if route.path_format.startswith("/dashboard/{portal}")
        for method, (handler, _) in route.route_handler_map.items()
        if method not in ("GET", "HEAD")
    ]
    async with StaffBrowser(running_site, tenant.live.door, robin.secret) as browser:
        await browser.get()
        csrf = browser.csrf
        for method, path, handler in routes:
            assert method == "POST"
            if handler.opt[WHILE_SUSPENDED]:
                continue
            asked = re.sub(r"{\w+}", "some_1", path.replace("{portal}", tenant.live.door.portal))
            page = await browser.post(asked, csrf=csrf)
            if page.status_code == 303 and "/dashboard/confirm" in page.headers["location"]:
                continue
            assert page.status_code == 403, path
            assert "This account is suspended, so nothing can be changed." in browser.text, path
