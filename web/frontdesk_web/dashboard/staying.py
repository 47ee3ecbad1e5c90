"""Offers to stay: what somebody who cancels may be offered, whom, and the reasons of one's own that can bring it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.response import Redirect
from msgspec.structs import replace

from frontdesk.errors import Refused
from frontdesk.feedback_options import FeedbackOption
from frontdesk.ids import IdSource
from frontdesk.portal_configuration import PortalConfiguration
from frontdesk.retention import OfferRule, RetentionSettings, StayOffer
from frontdesk.roles import Right
from frontdesk_tenants import configurations, configuring, feedback_options, listings
from frontdesk_tenants.database import SideTransaction
from frontdesk_tenants.offerable import read_offerable
from frontdesk_tenants.paging import Cursor
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page
from frontdesk_web.dashboard.staying_views import KINDS, Known, staying_page, tick_name
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.forms import read_form
from frontdesk_web.messages import _, translate
from frontdesk_web.portal.answers import known_id
from frontdesk_web.portal.cancel_views import REASONS
from frontdesk_web.portal.views import Notice
from frontdesk_web.site import Site
from frontdesk_web.typed_text import one_line, whole_number

PATH = "/dashboard/{portal:str}/portal/offers"
PLACE = "portal"
SAVED = "offers_to_stay_saved"
FIELDS_AT_MOST = 500
"""A box for each product that can be offered, among the rest."""
_NUMBER = _("Enter a whole number of months, or leave this empty.")
_DONE = {
    "saved": _("Saved."),
    "offer": _("The offer is added."),
    "removed": _("Removed."),
    "reason": _("The reason is added. Customers can choose it from now on."),
}


class NotANumber(ValueError):
    """Months that are no whole number. `field` is the form's."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


