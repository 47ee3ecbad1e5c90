"""What plugins add to the home page, as it shows it: their panels, in the language of the page."""

from datetime import datetime, timedelta

from msgspec import Struct

from frontdesk.panel_calls import ShownPanels
from frontdesk.panels import Panel
from frontdesk_web.messages import translate

ASKED_AGAIN_AFTER = timedelta(minutes=1)
"""How long a page is kept on which the panels of a plugin are missing, since it failed."""


class PanelLink(Struct, frozen=True, kw_only=True):
    """A link out of a panel, or to another page of the same host."""

    text: str
    url: str


class PanelSection(Struct, frozen=True, kw_only=True):
    """One panel."""

    title: str
    paragraphs: tuple[str, ...]
    links: tuple[PanelLink, ...]


def panel_sections(shown: ShownPanels, locale: str) -> tuple[PanelSection, ...]:
    """The panels in the language of the page."""
    return tuple(_section(each, locale) for each in shown.panels)


def good_until_asked_again(shown: ShownPanels, good_until: datetime | None, now: datetime) -> datetime | None:
    """Until when a page can be kept that is good until then as far as the rest of it goes."""
    if shown.whole:
        return good_until
    again = now + ASKED_AGAIN_AFTER
    return again if good_until is None else min(good_until, again)


def _section(panel: Panel, locale: str) -> PanelSection:
    def said(text: str) -> str:
        return translate(locale, text, **panel.parameters)

    return PanelSection(
        title=said(panel.title),
        paragraphs=tuple(said(each) for each in panel.paragraphs),
        links=tuple(PanelLink(text=said(each.text), url=each.url) for each in panel.links),
    )
