"""An application whose routes answer the methods that they are written for, and no others.

Litestar adds an answer to OPTIONS to each: nobody asks (there is nothing here for other origins' scripts), and a third
of all that it keeps of routes is kept for that, 4 MB of every process.
"""

from typing import Any

from litestar import Litestar, Router
from litestar.enums import HttpMethod
from litestar.routes import BaseRoute, HTTPRoute


class _WithoutOptions(Router):
    """Stands between the application and Litestar's router, where routes are made and not yet read."""

    __slots__ = ()

    def register(self, value: Any) -> list[BaseRoute]:
        """See `Router.register`."""
        made = super().register(value)
        for route in made:
            if isinstance(route, HTTPRoute):
                route.route_handlers = [each for each in route.route_handlers if each.http_methods != {_OPTIONS}]
                route.methods.discard(_OPTIONS)
        return made


class Application(Litestar, _WithoutOptions):  # type: ignore[misc]  # Litestar's own `register` returns nothing.
    """Litestar, but that OPTIONS is not allowed (405)."""

    __slots__ = ()


_OPTIONS = HttpMethod.OPTIONS
