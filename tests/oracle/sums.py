"""Sums in integers: rounding, prices, discounts, taxes. Prices and rates are in millionths."""

from collections.abc import Sequence

MILLION = 10**6


def nearest(above: int, below: int) -> int:
    """`above / below`, halves away from zero."""
    half_more = (2 * abs(above) + below) // (2 * below)
    return half_more if above >= 0 else -half_more


def millionths(text: str) -> int:
    """ "33.5" as 33500000."""
    whole, _, rest = text.partition(".")
    return int(whole) * MILLION + int(rest.ljust(6, "0") or "0")


def cost(price: dict, quantity: int, currency: str) -> int:
    """A whole period of so many units, in minor units: counted unit by unit where there are tiers."""
    sold = price if price["currency"] == currency else price["options"][currency]
    tiers = sold.get("tiers")
    if tiers is None:
        size = price.get("package")
        if size:
            whole, over = divmod(quantity, size)
            quantity = whole + (1 if over and price["round"] == "up" else 0)
        return nearest(millionths(sold["unit"]) * quantity, MILLION)
    if price["mode"] == "volume":
        _, unit, flat = next(tier for tier in tiers if tier[0] is None or tier[0] >= quantity)
        return nearest(millionths(unit) * quantity + millionths(flat), MILLION)
    total, reached = millionths(tiers[0][2]), 0
    for number in range(1, quantity + 1):
        while tiers[reached][0] is not None and tiers[reached][0] < number:
            reached += 1
            total += millionths(tiers[reached][2])
        total += millionths(tiers[reached][1])
    return nearest(total, MILLION)


def taken(amounts: Sequence[int], gifts: Sequence[dict], meant: Sequence[Sequence[bool]], currency: str) -> list:
    """What gifts take off amounts: for each amount a list of (gift, part); `meant[gift][amount]` says who is meant."""
    left = [max(0, each) for each in amounts]
    off: list[list[tuple[dict, int]]] = [[] for _ in amounts]
    for gift, whom in zip(gifts, meant, strict=True):
        places = [place for place, yes in enumerate(whom) if yes]
        if "percent" in gift:
            parts = {place: nearest(left[place] * millionths(gift["percent"]), 100 * MILLION) for place in places}
        else:
            parts = _shared_out(gift["amounts"].get(currency, 0), {place: left[place] for place in places})
        for place, part in parts.items():
            if part:
                left[place] -= part
                off[place].append((gift, part))
    return off


def _shared_out(amount: int, limits: dict[int, int]) -> dict[int, int]:
    """An amount over lines in proportion: floors, the last takes the rest, and what it cannot take goes back."""
    whole = sum(limits.values())
    amount = min(amount, whole)
    parts = {place: amount * limit // whole if whole else 0 for place, limit in limits.items()}
    missing = amount - sum(parts.values())
    for place in sorted(limits, reverse=True):
        more = min(missing, limits[place] - parts[place])
        parts[place] += more
        missing -= more
    return parts


def tax(lines: Sequence[dict], rates: dict[str, dict]) -> tuple[list[list[tuple[str, int, int]]], int]:
    """For each line its (rate, net amount, tax), and what is added to the sum of the lines.

    A line's "rates" are (name, exempt). A rate on top is rounded once over the invoice, an included one once over the
    lines that have the same included rates: net first.
    """
    found: list[dict[str, tuple[int, int]]] = [{} for _ in lines]
    groups: dict[tuple[str, ...], list[int]] = {}
    added = 0
    for place, line in enumerate(lines):
        charged = tuple(name for name, exempt in line["rates"] if exempt == "none")
        for name, exempt in line["rates"]:
            if exempt != "none":
                found[place][name] = (line["amount"], 0)
        if charged and rates[charged[0]]["inclusive"]:
            groups.setdefault(("in", *charged), []).append(place)
        else:
            for name in charged:
                groups.setdefault(("on", name), []).append(place)
    for (kind, *names), places in groups.items():
        amounts = [lines[place]["amount"] for place in places]
        parts = [millionths(rates[name]["percent"]) for name in names]
        if kind == "on":
            taxes = _near(amounts, parts[0], 100 * MILLION)
            added += sum(taxes)
            for place, amount, part in zip(places, amounts, taxes, strict=True):
                found[place][names[0]] = (amount, part)
            continue
        nets = _near(amounts, 100 * MILLION, 100 * MILLION + sum(parts))
        for place, amount, net in zip(places, amounts, nets, strict=True):
            for name, part in zip(names, _split(amount - net, net, parts), strict=True):
                found[place][name] = (net, part)
    return [[(name, *found[place][name]) for name, _ in line["rates"]] for place, line in enumerate(lines)], added


def _near(amounts: list[int], above: int, below: int) -> list[int]:
    """Each amount times a fraction, rounded; their sum is the rounded sum: the largest line, the last of several, gives
    or takes what is between the two."""
    parts = [nearest(each * above, below) for each in amounts]
    odd = nearest(sum(amounts) * above, below) - sum(parts)
    largest = max(abs(each) for each in amounts)
    parts[max(place for place, each in enumerate(amounts) if abs(each) == largest)] += odd
    return parts


def _split(whole: int, net: int, parts: list[int]) -> list[int]:
    """The tax in a line by its rates, which hold `net` times a part each."""
    taxes = [nearest(net * each, 100 * MILLION) for each in parts]
    largest = max(abs(net * each) for each in parts)
    taxes[max(place for place, each in enumerate(parts) if abs(net * each) == largest)] += whole - sum(taxes)
    return taxes
