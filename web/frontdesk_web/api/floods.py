"""How often a key may ask, as at Stripe: 100 requests a second live, 25 in the sandbox."""

from datetime import datetime, timedelta

from frontdesk.limits import Check, Limit
from frontdesk_tenants.api_keys import ApiKey
from frontdesk_tenants.directory import Door
from frontdesk_web.api.errors import ApiError
from frontdesk_web.site import Site

_LIVE = Limit(name="api:live", act="request", scope="tenant", count=100, window=timedelta(seconds=1))
_SANDBOX = Limit(name="api:sandbox", act="request", scope="tenant", count=25, window=timedelta(seconds=1))


async def refuse_flood(site: Site, door: Door, key: ApiKey, now: datetime) -> None:
    """Count a request, outside of any transaction. Raises ApiError (429) where the key has asked too often."""
    limit = _LIVE if door.livemode else _SANDBOX
    counted = await site.limiter.count((Check(limit=limit, key=f"{limit.name}:{door.tenant_id}:{key.id}"),), now)
    if counted.exceeded() is not None:
        raise ApiError(
            "Request rate limit exceeded. Requests may be retried after a short wait.",
            code="rate_limit",
            status=429,
            # Stripe's clients repeat a request that is answered 429 only where they are told to.
            headers={
                "Retry-After": "1",
                "Stripe-Should-Retry": "true",
                "Stripe-Rate-Limited-Reason": "global-rate",
            },
        )
