"""Pausing a plan and letting it go on: every date and amount is on the one page that asks."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from frontdesk import pausing
from frontdesk.acts import QuoteChanged
from frontdesk.book import Subscription
from frontdesk.commands import PauseSubscription, ResumeSubscription
from frontdesk.errors import Refused
from frontdesk.quote_refusals import quote_expired
from frontdesk.refusals import no_such
from frontdesk_tenants.portal_reads import read_quote
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
from frontdesk_web.portal.flow_pages import begun_again, finished, saved
from frontdesk_web.portal.pause_views import pause_page, paused_page, resume_page
from frontdesk_web.portal.subscription_cards import sentence_of
from frontdesk_web.signed_in import Visit, dependencies, exception_handlers
from frontdesk_web.site import Site

_SIGNED_IN: dict[str, Any] = {"dependencies": dependencies, "exception_handlers": exception_handlers}
_PAUSED_ALREADY = frozenset({"subscription_paused", "quote_consumed"})
_RESUMED_ALREADY = frozenset({"subscription_not_paused", "quote_consumed"})


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
    form = await read_form(request)
    visit.refuse_forged(site, form)
    quote = known_id(form.get("quote", ""))
    await _check(site, visit, quote, PauseSubscription, subscription)
    try:
        async with desk_of(request, site, visit) as desk:
            await pausing.confirm(desk, quote)
    except QuoteChanged as changed:
        sentence = sentence_of(changed.refusal, visit.locale)
        return await _ask_to_pause(request, site, visit, subscription, sentence, status=409)
    except Refused as refused:
        code = refused.refusal.code
        if code == "quote_expired":
            sentence = sentence_of(quote_expired(quote), visit.locale)
            return await _ask_to_pause(request, site, visit, subscription, sentence, status=410)
        if code not in _PAUSED_ALREADY:
            return refusal_answer(request, site, visit, refused.refusal)
    return go(subscription_path(visit, subscription, "paused"))


@get("/p/{portal:str}/subscriptions/{subscription:str}/paused", **_SIGNED_IN)
async def show_paused(
    request: AnyRequest, subscription: FromPath[str], visit: NamedDependency[Visit], site: NamedDependency[Site]
) -> Response[Any]:
    """Until when it rests."""
    async with desk_of(request, site, visit) as desk:
        present = desk.account.subscription(known_id(subscription))
        terms, email = desk.terms, desk.account.customer.email
    if present is None:
        raise NotFoundException
    page = paused_page(present, terms, visit.locale, home_url=visit.home_url)
    if page is None:
        # It went on meanwhile, or was never paused.
        return await begun_again(site, visit)
    result = f"/subscriptions/{subscription}/paused"
    ended = await finished(request, site, visit, result, "paused")
    return ended or page_answer(request, site, visit, page, email=email)


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
    form = await read_form(request)
    visit.refuse_forged(site, form)
    quote = known_id(form.get("quote", ""))
    await _check(site, visit, quote, ResumeSubscription, subscription)
    try:
        async with desk_of(request, site, visit) as desk:
            await pausing.confirm_resumption(desk, quote)
    except QuoteChanged as changed:
        sentence = sentence_of(changed.refusal, visit.locale)
        return await _ask_to_resume(request, site, visit, subscription, sentence, status=409)
    except Refused as refused:
        code = refused.refusal.code
        if code == "quote_expired":
            sentence = sentence_of(quote_expired(quote), visit.locale)
            return await _ask_to_resume(request, site, visit, subscription, sentence, status=410)
        if code not in _RESUMED_ALREADY:
            return refusal_answer(request, site, visit, refused.refusal)
    return await saved(site, visit, "resumed")


async def _ask_to_pause(
    request: AnyRequest, site: Site, visit: Visit, subscription: str, error: str = "", status: int = 200
) -> Response[Any]:
    try:
        async with desk_of(request, site, visit) as desk:
            present = _present(desk, subscription)
            quotes = await pausing.choices(desk, subscription)
            account, terms = desk.account, desk.terms
    except Refused as refused:
        if refused.refusal.code in _PAUSED_ALREADY:
            return go(subscription_path(visit, subscription, "paused"))
        return refusal_answer(request, site, visit, refused.refusal)
    page = pause_page(
        quotes,
        present,
        account,
        terms,
        visit.locale,
        action=subscription_path(visit, subscription, "pause"),
        csrf=visit.csrf,
        back_url=visit.way_back,
        error=error,
    )
    return page_answer(request, site, visit, page, email=account.customer.email, status=status)


async def _ask_to_resume(
    request: AnyRequest, site: Site, visit: Visit, subscription: str, error: str = "", status: int = 200
) -> Response[Any]:
    try:
        async with desk_of(request, site, visit) as desk:
            present = _present(desk, subscription)
            quote = await pausing.quote_resumption(desk, subscription)
            account, terms = desk.account, desk.terms
    except Refused as refused:
        if refused.refusal.code in _RESUMED_ALREADY:
            return go(visit.home_url)
        return refusal_answer(request, site, visit, refused.refusal)
    page = resume_page(
        quote,
        present,
        terms,
        visit.locale,
        action=subscription_path(visit, subscription, "resume"),
        csrf=visit.csrf,
        back_url=visit.way_back,
        error=error,
    )
    return page_answer(request, site, visit, page, email=account.customer.email, status=status)


def _present(desk: AnyDesk, subscription: str) -> Subscription:
    """Whose a subscription is goes before whether it can be paused. Raises Refused."""
    found = desk.account.subscription(subscription)
    if found is None:
        raise Refused(no_such("subscription", subscription))
    return found


async def _check(
    site: Site, visit: Visit, quote: str, kind: type[PauseSubscription] | type[ResumeSubscription], subscription: str
) -> None:
    """Raises NotFoundException unless the quote is of this kind and of this subscription."""
    async with site.tenancy.database.side(visit.side.tenant_id) as connection:
        stored = await read_quote(connection, visit.customer, quote)
    command = None if stored is None else stored.quote.command
    if not isinstance(command, kind) or command.subscription != subscription:
        raise NotFoundException


routes = [ask_to_pause, pause_plan, show_paused, ask_to_resume, resume_plan]
