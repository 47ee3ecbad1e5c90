"""The home page put together: what stands around its sections is rendered once for many.

A frame is a third of the home page's template, and most of it is the tenant's. It is kept under all that it shows, so
it cannot be out of date or anybody else's: two customers share a shell if their frames have the same values. Only the
address of who is signed in is left out of it, and goes in afterwards with the sections.
"""

from functools import lru_cache

import msgspec
from msgspec.structs import replace

from frontdesk.ids import random_token
from frontdesk_web.portal.frames import Frame
from frontdesk_web.portal.home_sections import NEWS, PANELS, SECTIONS, has_news, told
from frontdesk_web.portal.home_views import HomePage
from frontdesk_web.portal.moulds import Moulds, told_lines
from frontdesk_web.rendering import Renderer

KEPT = 256
"""Shells that a process keeps, of some five kilobytes each: one for each tenant, language and way back."""

# Random, so that nothing that a tenant or a customer wrote can hold one.
_EMAIL = random_token(32)
_PLACES = {each: random_token(32) for each in (NEWS, *SECTIONS, PANELS)}


class Shells:
    """Makes the same bytes as `Renderer.page`. The frame needs somebody who is signed in."""

    def __init__(self, renderer: Renderer) -> None:
        self._renderer = renderer
        self._around = renderer.with_templates(_PLACES)
        self._moulds = Moulds(renderer)
        self._kept = lru_cache(maxsize=KEPT)(self._rendered)

    def page(self, locale: str, frame: Frame, page: HomePage) -> bytes:
        """A whole page as it is sent."""
        assert frame.signed_in is not None
        if self._renderer.reloads:
            return self._renderer.page(locale, frame, page)
        lines = told_lines((frame.signed_in.email, *told(page)))
        # Who can switch has a frame of their own.
        shell = self._kept if frame.signed_in.switcher is None else self._rendered
        head, after_email, *between, before_panels, foot = shell(
            locale, replace(frame, signed_in=replace(frame.signed_in, email=_EMAIL)), page.payment is not None
        )
        pieces = [head, lines[0][1:-1], after_email]
        if has_news(page):
            pieces.append(self._section(locale, NEWS, page))
        for (template, fields), before, line in zip(SECTIONS.items(), between, lines[1:], strict=True):
            pieces.append(before)
            pieces += self._moulds.filled(locale, template, fields, line, page)
        pieces.append(before_panels)
        if page.panels:
            pieces.append(self._section(locale, PANELS, page))
        pieces.append(foot)
        return b"".join(pieces)

    def _section(self, locale: str, template: str, page: HomePage) -> bytes:
        return self._renderer.render(template, locale, page=msgspec.to_builtins(page)).encode()

    def _rendered(self, locale: str, frame: Frame, payment: bool) -> tuple[bytes, ...]:
        """What stands before the first open place, and after each of them. `payment`: whether there is that section."""
        html = self._around.render(
            HomePage.template, locale, frame=msgspec.to_builtins(frame), page={"payment": payment}
        )
        parts = []
        for mark in (_EMAIL, *_PLACES.values()):
            before, html = html.split(mark)
            parts.append(before.encode())
        return (*parts, html.encode())
