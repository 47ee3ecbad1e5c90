"""`/v1/billing_portal/sessions`: a link by which a customer whom the caller has authenticated opens the portal."""

from typing import Any

from msgspec.structs import replace

from frontdesk import flows
from frontdesk.book import ENDED, Subscription
from frontdesk.desk import Actor
from frontdesk.errors import Refused
from frontdesk.flows import Flow
from frontdesk.happenings import Happening
from frontdesk.plan_refusals import status_forbids
from frontdesk.portal_configuration import PortalConfiguration
from frontdesk.portal_configuration_rules import is_web_address
from frontdesk_tenants import audit, configurations, sessions
from frontdesk_tenants.happenings import Telling, tell
from frontdesk_web.api.calls import Call, Endpoint
from frontdesk_web.api.customers import NAMES, must_be_named
from frontdesk_web.api.errors import ApiError, no_such_named
from frontdesk_web.api.flow_parameters import AFTER_EXPIRATION, FLOW_DATA, asked_flow, asked_recovery
from frontdesk_web.api.parameters import Absent, Choice, Text
from frontdesk_web.api.shapes import portal
from frontdesk_web.languages import KNOWN_LOCALES
from frontdesk_web.links import session_link

CREATE = NAMES | {
    "after_expiration": AFTER_EXPIRATION,
    "configuration": Text(maximum=255),
    "flow_data": FLOW_DATA,
    "locale": Choice(of=KNOWN_LOCALES, clears=True),
    "on_behalf_of": Absent(what="Connected accounts are"),
    "return_url": Text(),
}


async def create(call: Call) -> dict[str, Any]:
    """Make a session. Its address is told once, and dies after five minutes unless it is opened."""
    given = call.given
    customer = await must_be_named(call)
    return_url = given.get("return_url")
    if return_url is not None and not is_web_address(return_url):
        raise ApiError("Not a valid URL", code="url_invalid", param="return_url")
    configuration = await _configuration(call, given.get("configuration"))
    flow = asked_flow(given.get("flow_data"))
    recovery = asked_recovery(given.get("after_expiration"), call.now)
    if flow is not None:
        await _check(call, flow, customer.id, configuration.id)
    async with call.transaction() as connection:
        id_, token = await sessions.create_api_session(
            connection,
            call.door,
            customer=customer.id,
            configuration=configuration.id,
            locale=given.get("locale"),
            return_url=return_url or configuration.default_return_url,
            now=call.now,
            flow=flow,
            recovery=recovery,
        )
        await audit.record(
            connection,
            call.door.tenant_id,
            actor=call.actor,
            action="CreateSession",
            object_id=id_,
            now=call.now,
            after={
                "customer": customer.id,
                "configuration": configuration.id,
                **({} if flow is None else {"flow": flow.type}),
            },
            request_id=call.request_id,
        )
        shown = portal.session(
            id_,
            session_link(call.site.config, token),
            customer=customer.id,
            configuration_id=configuration.id,
            created=call.now,
            livemode=call.livemode,
            locale=given.get("locale"),
            return_url=return_url or configuration.default_return_url,
            flow=flow,
            recovery=recovery,
        )
        # The link opens the portal for whoever has it: it is for the one who asked, and is not kept.
        told = shown | {"url": call.site.config.url(f"/p/{call.door.portal}/")}
        telling = Telling(what=Happening("session", "created", id_), after=told)
        await tell(connection, call.door.tenant_id, (telling,), call.now, call.request_id)
    return shown


async def _check(call: Call, flow: Flow, customer: str, configuration: str) -> None:
    """Raises Refused, or ApiError, where the customer could not go through the flow now."""
    if flow.subscription is not None:
        param = f"flow_data[{flow.type}][subscription]"
        stored: Subscription = await call.stored("subscription", flow.subscription, param)
        if stored.customer != customer:
            raise no_such_named("subscription", flow.subscription, param)
        if stored.status in ENDED:
            raise Refused(replace(status_forbids(stored.status), param=param))
    actor = Actor(kind="customer", id=call.key.id, source="api_session", granted=flow.granted)
    async with call.desk(customer, actor=actor, configuration_id=configuration) as desk:
        await flows.check(desk, flow)


async def _configuration(call: Call, id_: str | None) -> PortalConfiguration:
    if id_ is None:
        async with call.transaction() as connection:
            return await configurations.read_default(connection)
    found: PortalConfiguration = await call.stored("configuration", id_, "configuration")
    if not found.active:
        raise ApiError(
            f"The configuration `{id_}` is inactive. Activate it, or use another one.", param="configuration"
        )
    return found


endpoints = (
    # A session is the way in for customers whose tenant gave them no login link: they can still read and cancel.
    Endpoint(method="POST", path="/v1/billing_portal/sessions", takes=CREATE, act=create, while_suspended=True),
)
