"""Tax calculators: what a tax plugin provides so that rates come from it."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from frontdesk.tax_settings import PlaceRate


class TaxCalculator(ABC):
    """Knows the rates of places; subclass it and return the class from the hook `tax_calculators()`.

    It is made once, without arguments, and serves all tenants. It is asked when a business says where it is registered
    and once a day after that, never while something is billed: what it answers is kept with the business's settings.
    `frontdesk.tax_sourcing` says where a sale is taxed, and `frontdesk.automatic_tax` which row is taken.
    """

    name: ClassVar[str]
    """Among several, they are asked in the order of their names, Frontdesk's own last; the first that knows a place
    answers for it."""
    title: ClassVar[str]
    """Shown to the tenant's staff."""

    @abstractmethod
    async def rates(self, country: str, state: str | None) -> Sequence[PlaceRate]:
        """All rates of a place, past and announced ones too; empty where it knows nothing of the place.

        `country` is an ISO 3166-1 code in capitals; `state` is None for the tax of the country itself, else a code of
        ISO 3166-2 without the country, for a tax of that state alone. Raises Unavailable.
        """
