"""The contract of a tax catalogue, as tests.

class TestMine(TaxCatalogueContract):
    def make_catalogue(self) -> MyCatalogue:
        return MyCatalogue()
"""

import re
from abc import ABC, abstractmethod

import pytest

from frontdesk.contracts import broken_terms
from frontdesk.taxes import TaxCatalogue


class TaxCatalogueContract(ABC):
    """What every tax catalogue must do. Subclass it in a test file and say how a catalogue is made."""

    @abstractmethod
    def make_catalogue(self) -> TaxCatalogue:
        """A catalogue that answers."""

    def test_the_class_is_what_its_hook_asks_for(self) -> None:
        assert broken_terms("tax_catalogues", type(self.make_catalogue())) == []
        assert isinstance(type(self.make_catalogue())(), TaxCatalogue), "it is made without arguments"

    @pytest.mark.asyncio
    async def test_codes_are_complete_distinct_and_always_in_the_same_order(self) -> None:
        catalogue = self.make_catalogue()
        codes = list(await catalogue.codes())
        assert codes
        assert all(each.id and each.name and each.description for each in codes)
        assert len({each.id for each in codes}) == len(codes)
        assert list(await self.make_catalogue().codes()) == codes

    @pytest.mark.asyncio
    async def test_every_code_is_found_by_its_id_and_by_nothing_else(self) -> None:
        catalogue = self.make_catalogue()
        codes = list(await catalogue.codes())
        assert [await catalogue.find(each.id) for each in codes] == codes
        for unknown in ("", "nothing", codes[0].id + "0", codes[0].id.upper() + " ", "é\0"):
            assert await catalogue.find(unknown) is None

    @pytest.mark.asyncio
    async def test_a_code_is_among_the_matches_of_its_own_words_in_any_order_and_case(self) -> None:
        catalogue = self.make_catalogue()
        codes = list(await catalogue.codes())
        for code in codes:
            words = re.findall(r"\w+", code.name)
            assert code in await catalogue.search(" ".join(reversed(words)).upper(), limit=len(codes))
            assert code in await catalogue.search(code.id, limit=len(codes))

    @pytest.mark.asyncio
    async def test_a_search_keeps_to_its_limit_and_knows_only_codes_of_the_catalogue(self) -> None:
        catalogue = self.make_catalogue()
        codes = list(await catalogue.codes())
        for words in ("", codes[0].name, codes[-1].id):
            everything = list(await catalogue.search(words, limit=len(codes)))
            assert set(everything) <= set(codes)
            assert list(await catalogue.search(words, limit=1)) == everything[:1]
            assert list(await catalogue.search(words, limit=0)) == []
        assert list(await catalogue.search("zzqx no code has these words", limit=5)) == []
