"""The billing backend of a side: whose account bills, connected by a pasted key, and how well the book follows it."""

from collections.abc import Sequence
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from frontdesk.errors import Misconfigured, Refused, Unavailable
from frontdesk.roles import Right
from frontdesk.settings import form_fields
from frontdesk_tenants import mirror_inbox, mirrors, refused_acts
from frontdesk_tenants.choosing_backend import choose_backend
from frontdesk_tenants.made_here import count_made_here
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard.backend_views import BackendPage, mirror_view, offer
from frontdesk_web.dashboard.backend_words import AWAY, MISSING, NOTICES, said
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.forms import read_form
from frontdesk_web.messages import _, translate
from frontdesk_web.portal.views import Notice
from frontdesk_web.site import Site
from frontdesk_web.typed_text import one_line

PATH = "/dashboard/{portal:str}/backend"
PLACE = "backend"
LENGTH = 500


@get(PATH, **needs(Right.SEE_LOGS))
async def backend(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """The page. `?done=` says what was just done."""
    told = NOTICES.get(request.query_params.get("done", ""))
    notice = None if told is None else Notice(tone="success", text=translate(visit.locale, told))
    return await _page(request, site, visit, notice=notice)


@post(PATH, **needs(Right.MANAGE_KEYS, fresh=True, home=PLACE))
async def change_backend(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Connect with a key, check again, try again what was given up (one `letter`, or all), have events signed with a
    new secret, or disconnect."""
    form = await read_form(request)
    visit.refuse_forged(site, form)
    tenancy, actor, request_id = site.tenancy, visit.actor, visit.request_id
    match form.get("act"):
        case "connect":
            return await _connect(request, site, visit, form)
        case "check" | "roll" as act:
            try:
                if act == "check":
                    await mirrors.connect_side(
                        tenancy, visit.door, base_url=site.config.base_url, actor=actor, request_id=request_id
                    )
                else:
                    await mirrors.roll_endpoint(tenancy, visit.door, actor=actor, request_id=request_id)
            except (Misconfigured, Unavailable, Refused) as error:
                return await _page(request, site, visit, notice=_why(site, visit, error), status=400)
            except LookupError:
                # A colleague has disconnected it meanwhile: the page says so.
                return _done(visit, "")
            return _done(visit, "checked" if act == "check" else "rolled")
        case "replay":
            chosen = one_line(form.get("letter", ""))[:LENGTH]
            async with tenancy.at(visit.door) as (connection, side):
                many = await mirror_inbox.replay(
                    connection, side, (chosen,) if chosen else None, actor=actor, request_id=request_id
                )
            return _done(visit, "replayed" if many else "")
        case "stop":
            await mirrors.stop_mirroring(tenancy, visit.door, actor=actor, request_id=request_id)
            return _done(visit, "stopped")
    return _done(visit, "")


async def _connect(request: AnyRequest, site: Site, visit: StaffVisit, form: Any) -> Response[Any]:
    name = one_line(form.get("backend", ""))[:LENGTH]
    kind = _remote(site, visit).get(name)
    typed = (
        {}
        if kind is None
        else {each.name: one_line(form.get(each.name, ""))[:LENGTH] for each in form_fields(kind.Settings)}
    )
    empty = {each: translate(visit.locale, MISSING) for each, text in typed.items() if not text}
    if empty:
        return await _page(request, site, visit, errors={name: empty}, status=400)
    try:
        await choose_backend(
            site.tenancy,
            visit.door,
            name,
            typed,
            base_url=site.config.base_url,
            actor=visit.actor,
            request_id=visit.request_id,
        )
    except (Misconfigured, Unavailable, Refused) as error:
        told = _why(site, visit, error)
        if isinstance(error, Misconfigured) and error.field in typed:
            return await _page(request, site, visit, errors={name: {error.field: told.text}}, status=400)
        return await _page(request, site, visit, notice=told, status=400)
    return _done(visit, "connected")


def _why(site: Site, visit: StaffVisit, error: Misconfigured | Unavailable | Refused) -> Notice:
    locale = visit.locale
    match error:
        case Misconfigured():
            return Notice(tone="danger", text=said(error, locale))
        case Unavailable():
            kind = site.plugins.billing_backends().get(visit.side.backend)
            title = _("The backend") if kind is None or not _is_mirrored(kind, visit) else kind.title
            return Notice(tone="warning", text=translate(locale, AWAY, backend=translate(locale, title)))
        case Refused(refusal=refusal):
            return Notice(tone="danger", text=translate(locale, refusal.for_tenant, **refusal.parameters))


async def _page(
    request: AnyRequest,
    site: Site,
    visit: StaffVisit,
    *,
    errors: dict[str, dict[str, str]] | None = None,
    notice: Notice | None = None,
    status: int = 200,
) -> Response[bytes]:
    kinds, errors = _remote(site, visit), errors or {}
    async with site.tenancy.at(visit.door) as (connection, side):
        mirror = await mirrors.mirror_of(connection, side)
        letters = await mirror_inbox.dead_letters(connection) if mirror is not None and mirror.dead else ()
        made_here = await count_made_here(connection) if side.backend not in kinds else 0
        refused = await refused_acts.refused_lately(connection) if mirror is not None else ()
    present = site.plugins.billing_backends().get(side.backend)
    remote = side.backend in kinds
    # Who is connected takes another key of the same account, or of none other.
    offered = [each for name, each in sorted(kinds.items()) if not remote or name == side.backend]
    page = BackendPage(
        csrf=visit.csrf,
        action=visit.path(PLACE),
        present=side.backend if present is None else translate(visit.locale, present.title),
        remote=remote,
        sandbox=not visit.side.livemode,
        offers=tuple(
            offer(
                each,
                errors.get(each.name, {}),
                visit.locale,
                connected=mirror is not None,
                made_here=made_here,
            )
            for each in offered
        ),
        mirror=None
        if mirror is None
        else mirror_view(mirror, letters, refused, visit.path("customers"), visit.now, visit.locale),
        may_change=visit.may(Right.MANAGE_KEYS),
        notice=notice,
    )
    return dashboard_page(request, site, visit, page, place=PLACE, status=status)


def _remote(site: Site, visit: StaffVisit) -> dict[str, Any]:
    kinds = site.plugins.billing_backends()
    return {name: kind for name, kind in kinds.items() if _is_mirrored(kind, visit)}


def _is_mirrored(kind: Any, visit: StaffVisit) -> bool:
    return bool(kind.abilities(livemode=visit.side.livemode).mirrored)


def _done(visit: StaffVisit, what: str) -> Response[Any]:
    return Redirect(visit.path(PLACE) + (f"?done={what}" if what else ""), status_code=303)


routes: Sequence[Any] = [backend, change_backend]
