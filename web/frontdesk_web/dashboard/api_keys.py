"""API keys of a side: seen with their last use, rolled, revoked. Only for who proved within the last minutes who they
are. New ones are made in `api_key_new`."""

from collections.abc import Sequence
from typing import Any, ClassVar

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from msgspec import Struct

from frontdesk.refusals import no_such
from frontdesk.roles import Right
from frontdesk.secret import Secret
from frontdesk_tenants import api_keys, audit
from frontdesk_tenants.api_keys import UsedKey
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard.key_words import OVERLAPS, kind_name, shown, summary
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page, refusal_page
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.formatting import date_long, date_time
from frontdesk_web.forms import read_form
from frontdesk_web.messages import translate
from frontdesk_web.portal.answers import known_id
from frontdesk_web.portal.views import Notice, Option
from frontdesk_web.site import Site

PATH = "/dashboard/{portal:str}/keys"
HOME = "keys"


class KeyRow(Struct, frozen=True, kw_only=True):
    """A key: its name, what kind it is, its beginning and end, what it may do, since when, when last, until when."""

    id: str
    name: str
    kind: str
    shown: str
    may: str
    since: str
    used: str
    ends: str
    roll_action: str
    revoke_action: str


class KeysPage(Struct, frozen=True, kw_only=True):
    """The keys. `new_key` is one that was just made: it is shown here and never again."""

    template: ClassVar[str] = "dashboard/api_keys.html"
    csrf: str
    new_url: str
    api_base: str
    keys: tuple[KeyRow, ...]
    overlaps: tuple[Option, ...]
    logs_url: str | None
    new_key: str = ""
    notice: Notice | None = None


@get(PATH, **needs(Right.MANAGE_KEYS, fresh=True))
async def keys_page(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """All keys. `?revoked` says that one just was."""
    revoked = "revoked" in request.query_params
    text = translate(visit.locale, "The key is revoked. Programs that use it are refused from now on.")
    return await answer_keys(request, site, visit, notice=Notice(tone="success", text=text) if revoked else None)


@post(PATH + "/{key:str}/roll", **needs(Right.MANAGE_KEYS, fresh=True, home=HOME))
async def roll_key(
    request: AnyRequest, key: FromPath[str], visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Make a key in the place of one, and show it, this once."""
    form = await read_form(request)
    visit.refuse_forged(site, form)
    chosen = form.get("overlap", "")
    _, overlap = OVERLAPS[chosen if chosen in OVERLAPS else "now"]
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        made = await api_keys.roll(connection, visit.door, known_id(key), visit.now, overlap)
        if made is not None:
            await audit.record(
                connection,
                visit.door.tenant_id,
                actor=visit.actor,
                action="api_key_rolled",
                object_id=key,
                now=visit.now,
                after={"last4": made.reveal()[-4:], "overlap_seconds": int(overlap.total_seconds())},
                request_id=visit.request_id,
            )
    if made is None:
        return refusal_page(request, site, visit, no_such("API key", key), place="keys")
    return await answer_keys(request, site, visit, new_key=made)


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


async def answer_keys(
    request: AnyRequest,
    site: Site,
    visit: StaffVisit,
    *,
    new_key: Secret | None = None,
    notice: Notice | None = None,
) -> Response[bytes]:
    """The page with all keys, and with the one that was just made."""
    await site.requests.write()
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        found = await api_keys.used_keys(connection)
    page = KeysPage(
        csrf=visit.csrf,
        new_url=visit.path("keys", "new"),
        api_base=site.config.base_url,
        keys=tuple(_row(visit, each) for each in found),
        overlaps=tuple(
            Option(value=value, text=translate(visit.locale, text)) for value, (text, _) in OVERLAPS.items()
        ),
        logs_url=visit.path("logs") if visit.may(Right.SEE_LOGS) else None,
        new_key="" if new_key is None else new_key.reveal(),
        notice=notice,
    )
    return dashboard_page(request, site, visit, page, place="keys")


def _row(visit: StaffVisit, used: UsedKey) -> KeyRow:
    key, locale = used.key, visit.locale
    unused = translate(locale, "Not used in the last 30 days")
    last = unused if used.last_used is None else ""
    if used.last_used is not None:
        last = translate(locale, "Last used {when}", when=date_time(used.last_used, locale))
    ends = ""
    if key.expires_at is not None:
        ends = translate(locale, "Ends {when}", when=date_time(key.expires_at, locale))
    return KeyRow(
        id=key.id,
        name=key.name,
        kind=kind_name(key.kind, locale),
        shown=shown(key, visit.side.livemode),
        may=summary(key.permissions, locale),
        since=date_long(key.created.date(), locale),
        used=last,
        ends=ends,
        roll_action="" if key.expires_at is not None else visit.path("keys", key.id, "roll"),
        revoke_action=visit.path("keys", key.id, "revoke"),
    )


routes: Sequence[Any] = [keys_page, roll_key, revoke_key]
