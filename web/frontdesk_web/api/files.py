"""`/v1/files`: pictures of the brand, uploaded by programs.

A picture is encoded anew before it is kept, as one that staff upload is; what the file holds beside it is not kept.
"""

from typing import Any, get_args

from frontdesk.uploaded_files import Purpose, UploadedFile
from frontdesk_tenants import files, listings, uploaded_files
from frontdesk_web.api.calls import CREATED, CURSOR, Call, Endpoint, list_of
from frontdesk_web.api.errors import ApiError, missing_param, no_such
from frontdesk_web.api.file_links import DATA, new_link
from frontdesk_web.api.parameters import Choice, Flag, Group, Required, Upload
from frontdesk_web.api.views import show_all, show_stored
from frontdesk_web.image_rules import BRAND_ICON, BRAND_LOGO, UnusableImage, too_large
from frontdesk_web.images import decoded
from frontdesk_web.languages import SOURCE_LOCALE
from frontdesk_web.typed_text import one_line

NAME_LENGTH = 255
_PURPOSE = Choice(of=get_args(Purpose))
_RULES = {"business_icon": BRAND_ICON, "business_logo": BRAND_LOGO}
UPLOAD = {"file": max(each.bytes_at_most for each in _RULES.values())}
CREATE: dict[str, Any] = {
    "file": Required(Upload()),
    "file_link_data": Group(of={"create": Required(Flag()), **DATA}),
    "purpose": Required(_PURPOSE),
}


async def create(call: Call) -> dict[str, Any]:
    """Upload a picture of the brand."""
    given, sent = call.given, call.uploaded
    rules = _RULES[given["purpose"]]
    if sent is None:
        raise ApiError("Invalid file: send it as a part of multipart/form-data that has a file name.", param="file")
    try:
        content = sent.files.get("file")
        if content is None and "file" in sent.too_large:
            raise too_large(rules)
        if content is None:
            raise missing_param("file")
        picture = await decoded(content, rules)
    except UnusableImage as error:
        raise ApiError(error.said(SOURCE_LOCALE), param="file") from error
    link = given.get("file_link_data") or {}
    async with call.transaction() as connection:
        tenant = call.door.tenant_id
        made = UploadedFile(
            id=call.ids("file"),
            created=call.now,
            purpose=given["purpose"],
            content=await files.keep(connection, tenant, picture, call.now),
            size=len(picture.content),
            type=uploaded_files.TYPES[picture.media_type],
            name=one_line(sent.names.get("file", ""))[:NAME_LENGTH] or None,
        )
        await uploaded_files.add(connection, tenant, made, call.actor, call.request_id)
        if link.get("create"):
            await new_link(call, connection, made.id, link)
    return await show_stored(call, "file upload", made.id)


async def retrieve(call: Call) -> dict[str, Any]:
    """One file with its newest links."""
    await call.stored("file upload", call.path["file"])
    return await show_stored(call, "file upload", call.path["file"])


async def list_all(call: Call) -> dict[str, Any]:
    """Files, newest first."""
    async with call.transaction() as connection:
        page = await listings.file_uploads(connection, call.cursor(), purpose=call.given.get("purpose"))
        return list_of("/v1/files", page, await show_all(call, connection, "file upload", page.items))


async def download(call: Call) -> dict[str, Any]:
    """The content of a file, as it is kept."""
    stored: UploadedFile = await call.stored("file upload", call.path["file"])
    async with call.transaction() as connection:
        found = await files.read(connection, stored.content)
    if found is None:
        raise no_such("file upload", stored.id, None)
    call.sends = found
    return {}


_ONE = "/v1/files/{file:str}"
endpoints = (
    Endpoint(method="GET", path="/v1/files", takes=CURSOR | CREATED | {"purpose": _PURPOSE}, act=list_all),
    Endpoint(method="POST", path="/v1/files", takes=CREATE, act=create, body="form", uploads=UPLOAD),
    Endpoint(method="GET", path=_ONE, takes={}, act=retrieve),
    Endpoint(method="GET", path=_ONE + "/contents", takes={}, act=download, sends="image/png"),
)
