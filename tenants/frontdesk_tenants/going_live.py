"""Going live: a live side that was born closed is opened to customers, once what it needs is there."""

from datetime import datetime

from msgspec.structs import replace
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.checklist import Checklist, before_live, checklist
from frontdesk.desk import Actor
from frontdesk.errors import Refusal, Refused, Unavailable
from frontdesk.portal_configuration import LoginPage
from frontdesk_tenants import audit, configurations
from frontdesk_tenants.directory import Side
from frontdesk_tenants.setup_state import read_setup
from frontdesk_tenants.tables import sides
from frontdesk_tenants.tenancy import Tenancy


async def read_checklist(connection: AsyncConnection, tenancy: Tenancy, side: Side) -> tuple[Checklist, Refusal | None]:
    """What of a side is set up, and why it cannot go live now: None where it can.

    It is asked of the kind of backend, since one that has no settings yet is among what is still to be set up.

    Raises:
        Unavailable: no installed plugin provides the backend.
    """
    kind = tenancy.plugins.billing_backends().get(side.backend)
    if kind is None:
        raise Unavailable(f"The billing backend {side.backend} is not installed.")
    able = kind.abilities(livemode=side.livemode)
    facts = await read_setup(connection)
    return checklist(facts, able), before_live(facts, able)


async def go_live(
    connection: AsyncConnection,
    tenancy: Tenancy,
    side: Side,
    actor: Actor,
    now: datetime,
    request_id: str | None = None,
) -> None:
    """Open the side's portal: its login link works from now on.

    Raises:
        Refused: it is live already, or something that it needs is missing.
        Misconfigured: its backend has no settings with which it could bill.
    """
    await tenancy.backends.of(connection, side.tenant_id, side.backend)
    _, refusal = await read_checklist(connection, tenancy, side)
    if refusal is not None:
        raise Refused(refusal)
    await connection.execute(update(sides).values(live_since=now))
    configuration = await configurations.read_default(connection)
    await configurations.put(
        connection,
        side.tenant_id,
        replace(configuration, login_page=LoginPage(enabled=True), updated=now, version=configuration.version + 1),
        await configurations.login_token(connection, configuration.id),
    )
    await audit.record(
        connection, side.tenant_id, actor=actor, action="went_live", object_id=side.slug, now=now, request_id=request_id
    )
