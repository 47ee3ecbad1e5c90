"""Files by the official SDK: pictures of the brand are uploaded, shown, linked to, and worn."""

import io
from datetime import UTC, datetime, timedelta

import httpx
import pytest
import stripe
from api_server import ApiServer
from pictures import ALERT, SVG, archive, gradient, jpeg, png, saved, webp
from sides import Tenant, new_tenant
from stripe_openapi import CheckedClient, object_faults

from frontdesk_tenants.tenancy import Tenancy

LOGO = saved(gradient(320, 240), "PNG")
ICON = saved(gradient(256, 256), "JPEG")


def client_of(server: ApiServer, tenant: Tenant) -> stripe.StripeClient:
    """Stripe's own client: files go to another of its hosts, which is ours too."""
    addresses = {"api": server.url, "files": server.url}
    key = tenant.sandbox.secret_key.reveal()
    return stripe.StripeClient(key, base_addresses=addresses, http_client=CheckedClient())  # type: ignore[arg-type]


@pytest.fixture
def client(api_server: ApiServer, tenant: Tenant) -> stripe.StripeClient:
    return client_of(api_server, tenant)


@pytest.fixture
def http(api_server: ApiServer, tenant: Tenant) -> httpx.Client:
    return api_server.http(tenant.sandbox.secret_key.reveal())


def upload(client: stripe.StripeClient, content: bytes = LOGO, **given: object) -> stripe.File:
    file = io.BytesIO(content)
    file.name = "our logo.png"
    return client.v1.files.create({"file": file, "purpose": "business_logo", **given})  # type: ignore[typeddict-item]


def test_a_picture_is_uploaded_and_fetched_by_a_link(client: stripe.StripeClient, http: httpx.Client) -> None:
    logo = upload(client, file_link_data={"create": True, "metadata": {"for": "website"}})
    assert (logo.id[:5], logo.filename, logo.purpose, logo.type) == ("file_", "our logo.png", "business_logo", "png")
    content = http.get(logo.url or "")
    assert (content.status_code, content.headers["content-type"]) == (200, "image/png")
    assert (len(content.content), content.content != LOGO) == (logo.size, True), "it is encoded anew"
    assert content.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert logo.links is not None
    (link,) = logo.links.data
    assert (link.file, link.metadata.to_dict(), link.expires_at) == (logo.id, {"for": "website"}, None)
    with httpx.Client(trust_env=False, verify=False) as anybody:
        fetched = anybody.get(link.url or "")
        assert (fetched.content, fetched.headers["content-type"]) == (content.content, "image/png")
        assert anybody.get(f"{(link.url or '')[:-1]}").status_code == 404
        assert anybody.get(logo.url or "").status_code == 401
        over = client.v1.file_links.update(link.id, {"expires_at": "now"})
        assert (over.expired, over.url) == (True, None)
        assert anybody.get(link.url or "").status_code == 404
    with pytest.raises(stripe.InvalidRequestError, match="has expired"):
        client.v1.file_links.update(link.id, {"expires_at": ""})
    tomorrow = int((datetime.now(UTC) + timedelta(days=1)).timestamp())
    fresh = client.v1.file_links.create({"file": logo.id, "expires_at": tomorrow, "expand": ["file"]})
    assert (fresh.expires_at, fresh.file.id) == (tomorrow, logo.id)  # type: ignore[union-attr]
    client.v1.file_links.update(fresh.id, {"expires_at": "", "metadata": {"a": "b"}})
    kept = client.v1.file_links.retrieve(fresh.id)
    assert (kept.expires_at, kept.metadata.to_dict()) == (None, {"a": "b"})
    assert [each.id for each in client.v1.file_links.list({"expired": True}).data] == [link.id]
    assert [each.id for each in client.v1.file_links.list({"expired": False, "file": logo.id}).data] == [fresh.id]
    icon = upload(client, ICON, purpose="business_icon")
    assert [each.id for each in client.v1.files.list({"limit": 1}).auto_paging_iter()] == [icon.id, logo.id]
    assert [each.id for each in client.v1.files.list({"purpose": "business_icon"}).data] == [icon.id]
    assert client.v1.files.retrieve(logo.id).links.has_more is False  # type: ignore[union-attr]


