"""Pictures of products: stored as soon as they are chosen, so that a form with another mistake does not lose them.

A form knows its picture by a name, `<hash>.<ending>`. One that no product takes up is swept after a day.
"""

from collections.abc import Sequence
from typing import Any

from litestar import Response, post
from litestar.di import NamedDependency
from msgspec import Struct

from frontdesk.book import Product
from frontdesk.roles import Right
from frontdesk_tenants import files
from frontdesk_tenants.directory import Door
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.config import Config
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.image_rules import PRODUCT_IMAGE, UnusableImage, too_large
from frontdesk_web.images import decoded
from frontdesk_web.product_images import ENDINGS, own_path, parts_of, public_url
from frontdesk_web.site import Site
from frontdesk_web.uploads import BODY_BYTES, Posted, read_upload

FIELD = "image"
LIMITS = {FIELD: PRODUCT_IMAGE.bytes_at_most}


class StoredPicture(Struct, frozen=True, kw_only=True):
    """The answer to a script: the picture's name and where it can be seen, or what is wrong with it."""

    name: str = ""
    url: str = ""
    error: str = ""


@post(
    "/dashboard/{portal:str}/products/new/picture",
    status_code=200,
    request_max_body_size=BODY_BYTES,
    **needs(Right.EDIT_CATALOGUE),
)
async def store_picture(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[StoredPicture]:
    """Store a picture that was just chosen. It belongs to no product until a form that names it is saved."""
    posted = await read_upload(request, LIMITS)
    visit.refuse_forged(site, posted.fields)
    try:
        name = await keep_picture(site, visit, posted)
    except UnusableImage as unusable:
        status = 413 if posted.too_large else 400
        return Response(StoredPicture(error=unusable.said(visit.locale)), status_code=status)
    return Response(StoredPicture(name=name, url=small_url(visit.door, name)))


async def keep_picture(site: Site, visit: StaffVisit, posted: Posted) -> str:
    """Store the picture of a posted form and return its name; empty where none was chosen.

    Raises:
        UnusableImage: it cannot be taken.
    """
    if FIELD in posted.too_large:
        raise too_large(PRODUCT_IMAGE)
    content = posted.files.get(FIELD)
    if content is None:
        return ""
    file = await decoded(content, PRODUCT_IMAGE)
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        hash_ = await files.keep(connection, visit.door.tenant_id, file, visit.now)
    return f"{hash_}.{ENDINGS[file.media_type]}"


async def known_picture(site: Site, visit: StaffVisit, name: str) -> str:
    """The name again, if it is that of a stored picture of this side; else empty."""
    hash_, media_type = parts_of(name)
    if not hash_:
        return ""
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        known = await files.touch(connection, hash_, visit.now)
    return name if known == media_type else ""


def picture_of(door: Door, product: Product) -> str:
    """The name of the picture that a product has; empty where it has none of ours."""
    return own_path(door.public_id, product.images).rpartition("/")[2]


def images_with(config: Config, door: Door, product: Product | None, picture: str) -> tuple[str, ...]:
    """A product's images with this picture as the only one that we keep, in front. Others stay: the tenant's own code
    wrote them."""
    present = () if product is None else product.images
    others = [url for url in present if not own_path(door.public_id, (url,))]
    if not picture:
        return tuple(others)
    hash_, media_type = parts_of(picture)
    return (public_url(config, door, hash_, media_type), *others)[:8]


def small_url(door: Door, name: str) -> str:
    """Where the small version of a picture is."""
    return f"/images/{door.public_id}/small/{name}" if name else ""


routes: Sequence[Any] = [store_picture]
