"""Without a mail server no page asks for an address, to which no code could come: whoever asks, the same is said."""

from collections.abc import Iterator

import httpx
import pytest
from sides import Tenant, new_tenant, sell, subscribe
from sites import RunningSite, browser_headers, serve_site
from sqlalchemy import func, select

from frontdesk_tenants.database import SideTransaction
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.house import HOUSE
from frontdesk_tenants.tables import challenges
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_web.dashboard import ways
from frontdesk_web.portal.ended_sessions import sign_in_path

JENNY = "jenny@example.com"


@pytest.fixture(scope="module")
def mute_site(postgres: PostgresAddresses) -> Iterator[RunningSite]:
    with serve_site(postgres, smtp=None) as running:
        yield running


@pytest.fixture(scope="module")
async def tenant(tenancy: Tenancy) -> Tenant:
    made = await new_tenant(tenancy)
    await subscribe(tenancy, made.door, await sell(tenancy, made.door))
    return made


async def _opened(connection: SideTransaction) -> int:
    return (await connection.execute(select(func.count()).select_from(challenges))).scalar_one()


def _without_its_number(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.text.replace(answer.headers["request-id"], "")


async def test_customers_are_told_so_whether_they_are_some_or_not(
    mute_site: RunningSite, tenancy: Tenancy, tenant: Tenant
) -> None:
    async with tenancy.database.side(tenant.door.tenant_id) as connection:
        path = await sign_in_path(connection, tenant.door, None)
        assert path is not None
    async with mute_site.client(**browser_headers(mute_site.config)) as client:
        asked = await client.get(path, params={"prefilled_email": JENNY})
        assert (asked.status_code, asked.headers["retry-after"]) == (503, "60")
        assert "We cannot send sign-in codes at the moment." in asked.text
        assert "<form" not in asked.text
        assert "We send you a code" not in asked.text
        answers = []
        for address in (JENNY, "stranger@example.com"):
            posted = await client.post(path, data={"email": address})
            assert (posted.status_code, posted.headers["location"]) == (303, path)
            assert "set-cookie" not in posted.headers
            answers.append(_without_its_number(posted))
        assert answers[0] == answers[1]
    async with tenancy.database.side(tenant.door.tenant_id) as connection:
        assert await _opened(connection) == 0, "a code that cannot come is not made"


@pytest.mark.parametrize("path", [ways.SIGN_IN, ways.SIGN_UP])
async def test_staff_are_told_so_and_what_the_operator_does(
    mute_site: RunningSite, tenancy: Tenancy, path: str
) -> None:
    async with tenancy.database.side(HOUSE) as connection:
        before = await _opened(connection)
    async with mute_site.client(**browser_headers(mute_site.config)) as client:
        asked = await client.get(ways.SIGN_IN)
        posted = [await client.post(path, data={"email": each}) for each in (JENNY, "stranger@example.com")]
    for answer in (asked, *posted):
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
        assert "set SMTP_HOST and SMTP_SENDER" in answer.text
        assert "<form" not in answer.text
        assert "set-cookie" not in answer.headers
    assert _without_its_number(posted[0]) == _without_its_number(posted[1])
    async with tenancy.database.side(HOUSE) as connection:
        assert await _opened(connection) == before
