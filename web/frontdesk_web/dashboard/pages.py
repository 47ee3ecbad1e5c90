"""How a page of the dashboard is sent: in the frame of its side, with its place in the navigation marked."""

from litestar import MediaType, Response

from frontdesk.errors import Refusal
from frontdesk.roles import Right, roles_with
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard import ways
from frontdesk_web.dashboard.house_face import languages
from frontdesk_web.dashboard.navigation import navigation
from frontdesk_web.dashboard.role_words import role_name
from frontdesk_web.dashboard.views import DashboardFrame, RefusedPage
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.formatting import date_long
from frontdesk_web.messages import translate
from frontdesk_web.portal.views import Notice
from frontdesk_web.refusal_answers import refusal_status, retry_headers
from frontdesk_web.rendering import Page
from frontdesk_web.site import Site


def dashboard_page(
    request: AnyRequest, site: Site, visit: StaffVisit, page: Page, *, place: str, status: int = 200
) -> Response[bytes]:
    """A page in the side's frame. `place` is the key of its entry in the navigation."""
    body = site.renderer.page(visit.locale, dashboard_frame(request, visit, place), page)
    return Response(body, status_code=status, media_type=MediaType.HTML)


def dashboard_frame(request: AnyRequest, visit: StaffVisit, place: str) -> DashboardFrame:
    """The frame around a page."""
    live, sandbox = visit.doors
    return DashboardFrame(
        tenant=visit.side.name,
        sandbox=not visit.side.livemode,
        here_on_live=f"/dashboard/{live.portal}",
        here_in_sandbox=f"/dashboard/{sandbox.portal}",
        navigation=navigation(visit, place),
        person=visit.person.name or visit.person.address,
        role=role_name(visit.role, visit.locale),
        account_url=ways.ACCOUNT,
        sign_out_action=ways.SIGN_OUT,
        csrf=visit.csrf,
        languages=languages(request, visit.locale),
        workplaces_url=f"{ways.WORKPLACES}?all=1" if visit.workplaces > 1 else None,
        notice=_notice(visit),
    )


def role_page(request: AnyRequest, site: Site, visit: StaffVisit, right: Right) -> Response[bytes]:
    """The page for somebody whose role does not hold a right: says which roles do."""
    roles = ", ".join(role_name(each, visit.locale) for each in roles_with(right))
    sentence = translate(
        visit.locale,
        "Your role here is {role}. This is open to: {roles}. Ask one of them, or have your role changed.",
        role=role_name(visit.role, visit.locale),
        roles=roles,
    )
    return _refused(request, site, visit, translate(visit.locale, "This is not open to your role"), sentence, 403)


def refusal_page(
    request: AnyRequest, site: Site, visit: StaffVisit, refusal: Refusal, *, place: str = ""
) -> Response[bytes]:
    """A refusal on a page of its own, with the way back."""
    sentence = translate(visit.locale, refusal.for_tenant, **refusal.parameters)
    title = translate(visit.locale, "We found nothing here" if refusal.missing else "This cannot be done now")
    answer = _refused(request, site, visit, title, sentence, refusal_status(refusal), place)
    answer.headers.update(retry_headers(refusal))
    return answer


def fault_page(request: AnyRequest, site: Site, visit: StaffVisit, sentence: str) -> Response[bytes]:
    """Something that staff have to put right first, on a page of its own, with the way back."""
    return _refused(request, site, visit, translate(visit.locale, "This cannot be done now"), sentence, 503)


def _refused(
    request: AnyRequest, site: Site, visit: StaffVisit, title: str, sentence: str, status: int, place: str = ""
) -> Response[bytes]:
    page = RefusedPage(
        title=title,
        sentence=sentence,
        back_text=translate(visit.locale, "Back to the overview"),
        back_url=visit.base,
    )
    return dashboard_page(request, site, visit, page, place=place, status=status)


def _notice(visit: StaffVisit) -> Notice | None:
    suspension = visit.side.suspension
    if suspension is None:
        return None
    sentence = translate(
        visit.locale,
        "Nothing can be changed until the operator lifts this. Your customers can still sign in, read their invoices"
        " and cancel; renewals wait.",
    )
    title = translate(
        visit.locale,
        "This account is suspended since {date}: {reason}",
        date=date_long(suspension.at, visit.locale),
        reason=suspension.reason,
    )
    return Notice(tone="danger", title=title, text=sentence)