@get(PATH, **needs(Right.SEE))
async def offers_to_stay(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """The page. `?done=` says what was done just now."""
    said = _DONE.get(request.query_params.get("done", ""))
    notice = None if said is None else Notice(tone="success", text=translate(visit.locale, said))
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        configuration = await _configuration(connection, request)
        known = await _known(connection, visit.now)
    return _answer(request, site, visit, configuration, known, {}, notice=notice)


@post(PATH, **needs(Right.EDIT_PORTAL))
async def change_offers_to_stay(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """`act` is `save`, `offer`, `reason` or what is removed: `remove_offer` or `remove_reason`."""
    form = await read_form(request, FIELDS_AT_MOST)
    visit.refuse_forged(site, form)
    faults: dict[str, str] = {}
    try:
        async with site.tenancy.database.side(visit.door.tenant_id) as connection:
            await configurations.hold(connection)
            configuration = await _configuration(connection, request)
            known = await _known(connection, visit.now)
            changed, done = await _changed(connection, visit, configuration, known, form)
            if changed != configuration:
                await configuring.store(
                    connection,
                    site.tenancy,
                    visit.side,
                    replace(changed, updated=visit.now, version=configuration.version + 1),
                    configuration,
                    actor=visit.actor,
                    action=SAVED,
                    now=visit.now,
                    request_id=visit.request_id,
                )
    except NotANumber as error:
        faults = {error.field: translate(visit.locale, _NUMBER)}
    except Refused as refused:
        refusal = refused.refusal
        field = "description" if refusal.param == "description" else (refusal.param or "").rpartition("[")[2].strip("]")
        sentence = translate(visit.locale, refusal.for_tenant, **refusal.parameters)
        faults = {field if field in ("description", "to_months", "months", "again_after_months") else "": sentence}
    if faults:
        return _answer(request, site, visit, configuration, known, form, faults=faults, status=400)
    return Redirect(_address(visit, configuration, f"done={done}"), status_code=303)


async def _changed(
    connection: SideTransaction,
    visit: StaffVisit,
    configuration: PortalConfiguration,
    known: Known,
    form: Mapping[str, str],
) -> tuple[PortalConfiguration, str]:
    """The configuration after the act, and what to say of it."""
    settings = configuration.frontdesk.retention
    match form.get("act"):
        case "offer":
            when = "after" if form.get("when") == "after" else "before"
            rules = (*getattr(settings, when), _rule(form, when, known))
            return _with(configuration, replace(settings, **{when: rules})), "offer"
        case "remove_offer":
            return _with(configuration, _without(settings, form.get("rule", ""))), "removed"
        case "reason":
            option = FeedbackOption(
                id=IdSource(visit.now)("fo"), description=one_line(form.get("description", "")), created=visit.now
            )
            await feedback_options.create(
                connection, visit.door.tenant_id, option, actor=visit.actor, request_id=visit.request_id
            )
            return _asking(configuration, (*_asked(configuration), option.id)), "reason"
        case "remove_reason":
            gone = next((each for each in known.reasons if each.id == form.get("option")), None)
            if gone is None:
                raise NotFoundException
            await feedback_options.deactivate(
                connection,
                visit.door.tenant_id,
                gone,
                actor=visit.actor,
                now=visit.now,
                request_id=visit.request_id,
            )
            return _asking(configuration, tuple(each for each in _asked(configuration) if each != gone.id)), "removed"
        case _:
            months = _months(form, "again_after_months")
            return _with(
                configuration,
                replace(
                    settings,
                    enabled=form.get("enabled") == "on",
                    again_after_months=settings.again_after_months if months is None else months,
                ),
            ), "saved"


def _rule(form: Mapping[str, str], when: str, known: Known) -> OfferRule:
    """The rule that a form describes: for all products and reasons where none is ticked.

    Raises NotFoundException for what is not among what the form offers.
    """
    kind: Any = form.get("type") if form.get("type") in KINDS else "coupon"
    named = {
        "coupon": {"coupon": form.get("coupon", "")},
        "pause": {"months": _months(form, "months")},
        "plan": {"price": form.get("price", "")},
    }
    reasons = (*REASONS, *(each.id for each in known.reasons)) if when == "after" else ()
    if (kind == "coupon" and form.get("coupon") not in known.coupons) or (
        kind == "plan" and form.get("price") not in known.prices
    ):
        raise NotFoundException
    return OfferRule(
        offer=StayOffer(type=kind, **named[kind]),  # type: ignore[arg-type]
        products=_ticked(form, "product", (each.product.id for each in known.offerable)),
        from_months=_months(form, "from_months") or 0,
        to_months=_months(form, "to_months"),
        reasons=_ticked(form, "reason", reasons),
    )


def _ticked(form: Mapping[str, str], name: str, known: Iterable[str]) -> tuple[str, ...]:
    """Those whose boxes are ticked. Boxes of what is not known are passed over."""
    return tuple(each for each in known if form.get(tick_name(name, each)) == "on")


def _months(form: Mapping[str, str], name: str) -> int | None:
    typed = form.get(name, "").strip()
    if not typed:
        return None
    months = whole_number(typed, 4)
    if months is None:
        raise NotANumber(name)
    return months


def _without(settings: RetentionSettings, key: str) -> RetentionSettings:
    when, _dash, place = key.partition("-")
    rules = {"before": settings.before, "after": settings.after}.get(when, ())
    if place not in map(str, range(len(rules))):
        raise NotFoundException
    left = tuple(each for at, each in enumerate(rules) if str(at) != place)
    return replace(settings, **{when: left})


def _with(configuration: PortalConfiguration, settings: RetentionSettings) -> PortalConfiguration:
    return replace(configuration, frontdesk=replace(configuration.frontdesk, retention=settings))


def _asked(configuration: PortalConfiguration) -> tuple[str, ...]:
    return configuration.features.subscription_cancel.cancellation_reason.feedback_options


def _asking(configuration: PortalConfiguration, options: tuple[str, ...]) -> PortalConfiguration:
    """The configuration with these reasons of the tenant's own."""
    features = configuration.features
    cancel = features.subscription_cancel
    asked = replace(cancel.cancellation_reason, feedback_options=options)
    changed = replace(features, subscription_cancel=replace(cancel, cancellation_reason=asked))
    return replace(configuration, features=changed)


async def _configuration(connection: SideTransaction, request: AnyRequest) -> PortalConfiguration:
    named = request.query_params.get("configuration")
    if named is None:
        return await configurations.read_default(connection)
    found: PortalConfiguration | None = await listings.find(connection, "configuration", known_id(named))
    if found is None:
        raise NotFoundException
    return found


async def _known(connection: SideTransaction, now: datetime) -> Known:
    coupons = await listings.coupons(connection, Cursor(limit=100))
    return Known(
        coupons={each.id: each for each in coupons.items if each.valid(now)},
        offerable=await read_offerable(connection, ()),
        reasons=await feedback_options.active(connection),
    )


def _answer(
    request: AnyRequest,
    site: Site,
    visit: StaffVisit,
    configuration: PortalConfiguration,
    known: Known,
    form: Mapping[str, str],
    *,
    notice: Notice | None = None,
    faults: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response[bytes]:
    named = "" if configuration.is_default else f"?configuration={configuration.id}"
    page = staying_page(
        configuration,
        known,
        form,
        visit.locale,
        action=_address(visit, configuration),
        back_url=visit.path("portal") + named,
        csrf=visit.csrf,
        may_edit=visit.may(Right.EDIT_PORTAL),
        notice=notice,
        faults=faults,
    )
    return dashboard_page(request, site, visit, page, place=PLACE, status=status)


def _address(visit: StaffVisit, configuration: PortalConfiguration, *query: str) -> str:
    named = () if configuration.is_default else (f"configuration={configuration.id}",)
    return "?".join(filter(None, (visit.path("portal", "offers"), "&".join((*named, *query)))))


routes: Sequence[Any] = [offers_to_stay, change_offers_to_stay]
