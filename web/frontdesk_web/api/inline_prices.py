"""Prices described inside of another request (`price_data`): made for it alone, and archived once it has them."""

from collections.abc import Mapping, Sequence
from typing import Any

from frontdesk.catalogue_commands import UpdatePrice
from frontdesk_web.api import price_amounts, prices
from frontdesk_web.api.calls import Call
from frontdesk_web.api.errors import exclusive_params
from frontdesk_web.api.parameters import Choice, Group, Required, Text, Whole
from frontdesk_web.api.renamed_params import inside, renamed_params

PRICE_DATA = Group(
    of=price_amounts.UNIT_AMOUNT
    | {
        "currency": Required(Text(maximum=10)),
        "product": Required(Text(maximum=255)),
        "recurring": Required(
            Group(of={"interval": Required(Choice(of=prices.INTERVALS)), "interval_count": Whole(minimum=1)})
        ),
    }
)


class InlinePrices:
    """The prices that one request describes. `archive` takes them out of what is sold, as Stripe does."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._made: list[str] = []

    async def named(self, items: Sequence[Mapping[str, Any]], at: str = "items") -> list[Mapping[str, Any]]:
        """The same items, each with the id of a price in the place of a description.

        Raises:
            ApiError, Refused: a description cannot be a price, or stands beside an id.
        """
        return [await self.one(each, f"{at}[{place}]") for place, each in enumerate(items)]

    async def one(self, item: Mapping[str, Any], at: str) -> Mapping[str, Any]:
        """See `named`."""
        if "price_data" not in item:
            return item
        here = price_amounts.below(at, "price_data")
        if "price" in item or "plan" in item:
            raise exclusive_params(price_amounts.below(at, "price"), here)
        described = item["price_data"]
        with renamed_params(lambda param: param if param.startswith(here) else inside(here)(param)):
            made = await prices.add(self._call, described, described["product"], here)
        self._made.append(made)
        return {**{name: value for name, value in item.items() if name != "price_data"}, "price": made}

    async def archive(self) -> None:
        """Sell them to nobody else."""
        for each in self._made:
            await self._call.change_catalogue(UpdatePrice(id=each, active=False))
