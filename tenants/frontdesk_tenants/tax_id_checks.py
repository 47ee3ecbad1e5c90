"""Asking registers about tax ids, by a job: what could not be asked is asked again, and is not called wrong."""

import asyncio
import logging
from collections.abc import Iterable
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.customer_tax_ids import found, not_asked, verify
from frontdesk.desk import Actor
from frontdesk.errors import Refused
from frontdesk.tax_id_checkers import RegisterAnswer, TaxIdChecker
from frontdesk.tax_ids import TaxId, Verification
from frontdesk_tenants.desks import open_desk
from frontdesk_tenants.directory import Door
from frontdesk_tenants.tenancy import Tenancy

CHECK = "check_tax_id"
AGAIN_SECONDS = 3600
SECONDS = 20.0
WORKER = Actor(kind="scheduler", id="worker")
log = logging.getLogger("frontdesk.plugins")


async def ask_later(
    connection: AsyncConnection, tenancy: Tenancy, door: Door, customer: str, tax_ids: Iterable[TaxId], delay: int = 0
) -> None:
    """Have the register asked about those of a customer's tax ids that nobody knows anything of."""
    waiting = [each for each in tax_ids if door.livemode and _is_open(each) and _checker(tenancy, each.type)]
    rows = tuple(f"{customer} {each.id}" for each in waiting)
    if rows:
        await tenancy.jobs.enqueue_all(connection, CHECK, door.tenant_id, rows, delay=delay)


async def check(tenancy: Tenancy, tenant_id: UUID, row_id: str) -> None:
    """Ask about one tax id, and keep the answer. A second run asks again, and changes nothing where nothing is new."""
    customer, _, id_ = row_id.partition(" ")
    door = await tenancy.door(tenant_id)
    try:
        async with open_desk(tenancy, door, customer_id=customer, actor=WORKER) as desk:
            asked = found(desk.account.customer.tax_ids, id_)
    except Refused:
        # The customer or the id is gone.
        return
    checker = _checker(tenancy, asked.type)
    if checker is None:
        return
    answer = await _answer(checker, asked)
    async with open_desk(tenancy, door, customer_id=customer, actor=WORKER) as desk:
        try:
            known = found(desk.account.customer.tax_ids, id_)
            await verify(desk, id_, _verification(known, answer, checker, desk.real_now))
        except Refused:
            return
    if answer is None:
        async with tenancy.database.side(tenant_id) as connection:
            await ask_later(connection, tenancy, door, customer, (known,), delay=AGAIN_SECONDS)


def _verification(known: TaxId, answer: RegisterAnswer | None, checker: TaxIdChecker, now: object) -> Verification:
    if answer is None:
        return not_asked(known.verification) or Verification(status="unavailable")
    return Verification(
        status=answer.status,
        at=now,  # type: ignore[arg-type]
        name=answer.name,
        address=answer.address,
        by=checker.name,
    )


def _is_open(tax_id: TaxId) -> bool:
    return tax_id.verification is not None and tax_id.verification.status in ("pending", "unavailable")


def _checker(tenancy: Tenancy, type_: str) -> TaxIdChecker | None:
    for _, kind in sorted(tenancy.plugins.tax_id_checkers().items()):
        if type_ in kind.types:
            return kind()
    return None


async def _answer(checker: TaxIdChecker, asked: TaxId) -> RegisterAnswer | None:
    """What the register says; None where it could not be asked, whatever the plugin made of that."""
    try:
        async with asyncio.timeout(SECONDS):
            return await checker.check(asked.type, asked.value)
    except Exception:
        log.warning("a register was not asked", exc_info=True, extra={"plugin": checker.name})
        return None
