"""What the other side of the same tenant looks like, brought over: the only thing of a brand that crosses over, when
staff ask for it."""

from frontdesk.branding import PublicDetails
from frontdesk.desk import Actor
from frontdesk_tenants import brand_versions, files
from frontdesk_tenants.database import clock
from frontdesk_tenants.directory import Door
from frontdesk_tenants.tenancy import Tenancy


async def take_over(tenancy: Tenancy, source: Door, target: Door, actor: Actor, request_id: str | None = None) -> None:
    """Make the look that customers of `source` see the draft of `target`, with copies of its pictures.

    Raises:
        ValueError: the doors are not of one tenant.
    """
    _refuse_strangers(source, target)
    async with tenancy.at(source) as (connection, side):
        look = side.brand.look
        named = [each for each in (look.icon_file, look.logo_file) if each is not None]
        pictures = [await files.read(connection, each) for each in named]
    async with tenancy.database.side(target.tenant_id) as connection:
        now = await clock(connection)
        for picture in pictures:
            if picture is not None:
                await files.keep(connection, target.tenant_id, picture, now)
        await brand_versions.save_draft(connection, target.tenant_id, look, actor, now, request_id)


async def details_of(tenancy: Tenancy, source: Door, target: Door) -> PublicDetails:
    """The public details of the other side. Raises ValueError for doors of two tenants."""
    _refuse_strangers(source, target)
    async with tenancy.at(source) as (_, side):
        return side.brand.details


def _refuse_strangers(source: Door, target: Door) -> None:
    if source.firm_id != target.firm_id:
        raise ValueError("only the sides of one tenant share a look")
