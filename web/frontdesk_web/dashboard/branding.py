"""Branding: a look is chosen with its preview beside it, kept as a draft, published, and gone back to."""

from collections.abc import Mapping, Sequence
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect
from msgspec import Struct
from msgspec.structs import replace

from frontdesk.branding import Look
from frontdesk.roles import Right
from frontdesk_tenants import brand_versions, staff
from frontdesk_tenants.brand_versions import BrandVersion, Draft, mark_of
from frontdesk_tenants.database import SideTransaction, enter_side
from frontdesk_tenants.other_side_brand import take_over
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard.branding_form import AskedLook, form_of, read_look
from frontdesk_web.dashboard.branding_views import BrandingPage, draft_sentence, look_fields, subjects, version_rows
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.forms import read_form
from frontdesk_web.headers import let_show_frames
from frontdesk_web.messages import translate
from frontdesk_web.portal.views import Notice
from frontdesk_web.site import Site
from frontdesk_web.uploads import BODY_BYTES

PATH = "/dashboard/{portal:str}/branding"
PUBLISH = "publish"


class Branding(Struct, frozen=True, kw_only=True):
    """What the page is made from. `names` are those of the staff in it; `newest` is False on older pages of the
    history."""

    present: Look
    draft: Draft | None
    versions: tuple[BrandVersion, ...]
    more: bool
    newest: bool
    names: Mapping[str, str]

    @property
    def shown(self) -> Look:
        """What the form begins with: the draft, else what customers see."""
        return self.present if self.draft is None else self.draft.look


@get(PATH, **needs(Right.SEE))
async def branding(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """The page. `?done=` says what was done, `?after=` shows the history from there on."""
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        found = await _read(connection, visit, request.query_params.get("after"))
    page = _page(visit, found, form_of(found.shown), {})
    return _answer(request, site, visit, _told(request, visit, found, page))


@post(PATH, **needs(Right.EDIT_BRAND), request_max_body_size=BODY_BYTES)
async def save_branding(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Keep what was chosen as the draft; with `act=publish` give it to customers too.

    What cannot be used is shown again with the reason. So is a form beside which somebody else saved another draft:
    sent again, it replaces that.
    """
    asked = await read_look(request, site, visit)
    door, published = visit.door, asked.posted.get("act") == PUBLISH
    async with site.tenancy.database.side(door.tenant_id) as connection:
        found = await _read(connection, visit)
        seen = found.draft.mark if found.draft is not None else ""
        if asked.look is None:
            return _answer(request, site, visit, _page(visit, found, asked.form, asked.faults), 400)
        if asked.posted.get("seen", "") != seen:
            return _answer(request, site, visit, _overtaken(visit, found, asked), 409)
        common = (visit.actor, visit.now, visit.request_id)
        await brand_versions.save_draft(connection, door.tenant_id, asked.look, *common)
        if published:
            await brand_versions.publish_draft(connection, door.tenant_id, mark_of(asked.look), *common)
    return _done(visit, "published" if published else "saved")


@post(f"{PATH}/draft", **needs(Right.EDIT_BRAND))
async def put_draft_away(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """`act` is `discard`, `restore` (the draft that was discarded last) or `copy` (the look of the other side)."""
    form = await read_form(request)
    visit.refuse_forged(site, form)
    door, act, common = visit.door, form.get("act"), (visit.actor, visit.now, visit.request_id)
    if act == "copy":
        other = next(each for each in visit.doors if each != door)
        await take_over(site.tenancy, other, door, visit.actor, visit.request_id)
        return _done(visit, "copied")
    async with site.tenancy.database.side(door.tenant_id) as connection:
        if act == "discard" and await brand_versions.discard_draft(connection, door.tenant_id, *common):
            return _done(visit, "discarded")
        if act == "restore" and await brand_versions.restore_draft(connection, door.tenant_id, *common):
            return _done(visit, "restored")
    return Redirect(visit.path("branding"), status_code=303)


async def _read(connection: SideTransaction, visit: StaffVisit, after: str | None = None) -> Branding:
    place = None if after is None else await brand_versions.read_version(connection, after)
    page = await brand_versions.history(connection, place)
    draft = await brand_versions.read_draft(connection)
    by = {each.by[1] for each in page.items} | ({draft.by[1]} if draft is not None else set())
    # Staff are rows of the live side, whichever side this is.
    await enter_side(connection, visit.doors[0].tenant_id)
    names = await staff.names(connection, by)
    await enter_side(connection, visit.door.tenant_id)
    return Branding(
        present=visit.side.brand.look,
        draft=draft,
        versions=page.items,
        more=page.has_more,
        newest=place is None,
        names=names,
    )


def _page(visit: StaffVisit, found: Branding, form: Mapping[str, str], faults: Mapping[str, str]) -> BrandingPage:
    here, locale = visit.path("branding"), visit.locale
    fields: dict[str, Any] = look_fields(form, faults, visit)
    return BrandingPage(
        action=here,
        draft_action=f"{here}/draft",
        preview_url=f"{here}/preview",
        contrast_url=f"{here}/contrast",
        details_url=visit.path("public-details"),
        csrf=visit.csrf,
        may_edit=visit.may(Right.EDIT_BRAND),
        seen=found.draft.mark if found.draft is not None else "",
        draft=draft_sentence(found.draft, found.names, locale),
        subjects=subjects(locale),
        history=version_rows(found.versions, found.present, visit, found.names, found.newest),
        older_url=f"{here}?after={found.versions[-1].id}#history" if found.more else None,
        newer_url=None if found.newest else f"{here}#history",
        copy_text=(
            translate(locale, "Copy the look of the sandbox")
            if visit.side.livemode
            else translate(locale, "Copy the look of live")
        ),
        **fields,
    )


def _overtaken(visit: StaffVisit, found: Branding, asked: AskedLook) -> BrandingPage:
    text = translate(
        visit.locale,
        "Somebody else changed the draft meanwhile. What you chose is below and not saved: save it to replace theirs.",
    )
    return replace(_page(visit, found, asked.form, {}), notice=Notice(tone="warning", text=text))


def _told(request: AnyRequest, visit: StaffVisit, found: Branding, page: BrandingPage) -> BrandingPage:
    """The page with what was done, and with the way back where there is one."""
    done, locale = request.query_params.get("done", ""), visit.locale
    sentences = {
        "saved": translate(locale, "The draft is saved. Customers see it once you publish it."),
        "published": translate(locale, "Published. Portal, e-mails and new invoices look like this now."),
        "discarded": translate(locale, "The draft is discarded."),
        "restored": translate(locale, "The draft is back."),
        "copied": translate(locale, "The look is copied into the draft. Publish it when you like it."),
    }
    if done not in sentences:
        return page
    page = replace(page, notice=Notice(tone="success", text=sentences[done]))
    if not visit.may(Right.EDIT_BRAND):
        return page
    if done == "discarded" and found.draft is None:
        return replace(page, undo=page.draft_action, undo_act="restore")
    if done == "published" and found.newest and len(found.versions) > 1:
        return replace(page, undo=visit.path("branding", "versions", found.versions[1].id), undo_act="again")
    return page


def _answer(
    request: AnyRequest, site: Site, visit: StaffVisit, page: BrandingPage, status: int = 200
) -> Response[bytes]:
    let_show_frames(request.scope)
    return dashboard_page(request, site, visit, page, place="branding", status=status)


def _done(visit: StaffVisit, what: str) -> Redirect:
    return Redirect(f"{visit.path('branding')}?done={what}", status_code=303)


routes: Sequence[Any] = [branding, save_branding, put_draft_away]
