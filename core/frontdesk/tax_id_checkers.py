"""Tax id checkers: who asks the register of a country whether a tax id is somebody's."""

from abc import ABC, abstractmethod
from typing import ClassVar, Literal

from msgspec import Struct


class RegisterAnswer(Struct, frozen=True, kw_only=True):
    """What a register says of a tax id: that it is valid and, where it tells, whose; or that it knows no such id."""

    status: Literal["verified", "unverified"]
    name: str | None = None
    address: str | None = None


class TaxIdChecker(ABC):
    """Asks registers about tax ids; subclass it and return the class from the hook `tax_id_checkers()`.

    It is made once, without arguments, and serves all tenants. It is asked by the worker, never while a page is shown
    or something is billed. Whoever answers `unverified` says that the register was asked and knows no such id; where
    it could not be asked, `Unavailable` is raised, the id stays as it was, and is asked about again.
    """

    name: ClassVar[str]
    """Of several that know a type the first by name is asked."""
    title: ClassVar[str]
    """Shown to the tenant's staff."""
    types: ClassVar[frozenset[str]]
    """The types of ids that it can ask about (`frontdesk.tax_id_types`)."""

    @abstractmethod
    async def check(self, type: str, value: str) -> RegisterAnswer:
        """What the register says. Raises Unavailable where it does not answer."""
