"""The portal's settings: what customers may do by themselves, with the real portal beside them.

The default configuration's, unless `?configuration=` names another one.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from litestar import MediaType, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.response import Redirect
from msgspec import Struct
from msgspec.structs import replace

from frontdesk.billing import Capabilities
from frontdesk.book import Terms
from frontdesk.errors import Refusal, Refused
from frontdesk.portal_configuration import PortalConfiguration
from frontdesk.portal_traps import traps
from frontdesk.roles import Right
from frontdesk_tenants import configurations, configuring, listings
from frontdesk_tenants.database import SideTransaction
from frontdesk_tenants.offerable import Offerable, read_offerable
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page
from frontdesk_web.dashboard.portal_configuration_views import (
    ConfigurationActs,
    configuration_badges,
    configuration_name,
    link_of,
)
from frontdesk_web.dashboard.portal_form import FieldWrong, configuration_of, form_of, shown_pauses
from frontdesk_web.dashboard.portal_settings_views import Configured, Faults, PortalSettingsPage, portal_settings_page
from frontdesk_web.dashboard.sample_portal import EMAIL, sample_home
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.forms import read_form
from frontdesk_web.headers import let_be_framed, let_show_frames
from frontdesk_web.messages import translate
from frontdesk_web.portal.answers import known_id
from frontdesk_web.portal.frames import SignedIn, portal_frame
from frontdesk_web.portal.views import Notice
from frontdesk_web.site import Site

PATH = "/dashboard/{portal:str}/portal"
SAVED = "portal_settings_saved"
FIELDS_AT_MOST = 600
"""Fields of the form: it shows sixty products with their prices at most, each with two limits."""
_PARAMS = {
    "business_profile[headline]": "headline",
    "business_profile[terms_of_service_url]": "terms_url",
    "business_profile[privacy_policy_url]": "privacy_url",
    "default_return_url": "return_url",
    "metadata": "metadata",
    "name": "name",
}
"""The form's field for what a refusal calls the parameter at fault."""


class Settings(Struct, frozen=True, kw_only=True):
    """What the page is made from."""

    configuration: PortalConfiguration
    link: str
    offerable: tuple[Offerable, ...]
    capabilities: Capabilities

    def prices_of(self) -> Mapping[str, tuple[str, ...]]:
        """The prices that are shown, by product."""
        return {each.product.id: tuple(price.id for price in each.prices) for each in self.offerable}

    def terms(self, visit: StaffVisit) -> Terms:
        """What can be offered, as rules want it."""
        return Terms(
            settings=visit.side.settings,
            products={each.product.id: each.product for each in self.offerable},
            prices={price.id: price for each in self.offerable for price in each.prices},
        )


