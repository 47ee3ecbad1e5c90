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
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.forms import read_form
from frontdesk_web.portal.answers import AnyDesk, desk_of, go, known_id, page_answer, subscription_path
from frontdesk_web.portal.confirming import ask, confirmed, shown_quote
from frontdesk_web.portal.flow_pages import begun_again, finished, saved
from frontdesk_web.portal.pause_views import (
    MovePausePage,
    PausePage,
    ResumePage,
    move_pause_page,
    pause_page,
    paused_page,
    resume_page,
)
from frontdesk_web.portal.visit import Visit
from frontdesk_web.signed_in import dependencies, exception_handlers
from frontdesk_web.site import Site

_SIGNED_IN: dict[str, Any] = {"dependencies": dependencies, "exception_handlers": exception_handlers}
_PAUSED_ALREADY = frozenset({"subscription_paused"})
_RESUMED_ALREADY = frozenset({"subscription_not_paused"})


@get("/p/{portal:str}/subscriptions/{subscription:str}/pause", **_SIGNED_IN)
async def ask_to_pause(
    request: AnyRequest, subscription: FromPath[str], visit: NamedDependency[Visit], site: NamedDependency[Site]
) -> Response[Any]:
    """For how long, and what each does."""
    then = subscription_path(visit, known_id(subscription), "paused")
    return await ask(request, site, visit, _pauses, subscription, already=_PAUSED_ALREADY, then=then)


@post("/p/{portal:str}/subscriptions/{subscription:str}/pause", **_SIGNED_IN)
async def pause_plan(
    request: AnyRequest, subscription: FromPath[str], visit: NamedDependency[Visit], site: NamedDependency[Site]
) -> Response[Any]:
    """Pause as it was shown: the form says which of the pauses that were. A second time changes nothing."""
    quote = await _chosen(request, site, visit, PauseSubscription, subscription)
    then = subscription_path(visit, subscription, "paused")
    again = partial(ask, request, site, visit, _pauses, subscription, already=_PAUSED_ALREADY, then=then)
    refused = await confirmed(request, site, visit, quote, pausing.confirm, again, already=_PAUSED_ALREADY)
    return refused or go(then)


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
    subscription = known_id(subscription)
    return await ask(request, site, visit, _other_ends, subscription, already=_RESUMED_ALREADY, then=visit.home_url)


@post("/p/{portal:str}/subscriptions/{subscription:str}/pause-end", **_SIGNED_IN)
async def move_pause(
    request: AnyRequest, subscription: FromPath[str], visit: NamedDependency[Visit], site: NamedDependency[Site]
) -> Response[Any]:
    """Let the pause end as it was shown. A second time changes nothing."""
    quote = await _chosen(request, site, visit, MoveResumption, subscription)
    again = partial(ask, request, site, visit, _other_ends, subscription, already=_RESUMED_ALREADY, then=visit.home_url)
    refused = await confirmed(request, site, visit, quote, pausing.confirm_move, again)
    return refused or go(subscription_path(visit, subscription, "paused"))


@get("/p/{portal:str}/subscriptions/{subscription:str}/resume", **_SIGNED_IN)
async def ask_to_resume(
    request: AnyRequest, subscription: FromPath[str], visit: NamedDependency[Visit], site: NamedDependency[Site]
) -> Response[Any]:
    """What going on now costs."""
    subscription = known_id(subscription)
    return await ask(request, site, visit, _resumption, subscription, already=_RESUMED_ALREADY, then=visit.home_url)


@post("/p/{portal:str}/subscriptions/{subscription:str}/resume", **_SIGNED_IN)
async def resume_plan(
    request: AnyRequest, subscription: FromPath[str], visit: NamedDependency[Visit], site: NamedDependency[Site]
) -> Response[Any]:
    """Let it go on at the cost that was shown. A second time changes nothing."""
    quote = await _chosen(request, site, visit, ResumeSubscription, subscription)
    again = partial(ask, request, site, visit, _resumption, subscription, already=_RESUMED_ALREADY, then=visit.home_url)
    act = pausing.confirm_resumption
    refused = await confirmed(request, site, visit, quote, act, again, already=_RESUMED_ALREADY)
    return refused or await saved(site, visit, "resumed")


async def _chosen(request: AnyRequest, site: Site, visit: Visit, kind: type[Any], subscription: str) -> str:
    """The quote that a form chose. Raises NotFoundException for one that it cannot have shown."""
    form = await read_form(request)
    visit.refuse_forged(site, form)
    stored = await shown_quote(site, visit, form.get("quote", ""), kind, subscription)
    return stored.quote.id


async def _pauses(desk: AnyDesk, visit: Visit, subscription: str, error: str) -> PausePage:
    present = _present(desk, subscription)
    return pause_page(
        await pausing.choices(desk, subscription),
        present,
        desk.account,
        desk.terms,
        visit.locale,
        action=subscription_path(visit, subscription, "pause"),
        csrf=visit.csrf,
        back_url=visit.way_back,
        error=error,
    )


async def _other_ends(desk: AnyDesk, visit: Visit, subscription: str, error: str) -> MovePausePage:
    present = _present(desk, subscription)
    return move_pause_page(
        await pausing.other_choices(desk, subscription),
        present,
        desk.terms,
        visit.locale,
        action=subscription_path(visit, subscription, "pause-end"),
        csrf=visit.csrf,
        back_url=visit.way_back,
        error=error,
    )


async def _resumption(desk: AnyDesk, visit: Visit, subscription: str, error: str) -> ResumePage:
    present = _present(desk, subscription)
    return resume_page(
        await pausing.quote_resumption(desk, subscription),
        present,
        desk.terms,
        visit.locale,
        action=subscription_path(visit, subscription, "resume"),
        csrf=visit.csrf,
        back_url=visit.way_back,
        error=error,
    )


def _present(desk: AnyDesk, subscription: str) -> Subscription:
    """Whose a subscription is goes before whether it can be paused. Raises Refused."""
    found = desk.account.subscription(subscription)
    if found is None:
        raise Refused(no_such("subscription", subscription))
    return found


routes = [ask_to_pause, pause_plan, show_paused, ask_to_move_pause, move_pause, ask_to_resume, resume_plan]
