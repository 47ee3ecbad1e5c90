"""A browser without a screen: it keeps the page that is open, and fills in the forms that it is shown."""

import re
from html import unescape
from html.parser import HTMLParser
from typing import Self

import httpx

_CSRF = re.compile(r'name="csrf" value="([^"]+)"')


class BareBrowser:
    """Works below `base`; whole paths begin with one of `roots`. `page` is the last answer."""

    roots: tuple[str, ...]
    page: httpx.Response

    def __init__(self, client: httpx.AsyncClient, base: str) -> None:
        self.base = base
        self._client = client

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def get(self, path: str = "") -> httpx.Response:
        """Open a page; `path` is below `base`, or a whole path as a redirect gives it."""
        self.page = await self._client.get(self._whole(path))
        return self.page

    async def post(self, path: str, **fields: str) -> httpx.Response:
        """Post a form with the token of the page that is open. Redirects are not followed."""
        if "csrf" not in fields:
            fields["csrf"] = self.csrf
        self.page = await self._client.post(self._whole(path), data=fields)
        return self.page

    async def follow(self) -> httpx.Response:
        """Go where the last answer leads."""
        assert self.page.status_code == 303, self.page.text
        return await self.get(self.page.headers["location"])

    @property
    def csrf(self) -> str:
        """The form token of the page that is open."""
        found = _CSRF.search(self.page.text)
        assert found is not None, "the page has no form"
        return unescape(found[1])

    @property
    def html(self) -> str:
        """The page's source with references resolved, in which addresses can be looked for."""
        return unescape(self.page.text)

    @property
    def text(self) -> str:
        """The words of the page that is open."""
        return words(self.page.text)

    def _whole(self, path: str) -> str:
        return path if path.startswith(self.roots) else self.base + path


def words(html: str) -> str:
    """What a reader sees of a page's main part, with single spaces."""
    reader = _Reader()
    reader.feed(html)
    return " ".join(" ".join(reader.found).split())


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._inside = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "main":
            self._inside += 1

    def handle_endtag(self, tag: str) -> None:
        if tag == "main":
            self._inside -= 1

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.found.append(data)
