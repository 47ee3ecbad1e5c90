"""Storing a portal configuration: checked by the rules, given its link, written down. API and dashboard come here."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.desk import Actor
from frontdesk.errors import Refused
from frontdesk.ids import random_token
from frontdesk.portal_configuration import PortalConfiguration
from frontdesk.portal_configuration_rules import validate
from frontdesk.refusals import not_live_yet
from frontdesk_tenants import audit, catalogues, configurations
from frontdesk_tenants.directory import Side
from frontdesk_tenants.provisioning import LOGIN_TOKEN_LENGTH
from frontdesk_tenants.tenancy import Tenancy


async def store(
    connection: AsyncConnection,
    tenancy: Tenancy,
    side: Side,
    changed: PortalConfiguration,
    before: PortalConfiguration | None,
    *,
    actor: Actor,
    action: str,
    now: datetime,
    request_id: str | None = None,
) -> None:
    """Check and write a configuration. One whose login page is on for the first time is given its link.

    Raises:
        Refused: the configuration cannot be stored, or its login page waits for the side to go live; nothing is
            changed.
    """
    if changed.login_page.enabled and side.live_since is None:
        raise Refused(not_live_yet())
    offered = changed.features.subscription_update.products
    backend = await tenancy.backends.of(connection, side.tenant_id, side.backend)
    terms = await catalogues.read_offers(
        connection,
        side,
        [each.product for each in offered],
        [price for each in offered for price in each.prices],
    )
    validate(changed, terms, backend.capabilities, before)
    token = await configurations.login_token(connection, changed.id)
    if token is None and changed.login_page.enabled:
        token = random_token(LOGIN_TOKEN_LENGTH)
    await configurations.put(connection, side.tenant_id, changed, token)
    await audit.record(
        connection,
        side.tenant_id,
        actor=actor,
        action=action,
        object_id=changed.id,
        now=now,
        before=before,
        after=changed,
        request_id=request_id,
    )


async def replace_link(
    connection: AsyncConnection,
    side: Side,
    configuration: PortalConfiguration,
    *,
    actor: Actor,
    now: datetime,
    request_id: str | None = None,
) -> str:
    """Give a configuration another login link; the old one is dead at once. Returns the new link's token."""
    token = random_token(LOGIN_TOKEN_LENGTH)
    await configurations.put(connection, side.tenant_id, configuration, token)
    await audit.record(
        connection,
        side.tenant_id,
        actor=actor,
        action="link_replaced",
        object_id=configuration.id,
        now=now,
        request_id=request_id,
    )
    return token
