"""The API reference: what is served, area by area, made of the same endpoints as the OpenAPI document."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, ClassVar

from litestar import Response, get
from litestar.di import NamedDependency
from msgspec import Struct

from frontdesk.api_permissions import Area
from frontdesk.roles import Right
from frontdesk_tenants import api_keys
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.api.areas import area_of
from frontdesk_web.api.calls import Endpoint
from frontdesk_web.api.documented_answers import kind_of, open_path
from frontdesk_web.api.openapi import parameters_of, summary
from frontdesk_web.api.parameter_schemas import absent_in
from frontdesk_web.api.parameters import (
    Absent,
    Choice,
    Flag,
    Group,
    Instant,
    Keyed,
    Many,
    Metadata,
    Required,
    SpanOf,
    Text,
    Whole,
)
from frontdesk_web.api.router import ENDPOINTS
from frontdesk_web.dashboard.answer_fields import ObjectRow, object_id, objects_of
from frontdesk_web.dashboard.key_words import AREAS
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page
from frontdesk_web.dashboard.views import Tab
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.messages import translate
from frontdesk_web.site import Site

PATH = "/dashboard/{portal:str}/developers/reference"
PLACE = "reference"


class ParameterRow(Struct, frozen=True, kw_only=True):
    """A parameter as a form names it, and what it takes in words."""

    name: str
    takes: str
    needed: bool


class EndpointRow(Struct, frozen=True, kw_only=True):
    """An endpoint with its parameters. `says` is its first sentence, in English as the API is."""

    id: str
    method: str
    path: str
    says: str
    parameters: tuple[ParameterRow, ...]
    absent: tuple[str, ...]
    sample: str
    answers: str | None
    """The object that it is about, unless it answers with a file."""
    answers_at: str


class ReferencePage(Struct, frozen=True, kw_only=True):
    """One area of the API."""

    template: ClassVar[str] = "dashboard/api_reference.html"
    areas: tuple[Tab, ...]
    area: str
    permissions: tuple[str, str]
    endpoints: tuple[EndpointRow, ...]
    objects: tuple[ObjectRow, ...]
    document_url: str
    developers_url: str


@get(PATH, **needs(Right.SEE))
async def reference(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """The page of the area that `?area=` names."""
    areas = served()
    asked = request.query_params.get("area", "")
    area = next((each for each in areas if each.value == asked), next(iter(areas)))
    key = f"{api_keys.beginning(visit.door, 'secret')}…"
    base = site.config.base_url.rstrip("/")
    page = ReferencePage(
        areas=tuple(
            Tab(
                text=translate(visit.locale, AREAS[each]),
                url=f"{visit.path('developers', 'reference')}?area={each.value}",
                current=each is area,
            )
            for each in areas
        ),
        area=translate(visit.locale, AREAS[area]),
        permissions=(f"{area.value}_read", f"{area.value}_write"),
        endpoints=tuple(_row(each, visit.locale, base, key) for each in areas[area]),
        objects=objects_of(areas[area], visit.locale),
        document_url="/openapi.json",
        developers_url=visit.path("developers"),
    )
    return dashboard_page(request, site, visit, page, place=PLACE)


@cache
def served() -> Mapping[Area, tuple[Endpoint, ...]]:
    """The endpoints by area, in the areas' order."""
    sorted_in = {area: tuple(each for each in ENDPOINTS if area_of(each.path) is area) for area in Area}
    return {area: endpoints for area, endpoints in sorted_in.items() if endpoints}


def _row(endpoint: Endpoint, locale: str, base: str, key: str) -> EndpointRow:
    path = open_path(endpoint.path)
    given = parameters_of(endpoint)
    answers = kind_of(endpoint.path) if endpoint.sends is None else None
    return EndpointRow(
        id=f"{endpoint.method.lower()}-{path.strip('/').replace('/', '-').replace('{', '').replace('}', '')}",
        method=endpoint.method,
        path=path,
        says=summary(endpoint),
        parameters=tuple(
            ParameterRow(name=name, takes=_words(each, locale), needed=needed) for name, each, needed in _flat(given)
        ),
        absent=tuple(sorted(absent_in(endpoint.takes))),
        sample=_sample(endpoint, path, base, key),
        answers=answers,
        answers_at=object_id(answers or ""),
    )


def _flat(takes: Mapping[str, Any], at: str = "", around: bool = True) -> Iterator[tuple[str, Any, bool]]:
    """Every parameter by its name in a form, with what it takes and whether it must be there."""
    for name, parameter in takes.items():
        if isinstance(parameter, Absent):
            continue
        here = f"{at}[{name}]" if at else name
        # What stands in something that may be left out may be left out with it.
        needed = around and isinstance(parameter, Required)
        inner = parameter.of if isinstance(parameter, Required) else parameter
        while isinstance(inner, Many):
            here, inner = f"{here}[]", inner.of
            inner = inner.of if isinstance(inner, Required) else inner
        if isinstance(inner, Group):
            yield from _flat(inner.of, here, needed)
        else:
            yield here, inner, needed


def _words(parameter: Any, locale: str) -> str:
    """What a parameter takes."""
    match parameter:
        case Text(maximum=maximum):
            return translate(locale, "text of at most {count} characters", count=str(maximum))
        case Choice(of=words):
            return translate(locale, "one of {words}", words=", ".join(words))
        case Flag():
            return translate(locale, "true or false")
        case Whole(minimum=minimum):
            return translate(locale, "whole number from {least}", least=str(minimum))
        case Instant(words=words):
            return ", ".join((translate(locale, "Unix seconds"), *words))
        case SpanOf():
            return translate(locale, "Unix seconds, or gt, gte, lt and lte in brackets")
        case Metadata() | Keyed():
            return translate(locale, "keys and values of your own, in brackets")
    return translate(locale, "number")


def _sample(endpoint: Endpoint, path: str, base: str, key: str) -> str:
    """A command that asks for it."""
    needed = [name for name, _, must in _flat(parameters_of(endpoint)) if must and "[]" not in name]
    if endpoint.body == "json":
        json = "-H 'Content-Type: application/json'"
        return f"curl -X {endpoint.method} {base}{path} -H 'Authorization: Bearer {key}' {json}"
    written = "".join(f" \\\n  -d '{name}=…'" for name in needed)
    if endpoint.method == "GET":
        return f"curl {'-G ' if needed else ''}{base}{path} -u {key}:{written}"
    return f"curl -X {endpoint.method} {base}{path} -u {key}:{written}"


routes: Sequence[Any] = [reference]
