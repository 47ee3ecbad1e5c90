"""How customers' sign-in codes reach them: a side's channels, in the order that it likes."""

from collections.abc import Sequence
from typing import Any, ClassVar

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect
from msgspec import Struct

from frontdesk.costly_letters import MOST
from frontdesk.errors import FrontdeskError, Misconfigured, Unavailable
from frontdesk.roles import Right
from frontdesk_tenants import enabling
from frontdesk_tenants.channels import LiveChannel
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard.backend_words import said
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page
from frontdesk_web.dashboard.text_gateway import texting_plugin
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.forms import read_form
from frontdesk_web.letters import post as letters
from frontdesk_web.messages import translate
from frontdesk_web.portal.views import Notice
from frontdesk_web.site import Site

PATH = "/dashboard/{portal:str}/portal/codes"


class ChannelRow(Struct, frozen=True, kw_only=True):
    """A channel. `kind` is `email` or `phone`; `caps` is None where its letters cost nothing."""

    name: str
    title: str
    kind: str
    sentence: str
    caps: str = ""
    may_rise: bool = False


class SignInCodesPage(Struct, frozen=True, kw_only=True):
    """The channels in their order. Posts `channel`, and as `act` what to do with it: `first` or `check`.

    `gateway_url` is where texts are set up, None where this person may not or nothing could be; `own_gateway` says
    that texts go through one of the tenant's.
    """

    template: ClassVar[str] = "dashboard/sign_in_codes.html"
    action: str
    csrf: str
    may_edit: bool
    channels: tuple[ChannelRow, ...]
    texts: bool
    gateway_url: str | None = None
    own_gateway: bool = False
    notice: Notice | None = None


@get(PATH, **needs(Right.SEE))
async def sign_in_codes(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """The page. `?done=` says what was just done."""
    done = request.query_params.get("done") == "ordered"
    told = Notice(tone="success", text=translate(visit.locale, "Codes now go in this order.")) if done else None
    return await _page(request, site, visit, told)


@post(PATH, **needs(Right.EDIT_PORTAL))
async def order_channels(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Put a channel first, or ask whether it would take a code now. Anything else changes nothing."""
    form = await read_form(request)
    visit.refuse_forged(site, form)
    ways = await _ways(site, visit)
    chosen = next((each for each in ways if each.name == form.get("channel", "")), None)
    if chosen is not None and form.get("act") == "check":
        return await _page(request, site, visit, await _checked(chosen, visit))
    if chosen is not None and form.get("act") == "first":
        names = [chosen.name, *(each.name for each in ways if each is not chosen)]
        async with site.tenancy.database.side(visit.door.tenant_id) as connection:
            await enabling.order(
                connection,
                visit.door.tenant_id,
                names,
                actor=visit.actor,
                now=visit.now,
                request_id=visit.request_id,
            )
        return Redirect(f"{visit.path('portal', 'codes')}?done=ordered", status_code=303)
    return Redirect(visit.path("portal", "codes"), status_code=303)


async def _checked(way: LiveChannel, visit: StaffVisit) -> Notice:
    try:
        await way.check()
    except Unavailable as error:
        return Notice(tone="warning", text=translate(visit.locale, "Not now: {reason}", reason=_said(error, visit)))
    except FrontdeskError as error:
        text = translate(
            visit.locale, "It takes no codes: {reason} Tell whoever runs this Frontdesk.", reason=_said(error, visit)
        )
        return Notice(tone="danger", text=text)
    return Notice(tone="success", text=translate(visit.locale, "It answers, and would take a code now."))


def _said(error: FrontdeskError, visit: StaffVisit) -> str:
    return said(error, visit.locale) if isinstance(error, Misconfigured | Unavailable) else str(error)


async def _ways(site: Site, visit: StaffVisit) -> tuple[LiveChannel, ...]:
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        return await letters.ways(site, connection, visit.door)


async def _page(request: AnyRequest, site: Site, visit: StaffVisit, notice: Notice | None) -> Response[bytes]:
    ways = await _ways(site, visit)
    page = SignInCodesPage(
        action=visit.path("portal", "codes"),
        csrf=visit.csrf,
        may_edit=visit.may(Right.EDIT_PORTAL),
        channels=tuple(_row(each, number, visit) for number, each in enumerate(ways)),
        texts=any(each.address_kind == "phone" for each in ways),
        gateway_url=visit.path("portal", "codes", "gateway")
        if visit.may(Right.MANAGE_KEYS) and texting_plugin(site) is not None
        else None,
        own_gateway=any(each.address_kind == "phone" and not each.operators for each in ways),
        notice=notice,
    )
    return dashboard_page(request, site, visit, page, place="codes")


def _row(way: LiveChannel, number: int, visit: StaffVisit) -> ChannelRow:
    locale, phone = visit.locale, way.address_kind == "phone"
    if phone and way.operators:
        sentence = translate(locale, "Texts go through the gateway of whoever runs this Frontdesk.")
    elif phone:
        sentence = translate(locale, "Texts go through your own gateway.")
    elif way.operators:
        sentence = translate(locale, "E-mails go through the mail server of whoever runs this Frontdesk.")
    else:
        sentence = translate(locale, "E-mails go through your own mail server.")
    return ChannelRow(
        name=way.name,
        title=translate(locale, "Text message") if phone else translate(locale, "E-mail"),
        kind=way.address_kind,
        sentence=sentence,
        caps=_caps(way, locale),
        may_rise=number > 0,
    )


def _caps(way: LiveChannel, locale: str) -> str:
    caps = way.caps
    if caps is None:
        return ""
    return translate(
        locale,
        "At most {number} a day to one number; {hour} an hour and {day} a day to all.",
        number=min(caps.per_address_day, MOST.per_address_day),
        hour=min(caps.per_hour, MOST.per_hour),
        day=caps.per_day,
    )


routes: Sequence[Any] = [sign_in_codes, order_channels]
