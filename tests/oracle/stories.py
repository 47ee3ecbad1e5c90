"""Random stories: a list of deeds, each at its second, that the oracle and the engine live through side by side."""

from collections.abc import Callable
from random import Random
from typing import Any, NamedTuple

from oracle.acts import act
from oracle.days import DAY, number_of
from oracle.shop import COUPONS, PRICES, RATES
from oracle.world import Impossible, Line, Sub, World

ON_TOP = [name for name, rate in RATES.items() if not rate["inclusive"]]
INCLUDED = [name for name, rate in RATES.items() if rate["inclusive"]]
_STEPS = (6, 17)

Story = list[dict]


class OracleSide:
    """The oracle's customer. `act` says whether a deed was possible; an impossible one lets time pass alone."""

    def __init__(self) -> None:
        self.world = World()

    def act(self, deed: dict) -> bool:
        """Do a deed."""
        try:
            act(self.world, deed)
        except Impossible:
            act(self.world, {"do": "wait", "at": deed["at"]})
            return False
        return True

    def now(self) -> tuple:
        """What there is now but for invoices, in plain data."""
        world = self.world
        subs = [
            (
                each.status,
                each.anchor,
                each.ends if each.runs else None,
                [(item.price, item.quantity, item.start, item.end) for item in each.items],
            )
            for each in world.subs
        ]
        balance = {key: value for key, value in world.balance.items() if value}
        return balance, subs, [_seen(each) for each in world.waiting]

    def invoices(self) -> list[dict]:
        """All invoices, in plain data."""
        known = [{name: said for name, said in each.items() if name != "of"} for each in self.world.invoices]
        return [{**each, "lines": [_seen(line) for line in each["lines"]]} for each in known]


def _seen(line: Line) -> tuple:
    off = [(gift["coupon"], part) for gift, part in line["off"]]
    start = (line["kind"], line["amount"], line["start"], line["end"])
    return (*start, line["price"], line["quantity"], off, line.get("taxes", []))


class Told(NamedTuple):
    """A story, and what the oracle said: whether each deed was done and what there was then, and the invoices."""

    deeds: Story
    states: list[tuple[bool, tuple]]
    invoices: list[dict]


def told(seed: int) -> Told:
    """The story of a seed. It is made while the oracle lives through it, so that deeds hit interesting seconds."""
    random, side = Random(seed), OracleSide()
    teller = Teller(random, side.world)
    deeds, states = [], []
    for number in reversed(range(random.randint(*_STEPS))):
        deeds.append(teller.next() if number else {"do": "wait", "at": teller.now + random.choice((0, 40, 400)) * DAY})
        states.append((side.act(deeds[-1]), side.now()))
    return Told(deeds, states, side.invoices())


def lived(deeds: Story) -> Told:
    """A story that is known already, lived through by the oracle."""
    side = OracleSide()
    return Told(deeds, [(side.act(each), side.now()) for each in deeds], side.invoices())


