"""Helping a customer to sign in: the link by e-mail, wrong codes forgotten, an end to sessions that should not be."""

from datetime import timedelta
from typing import Any

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from frontdesk.addresses import fold
from frontdesk.errors import Refused
from frontdesk.events import LinkSent
from frontdesk.limits import Check, Limit
from frontdesk.roles import Right
from frontdesk.sign_in_refusals import customer_without_address, link_sent_often, login_link_off
from frontdesk_tenants import audit, configurations, wrong_codes
from frontdesk_tenants.committing import record_event
from frontdesk_tenants.customer_sessions import end_sessions
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard.customers.acting import posted
from frontdesk_web.dashboard.customers.places import CUSTOMER, read_customer, read_open_customer, to_customer
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.letters.passcode import is_open
from frontdesk_web.portal.answers import known_id
from frontdesk_web.site import Site

LINKS = Limit(name="link:customer:3600", act="request", scope="address", count=5, window=timedelta(hours=1))
"""Letters with the link to one customer: a button that is pressed again and again must not flood a mailbox."""


@post(f"{CUSTOMER}/send-link", **needs(Right.HELP_CUSTOMERS))
async def send_link(
    request: AnyRequest, customer: FromPath[str], visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Write to the customer with the login link, the address filled in. The letter itself is the worker's."""
    await posted(request, site, visit)
    await _send(site, visit, known_id(customer))
    return to_customer(visit, customer, "sent")


@post(f"{CUSTOMER}/end-sessions", **needs(Right.HELP_CUSTOMERS))
async def end_customer_sessions(
    customer: FromPath[str],
    request: AnyRequest,
    visit: NamedDependency[StaffVisit],
    site: NamedDependency[Site],
) -> Response[Any]:
    """End every session in which somebody can see this customer's pages."""
    await posted(request, site, visit)
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        found = await read_customer(connection, customer)
        ended = await end_sessions(connection, found.id, visit.now)
        await audit.record(
            connection,
            visit.door.tenant_id,
            actor=visit.actor,
            action="ended_sessions",
            object_id=found.id,
            now=visit.now,
            after={"sessions": ended},
            request_id=visit.request_id,
        )
    return to_customer(visit, found.id, "ended")


@post(f"{CUSTOMER}/forget-wrong-codes", **needs(Right.HELP_CUSTOMERS))
async def forget_wrong_codes(
    customer: FromPath[str],
    request: AnyRequest,
    visit: NamedDependency[StaffVisit],
    site: NamedDependency[Site],
) -> Response[Any]:
    """The customer's address begins anew, as after a right code (`frontdesk.risk_budget`)."""
    await posted(request, site, visit)
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        found = await read_open_customer(connection, customer)
        if not found.email:
            raise Refused(customer_without_address())
        forgotten = await wrong_codes.forget(connection, fold(found.email))
        if forgotten:
            await audit.record(
                connection,
                visit.door.tenant_id,
                actor=visit.actor,
                action="forgot_wrong_codes",
                object_id=found.id,
                now=visit.now,
                before={"wrong_codes": forgotten},
                request_id=visit.request_id,
            )
    return to_customer(visit, found.id, "forgotten")


async def _send(site: Site, visit: StaffVisit, customer: str) -> None:
    """Raises Refused where there is no address or no link, or where it was sent often enough."""
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        found = await read_open_customer(connection, customer)
        if not found.email:
            raise Refused(customer_without_address())
        if not is_open(await configurations.read_default(connection)):
            raise Refused(login_link_off())
    check = Check(limit=LINKS, key=f"{LINKS.name}:{visit.door.tenant_id}:{found.id}")
    counted = await site.limiter.count((check,), visit.now)
    if counted.exceeded() is not None:
        raise Refused(link_sent_often(LINKS.count))
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        await audit.record(
            connection,
            visit.door.tenant_id,
            actor=visit.actor,
            action="sent_link",
            object_id=found.id,
            now=visit.now,
            after={"to": found.email},
            request_id=visit.request_id,
        )
        event = LinkSent(customer=found.id, at=visit.now)
        await record_event(connection, visit.door.tenant_id, event, visit.now, site.tenancy.jobs)


routes = [send_link, end_customer_sessions, forget_wrong_codes]
