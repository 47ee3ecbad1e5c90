"""When programs are told of renewals and due dates: days before and after."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect
from msgspec import Struct
from msgspec.structs import replace

from frontdesk.book import BillingSettings
from frontdesk.errors import Refusal
from frontdesk.notice_settings import NOTICES, NoticeName, NoticeSettings
from frontdesk.roles import Right
from frontdesk_tenants.notice_settings import save_notices
from frontdesk_tenants.side_settings import lock_settings
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page
from frontdesk_web.dashboard.settings_forms import capabilities_here, typed_days, unsaved
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.dashboard.webhook_form import PLACE
from frontdesk_web.forms import read_form
from frontdesk_web.messages import _, translate
from frontdesk_web.portal.views import Field, Notice
from frontdesk_web.site import Site
from frontdesk_web.typed_text import one_line

PATH = "/dashboard/{portal:str}/webhooks/times"
_SUGGESTED: Mapping[NoticeName, int] = {"upcoming": 7, "will_be_due": 3, "overdue": 0}
"""What stands in the field of an event that is not sent yet."""
_SENTENCES = {"notice_days": _("Enter a number of days from {least} to {most}.")}
_TITLES: Mapping[NoticeName, str] = {
    "upcoming": _("Before a renewal"),
    "will_be_due": _("Before an invoice is due"),
    "overdue": _("Once an invoice is overdue"),
}
_DAYS: Mapping[NoticeName, str] = {
    "upcoming": _("Days before the renewal"),
    "will_be_due": _("Days before the due date"),
    "overdue": _("Days after the due date"),
}
_HELP: Mapping[NoticeName, str] = {
    "upcoming": _(
        "Once for each period, with the invoice as it would be now. A change counts from the next period on."
    ),
    "will_be_due": _("Once for each invoice that is still to be paid."),
    "overdue": _("Once for each invoice that was not paid in time. 0 is as soon as the due date is over."),
}


class TimeForm(Struct, frozen=True, kw_only=True):
    """One of the three events. `type` is its name."""

    key: NoticeName
    type: str
    title: str
    on: bool
    label: str
    help: str
    days: Field


class EventTimesPage(Struct, frozen=True, kw_only=True):
    """The settings. Posts `<key>_on` and `<key>_days` of each."""

    template: ClassVar[str] = "dashboard/event_times.html"
    action: str
    csrf: str
    back_text: str
    back_url: str
    may_edit: bool
    remote: bool
    times: tuple[TimeForm, ...]
    notice: Notice | None = None
    error: str = ""


@get(PATH, **needs(Right.SEE_LOGS))
async def event_times(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """The page as it was saved. `?saved=1` says that it just was."""
    notice = Notice(tone="success", text=translate(visit.locale, "Saved."))
    shown = notice if "saved" in request.query_params else None
    return await _answer(request, site, visit, form_of(visit.side.settings), notice=shown)


@post(PATH, **needs(Right.MANAGE_KEYS))
async def save_event_times(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Save what was chosen; what cannot be is shown again with the reasons, and nothing is changed."""
    form = await read_form(request)
    visit.refuse_forged(site, form)
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        before = await lock_settings(connection)
        faults = await save_notices(
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
    return Redirect(f"{visit.path(PLACE, 'times')}?saved=1", status_code=303)


def form_of(settings: BillingSettings) -> dict[str, str]:
    """The form as settings fill it in."""
    form = {}
    for name in NOTICES:
        days = settings.notices.of(name)
        form[f"{name}_days"] = str(_SUGGESTED[name] if days is None else days)
        form[f"{name}_on"] = "" if days is None else "on"
    return form


def settings_of(form: Mapping[str, str], present: BillingSettings) -> BillingSettings:
    """The settings that a posted form asks for."""
    chosen = {name: typed_days(form.get(f"{name}_days", "")) for name in NOTICES if form.get(f"{name}_on") == "on"}
    return replace(present, notices=NoticeSettings(**{name: chosen.get(name) for name in NOTICES}))


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
    wrong = {each.param: translate(locale, _SENTENCES[each.code], **each.parameters) for each in faults}
    page = EventTimesPage(
        action=visit.path(PLACE, "times"),
        csrf=visit.csrf,
        back_text=translate(locale, "Webhooks"),
        back_url=visit.path(PLACE),
        may_edit=visit.may(Right.MANAGE_KEYS) and not visit.side.suspended,
        remote=capabilities.remote,
        times=tuple(
            TimeForm(
                key=name,
                type=f"invoice.{name}",
                title=translate(locale, _TITLES[name]),
                on=form.get(f"{name}_on") == "on",
                label=translate(locale, _DAYS[name]),
                help=translate(locale, _HELP[name]),
                days=Field(value=one_line(form.get(f"{name}_days", ""))[:5], error=wrong.get(name, "")),
            )
            for name in NOTICES
        ),
        notice=notice,
        error=unsaved(faults, locale),
    )
    return dashboard_page(request, site, visit, page, place=PLACE, status=400 if faults else 200)


routes: Sequence[Any] = [event_times, save_event_times]
