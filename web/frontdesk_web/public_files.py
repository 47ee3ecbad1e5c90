"""Files that anybody may fetch: ours under hashed names, and each brand's colours and images."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from frontdesk_tenants import files
from frontdesk_tenants.directory import read_side
from frontdesk_web.brand_stylesheet import stylesheet, stylesheet_hash
from frontdesk_web.site import Site

FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}
INERT = {"Content-Security-Policy": "sandbox; default-src 'none'", "Content-Disposition": "inline"}


@get("/static/{path:path}")
async def static_file(path: FromPath[str], site: NamedDependency[Site]) -> Response[bytes]:
    """One of our own files, by its hashed name."""
    found = site.static_files.find(path.lstrip("/"))
    if found is None:
        raise NotFoundException
    return Response(found.body, headers={**FOR_EVER, "Content-Type": found.content_type})


@get("/brand/{public_id:str}/{name:str}")
async def brand_file(public_id: FromPath[str], name: FromPath[str], site: NamedDependency[Site]) -> Response[Any]:
    """A side's stylesheet or image. Names are hashes of what is in them, so that a change is a new address."""
    door = await site.tenancy.directory.by_public_id(public_id) if public_id.isalnum() else None
    if door is None:
        raise NotFoundException
    async with site.tenancy.database.side(door.tenant_id) as connection:
        side = await read_side(connection, door)
        if name == f"{stylesheet_hash(side.brand)}.css":
            return Response(stylesheet(side.brand), headers={**FOR_EVER, "Content-Type": "text/css; charset=utf-8"})
        image = await files.read(connection, name) if name in (side.brand.icon_file, side.brand.logo_file) else None
    if image is None:
        raise NotFoundException
    return Response(image.content, headers={**FOR_EVER, "Content-Type": image.media_type})


routes = [static_file, brand_file]
