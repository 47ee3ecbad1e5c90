"""Reminders of unpaid invoices: when each goes, and what becomes of a plan that nobody pays."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect
from msgspec import Struct
from msgspec.structs import replace

from frontdesk.book import BillingSettings
from frontdesk.errors import Refusal
from frontdesk.reminder_rules import faults_of
from frontdesk.reminders import STAGES, ReminderSettings
from frontdesk.roles import Right
from frontdesk_tenants.reminder_settings import save_reminders
from frontdesk_tenants.side_settings import lock_settings
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page
from frontdesk_web.dashboard.settings_forms import NO_DAYS, capabilities_here, typed_days, unsaved
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.forms import read_form
from frontdesk_web.languages import LOCALE_NAMES, LOCALES
from frontdesk_web.messages import _, translate
from frontdesk_web.portal.views import Field, Notice
from frontdesk_web.reminder_words import NAMES, text_of
from frontdesk_web.site import Site
from frontdesk_web.typed_text import one_line

PATH = "/dashboard/{portal:str}/reminders"
PLACE = "reminders"
_SENTENCES = {
    "reminder_days": _("Enter a number of days, up to {maximum}."),
    "reminder_order": _("This has to come later than the reminder before it."),
}
_SAVED = {
    "days": _("Saved. It counts for the invoices that are open now too."),
    "text": _("The text was saved. The next reminder says it."),
    "reset": _("Our text is back."),
}


class TextWay(Struct, frozen=True, kw_only=True):
    """The way to a text in one language. `own` says that it is the tenant's."""

    language: str
    url: str
    own: bool


class StageForm(Struct, frozen=True, kw_only=True):
    """One of the three reminders."""

    key: str
    name: str
    subject: str
    on: bool
    days: Field
    texts: tuple[TextWay, ...]


class RemindersPage(Struct, frozen=True, kw_only=True):
    """The three reminders and the end of a plan that nobody pays."""

    template: ClassVar[str] = "dashboard/reminders.html"
    action: str
    csrf: str
    may_edit: bool
    remote: bool
    stages: tuple[StageForm, ...]
    ends: bool
    ends_after: Field
    notice: Notice | None = None
    error: str = ""


@get(PATH, **needs(Right.SEE))
async def reminders(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """The page as it was saved. `?saved=` says what was saved just now."""
    saved = _SAVED.get(request.query_params.get("saved", ""))
    notice = None if saved is None else Notice(tone="success", text=translate(visit.locale, saved))
    return await _answer(request, site, visit, form_of(visit.side.settings), notice=notice)


@post(PATH, **needs(Right.EDIT_BUSINESS, home="reminders"))
async def save_reminder_days(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Save what was chosen; what cannot be is shown again with the reasons, and nothing is changed."""
    form = await read_form(request)
    visit.refuse_forged(site, form)
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        before = await lock_settings(connection)
        settings = settings_of(form, before)
        faults = faults_of(settings)
        if not faults:
            await save_reminders(
                connection,
                visit.side,
                before,
                settings,
                actor=visit.actor,
                now=visit.now,
                request_id=visit.request_id,
            )
    if faults:
        return await _answer(request, site, visit, form, faults=faults)
    return Redirect(f"{visit.path('reminders')}?saved=days", status_code=303)


def form_of(settings: BillingSettings) -> dict[str, str]:
    """The form as settings fill it in."""
    form: dict[str, str] = {}
    for stage in STAGES:
        chosen = settings.reminders.of(stage)
        form[f"{stage}_days"] = str(chosen.days)
        if chosen.on:
            form[f"{stage}_on"] = "on"
    if settings.cancel_late_after is not None:
        form["ends"] = "on"
    form["ends_after"] = str(settings.cancel_late_after or 30)
    return form


def settings_of(form: Mapping[str, str], present: BillingSettings) -> BillingSettings:
    """The settings that a posted form asks for. A reminder that is off keeps its days."""
    stages = {}
    for stage in STAGES:
        before = present.reminders.of(stage)
        on = form.get(f"{stage}_on") == "on"
        typed = form.get(f"{stage}_days", str(before.days))
        days = typed_days(typed)
        stages[stage] = replace(before, on=on, days=before.days if not on and days == NO_DAYS else days)
    after = typed_days(form.get("ends_after", "")) if form.get("ends") == "on" else None
    return replace(present, reminders=ReminderSettings(**stages), cancel_late_after=after)


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
    wrong = {
        each.param: translate(locale, _SENTENCES.get(each.code, each.for_tenant), **each.parameters) for each in faults
    }
    page = RemindersPage(
        action=visit.path("reminders"),
        csrf=visit.csrf,
        may_edit=visit.may(Right.EDIT_BUSINESS),
        remote=capabilities.remote,
        stages=tuple(
            StageForm(
                key=stage,
                name=translate(locale, NAMES[stage]),
                subject=text_of(visit.side.settings.reminders, stage, locale).subject,
                on=form.get(f"{stage}_on") == "on",
                days=Field(value=one_line(form.get(f"{stage}_days", ""))[:5], error=wrong.get(stage, "")),
                texts=tuple(
                    TextWay(
                        language=LOCALE_NAMES[each],
                        url=f"{visit.path('reminders', stage)}?language={each}",
                        own=each in visit.side.settings.reminders.of(stage).texts,
                    )
                    for each in LOCALES
                ),
            )
            for stage in STAGES
        ),
        ends=form.get("ends") == "on",
        ends_after=Field(value=one_line(form.get("ends_after", ""))[:5], error=wrong.get("cancel_late_after", "")),
        notice=notice,
        error=unsaved(faults, locale),
    )
    return dashboard_page(request, site, visit, page, place=PLACE, status=400 if faults else 200)


routes: Sequence[Any] = [reminders, save_reminder_days]
