"""How a tenant's team signs in: through its own OpenID Connect provider, beside code and second step."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect
from msgspec import Struct

from frontdesk.errors import Misconfigured, Unavailable
from frontdesk.roles import Right
from frontdesk.secret import Secret
from frontdesk_tenants import audit, identity_providers, staff_sessions
from frontdesk_tenants.database import enter_side
from frontdesk_tenants.house import HOUSE
from frontdesk_tenants.identities import Client
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard import ways
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.forms import read_form
from frontdesk_web.messages import translate
from frontdesk_web.portal.views import Field, Notice
from frontdesk_web.site import Site

PATH = "/dashboard/{portal:str}/team/sign-in"
LENGTH = 500
_NEEDS: dict[str, Any] = needs(Right.MANAGE_TEAM, fresh=True, home="team/sign-in")


class SignInSettingsPage(Struct, frozen=True, kw_only=True):
    """The provider, if there is one. The secret is never shown again; left empty it stays."""

    template: ClassVar[str] = "dashboard/sign_in_settings.html"
    csrf: str
    action: str
    remove_action: str
    back_url: str
    callback_url: str
    issuer: Field
    client_id: Field
    secret: Field
    connected: bool
    team_url: str
    notice: Notice | None = None


@get(PATH, **_NEEDS)
async def sign_in_settings(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """The page. `?done=` says what was just done."""
    return await _page(request, site, visit, notice=_told(request, visit))


@post(PATH, **_NEEDS)
async def connect_provider(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Connect a provider, once it answers as one."""
    form = await read_form(request)
    visit.refuse_forged(site, form)
    live = visit.doors[0]
    async with site.tenancy.database.side(live.tenant_id) as connection:
        before = await identity_providers.read(connection, site.tenancy.vault, live)
    given = form.get("client_secret", "")
    if not given and before is not None and before.client.issuer == form.get("issuer", "").strip():
        given = before.client.client_secret.reveal()
    client = Client(
        issuer=form.get("issuer", "").strip(),
        client_id=form.get("client_id", "").strip(),
        client_secret=Secret(given),
    )
    wrong = await _wrong(site, visit, client)
    if wrong:
        return await _page(request, site, visit, form=form, wrong=wrong)
    async with site.tenancy.database.side(live.tenant_id) as connection:
        id_ = await identity_providers.put(connection, site.tenancy.vault, live, client, visit.now)
        await audit.record(
            connection,
            live.tenant_id,
            actor=visit.actor,
            action="identity_provider_connected",
            object_id=id_,
            now=visit.now,
            before=None if before is None else {"issuer": before.client.issuer},
            after={"issuer": client.issuer, "client_id": client.client_id},
            request_id=visit.request_id,
        )
    return Redirect(f"{visit.path('team', 'sign-in')}?done=connected", status_code=303)


@post(f"{PATH}/remove", **_NEEDS)
async def remove_provider(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Take the provider away: nobody signs in through it any more, and sessions that it vouched for end."""
    visit.refuse_forged(site, await read_form(request))
    live = visit.doors[0]
    async with site.tenancy.database.side(live.tenant_id) as connection:
        if await identity_providers.remove(connection):
            await audit.record(
                connection,
                live.tenant_id,
                actor=visit.actor,
                action="identity_provider_removed",
                object_id=live.portal,
                now=visit.now,
                request_id=visit.request_id,
            )
        await enter_side(connection, HOUSE)
        await staff_sessions.end_scoped(connection, live.tenant_id, visit.now)
    return Redirect(f"{visit.path('team', 'sign-in')}?done=removed", status_code=303)


async def _wrong(site: Site, visit: StaffVisit, client: Client) -> Mapping[str, str]:
    """What is wrong, in words, by field; nothing where the provider answers as one."""
    missing = translate(visit.locale, "Enter what your provider shows for this.")
    texts = {"issuer": client.issuer, "client_id": client.client_id, "client_secret": client.client_secret.reveal()}
    wrong = {name: missing for name, text in texts.items() if not text or len(text) > LENGTH or not text.isprintable()}
    if wrong:
        return wrong
    try:
        await site.openid.discover(client.issuer)
    except Misconfigured as error:
        return {"issuer": error.message}
    except Unavailable:
        return {"issuer": translate(visit.locale, "The provider does not answer now. Nothing was saved; try again.")}
    return {}


async def _page(
    request: AnyRequest,
    site: Site,
    visit: StaffVisit,
    *,
    form: Mapping[str, str] | None = None,
    wrong: Mapping[str, str] | None = None,
    notice: Notice | None = None,
) -> Response[bytes]:
    live, wrong = visit.doors[0], wrong or {}
    async with site.tenancy.database.side(live.tenant_id) as connection:
        stored = await identity_providers.read(connection, site.tenancy.vault, live)
    if form is None:
        form = {} if stored is None else {"issuer": stored.client.issuer, "client_id": stored.client.client_id}
    page = SignInSettingsPage(
        csrf=visit.csrf,
        action=visit.path("team", "sign-in"),
        remove_action=visit.path("team", "sign-in", "remove"),
        back_url=visit.path("team"),
        callback_url=site.config.url(ways.CALLBACK),
        issuer=Field(value=form.get("issuer", "")[:LENGTH], error=wrong.get("issuer", "")),
        client_id=Field(value=form.get("client_id", "")[:LENGTH], error=wrong.get("client_id", "")),
        secret=Field(error=wrong.get("client_secret", "")),
        connected=stored is not None,
        team_url=site.config.url(f"{ways.SINGLE_SIGN_ON}/{live.portal}"),
        notice=notice,
    )
    return dashboard_page(request, site, visit, page, place="team", status=400 if wrong else 200)


def _told(request: AnyRequest, visit: StaffVisit) -> Notice | None:
    sentences = {
        "connected": translate(visit.locale, "Connected. Share the address below with your team."),
        "removed": translate(visit.locale, "The provider is gone. Your team signs in with a code and a second step."),
    }
    told = sentences.get(request.query_params.get("done", ""))
    return None if told is None else Notice(tone="success", text=told)


routes: Sequence[Any] = [sign_in_settings, connect_provider, remove_provider]
