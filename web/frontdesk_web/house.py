"""What this process knows of the operator's settings: read at the start, again now and then, and once they change here.

Pages and letters of the house take the service's name from it without asking the database each time.
"""

import asyncio
import contextlib
import logging

from frontdesk.branding import Brand
from frontdesk.errors import Unavailable
from frontdesk.house_settings import HouseSettings
from frontdesk_tenants import house_records
from frontdesk_tenants.database import Database
from frontdesk_tenants.house import HOUSE

EVERY_SECONDS = 30.0
"""After so long a change that was made in another process is seen here."""
log = logging.getLogger("frontdesk.house")


class House:
    """The settings as they were last read."""

    def __init__(self, database: Database) -> None:
        self.settings = HouseSettings()
        self._database = database
        self._keeping: asyncio.Task[None] | None = None

    @property
    def brand(self) -> Brand:
        """Our own neutral face, under the service's name."""
        return Brand(business_name=self.settings.service_name)

    async def open(self) -> None:
        """Read the settings, and keep reading them."""
        await self.refresh()
        self._keeping = asyncio.create_task(self._keep())

    async def aclose(self) -> None:
        """Stop reading."""
        if self._keeping is not None:
            self._keeping.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeping

    async def refresh(self) -> HouseSettings:
        """Read the settings now. Raises Unavailable."""
        async with self._database.side(HOUSE) as connection:
            self.settings = await house_records.read_settings(connection)
        return self.settings

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            try:
                await self.refresh()
            except Unavailable as error:
                log.warning("the operator's settings are as they were: %s", error.message)
            except Exception:
                log.exception("the operator's settings could not be read")
