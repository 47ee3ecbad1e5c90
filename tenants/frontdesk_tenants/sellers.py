"""Saving the seller's details of a side, and what its invoice numbers are and were."""

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.book import BillingSettings
from frontdesk.checklist import missing_of
from frontdesk.desk import Actor
from frontdesk.errors import Refusal
from frontdesk.seller import faults_of, tidied
from frontdesk.set_up_refusals import prefix_taken
from frontdesk_tenants.directory import Side
from frontdesk_tenants.side_settings import lock_settings, save_settings
from frontdesk_tenants.tables import invoice_counters, invoices


class Series(Struct, frozen=True, kw_only=True):
    """A series of invoice numbers: its prefix, and the next number of it."""

    prefix: str
    next: int

    @property
    def number(self) -> str:
        """The next number as it is printed."""
        return f"{self.prefix}-{self.next:04d}"


async def read_series(connection: AsyncConnection, prefix: str) -> Series:
    """The series of a prefix: it goes on where it stopped."""
    found = await connection.scalar(select(invoice_counters.c.next).where(invoice_counters.c.series == prefix))
    return Series(prefix=prefix, next=found or 1)


async def save_seller(
    connection: AsyncConnection,
    side: Side,
    settings: BillingSettings,
    *,
    actor: Actor,
    now: datetime,
    request_id: str | None = None,
    partly: bool = False,
) -> tuple[Refusal, ...]:
    """Save the settings that a side's invoices are made from; returns what is wrong with them, and saves nothing then.

    Issued invoices keep what they say. The live side of a tenant that is live cannot lose what invoices need; `partly`
    says that what was missing before may be missing still.
    """
    present = await lock_settings(connection)
    # Taxes are saved elsewhere, perhaps since the form was drawn.
    settings = replace(tidied(settings), tax=present.tax)
    live = side.livemode and side.live_since is not None
    faults = faults_of(settings, whole=live and not (partly and missing_of(present)))
    changed = settings.invoice_prefix != side.settings.invoice_prefix
    if not faults and changed and await _is_taken(connection, settings.invoice_prefix):
        faults = (prefix_taken(settings.invoice_prefix),)
    if faults:
        return faults
    await save_settings(
        connection, side, side.settings, settings, action="seller_saved", actor=actor, now=now, request_id=request_id
    )
    return ()


async def _is_taken(connection: AsyncConnection, prefix: str) -> bool:
    """Whether invoices that came from elsewhere have numbers of this series, which its counter knows nothing of."""
    counted = exists().where(invoice_counters.c.series == prefix)
    numbered = exists().where(invoices.c.number.startswith(f"{prefix}-", autoescape=True))
    return bool(await connection.scalar(select(numbered & ~counted)))
