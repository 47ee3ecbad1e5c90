"""Storing a portal configuration: checked by the rules, given its link, written down. API and dashboard come here.

Whoever changes one calls `configurations.hold` before reading it.
"""

from datetime import datetime

from msgspec.structs import replace
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.book import Terms
from frontdesk.configuration_life import chosen, deleted, retired
from frontdesk.configuration_refusals import default_configuration_stays
from frontdesk.desk import Actor
from frontdesk.errors import Refused
from frontdesk.ids import random_token
from frontdesk.portal_configuration import PortalConfiguration
from frontdesk.portal_configuration_rules import validate
from frontdesk.set_up_refusals import not_live_yet
from frontdesk_tenants import audit, catalogues, configurations, feedback_options
from frontdesk_tenants.coupons import read_coupons
from frontdesk_tenants.directory import Side
from frontdesk_tenants.happenings import tell_changes
from frontdesk_tenants.provisioning import LOGIN_TOKEN_LENGTH
from frontdesk_tenants.tables import sessions
from frontdesk_tenants.tenancy import Tenancy

MADE_DEFAULT, DELETED = "ConfigurationMadeDefault", "DeleteConfiguration"
"""What the audit calls these acts, whoever does them."""


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
    if changed.is_default and not changed.active:
        raise Refused(default_configuration_stays(changed.id, "deactivated"))
    backend = await tenancy.backends.of(connection, side.tenant_id, side.backend)
    terms = await _named(connection, side, changed)
    own_reasons = await feedback_options.active_among(connection, _reasons(changed))
    validate(changed, terms, backend.capabilities, before, [each.id for each in own_reasons])
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


async def _named(connection: AsyncConnection, side: Side, changed: PortalConfiguration) -> Terms:
    """Terms with what a configuration names of the catalogue, as far as it exists."""
    offered = changed.features.subscription_update.products
    rules = changed.frontdesk.retention.rules
    plans = [each.offer.price for each in rules if each.offer.price is not None]
    terms = await catalogues.read_offers(
        connection,
        side,
        [*(each.product for each in offered), *(product for each in rules for product in each.products)],
        [*(price for each in offered for price in each.prices), *plans],
    )
    coupons = await read_coupons(connection, [each.offer.coupon for each in rules if each.offer.coupon is not None])
    return replace(terms, coupons=coupons)


def _reasons(changed: PortalConfiguration) -> list[str]:
    """Every reason that a configuration names; the standard ones are nobody's own."""
    asked = changed.features.subscription_cancel.cancellation_reason.feedback_options
    return [*asked, *(reason for each in changed.frontdesk.retention.rules for reason in each.reasons)]


async def choose_default(
    connection: AsyncConnection,
    side: Side,
    configuration: PortalConfiguration,
    *,
    actor: Actor,
    now: datetime,
    request_id: str | None = None,
) -> None:
    """Make a configuration the default; the one that was it stops being it. The default itself stays as it is.

    Raises:
        Refused: the configuration is inactive.
    """
    before = await configurations.read_default(connection)
    if before.id == configuration.id:
        return
    after = chosen(configuration, now)
    former = retired(before, now)
    await configurations.put(
        connection, side.tenant_id, former, await configurations.login_token(connection, before.id)
    )
    await configurations.put(connection, side.tenant_id, after, await configurations.login_token(connection, after.id))
    await audit.record(
        connection,
        side.tenant_id,
        actor=actor,
        action=MADE_DEFAULT,
        object_id=configuration.id,
        now=now,
        before={"default": before.id},
        after={"default": configuration.id},
        request_id=request_id,
    )
    await tell_changes(connection, side.tenant_id, ((before, former), (configuration, after)), now, request_id)


async def delete(
    connection: AsyncConnection,
    side: Side,
    configuration: PortalConfiguration,
    *,
    actor: Actor,
    now: datetime,
    request_id: str | None = None,
) -> None:
    """Delete a configuration: its login link is dead, and whoever is in a session under it has to sign in again.

    Raises:
        Refused: it is the default.
    """
    await configurations.put(connection, side.tenant_id, deleted(configuration, now), None)
    await connection.execute(
        update(sessions)
        .where(sessions.c.configuration == configuration.id, sessions.c.ended_at.is_(None))
        .values(ended_at=now)
    )
    await audit.record(
        connection,
        side.tenant_id,
        actor=actor,
        action=DELETED,
        object_id=configuration.id,
        now=now,
        before=configuration,
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
