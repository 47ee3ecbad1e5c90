"""Staff sign in through their tenant's own OpenID Connect provider; what does not prove who they are opens nothing.

trust.md A24: wrong issuer, audience, nonce, state, signature; an address that nobody vouches for; two providers with
the same subject; key rotation; a provider that is down.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from hired import Hired, StaffBrowser, hire
from openid_servers import CLIENT_ID, CLIENT_SECRET, LyingProvider, certified_provider, lying_provider
from sides import Tenant, new_tenant
from sites import RunningSite, browser_headers, serve_site
from sqlalchemy import select, update

from frontdesk.roles import Role
from frontdesk.secret import Secret
from frontdesk_tenants import identity_providers, invitations, staff
from frontdesk_tenants.database import clock
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.house import HOUSE
from frontdesk_tenants.identities import Client
from frontdesk_tenants.tables import audit, staff_sessions
from frontdesk_tenants.tables import identity_providers as providers
from frontdesk_tenants.tenancy import Tenancy

ROBIN = "robin@example.com"


@pytest.fixture(scope="module")
def site(postgres: PostgresAddresses, valkey_url: str) -> Iterator[RunningSite]:
    """A site that may ask servers of this machine."""
    with serve_site(postgres, valkey_url, plain_http=True, loopback_servers=True) as running:
        yield running


@pytest.fixture
def liar() -> Iterator[LyingProvider]:
    """A provider that says what it is told to."""
    with lying_provider() as running:
        yield running


@pytest.fixture
async def robin(tenancy: Tenancy, tenant: Tenant) -> Hired:
    """An admin with an address that the provider vouches for."""
    return await hire(tenancy, tenant.live.door, Role.ADMIN, f"robin@{tenant.slug}.example")


async def connect(tenancy: Tenancy, tenant: Tenant, issuer: str) -> None:
    live = tenant.live.door
    client = Client(issuer=issuer, client_id=CLIENT_ID, client_secret=Secret(CLIENT_SECRET))
    async with tenancy.database.side(live.tenant_id) as connection:
        await identity_providers.put(connection, tenancy.vault, live, client, await clock(connection))


def browser(site: RunningSite) -> httpx.AsyncClient:
    """A browser with a cookie jar."""
    return httpx.AsyncClient(
        base_url=site.url, timeout=30, trust_env=False, verify=False, headers=browser_headers(site.config)
    )


async def leave(client: httpx.AsyncClient, tenant: Tenant, liar: LyingProvider, **query: str) -> dict[str, str]:
    """Go to the provider; returns what it was asked. It will answer with the nonce that it got."""
    gone = await client.get(f"/dashboard/sso/{tenant.slug}", params=query)
    assert gone.status_code == 303, gone.text
    asked = {name: values[0] for name, values in parse_qs(urlsplit(gone.headers["location"]).query).items()}
    liar.nonce = asked["nonce"]
    return asked


async def come_back(client: httpx.AsyncClient, asked: dict[str, str], **instead: str | None) -> httpx.Response:
    """Come back with a code."""
    query: dict[str, Any] = {"code": "a-code", "state": asked["state"], **instead}
    return await client.get(
        "/dashboard/sso-callback", params={name: value for name, value in query.items() if value is not None}
    )


async def signed_in(client: httpx.AsyncClient, tenant: Tenant) -> bool:
    return (await client.get(f"/dashboard/{tenant.slug}")).status_code == 200


async def test_with_a_certified_provider_the_team_signs_in_even_after_its_keys_changed(
    site: RunningSite, tenancy: Tenancy, tenant: Tenant, robin: Hired
) -> None:
    live = tenant.live.door
    owner = await hire(tenancy, live)
    with certified_provider(f"{site.url}/dashboard/sso-callback") as provider:
        async with StaffBrowser(site, live, owner.secret) as settings:
            page = await settings.get("/team/sign-in")
            assert f"{site.url}/dashboard/sso-callback" in settings.html
            await settings.post(
                "/team/sign-in", issuer=provider.issuer, client_id=CLIENT_ID, client_secret=CLIENT_SECRET
            )
            assert settings.page.status_code == 303, settings.text
            assert "Share the address below" in (await settings.follow()).text
            assert CLIENT_SECRET not in settings.page.text
            assert page.status_code == 200
        provider.be(sub="subject-of-robin", email=robin.address, email_verified=True, name="Robin")
        for _ in range(2):
            async with browser(site) as client:
                there = await client.get(f"/dashboard/sso/{tenant.slug}", follow_redirects=True)
                assert there.status_code == 200, there.text[:500]
                assert there.url.path == f"/dashboard/{tenant.slug}"
                assert "Admin" in there.text
            provider.change_keys()
        provider.be(sub="subject-of-a-stranger", email="stranger@example.com", email_verified=True)
        async with browser(site) as client:
            refused = await client.get(f"/dashboard/sso/{tenant.slug}", follow_redirects=True)
            assert refused.status_code == 403
            assert "not on this team" in refused.text
    async with tenancy.database.side(live.tenant_id) as connection:
        told = list(await connection.scalars(select(audit.c.action)))
        assert told.count("identity_provider_connected") == 1
        assert told.count("staff_signed_in_by_provider") == 2
        stored = (await connection.execute(select(providers.c.secret_sealed))).scalar_one()
    assert CLIENT_SECRET.encode() not in bytes(stored)


async def test_what_is_right_is_taken(
    site: RunningSite, tenancy: Tenancy, tenant: Tenant, robin: Hired, liar: LyingProvider
) -> None:
    """The positive control of all refusals below; and PKCE is what it should be."""
    await connect(tenancy, tenant, liar.issuer)
    liar.claims = {"email": robin.address.upper()}
    async with browser(site) as client:
        asked = await leave(client, tenant, liar)
        assert (asked["code_challenge_method"], asked["response_type"]) == ("S256", "code")
        back = await come_back(client, asked)
        assert back.headers["location"] == f"/dashboard/{tenant.slug}"
        assert await signed_in(client, tenant)
        assert (await come_back(client, asked)).status_code == 400, "an attempt is good once"
    assert len(liar.verifiers[0]) >= 43


LIES: dict[str, dict[str, Any]] = {
    "another issuer": {"iss": "https://evil.example"},
    "no issuer": {"iss": None},
    "another audience": {"aud": "somebody-else"},
    "made for several and not for us": {"aud": [CLIENT_ID, "other"], "azp": "other"},
    "another nonce": {"nonce": "another"},
    "no nonce": {"nonce": None},
    "over": {"exp": 1},
    "not yet": {"nbf": 99_999_999_999, "iat": 99_999_999_999},
    "no subject": {"sub": None},
    "an address that nobody vouches for": {"email_verified": False},
    "an address of which nothing is said": {"email_verified": None},
    "vouched for by a word": {"email_verified": "true"},
    "no address": {"email": None},
    "another address": {"email": "stranger@example.com"},
}


@pytest.mark.parametrize("lie", LIES)
async def test_an_id_token_that_does_not_hold_opens_nothing(
    site: RunningSite, tenancy: Tenancy, tenant: Tenant, robin: Hired, liar: LyingProvider, lie: str
) -> None:
    await connect(tenancy, tenant, liar.issuer)
    liar.claims = {"email": robin.address, **LIES[lie]}
    async with browser(site) as client:
        back = await come_back(client, await leave(client, tenant, liar))
        assert back.status_code == 403, back.headers
        assert "not signed in" in back.text
        assert not await signed_in(client, tenant)


@pytest.mark.parametrize("how", ["sign_with_our_secret", "sign_with_another_key", "unsigned"])
async def test_a_signature_that_is_none_opens_nothing(
    site: RunningSite, tenancy: Tenancy, tenant: Tenant, robin: Hired, liar: LyingProvider, how: str
) -> None:
    await connect(tenancy, tenant, liar.issuer)
    liar.claims = {"email": robin.address}
    if how == "unsigned":
        liar.unsigned = True
    else:
        getattr(liar, how)()
    async with browser(site) as client:
        assert (await come_back(client, await leave(client, tenant, liar))).status_code == 403
        assert not await signed_in(client, tenant)


@pytest.mark.parametrize(
    "instead",
    [
        {"state": "another"},
        {"state": None},
        {"code": None},
        {"iss": "https://evil.example"},
        {"error": "access_denied"},
    ],
    ids=str,
)
async def test_an_answer_that_does_not_fit_the_question_opens_nothing(
    site: RunningSite,
    tenancy: Tenancy,
    tenant: Tenant,
    robin: Hired,
    liar: LyingProvider,
    instead: dict[str, str | None],
) -> None:
    await connect(tenancy, tenant, liar.issuer)
    liar.claims = {"email": robin.address}
    async with browser(site) as client:
        back = await come_back(client, await leave(client, tenant, liar), **instead)
        assert back.status_code == 403
        assert not await signed_in(client, tenant)


async def test_another_browser_or_a_changed_cookie_has_nothing_to_come_back_to(
    site: RunningSite, tenancy: Tenancy, tenant: Tenant, robin: Hired, liar: LyingProvider
) -> None:
    """Login CSRF: a stranger's code in somebody else's browser."""
    await connect(tenancy, tenant, liar.issuer)
    liar.claims = {"email": robin.address}
    async with browser(site) as client, browser(site) as other:
        asked = await leave(client, tenant, liar)
        assert (await come_back(other, asked)).status_code == 400
        name, value = next((name, value) for name, value in client.cookies.items() if name.endswith("-openid"))
        other.cookies.set(name, value[:-4] + "AAAA")
        assert (await come_back(other, asked)).status_code == 400
        assert not await signed_in(other, tenant)


async def test_the_same_subject_of_another_provider_is_somebody_else(
    site: RunningSite, tenancy: Tenancy, tenant: Tenant, robin: Hired, liar: LyingProvider
) -> None:
    await connect(tenancy, tenant, liar.issuer)
    liar.claims = {"email": robin.address}
    async with browser(site) as client:
        assert (await come_back(client, await leave(client, tenant, liar))).status_code == 303
    with lying_provider() as second:
        await connect(tenancy, tenant, second.issuer)
        second.claims = {"email": "other@example.com"}
        async with browser(site) as client:
            assert (await come_back(client, await leave(client, tenant, second))).status_code == 403


async def test_an_address_that_went_to_another_subject_opens_nothing(
    site: RunningSite, tenancy: Tenancy, tenant: Tenant, robin: Hired, liar: LyingProvider
) -> None:
    await connect(tenancy, tenant, liar.issuer)
    liar.claims = {"email": robin.address}
    async with browser(site) as client:
        assert (await come_back(client, await leave(client, tenant, liar))).status_code == 303
    liar.claims = {"email": robin.address, "sub": "sub-2"}
    async with browser(site) as client:
        assert (await come_back(client, await leave(client, tenant, liar))).status_code == 403
    liar.claims = {"email": "renamed@example.com"}
    async with browser(site) as client:
        assert (await come_back(client, await leave(client, tenant, liar))).status_code == 303, "a subject stays"


async def test_a_provider_is_trusted_for_its_own_tenant_alone(
    site: RunningSite, tenancy: Tenancy, tenant: Tenant, robin: Hired, liar: LyingProvider
) -> None:
    """A tenant's provider may say what it likes of somebody who works for another tenant too."""
    theirs = await new_tenant(tenancy)
    async with tenancy.database.side(theirs.live.door.tenant_id) as connection:
        await staff.add_member(
            connection, theirs.live.door.tenant_id, robin.person, Role.OWNER, await clock(connection)
        )
    await connect(tenancy, tenant, liar.issuer)
    liar.claims = {"email": robin.address}
    async with browser(site) as client:
        await come_back(client, await leave(client, tenant, liar))
        assert await signed_in(client, tenant)
        assert (await client.get(f"/dashboard/{theirs.slug}")).status_code == 404
        listed = await client.get("/dashboard?all=1")
        assert f"/dashboard/{theirs.slug}" not in listed.text.replace("&#x2f;", "/")


