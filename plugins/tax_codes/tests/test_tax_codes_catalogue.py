"""The catalogue keeps the contract, holds the whole list, and finds what people type."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from frontdesk.taxes import TaxCatalogue
from frontdesk.testing.taxes import TaxCatalogueContract
from frontdesk_tax_codes import StripeTaxCodes, tax_catalogues

PLUGIN = Path(__file__).parents[1]


class TestTaxCodes(TaxCatalogueContract):
    def make_catalogue(self) -> TaxCatalogue:
        return StripeTaxCodes()


def test_hook_tax_catalogues() -> None:
    assert tax_catalogues() == [StripeTaxCodes]


async def test_every_row_of_the_list_is_a_code() -> None:
    rows = (PLUGIN / "frontdesk_tax_codes" / "tax_codes.csv").read_text("utf-8").splitlines()[1:]
    codes = await StripeTaxCodes().codes()
    assert [each.id for each in codes] == [row.split(",")[0] for row in rows]
    assert len(codes) == 95
    assert codes[0].description == codes[0].name == "Nontaxable"


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("saas business", "txcd_10103001"),
        ("SaaS personal", "txcd_10103000"),
        ("BUSINESS (saas)", "txcd_10103001"),
        ("iaas business", "txcd_10101000"),
        ("book", "txcd_35010000"),
        ("shipping", "txcd_92010001"),
        ("tangible", "txcd_99999999"),
        ("gift", "txcd_10502000"),
        ("hosting web", "txcd_10701100"),
        ("99999999", "txcd_99999999"),
        ("txcd_10103001", "txcd_10103001"),
        ("nóntaxable", "txcd_00000000"),
    ],
)
async def test_the_best_match_comes_first(words: str, first: str) -> None:
    found = await StripeTaxCodes().search(words, limit=5)
    assert found[0].id == first


async def test_all_words_must_match() -> None:
    assert await StripeTaxCodes().search("saas shipping", limit=5) == []
    assert await StripeTaxCodes().search("---", limit=5) == []


def test_the_wheel_holds_the_list(tmp_path: Path) -> None:
    uv = Path(sys.executable).with_name("uv")
    subprocess.run([uv, "build", "--quiet", "--wheel", "--out-dir", tmp_path, PLUGIN], check=True)
    (wheel,) = tmp_path.glob("*.whl")
    assert "frontdesk_tax_codes/tax_codes.csv" in zipfile.ZipFile(wheel).namelist()
