"""A browser without a screen, signed in to a portal."""

import re
from html import unescape

import httpx
from bare_browser import BareBrowser
from portal_shop import Shop
from sites import RunningSite


class PortalBrowser(BareBrowser):
    """One session of a customer."""

    roots = ("/p/",)

    def __init__(self, running: RunningSite, shop: Shop, secret: str, **headers: str) -> None:
        client = running.client(Cookie=running.cookie(shop.door, secret), **headers)
        super().__init__(client, f"/p/{shop.door.portal}")

    async def send(self, path: str, **fields: str) -> httpx.Response:
        """Post beside the page that is open, as another tab or a second click does."""
        return await self._client.post(self._whole(path), data=fields)

    @property
    def action(self) -> str:
        """Where the main form of the page posts to."""
        (found,) = set(re.findall(r'<form class="[^"]*" method="post" action="([^"]+)"', self.page.text))
        return unescape(found)
