"""Applications that are laid out once and go from one site of a test to the next.

To lay out all routes takes a third of a second, and many tests have a site of their own. What stands before the routes
is made anew for each.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from litestar import Litestar
from litestar.types import ASGIApp

from frontdesk_web.app import create_litestar, guarded
from frontdesk_web.site import Site

_spare: dict[tuple[Any, ...], list[tuple[Litestar, Site]]] = {}
"""Routes that nobody serves now, by the routes that they have beside the product's, each with the site it was made for:
an object that is whatever site it is told to be."""


@contextmanager
def application(site: Site, extra_routes: tuple[Any, ...] = ()) -> Iterator[ASGIApp]:
    """The whole application, to be served until the end of the block."""
    spare = _spare.setdefault(extra_routes, [])
    if spare:
        routes, being = spare.pop()
    else:
        being = object.__new__(Site)
        routes = create_litestar(being, extra_routes)
    being.__dict__ = site.__dict__
    yield guarded(routes, site)
    spare.append((routes, being))
