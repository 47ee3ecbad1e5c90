"""Staying for an offer: the cancellation is taken back and the offer carried out, in one act."""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from frontdesk.commands import KeepSubscription, TakeOffer
from frontdesk.events import OfferTaken
from frontdesk.possibilities import is_set_to_cancel
from frontdesk_invoice_only.cancellations import keep
from frontdesk_invoice_only.page import Page


def take_offer(page: Page, command: TakeOffer, act: Callable[[Page, Any], None]) -> None:
    """Keep the subscription if it is set to end, and do what was offered by `act`."""
    leaving = is_set_to_cancel(page.live_subscription(command.subscription))
    if leaving:
        keep(page, KeepSubscription(subscription=command.subscription))
    act(page, command.act)
    page.save_subscription(replace(page.live_subscription(command.subscription), offer_taken_at=page.now))
    page.tell(
        OfferTaken(
            customer=page.customer.id,
            subscription=command.subscription,
            at=page.now,
            offer=command.offer,
            took_back=leaving,
        )
    )
