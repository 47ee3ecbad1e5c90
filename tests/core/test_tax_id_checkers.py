"""The checker of tests keeps the contract that plugins keep."""

from types import ModuleType
from typing import ClassVar

import pytest

from frontdesk import hookimpl
from frontdesk.plugins import PluginHost
from frontdesk.tax_id_checkers import TaxIdChecker
from frontdesk.testing.tax_id_checkers import PaperRegister, TaxIdCheckerContract


class Open(PaperRegister):
    known: ClassVar = {"DE123456789": "Acme GmbH"}


class Closed(Open):
    open = False


class TestPaperRegister(TaxIdCheckerContract):
    valid = ("eu_vat", "DE123456789")
    invalid = ("eu_vat", "DE999999999")

    def make_checker(self, answers: bool) -> TaxIdChecker:
        return Open() if answers else Closed()


def test_hook_tax_id_checkers_provides_classes_by_name() -> None:
    module = ModuleType("plugin")

    def tax_id_checkers() -> list[type]:
        return [Open]

    module.tax_id_checkers = hookimpl(tax_id_checkers)  # type: ignore[attr-defined]
    assert dict(PluginHost.of(register=module).tax_id_checkers()) == {"paper_register": Open}


def test_a_checker_says_which_types_it_knows() -> None:
    class Vague(Open):
        types = frozenset({"xx_vat"})

    module = ModuleType("plugin")

    def tax_id_checkers() -> list[type]:
        return [Vague]

    module.tax_id_checkers = hookimpl(tax_id_checkers)  # type: ignore[attr-defined]
    with pytest.raises(ValueError, match="types of tax ids"):
        PluginHost.of(register=module)
