"""What people and programs do to the oracle's world. An act is a dictionary: its name under "do", and its fields."""

from oracle.days import DAY
from oracle.passing import carry_out, go_on, pass_to
from oracle.plans import change, create, end_trial, meant, named
from oracle.world import Impossible, World


def act(world: World, deed: dict) -> None:
    """Let time pass until the deed, and do it. At the second of a renewal a change of plan comes first."""
    now = deed["at"]
    if deed["do"] == "use":
        counted = _count(world, deed)
        pass_to(world, now, and_now=True)
        if not counted and not _count(world, deed) and _is_billed(world, deed):
            raise Impossible
        return
    if deed["do"] == "change":
        deed = deed | {"items": named(world, deed)}
    pass_to(world, now, and_now=deed["do"] != "change")
    _ACTS[deed["do"]](world, deed, now)


# -- trials, discounts, rates -----------------------------------------------------------------------------------------


def _trial(world: World, deed: dict, now: int) -> None:
    sub = meant(world, deed)
    if sub.status == "paused":
        raise Impossible
    if deed["for"] is None:
        if sub.status == "trialing":
            carry_out(world, sub, now)
            end_trial(world, sub, sub.items, now, sub.anchor)
        return
    ends = now + deed["for"]
    if not now < ends <= now + 730 * DAY or (sub.ends is not None and sub.ends < ends):
        raise Impossible
    begins, credits = sub.status != "trialing", []
    if begins and deed["behavior"] != "none":
        credits = [line for item in sub.items for line in world.unused(sub, item, now)]
    sub.status, sub.trial_end, sub.anchor, sub.free_until = "trialing", ends, ends, None
    for item in sub.items:
        item.start, item.end, item.paid = now if begins else item.start, ends, None
    if credits and deed["behavior"] == "always_invoice":
        world.bill(sub, credits, now, "subscription_update", world.take_waiting(sub, False))
    else:
        world.waiting += credits


def _coupons(world: World, deed: dict, now: int) -> None:
    sub = meant(world, deed)
    sub.gifts = world.all_given(deed["coupons"], now, sub.items, sub.currency)


def _gift(world: World, deed: dict, now: int) -> None:
    world.gift = world.given(deed["coupon"], now, None, world.currency, None) if deed["coupon"] else None


def _rates(world: World, deed: dict, now: int) -> None:
    meant(world, deed).rates = tuple(deed["rates"])


def _exempt(world: World, deed: dict, now: int) -> None:
    world.exempt = deed["how"]


# -- ends and pauses --------------------------------------------------------------------------------------------------


def _cancel(world: World, deed: dict, now: int) -> None:
    sub, when = meant(world, deed), deed["when"]
    if when == "now" or (when == "period_end" and sub.status == "paused" and sub.end <= now):
        lines = []
        if deed["prorate"]:
            lines = [line for item in sub.items for line in world.unused(sub, item, now)]
        if deed["at_once"]:
            lines += world.used(sub, sub.items, now)
            waiting = world.take_waiting(sub, False)
            if waiting or lines:
                world.bill(sub, lines, now, "subscription_cancel", waiting)
        else:
            world.waiting += lines
        sub.status = "canceled"
    elif when == "at":
        sub.ends, sub.ends_with_credit = now + deed["in"], deed["prorate"]
    elif sub.ends is not None:
        raise Impossible
    else:
        sub.ends = sub.end


def _keep(world: World, deed: dict, now: int) -> None:
    sub = meant(world, deed)
    if sub.ends is None:
        raise Impossible
    sub.ends, sub.ends_with_credit = None, False


def _undo(world: World, deed: dict, now: int) -> None:
    sub = meant(world, deed)
    if sub.planned is None:
        raise Impossible
    sub.planned = None


