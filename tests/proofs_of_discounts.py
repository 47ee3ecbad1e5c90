"""What must hold of a customer's discounts: who has them, for how long, and what they take off, worked out once more.

It is told what was given and what was taken away, and reads nothing but lines: what the engine thinks is in hand is
compared with what must be. Sums are in whole numbers, hundredths of a percent among them.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from frontdesk.book import Customer, Line, Subscription, SubscriptionItem, Terms
from frontdesk.changes import Changes
from frontdesk.coupons import Coupon, Discount, PromotionCode

SECOND = timedelta(seconds=1)
DEBITS = ("charge", "remaining_time")


class Gift(Struct, eq=False, kw_only=True):
    """A coupon that was given `at` an instant; `end` is the first instant at which it is over."""

    coupon: Coupon
    at: datetime
    end: datetime | None = None
    code: str | None = None
    item: str | None = None

    def holds(self, instant: datetime) -> bool:
        """Whether a bill of this instant has it."""
        return self.at <= instant and (self.end is None or instant < self.end)

    def means(self, item: str, product: str) -> bool:
        """Whether it is for an item of this product."""
        return self.item in (None, item) and product in (self.coupon.products or (product,))

    def parts(self, left: Sequence[int]) -> list[int]:
        """What it takes of these amounts."""
        if self.coupon.percent_off is not None:
            return [rounded(each * int(self.coupon.percent_off * 100), 10_000) for each in left]
        return split(min(self.coupon.amounts_off["eur"], sum(left)), left)

    @property
    def told(self) -> tuple[object, ...]:
        """What can be read of it."""
        return self.coupon.id, self.at, self.end, self.code, self.item


class Use(Struct, frozen=True):
    """What a discount took off a line that came to `before` without it."""

    coupon: str
    bill: int
    at: datetime
    before: int
    amount: int


class DiscountBooks:
    """One customer's discounts: the customer's own, those of the subscription and those of its items."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self.prices = terms.prices
        self.given: Counter[str] = Counter()
        self.counted: Counter[str] = Counter()
        self.own: Gift | None = None
        self.whole: list[Gift] = []
        self.bound: dict[str, list[Gift]] = {}
        self.lines: set[str] = set()
        self.bills = 0
        self.net: dict[str, int] = {}
        """What a whole period of each item comes to, as it was last billed."""
        self.uses: dict[str, list[Use]] = {}
        """By discount: what it took off."""

    def terms(self) -> Terms:
        """The terms, with how often coupons were given."""
        coupons = self._terms.coupons
        counted = {id: replace(coupons[id], times_redeemed=times) for id, times in self.counted.items()}
        return replace(self._terms, coupons={**coupons, **counted})

    def obstacle(
        self,
        given: Sequence[str],
        at: datetime,
        products: Collection[str] | None,
        beside: Sequence[Gift] = (),
        *,
        first: bool = False,
    ) -> str | None:
        """Why these coupons and codes cannot be given together, `beside` others; None where they can."""
        there = list(beside)
        for name in given:
            coupon, code = self._meant(name)
            why = self._against(coupon, code, at, first=first)
            if why is None and coupon.products and products is not None and not {*products} & {*coupon.products}:
                why = "coupon_applies_to_nothing"
            if why is None and any(each.coupon.id == coupon.id and each.holds(at) for each in there):
                why = "coupon_twice"
            if why is not None:
                return why
            there.append(_gift(coupon, code, at))
        return None

    def hand(
        self,
        given: Sequence[str],
        at: datetime,
        beside: Sequence[Gift] = (),
        *,
        item: str | None = None,
        of_customer: bool = False,
    ) -> None:
        """Note that these are given to the subscription, an item or the customer, who has nothing else but `beside`."""
        new = [_gift(*self._meant(each), at, item) for each in given]
        self.given.update(each.coupon.id for each in new)
        if of_customer:
            self.own = next(iter(new), None)
        elif item is not None:
            self.bound[item] = new
        else:
            self.whole = [*beside, *new]

    def _meant(self, name: str) -> tuple[Coupon, PromotionCode | None]:
        code = next((each for each in self._terms.promotion_codes.values() if each.code == name), None)
        return self._terms.coupons[name if code is None else code.coupon], code

    def _against(self, coupon: Coupon, code: PromotionCode | None, at: datetime, *, first: bool) -> str | None:
        if code is not None and code.expires_at is not None and code.expires_at <= at:
            return "promotion_code_expired"
        if code is not None and code.first_time_transaction and not first:
            return "promotion_code_not_first_time"
        if coupon.redeem_by is not None and coupon.redeem_by <= at:
            return "coupon_expired"
        if coupon.max_redemptions is not None and self.given[coupon.id] >= coupon.max_redemptions:
            return "coupon_used_up"
        return None

    def commit(self, changes: Changes, subscription: Subscription | None) -> None:
        """Take in the lines that came of a command, after what was given by it. Raises AssertionError."""
        self.counted.update(each.coupon for each in changes.redemptions)
        assert self.counted == self.given, "what is given is counted once"
        found = [line for each in changes.invoices for line in each.lines]
        found += [each.line for each in changes.pending_items]
        new = {each.id: each for each in found if each.id not in self.lines}
        self.lines |= set(new)
        debits = [each for each in new.values() if each.kind in DEBITS]
        for line in new.values():
            assert line in debits or (line.amount <= 0 and not line.discounts), "what is given back is not discounted"
        if debits and subscription is not None:
            (at,) = {each.start for each in debits}
            self._bill(at, debits, subscription.items)

    def _bill(self, at: datetime, lines: Sequence[Line], items: Sequence[SubscriptionItem]) -> None:
        """One bill: each of its lines has off what the discounts of that instant take off the whole of the items."""
        self.bills += 1
        present = [each for each in self.whole if each.holds(at)]
        if not present and self.own is not None and self.own.holds(at):
            present = [self.own]
        bound = [gift for item in items for gift in self.bound.get(item.id, []) if gift.holds(at)]
        off = self._off(items, [*bound, *present])
        used: list[Gift] = []
        for line in lines:
            item = next(each for each in items if each.id == line.subscription_item)
            full, parts = self.full(item), off[item.id]
            self.net[item.id] = full - sum(part for _, part in parts)
            length, span = (item.period_end - item.period_start) // SECOND, (line.end - line.start) // SECOND
            before, after = rounded(full * span, length), rounded(self.net[item.id] * span, length)
            amounts = [part for _, part in parts]
            if line.kind == "remaining_time":
                amounts = split(before - after, amounts)
            told = [(gift, part) for (gift, _), part in zip(parts, amounts, strict=True) if part]
            assert line.amount == after, f"{after} is left of {before}: {line}"
            assert [(each.coupon, each.amount) for each in line.discounts] == [(g.coupon.id, p) for g, p in told]
            assert line.before_discounts == before
            used += [gift for gift, _ in told]
            left = line.before_discounts
            for each in line.discounts:
                self.uses.setdefault(each.discount, []).append(Use(each.coupon, self.bills, at, left, each.amount))
                left -= each.amount
            assert left >= 0
        self._drop(used, at)

    def _off(self, items: Sequence[SubscriptionItem], gifts: Sequence[Gift]) -> dict[str, list[tuple[Gift, int]]]:
        """What is taken off a whole period of each item, by one after the other."""
        left = {each.id: self.full(each) for each in items}
        taken: dict[str, list[tuple[Gift, int]]] = {each.id: [] for each in items}
        for gift in gifts:
            meant = [each.id for each in items if gift.means(each.id, self.prices[each.price].product)]
            for item, part in zip(meant, gift.parts([left[each] for each in meant]), strict=True):
                if part:
                    taken[item].append((gift, part))
                    left[item] -= part
        return taken

    def _drop(self, used: Sequence[Gift], at: datetime) -> None:
        """What is had once is gone with its first use, and what has run out with the next bill."""

        def stays(gift: Gift) -> bool:
            return gift not in used if gift.coupon.duration == "once" else gift.end is None or at < gift.end

        self.whole = [each for each in self.whole if stays(each)]
        self.bound = {item: [each for each in gifts if stays(each)] for item, gifts in self.bound.items()}
        if self.own is not None and not stays(self.own):
            self.own = None

    def full(self, item: SubscriptionItem) -> int:
        """What a whole period of an item costs before discounts."""
        return int(self.prices[item.price].unit_amount or 0) * item.quantity

    def check_hands(self, customer: Customer, subscription: Subscription | None, now: datetime) -> None:
        """What customer and subscription are said to have is what was given and is left. Raises AssertionError."""
        own = () if customer.discount is None else (customer.discount,)
        assert _read(own, now) == [each.told for each in (self.own,) if each is not None and each.holds(now)]
        if subscription is not None:
            assert _read(subscription.discounts, now) == [each.told for each in self.whole if each.holds(now)]
            for item in subscription.items:
                held = [each.told for each in self.bound.get(item.id, []) if each.holds(now)]
                assert _read(item.discounts, now) == held

    def check_uses(self) -> None:
        """No discount takes more, or longer, than its coupon allows. Raises AssertionError."""
        for uses in self.uses.values():
            coupon, bills = self._terms.coupons[uses[0].coupon], {each.bill for each in uses}
            assert all(0 < each.amount <= each.before for each in uses), "nothing falls below zero"
            if coupon.duration == "once":
                assert len(bills) == 1, "what is had once is had once"
            if coupon.duration == "repeating":
                assert uses[-1].at < months_on(uses[0].at, coupon.duration_in_months or 0), "it is over"
            for bill in bills:
                lines = [each for each in uses if each.bill == bill]
                if coupon.percent_off is None:
                    assert sum(each.amount for each in lines) <= coupon.amounts_off["eur"]
                else:
                    assert all(abs(each.amount * 100 - each.before * coupon.percent_off) <= 200 for each in lines)


def _gift(coupon: Coupon, code: PromotionCode | None, at: datetime, item: str | None = None) -> Gift:
    end = months_on(at, coupon.duration_in_months or 0) if coupon.duration == "repeating" else None
    return Gift(coupon=coupon, at=at, end=end, code=None if code is None else code.code, item=item)


def months_on(at: datetime, months: int) -> datetime:
    """The same day so many months later, or the last one of that month."""
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    for day in range(at.day, 27, -1):
        try:
            return at.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    return at.replace(year=year, month=month + 1)


def rounded(amount: int, parts: int) -> int:
    """`amount / parts` of something that is not negative; a half is a whole."""
    return (2 * amount + parts) // (2 * parts)


def split(amount: int, weights: Sequence[int]) -> list[int]:
    """An amount in proportion to at most two weights that are no less than it: the last has what the first leaves."""
    parts = [amount * each // (sum(weights) or 1) for each in weights[:-1]]
    return [*parts, *(amount - sum(parts) for _ in weights[-1:])]


def _read(discounts: Iterable[Discount], now: datetime) -> list[tuple[object, ...]]:
    return [
        (each.coupon, each.start, each.end, each.code, each.item)
        for each in discounts
        if each.start <= now and (each.end is None or now < each.end)
    ]
