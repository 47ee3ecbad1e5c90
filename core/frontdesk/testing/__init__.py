"""Contract suites for what plugins provide, and stand-ins that keep real promises. The only part that needs pytest.

class TestMine(BillingBackendContract):
    def make_backend(self) -> MyBackend:
        return MyBackend(MySettings(...))
"""

import pytest

# Before the suites are imported, so that their assertions say what they compared.
pytest.register_assert_rewrite(
    "frontdesk.testing.billing",
    "frontdesk.testing.channels",
    "frontdesk.testing.taxes",
    "frontdesk.testing.tax_calculators",
    "frontdesk.testing.tax_id_checkers",
    "frontdesk.testing.play",
)

from frontdesk.testing.billing import BillingBackendContract  # noqa: E402
from frontdesk.testing.channels import PasscodeChannelContract  # noqa: E402
from frontdesk.testing.tax_calculators import TaxCalculatorContract  # noqa: E402
from frontdesk.testing.tax_id_checkers import TaxIdCheckerContract  # noqa: E402
from frontdesk.testing.taxes import TaxCatalogueContract  # noqa: E402

__all__ = [
    "BillingBackendContract",
    "PasscodeChannelContract",
    "TaxCalculatorContract",
    "TaxCatalogueContract",
    "TaxIdCheckerContract",
]
