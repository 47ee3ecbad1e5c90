"""What Stripe tells by itself: signed messages, and the list of what happened.

A message is only a reason to ask again: of the object in it no more is read than whose it is.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from msgspec import Struct

from frontdesk.errors import Misconfigured, Refused
from frontdesk.mirroring import Forged, Heard, HeardPage, Listening, Subject, SubjectKind
from frontdesk.secret import Secret
from frontdesk.sentences import _
from frontdesk_stripe import accounts
from frontdesk_stripe.connection import API_VERSION, PAGE, Connection, Shown, gone, path
from frontdesk_stripe.reading.wire import Unreadable, instant

TOLERANCE = timedelta(seconds=300)
EVENTS: tuple[str, ...] = (
    "checkout.session.async_payment_failed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.completed",
    "coupon.created",
    "coupon.deleted",
    "coupon.updated",
    "credit_note.created",
    "credit_note.updated",
    "credit_note.voided",
    "customer.created",
    "customer.deleted",
    "customer.discount.created",
    "customer.discount.deleted",
    "customer.discount.updated",
    "customer.source.created",
    "customer.source.deleted",
    "customer.source.updated",
    "customer.subscription.created",
    "customer.subscription.deleted",
    "customer.subscription.paused",
    "customer.subscription.pending_update_applied",
    "customer.subscription.pending_update_expired",
    "customer.subscription.resumed",
    "customer.subscription.trial_will_end",
    "customer.subscription.updated",
    "customer.tax_id.created",
    "customer.tax_id.deleted",
    "customer.tax_id.updated",
    "customer.updated",
    "invoice.created",
    "invoice.deleted",
    "invoice.finalization_failed",
    "invoice.finalized",
    "invoice.marked_uncollectible",
    "invoice.overpaid",
    "invoice.paid",
    "invoice.payment_action_required",
    "invoice.payment_failed",
    "invoice.sent",
    "invoice.updated",
    "invoice.voided",
    "invoiceitem.created",
    "invoiceitem.deleted",
    "payment_method.attached",
    "payment_method.automatically_updated",
    "payment_method.detached",
    "payment_method.updated",
    "price.created",
    "price.deleted",
    "price.updated",
    "product.created",
    "product.deleted",
    "product.updated",
    "promotion_code.created",
    "promotion_code.updated",
    "setup_intent.succeeded",
    "subscription_schedule.aborted",
    "subscription_schedule.canceled",
    "subscription_schedule.completed",
    "subscription_schedule.created",
    "subscription_schedule.released",
    "subscription_schedule.updated",
    "tax_rate.created",
    "tax_rate.updated",
)
"""Exactly what we hear: whatever says that something is different that the book keeps."""
_ASKED_ABOUT: Mapping[str, SubjectKind] = {
    "customer": "customer",
    "product": "product",
    "price": "price",
    "coupon": "coupon",
    "promotion_code": "promotion_code",
    "tax_rate": "tax_rate",
}


class WireEvent(Struct, frozen=True, kw_only=True):
    """An event; `created` is a text in those of API v2, whose objects are of no kind that the book keeps."""

    id: str
    type: str
    created: int | str
    livemode: bool = False
    account: str | None = None
    data: dict[str, Any] | None = None
    related_object: dict[str, Any] | None = None


async def listen(stripe: Connection, url: str, key: str) -> Listening:
    """See `BillingBackend.listen`."""
    asked = {
        "url": url,
        "enabled_events": list(EVENTS),
        "api_version": API_VERSION,
        "description": "Keeps the customer portal up to date.",
    }
    try:
        made = await stripe.post("/v1/webhook_endpoints", asked, key=key)
    except Refused as error:
        said = {"url": url, "reason": error.refusal.parameters["message"]}
        raise Misconfigured(_("Stripe cannot tell its events to {url}. {reason}"), parameters=said) from error
    return Listening(endpoint=made["id"], secret=Secret(made["secret"]))


async def stop_listening(stripe: Connection, endpoint: str) -> None:
    """See `BillingBackend.stop_listening`."""
    try:
        await stripe.delete(path("webhook_endpoints", endpoint), key=f"stop-{endpoint}")
    except Refused as error:
        if not gone(error):
            raise


def hear(body: bytes, signature: str, secrets: Sequence[Secret], now: datetime) -> Heard:
    """See `BillingBackend.hear`. The scheme is Stripe's v1 (docs.stripe.com/webhooks, "Verify manually")."""
    parts = [each.strip().partition("=") for each in signature.split(",")]
    stamps = [value for name, _, value in parts if name == "t"]
    stamp = stamps[0] if len(stamps) == 1 else ""
    # Twelve digits are enough for any year there is, and too few for a number that no clock takes.
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):
        raise Forged("the signature names no time")
    given = [value.encode() for name, _, value in parts if name == "v1"]
    signed = stamp.encode() + b"." + body
    good = False
    for secret in secrets:
        expected = hmac.new(secret.reveal().encode(), signed, hashlib.sha256).hexdigest().encode()
        for each in given:
            good |= hmac.compare_digest(expected, each)
    if not good:
        raise Forged("no secret of ours signed it")
    if abs(now.timestamp() - int(stamp)) > TOLERANCE.total_seconds():
        raise Forged("it was signed at another time")
    try:
        return heard_of(msgspec.json.decode(body))
    except (msgspec.DecodeError, Unreadable) as error:
        raise Forged("it is no event") from error


