"""Panels: what a plugin adds to the portal's home page. Text and links only; the portal decides how they look."""

from collections.abc import Mapping

from msgspec import Struct


class Link(Struct, frozen=True):
    """A link of a panel: its words, and an `https:`, `http:` or `mailto:` address or a path on the same host.

    Raises:
        ValueError: the address is none of these (a `javascript:` address would run on the customer's page).
    """

    text: str
    url: str

    def __post_init__(self) -> None:
        path = self.url.startswith("/") and not self.url.startswith(("//", "/\\"))
        if not (path or self.url.startswith(("https://", "http://", "mailto:"))):
            raise ValueError("a link leads to https:, http:, mailto: or a path")


class Panel(Struct, frozen=True, kw_only=True):
    """One section under the portal's own: a title, paragraphs of plain text, links.

    Texts that the plugin has marked as its own (`sentences_of`) are said in the customer's language by its catalogues;
    `parameters` fill their places. Others are shown as they are.

    Raises:
        ValueError: the title is empty.
    """

    title: str
    paragraphs: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    parameters: Mapping[str, str | int] = {}

    def __post_init__(self) -> None:
        # A section is found by its heading: one without words is none to whoever hears the page.
        if not self.title.strip():
            raise ValueError("a panel has a title")
