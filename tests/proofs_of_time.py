"""What must hold of a customer's time: every stretch of an item is billed once, use too, and nothing after the end.

What is charged goes on where the charge before ended, or where it was given back. Anything else must lie in time that
was free: a trial, a pause, a part of a period that was to cost nothing. The thread is lost on purpose, and taken up
with the next charge, where somebody asks for no proration, and in classic mode with discounts: what it gives back is
worked out from the present plan, whatever was billed, and can come to nothing.
"""

from datetime import datetime

from oracle.shop import BILLED_BY_USE

from frontdesk.book import Line, Subscription
from frontdesk.changes import Changes
from frontdesk.commands import AccountCommand, CancelSubscription, ReportUsage, VoidInvoice


class Covered:
    """How far an item is billed: `until` an instant, and whether the last of it cost nothing."""

    def __init__(self, until: datetime, for_nothing: bool) -> None:
        self.until = until
        self.for_nothing = for_nothing


class TimeBooks:
    """One customer's time, and what was proved of it."""

    def __init__(self) -> None:
        self.subscriptions: dict[str, Subscription] = {}
        self.lines: set[str] = set()
        self.covered: dict[str, Covered] = {}
        self.free: dict[str, list[tuple[datetime, datetime]]] = {}
        self.use = 0

    def commit(self, command: AccountCommand, changes: Changes) -> None:
        """Take in what came of a command. Raises AssertionError."""
        before = self._use_that_waits()
        ended = {id for id, each in self.subscriptions.items() if each.status == "canceled"}
        lost = getattr(command, "proration_behavior", "") == "none" or isinstance(command, VoidInvoice)
        for subscription in changes.subscriptions:
            assert subscription.id not in ended, "nothing becomes of a subscription that has ended"
            self._see(self.subscriptions.get(subscription.id), subscription)
            self.subscriptions[subscription.id] = subscription
        found = [line for each in changes.invoices for line in each.lines]
        found += [each.line for each in changes.pending_items]
        billed = 0
        for line in sorted(found, key=lambda each: each.id):
            if line.id not in self.lines and line.subscription_item is not None:
                self.lines.add(line.id)
                if lost:
                    self.covered.clear()
                billed += self._bill(line)
        self._use_is_kept(command, before, billed)
        for subscription in changes.subscriptions:
            for item in subscription.items:
                if item.price in BILLED_BY_USE or subscription.last_discounts:
                    self.covered.pop(item.id, None)
        if lost:
            self.covered.clear()

    def _see(self, before: Subscription | None, after: Subscription) -> None:
        spans = self.free.setdefault(after.id, [])
        if after.trial_start is not None and after.trial_end is not None:
            spans.append((after.trial_start, after.trial_end))
        if after.free_until is not None:
            spans.append((after.start_date if before is None else after.period_start, after.free_until))
        resting = after.paused or (before.paused if before is not None else None)
        if resting is not None:
            since = resting.since if after.paused is None else min(resting.since, after.period_start)
            spans.append((since, datetime.max.replace(tzinfo=since.tzinfo) if after.paused else after.period_start))

    def _bill(self, line: Line) -> int:
        """Prove a line of an item; gives what it bills of use."""
        subscription = self.subscriptions[line.subscription or ""]
        item = line.subscription_item or ""
        if subscription.ended_at is not None:
            assert line.start <= subscription.ended_at, f"nothing is billed after the end: {line}"
        if line.price in BILLED_BY_USE:
            return 0 if line.kind == "trial" else line.quantity
        covered = self.covered.get(item)
        if line.kind == "unused_time":
            if covered is not None:
                assert line.start <= line.end == covered.until, f"what is given back was billed: {line}"
            self.covered[item] = Covered(line.start, for_nothing=False)
            return 0
        if covered is not None and line.start < covered.until:
            assert covered.for_nothing, f"no time is billed twice: {covered.until} {line}"
        elif covered is not None and line.start > covered.until:
            assert self._was_free(line, covered.until), f"no time is left out: {covered.until} {line}"
        self.covered[item] = Covered(line.end, for_nothing=not line.amount)
        return 0

    def _was_free(self, line: Line, since: datetime) -> bool:
        for start, end in sorted(self.free.get(line.subscription or "", [])):
            if start <= since < end:
                since = end
        return since >= line.start

    def _use_that_waits(self) -> int:
        live = [each for each in self.subscriptions.values() if each.status != "canceled"]
        return sum(item.usage.value for each in live for item in each.items if item.usage is not None)

    def _use_is_kept(self, command: AccountCommand, before: int, billed: int) -> None:
        """What was counted waits until it is billed; only an end now drops it, unless that is invoiced."""
        more = self._use_that_waits() + billed - before
        if isinstance(command, ReportUsage):
            assert more in {command.value * items for items in range(9)}, f"use is counted once an item: {more}"
        elif isinstance(command, CancelSubscription) and not command.invoice_now and command.when != "at":
            assert more <= 0
        else:
            assert more == 0, f"use is billed once: {more}"
