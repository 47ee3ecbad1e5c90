"""A flow in the portal: where it begins, and what comes when its job is done (`frontdesk.flows`).

The pages themselves are those of the portal (`plan`, `cancel`, `details`). In a flow they show no navigation; when
their job is done they ask here what comes next.
"""

from typing import Any

from litestar import MediaType, Response, get
from litestar.di import NamedDependency
from msgspec.structs import replace

from frontdesk import flows, plan_changes
from frontdesk.errors import Refused
from frontdesk.payment_refusals import flow_needs_payment_methods
from frontdesk.refusals import no_such
from frontdesk_tenants import sessions
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.messages import _, translate
from frontdesk_web.portal.answers import (
    base_path,
    desk_of,
    flow_frame,
    go,
    page_answer,
    refusal_answer,
    subscription_path,
)
from frontdesk_web.portal.done_views import DonePage, LeavingPage
from frontdesk_web.portal.flow_paths import first_page
from frontdesk_web.portal.home_views import NOTICES
from frontdesk_web.portal.visit import Visit
from frontdesk_web.signed_in import dependencies, exception_handlers
from frontdesk_web.site import Site

_TITLES = {
    "details": _("Your billing details are saved"),
    "email": _("Your e-mail address is changed"),
    "card_added": _("Your payment method is saved"),
    "kept": _("You keep your plan"),
    "undone": _("Your plan stays as it is"),
    "resumed": _("Your plan goes on"),
}
"""What a flow's last page says, by the value of `?saved=` that the home page would have been told."""


@get("/p/{portal:str}/flow", dependencies=dependencies, exception_handlers=exception_handlers)
async def follow_flow(request: AnyRequest, visit: NamedDependency[Visit], site: NamedDependency[Site]) -> Response[Any]:
    """Go on with the session's flow: to its first page, to what it led to, or home once it is over."""
    flow, result = visit.flow, visit.session.flow_result
    if flow is None:
        saved = request.query_params.getall("saved", [])
        return go(f"{visit.home_url}?saved={saved[0]}" if len(saved) == 1 and saved[0] in NOTICES else visit.home_url)
    if result is None:
        return await _begin(request, site, visit, flow)
    if result not in _TITLES:
        return go(base_path(visit) + result)
    if flow.after.type == "redirect":
        return leaving_answer(request, site, visit)
    page = DonePage(title=translate(visit.locale, _TITLES[result]), sentences=(), home_url=visit.home_url)
    return page_answer(request, site, visit, page)


async def saved(site: Site, visit: Visit, notice: str) -> Response[Any]:
    """Something was done that the home page has a notice for: go there, or on with the flow that is done with it."""
    if visit.flow is not None:
        await note_result(site, visit, notice if notice in _TITLES else None)
    return go(f"{visit.home_url}?saved={notice}")


async def finished(
    request: AnyRequest, site: Site, visit: Visit, result: str, notice: str, *, stay: bool = False
) -> Response[Any] | None:
    """A page is about to say that the job is done. Returns what comes in its place, None where it is shown.

    `result` is the page's path below the portal's; `notice` is what the home page says; `stay` shows the page
    whatever comes next, which is then a click away.
    """
    flow = visit.flow
    if flow is None:
        return None
    await note_result(site, visit, result)
    if stay or flow.after.type == "hosted_confirmation":
        return None
    return (
        leaving_answer(request, site, visit)
        if flow.after.type == "redirect"
        else go(f"{base_path(visit)}/?saved={notice}")
    )


async def begun_again(site: Site, visit: Visit) -> Response[Any]:
    """What the page is about is not so (any more): home, or to the beginning of the flow."""
    if visit.flow is not None:
        await note_result(site, visit, None)
    return go(visit.home_url)


async def note_result(site: Site, visit: Visit, result: str | None) -> None:
    """Note that the flow is done, and what it led to; None: that it is not, after all."""
    async with site.tenancy.database.side(visit.side.tenant_id) as connection:
        await sessions.note_result(connection, visit.session, result)


def leaving_answer(request: AnyRequest, site: Site, visit: Visit) -> Response[bytes]:
    """On to the tenant's own page, which a form may not lead to at once: browsers hold that against the policy."""
    assert visit.flow is not None
    page = LeavingPage(url=visit.flow.after.return_url or "")
    body = site.renderer.page(visit.locale, replace(flow_frame(request, visit), return_url=None), page)
    return Response(body, media_type=MediaType.HTML)


async def _begin(request: AnyRequest, site: Site, visit: Visit, flow: flows.Flow) -> Response[Any]:
    page = first_page(flow)
    if page is not None:
        return go(base_path(visit) + page)
    if flow.type != "subscription_update_confirm":
        return refusal_answer(request, site, visit, flow_needs_payment_methods())
    id_ = flow.subscription or ""
    try:
        async with desk_of(request, site, visit) as desk:
            subscription = desk.account.subscription(id_)
            if subscription is None:
                return refusal_answer(request, site, visit, no_such("subscription", id_))
            quote = await plan_changes.quote(desk, flows.prepared(flow, subscription))
    except Refused as refused:
        return refusal_answer(request, site, visit, refused.refusal)
    return go(subscription_path(visit, id_, "confirm", quote.id))


routes = [follow_flow]