async def test_somebody_invited_joins_by_their_provider(
    site: RunningSite, tenancy: Tenancy, tenant: Tenant, robin: Hired, liar: LyingProvider
) -> None:
    live = tenant.live.door
    await connect(tenancy, tenant, liar.issuer)
    async with tenancy.database.side(live.tenant_id) as connection:
        await invitations.invite(
            connection,
            tenancy.vault,
            live,
            address=f"kim@{tenant.slug}.example",
            role=Role.SUPPORT,
            invited_by=robin.member.id,
            now=await clock(connection),
        )
    liar.claims = {"email": f"kim@{tenant.slug}.example", "sub": "sub-kim"}
    async with browser(site) as client:
        assert (await come_back(client, await leave(client, tenant, liar))).status_code == 303
        assert "Support" in (await client.get(f"/dashboard/{tenant.slug}")).text
    async with tenancy.database.side(live.tenant_id) as connection:
        assert await invitations.pending(connection, await clock(connection)) == ()


async def test_keys_may_change_between_two_sign_ins(
    site: RunningSite, tenancy: Tenancy, tenant: Tenant, robin: Hired, liar: LyingProvider
) -> None:
    await connect(tenancy, tenant, liar.issuer)
    liar.claims = {"email": robin.address}
    for _ in range(2):
        async with browser(site) as client:
            assert (await come_back(client, await leave(client, tenant, liar))).status_code == 303
        liar.change_keys()


