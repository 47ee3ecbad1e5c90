"""The invoices that come next, as they would be now."""

from typing import Any, ClassVar

from litestar import Response, get
from litestar.di import NamedDependency
from msgspec import Struct

from frontdesk.book import Account, Terms
from frontdesk.upcoming import Upcoming, upcoming
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.formatting import date_long, money
from frontdesk_web.invoice_words import line_views, totals
from frontdesk_web.messages import translate
from frontdesk_web.portal.answers import desk_of, page_answer
from frontdesk_web.portal.subscription_cards import planned_words, subscription_name
from frontdesk_web.portal.views import Line, Total
from frontdesk_web.portal.visit import Visit
from frontdesk_web.signed_in import dependencies, exception_handlers
from frontdesk_web.site import Site


class UpcomingBill(Struct, frozen=True, kw_only=True):
    """An invoice that is to come. `title` says when, `notes` what it depends on."""

    title: str
    about: str
    amount: str
    lines: tuple[Line, ...]
    totals: tuple[Total, ...]
    notes: tuple[str, ...] = ()


class UpcomingPage(Struct, frozen=True, kw_only=True):
    """The invoices that come next, the soonest first."""

    template: ClassVar[str] = "portal/upcoming.html"
    back_url: str
    bills: tuple[UpcomingBill, ...]


_SIGNED_IN: dict[str, Any] = {"dependencies": dependencies, "exception_handlers": exception_handlers}


@get("/p/{portal:str}/upcoming", **_SIGNED_IN)
async def show_upcoming(
    request: AnyRequest, visit: NamedDependency[Visit], site: NamedDependency[Site]
) -> Response[bytes]:
    """What the next invoices hold, line by line."""
    async with desk_of(request, site, visit) as desk:
        account, terms = desk.account, desk.terms
        found = upcoming(account, terms, desk.now, desk.ids)
    bills = tuple(upcoming_bill(each, account, terms, visit.locale) for each in found)
    page = UpcomingPage(back_url=visit.home_url, bills=bills)
    return page_answer(request, site, visit, page, email=account.customer.email)


def upcoming_bill(coming: Upcoming, account: Account, terms: Terms, locale: str) -> UpcomingBill:
    """An invoice to come, in words."""
    invoice = coming.invoice
    subscription = None if invoice.subscription is None else account.subscription(invoice.subscription)
    notes = []
    if subscription is not None and (planned := planned_words(subscription, terms, locale)):
        notes.append(planned)
    if coming.by_use:
        notes.append(translate(locale, "What you use is counted until then, so the amount can still change."))
    if coming.at is None:
        title = translate(locale, "Waiting for your next invoice")
    else:
        title = translate(locale, "On {date}", date=date_long(coming.at, locale))
    return UpcomingBill(
        title=title,
        about="" if subscription is None else subscription_name(subscription, terms),
        amount=money(invoice.amount_due, invoice.currency, locale),
        lines=line_views(invoice, locale),
        totals=totals(invoice, locale),
        notes=tuple(notes),
    )


routes = [show_upcoming]
