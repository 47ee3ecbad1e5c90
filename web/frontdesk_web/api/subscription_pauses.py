"""Pausing a subscription and resuming it: Stripe's parameters of 2026-09-30, and a date of our own."""

from typing import Any

from frontdesk import pausing
from frontdesk.book import Subscription
from frontdesk.commands import PauseSubscription, ResumeSubscription
from frontdesk_web.api.calls import Call
from frontdesk_web.api.parameters import Choice, Group, Instant, Required, Whole
from frontdesk_web.api.views import show_stored

CREDITS = {"now": "now", "item_current_period_start": "period_start", "none": "none"}
PAUSE: dict[str, Any] = {
    "bill_for": Group(
        of={
            # Usage is billed when its period is over, whatever is asked for here.
            "outstanding_usage_through": Group(of={"type": Required(Choice(of=("none", "now")))}),
            "unused_time_from": Group(of={"type": Required(Choice(of=tuple(CREDITS)))}),
        }
    ),
    "invoicing_behavior": Choice(of=("invoice", "pending_invoice_item")),
    # Stripe says this with `pause_schedules` of a subscription schedule.
    "resumes_at": Instant(),
    "type": Choice(of=("subscription",)),
}


class AnchorChoice:
    """`billing_cycle_anchor` as newer clients write it (`[type]`) and as older ones do."""

    def read(self, given: Any, at: str) -> str:
        """See `Parameter.read`."""
        choice = Choice(of=("now", "unchanged"))
        if isinstance(given, dict):
            read = Group(of={"type": Required(choice)}).read(given, at)
            return str((read or {})["type"])
        return str(choice.read(given, at))

    def schema(self) -> dict[str, Any]:
        """See `parameter_schemas.schema_of`."""
        word = {"type": "string", "enum": ["now", "unchanged"]}
        newer = {"type": "object", "properties": {"type": word}, "required": ["type"], "additionalProperties": False}
        return {"anyOf": [word, newer]}


RESUME: dict[str, Any] = {
    "billing_cycle_anchor": AnchorChoice(),
    # Nothing is charged where invoices are sent.
    "payment_behavior": Choice(of=("resume_on_payment_attempt", "resume_on_payment_success")),
    "proration_behavior": Choice(of=("always_invoice", "create_prorations", "none")),
    "proration_date": Whole(),
}


async def pause(call: Call) -> dict[str, Any]:
    """Let a subscription rest, until somebody resumes it or `resumes_at`."""
    given = call.given
    stored: Subscription = await call.stored("subscription", call.path["subscription"])
    unused = (given.get("bill_for") or {}).get("unused_time_from") or {}
    command = PauseSubscription(
        subscription=stored.id,
        resumes_at=given.get("resumes_at"),
        credit_from=CREDITS[unused.get("type", "now")],  # type: ignore[arg-type]
        invoice_now=given.get("invoicing_behavior") == "invoice",
    )
    async with call.desk(stored.customer) as desk:
        await pausing.pause(desk, command)
    return await show_stored(call, "subscription", stored.id)


async def resume(call: Call) -> dict[str, Any]:
    """Let a paused subscription go on now."""
    given = call.given
    stored: Subscription = await call.stored("subscription", call.path["subscription"])
    command = ResumeSubscription(
        subscription=stored.id,
        anchor=given.get("billing_cycle_anchor", "now"),
        proration_behavior=given.get("proration_behavior", "create_prorations"),
    )
    async with call.desk(stored.customer) as desk:
        await pausing.resume(desk, command)
    return await show_stored(call, "subscription", stored.id)
