"""Changing what a side sells, through the same door as the API: all commands of one form, or none where that can be."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from msgspec import UNSET
from msgspec.structs import replace

from frontdesk.book import Product, Terms
from frontdesk.catalogue import change_catalogue
from frontdesk.catalogue_commands import CatalogueCommand, CreatePrice, UpdateProduct
from frontdesk.changes import Changes
from frontdesk.given_ids import id_given
from frontdesk.ids import IdSource
from frontdesk_tenants import catalogues
from frontdesk_tenants.database import SideTransaction
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.site import Site


async def carry_out(site: Site, visit: StaffVisit, *commands: CatalogueCommand) -> None:
    """Carry the commands out in order. With a local backend they come true together or not at all; a remote one is
    asked between two transactions each time, since nobody may hold one while waiting for a network.

    Raises:
        Refused: a command names something unknown or breaks a rule.
        Unavailable: the backend does not answer now.
    """
    database = site.tenancy.database
    key = IdSource(visit.now)("req")
    kind = site.plugins.billing_backends().get(visit.side.backend)
    if kind is not None and kind.capabilities.remote:
        given: dict[str | None, str] = {}
        for place, command in enumerate(commands):
            command = _naming(command, given)
            changes = await catalogues.carry_out(
                lambda: database.side(visit.door.tenant_id),
                site.tenancy,
                visit.side,
                command,
                actor=visit.actor,
                idempotency_key=f"{key}-{place}",
                request_id=visit.request_id,
            )
            given[command.id] = id_given(command, changes)
        return
    async with database.side(visit.door.tenant_id) as connection:

        @asynccontextmanager
        async def the_same() -> AsyncIterator[SideTransaction]:
            yield connection

        for place, command in enumerate(commands):
            await catalogues.carry_out(
                the_same,
                site.tenancy,
                visit.side,
                command,
                actor=visit.actor,
                idempotency_key=f"{key}-{place}",
                request_id=visit.request_id,
            )


def _naming(command: CatalogueCommand, given: Mapping[str | None, str]) -> CatalogueCommand:
    """The command with the id that the backend gave to a price which an earlier one made."""
    if not isinstance(command, UpdateProduct) or command.fields.default_price is UNSET:
        return command
    price = command.fields.default_price
    return replace(command, fields=replace(command.fields, default_price=given.get(price, price)))


async def try_out(connection: SideTransaction, visit: StaffVisit, command: CatalogueCommand) -> Changes:
    """What a command would make, by the rules alone: to find what is wrong before anything is begun.

    Raises:
        Refused: as above.
    """
    terms = await catalogues.terms_of(connection, visit.side, command)
    return change_catalogue(terms, command, visit.now.replace(microsecond=0))


def try_price(visit: StaffVisit, price: CreatePrice, product: Changes | None) -> None:
    """Judge the first price of a product that is not there yet, or of one that cannot be made as it is.

    Raises:
        Refused: as above.
    """
    made = () if product is None else product.products
    blank = Product(id=price.product, name="", created=visit.now, updated=visit.now)
    terms = Terms(settings=visit.side.settings, products={price.product: made[0] if made else blank})
    change_catalogue(terms, price, visit.now.replace(microsecond=0))
