"""`/v1/webhook_endpoints`: who is told what happens."""

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from frontdesk.errors import Misconfigured
from frontdesk.webhook_endpoints import ALL, MOST_ENDPOINTS, WebhookEndpoint
from frontdesk_tenants import webhook_endpoints
from frontdesk_tenants.database import SideTransaction
from frontdesk_web.api.calls import CURSOR, Call, Endpoint, list_of, metadata_change, new_metadata
from frontdesk_web.api.errors import API_VERSION, OLDEST_VERSION, VERSION, ApiError, no_such
from frontdesk_web.api.event_types import KNOWN
from frontdesk_web.api.parameters import Absent, Flag, Many, Metadata, Required, Text
from frontdesk_web.api.shapes.webhook_endpoints import webhook_endpoint

if TYPE_CHECKING:
    from frontdesk_tenants.outside import Outside

EVENTS = Many(of=Text(maximum=255), maximum=len(KNOWN))
CREATE: dict[str, Any] = {
    "api_version": Text(maximum=50, clears=True),
    "connect": Absent(what="Webhooks of connected accounts are", harmless=("", "false")),
    "description": Text(clears=True),
    "enabled_events": Required(EVENTS),
    "metadata": Metadata(),
    "url": Required(Text()),
}
UPDATE: dict[str, Any] = {
    "description": Text(clears=True),
    "disabled": Flag(),
    "enabled_events": EVENTS,
    "metadata": Metadata(),
    "url": Text(),
}


async def create(call: Call) -> dict[str, Any]:
    """Add an endpoint. Its secret is told in this answer alone."""
    given = call.given
    _check_version(given.get("api_version"))
    made = WebhookEndpoint(
        id=call.ids("we"),
        url=checked_url(call.site.outside, given["url"]),
        types=checked_types(given["enabled_events"]),
        created=call.now,
        api_version=given.get("api_version"),
        description=given.get("description"),
        metadata=new_metadata(given),
    )
    async with call.transaction() as connection:
        try:
            secret = await webhook_endpoints.create(
                connection, call.site.tenancy.vault, call.door, made, actor=call.actor, request_id=call.request_id
            )
        except webhook_endpoints.TooManyEndpoints:
            mode = "live" if call.livemode else "test"
            raise ApiError(f"You have reached the maximum of {MOST_ENDPOINTS} {mode} webhook endpoints.") from None
    return webhook_endpoint(made, call.livemode, secret)


async def retrieve(call: Call) -> dict[str, Any]:
    """One endpoint, without its secret."""
    async with call.transaction() as connection:
        return webhook_endpoint(await _present(call, connection), call.livemode)


async def update(call: Call) -> dict[str, Any]:
    """Change an endpoint. What is left out stays; `disabled=false` switches one on again."""
    given = call.given
    async with call.transaction() as connection:
        before = await _present(call, connection, lock=True)
        after = before
        if "url" in given:
            after = replace(after, url=checked_url(call.site.outside, given["url"]))
        if "enabled_events" in given:
            after = replace(after, types=checked_types(given["enabled_events"]))
        if "description" in given:
            after = replace(after, description=given["description"])
        if "metadata" in given:
            change = {**before.metadata, **metadata_change(given, before.metadata)}
            after = replace(after, metadata={name: value for name, value in change.items() if value is not None})
        if "disabled" in given:
            after = webhook_endpoints.switched(after, not given["disabled"], call.now)
        if after != before:
            await webhook_endpoints.change(
                connection, call.door, before, after, actor=call.actor, now=call.now, request_id=call.request_id
            )
    return webhook_endpoint(after, call.livemode)


async def delete(call: Call) -> dict[str, Any]:
    """Delete an endpoint with what is known of its calls."""
    async with call.transaction() as connection:
        gone = await _present(call, connection, lock=True)
        await webhook_endpoints.remove(
            connection, call.door, gone, actor=call.actor, now=call.now, request_id=call.request_id
        )
    return {"id": gone.id, "object": "webhook_endpoint", "deleted": True}


async def list_all(call: Call) -> dict[str, Any]:
    """Endpoints, newest first."""
    async with call.transaction() as connection:
        page = await webhook_endpoints.page(connection, call.cursor())
    return list_of("/v1/webhook_endpoints", page, [webhook_endpoint(each, call.livemode) for each in page.items])


def _check_version(asked: str | None) -> None:
    """Raises ApiError for a version that is none, or of the time before the shapes that events have here."""
    if asked is None:
        return
    if not VERSION.fullmatch(asked):
        raise ApiError(f"Invalid Stripe API version: {asked}", param="api_version")
    if asked < OLDEST_VERSION:
        raise ApiError(
            f"Events have the shapes of {API_VERSION} here, which are not those of {asked}. Name {OLDEST_VERSION} or a"
            " later one, or leave `api_version` out.",
            param="api_version",
        )


def checked_url(outside: "Outside", url: str) -> str:
    """An address that may be called. Raises ApiError."""
    try:
        return outside.check(url)
    except Misconfigured as error:
        raise ApiError(f"Invalid URL: {error.message}", code="url_invalid", param="url") from error


def checked_types(given: tuple[str, ...]) -> tuple[str, ...]:
    """Types that exist, each once. Raises ApiError."""
    if not given:
        raise ApiError("You must select at least one event, or `*` for all of them.", param="enabled_events")
    for place, each in enumerate(given):
        if each not in KNOWN:
            raise ApiError(
                f"Invalid enabled_events[{place}]: there is no event `{each[:100]}`. Name events such as"
                " `invoice.paid`, or `*` for all of them.",
                param=f"enabled_events[{place}]",
            )
    return (ALL,) if ALL in given else tuple(dict.fromkeys(given))


async def _present(call: Call, connection: SideTransaction, *, lock: bool = False) -> WebhookEndpoint:
    found = await webhook_endpoints.find(connection, call.path["webhook_endpoint"], lock=lock)
    if found is None:
        raise no_such("webhook endpoint", call.path["webhook_endpoint"], None)
    return found


_ALL = "/v1/webhook_endpoints"
_ONE = _ALL + "/{webhook_endpoint:str}"
endpoints = (
    Endpoint(method="POST", path=_ALL, takes=CREATE, act=create),
    Endpoint(method="GET", path=_ALL, takes=CURSOR, act=list_all),
    Endpoint(method="GET", path=_ONE, takes={}, act=retrieve),
    Endpoint(method="POST", path=_ONE, takes=UPDATE, act=update),
    Endpoint(method="DELETE", path=_ONE, takes={}, act=delete),
)
