"""The page of a customer says what the customer can do in the portal, and why not where they cannot."""

import re

from hired import StaffBrowser, hire
from portal_shop import open_shop
from sites import RunningSite

from frontdesk.customer_permissions import SETTINGS
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_web.dashboard.customers.permission_words import PLACES, REASONS


async def test_each_no_has_its_reason_and_the_way_to_the_setting(
    plain_site: RunningSite, postgres: PostgresAddresses, tenancy: Tenancy
) -> None:
    shop = await open_shop(tenancy)
    robin = await hire(shop.tenancy, shop.door)
    customer = await shop.add_customer(shop.item("team", 3))
    async with StaffBrowser(plain_site, shop.door, robin.secret) as staff:
        await staff.get(f"/customers/{customer}")
        rows = {act: sort for sort, act in re.findall(r'<li class="(may|may-not)">.*?"may-act">([^<]+)<', staff.html)}
        assert "What this customer can do" in staff.text
        assert {rows[each] for each in ("Change to another plan", "Change the quantity", "Cancel the plan")} == {"may"}
        assert {rows[each] for each in ("Take a cancellation back", "Pause", "Change the e-mail address")} == {
            "may-not"
        }
        assert "The plan is not cancelled." in staff.text
        link = re.search(r'href="([^"]+)">Change setting<span class="hidden-text"> Pause', staff.html)
        assert link is not None
        path, _, place = link[1].replace("&#x2f;", "/").partition("#")
        await staff.get(path.removeprefix(f"/dashboard/{shop.door.portal}"))
        assert f'id="{place}"' in staff.html


def test_every_setting_has_a_place_on_the_page_and_a_reason_in_plain_words() -> None:
    for code, setting in SETTINGS.items():
        assert code in REASONS
        assert setting.partition("[")[2].partition("]")[0] in PLACES