async def test_a_provider_that_is_down_is_said_with_another_way_in(
    site: RunningSite, tenancy: Tenancy, tenant: Tenant, robin: Hired, liar: LyingProvider
) -> None:
    await connect(tenancy, tenant, liar.issuer)
    async with browser(site) as client:
        asked = await leave(client, tenant, liar)
        liar.down = True
        back = await come_back(client, asked)
        assert back.status_code == 503
        assert "does not answer now" in back.text
        assert "/dashboard/sign-in" in back.text.replace("&#x2f;", "/")
    await connect(tenancy, tenant, "http://127.0.0.1:9")
    async with browser(site) as client:
        assert (await client.get(f"/dashboard/sso/{tenant.slug}")).status_code == 503


async def test_before_secrets_the_provider_is_asked_again(
    site: RunningSite, tenancy: Tenancy, tenant: Tenant, robin: Hired, liar: LyingProvider
) -> None:
    await connect(tenancy, tenant, liar.issuer)
    liar.claims = {"email": robin.address}
    async with browser(site) as client:
        await come_back(client, await leave(client, tenant, liar))
        await _grow_stale(tenancy, robin)
        keys = await client.get(f"/dashboard/{tenant.slug}/keys")
        asked_for = await client.get(keys.headers["location"])
        way = asked_for.headers["location"]
        assert way.startswith(f"/dashboard/sso/{tenant.slug}?again=1&next=")
        query = {name: values[0] for name, values in parse_qs(urlsplit(way).query).items()}
        asked = await leave(client, tenant, liar, **query)
        assert (asked["prompt"], asked["max_age"]) == ("login", "0")
        liar.claims = {"email": robin.address, "auth_time": 1_700_000_000}
        assert (await come_back(client, asked)).status_code == 403, "an old sign-in proves nothing"
        asked = await leave(client, tenant, liar, **query)
        liar.claims = {"email": robin.address}
        back = await come_back(client, asked)
        assert back.headers["location"] == f"/dashboard/{tenant.slug}/keys"
        assert (await client.get(back.headers["location"])).status_code == 200


