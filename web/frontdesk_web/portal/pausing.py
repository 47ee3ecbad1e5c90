"""Pausing a plan, moving the end of the pause, and letting it go on: every date and amount is on the page that asks."""

from functools import partial
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from frontdesk import pausing
from frontdesk.book import Subscription
from frontdesk.commands import MoveResumption, PauseSubscription, ResumeSubscription
from frontdesk.errors import Refused
from frontdesk.refusals import no_such
from frontdesk_web.forms import read_form
from frontdesk_web.portal.answers import (
    AnyDesk,
    AnyRequest,
    desk_of,
    go,
    known_id,
    page_answer,
    refusal_answer,
    subscription_path,
)
from frontdesk_web.portal.confirming import confirmed, reason_of, shown_quote
from frontdesk_web.portal.flow_pages import begun_again, finished, saved
from frontdesk_web.portal.pause_views import move_pause_page, pause_page, paused_page, resume_page
from frontdesk_web.signed_in import Visit, dependencies, exception_handlers
from frontdesk_web.site import Site

_SIGNED_IN: dict[str, Any] = {"dependencies": dependencies, "exception_handlers": exception_handlers}
_PAUSED_ALREADY = frozenset({"subscription_paused"})
_RESUMED_ALREADY = frozenset({"subscription_not_paused"})


@get("/p/{portal:str}/subscriptions/{subscription:str}/pause", **_SIGNED_IN)
async def ask_to_pause(
    request: AnyRequest, subscription: FromPath[str], visit: NamedDependency[Visit], site: NamedDependency[Site]
) -> Response[Any]:
    """For how long, and what each does."""
    return await _ask_to_pause(request, site, visit, known_id(subscription))


@post("/p/{portal:str}/subscriptions/{subscription:str}/pause", **_SIGNED_IN)
async def pause_plan(
    request: AnyRequest, subscription: FromPath[str], visit: NamedDependency[Visit], site: NamedDependency[Site]
) -> Response[Any]:
    """Pause as it was shown: the form says which of the pauses that were. A second time changes nothing."""
    quote = await _chosen(request, site, visit, PauseSubscription, subscription)
    again = partial(_ask_to_pause, request, site, visit, subscription)
    refused = await confirmed(request, site, visit, quote, pausing.confirm, again, already=_PAUSED_ALREADY)
    return refused or go(subscription_path(visit, subscription, "paused"))


@get("/p/{portal:str}/subscriptions/{subscription:str}/paused", **_SIGNED_IN)
async def show_paused(
    request: AnyRequest, subscription: FromPath[str], visit: NamedDependency[Visit], site: NamedDependency[Site]
) -> Response[Any]:
    """Until when it rests."""
    async with desk_of(request, site, visit) as desk:
        present = desk.account.subscription(known_id(subscription))
        account, terms = desk.account, desk.terms
    if present is None:
        raise NotFoundException
    page = paused_page(present, account, terms, visit.locale, home_url=visit.home_url)
    if page is None:
        # It went on meanwhile, or was never paused.
        return await begun_again(site, visit)
    result = f"/subscriptions/{subscription}/paused"
    ended = await finished(request, site, visit, result, "paused")
    return ended or page_answer(request, site, visit, page, email=account.customer.email)


@get("/p/{portal:str}/subscriptions/{subscription:str}/pause-end", **_SIGNED_IN)
async def ask_to_move_pause(
    request: AnyRequest, subscription: FromPath[str], visit: NamedDependency[Visit], site: NamedDependency[Site]
) -> Response[Any]:
    """Which other ends the pause can have, and what each does."""
    return await _ask_to_move_pause(request, site, visit, known_id(subscription))


@post("/p/{portal:str}/subscriptions/{subscription:str}/pause-end", **_SIGNED_IN)
async def move_pause(
    request: AnyRequest, subscription: FromPath[str], visit: NamedDependency[Visit], site: NamedDependency[Site]
) -> Response[Any]:
    """Let the pause end as it was shown. A second time changes nothing."""
    quote = await _chosen(request, site, visit, MoveResumption, subscription)
    again = partial(_ask_to_move_pause, request, site, visit, subscription)
    refused = await confirmed(request, site, visit, quote, pausing.confirm_move, again)
    return refused or go(subscription_path(visit, subscription, "paused"))


