"""A suspended side: its customers read everything and can leave, and nobody changes anything else.

An operator suspends a tenant, both sides at once. Then

* customers still sign in, see their plans and invoices, download them, cancel, and say why. Taking a cancellation back
  is refused as every other change is: it would go on with an agreement that is not kept up;
* the API and the tenant's staff read, and change nothing;
* renewals and reminders wait. For the books of a suspended side time stands still at the first thing that waits, so
  that nothing is billed by the way when a customer cancels. Once the suspension is lifted, what waited is done in the
  order of its instants, each period once; what was cancelled meanwhile is not billed at all.

A remote backend bills by a clock of its own, which nobody here can stop.
"""

from datetime import datetime, timedelta
from typing import Literal, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from frontdesk.billing import Capabilities, Capability
from frontdesk.book import Account, BillingSettings
from frontdesk.commands import AccountCommand, CancelSubscription, ExplainCancellation
from frontdesk.lateness import late_acts
from frontdesk.notice_settings import NO_NOTICES
from frontdesk.notices import tells_of_renewal
from frontdesk.reminders import STAGES, ReminderSettings
from frontdesk.timetable import next_of, over_at

Status = Literal["active", "suspended"]
Asked = TypeVar("Asked", bound=AccountCommand)

OPEN_TO_CUSTOMERS: tuple[type[AccountCommand], ...] = (CancelSubscription, ExplainCancellation)
"""What customers of a suspended side can still have done, as far as the portal configuration lets them."""
REASON_LENGTH = 500
_A_MOMENT = timedelta(seconds=1)


class Suspension(Struct, frozen=True, kw_only=True):
    """Since when and why a side is suspended. The tenant's staff read the reason; `by` is for the operator."""

    at: datetime
    reason: str
    by: str


def first_due(account: Account, settings: BillingSettings) -> datetime | None:
    """When the account next falls due: the end of a period, a subscription's own end, an unpaid invoice's time."""
    due = [*_bills(account), *(each.at for each in late_acts(account, settings))]
    told = (tells_of_renewal(each, settings.notices) for each in account.subscriptions)
    return min((*due, *(at for at in told if at is not None)), default=None)


def quiet(settings: BillingSettings) -> BillingSettings:
    """The settings that a suspended side bills by: nobody is reminded or charged again, nothing is told of beforehand,
    and nothing ends because it is not paid."""
    off = {stage: replace(settings.reminders.of(stage), on=False) for stage in STAGES}
    held = replace(settings.collection, held=True)
    return replace(
        settings, reminders=ReminderSettings(**off), notices=NO_NOTICES, cancel_late_after=None, collection=held
    )


def standing_still(account: Account | None, now: datetime) -> datetime:
    """The time that counts for a suspended account: just before the first thing that waits, `now` if nothing does.

    What is only late is no reason for time to stand still.
    """
    due = None if account is None else min(_bills(account), default=None)
    return now if due is None or due > now else due - _A_MOMENT


def _bills(account: Account) -> tuple[datetime, ...]:
    return tuple(each.at for each in map(next_of, account.subscriptions) if each is not None)


def leaving(command: Asked, account: Account | None, capabilities: Capabilities, now: datetime) -> Asked:
    """A cancellation as it is meant while the side is suspended.

    What was paid for may be over, with the renewal waiting. To end at the end of the period then means: now, with
    nothing billed and nothing to take back.
    """
    if not isinstance(command, CancelSubscription) or account is None or Capability.CANCEL_NOW not in capabilities.can:
        return command
    subscription = account.subscription(command.subscription)
    over = None if subscription is None else over_at(subscription)
    if over is None or over > now:
        return command
    return replace(command, when="now", prorate=False, invoice_now=False)
