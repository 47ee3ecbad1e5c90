"""Which side is meant: from a portal's public name, or from the public id that every secret carries in front."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.book import BillingSettings
from frontdesk.branding import Brand
from frontdesk.starting_points import StartingPoint
from frontdesk.suspension import Status, Suspension
from frontdesk_tenants.database import Database
from frontdesk_tenants.tables import firms, sides

PUBLIC_ID_LENGTH = 12


class Door(Struct, frozen=True, kw_only=True):
    """How a side is found: nothing here is secret and nothing here ever changes."""

    tenant_id: UUID
    firm_id: UUID
    livemode: bool
    public_id: str
    portal: str


class Side(Struct, frozen=True, kw_only=True):
    """One side of a tenant as a request needs it.

    `live_since` is when its portal was opened to customers: None for a live side that is still being set up.
    `suspension` is set while `status` is "suspended".
    """

    door: Door
    slug: str
    name: str
    country: str | None
    locale: str
    backend: str
    status: Status
    settings: BillingSettings
    brand: Brand
    page_version: int
    live_since: datetime | None
    suspension: Suspension | None

    @property
    def suspended(self) -> bool:
        """Whether the operator has suspended the tenant: see `frontdesk.suspension`."""
        return self.status == "suspended"

    @property
    def tenant_id(self) -> UUID:
        """The id that every row of this side carries."""
        return self.door.tenant_id

    @property
    def livemode(self) -> bool:
        """False for the sandbox."""
        return self.door.livemode


class Directory:
    """Looks doors up and remembers them: a row of `firms` never changes."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._by_public_id: dict[str, Door] = {}
        self._by_portal: dict[str, Door] = {}
        self._by_tenant_id: dict[UUID, Door] = {}
        self._by_firm: dict[UUID, tuple[Door, Door]] = {}

    async def by_public_id(self, public_id: str) -> Door | None:
        """The door of a secret's public id."""
        return self._by_public_id.get(public_id) or await self._look_up(firms.c.public_id == public_id)

    async def by_portal(self, portal: str) -> Door | None:
        """The door of a portal's public name, as it stands in `/p/{portal}/`."""
        return self._by_portal.get(portal) or await self._look_up(firms.c.portal == portal)

    def remembered(self, portal: str) -> Door | None:
        """The same, if it was asked for before."""
        return self._by_portal.get(portal)

    async def by_tenant_id(self, tenant_id: UUID) -> Door | None:
        """The door of a side's id, as jobs carry it."""
        return self._by_tenant_id.get(tenant_id) or await self._look_up(firms.c.tenant_id == tenant_id)

    async def of_firm(self, portal: str) -> tuple[Door, ...]:
        """Both doors of the firm that a portal belongs to, the live one first."""
        async with self._database.unscoped() as connection:
            firm = select(firms.c.firm_id).where(firms.c.portal == portal).scalar_subquery()
            rows = await connection.execute(
                select(firms).where(firms.c.firm_id == firm).order_by(firms.c.livemode.desc())
            )
            return tuple(Door(**row._mapping) for row in rows)

    async def both(self, door: Door) -> tuple[Door, Door]:
        """The live door and the sandbox's of the firm that a door belongs to."""
        if door.firm_id not in self._by_firm:
            live, sandbox = await self.of_firm(door.portal)
            self._by_firm[door.firm_id] = (live, sandbox)
        return self._by_firm[door.firm_id]

    async def _look_up(self, condition: object) -> Door | None:
        async with self._database.unscoped() as connection:
            row = (await connection.execute(select(firms).where(condition))).one_or_none()  # type: ignore[arg-type]
        if row is None:
            return None
        door = Door(**row._mapping)
        self._by_public_id[door.public_id] = self._by_portal[door.portal] = self._by_tenant_id[door.tenant_id] = door
        return door


async def read_side(connection: AsyncConnection, door: Door) -> Side:
    """The side behind a door, read under row-level security on a transaction of that side."""
    row = (await connection.execute(select(sides))).one()
    return Side(
        door=door,
        slug=row.slug,
        name=row.name,
        country=row.country,
        locale=row.locale,
        backend=row.backend,
        status=row.status,
        settings=row.settings,
        brand=row.brand,
        page_version=row.page_version,
        live_since=row.live_since,
        suspension=row.suspension,
    )


async def read_starting_point(connection: AsyncConnection) -> StartingPoint | None:
    """What the side's tenant said that it sells when it signed up; None where nobody asked."""
    point = await connection.scalar(select(sides.c.starting_point))
    return None if point is None else StartingPoint(point)
