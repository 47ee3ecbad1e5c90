"""Payments by card: when one that failed is tried again, and what becomes of the plan when nothing helps."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, get_args

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect
from msgspec import Struct
from msgspec.structs import replace

from frontdesk.book import BillingSettings
from frontdesk.errors import Refusal, Refused
from frontdesk.payment_methods import AfterRetries
from frontdesk.payment_refusals import no_payment_methods
from frontdesk.roles import Right
from frontdesk_tenants.collection_settings import save_collection
from frontdesk_tenants.side_settings import lock_settings
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page
from frontdesk_web.dashboard.settings_forms import capabilities_here, typed_days, unsaved
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.forms import read_form
from frontdesk_web.messages import _, translate
from frontdesk_web.portal.views import Field, Notice
from frontdesk_web.site import Site
from frontdesk_web.typed_text import one_line

PATH = "/dashboard/{portal:str}/collection"
PLACE = "collection"
_ENDS: Mapping[AfterRetries, tuple[str, str]] = {
    "cancel": (_("End the plan"), _("It is over at once. The invoice stays open and can still be paid.")),
    "unpaid": (
        _("Keep the plan, as unpaid"),
        _("Its next invoices are drafts that nobody is charged for. Once the newest one is paid, the plan goes on."),
    ),
    "past_due": (
        _("Keep the plan, as overdue"),
        _("Its next invoices are issued and charged as ever, until you decide."),
    ),
}


class AfterChoice(Struct, frozen=True, kw_only=True):
    """What may become of a plan."""

    value: str
    text: str
    detail: str
    chosen: bool


class CollectionPage(Struct, frozen=True, kw_only=True):
    """The settings. Where the side charges nothing there is no form, and the page says why."""

    template: ClassVar[str] = "dashboard/collection.html"
    action: str
    csrf: str
    may_edit: bool
    charges: bool
    letters: bool
    retry_days: Field
    after: tuple[AfterChoice, ...]
    notice: Notice | None = None
    error: str = ""


@get(PATH, **needs(Right.SEE))
async def collection(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """The page as it was saved. `?saved=1` says that it just was."""
    text = translate(visit.locale, "Saved. It counts for payments that fail from now on.")
    notice = Notice(tone="success", text=text) if "saved" in request.query_params else None
    return await _answer(request, site, visit, form_of(visit.side.settings), notice=notice)


@post(PATH, **needs(Right.EDIT_BUSINESS, home="collection"))
async def save_collection_settings(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Save what was chosen; what cannot be is shown again with the reasons, and nothing is changed."""
    form = await read_form(request)
    visit.refuse_forged(site, form)
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        backend = await site.tenancy.backends.of(connection, visit.door.tenant_id, visit.side.backend)
        if not backend.capabilities.charges:
            raise Refused(no_payment_methods())
        before = await lock_settings(connection)
        faults = await save_collection(
            connection,
            visit.side,
            before,
            settings_of(form, before),
            actor=visit.actor,
            now=visit.now,
            request_id=visit.request_id,
        )
    if faults:
        return await _answer(request, site, visit, form, faults=faults)
    return Redirect(f"{visit.path('collection')}?saved=1", status_code=303)


def form_of(settings: BillingSettings) -> dict[str, str]:
    """The form as settings fill it in."""
    chosen = settings.collection
    days = ", ".join(map(str, chosen.retry_days))
    return {"retry_days": days, "after": chosen.after, "letters": "on" if chosen.letters else ""}


def settings_of(form: Mapping[str, str], present: BillingSettings) -> BillingSettings:
    """The settings that a posted form asks for. What it does not name stays as it is."""
    chosen = present.collection
    days = chosen.retry_days
    if "retry_days" in form:
        days = tuple(typed_days(each) for each in form["retry_days"].replace(";", ",").split(",") if each.strip())
    after = next((each for each in get_args(AfterRetries) if each == form.get("after")), chosen.after)
    return replace(
        present, collection=replace(chosen, retry_days=days, after=after, letters=form.get("letters") == "on")
    )


async def _answer(
    request: AnyRequest,
    site: Site,
    visit: StaffVisit,
    form: Mapping[str, str],
    *,
    faults: tuple[Refusal, ...] = (),
    notice: Notice | None = None,
) -> Response[bytes]:
    capabilities, locale = await capabilities_here(site, visit), visit.locale
    wrong = {each.param: translate(locale, each.for_tenant, **each.parameters) for each in faults}
    after = settings_of(form, visit.side.settings).collection.after
    page = CollectionPage(
        action=visit.path("collection"),
        csrf=visit.csrf,
        may_edit=visit.may(Right.EDIT_BUSINESS),
        charges=capabilities.charges,
        letters=form.get("letters") == "on",
        retry_days=Field(value=one_line(form.get("retry_days", ""))[:60], error=wrong.get("retry_days", "")),
        after=tuple(
            AfterChoice(
                value=each, text=translate(locale, text), detail=translate(locale, detail), chosen=each == after
            )
            for each, (text, detail) in _ENDS.items()
        ),
        notice=notice,
        error=unsaved(faults, locale),
    )
    return dashboard_page(request, site, visit, page, place=PLACE, status=400 if faults else 200)


routes: Sequence[Any] = [collection, save_collection_settings]
