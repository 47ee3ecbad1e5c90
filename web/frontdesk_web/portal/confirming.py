"""Asking, and confirming what was shown, once and at that price, wherever in the portal something is confirmed.

A second click, a reload or a second tab leads to what came of the first. A quote that is too old, or whose account
moved on, changes nothing: the page that showed it shows it afresh, and says why.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from litestar import Response
from litestar.exceptions import NotFoundException

from frontdesk.acts import QuoteChanged
from frontdesk.errors import Refused
from frontdesk_tenants.portal_reads import StoredQuote, read_quote
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.portal.answers import AnyDesk, desk_of, go, known_id, page_answer, refusal_answer
from frontdesk_web.portal.subscription_cards import sentence_of
from frontdesk_web.portal.visit import Visit
from frontdesk_web.site import Site

Act = Callable[[AnyDesk, str], Awaitable[object]]
"""A use case that confirms a quote by its id."""


class Again(Protocol):
    """Shows a page once more: what was refused, and the status to answer with."""

    async def __call__(self, refused: Refused, status: int) -> Response[Any]: ...


class Quoted(Protocol):
    """The page that asks whether to do something, with what it would do; `error` is why it is shown once more."""

    async def __call__(self, desk: AnyDesk, visit: Visit, subscription: str, error: str) -> Any: ...


async def ask(
    request: AnyRequest,
    site: Site,
    visit: Visit,
    quoted: Quoted,
    subscription: str,
    refused: Refused | None = None,
    status: int = 200,
    *,
    already: frozenset[str] = frozenset(),
    then: str = "",
) -> Response[Any]:
    """Ask, before it is done. `already` are codes of refusals which say that it is so: that leads on to `then`."""
    try:
        async with desk_of(request, site, visit) as desk:
            page = await quoted(desk, visit, subscription, reason_of(refused, visit.locale))
            email = desk.account.customer.email
    except Refused as barred:
        return go(then) if barred.refusal.code in already else refusal_answer(request, site, visit, barred.refusal)
    return page_answer(request, site, visit, page, email=email, status=status)


async def shown_quote(site: Site, visit: Visit, quote: str, kind: type[Any], subscription: str) -> StoredQuote:
    """The quote that a page is about.

    Raises:
        NotFoundException: it is none of the customer's, of another kind of command, or of another subscription.
    """
    async with site.tenancy.database.side(visit.side.tenant_id) as connection:
        stored = await read_quote(connection, visit.customer, known_id(quote))
    command: Any = None if stored is None else stored.quote.command
    if stored is None or not isinstance(command, kind) or command.subscription != subscription:
        raise NotFoundException
    return stored


async def confirmed(
    request: AnyRequest,
    site: Site,
    visit: Visit,
    quote: str,
    act: Act,
    again: Again,
    *,
    already: frozenset[str] = frozenset(),
    refuse: Again | None = None,
) -> Response[Any] | None:
    """Confirm a quote by `act`. None where that is done, by this request or one before; else the page to send.

    `again` shows afresh what does not hold any more. `already` are codes of refusals which say that what was wanted is
    so; `refuse` answers all other refusals, in place of a page that gives the reason.
    """
    try:
        async with desk_of(request, site, visit) as desk:
            await act(desk, quote)
    except QuoteChanged as changed:
        return await again(changed, 409)
    except Refused as refused:
        code = refused.refusal.code
        if code == "quote_consumed" or code in already:
            return None
        if code == "quote_expired":
            return await again(refused, 410)
        if refuse is not None:
            return await refuse(refused, 400)
        return refusal_answer(request, site, visit, refused.refusal)
    return None


def reason_of(refused: Refused | None, locale: str) -> str:
    """What a page says of why it is shown once more; empty where it is shown for the first time."""
    return "" if refused is None else sentence_of(refused.refusal, locale)
