"""Beginnings and changes of plan in the oracle's world."""

from dataclasses import replace

from oracle.days import DAY, date_of, mark
from oracle.passing import charge, free, pass_to, stretch
from oracle.shop import BILLED_BY_USE, PRICES
from oracle.world import Impossible, Item, Line, Paid, Sub, World


def meant(world: World, deed: dict) -> Sub:
    """The subscription that a deed names, if it has not ended."""
    if not deed["sub"] < len(world.subs) or not world.subs[deed["sub"]].runs:
        raise Impossible
    return world.subs[deed["sub"]]


def _check(names: list[str], currency: str) -> None:
    prices = [PRICES[name] for name in names]
    if not names or len(set(names)) < len(names) or len({each["rhythm"] for each in prices}) > 1:
        raise Impossible
    if not all(each["currency"] == currency or currency in each.get("options", {}) for each in prices):
        raise Impossible


# -- beginnings -------------------------------------------------------------------------------------------------------


def create(world: World, deed: dict, now: int) -> None:
    """A new subscription: in a trial, in a first part of a period, or with periods that are past."""
    first = PRICES[deed["items"][0]["price"]]
    sold = {first["currency"], *first.get("options", {})}
    currency = deed.get("currency") or (world.currency if world.currency in sold else first["currency"])
    _check([each["price"] for each in deed["items"]], currency)
    trial_end = now + deed["trial"] * DAY if deed.get("trial") else None
    begins = trial_end or now
    anchor, since = _anchor(deed, begins, first["rhythm"]), now - deed.get("back", 0)
    items = [
        Item(
            world.name(),
            each["price"],
            _asked(each),
            since,
            trial_end or anchor,
            now,
            tuple(each.get("rates", ())),
        )
        for each in deed["items"]
    ]
    for item, each in zip(items, deed["items"], strict=True):
        item.gifts = world.all_given(each.get("coupons", ()), now, [item], currency, item.name)
    sub = Sub(len(world.subs), deed["mode"], currency, now, items, anchor, rates=tuple(deed.get("rates", ())))
    sub.gifts = world.all_given(deed.get("coupons", ()), now, items, currency)
    world.subs.append(sub)
    world.currency = world.currency or currency
    if trial_end:
        sub.status, sub.trial_end = "trialing", trial_end
        lines = free(world, sub, since, trial_end, "trial")
    else:
        lines = _first_periods(world, sub, deed, since, now)
    world.bill(sub, lines, now, "subscription_create", [])
    world.after_bill(sub, lines, now)
    pass_to(world, now, and_now=True)


def _asked(each: dict) -> int:
    return 0 if each["price"] in BILLED_BY_USE else each["quantity"]


def _first_periods(world: World, sub: Sub, deed: dict, since: int, now: int) -> list[Line]:
    present = stretch(sub, now, None)
    if deed.get("free"):
        if present[0] != present[2]:
            sub.free_until = present[1]
            return free(world, sub, now, present[1], "charge")
        since = now
    parts = [stretch(sub, since, None)]
    while parts[-1][1] <= now:
        parts.append(stretch(sub, parts[-1][1], None))
    return charge(world, sub, parts, now)


def _anchor(deed: dict, begins: int, rhythm: tuple[str, int]) -> int:
    if deed.get("anchor") is not None:
        anchor = begins + deed["anchor"]
        if anchor > mark(begins, rhythm, 1):
            raise Impossible
        return anchor
    if deed.get("day_of_month") is None:
        return begins
    if rhythm[0] not in ("month", "year"):
        raise Impossible
    number, time = divmod(begins, DAY)
    while date_of(number)[2] != deed["day_of_month"]:
        number += 1
    return number * DAY + time


# -- changes of plan --------------------------------------------------------------------------------------------------


def change(world: World, deed: dict, now: int) -> None:
    """Other prices, quantities or items: within the period, with a new one, in a trial, or put off."""
    sub = meant(world, deed)
    if sub.status == "paused":
        raise Impossible
    after = _after(sub, deed)
    _check([each.price for each in _kept(sub, after)] + [each["price"] for each in deed["new"]], sub.currency)
    if sub.ends == now or sub.end != now:
        pass_to(world, now, and_now=True)
        sub = meant(world, deed)
        after = _after(sub, deed)
    added = [Item(world.name(), each["price"], _asked(each), sub.start, sub.end, now) for each in deed["new"]]
    for item, each in [(after[name], each) for name, each in deed["items"].items()] + list(
        zip(added, deed["new"], strict=True)
    ):
        if item is not None and "rates" in each:
            item.rates = tuple(each["rates"])
        if item is not None and "coupons" in each:
            item.gifts = world.all_given(each["coupons"], now, [item], sub.currency, item.name)
    items = [*_kept(sub, after), *added]
    swaps = [(each, after.get(each.name, each)) for each in sub.items] + [(None, each) for each in added]
    gifts = sub.gifts
    if "coupons" in deed:
        gifts = world.all_given(deed["coupons"], now, items, sub.currency)
    over = deed.get("over") and sub.status == "trialing"
    moved = any(_terms(before) != _terms(each) for before, each in swaps)
    if not (deed.get("anew") or over or moved):
        if gifts == sub.gifts and items == sub.items:
            raise Impossible
        sub.gifts, sub.items = gifts, items
        return
    if deed.get("later") and sub.end > now:
        # What is billed by use neither comes nor goes later: it was used at the price that it has.
        if {(each.name, each.price) for each in sub.items if each.price in BILLED_BY_USE} != {
            (each.name, each.price) for each in items if each.price in BILLED_BY_USE
        }:
            raise Impossible
        known = {each.name for each in sub.items}
        sub.planned = [(each.name if each.name in known else None, each.price, each.quantity) for each in items]
        sub.gifts = gifts
        return
    rhythm = PRICES[items[0].price]["rhythm"]
    from_free = (
        not sum(world.full(sub, each) for each in sub.items) and sum(world.full(sub, each) for each in items) > 0
    )
    anew = deed.get("anew") or rhythm != sub.rhythm or (sub.mode == "classic" and from_free)
    if sub.status != "trialing" and anew and sub.ends is not None:
        raise Impossible
    sub.gifts, sub.planned = gifts, None
    if sub.status == "trialing":
        world.waiting += _use_that_leaves(world, sub, swaps, now)
        if over or deed.get("anew"):
            end_trial(world, sub, items, now, now if deed.get("anew") else sub.anchor)
        else:
            sub.items = items
    elif anew:
        _start_anew(world, sub, deed, swaps, items, now)
    elif sub.end == now:
        world.waiting += _use_that_leaves(world, sub, swaps, now)
        sub.items = items
        _begin_to_count(sub, now)
    else:
        _change_within(world, sub, deed, swaps, items, now)
    pass_to(world, now, and_now=True)


