"""A new API key: named, of some kind, and with permissions where it is a restricted one."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from litestar import Response, get, post
from litestar.di import NamedDependency
from msgspec import Struct

from frontdesk.api_permissions import Area, written
from frontdesk.roles import Right
from frontdesk_tenants import api_keys, audit
from frontdesk_tenants.api_keys import NAME_LENGTH, KeyKind
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard.api_keys import HOME, PATH, answer_keys
from frontdesk_web.dashboard.api_reference import served
from frontdesk_web.dashboard.key_words import AREAS
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.forms import read_form
from frontdesk_web.messages import translate
from frontdesk_web.portal.views import Field
from frontdesk_web.site import Site
from frontdesk_web.typed_text import one_line


class AreaRow(Struct, frozen=True, kw_only=True):
    """An area of the API, and what is chosen for it: "none", "read" or "write"."""

    name: str
    text: str
    chosen: str


class NewKeyPage(Struct, frozen=True, kw_only=True):
    """The form for a key."""

    template: ClassVar[str] = "dashboard/api_key_new.html"
    csrf: str
    action: str
    back_url: str
    kind: KeyKind
    name: Field
    areas: tuple[AreaRow, ...]
    error: str = ""


@get(PATH + "/new", **needs(Right.MANAGE_KEYS, fresh=True))
async def new_key(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """An empty form, which proposes a secret key."""
    return _answer(request, site, visit, "secret", Field(), {})


@post(PATH, **needs(Right.MANAGE_KEYS, fresh=True, home=HOME))
async def make_key(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """Make a key and show it, this once."""
    form = await read_form(request)
    visit.refuse_forged(site, form)
    kind, name = _kind(form.get("kind", "")), one_line(form.get("name", ""))
    permissions = written({area.value: form.get(f"area_{area.value}", "") for area in Area})
    if len(name) > NAME_LENGTH:
        error = translate(visit.locale, "Please use at most {count} characters.", count=str(NAME_LENGTH))
        return _answer(request, site, visit, kind, Field(value=name, error=error), permissions)
    if kind == "restricted" and not permissions:
        error = translate(visit.locale, "Choose at least one permission. A key without any could do nothing.")
        return _answer(request, site, visit, kind, Field(value=name), permissions, error)
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        key = await api_keys.create(connection, visit.door, kind, visit.now, name=name, permissions=permissions)
        made = await api_keys.find(connection, key.reveal())
        after = {"kind": kind, "last4": key.reveal()[-4:], "name": name}
        await audit.record(
            connection,
            visit.door.tenant_id,
            actor=visit.actor,
            action="api_key_created",
            object_id="" if made is None else made.id,
            now=visit.now,
            after=after if kind != "restricted" else after | {"permissions": dict(permissions)},
            request_id=visit.request_id,
        )
    return await answer_keys(request, site, visit, new_key=key)


def _kind(typed: str) -> KeyKind:
    match typed:
        case "publishable" | "restricted":
            return typed
    return "secret"


def _answer(
    request: AnyRequest,
    site: Site,
    visit: StaffVisit,
    kind: KeyKind,
    name: Field,
    permissions: Mapping[str, str],
    error: str = "",
) -> Response[bytes]:
    page = NewKeyPage(
        csrf=visit.csrf,
        action=visit.path("keys"),
        back_url=visit.path("keys"),
        kind=kind,
        name=name,
        areas=tuple(
            AreaRow(
                name=f"area_{area.value}",
                text=translate(visit.locale, text),
                chosen=permissions.get(area.value, "none"),
            )
            for area, text in AREAS.items()
            # What is not served yet needs no permission.
            if area in served()
        ),
        error=error,
    )
    return dashboard_page(request, site, visit, page, place="keys", status=400 if error or name.error else 200)


routes: Sequence[Any] = [new_key, make_key]