def test_what_is_no_picture_of_a_brand_is_refused(client: stripe.StripeClient, http: httpx.Client) -> None:
    for content, purpose, said in (
        (SVG, "business_logo", "SVG drawings can hold programs"),
        (ALERT, "business_logo", "no picture that we can read"),
        (archive(), "business_logo", "no picture|something beside"),
        (webp(), "business_logo", "WEBP file"),
        (png() + ALERT, "business_logo", "something beside a picture"),
        (b"", "business_logo", "empty|Missing required param"),
        (b"\x89PNG" + b"x" * 600_000, "business_logo", "larger than 512 KB"),
        (saved(gradient(64, 64), "PNG"), "business_logo", "128"),
        (jpeg(), "business_icon", "square"),
        (LOGO, "dispute_evidence", "Invalid purpose: must be one of business_icon or business_logo"),
    ):
        with pytest.raises(stripe.InvalidRequestError, match=said) as refused:
            upload(client, content, purpose=purpose)
        assert refused.value.param in ("file", "purpose")
    for form in ({"purpose": "business_logo", "file": "logo.png"}, {"purpose": "business_logo"}):
        answer = http.post("/v1/files", data=form)
        assert (answer.status_code, answer.json()["error"]["param"]) == (400, "file")
    with pytest.raises(stripe.InvalidRequestError, match="No such file upload: 'file_none'"):
        client.v1.files.retrieve("file_none")
    assert http.get("/v1/files/file_none/contents").status_code == 404
    with pytest.raises(stripe.InvalidRequestError, match="must be in the future"):
        upload(client, file_link_data={"create": True, "expires_at": 1})
    assert client.v1.files.list().data == []


def test_the_same_upload_sent_twice_is_one(client: stripe.StripeClient) -> None:
    first, second = (
        client.v1.files.create({"file": io.BytesIO(LOGO), "purpose": "business_logo"}, {"idempotency_key": "once"})
        for _ in range(2)
    )
    assert first.id == second.id
    with pytest.raises(stripe.IdempotencyError):
        client.v1.files.create({"file": io.BytesIO(ICON), "purpose": "business_logo"}, {"idempotency_key": "once"})


@pytest.fixture
async def stranger(api_server: ApiServer, tenancy: Tenancy) -> stripe.StripeClient:
    """Another tenant's program."""
    return client_of(api_server, await new_tenant(tenancy))


def test_a_brand_wears_what_was_uploaded_and_no_other_tenant_can(
    client: stripe.StripeClient, http: httpx.Client, stranger: stripe.StripeClient
) -> None:
    logo, icon = upload(client), upload(client, ICON, purpose="business_icon")
    own = http.get("/v1/account").json()["id"]
    look = {"logo": logo.id, "icon": icon.id, "primary_color": "#0B2545", "secondary_color": "#13A89E"}
    account = client.v1.accounts.update(own, {"settings": {"branding": look}})  # type: ignore[typeddict-item]
    told = http.get("/v1/events", params={"type": "file.created"}).json()["data"]
    assert [each["data"]["object"]["id"] for each in told] == [icon.id, logo.id]
    assert object_faults("file", told[0]["data"]["object"]) == []
    assert told[0]["data"]["object"] == http.get(f"/v1/files/{icon.id}").json()
    worn = account.settings.branding  # type: ignore[union-attr]
    assert (worn.logo, worn.icon, worn.primary_color) == (logo.id, icon.id, "#0b2545")
    expanded = http.get("/v1/account", params={"expand[]": "settings.branding.logo"}).json()
    assert expanded["settings"]["branding"]["logo"]["purpose"] == "business_logo"
    bare = client.v1.accounts.update(own, {"settings": {"branding": {"icon": ""}}})
    assert (bare.settings.branding.icon, bare.settings.branding.logo) == (None, logo.id)  # type: ignore[union-attr]
    for wrong, said in (
        ({"icon": logo.id}, "must have the purpose 'business_icon'"),
        ({"logo": "file_none"}, "No such file upload"),
        ({"primary_color": "red"}, "colour"),
    ):
        with pytest.raises(stripe.InvalidRequestError, match=said) as refused:
            client.v1.accounts.update(own, {"settings": {"branding": wrong}})  # type: ignore[typeddict-item]
        assert (refused.value.param or "").startswith("settings[branding]")
    for ask in (
        lambda: stranger.v1.files.retrieve(logo.id),
        lambda: stranger.v1.file_links.create({"file": logo.id}),
        lambda: stranger.v1.files.list({"starting_after": logo.id}),
    ):
        with pytest.raises(stripe.InvalidRequestError, match="No such"):
            ask()
