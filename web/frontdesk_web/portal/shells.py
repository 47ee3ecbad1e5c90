"""A page whose frame is the same for many: what stands around its content is rendered once for all of them.

A frame is a third of the home page's template, and most of it is the tenant's. It is kept under all that it shows, so
it cannot be out of date or anybody else's: two customers share a shell if their frames have the same values. Only the
address of who is signed in is left out of it, and goes in afterwards with the content.
"""

from functools import lru_cache

import msgspec
from msgspec.structs import replace

from frontdesk.ids import random_token
from frontdesk_web.portal.frames import Frame
from frontdesk_web.rendering import Page, Renderer

KEPT = 256
"""Shells that a process keeps, of some five kilobytes each: one for each tenant, language and way back."""

# Random, so that nothing that a tenant or a customer wrote can hold one.
_TITLE, _SCRIPTS, _EMAIL, _CONTENT, _NEXT = (random_token(32) for _ in range(5))
_MARKS = tuple(each.encode() for each in (_TITLE, _SCRIPTS, _EMAIL, _CONTENT))
_NEXT_MARK = _NEXT.encode()
_AROUND = (
    '{% extends "layout.html" %}'
    f"{{% block title %}}{_TITLE}{{% endblock %}}"
    f"{{% block scripts %}}{_SCRIPTS}{{% endblock %}}"
    f"{{% block content %}}{_CONTENT}{{% endblock %}}"
)
_INSIDE = (
    f"{{% block title %}}{{% endblock %}}{_NEXT}"
    f"{{% block scripts %}}{{% endblock %}}{_NEXT}"
    f"{{{{ frame.signed_in.email }}}}{_NEXT}"
    "{% block content %}{% endblock %}"
)


class Shells:
    """Makes the same bytes as `Renderer.page`. The frame needs somebody who is signed in and cannot switch."""

    def __init__(self, renderer: Renderer) -> None:
        self._around = renderer.with_templates({"around.html": _AROUND})
        self._inside = renderer.with_templates({"layout.html": _INSIDE})
        self._shell = lru_cache(maxsize=KEPT)(self._rendered)

    def page(self, locale: str, frame: Frame, page: Page) -> bytes:
        """A whole page as it is sent."""
        assert frame.signed_in is not None
        head, after_title, after_scripts, after_email, foot = self._shell(
            locale, replace(frame, signed_in=replace(frame.signed_in, email=_EMAIL))
        )
        views = {
            "frame": {"signed_in": {"email": frame.signed_in.email}},
            "page": msgspec.to_builtins(page),
        }
        html = self._inside.render(page.template, locale, **views).encode()
        title, scripts, email, content = html.split(_NEXT_MARK, 3)
        return b"".join((head, title, after_title, scripts, after_scripts, email, after_email, content, foot))

    def _rendered(self, locale: str, frame: Frame) -> tuple[bytes, ...]:
        """What stands before the first open place, and after each of them."""
        html = self._around.render("around.html", locale, frame=msgspec.to_builtins(frame)).encode()
        parts = []
        for mark in _MARKS:
            before, html = html.split(mark)
            parts.append(before)
        return (*parts, html)
