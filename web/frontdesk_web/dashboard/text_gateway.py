"""A tenant's own gateway for text messages: connected, tried by a text to oneself, and switched off by staff.

What it says here is the tenant's word: its address is asked on the public internet alone (`own_channels`), and its
secret goes to no other address than the one that it was typed for.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect
from msgspec import Struct

from frontdesk.channels import AnyChannel
from frontdesk.errors import Misconfigured, Unavailable
from frontdesk.roles import Right
from frontdesk.sentences import is_of_plugin
from frontdesk.settings import decode_settings
from frontdesk_tenants import audit, own_channels
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard.backend_words import said
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page
from frontdesk_web.dashboard.text_gateway_views import TextGatewayPage, gateway_fields, typed_in, unknown_countries
from frontdesk_web.dashboard.text_gateway_words import FAULTS, OUTCOMES, REFUSED
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.forms import read_form
from frontdesk_web.letters import post as letters
from frontdesk_web.letters.trial_text import TrialText, send_trial_text
from frontdesk_web.messages import translate
from frontdesk_web.portal.views import Notice
from frontdesk_web.site import Site
from frontdesk_web.typed_text import one_line

PATH = "/dashboard/{portal:str}/portal/codes/gateway"
NUMBER_LENGTH = 40
_HOME = "portal/codes/gateway"
_NEEDS: dict[str, Any] = needs(Right.MANAGE_KEYS, fresh=True, home=_HOME)


def texting_plugin(site: Site) -> tuple[str, type[AnyChannel]] | None:
    """The installed plugin that carries texts, with its name; None where there is none."""
    found = sorted(site.plugins.otp_channels().items())
    return next(((name, kind) for name, kind in found if kind.address_kind == "phone"), None)


@get(PATH, **_NEEDS)
async def text_gateway(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """The page. `?done=` says what was just done."""
    sentences = {
        "connected": translate(visit.locale, "Connected. Send yourself a text to see that it arrives."),
        "off": translate(visit.locale, "Your gateway is switched off, and what you had entered is forgotten."),
    }
    told = sentences.get(request.query_params.get("done", ""))
    return await _page(request, site, visit, notice=None if told is None else Notice(tone="success", text=told))


@post(PATH, **_NEEDS)
async def connect_gateway(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Connect a gateway, once it answers and takes the password. What is wrong is shown again with the reason."""
    form = await read_form(request)
    visit.refuse_forged(site, form)
    texting = texting_plugin(site)
    if texting is None:
        return await _page(request, site, visit)
    plugin, kind = texting
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        stored = await own_channels.read(connection, site.tenancy.vault, visit.door, plugin)
    typed = typed_in(kind, form, stored)
    settings, faults = await _settings(site, visit, kind, typed)
    if settings is None:
        return await _page(request, site, visit, typed=typed, faults=faults)
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        await own_channels.connect(
            connection,
            site.tenancy.vault,
            visit.door,
            plugin,
            settings,
            actor=visit.actor,
            now=visit.now,
            request_id=visit.request_id,
        )
    return Redirect(f"{visit.path(_HOME)}?done=connected", status_code=303)


