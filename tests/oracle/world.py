"""One customer's world as the oracle has it: what runs, what was paid for which time, what waits, what was billed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from oracle.days import around, months_on
from oracle.shop import COUPONS, PRICES, RATES
from oracle.sums import cost, nearest, taken, tax

Line = dict
Rate = tuple[str, str]


class Impossible(Exception):
    """An act that cannot be done. Nothing but time has passed when it is raised."""


@dataclass
class Paid:
    """An item is paid for `[start, end)`: `amount` in all, discounts taken off, with these rates."""

    amount: int
    start: int
    end: int
    rates: list[Rate]


@dataclass
class Item:
    """One price of a subscription. `used` is what was counted and not billed: [how much, since when]."""

    name: int
    price: str
    quantity: int
    start: int
    end: int
    born: int = 0
    rates: tuple[str, ...] = ()
    gifts: list[dict] = field(default_factory=list)
    paid: Paid | None = None
    used: list[int] | None = None


@dataclass
class Sub:
    """A subscription. `planned` are (name or None, price, quantity) for the next renewal."""

    number: int
    mode: str
    currency: str
    created: int
    items: list[Item]
    anchor: int
    status: str = "active"
    rates: tuple[str, ...] = ()
    gifts: list[dict] = field(default_factory=list)
    last_gifts: list[dict] = field(default_factory=list)
    trial_end: int | None = None
    free_until: int | None = None
    ends: int | None = None
    ends_with_credit: bool = False
    planned: list[tuple[int | None, str, int]] | None = None
    resumes: int | None = None

    @property
    def start(self) -> int:
        return self.items[0].start

    @property
    def end(self) -> int:
        return self.items[0].end

    @property
    def rhythm(self) -> tuple[str, int]:
        return PRICES[self.items[0].price]["rhythm"]

    @property
    def resting(self) -> bool:
        return self.status == "paused"

    @property
    def runs(self) -> bool:
        return self.status != "canceled"

    def free_at(self, at: int) -> bool:
        return self.status == "trialing" or (self.free_until is not None and at < self.free_until)


@dataclass
class World:
    """All of it. Acts are in `oracle.acts`, what time brings in `oracle.passing`."""

    subs: list[Sub] = field(default_factory=list)
    waiting: list[Line] = field(default_factory=list)
    invoices: list[dict] = field(default_factory=list)
    balance: dict[str, int] = field(default_factory=dict)
    currency: str | None = None
    exempt: str = "none"
    gift: dict | None = None
    names: int = 0

    def name(self) -> int:
        """A new name for an item."""
        self.names += 1
        return self.names

    def live(self) -> list[Sub]:
        """Subscriptions that have not ended."""
        return [each for each in self.subs if each.runs]

    # -- prices, gifts, rates -----------------------------------------------------------------------------------------

    def full(self, sub: Sub, item: Item) -> int:
        """What a whole period costs ahead: nothing where use is billed."""
        return 0 if "meter" in PRICES[item.price] else cost(PRICES[item.price], item.quantity, sub.currency)

    def gifts_of(self, sub: Sub, at: int) -> list[dict]:
        """The discounts that a bill at an instant has: bound to items first."""

        def holding(gifts: Iterable[dict]) -> list[dict]:
            return [each for each in gifts if each["start"] <= at and (each["end"] is None or at < each["end"])]

        bound = holding(gift for item in sub.items for gift in item.gifts)
        return bound + (holding(sub.gifts) or holding([self.gift] if self.gift else []))

    def off(self, sub: Sub, items: Sequence[Item], amounts: Sequence[int], gifts: Sequence[dict]) -> list:
        """What discounts take off items at these amounts."""
        meant = [
            [
                gift["item"] in (None, item.name)
                and PRICES[item.price]["product"] in gift.get("products", (PRICES[item.price]["product"],))
                for item in items
            ]
            for gift in gifts
        ]
        return taken(amounts, gifts, meant, sub.currency)

    def rates_on(self, sub: Sub, item: Item) -> list[Rate]:
        """The rates that a new line has, each with whether the customer is exempt."""
        return [(name, self.exempt) for name in item.rates or sub.rates]

    def given(self, coupon: str, at: int, items: Iterable[Item] | None, currency: str | None, item: int | None) -> dict:
        """A coupon in somebody's hands."""
        gift = COUPONS[coupon]
        bought = None if items is None else {PRICES[each.price]["product"] for each in items}
        if bought is not None and "products" in gift and not bought & set(gift["products"]):
            raise Impossible
        if "amounts" in gift and currency is not None and currency not in gift["amounts"]:
            raise Impossible
        end = months_on(at, gift["months"]) if "months" in gift else None
        return {**gift, "coupon": coupon, "start": at, "end": end, "item": item, "id": self.name()}

    def all_given(
        self, coupons: Sequence[str], at: int, items: Sequence[Item], currency: str, item: int | None = None
    ) -> list[dict]:
        """Several coupons, none of them twice."""
        if len(set(coupons)) < len(coupons):
            raise Impossible
        return [self.given(each, at, items, currency, item) for each in coupons]

    def after_bill(self, sub: Sub, lines: Sequence[Line], at: int) -> None:
        """What was had once is gone, what has run out too; classic remembers what the bill had."""
        used = [gift["id"] for line in lines for gift, _ in line["off"]]
        if sub.mode == "classic":
            sub.last_gifts = self.gifts_of(sub, at)

        def left(gifts: list[dict]) -> list[dict]:
            return [
                each
                for each in gifts
                if not (
                    each["id"] in used if each["lasts"] == "once" else each["end"] is not None and each["end"] <= at
                )
            ]

        if self.gift is not None:
            self.gift = next(iter(left([self.gift])), None)
        sub.gifts = left(sub.gifts)
        for item in sub.items:
            item.gifts = left(item.gifts)

    # -- lines --------------------------------------------------------------------------------------------------------

    def line(self, sub: Sub, item: Item, kind: str, amount: int, start: int, end: int, **more: object) -> Line:
        """A line for an item."""
        made = {"kind": kind, "amount": amount, "start": start, "end": end, "price": item.price, "sub": sub.number}
        made |= {
            "item": item.name,
            "quantity": item.quantity,
            "off": [],
            "rates": self.rates_on(sub, item),
            "currency": sub.currency,
        }
        return made | more

    def part(self, sub: Sub, item: Item, amount: int, start: int, end: int) -> int:
        """A share of an amount for a whole period, measured by the period that the item's own lies in."""
        first, last = around(sub.anchor, PRICES[item.price]["rhythm"], item.start)
        first, last = min(first, item.start), max(last, item.end)
        return nearest(amount * (end - start), last - first)

    def unused(self, sub: Sub, item: Item, at: int) -> list[Line]:
        """What is given back of the time that is left."""
        if sub.free_at(at) or "meter" in PRICES[item.price]:
            return []
        if sub.mode == "flexible":
            paid = item.paid
            if paid is None or not paid.amount or paid.end <= at:
                return []
            back = nearest(paid.amount * (paid.end - max(at, paid.start)), paid.end - paid.start)
            return [self.line(sub, item, "unused_time", -back, at, paid.end, rates=paid.rates)]
        amounts = [self.full(sub, each) for each in sub.items]
        place = next(n for n, each in enumerate(sub.items) if each.name == item.name)
        worth = amounts[place] - sum(part for _, part in self.off(sub, sub.items, amounts, sub.last_gifts)[place])
        if not worth or item.end <= at:
            return []
        back = self.part(sub, item, worth, max(at, item.start), item.end)
        return [self.line(sub, item, "unused_time", -back, at, item.end)]

    def use(self, sub: Sub, item: Item, until: int) -> Line:
        """The line for what was used of an item, even if that is nothing."""
        value, since = item.used or [0, until]
        amount = 0
        if item.used is not None and (value or since < until):
            amount = cost(PRICES[item.price], value, sub.currency)
        return self.line(sub, item, "charge", amount, min(since, until), until, quantity=value)

    def used(self, sub: Sub, items: Sequence[Item], until: int) -> list[Line]:
        """Lines for what was used of these items, none for nothing."""
        lines = [self.use(sub, each, until) for each in items if "meter" in PRICES[each.price] and each.used]
        return [each for each in lines if each["amount"] or each["quantity"]]

    # -- bills --------------------------------------------------------------------------------------------------------

    def take_waiting(self, sub: Sub, with_others: bool) -> list[Line]:
        """What waits for a subscription's next bill, and (`with_others`) what nobody else is going to bill."""
        theirs = {each.number for each in self.live()} - {sub.number}
        mine = [
            each
            for each in self.waiting
            if each["currency"] == sub.currency
            and (each["sub"] == sub.number or (with_others and each["sub"] not in theirs))
        ]
        self.waiting = [each for each in self.waiting if not any(each is one for one in mine)]
        return mine

    def bill(self, sub: Sub, lines: list[Line], at: int, reason: str, waiting: list[Line]) -> None:
        """An invoice: taxes, then what was carried over. More credit than before goes to what is owed already."""
        lines = waiting + lines
        taxes, added = tax(lines, RATES)
        total = sum(each["amount"] for each in lines) + added
        before = self.balance.get(sub.currency, 0)
        after = min(0, total + before)
        left, gave = min(0, before) - after, {each["sub"] for each in lines if each["amount"] < 0} | {sub.number}
        for owed in reversed(self.invoices):
            unpaid = 0 if owed["void"] else owed["due"] - owed["paid"] - owed["set_off"]
            if left > 0 and unpaid > 0 and owed["currency"] == sub.currency and owed["of"] in gave:
                owed["set_off"] += min(left, unpaid)
                left -= min(left, unpaid)
        carried = min(0, before) - max(0, left) if after < min(0, before) else after
        if carried != before:
            self.balance[sub.currency] = carried
        self.invoices.append(
            {
                "created": at,
                "reason": reason,
                "currency": sub.currency,
                "lines": [{**line, "taxes": each} for line, each in zip(lines, taxes, strict=True)],
                "total": total,
                "before": before,
                "after": after,
                "due": max(0, total + before),
                "paid": 0,
                "set_off": 0,
                "of": sub.number,
                "void": False,
            }
        )
