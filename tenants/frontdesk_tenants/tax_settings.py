"""Saving what a side says of its taxes, with the rates that hold where it is registered."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime

from msgspec.structs import replace
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.book import BillingSettings
from frontdesk.desk import Actor
from frontdesk.errors import Refused, Unavailable
from frontdesk.permissions import may_change
from frontdesk.plugins import PluginHost
from frontdesk.tax_calculators import TaxCalculator
from frontdesk.tax_registrations import check_preset, places_of, rates_unknown
from frontdesk.tax_settings import PlaceRate, TaxSettings, place_name
from frontdesk_tenants import audit
from frontdesk_tenants.directory import Side
from frontdesk_tenants.side_settings import lock_settings, write_settings
from frontdesk_tenants.tables import sides

log = logging.getLogger("frontdesk.plugins")
OURS = "tax_codes"
"""The calculator that is asked last."""
SECONDS = 20.0


async def change_tax(
    connection: AsyncConnection,
    plugins: PluginHost,
    side: Side,
    change: Callable[[TaxSettings], TaxSettings],
    *,
    actor: Actor,
    now: datetime,
    request_id: str | None = None,
) -> TaxSettings:
    """Change a side's tax settings, one writer at a time, and look up the rates that they need.

    Raises:
        Refused: a rule says no, or nothing installed knows the rates of a place. Nothing is changed.
        Unavailable: a plugin that is asked for rates does not answer.
    """
    may_change(side.suspended).or_refuse()
    before = await lock_settings(connection)
    tax = replace(change(before.tax), codes=await known_codes(plugins))
    check_preset(tax)
    tax = replace(tax, rates=await rates_of(plugins, tax))
    if tax == before.tax:
        return tax
    after = replace(before, tax=tax)
    await write_settings(connection, after)
    await audit.record(
        connection,
        side.tenant_id,
        actor=actor,
        action="tax_saved",
        object_id=side.slug,
        now=now,
        before=_told(before.tax),
        after=_told(tax),
        request_id=request_id,
    )
    return tax


async def refresh(connection: AsyncConnection, plugins: PluginHost) -> bool:
    """Look the rates of a side up again; says whether any changed."""
    glance: BillingSettings | None = await connection.scalar(select(sides.c.settings))
    if glance is None or not glance.tax.registrations:
        return False
    before = await lock_settings(connection)
    try:
        rates, codes = await rates_of(plugins, before.tax, before.tax), await known_codes(plugins)
    except Exception:
        # Whatever a plugin does, the rates that are known stay.
        log.exception("rates were not looked up", extra={"plugins": sorted(plugins.tax_calculators())})
        return False
    tax = replace(before.tax, codes=codes, rates=rates)
    if tax == before.tax:
        return False
    await write_settings(connection, replace(before, tax=tax))
    return True


async def rates_of(
    plugins: PluginHost, tax: TaxSettings, present: TaxSettings | None = None
) -> Mapping[str, tuple[PlaceRate, ...]]:
    """The rates of every place that the settings name, from the first calculator that knows it.

    `present` settings lend theirs where nothing knows a place any more. Raises Refused, Unavailable.
    """
    calculators = [kind() for name, kind in sorted(plugins.tax_calculators().items(), key=lambda each: _order(each[0]))]
    found: dict[str, tuple[PlaceRate, ...]] = {}
    try:
        async with asyncio.timeout(SECONDS):
            for country, state in places_of(tax):
                place = place_name(country, state)
                rates = await _asked(calculators, country, state)
                rates = rates or (() if present is None else present.rates.get(place, ()))
                if not rates:
                    raise Refused(rates_unknown(place))
                found[place] = rates
    except TimeoutError as error:
        raise Unavailable("The tax rates took too long to look up.", retry_after=10) from error
    return found


async def known_codes(plugins: PluginHost) -> tuple[str, ...]:
    """The ids of all codes of all catalogues. Raises Unavailable."""
    catalogues = [kind() for _, kind in sorted(plugins.tax_catalogues().items())]
    found = [await each.codes() for each in catalogues]
    return tuple(code.id for codes in found for code in codes)


async def _asked(calculators: list[TaxCalculator], country: str, state: str | None) -> tuple[PlaceRate, ...]:
    for each in calculators:
        rates = tuple(await each.rates(country, state))
        if rates:
            return rates
    return ()


def _order(name: str) -> tuple[bool, str]:
    return name == OURS, name


def _told(tax: TaxSettings) -> TaxSettings:
    """What the audit keeps: what somebody said, not what was looked up."""
    return replace(tax, rates={}, codes=())