def _pause(world: World, deed: dict, now: int) -> None:
    sub = meant(world, deed)
    if sub.mode != "flexible" or sub.status != "active" or sub.ends is not None:
        raise Impossible
    credits = []
    if deed["back"] != "none" and not sub.free_at(now):
        since = now if deed["back"] == "now" else sub.start
        credits = [line for item in sub.items for line in world.unused(sub, item, since)]
        for item in sub.items:
            item.end, item.paid = now, None
    sub.status, sub.resumes = "paused", None if deed["for"] is None else now + deed["for"]
    if credits and deed["at_once"]:
        world.bill(sub, credits, now, "subscription_update", world.take_waiting(sub, False))
    else:
        world.waiting += credits


def _resume(world: World, deed: dict, now: int) -> None:
    sub = meant(world, deed)
    if sub.status != "paused":
        raise Impossible
    go_on(world, sub, now, deed["anchor"], deed["behavior"])


# -- use, money, lines by hand ----------------------------------------------------------------------------------------


def _count(world: World, deed: dict) -> bool:
    counted = False
    for sub in world.live():
        for item in sub.items:
            if not sub.free_at(deed["of"]) and item.used and item.used[1] <= deed["of"] < item.end:
                item.used[0] += deed["value"]
                counted = True
    return counted


def _is_billed(world: World, deed: dict) -> bool:
    return any(item.used and item.born <= deed["of"] < item.used[1] for sub in world.live() for item in sub.items)


def _pay(world: World, deed: dict, now: int) -> None:
    invoice = world.invoices[deed["invoice"]] if deed["invoice"] < len(world.invoices) else None
    if invoice is None or invoice["void"]:
        raise Impossible
    owed = invoice["due"] - invoice["paid"] - invoice["set_off"]
    if owed <= 0:
        raise Impossible
    over = max(0, deed["amount"] - owed)
    invoice["paid"] += deed["amount"] - over
    _move(world, invoice["currency"], -over)


def _void(world: World, deed: dict, now: int) -> None:
    invoice = world.invoices[deed["invoice"]] if deed["invoice"] < len(world.invoices) else None
    if invoice is None or invoice["void"] or invoice["paid"] or invoice["set_off"] or not invoice["due"]:
        raise Impossible
    invoice["void"] = True
    _move(world, invoice["currency"], invoice["before"] - invoice["after"])
    for sub in world.live():
        for item in sub.items:
            for line in invoice["lines"]:
                covers = item.paid is not None and (line["start"], line["end"]) == (item.paid.start, item.paid.end)
                if line.get("item") == item.name and line["kind"] != "unused_time" and covers:
                    item.paid = None


def _adjust(world: World, deed: dict, now: int) -> None:
    world.currency = world.currency or deed["currency"]
    _move(world, deed["currency"], deed["amount"])


def _move(world: World, currency: str, amount: int) -> None:
    if amount:
        world.balance[currency] = world.balance.get(currency, 0) + amount


def _line(world: World, deed: dict, now: int) -> None:
    sub = None if deed["sub"] is None else meant(world, deed)
    if sub is not None and sub.currency != deed["currency"]:
        raise Impossible
    rates = [(name, world.exempt) for name in deed.get("rates", ())]
    line = {"kind": "charge", "amount": deed["amount"], "start": now, "end": now, "price": None, "quantity": 1}
    where = {"off": [], "rates": rates, "currency": deed["currency"], "sub": deed["sub"]}
    world.waiting.append(line | where)


def _wait(world: World, deed: dict, now: int) -> None:
    """Time has passed already."""


_ACTS = {
    "create": create,
    "change": change,
    "trial": _trial,
    "coupons": _coupons,
    "gift": _gift,
    "rates": _rates,
    "exempt": _exempt,
    "cancel": _cancel,
    "keep": _keep,
    "undo": _undo,
    "pause": _pause,
    "resume": _resume,
    "pay": _pay,
    "void": _void,
    "adjust": _adjust,
    "line": _line,
    "wait": _wait,
}
