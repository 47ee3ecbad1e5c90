"""Calling webhook endpoints: signed, within the limits of `frontdesk_tenants.outside`, several at a time.

No transaction is held while an endpoint is waited for.
"""

import asyncio
import time
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import httpx2
import msgspec

from frontdesk.errors import FrontdeskError, Misconfigured, Unavailable
from frontdesk.secret import Secret
from frontdesk.webhook_endpoints import signature
from frontdesk_tenants import happenings, webhook_calls, webhook_endpoints
from frontdesk_tenants.database import clock
from frontdesk_tenants.directory import Door, read_side
from frontdesk_tenants.webhook_calls import Batch, Outcome
from frontdesk_web.api.events import events_of
from frontdesk_web.site import Site
from frontdesk_web.webhooks.spreading import Telling

AGENT = "Frontdesk/1.0 (webhooks)"
CARRIERS = 4
"""How many endpoints one worker calls at a time: one that hangs takes one of them, and rests afterwards."""


async def call_all(site: Site) -> None:
    """Make all calls that are due."""
    while await call_one(site):
        pass


async def call_one(site: Site) -> bool:
    """Make some calls to the endpoint that has waited longest. False where none waits."""
    async with site.tenancy.database.unscoped() as connection:
        taken = await webhook_calls.take_endpoint(connection)
    if taken is None:
        return False
    tenant_id, endpoint_id = taken
    door = await site.tenancy.door(tenant_id)
    prepared = await _prepare(site, door, tenant_id, endpoint_id)
    if prepared is None:
        return True
    batch, bodies, secrets, now = prepared
    outcomes = await _call(site, batch, bodies, secrets, now)
    async with site.tenancy.database.side(tenant_id) as connection:
        await webhook_calls.keep_outcomes(connection, site.tenancy.jobs, door, batch, outcomes, await clock(connection))
    return True


async def _prepare(
    site: Site, door: Door, tenant_id: UUID, endpoint_id: str
) -> tuple[Batch, list[tuple[str, bytes]], tuple[Secret, ...], datetime] | None:
    """What is to be sent, and with which secrets it is signed."""
    async with site.tenancy.database.side(tenant_id) as connection:
        now = await clock(connection)
        batch = await webhook_calls.due_calls(connection, tenant_id, endpoint_id, now)
        if batch is None:
            return None
        secrets = await webhook_endpoints.secrets_of(connection, site.tenancy.vault, door, endpoint_id, now)
        told = await happenings.find_all(connection, batch.happenings)
        viewer = Telling(site=site, door=door, side=await read_side(connection, door), now=now)
        events = await events_of(viewer, connection, told)
    if batch.endpoint.api_version is not None:
        # Libraries in typed languages refuse what is not of the version that they were made for.
        events = [{**each, "api_version": batch.endpoint.api_version} for each in events]
    bodies = [(each["id"], msgspec.json.encode(each)) for each in events]
    return batch, bodies, secrets, now


async def _call(
    site: Site, batch: Batch, bodies: Sequence[tuple[str, bytes]], secrets: Sequence[Secret], now: datetime
) -> list[Outcome]:
    async with site.outside.client() as client:
        outcomes = await asyncio.gather(
            *(_call_once(client, batch.endpoint.url, id_, body, secrets, now) for id_, body in bodies)
        )
    sent = {id_ for id_, _ in bodies}
    # Nobody knows any more what happened thirty days ago.
    gone = [each for each in batch.happenings if each not in sent]
    return [*outcomes, *(Outcome(happening=each, status=None, answer="", milliseconds=0) for each in gone)]


async def _call_once(
    client: httpx2.AsyncClient, url: str, id_: str, body: bytes, secrets: Sequence[Secret], now: datetime
) -> Outcome:
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Accept": "*/*",
        "Cache-Control": "no-cache",
        "User-Agent": AGENT,
        "Stripe-Signature": signature(secrets, now, body),
    }
    begun = time.monotonic()
    try:
        answer = await client.post(url, content=body, headers=headers)
    except (Misconfigured, Unavailable) as error:
        return _outcome(id_, None, _sentence(error), begun)
    return _outcome(id_, answer.status_code, answer.content.decode("utf-8", "replace"), begun)


def _sentence(error: FrontdeskError) -> str:
    return str(getattr(error, "message", error))


def _outcome(id_: str, status: int | None, answer: str, begun: float) -> Outcome:
    return Outcome(happening=id_, status=status, answer=answer, milliseconds=round((time.monotonic() - begun) * 1000))
