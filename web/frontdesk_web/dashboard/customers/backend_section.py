"""What a remote backend has of a customer: the way to its page there, what waits for it, and asking it again."""

from collections.abc import Sequence
from typing import Any

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct

from frontdesk.billing import AnyBackend
from frontdesk.customer_limits import customer_checks
from frontdesk.errors import Queued
from frontdesk.roles import Right
from frontdesk.waiting import WaitingAct
from frontdesk_tenants import audit
from frontdesk_tenants.hosted_pages import asked_again
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard.backend_words import act_name
from frontdesk_web.dashboard.customers.acting import posted
from frontdesk_web.dashboard.customers.places import CUSTOMER, read_customer, to_customer
from frontdesk_web.dashboard.needs import needs, visit_of
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.formatting import date_time
from frontdesk_web.messages import translate
from frontdesk_web.site import Site


class BackendSection(Struct, frozen=True, kw_only=True):
    """`url` is the customer's page at the backend, `ask_action` takes a POST; None where there is none."""

    title: str
    url: str | None
    ask_action: str | None
    waiting: tuple[str, ...]


def backend_section(
    kind: type[AnyBackend] | None, waiting: Sequence[WaitingAct], visit: StaffVisit, customer: str, path: str
) -> BackendSection | None:
    """The section; None where the book is all that there is. `path` is that of the customer's page."""
    if kind is None or not kind.abilities(livemode=visit.side.livemode).mirrored:
        return None
    locale = visit.locale
    return BackendSection(
        title=translate(locale, kind.title),
        url=kind.page_of_customer(customer, livemode=visit.side.livemode),
        ask_action=f"{path}/ask-again" if visit.may(Right.HELP_CUSTOMERS) else None,
        waiting=tuple(
            translate(
                locale,
                "{act}, since {date}",
                act=act_name(each.command, locale),
                date=date_time(each.since, locale),
            )
            for each in waiting
        ),
    )


@post(f"{CUSTOMER}/ask-again", **needs(Right.HELP_CUSTOMERS))
async def ask_again(
    request: AnyRequest, customer: FromPath[str], visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Have the book say of this customer what the backend knows now."""
    await posted(request, site, visit)
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        found = await read_customer(connection, customer)
    kind = site.plugins.billing_backends().get(visit.side.backend)
    if kind is None or not kind.abilities(livemode=visit.side.livemode).mirrored:
        return to_customer(visit, found.id, "")
    checks = customer_checks("backend", str(visit.door.tenant_id), found.id)
    counted = await site.limiter.count(checks, visit.now)
    answered = counted.exceeded() is None and await asked_again(site.tenancy, visit.side, found.id)
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        await audit.record(
            connection,
            visit.door.tenant_id,
            actor=visit.actor,
            action="asked_again",
            object_id=found.id,
            now=visit.now,
            after={"answered": answered},
            request_id=visit.request_id,
        )
    return to_customer(visit, found.id, "asked" if answered else "unheard")


def tell_queued(request: AnyRequest, _: Queued) -> Response[Any]:
    """The exception handler for all routes about customers: what may wait is noted, and the page says what waits."""
    _site, visit = visit_of(request)
    return to_customer(visit, str(request.path_params.get("customer", "")), "noted")


routes: list[Any] = [ask_again]
