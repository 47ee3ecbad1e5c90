"""The words of one reminder in one language: written with the letter beside them, and given back to ours."""

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar, get_args

from litestar import MediaType, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect
from msgspec import Struct
from msgspec.structs import replace

from frontdesk.errors import Refusal
from frontdesk.reminder_rules import text_faults
from frontdesk.reminders import BODY_LENGTH, PLACEHOLDERS, SUBJECT_LENGTH, ReminderSettings, ReminderText, Stage
from frontdesk.roles import Right
from frontdesk_tenants import configurations
from frontdesk_tenants.offerable import read_offerable
from frontdesk_tenants.reminder_settings import save_reminders
from frontdesk_tenants.side_settings import lock_settings
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard.branding_views import picture_url
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page
from frontdesk_web.dashboard.reminders import PATH, PLACE
from frontdesk_web.dashboard.sample_invoice import sample_invoice
from frontdesk_web.dashboard.sample_portal import NAME
from frontdesk_web.dashboard.settings_forms import unsaved
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.forms import read_form
from frontdesk_web.headers import let_be_framed, let_show_frames
from frontdesk_web.languages import LOCALE_NAMES, LOCALES
from frontdesk_web.letter_views import letter_frame
from frontdesk_web.letters.reminder import reminder_letter
from frontdesk_web.messages import _, translate
from frontdesk_web.portal.views import Field
from frontdesk_web.reminder_words import NAMES, text_of
from frontdesk_web.site import Site
from frontdesk_web.typed_text import lines, one_line

_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
_SENTENCES = {
    "reminder_text_empty": _("Write something here, or go back to our text."),
    "reminder_placeholder": _("We have nothing to put in for {name}."),
    "text_too_long": _("This is too long."),
}
_PLACES = {
    "customer": _("the customer's name"),
    "number": _("the invoice's number"),
    "amount": _("what is still open"),
    "due_date": _("the day on which it was due"),
    "business": _("your name"),
}


class Place(Struct, frozen=True):
    """A placeholder and what stands for it."""

    name: str
    meaning: str


class ReminderTextPage(Struct, frozen=True, kw_only=True):
    """The form of a text, with its letter. `own` says that it is the tenant's, and can be given back to ours."""

    template: ClassVar[str] = "dashboard/reminder_text.html"
    action: str
    csrf: str
    back_url: str
    title: str
    language: str
    locale: str
    subject: Field
    body: Field
    places: tuple[Place, ...]
    own: bool
    may_edit: bool
    preview_url: str
    error: str = ""