def named(world: World, deed: dict) -> dict:
    """What becomes of items, by their names: places are those before the time until now has passed."""
    items = meant(world, deed).items
    return {items[place].name if place < len(items) else -1: each for place, each in deed["items"].items()}


def _after(sub: Sub, deed: dict) -> dict[int, Item | None]:
    known = {each.name: each for each in sub.items}
    if not set(deed["items"]) <= set(known):
        raise Impossible
    return {name: _changed(known[name], each) for name, each in deed["items"].items()}


def _changed(item: Item, each: dict) -> Item | None:
    if each.get("gone"):
        return None
    price, quantity = each.get("price", item.price), each.get("quantity", item.quantity)
    if price in BILLED_BY_USE:
        quantity = 0
    elif item.price in BILLED_BY_USE and not quantity:
        quantity = 1
    return replace(item, price=price, quantity=quantity, used=item.used if price == item.price else None)


def _kept(sub: Sub, after: dict) -> list[Item]:
    found = [after.get(each.name, each) for each in sub.items]
    return [each for each in found if each is not None]


def _terms(item: Item | None) -> tuple[str, int] | None:
    return None if item is None else (item.price, item.quantity)


def _use_that_leaves(world: World, sub: Sub, swaps: list, now: int) -> list[Line]:
    gone = [before for before, after in swaps if before and (after is None or after.price != before.price)]
    return world.used(sub, gone, now)


def _begin_to_count(sub: Sub, now: int) -> None:
    for item in sub.items:
        if item.used is None and item.price in BILLED_BY_USE:
            item.used, item.paid = [0, now], None


def _change_within(world: World, sub: Sub, deed: dict, swaps: list, items: list[Item], now: int) -> None:
    new = replace(sub, items=items)
    off = world.off(new, items, [world.full(sub, each) for each in items], world.gifts_of(new, now))
    taken = {item.name: each for item, each in zip(items, off, strict=True)}
    prorates = deed["behavior"] != "none" and not sub.free_at(now)
    lines = _use_that_leaves(world, sub, swaps, now)
    for before, after in swaps:
        if not prorates or _terms(before) == _terms(after):
            continue
        if before is not None:
            lines += world.unused(sub, before, now)
        if after is not None and after.price not in BILLED_BY_USE:
            full, parts = world.full(sub, after), taken[after.name]
            amount = world.part(sub, after, full - sum(part for _, part in parts), now, after.end)
            saved = world.part(sub, after, full, now, after.end) - amount
            line = world.line(sub, after, "remaining_time", amount, now, after.end, off=_told(parts, saved))
            after.paid = Paid(amount, now, after.end, line["rates"])
            lines.append(line)
    free_now = sub.free_at(now)
    sub.items = items
    if not free_now:
        _begin_to_count(sub, now)
    if lines:
        world.after_bill(sub, lines, now)
    if deed["behavior"] == "always_invoice" and not free_now:
        waiting = world.take_waiting(sub, False)
        if waiting or lines:
            world.bill(sub, lines, now, "subscription_update", waiting)
    else:
        world.waiting += lines


def _told(parts: list, saved: int) -> list:
    """What each discount saved of the part of a period: floors, the last takes the rest."""
    whole = sum(part for _, part in parts)
    floors = [(gift, saved * part // whole) for gift, part in parts[:-1]]
    shares = [*floors, *((gift, saved - sum(part for _, part in floors)) for gift, _ in parts[-1:])]
    return [(gift, part) for gift, part in shares if part]


def _start_anew(world: World, sub: Sub, deed: dict, swaps: list, items: list[Item], now: int) -> None:
    lines = _use_that_leaves(world, sub, swaps, now)
    if deed["behavior"] != "none":
        lines += [line for before, _ in swaps if before for line in world.unused(sub, before, now)]
    sub.items, sub.anchor, sub.free_until = items, now, None
    charges = charge(world, sub, [stretch(sub, now, None)], now)
    world.bill(sub, lines + charges, now, "subscription_update", world.take_waiting(sub, False))
    world.after_bill(sub, charges, now)


def end_trial(world: World, sub: Sub, items: list[Item], now: int, anchor: int) -> None:
    """Begin to bill now, from a mark of its own or from now on."""
    sub.anchor = now if anchor == sub.trial_end else anchor
    sub.status, sub.trial_end, sub.items = "active", now, items
    lines = charge(world, sub, [stretch(sub, now, sub.ends)], now)
    world.bill(sub, lines, now, "subscription_update", world.take_waiting(sub, False))
    world.after_bill(sub, lines, now)
