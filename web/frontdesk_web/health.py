"""Whether this process lives, and whether it can serve. Neither tells a stranger more than that."""

from litestar import MediaType, Response, get
from litestar.di import NamedDependency

from frontdesk.errors import Unavailable
from frontdesk_web.site import Site


@get("/livez", media_type=MediaType.TEXT)
async def livez() -> str:
    """The process answers. Never asks the database: a dead database is no reason to kill a process."""
    return "ok\n"


@get("/readyz", media_type=MediaType.TEXT)
async def readyz(site: NamedDependency[Site]) -> Response[str]:
    """The database answers too."""
    try:
        await site.tenancy.database.answers()
    except Unavailable:
        return Response("the database does not answer\n", status_code=503, headers={"Retry-After": "2"})
    return Response("ok\n")


routes = [livez, readyz]