@get(PATH + "/{stage:str}", **needs(Right.SEE))
async def reminder_text(
    request: AnyRequest, stage: FromPath[str], visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """The text as it is; `?language=` is that of the customers."""
    wanted, language = _stage(stage), _language(request.query_params.get("language"), visit)
    return _answer(request, site, visit, wanted, language, text_of(visit.side.settings.reminders, wanted, language))


@post(PATH + "/{stage:str}", **needs(Right.EDIT_BUSINESS, home="reminders"))
async def save_reminder_text(
    request: AnyRequest, stage: FromPath[str], visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Save the text, or (`act` is `reset`) go back to ours. What cannot be saved is shown again with the reasons."""
    form = await read_form(request)
    visit.refuse_forged(site, form)
    wanted, language = _stage(stage), _language(form.get("language"), visit)
    typed = _typed(form)
    resets = form.get("act") == "reset"
    faults = () if resets else text_faults(typed)
    if faults:
        return _answer(request, site, visit, wanted, language, typed, faults)
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        before = await lock_settings(connection)
        chosen = before.reminders.of(wanted)
        texts = {name: text for name, text in chosen.texts.items() if name != language}
        if not resets:
            texts[language] = typed
        changed: ReminderSettings = replace(before.reminders, **{wanted: replace(chosen, texts=texts)})
        await save_reminders(
            connection,
            visit.side,
            before,
            replace(before, reminders=changed),
            actor=visit.actor,
            now=visit.now,
            request_id=visit.request_id,
        )
    return Redirect(f"{visit.path('reminders')}?saved={'reset' if resets else 'text'}", status_code=303)


@get(PATH + "/{stage:str}/preview", **needs(Right.SEE))
async def reminder_preview(
    request: AnyRequest, stage: FromPath[str], visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """The letter as a made-up customer would get it."""
    wanted, language = _stage(stage), _language(request.query_params.get("language"), visit)
    return await _letter(request, site, visit, text_of(visit.side.settings.reminders, wanted, language), language)


@post(PATH + "/{stage:str}/preview", **needs(Right.EDIT_BUSINESS))
async def preview_reminder_text(
    request: AnyRequest, stage: FromPath[str], visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """The letter with what was typed, of which nothing is saved."""
    form = await read_form(request)
    visit.refuse_forged(site, form)
    _stage(stage)
    return await _letter(request, site, visit, _typed(form), _language(form.get("language"), visit))


def _stage(kind: str) -> Stage:
    for stage in get_args(Stage):
        if stage == kind:
            return stage  # type: ignore[no-any-return]
    raise NotFoundException


def _language(asked: str | None, visit: StaffVisit) -> str:
    return asked if asked in LOCALES else visit.locale


def _typed(form: Any) -> ReminderText:
    subject = one_line(form.get("subject", "")[: SUBJECT_LENGTH * 2])
    return ReminderText(subject=subject, body=lines(form.get("body", "")[: BODY_LENGTH * 2]))


async def _letter(
    request: AnyRequest, site: Site, visit: StaffVisit, text: ReminderText, language: str
) -> Response[bytes]:
    side = visit.side
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        configuration = await configurations.read_default(connection)
        offered = [each.product for each in configuration.features.subscription_update.products]
        offerable = await read_offerable(connection, offered)
    logo = side.brand.look.logo_file
    frame = letter_frame(side.brand, language, picture_url(visit.door, logo) if logo else None)
    days = timedelta(days=side.settings.days_until_due + side.settings.reminders.friendly.days)
    invoice = sample_invoice(side, configuration, offerable, visit.now - days, language)
    html = site.renderer.letter(language, reminder_letter(frame, text, invoice, NAME, side, "#")).html
    style = _STYLE.search(html)
    let_be_framed(request.scope, "" if style is None else style[1])
    return Response(html.replace("<body>", "<body inert>", 1).encode(), status_code=200, media_type=MediaType.HTML)


def _answer(
    request: AnyRequest,
    site: Site,
    visit: StaffVisit,
    stage: Stage,
    language: str,
    text: ReminderText,
    faults: tuple[Refusal, ...] = (),
) -> Response[bytes]:
    locale = visit.locale
    wrong = {
        each.param: translate(locale, _SENTENCES.get(each.code, each.for_tenant), **each.parameters)
        for each in reversed(faults)
    }
    path = visit.path("reminders", stage)
    page = ReminderTextPage(
        action=path,
        csrf=visit.csrf,
        back_url=visit.path("reminders"),
        title=translate(locale, NAMES[stage]),
        language=LOCALE_NAMES[language],
        locale=language,
        subject=Field(value=text.subject, error=wrong.get("subject", "")),
        body=Field(value=text.body, error=wrong.get("body", "")),
        places=tuple(Place("{" + name + "}", translate(locale, _PLACES[name])) for name in PLACEHOLDERS),
        own=language in visit.side.settings.reminders.of(stage).texts,
        may_edit=visit.may(Right.EDIT_BUSINESS),
        preview_url=f"{path}/preview?language={language}",
        error=unsaved(faults, locale),
    )
    let_show_frames(request.scope)
    return dashboard_page(request, site, visit, page, place=PLACE, status=400 if faults else 200)


routes: Sequence[Any] = [reminder_text, save_reminder_text, reminder_preview, preview_reminder_text]