@post(f"{PATH}/test", **_NEEDS)
async def try_gateway(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Send a text to the number that is typed."""
    form = await read_form(request)
    visit.refuse_forged(site, form)
    typed = one_line(form.get("phone", ""))[:NUMBER_LENGTH]
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        ways = await letters.ways(site, connection, visit.door)
    way = next((each for each in ways if each.address_kind == "phone"), None)
    if way is None:
        return Redirect(visit.path(_HOME), status_code=303)
    tried = await send_trial_text(site, visit.side, way, typed, now=visit.now, locale=visit.locale)
    if tried.outcome == "no_number":
        return await _page(request, site, visit, phone=typed, tried=tried)
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        await audit.record(
            connection,
            visit.door.tenant_id,
            actor=visit.actor,
            action="test_text_sent",
            object_id=way.name,
            now=visit.now,
            after={"to": tried.shown, "outcome": tried.outcome},
            request_id=visit.request_id,
        )
    return await _page(request, site, visit, tried=tried)


@post(f"{PATH}/off", **needs(Right.MANAGE_KEYS, fresh=True, home=_HOME, while_suspended=True))
async def switch_gateway_off(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Send no texts any more, and forget the gateway with its password."""
    visit.refuse_forged(site, await read_form(request))
    texting = texting_plugin(site)
    gone = False
    if texting is not None:
        async with site.tenancy.database.side(visit.door.tenant_id) as connection:
            gone = await own_channels.switch_off(
                connection, visit.door, texting[0], actor=visit.actor, now=visit.now, request_id=visit.request_id
            )
    return Redirect(visit.path(_HOME) + ("?done=off" if gone else ""), status_code=303)


async def _settings(
    site: Site, visit: StaffVisit, kind: type[AnyChannel], typed: Mapping[str, str]
) -> tuple[Struct | None, Mapping[str, str]]:
    """The settings that a gateway has just taken; else what is wrong, in words, by field ("" for none)."""
    odd = unknown_countries(typed)
    if odd is not None:
        return None, {odd: translate(visit.locale, FAULTS[odd])}
    try:
        site.outside.check(typed.get("url", ""))
        settings: Struct = decode_settings(kind.Settings, typed)
    except Misconfigured as error:
        # Only an address and a password are looked at as a whole, and the address comes first.
        field = error.field or ("secret" if "password must" in error.message else "url")
        return None, {field: said_of_field(FAULTS, field, error, visit)}
    way = site.tenancy.channels.tried(kind, settings, visit.door.tenant_id)
    try:
        await way.check()
    except Misconfigured as error:
        return None, {error.field or "": said_of_field(REFUSED, error.field or "", error, visit)}
    except Unavailable:
        return None, {"": translate(visit.locale, "The gateway does not answer now. Nothing was saved; try again.")}
    finally:
        await way.aclose()
    return settings, {}


def said_of_field(known: Mapping[str, str], field: str, error: Misconfigured, visit: StaffVisit) -> str:
    """What is wrong with a field, by our words for those of our own plugin; another one's sentence is its own."""
    ours = field in known and not is_of_plugin(error.sentence)
    return translate(visit.locale, known[field]) if ours else said(error, visit.locale)


async def _page(
    request: AnyRequest,
    site: Site,
    visit: StaffVisit,
    *,
    typed: Mapping[str, Any] | None = None,
    faults: Mapping[str, str] | None = None,
    phone: str = "",
    tried: TrialText | None = None,
    notice: Notice | None = None,
) -> Response[bytes]:
    texting, faults = texting_plugin(site), faults or {}
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        ways = await letters.ways(site, connection, visit.door)
        stored = None
        if texting is not None:
            stored = await own_channels.read(connection, site.tenancy.vault, visit.door, texting[0])
    connected, wrong_number = stored is not None, tried is not None and tried.outcome == "no_number"
    if tried is not None and not wrong_number:
        notice = _told(tried, visit)
    if "" in faults:
        notice = Notice(tone="warning", text=faults[""])
    page = TextGatewayPage(
        csrf=visit.csrf,
        action=visit.path(_HOME),
        test_action=visit.path(_HOME, "test"),
        off_action=visit.path(_HOME, "off"),
        back_url=visit.path("portal", "codes"),
        fields=()
        if texting is None
        else gateway_fields(texting[1], typed if typed is not None else stored or {}, faults, visit, connected),
        connected=connected,
        operators=not connected and any(each.address_kind == "phone" for each in ways),
        can_try=any(each.address_kind == "phone" for each in ways),
        phone=phone,
        phone_error=translate(visit.locale, OUTCOMES["no_number"]) if wrong_number else "",
        notice=notice,
    )
    return dashboard_page(request, site, visit, page, place="codes", status=400 if faults or wrong_number else 200)


def _told(tried: TrialText, visit: StaffVisit) -> Notice:
    text = translate(visit.locale, OUTCOMES[tried.outcome], number=tried.shown, reason=tried.detail)
    return Notice(tone="success" if tried.outcome == "sent" else "warning", text=text)


routes: Sequence[Any] = [text_gateway, connect_gateway, try_gateway, switch_gateway_off]
