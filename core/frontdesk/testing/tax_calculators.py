"""The contract of a tax calculator, as tests.

class TestMine(TaxCalculatorContract):
    places = ("DE", "CA-QC")

    def make_calculator(self) -> MyCalculator:
        return MyCalculator()
"""

from abc import ABC, abstractmethod
from typing import ClassVar

import pytest

from frontdesk.contracts import broken_terms
from frontdesk.tax_calculators import TaxCalculator
from frontdesk.tax_settings import PlaceRate


class TaxCalculatorContract(ABC):
    """What every tax calculator must do. Subclass it in a test file and say how one is made, and what it knows."""

    places: ClassVar[tuple[str, ...]]
    """Some places that it knows: `DE`, or `CA-QC`."""

    @abstractmethod
    def make_calculator(self) -> TaxCalculator:
        """A calculator that answers."""

    async def rates(self, place: str) -> tuple[PlaceRate, ...]:
        """What it says of a place."""
        country, _, state = place.partition("-")
        return tuple(await self.make_calculator().rates(country, state or None))

    def test_the_class_is_what_its_hook_asks_for(self) -> None:
        assert broken_terms("tax_calculators", type(self.make_calculator())) == []
        assert isinstance(type(self.make_calculator())(), TaxCalculator), "it is made without arguments"

    @pytest.mark.asyncio
    async def test_a_place_that_it_knows_has_a_rate_for_what_no_row_names(self) -> None:
        for place in self.places:
            assert any(not each.codes and each.percentage is not None for each in await self.rates(place)), place

    @pytest.mark.asyncio
    async def test_rates_are_percentages_of_at_most_four_places_with_a_name(self) -> None:
        for place in self.places:
            for each in await self.rates(place):
                assert each.name.strip()
                if each.percentage is not None:
                    assert 0 <= each.percentage <= 100
                    assert each.percentage == round(each.percentage, 4)

    @pytest.mark.asyncio
    async def test_no_two_rows_hold_at_once(self) -> None:
        for place in self.places:
            rows = await self.rates(place)
            kinds = [(code, each.in_state, each.since) for each in rows for code in each.codes or ("",)]
            assert len(set(kinds)) == len(kinds), place

    @pytest.mark.asyncio
    async def test_it_answers_the_same_each_time(self) -> None:
        for place in self.places:
            assert await self.rates(place) == await self.rates(place)

    @pytest.mark.asyncio
    async def test_it_says_nothing_of_a_place_that_it_does_not_know(self) -> None:
        for place in ("ZZ", "ZZ-QQ", ""):
            assert await self.rates(place) == ()