@get(PATH, **needs(Right.SEE))
async def portal_settings(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """The page. `?saved=1` says that they were saved, `?done=added` that the configuration is new."""
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        settings = await _read(connection, site, visit, request)
    page = _page(visit, settings, form_of(settings.configuration), notice=_told(request, visit.locale))
    return _answer(request, site, visit, page)


@post(PATH, **needs(Right.EDIT_PORTAL))
async def save_portal_settings(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Save what was chosen. What cannot be saved is shown again with the reason, and nothing is changed."""
    form = await read_form(request, FIELDS_AT_MOST)
    visit.refuse_forged(site, form)
    try:
        async with site.tenancy.database.side(visit.door.tenant_id) as connection:
            await configurations.hold(connection)
            settings = await _read(connection, site, visit, request)
            before = settings.configuration
            changed = configuration_of(before, form, settings.prices_of())
            await configuring.store(
                connection,
                site.tenancy,
                visit.side,
                replace(changed, updated=visit.now, version=before.version + 1),
                before,
                actor=visit.actor,
                action=SAVED,
                now=visit.now,
                request_id=visit.request_id,
            )
    except (Refused, FieldWrong) as error:
        return _answer(request, site, visit, _page(visit, settings, form, faults=_faults(error, visit)), 400)
    return Redirect(_address(visit, before, "saved=1"), status_code=303)


@get(f"{PATH}/preview", **needs(Right.SEE))
async def portal_preview(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """The real portal as it is now, with a made-up customer."""
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        settings = await _read(connection, site, visit, request)
    return _preview(request, site, visit, settings, settings.configuration)


@post(f"{PATH}/preview", **needs(Right.SEE, while_suspended=True))
async def preview_portal_settings(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """The real portal as it would be with what was chosen. Nothing is saved."""
    form = await read_form(request, FIELDS_AT_MOST)
    visit.refuse_forged(site, form)
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        settings = await _read(connection, site, visit, request)
    try:
        draft = configuration_of(settings.configuration, form, settings.prices_of())
    except FieldWrong:
        draft = settings.configuration
    return _preview(request, site, visit, settings, draft)


async def _read(connection: SideTransaction, site: Site, visit: StaffVisit, request: AnyRequest) -> Settings:
    named = request.query_params.get("configuration")
    configuration: PortalConfiguration | None
    if named is None:
        configuration = await configurations.read_default(connection)
    else:
        configuration = await listings.find(connection, "configuration", known_id(named))
    if configuration is None:
        raise NotFoundException
    token = await configurations.login_token(connection, configuration.id)
    backend = await site.tenancy.backends.of(connection, visit.door.tenant_id, visit.side.backend)
    offered = [each.product for each in configuration.features.subscription_update.products]
    return Settings(
        configuration=configuration,
        link=link_of(configuration, {} if token is None else {configuration.id: token}, visit, site.config),
        offerable=await read_offerable(connection, offered),
        capabilities=backend.capabilities,
    )


def _page(
    visit: StaffVisit,
    settings: Settings,
    form: Mapping[str, str],
    *,
    notice: Notice | None = None,
    faults: Faults | None = None,
) -> PortalSettingsPage:
    configuration, all_of_them = settings.configuration, visit.path("portal", "configurations")
    return portal_settings_page(
        form,
        settings.offerable,
        traps(configuration, settings.terms(visit)),
        visit.locale,
        about=Configured(
            name=configuration_name(configuration, visit.locale),
            id=configuration.id,
            badges=configuration_badges(configuration, visit.locale),
            link=settings.link,
            keeps_methods=settings.capabilities.payment_methods,
            pauses=shown_pauses(configuration.features.subscription_pause),
            acts=ConfigurationActs(
                action=f"{all_of_them}/{configuration.id}",
                copy_url=f"{all_of_them}?like={configuration.id}#new",
                active=configuration.active,
                is_default=configuration.is_default,
            ),
        ),
        action=_address(visit, configuration),
        preview_url=_address(visit, configuration, below="preview"),
        all_url=all_of_them,
        offers_url=_address(visit, configuration, below="offers"),
        link_url=visit.path("portal", "link"),
        products_url=visit.path("products"),
        csrf=visit.csrf,
        may_edit=visit.may(Right.EDIT_PORTAL),
        notice=notice,
        faults=faults,
    )


def _answer(
    request: AnyRequest, site: Site, visit: StaffVisit, page: PortalSettingsPage, status: int = 200
) -> Response[bytes]:
    let_show_frames(request.scope)
    return dashboard_page(request, site, visit, page, place="portal", status=status)


def _preview(
    request: AnyRequest, site: Site, visit: StaffVisit, settings: Settings, configuration: PortalConfiguration
) -> Response[bytes]:
    let_be_framed(request.scope)
    signed_in = SignedIn(email=EMAIL, home_url="#", sign_out_action="#")
    frame = portal_frame(
        request,
        visit.side,
        configuration,
        visit.locale,
        signed_in=signed_in,
        return_url=configuration.default_return_url,
    )
    page = sample_home(visit.side, configuration, settings.capabilities, settings.offerable, visit.now, visit.locale)
    body = site.renderer.page(visit.locale, replace(frame, preview=True), page)
    return Response(body, media_type=MediaType.HTML)


def _address(visit: StaffVisit, configuration: PortalConfiguration, *query: str, below: str = "") -> str:
    """Where the settings of a configuration are, or what lies `below` them."""
    path = visit.path("portal", below) if below else visit.path("portal")
    named = () if configuration.is_default else (f"configuration={configuration.id}",)
    return "?".join(filter(None, (path, "&".join((*named, *query)))))


def _told(request: AnyRequest, locale: str) -> Notice | None:
    if "saved" in request.query_params:
        return Notice(tone="success", text=translate(locale, "The portal's settings are saved."))
    if request.query_params.get("done") == "added":
        text = translate(locale, "The configuration is added. Choose what its customers can do, then save.")
        return Notice(tone="success", text=text)
    return None


def _faults(error: Refused | FieldWrong, visit: StaffVisit) -> Faults:
    if isinstance(error, FieldWrong):
        return Faults(by_field={error.field: translate(visit.locale, error.sentence)})
    refusal: Refusal = error.refusal
    sentence = translate(visit.locale, refusal.for_tenant, **refusal.parameters)
    param = "metadata" if (refusal.param or "").startswith("metadata") else refusal.param or ""
    field = _PARAMS.get(param)
    return Faults(by_field={field: sentence}) if field else Faults(general=sentence)


routes: Sequence[Any] = [portal_settings, save_portal_settings, portal_preview, preview_portal_settings]
