"""Which pages belong to a flow: the customer sees these and no others until the flow is done."""

import re

from frontdesk.flows import Flow, FlowType
from frontdesk_tenants.sessions import Session

_FIRST_STEPS: dict[FlowType, str] = {
    "subscription_cancel": "cancel",
    "subscription_pause": "pause",
    "subscription_update": "change",
}
"""The steps that a job with a subscription begins with. The others follow from them, each in its own job."""
_IN_NO_FLOW = frozenset({"start-again", "started", "pause-end"})
_ALWAYS = frozenset({"/flow", "/sign-out", "/session"})
_ADDING = frozenset({"/payment-methods/add", "/payment-methods/confirm", "/payment-methods/returned"})
_PAYING = frozenset({"subscription_update", "subscription_update_confirm"})
_PAY = re.compile(r"/invoices/[^/]+/pay")
"""A change of a plan may have to be paid for first, or by another card."""


def first_page(flow: Flow) -> str | None:
    """The path of a flow's first page below the portal's; None where it has to be prepared first."""
    if flow.type == "customer_update":
        return "/details"
    if flow.type == "payment_method_update":
        return "/payment-methods/add"
    step = _FIRST_STEPS.get(flow.type)
    return None if step is None else f"/subscriptions/{flow.subscription}/{step}"


def within_flow(session: Session, path: str) -> bool:
    """Whether a page, by its path below the portal's, belongs to the flow that the session is confined to.

    A flow that is done is not begun again.
    """
    flow = session.flow
    assert flow is not None
    done = session.flow_result is not None
    if path in _ALWAYS:
        return True
    if flow.type == "customer_update":
        return path.startswith("/details") and not (done and path == "/details")
    if flow.type == "payment_method_update":
        return path in _ADDING and not done
    if flow.type in _PAYING and (_PAY.fullmatch(path) or (path in _ADDING and not done)):
        return True
    own = _FIRST_STEPS.get(flow.type)
    closed = {each for each in _FIRST_STEPS.values() if done or each != own} | _IN_NO_FLOW
    _, _, rest = path.partition(f"/subscriptions/{flow.subscription}/")
    return path.startswith(f"/subscriptions/{flow.subscription}/") and rest.partition("/")[0] not in closed
