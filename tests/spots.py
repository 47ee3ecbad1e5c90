"""Every route of the application, and a request to it.

The routes come from Litestar's own table, what the API takes from its endpoints.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any
from urllib.parse import quote, urlencode

from litestar.routes import HTTPRoute
from msgspec import Struct
from sides import MASTER_KEY

from frontdesk_web.api.calls import Endpoint
from frontdesk_web.api.parameters import Group, Many, Required, Text
from frontdesk_web.api.router import ENDPOINTS
from frontdesk_web.app import create_litestar
from frontdesk_web.config import Config
from frontdesk_web.site import Site
from frontdesk_web.uploads import BODY_BYTES


class Spot(Struct, frozen=True, kw_only=True):
    """One method of one route. `path` is as Litestar formats it: `/v1/prices/{price}`."""

    method: str
    path: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def parameters(self) -> list[str]:
        """The names in the path."""
        return re.findall(r"{(\w+)}", self.path)

    @property
    def is_api(self) -> bool:
        """Whether an API key is asked for."""
        return self.path.startswith(("/v1/", "/v2/"))

    @property
    def is_signed_in(self) -> bool:
        """Whether a session's cookie is asked for."""
        return self.path.startswith("/p/{portal}") and self.path != "/p/{portal}/signed-out"

    @property
    def is_dashboard(self) -> bool:
        """Whether staff or operators are asked for, or shown the way in."""
        return self.path.startswith(("/dashboard", "/operator"))

    @property
    def is_operators(self) -> bool:
        """Whether an operator is asked for."""
        return self.path.startswith("/operator")

    @property
    def is_staffed(self) -> bool:
        """Whether a member of a tenant's staff is asked for."""
        return self.path.startswith("/dashboard/{portal}")

    @property
    def is_deed_of_staff(self) -> bool:
        """Whether a form of staff or operators is posted there, once they are signed in."""
        of_theirs = self.is_staffed or self.is_operators or self.path.startswith("/dashboard/account")
        return of_theirs and self.method not in ("GET", "HEAD")


class Ask(Struct, frozen=True, kw_only=True):
    """A request that a route can be asked, with own ids in it."""

    spot: Spot
    path: Mapping[str, str]
    query: Mapping[str, str] = {}
    form: Mapping[str, str] | None = None

    def with_values(self, values: Mapping[tuple[str, str], str]) -> "Ask":
        """The same with other values, by place and name."""

        def merged(where: str, present: Mapping[str, str] | None) -> dict[str, str]:
            return {**(present or {}), **{name: value for (at, name), value in values.items() if at == where}}

        form = merged("form", self.form)
        return Ask(
            spot=self.spot,
            path=merged("path", self.path),
            query=merged("query", self.query),
            form=None if self.form is None and not form else form,
        )

    @property
    def url(self) -> str:
        """Path and query."""
        path = self.spot.path
        for name, value in self.path.items():
            path = path.replace("{" + name + "}", quote(value, safe=""))
        return path + ("?" + urlencode(self.query) if self.query else "")


@cache
def litestar_routes() -> tuple[HTTPRoute, ...]:
    """Litestar's table."""
    config = Config(database_url="postgresql://nobody/nowhere", base_url="https://b.test", master_keys=(MASTER_KEY,))
    routes = create_litestar(Site(config)).routes
    assert all(isinstance(each, HTTPRoute) for each in routes), "a route of another kind has to be thought about"
    # Litestar's own order is not the same in every process, and the workers of a test run have to agree on one.
    return tuple(sorted((each for each in routes if isinstance(each, HTTPRoute)), key=lambda each: each.path_format))


@cache
def spots() -> tuple[Spot, ...]:
    """Every method of every route."""
    return tuple(
        Spot(method=method, path=route.path_format) for route in litestar_routes() for method in sorted(route.methods)
    )


@cache
def takes_files(spot: Spot) -> bool:
    """Whether a form with files may be posted there."""
    (route,) = [each for each in litestar_routes() if each.path_format == spot.path]
    (handler,) = [each for each in route.route_handlers if spot.method in each.http_methods]
    return handler.request_max_body_size == BODY_BYTES


@cache
def endpoint_of(spot: Spot) -> Endpoint:
    """The API's description of a route."""
    (found,) = [
        each for each in ENDPOINTS if (each.method, re.sub(r":\w+}", "}", each.path)) == (spot.method, spot.path)
    ]
    return found


def text_parameters(takes: Mapping[str, Any], at: str = "") -> Iterator[tuple[str, Text]]:
    """Every text among an endpoint's parameters, in bracket notation."""
    for name, parameter in takes.items():
        yield from _texts(parameter, f"{at}[{name}]" if at else name)


def all_parameters(takes: Mapping[str, Any], at: str = "") -> Iterator[str]:
    """Every parameter of an endpoint, of whatever type, in bracket notation; groups and lists themselves too."""
    for name, parameter in takes.items():
        here = f"{at}[{name}]" if at else name
        while isinstance(parameter, Required | Many):
            yield here
            here += "[0]" if isinstance(parameter, Many) else ""
            parameter = parameter.of
        yield here
        if isinstance(parameter, Group):
            yield from all_parameters(parameter.of, here)


def innermost(name: str) -> str:
    """`items[0][price]` is `price`."""
    return [each for each in name.replace("]", "").split("[") if not each.isdigit()][-1]


def _texts(parameter: Any, at: str) -> Iterator[tuple[str, Text]]:
    match parameter:
        case Required(of=inner):
            yield from _texts(inner, at)
        case Many(of=inner):
            yield from _texts(inner, f"{at}[0]")
        case Group(of=inner):
            yield from text_parameters(inner, at)
        case Text():
            yield at, parameter
