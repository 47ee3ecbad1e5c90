"""Requests that nobody thought of: schemathesis makes them up from our OpenAPI document, right ones and wrong ones.

It fills places with what there is: whatever an answer shows is known from then on, by its kind. So a request for
`/v1/customers/{customer}` is often for a customer that exists, and `price` in a body is often a price.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Literal
from urllib.parse import urlencode

import httpx
import schemathesis
from documented import DOCUMENT, as_form
from hurry import patiently
from hypothesis import HealthCheck, Phase, assume, given, seed, settings
from hypothesis import strategies as st
from route_table import NEEDED, path_kind
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core import NotSet
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from spots import Spot

from frontdesk_web.api.discount_expansion import HELD
from frontdesk_web.api.documented_answers import kind_of
from frontdesk_web.api.expansions import ALWAYS_EMPTY, EXPANDABLE

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
_ENDING = ("void", "cancel", "expire", "mark_uncollectible", "detach")
Mood = Literal["nearly right", "right", "wrong"]
_MODES = {
    "nearly right": GenerationMode.POSITIVE,
    "right": GenerationMode.POSITIVE,
    "wrong": GenerationMode.NEGATIVE,
}
_LONGEST = 16_000
"""Bytes of an address: a longer one no client sends."""
_MEMORY = 20
"""Objects of a kind that are remembered."""
_SAME = {"invoice_item": "invoiceitem", "item": "subscription_item", "line_item_id": "line_item"}
_LIKELY: Mapping[str, Sequence[str]] = {
    "country": ("DE", "US", "AT"),
    "contact_email": ("jenny@example.com",),
    "currency": ("eur", "usd", "jpy", "kwd"),
    "email": ("jenny@example.com",),
    "event_name": ("api_requests", "seats"),
    "preferred_locales": ("de", "pt-BR"),
    "query": ("metadata['a']:'b'", "active:'true'", "status:'open'", "email~'jen' AND created>1", "-name:null"),
    "tax_code": ("txcd_10000000", "txcd_10103001"),
    "token": ("tok_visa", "tok_chargeDeclined", "tok_threeDSecure2Required"),
    "url": ("https://hooks.example.com/",),
    "value": ("DE123456789", "12-3456789", "3"),
}
_ENDS: Mapping[str, Sequence[str]] = {"_url": ("https://example.com/back",), "_decimal": ("0.5", "1200")}
"""What a place (or one whose name ends so) often holds that takes any text: without it few requests would come far."""
_NOT_OURS = ("authorization", "content-type")


class Walker:
    """Asks one side's API, and remembers what there is."""

    def __init__(self, http: httpx.Client, things: Mapping[str, str]) -> None:
        self.http = http
        self.things = things
        """What there was before, by kind."""
        self.known: dict[str, list[str]] = defaultdict(list)
        self.faults: list[str] = []
        """What was wrong with answers."""
        self.counts: Counter[int] = Counter()
        """The answers by status."""

    def look_around(self) -> None:
        """Learn what is listed."""
        for path, item in DOCUMENT["paths"].items():
            if "get" in item and "{" not in path and not path.endswith("/search"):
                self.learn(self.http.get(path).json())

    def walk(self, operation: Any, mood: Mood, examples: int, number: int | None = None) -> None:
        """Ask for one operation. The same requests are made for a `number` each time, but for ids."""

        @settings(
            max_examples=examples,
            derandomize=number is None,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
        )
        @given(operation.as_strategy(generation_mode=_MODES[mood]), st.data())
        def ask(case: Case, draw: st.DataObject) -> None:
            answer = self.asked(case, draw, nearly=mood == "nearly right")
            self.counts[answer.status_code] += 1
            self.faults += faults_of(case, answer)

        if number is not None:
            seed(number)(ask)
        ask()

    def learn(self, body: Any) -> None:
        """Remember every object in an answer."""
        if isinstance(body, list):
            for each in body:
                self.learn(each)
        elif isinstance(body, dict):
            if isinstance(body.get("id"), str) and isinstance(body.get("object"), str):
                known = self.known[body["object"]]
                if body["id"] not in known:
                    known[:] = [*known[-_MEMORY:], body["id"]]
            for each in body.values():
                self.learn(each)

    def asked(self, case: Case, draw: st.DataObject, *, nearly: bool = False) -> httpx.Response:
        """The answer to a request, with what there is in its places. One that is `nearly` right is a good one, with at
        most two of the parameters that were made up."""
        here = kind_of(case.path) or ""
        spot = Spot(method=case.method, path=case.path)
        headers = {name: value for name, value in (case.headers or {}).items() if name.lower() not in _NOT_OURS}
        query = dict(as_form(self._filled(dict(case.query or {}), draw, here)))
        body = None if isinstance(case.body, NotSet) else self._filled(case.body, draw, here)
        if case.media_type == "application/json" and body is not None:
            sent = json.dumps(body, default=str).encode("utf-8", "replace")
            given: dict[str, Any] = {"content": sent}
            headers["content-type"] = case.media_type
        elif isinstance(body, dict):
            given = {"data": dict(as_form(body))}
        elif body is not None:
            given = {"content": str(body).encode("utf-8", "replace")}
            headers["content-type"] = case.media_type or ""
        else:
            given = {}
        if nearly and "data" in given:
            given["data"] = self._near(spot, given["data"], draw)
        elif nearly and case.method == "GET":
            query = self._near(spot, query, draw)
        path = self._path(spot, case.path_parameters or {}, draw, nearly)
        assume(len(urlencode(query)) < _LONGEST)
        answer = patiently(self.http, case.method, path, params=query, headers=headers, **given)
        if answer.headers.get("content-type") == "application/json":
            self.learn(answer.json())
        return answer

    def _near(self, spot: Spot, made_up: Mapping[str, str], draw: st.DataObject) -> dict[str, str]:
        right = {
            name.removeprefix("?"): self.things.get(value[1:], "nothing") if value.startswith("@") else value
            for name, value in NEEDED.get(str(spot), {}).items()
        }
        names = sorted({name.partition("[")[0] for name in made_up})
        if not names:
            return right
        chosen = draw.draw(st.lists(st.sampled_from(names), max_size=2, unique=True))
        return right | {name: value for name, value in made_up.items() if name.partition("[")[0] in chosen}

    def _path(self, spot: Spot, made_up: Mapping[str, Any], draw: st.DataObject, nearly: bool) -> str:
        own = nearly and draw.draw(st.booleans())

        def place(found: re.Match[str]) -> str:
            name = found[1]
            if own and path_kind(spot, name) in self.things:
                return self.things[path_kind(spot, name)]
            kind = _SAME.get(name, name)
            ids = [*(self.known.get(kind) or self.known.get(kind_of(spot.path[: found.end()]) or "", ()))]
            invented = [] if nearly and ids else [str(made_up.get(name, "nothing"))]
            return draw.draw(st.sampled_from([*ids, *invented]))

        return re.sub(r"{(\w+)}", place, spot.path)

    def _filled(self, value: Any, draw: st.DataObject, here: str, name: str = "") -> Any:
        """The value with what there is in its places; `here` is the kind of object that the request is about."""
        if isinstance(value, Mapping):
            return {key: self._filled(each, draw, here, str(key)) for key, each in value.items()}
        if isinstance(value, list) and name == "expand":
            return [draw.draw(st.sampled_from(_expandable(here)))] if value and _expandable(here) else []
        if isinstance(value, list):
            return [self._filled(each, draw, here, name.removesuffix("s")) for each in value]
        likely = self._likely(here, name)
        if isinstance(value, str) and value and likely:
            return draw.draw(st.sampled_from([*likely, *likely, value]))
        return value

    def _likely(self, here: str, name: str) -> Sequence[str]:
        if name in ("starting_after", "ending_before"):
            return self.known[here]
        kind = name.removeprefix("default_")
        ends = next((words for end, words in _ENDS.items() if name.endswith(end)), ())
        return self.known.get(_SAME.get(kind, kind)) or _LIKELY.get(name) or ends


@cache
def _expandable(kind: str) -> Sequence[str]:
    """What can be expanded in an object of a kind, or in those of a list."""
    found = [*EXPANDABLE.get(kind, ()), *ALWAYS_EMPTY.get(kind, ()), *(name for held, name in HELD if held == kind)]
    return [*found, *(f"data.{each}" for each in found)]


@cache
def made_up_from() -> Sequence[Any]:
    """All operations of the document, as schemathesis knows them; what takes things away comes last."""
    document = schemathesis.openapi.from_dict(dict(DOCUMENT))
    found = [each.ok() for each in document.get_all_operations()]
    return sorted(found, key=lambda each: (each.method == "delete", each.path.endswith(_ENDING), each.path))


def faults_of(case: Case, answer: httpx.Response) -> list[str]:
    """What the document does not know of an answer."""
    try:
        case.validate_response(answer, checks=CHECKS)
    except BaseExceptionGroup as group:
        asked = f"{answer.request.method} {answer.request.url} {answer.request.content[:500]!r}"
        return [f"{each} of {asked}: {answer.status_code} {answer.text[:500]}" for each in group.exceptions]
    return []
