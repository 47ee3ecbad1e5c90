"""The contract of a tax id checker, as tests, and a register that does as it is told.

class TestMine(TaxIdCheckerContract):
    valid = ("eu_vat", "DE123456789")
    invalid = ("eu_vat", "DE111111111")

    def make_checker(self, answers: bool) -> MyChecker:
        return MyChecker(...)
"""

from abc import ABC, abstractmethod
from typing import ClassVar

import pytest

from frontdesk.contracts import broken_terms
from frontdesk.errors import Unavailable
from frontdesk.tax_id_checkers import RegisterAnswer, TaxIdChecker


class TaxIdCheckerContract(ABC):
    """What every checker must do. Subclass it in a test file; what it asks may be a stand-in of yours."""

    valid: ClassVar[tuple[str, str]]
    """Type and value of an id that the register knows."""
    invalid: ClassVar[tuple[str, str]]
    """Of one that is well written and that the register does not know."""

    @abstractmethod
    def make_checker(self, answers: bool) -> TaxIdChecker:
        """A checker whose register answers, or does not."""

    def test_the_class_is_what_its_hook_asks_for(self) -> None:
        assert broken_terms("tax_id_checkers", type(self.make_checker(answers=True))) == []

    @pytest.mark.asyncio
    async def test_it_tells_what_the_register_knows_from_what_it_does_not(self) -> None:
        checker = self.make_checker(answers=True)
        assert {self.valid[0], self.invalid[0]} <= checker.types
        assert (await checker.check(*self.valid)).status == "verified"
        assert (await checker.check(*self.invalid)).status == "unverified"

    @pytest.mark.asyncio
    async def test_a_register_that_does_not_answer_says_nothing_of_an_id(self) -> None:
        for each in (self.valid, self.invalid):
            with pytest.raises(Unavailable):
                await self.make_checker(answers=False).check(*each)


class PaperRegister(TaxIdChecker):
    """A register on paper: `known` ids are verified, and it answers as long as `open`. For tests."""

    name = "paper_register"
    title = "A register on paper"
    types = frozenset({"eu_vat"})
    known: ClassVar[dict[str, str]] = {}
    open: ClassVar[bool] = True

    async def check(self, type: str, value: str) -> RegisterAnswer:
        """See `TaxIdChecker.check`."""
        if not self.open:
            raise Unavailable("The register is closed.")
        if value in self.known:
            return RegisterAnswer(status="verified", name=self.known[value])
        return RegisterAnswer(status="unverified")
