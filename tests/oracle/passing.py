"""What time brings: ends, pauses that are over, renewals."""

from oracle.days import around
from oracle.shop import PRICES
from oracle.sums import nearest
from oracle.world import Item, Line, Paid, Sub, World

Stretch = tuple[int, int, int, int]
"""Start and end of what is billed, and of the period that it is a part of."""
_END, _RESUME, _RENEW = 1, 2, 3


def pass_to(world: World, now: int, and_now: bool) -> None:
    """Everything that falls due before `now`, or at it too, first things first."""
    while True:
        due = [(*_next(each), each.created, each.number) for each in world.live() if _next(each) is not None]
        at, what, _, number = min(due, default=(now + 1, 0, 0, 0))
        if at > now or (at == now and not and_now):
            return
        sub = world.subs[number]
        if what == _END:
            _settle(world, sub, at)
            sub.status = "canceled"
        elif what == _RESUME:
            go_on(world, sub, at, "unchanged" if sub.end > at else "now", "always_invoice")
        else:
            renew(world, sub, at)


def _next(sub: Sub) -> tuple[int, int] | None:
    if sub.status == "paused":
        coming = [each for each in ((sub.ends, _END), (sub.resumes, _RESUME)) if each[0] is not None]
        return min(coming, default=None)
    return min([(sub.end, _RENEW)] + ([] if sub.ends is None else [(sub.ends, _END)]))


def stretch(sub: Sub, start: int, until: int | None) -> Stretch:
    """From `start` to the next mark of the calendar, or to where the subscription ends."""
    first, last = around(sub.anchor, sub.rhythm, start)
    return start, last if until is None or until <= start else min(last, until), first, last


def charge(world: World, sub: Sub, stretches: list[Stretch], at: int) -> list[Line]:
    """Bill all items for stretches of time, the last of which becomes their period."""
    lines, owners = [], []
    for start, end, first, last in stretches:
        for item in sub.items:
            if "meter" in PRICES[item.price]:
                lines.append(world.use(sub, item, start))
            else:
                amount = nearest(world.full(sub, item) * (end - start), last - first)
                lines.append(world.line(sub, item, "charge", amount, start, end))
            owners.append(item)
    gifts = world.gifts_of(sub, at)
    for line, off in zip(lines, world.off(sub, owners, [each["amount"] for each in lines], gifts), strict=True):
        line["off"] = off
        line["amount"] -= sum(part for _, part in off)
    start, end, *_ = stretches[-1]
    for item, line in zip(sub.items, lines[-len(sub.items) :], strict=True):
        item.start, item.end = start, end
        by_use = "meter" in PRICES[item.price]
        item.paid = None if by_use else Paid(line["amount"], start, end, line["rates"])
        item.used = [0, start] if by_use else None
    return lines


def free(world: World, sub: Sub, start: int, end: int, kind: str) -> list[Line]:
    """Give all items a period that costs nothing."""
    for item in sub.items:
        item.start, item.end, item.paid, item.used = start, end, None, None
    return [world.line(sub, item, kind, 0, start, end, rates=[]) for item in sub.items]


def carry_out(world: World, sub: Sub, at: int) -> None:
    """A change that was put off comes with a renewal; the anchor stays if the new rhythm has a mark there."""
    if sub.planned is None:
        return
    before, known = sub.rhythm, {each.name: each for each in sub.items}
    items = []
    for name, price, quantity in sub.planned:
        item = known.get(name) if name is not None else None
        items.append(item or Item(world.name(), price, quantity, at, at, at))
        items[-1].price, items[-1].quantity = price, quantity
    sub.items, sub.planned = items, None
    if sub.rhythm != before and around(sub.anchor, sub.rhythm, at)[0] != at:
        sub.anchor = at


def renew(world: World, sub: Sub, at: int) -> None:
    """The next period, in advance, with what waited."""
    carry_out(world, sub, at)
    sub.status, sub.free_until = "active", None
    lines = charge(world, sub, [stretch(sub, at, sub.ends)], at)
    world.bill(sub, lines, at, "subscription_cycle", world.take_waiting(sub, True))
    world.after_bill(sub, lines, at)


def go_on(world: World, sub: Sub, at: int, anchor: str, behavior: str) -> None:
    """A pause is over."""
    sub.status, sub.resumes = "active", None
    if anchor == "unchanged" and sub.end > at:
        return
    credits = []
    if anchor == "now" and behavior != "none":
        credits = [line for item in sub.items for line in world.unused(sub, item, at)]
    sub.free_until = None
    carry_out(world, sub, at)
    if anchor == "now":
        sub.anchor = at
    coming = stretch(sub, at, sub.ends)
    if anchor == "unchanged" and behavior == "none":
        world.waiting += world.used(sub, sub.items, at)
        free(world, sub, at, coming[1], "charge")
        sub.free_until = coming[1]
        return
    lines = charge(world, sub, [coming], at)
    world.after_bill(sub, lines, at)
    if anchor == "unchanged" and behavior == "create_prorations":
        world.waiting += lines
    else:
        world.bill(sub, credits + lines, at, "subscription_update", world.take_waiting(sub, True))


def _settle(world: World, sub: Sub, at: int) -> None:
    lines = []
    if sub.ends_with_credit:
        lines = [line for item in sub.items for line in world.unused(sub, item, at)]
    lines += world.used(sub, sub.items, at)
    waiting = world.take_waiting(sub, False)
    if waiting or lines:
        world.bill(sub, lines, at, "subscription_cancel", waiting)
