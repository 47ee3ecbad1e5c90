"""The operator's settings: the service's name, who may sign up, what it costs, whom to ask."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect
from msgspec import Struct

from frontdesk.errors import Refusal
from frontdesk.house_settings import HouseSettings, SignUpMode, faults_of
from frontdesk_tenants import house_records
from frontdesk_tenants.house import HOUSE
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard import ways
from frontdesk_web.forms import read_form
from frontdesk_web.languages import LOCALE_NAMES, SOURCE_LOCALE, STAFF_LOCALES
from frontdesk_web.messages import _, translate
from frontdesk_web.operator.needs import OPERATOR, OperatorVisit
from frontdesk_web.operator.pages import SETTINGS, operator_page
from frontdesk_web.portal.views import Field, Notice, Option
from frontdesk_web.site import Site

_MODES: Mapping[SignUpMode, tuple[str, str]] = {
    "open": (_("Open"), _("Anybody sets up a portal, at once.")),
    "approval": (_("By approval"), _("Anybody asks, and you say yes or no.")),
    "invitation": (_("By invitation"), _("Only who you invite sets up a portal.")),
}


class ModeChoice(Struct, frozen=True, kw_only=True):
    """A way to let people sign up."""

    value: str
    title: str
    text: str
    selected: bool


class PriceField(Struct, frozen=True, kw_only=True):
    """The price text of a backend in one language."""

    name: str
    label: str
    field: Field


class SettingsPage(Struct, frozen=True, kw_only=True):
    """The form."""

    template: ClassVar[str] = "operator/settings.html"
    action: str
    csrf: str
    service_name: Field
    modes: tuple[ModeChoice, ...]
    sign_up_url: str
    prices: tuple[PriceField, ...]
    contact: Field
    languages: tuple[Option, ...]
    notice: Notice | None = None
    error: str = ""


@get(SETTINGS, **OPERATOR)
async def house_settings(
    request: AnyRequest, visit: NamedDependency[OperatorVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """The settings as they were saved."""
    saved = "saved" in request.query_params
    notice = Notice(tone="success", text=translate(visit.locale, "Saved.")) if saved else None
    return _answer(request, site, visit, await site.house.refresh(), notice=notice)


@post(SETTINGS, **OPERATOR)
async def save_house_settings(
    request: AnyRequest, visit: NamedDependency[OperatorVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Save what was typed; what cannot be saved is shown again with the reasons."""
    form = await read_form(request)
    visit.refuse_forged(site, form)
    asked = settings_of(form, tuple(site.plugins.billing_backends()))
    faults = faults_of(asked)
    if faults:
        return _answer(request, site, visit, asked, faults)
    async with site.tenancy.database.side(HOUSE) as connection:
        await house_records.save_settings(connection, asked, visit.actor, visit.now, visit.request_id)
    await site.house.refresh()
    return Redirect(f"{SETTINGS}?saved=1", status_code=303)


def settings_of(form: Mapping[str, str], backends: tuple[str, ...]) -> HouseSettings:
    """The settings that a posted form asks for. What is no choice is the strictest."""
    mode, locale = form.get("sign_up", ""), form.get("locale", "")
    prices = {
        backend: {
            locale: text
            for locale in STAFF_LOCALES
            if (text := " ".join(form.get(f"price-{backend}-{locale}", "").split()))
        }
        for backend in backends
    }
    return HouseSettings(
        service_name=" ".join(form.get("service_name", "").split()),
        sign_up=next((each for each in _MODES if each == mode), "invitation"),
        prices={backend: texts for backend, texts in prices.items() if texts},
        contact=form.get("contact", "").strip() or None,
        locale=locale if locale in STAFF_LOCALES else SOURCE_LOCALE,
    )


def _answer(
    request: AnyRequest,
    site: Site,
    visit: OperatorVisit,
    settings: HouseSettings,
    faults: tuple[Refusal, ...] = (),
    *,
    notice: Notice | None = None,
) -> Response[bytes]:
    wrong = {
        # The address is the only one that names itself so.
        ("contact" if each.param == "email" else each.param): translate(
            visit.locale, each.for_customer, **each.parameters
        )
        for each in reversed(faults)
    }
    prices = tuple(
        PriceField(
            name=f"price-{backend}-{locale}",
            label=f"{translate(visit.locale, kind.title)}, {LOCALE_NAMES[locale]}",
            field=Field(
                value=settings.prices.get(backend, {}).get(locale, "")[:1000],
                error=wrong.get(f"prices[{backend}][{locale}]", ""),
            ),
        )
        for backend, kind in sorted(site.plugins.billing_backends().items())
        for locale in STAFF_LOCALES
    )
    text = translate(visit.locale, "Nothing was saved yet. Please look at what is marked.")
    page = SettingsPage(
        action=SETTINGS,
        csrf=visit.csrf,
        service_name=Field(value=settings.service_name[:200], error=wrong.get("service_name", "")),
        modes=tuple(
            ModeChoice(
                value=each,
                title=translate(visit.locale, title),
                text=translate(visit.locale, text_),
                selected=each == settings.sign_up,
            )
            for each, (title, text_) in _MODES.items()
        ),
        sign_up_url=site.config.url(ways.SIGN_UP),
        prices=prices,
        contact=Field(value=(settings.contact or "")[:512], error=wrong.get("contact", "")),
        languages=tuple(
            Option(value=each, text=LOCALE_NAMES[each], selected=each == settings.locale) for each in STAFF_LOCALES
        ),
        notice=notice,
        error=text if faults else "",
    )
    return operator_page(request, site, visit, page, place="settings", status=400 if faults else 200)


routes: Sequence[Any] = [house_settings, save_house_settings]
