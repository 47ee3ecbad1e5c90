"""What many objects name, and what is asked for once: coupons, tax rates and products."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from msgspec import Struct

from frontdesk.book import Product
from frontdesk.coupons import Coupon
from frontdesk.tax_rates import TaxRate
from frontdesk_stripe.connection import Connection, Shown, path, together
from frontdesk_stripe.reading.catalogue import read_product
from frontdesk_stripe.reading.discounts import COUPON_EXPANSIONS, read_coupon
from frontdesk_stripe.reading.tax_rates import read_tax_rate
from frontdesk_stripe.reading.wire import version_at

LASTS = timedelta(minutes=10)
MOST = 1000
AT_ONCE = 8
IDS_IN_A_LIST = 100
T = TypeVar("T")


class Named(Struct, frozen=True):
    """What objects name, by id. What Stripe has no more is not there."""

    coupons: Mapping[str, Coupon] = {}
    rates: Mapping[str, TaxRate] = {}
    products: Mapping[str, Product] = {}


class Memory:
    """Coupons, tax rates and products that were asked for lately.

    They hardly change, and where they do Stripe says so and they are asked for anew; so what is a few minutes old gives
    an invoice its names as well.
    """

    def __init__(self, stripe: Connection) -> None:
        self._stripe = stripe
        self._coupons: _Kept[Coupon] = _Kept()
        self._rates: _Kept[TaxRate] = _Kept()
        self._products: _Kept[Product] = _Kept()

    async def named_by(self, given: Iterable[Any]) -> Named:
        """All that some objects of Stripe's name."""
        ids = _Ids()
        ids.walk(list(given))
        now = self._stripe.now()
        await self._learn(self._coupons, ids.coupons, self._coupon, now)
        await self._learn(self._rates, ids.rates, self._rate, now)
        await self._learn_products(ids.products, now)
        return Named(
            coupons=self._coupons.of(ids.coupons),
            rates=self._rates.of(ids.rates),
            products=self._products.of(ids.products),
        )

    async def _learn(
        self, kept: "_Kept[T]", ids: set[str], ask: Callable[[str], Awaitable[T | None]], now: datetime
    ) -> None:
        unknown = kept.lacking(ids, now)
        for start in range(0, len(unknown), AT_ONCE):
            some = unknown[start : start + AT_ONCE]
            kept.keep(zip(some, await together(*(ask(each) for each in some)), strict=True), now)

    async def _learn_products(self, ids: set[str], now: datetime) -> None:
        unknown = self._products.lacking(ids, now)
        for start in range(0, len(unknown), IDS_IN_A_LIST):
            some = unknown[start : start + IDS_IN_A_LIST]
            version = version_at(self._stripe.now())
            found = await self._stripe.all("/v1/products", {"ids": some})
            read = {each.id: each for each in (read_product(shown, version) for shown in found)}
            self._products.keep([(each, read.get(each)) for each in some], now)

    async def _coupon(self, id: str) -> Coupon | None:
        version = version_at(self._stripe.now())
        shown = await self._stripe.found(path("coupons", id), {"expand": list(COUPON_EXPANSIONS)})
        return None if shown is None else read_coupon(shown, version)

    async def _rate(self, id: str) -> TaxRate | None:
        version = version_at(self._stripe.now())
        shown = await self._stripe.found(path("tax_rates", id))
        return None if shown is None else read_tax_rate(shown, version)


class _Kept(Generic[T]):
    """Objects by id for some minutes, and which ids are nobody's."""

    def __init__(self) -> None:
        self._by_id: OrderedDict[str, tuple[datetime, T | None]] = OrderedDict()

    def lacking(self, ids: Iterable[str], now: datetime) -> list[str]:
        return sorted(each for each in ids if each not in self._by_id or self._by_id[each][0] <= now - LASTS)

    def keep(self, found: Iterable[tuple[str, T | None]], now: datetime) -> None:
        for id, each in found:
            self._by_id[id] = (now, each)
            self._by_id.move_to_end(id)

    def of(self, ids: Iterable[str]) -> Mapping[str, T]:
        """Those that there are. Only then are old ones let go, so that none that was just learned is missing."""
        found = {id: each for id in sorted(ids) if (each := self._by_id[id][1]) is not None}
        while len(self._by_id) > MOST:
            self._by_id.popitem(last=False)
        return found


class _Ids:
    """Ids that lie in objects of Stripe's, wherever they lie."""

    def __init__(self) -> None:
        self.coupons: set[str] = set()
        self.rates: set[str] = set()
        self.products: set[str] = set()
        self._sets = {"coupon": self.coupons, "tax_rate": self.rates, "product": self.products}

    def walk(self, given: Any) -> None:
        if isinstance(given, list):
            for each in given:
                self.walk(each)
        if not isinstance(given, dict):
            return
        for name, value in given.items():
            if name == "metadata":
                continue
            kept = self._sets.get(name)
            if kept is not None and (id := _id(value)):
                kept.add(id)
            self.walk(value)


def _id(value: Shown | str | None) -> str | None:
    found = value.get("id") if isinstance(value, dict) else value
    return found if isinstance(found, str) else None
