"""What of a side is set up: the facts of `frontdesk.checklist`, read in one query."""

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.checklist import SetupFacts
from frontdesk_tenants.tables import audit, configurations, customers, prices, products, sides

SETTINGS_SAVED = ("UpdateConfiguration", "portal_settings_saved", "ConfigurationMadeDefault")
"""Audit actions on the default configuration that say that somebody decided about it."""


async def read_setup(connection: AsyncConnection) -> SetupFacts:
    """The facts of the side whose transaction this is."""
    sold = exists().where(
        products.c.tenant_id == sides.c.tenant_id,
        products.c.active,
        ~products.c.deleted,
        prices.c.tenant_id == products.c.tenant_id,
        prices.c.product == products.c.id,
        prices.c.active,
    )
    saved = exists().where(
        audit.c.tenant_id == sides.c.tenant_id,
        audit.c.object == configurations.c.id,
        audit.c.action.in_(SETTINGS_SAVED),
    )
    known = exists().where(customers.c.tenant_id == sides.c.tenant_id, ~customers.c.deleted)
    row = (
        await connection.execute(
            select(
                sides.c.livemode,
                sides.c.live_since,
                sides.c.brand,
                sides.c.name,
                sides.c.settings,
                configurations.c.body.label("configuration"),
                saved.label("settings_saved"),
                sold.label("sold"),
                known.label("has_customers"),
            ).join(configurations, (configurations.c.tenant_id == sides.c.tenant_id) & configurations.c.is_default)
        )
    ).one()
    return SetupFacts(
        livemode=row.livemode,
        live=row.live_since is not None,
        brand=row.brand,
        name=row.name,
        settings=row.settings,
        configuration=row.configuration,
        settings_saved=row.settings_saved,
        sold=row.sold,
        has_customers=row.has_customers,
    )
