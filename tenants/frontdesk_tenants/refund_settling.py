"""What becomes of refunds that are not done at once: asked of the sandbox's bank a little later, by a job."""

from uuid import UUID

from frontdesk.desk import Actor
from frontdesk.events import RefundFailed
from frontdesk.payment_method_commands import SettleRefund
from frontdesk.refunds import Refund
from frontdesk_tenants import charge_record
from frontdesk_tenants.committing import record_event
from frontdesk_tenants.database import clock
from frontdesk_tenants.desks import desk_on
from frontdesk_tenants.tenancy import Tenancy


async def settle(tenancy: Tenancy, tenant_id: UUID, refund_id: str) -> None:
    """Note what the bank made of a refund. One that is settled is left alone."""
    actor = Actor(kind="scheduler", id=refund_id)
    async with tenancy.at(await tenancy.door(tenant_id)) as (connection, side):
        known = await charge_record.hold(connection, Refund, refund_id)
        if known is None or known.comes_to is None:
            return
        if known.invoice is None or known.customer is None:
            now = await clock(connection)
            await charge_record.settle(connection, tenant_id, known, actor=actor, now=now)
            if known.comes_to == "failed" and known.customer is not None:
                event = RefundFailed(customer=known.customer, refund=refund_id, amount=known.amount, at=now)
                await record_event(connection, tenant_id, event, now, tenancy.jobs)
            return
        desk = await desk_on(connection, tenancy, side, customer_id=known.customer, actor=actor)
        command = SettleRefund(invoice=known.invoice, refund=refund_id)
        await desk.know(command)
        await desk.carry_out(command)