async def _grow_stale(tenancy: Tenancy, hired: Hired) -> None:
    async with tenancy.database.side(HOUSE) as connection:
        before = await clock(connection) - timedelta(minutes=6)
        await connection.execute(
            update(staff_sessions).where(staff_sessions.c.person == hired.person.id).values(fresh_at=before)
        )


async def test_disconnecting_ends_what_the_provider_vouched_for(
    site: RunningSite, tenancy: Tenancy, tenant: Tenant, robin: Hired, liar: LyingProvider
) -> None:
    await connect(tenancy, tenant, liar.issuer)
    liar.claims = {"email": robin.address}
    async with browser(site) as client, StaffBrowser(site, tenant.live.door, robin.secret) as settings:
        await come_back(client, await leave(client, tenant, liar))
        assert await signed_in(client, tenant)
        await settings.get("/team/sign-in")
        await settings.post("/team/sign-in/remove")
        assert "provider is gone" in (await settings.follow()).text
        assert not await signed_in(client, tenant)
        assert (await client.get(f"/dashboard/sso/{tenant.slug}")).status_code == 404


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("issuer", "", "Enter what your provider shows"),
        ("issuer", "http://login.example.com", "https://"),
        ("issuer", "https://10.0.0.1", "server on the internet"),
        ("issuer", "https://169.254.169.254/latest", "server on the internet"),
        ("client_secret", "", "Enter what your provider shows"),
    ],
)
async def test_settings_that_cannot_be_are_said_at_their_field(
    site: RunningSite, tenancy: Tenancy, tenant: Tenant, robin: Hired, field: str, value: str, sentence: str
) -> None:
    form = {"issuer": "https://login.example.com", "client_id": "x", "client_secret": "y" * 20, field: value}
    async with StaffBrowser(site, tenant.live.door, robin.secret) as settings:
        await settings.get("/team/sign-in")
        assert (await settings.post("/team/sign-in", **form)).status_code == 400
        assert sentence in settings.text
        assert "y" * 20 not in settings.page.text


async def test_a_provider_that_calls_itself_otherwise_is_not_taken(
    site: RunningSite, tenant: Tenant, robin: Hired, liar: LyingProvider
) -> None:
    liar.discovery = {"issuer": "https://other.example"}
    async with StaffBrowser(site, tenant.live.door, robin.secret) as settings:
        await settings.get("/team/sign-in")
        await settings.post("/team/sign-in", issuer=liar.issuer, client_id="x", client_secret="y")
        assert "calls itself https://other.example" in settings.text
        assert re.search(r'name="client_secret"[^>]*value=""', settings.html)
