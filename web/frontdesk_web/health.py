"""Whether this process lives, and whether it can serve. Neither tells a stranger more than that."""

from litestar import MediaType, Response, get
from litestar.di import NamedDependency

from frontdesk.errors import Unavailable
from frontdesk_tenants.schema_version import schema_is_there
from frontdesk_web.site import Site


@get("/livez", media_type=MediaType.TEXT)
async def livez() -> str:
    """The process answers. Never asks the database: a dead database is no reason to kill a process."""
    return "ok\n"


@get("/readyz", media_type=MediaType.TEXT)
async def readyz(site: NamedDependency[Site]) -> Response[str]:
    """The database answers too, and its schema is the one that this release needs. Billing backends are not asked."""
    try:
        await schema_is_there(site.tenancy.database)
    except Unavailable as error:
        return Response(f"{error.message}\n", status_code=503, headers={"Retry-After": str(error.retry_after)})
    return Response("ok\n")


routes = [livez, readyz]
