"""Where a tenant's developer begins: the base address, a key, and samples that run with the side's own ids."""

from collections.abc import Sequence
from typing import Any, ClassVar

from litestar import Response, get
from litestar.di import NamedDependency
from msgspec import Struct

from frontdesk.roles import Right
from frontdesk_tenants import api_keys, listings
from frontdesk_tenants.paging import Cursor
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard.code_samples import Sample, SampleIds, samples
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.site import Site

PATH = "/dashboard/{portal:str}/developers"
PLACE = "developers"


class DevelopersPage(Struct, frozen=True, kw_only=True):
    """The page. What the role may not open has no address."""

    template: ClassVar[str] = "dashboard/developers.html"
    api_base: str
    document_url: str
    reference_url: str
    keys_url: str | None
    logs_url: str | None
    has_key: bool
    has_ids: bool
    samples: Sequence[Sample]


@get(PATH, **needs(Right.SEE))
async def developers(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """Samples with the newest customer, a price that recurs and the end of a secret key, as far as there are any."""
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        keys = await api_keys.keys(connection)
        customers = await listings.customers(connection, Cursor(limit=1))
        prices = await listings.prices(connection, Cursor(limit=1), active=True, recurring=True)
    customer = next((each.id for each in customers.items), "")
    price = next((each.id for each in prices.items), "")
    key = next((each for each in keys if each.kind == "secret"), None)
    end = "" if key is None else key.last4
    ids = SampleIds(
        api_base=site.config.base_url.rstrip("/"),
        key=f"{api_keys.beginning(visit.door, 'secret')}…{end}",
        customer=customer or "cus_…",
        price=price or "price_…",
    )
    page = DevelopersPage(
        api_base=ids.api_base,
        document_url="/openapi.json",
        reference_url=visit.path("developers", "reference"),
        keys_url=visit.path("keys") if visit.may(Right.MANAGE_KEYS) else None,
        logs_url=visit.path("logs") if visit.may(Right.SEE_LOGS) else None,
        has_key=key is not None,
        has_ids=bool(customer and price),
        samples=samples(ids),
    )
    return dashboard_page(request, site, visit, page, place=PLACE)


routes: Sequence[Any] = [developers]