@get("/p/{portal:str}/subscriptions/{subscription:str}/resume", **_SIGNED_IN)
async def ask_to_resume(
    request: AnyRequest, subscription: FromPath[str], visit: NamedDependency[Visit], site: NamedDependency[Site]
) -> Response[Any]:
    """What going on now costs."""
    return await _ask_to_resume(request, site, visit, known_id(subscription))


@post("/p/{portal:str}/subscriptions/{subscription:str}/resume", **_SIGNED_IN)
async def resume_plan(
    request: AnyRequest, subscription: FromPath[str], visit: NamedDependency[Visit], site: NamedDependency[Site]
) -> Response[Any]:
    """Let it go on at the cost that was shown. A second time changes nothing."""
    quote = await _chosen(request, site, visit, ResumeSubscription, subscription)
    again = partial(_ask_to_resume, request, site, visit, subscription)
    act = pausing.confirm_resumption
    refused = await confirmed(request, site, visit, quote, act, again, already=_RESUMED_ALREADY)
    return refused or await saved(site, visit, "resumed")


async def _chosen(request: AnyRequest, site: Site, visit: Visit, kind: type[Any], subscription: str) -> str:
    """The quote that a form chose. Raises NotFoundException for one that it cannot have shown."""
    form = await read_form(request)
    visit.refuse_forged(site, form)
    stored = await shown_quote(site, visit, form.get("quote", ""), kind, subscription)
    return stored.quote.id


async def _ask_to_pause(
    request: AnyRequest,
    site: Site,
    visit: Visit,
    subscription: str,
    refused: Refused | None = None,
    status: int = 200,
) -> Response[Any]:
    try:
        async with desk_of(request, site, visit) as desk:
            present = _present(desk, subscription)
            quotes = await pausing.choices(desk, subscription)
            account, terms = desk.account, desk.terms
    except Refused as barred:
        if barred.refusal.code in _PAUSED_ALREADY:
            return go(subscription_path(visit, subscription, "paused"))
        return refusal_answer(request, site, visit, barred.refusal)
    page = pause_page(
        quotes,
        present,
        account,
        terms,
        visit.locale,
        action=subscription_path(visit, subscription, "pause"),
        csrf=visit.csrf,
        back_url=visit.way_back,
        error=reason_of(refused, visit.locale),
    )
    return page_answer(request, site, visit, page, email=account.customer.email, status=status)


async def _ask_to_move_pause(
    request: AnyRequest,
    site: Site,
    visit: Visit,
    subscription: str,
    refused: Refused | None = None,
    status: int = 200,
) -> Response[Any]:
    try:
        async with desk_of(request, site, visit) as desk:
            present = _present(desk, subscription)
            quotes = await pausing.other_choices(desk, subscription)
            account, terms = desk.account, desk.terms
    except Refused as barred:
        if barred.refusal.code in _RESUMED_ALREADY:
            return go(visit.home_url)
        return refusal_answer(request, site, visit, barred.refusal)
    page = move_pause_page(
        quotes,
        present,
        terms,
        visit.locale,
        action=subscription_path(visit, subscription, "pause-end"),
        csrf=visit.csrf,
        back_url=visit.way_back,
        error=reason_of(refused, visit.locale),
    )
    return page_answer(request, site, visit, page, email=account.customer.email, status=status)


async def _ask_to_resume(
    request: AnyRequest,
    site: Site,
    visit: Visit,
    subscription: str,
    refused: Refused | None = None,
    status: int = 200,
) -> Response[Any]:
    try:
        async with desk_of(request, site, visit) as desk:
            present = _present(desk, subscription)
            quote = await pausing.quote_resumption(desk, subscription)
            account, terms = desk.account, desk.terms
    except Refused as barred:
        if barred.refusal.code in _RESUMED_ALREADY:
            return go(visit.home_url)
        return refusal_answer(request, site, visit, barred.refusal)
    page = resume_page(
        quote,
        present,
        terms,
        visit.locale,
        action=subscription_path(visit, subscription, "resume"),
        csrf=visit.csrf,
        back_url=visit.way_back,
        error=reason_of(refused, visit.locale),
    )
    return page_answer(request, site, visit, page, email=account.customer.email, status=status)


def _present(desk: AnyDesk, subscription: str) -> Subscription:
    """Whose a subscription is goes before whether it can be paused. Raises Refused."""
    found = desk.account.subscription(subscription)
    if found is None:
        raise Refused(no_such("subscription", subscription))
    return found


routes = [ask_to_pause, pause_plan, show_paused, ask_to_move_pause, move_pause, ask_to_resume, resume_plan]
