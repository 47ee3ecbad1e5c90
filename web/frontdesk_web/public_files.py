"""Files that anybody may fetch: ours under hashed names, each brand's colours and images, and products' images."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from frontdesk_tenants import brand_versions, files, listings
from frontdesk_tenants.database import clock
from frontdesk_tenants.directory import PUBLIC_ID_LENGTH, read_side
from frontdesk_web import product_images
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.brand_stylesheet import stylesheet, stylesheet_hash
from frontdesk_web.file_addresses import link_in
from frontdesk_web.headers import let_do_nothing
from frontdesk_web.site import Site

FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}
SHOWN = {"Content-Disposition": "inline"}


@get("/static/{path:path}")
async def static_file(request: AnyRequest, path: FromPath[str], site: NamedDependency[Site]) -> Response[bytes]:
    """One of our own files, by its hashed name; in gzip for who takes that, as every browser does."""
    found = site.static_files.find(path.lstrip("/"))
    if found is None:
        raise NotFoundException
    headers = {**FOR_EVER, "Content-Type": found.content_type}
    if found.packed is None:
        return Response(found.body, headers=headers)
    headers["Vary"] = "Accept-Encoding"
    if not takes_gzip(request.headers.get("accept-encoding", "")):
        return Response(found.body, headers=headers)
    return Response(found.packed, headers=headers | {"Content-Encoding": "gzip"})


@get("/brand/{public_id:str}/{name:str}")
async def brand_file(
    request: AnyRequest, public_id: FromPath[str], name: FromPath[str], site: NamedDependency[Site]
) -> Response[Any]:
    """A side's stylesheet or image. Names are hashes of what is in them, so that a change is a new address.

    Images of former looks stay: letters that were sent then show them.
    """
    door = await site.tenancy.directory.by_public_id(public_id) if public_id.isalnum() else None
    if door is None:
        raise NotFoundException
    async with site.tenancy.database.side(door.tenant_id) as connection:
        side = await read_side(connection, door)
        if name == f"{stylesheet_hash(side.brand)}.css":
            return Response(stylesheet(side.brand), headers={**FOR_EVER, "Content-Type": "text/css; charset=utf-8"})
        present = (side.brand.icon_file, side.brand.logo_file)
        public = name in present or await brand_versions.was_public(connection, name)
        image = await files.read(connection, name) if public else None
    if image is None:
        raise NotFoundException
    let_do_nothing(request.scope)
    return Response(image.content, headers={**FOR_EVER, **SHOWN, "Content-Type": image.media_type})


@get(["/images/{public_id:str}/{name:str}", "/images/{public_id:str}/small/{name:str}"])
async def product_image(
    request: AnyRequest, public_id: FromPath[str], name: FromPath[str], site: NamedDependency[Site]
) -> Response[bytes]:
    """A product's image, or the small one of it. The address cannot be guessed: it holds the hash of what it is."""
    hash_, media_type = product_images.parts_of(name)
    door = await site.tenancy.directory.by_public_id(public_id) if hash_ and public_id.isalnum() else None
    if door is None:
        raise NotFoundException
    async with site.tenancy.database.side(door.tenant_id) as connection:
        image = await files.read(connection, hash_)
    if image is None or image.media_type != media_type:
        raise NotFoundException
    content: bytes | None = image.content
    if "/small/" in request.url.path:
        content, media_type = image.small, product_images.SMALL_MEDIA_TYPE
    if content is None:
        raise NotFoundException
    let_do_nothing(request.scope)
    return Response(content, headers={**FOR_EVER, **SHOWN, "Content-Type": media_type})


@get("/links/{token:str}")
async def linked_file(request: AnyRequest, token: FromPath[str], site: NamedDependency[Site]) -> Response[bytes]:
    """An uploaded file by a link to it (`/v1/file_links`), as long as that is good."""
    public_id = token[:PUBLIC_ID_LENGTH]
    plain = token.isascii() and token.isprintable() and public_id.isalnum()
    door = await site.tenancy.directory.by_public_id(public_id) if plain else None
    link_id = None if door is None else link_in(site.tenancy.vault, door, token)
    if door is None or link_id is None:
        raise NotFoundException
    async with site.tenancy.database.side(door.tenant_id) as connection:
        link = await listings.find(connection, "file link", link_id)
        if link is None or link.expired(await clock(connection)):
            raise NotFoundException
        stored = await listings.find(connection, "file upload", link.file)
        found = await files.read(connection, stored.content)
    if found is None:
        raise NotFoundException
    let_do_nothing(request.scope)
    return Response(found.content, headers={**SHOWN, "Content-Type": found.media_type})


def takes_gzip(accepted: str) -> bool:
    """Whether `Accept-Encoding` names gzip and does not rule it out by `q=0`."""
    for each in accepted.lower().split(","):
        coding, _, weight = each.partition(";")
        if coding.strip() == "gzip":
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


routes = [static_file, brand_file, product_image, linked_file]