class Teller:
    """Makes up deeds. `world` is only looked at: what runs, and what was billed."""

    def __init__(self, random: Random, world: World) -> None:
        self.random, self.world = random, world
        year, day = random.choice((2023, 2024, 2025, 2099)), random.choice((28, 29, 30, 31, random.randint(1, 31)))
        month = random.choice((1, 3, 5, 8, 12)) if day > 28 else random.randint(1, 12)
        self.now = number_of(year, month, day) * DAY + random.choice((0, 1, 86399, random.randrange(DAY)))
        self.rates = random.choice(([], ON_TOP, ON_TOP, INCLUDED))
        self.currency = random.choice(("eur", "eur", "eur", "usd"))
        self.mode = random.choice(("flexible", "flexible", "classic"))
        ways = self._ways()
        self._deeds, self._weights = [(name, make) for name, make, _ in ways], [weight for *_, weight in ways]

    def next(self) -> dict:
        """The next deed, after some time."""
        live = self.world.live()
        if live:
            self.now += self._pass(self.random.choice(live))
        elif self.world.subs:
            self.now += self.random.choice((0, 0, 3600, 20 * DAY))
        return self.deed()

    def deed(self) -> dict:
        """Something that is done now."""
        live = self.world.live()
        if not live or (len(live) < 3 and self.random.random() < 0.04):
            return {"do": "create", "at": self.now, **self._creation()}
        sub = self.random.choice(live)
        name, make = self.random.choices(self._deeds, self._weights)[0]
        if self.random.random() < 0.5:
            name, make = self._fitting(sub) or (name, make)
        return {"do": name, "at": self.now, **make(sub)}

    def _fitting(self, sub: Sub) -> tuple[str, Callable[[Sub], dict]] | None:
        """What only makes sense now."""
        if sub.resting:
            return "resume", self._resume
        if sub.ends is not None:
            return "keep", self._of
        return ("undo", self._of) if sub.planned is not None and self.random.random() < 0.5 else None

    def _ways(self) -> list[tuple[str, Callable[[Sub], dict], int]]:
        return [
            ("change", self._change, 30),
            ("wait", lambda sub: {}, 8),
            ("use", self._use, 8),
            ("cancel", self._cancel, 6),
            ("keep", self._of, 3),
            ("undo", self._of, 2),
            ("pause", self._pause, 6),
            ("resume", self._resume, 6),
            ("trial", self._trial, 5),
            ("coupons", lambda sub: {"sub": sub.number, "coupons": self._coupons(0.8)}, 4),
            ("gift", lambda sub: {"coupon": self.random.choice([None, *COUPONS])}, 2),
            ("rates", lambda sub: {"sub": sub.number, "rates": self._some_rates()}, 2),
            ("exempt", lambda sub: {"how": self.random.choice(("none", "none", "exempt", "reverse"))}, 1),
            ("pay", self._pay, 4),
            ("void", lambda sub: {"invoice": self._some_invoice()}, 2),
            ("adjust", self._adjust, 2),
            ("line", self._line, 3),
        ]

    def _pass(self, sub: Sub) -> int:
        """How long until the next deed: often exactly to the end of a period, or a second beside it."""
        marks = [sub.end] if self.random.random() < 0.7 else [sub.end, sub.ends, sub.resumes, sub.trial_end]
        marks = [at for at in marks if at is not None and at > self.now]
        ways = [0, 1, self.random.randrange(DAY), self.random.randrange(40 * DAY), self.random.randrange(40) * DAY]
        ways += [(each - self.now) // 2 for each in marks] + [
            each - self.now + odd for each in marks for odd in (-1, 0)
        ]
        ways += [self.random.randrange(500 * DAY)] if self.random.random() < 0.2 else []
        return self.random.choice(ways)

    # -- fields of deeds ----------------------------------------------------------------------------------------------

    def _of(self, sub: Sub) -> dict:
        return {"sub": sub.number}

    def _price(self, like: str | None = None, alike: float = 0.9) -> str:
        names = list(PRICES)
        if like is not None and self.random.random() < alike:
            names = [each for each in names if PRICES[each]["rhythm"] == PRICES[like]["rhythm"]]
        if self.currency == "usd" and self.random.random() < 0.95:
            names = [each for each in names if "usd" in PRICES[each].get("options", {})] or names
        return self.random.choice(names)

    def _quantity(self) -> int:
        return self.random.choice((0, 1, 1, 1, 2, 3, 7, 10, 11, 21, self.random.randint(0, 60)))

    def _some_rates(self) -> list[str]:
        return self.random.sample(self.rates, self.random.randint(0, min(2, len(self.rates))))

    def _coupons(self, chance: float) -> list[str]:
        if self.random.random() > chance:
            return []
        return self.random.sample(sorted(COUPONS), self.random.choice((1, 1, 1, 2, 3)))

    def _item(self, price: str) -> dict:
        item: dict[str, Any] = {"price": price, "quantity": self._quantity()}
        if self.random.random() < 0.15:
            item["coupons"] = self._coupons(1)[:2]
        if self.random.random() < 0.1:
            item["rates"] = self._some_rates()
        return item

    def _creation(self) -> dict:
        names = [self._price()]
        while self.random.random() < 0.35:
            names.append(self._price(names[0]))
        deed: dict[str, Any] = {"items": [self._item(each) for each in dict.fromkeys(names)], "mode": self.mode}
        deed["rates"], deed["coupons"] = self._some_rates(), self._coupons(0.35)
        if self.random.random() < 0.25:
            deed["trial"] = self.random.choice((1, 3, 7, 14, 30, 45, 400))
        if self.random.random() < 0.25:
            length = {"day": 10, "week": 14, "month": 28, "year": 365}[PRICES[names[0]]["rhythm"][0]]
            deed["anchor"] = self.random.randrange(length * DAY + 1)
        elif self.random.random() < 0.2:
            deed["day_of_month"] = self.random.choice((1, 15, 28, 29, 30, 31))
        if self.random.random() < 0.2:
            deed["back"] = self.random.choice(
                (1, 3600, 20 * DAY, 45 * DAY, 400 * DAY, self.random.randrange(900 * DAY))
            )
        deed["free"] = self.random.random() < 0.15
        if self.currency == "usd":
            deed["currency"] = "usd"
        return deed

    def _change(self, sub: Sub) -> dict:
        deed: dict[str, Any] = {"sub": sub.number, "items": {}, "new": []}
        like = sub.items[0].price
        for place in range(len(sub.items)):
            dice = self.random.random()
            if dice < 0.15 and len(sub.items) > 1:
                deed["items"][place] = {"gone": True}
            elif dice < 0.8 or len(sub.items) == 1:
                alike = 0.97 if len(sub.items) > 1 else 0.7
                item = self._item(self._price(like, alike))
                if self.random.random() < 0.6:
                    del item[self.random.choice(("price", "quantity"))]
                deed["items"][place] = item
        if self.random.random() < 0.15:
            deed["new"].append(self._item(self._price(like)))
        deed["behavior"] = self.random.choice(("create_prorations", "create_prorations", "always_invoice", "none"))
        deed["anew"], deed["over"] = self.random.random() < 0.06, self.random.random() < 0.3
        deed["later"] = self.random.random() < 0.12
        if self.random.random() < 0.15:
            deed["coupons"] = self._coupons(0.8)
        return deed

    def _cancel(self, sub: Sub) -> dict:
        when = self.random.choice(("period_end", "period_end", "at", "at", "now"))
        spans = (1, self.random.randrange(1, 40 * DAY), self.random.randrange(1, 400 * DAY), max(1, sub.end - self.now))
        yes, no = self.random.random() < 0.6, self.random.random() < 0.5
        return {"sub": sub.number, "when": when, "in": self.random.choice(spans), "prorate": yes, "at_once": no}

    def _pause(self, sub: Sub) -> dict:
        span = self.random.choice((None, 1, self.random.randrange(1, 40 * DAY), self.random.randrange(1, 300 * DAY)))
        back = self.random.choice(("now", "now", "period_start", "none"))
        return {"sub": sub.number, "for": span, "back": back, "at_once": self.random.random() < 0.5}

    def _resume(self, sub: Sub) -> dict:
        behavior = self.random.choice(("create_prorations", "always_invoice", "none"))
        return {"sub": sub.number, "anchor": self.random.choice(("now", "unchanged")), "behavior": behavior}

    def _trial(self, sub: Sub) -> dict:
        span = self.random.choice((None, 1, 7 * DAY, 30 * DAY, self.random.randrange(1, 300 * DAY)))
        behavior = self.random.choice(("create_prorations", "always_invoice", "none"))
        return {"sub": sub.number, "for": span, "behavior": behavior}

    def _use(self, sub: Sub) -> dict:
        ago = self.random.choice((0, 0, 1, 3600, 40 * DAY))
        return {"value": self.random.choice((0, 1, 17, 100, 101, 250)), "of": self.now - ago}

    def _some_invoice(self) -> int:
        return self.random.randrange(len(self.world.invoices)) if self.world.invoices else 0

    def _pay(self, sub: Sub) -> dict:
        place = self._some_invoice()
        due = self.world.invoices[place]["due"] if self.world.invoices else 0
        return {"invoice": place, "amount": max(1, self.random.choice((due, due, due // 2, due + 333)))}

    def _adjust(self, sub: Sub) -> dict:
        return {"amount": self.random.choice((-5000, -333, 250, 1)), "currency": sub.currency}

    def _line(self, sub: Sub) -> dict:
        whose = self.random.choice((None, sub.number))
        amount = self.random.choice((999, 5000, -300, 1))
        return {"sub": whose, "currency": sub.currency, "amount": amount, "rates": self._some_rates()}
