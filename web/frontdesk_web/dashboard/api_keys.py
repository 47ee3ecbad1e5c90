"""API keys of a side: made, shown once, revoked. Only for who proved within the last minutes who they are."""

from collections.abc import Sequence
from typing import Any, ClassVar

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from msgspec import Struct

from frontdesk.refusals import no_such
from frontdesk.roles import Right
from frontdesk.secret import Secret
from frontdesk_tenants import api_keys, audit
from frontdesk_tenants.api_keys import ApiKey, KeyKind
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page, refusal_page
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.formatting import date_long
from frontdesk_web.forms import read_form
from frontdesk_web.messages import translate
from frontdesk_web.portal.answers import known_id
from frontdesk_web.portal.views import Notice
from frontdesk_web.site import Site

AnyRequest = Request[Any, Any, Any]
PATH = "/dashboard/{portal:str}/keys"
HOME = "keys"


class KeyRow(Struct, frozen=True, kw_only=True):
    """A key: what kind it is, its beginning and end, since when."""

    kind: str
    shown: str
    since: str
    revoke_action: str


class KeysPage(Struct, frozen=True, kw_only=True):
    """The keys. `new_key` is one that was just made: it is shown here and never again."""

    template: ClassVar[str] = "dashboard/api_keys.html"
    csrf: str
    action: str
    api_base: str
    keys: tuple[KeyRow, ...]
    new_key: str = ""
    notice: Notice | None = None


@get(PATH, **needs(Right.MANAGE_KEYS, fresh=True))
async def keys_page(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """The page."""
    revoked = "revoked" in request.query_params
    text = translate(visit.locale, "The key is revoked. Programs that use it are refused from now on.")
    return await _page(request, site, visit, notice=Notice(tone="success", text=text) if revoked else None)


@post(PATH, **needs(Right.MANAGE_KEYS, fresh=True, home=HOME))
async def make_key(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """Make a key and show it, this once."""
    form = await read_form(request)
    visit.refuse_forged(site, form)
    kind: KeyKind = "publishable" if form.get("kind") == "publishable" else "secret"
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        key = await api_keys.create(connection, visit.door, kind, visit.now)
        made = await api_keys.find(connection, key.reveal())
        await audit.record(
            connection,
            visit.door.tenant_id,
            actor=visit.actor,
            action="api_key_created",
            object_id="" if made is None else made.id,
            now=visit.now,
            after={"kind": kind, "last4": key.reveal()[-4:]},
            request_id=visit.request_id,
        )
    return await _page(request, site, visit, new_key=key)


@post(PATH + "/{key:str}/revoke", **needs(Right.MANAGE_KEYS, fresh=True, home=HOME, while_suspended=True))
async def revoke_key(
    request: AnyRequest, key: FromPath[str], visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Make a key useless at once."""
    visit.refuse_forged(site, await read_form(request))
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        revoked = await api_keys.revoke(connection, known_id(key), visit.now)
        if revoked:
            await audit.record(
                connection,
                visit.door.tenant_id,
                actor=visit.actor,
                action="api_key_revoked",
                object_id=key,
                now=visit.now,
                request_id=visit.request_id,
            )
    if not revoked:
        return refusal_page(request, site, visit, no_such("API key", key), place="keys")
    return Redirect(f"{visit.path('keys')}?revoked=1", status_code=303)


async def _page(
    request: AnyRequest,
    site: Site,
    visit: StaffVisit,
    *,
    new_key: Secret | None = None,
    notice: Notice | None = None,
) -> Response[bytes]:
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        found = await api_keys.keys(connection)
    page = KeysPage(
        csrf=visit.csrf,
        action=visit.path("keys"),
        api_base=site.config.base_url,
        keys=tuple(_row(visit, each) for each in found),
        new_key="" if new_key is None else new_key.reveal(),
        notice=notice,
    )
    return dashboard_page(request, site, visit, page, place="keys")


def _row(visit: StaffVisit, key: ApiKey) -> KeyRow:
    mode = "live" if visit.side.livemode else "test"
    secret = key.kind == "secret"
    return KeyRow(
        kind=translate(visit.locale, "Secret key") if secret else translate(visit.locale, "Publishable key"),
        shown=f"{'sk' if secret else 'pk'}_{mode}_…{key.last4}",
        since=date_long(key.created.date(), visit.locale),
        revoke_action=visit.path("keys", key.id, "revoke"),
    )


routes: Sequence[Any] = [keys_page, make_key, revoke_key]