def heard_of(given: Any) -> Heard:
    """What an event says has happened.

    Raises:
        Unreadable: it is no event.
    """
    try:
        wire = msgspec.convert(given, WireEvent)
        at = datetime.fromisoformat(wire.created) if isinstance(wire.created, str) else instant(wire.created)
    except (msgspec.ValidationError, ValueError) as error:
        raise Unreadable("it is no event") from error
    return Heard(
        id=wire.id,
        kind=wire.type,
        at=at if at.tzinfo is not None else at.replace(tzinfo=UTC),
        livemode=wire.livemode,
        about=_about(wire),
        account=wire.account,
    )


async def heard_since(stripe: Connection, after: str | None, at: datetime) -> HeardPage:
    """See `BillingBackend.heard_since`. Stripe keeps events for thirty days; what is older only a walk finds.

    Events of accounts are on a list of their own: `after` is the newest event of the one and, after a space, the
    instant of the newest of the other.
    """
    newest, _, since = (after or "").partition(" ")
    page = await _snapshots_since(stripe, newest or None, at)
    # While there is more on the one list, the other waits.
    told = [] if len(page.heard) == PAGE else await accounts.told_since(stripe, since or accounts.written(at))
    if told:
        since = str(told[-1]["created"])
    place = f"{page.after or ''} {since}" if since else page.after
    return HeardPage(heard=(*page.heard, *(heard_of(each) for each in told)), after=place)


async def _snapshots_since(stripe: Connection, after: str | None, at: datetime) -> HeardPage:
    if after is not None:
        try:
            page = await stripe.get("/v1/events", {"limit": PAGE, "ending_before": after})
        except Refused as error:
            if not gone(error):
                raise
        else:
            return _page(page["data"], after)
    return _page(await _oldest(stripe, at), None)


async def _oldest(stripe: Connection, at: datetime) -> list[Shown]:
    """The last page of a list that shows the newest first."""
    asked: dict[str, Any] = {"limit": PAGE, "created": {"gte": int(at.timestamp())}}
    while True:
        page = await stripe.get("/v1/events", asked)
        data: list[Shown] = page["data"]
        if not page["has_more"] or not data:
            return data
        asked = {**asked, "starting_after": data[-1]["id"]}


def _page(newest_first: list[Shown], after: str | None) -> HeardPage:
    heard = tuple(heard_of(each) for each in reversed(newest_first))
    return HeardPage(heard=heard, after=heard[-1].id if heard else after)


def _about(event: WireEvent) -> Subject | None:
    if event.type in accounts.EVENTS:
        return accounts.customer_in(event.related_object)
    return _owner(event.data or {}) if event.type in EVENTS else None


def _owner(data: Mapping[str, Any]) -> Subject | None:
    shown = data.get("object")
    if not isinstance(shown, dict):
        return None
    kind, id = str(shown.get("object")), shown.get("id")
    if kind in _ASKED_ABOUT and isinstance(id, str):
        return Subject(_ASKED_ABOUT[kind], id)
    before = data.get("previous_attributes")
    whose = shown.get("customer") or (before.get("customer") if isinstance(before, dict) else None)
    if isinstance(whose, dict):
        whose = whose.get("id")
    return Subject("customer", whose) if isinstance(whose, str) else None
