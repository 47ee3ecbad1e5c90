"""How an operator's page is sent: in the dashboard's frame, with a navigation of its own."""

from litestar import MediaType, Response
from msgspec import Struct

from frontdesk.errors import Refusal
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard import ways
from frontdesk_web.dashboard.house_face import languages
from frontdesk_web.dashboard.views import DashboardFrame, NavGroup, NavItem, RefusedPage
from frontdesk_web.messages import _, translate
from frontdesk_web.operator.needs import OperatorVisit
from frontdesk_web.rendering import Page
from frontdesk_web.site import Site

TENANTS = f"{ways.OPERATOR}/tenants"
REQUESTS = f"{ways.OPERATOR}/requests"
INVITATIONS = f"{ways.OPERATOR}/invitations"
SETTINGS = f"{ways.OPERATOR}/settings"


class _Place(Struct, frozen=True, kw_only=True):
    key: str
    text: str
    icon: str
    url: str


_PLACES = (
    _Place(key="tenants", text=_("Tenants"), icon="building-2", url=ways.OPERATOR),
    _Place(key="invitations", text=_("Invitations"), icon="user-plus", url=INVITATIONS),
    _Place(key="settings", text=_("Settings"), icon="settings", url=SETTINGS),
)


def operator_page(
    request: AnyRequest, site: Site, visit: OperatorVisit, page: Page, *, place: str, status: int = 200
) -> Response[bytes]:
    """A page in the operator's frame. `place` is the key of its entry in the navigation."""
    items = tuple(
        NavItem(text=translate(visit.locale, each.text), url=each.url, icon=each.icon, current=each.key == place)
        for each in _PLACES
    )
    frame = DashboardFrame(
        tenant=site.house.settings.service_name,
        sandbox=False,
        here_on_live=ways.OPERATOR,
        here_in_sandbox=ways.OPERATOR,
        navigation=(NavGroup(items=items),),
        person=visit.person.name or visit.person.address,
        role=translate(visit.locale, "Operator"),
        account_url=ways.ACCOUNT,
        sign_out_action=ways.SIGN_OUT,
        csrf=visit.csrf,
        languages=languages(request, visit.locale),
        workplaces_url=f"{ways.WORKPLACES}?all=1",
        switches=False,
    )
    body = site.renderer.page(visit.locale, frame, page)
    return Response(body, status_code=status, media_type=MediaType.HTML)


def refusal_page(request: AnyRequest, site: Site, visit: OperatorVisit, refusal: Refusal) -> Response[bytes]:
    """A refusal on a page of its own, with the way back to the tenants."""
    title = translate(visit.locale, "We found nothing here" if refusal.missing else "This cannot be done now")
    page = RefusedPage(
        title=title,
        sentence=translate(visit.locale, refusal.for_tenant, **refusal.parameters),
        back_text=translate(visit.locale, "Back to the tenants"),
        back_url=ways.OPERATOR,
    )
    return operator_page(request, site, visit, page, place="tenants", status=404 if refusal.missing else 400)
