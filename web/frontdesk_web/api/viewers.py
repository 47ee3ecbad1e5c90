"""For whom the API's objects are shown."""

from datetime import datetime
from typing import Protocol

from frontdesk_tenants.directory import Door, Side
from frontdesk_web.site import Site


class Viewer(Protocol):
    """For whom something is shown: a request, or whoever tells what happened."""

    @property
    def site(self) -> Site: ...
    @property
    def door(self) -> Door: ...
    @property
    def side(self) -> Side: ...
    @property
    def now(self) -> datetime: ...
    @property
    def livemode(self) -> bool: ...
