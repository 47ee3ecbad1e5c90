"""A checkout session that nobody came back to ends when its time is over, whoever asks for it or not."""

from datetime import timedelta

from sides import API, new_tenant
from sqlalchemy import select

from frontdesk.checkout_sessions import CheckoutSession
from frontdesk.ids import IdSource
from frontdesk.setup_intents import SetupIntent
from frontdesk_tenants import intent_record, listings
from frontdesk_tenants.database import clock
from frontdesk_tenants.directory import Door
from frontdesk_tenants.sweeping import sweep_side
from frontdesk_tenants.tables import happenings
from frontdesk_tenants.tenancy import Tenancy


async def begin(tenancy: Tenancy, door: Door, minutes: int) -> CheckoutSession:
    """Keep a session that was made a day ago and is over in so many minutes."""
    async with tenancy.database.side(door.tenant_id) as connection:
        now = await clock(connection)
        ids, then = IdSource(now), now - timedelta(days=1)
        id_ = ids("cs_test")
        intent = SetupIntent(id=ids("seti"), created=then, checkout=id_)
        session = CheckoutSession(
            id=id_,
            created=then,
            expires_at=now + timedelta(minutes=minutes),
            setup_intent=intent.id,
            success_url="https://shop.example",
        )
        for made in (intent, session):
            await intent_record.create(connection, door.tenant_id, made, actor=API)
    return session


async def test_it_ends_without_anybody_asking_and_is_told_once(tenancy: Tenancy) -> None:
    door = (await new_tenant(tenancy)).door
    over, open_still = await begin(tenancy, door, -1), await begin(tenancy, door, 1)
    for _ in range(2):
        await sweep_side(tenancy, door.tenant_id)
    async with tenancy.database.side(door.tenant_id) as connection:
        found = await listings.find_all(connection, "checkout.session", (over.id, open_still.id))
        intents = await listings.find_all(connection, "setupintent", (over.setup_intent, open_still.setup_intent))
        told = (
            await connection.execute(
                select(happenings.c.act).where(happenings.c.object.in_((over.id, open_still.id, over.setup_intent)))
            )
        ).scalars()
    assert (found[over.id].status, found[open_still.id].status) == ("expired", "open")
    assert intents[over.setup_intent].status == "canceled"
    assert intents[open_still.setup_intent].status == "requires_payment_method"
    assert sorted(told) == ["canceled", "created", "expired"]
