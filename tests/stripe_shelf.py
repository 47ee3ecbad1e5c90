"""A Stripe in memory that only shows: objects as JSON, lists in pages, for tests of what reads them.

Every request is held to Stripe's OpenAPI document, and nothing may be asked for deeper than Stripe goes. Objects lie
there as they are once expanded.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl

import httpx2
from stripe_requests import request_faults

Shown = Mapping[str, Any]
DEEPEST = 4
"""Levels of what may be expanded (docs.stripe.com/expand)."""


def judged(request: httpx2.Request) -> None:
    """Fail where Stripe's document does not know a request, or Stripe does not go as deep."""
    query, sent = request.url.query.decode(), request.content.decode()
    path = request.url.raw_path.partition(b"?")[0].decode()
    assert request_faults(request.method, path, query, sent) == []
    for name, value in parse_qsl(query) + parse_qsl(sent):
        assert not name.startswith("expand") or value.count(".") < DEEPEST, f"{value} is too deep"


class Shelf:
    """What there is: objects by path, and lists by path. `most` are the objects of a page, at most."""

    def __init__(self, most: int = 100) -> None:
        self.most = most
        self.objects: dict[str, Shown] = {}
        self.lists: dict[str, list[Shown]] = {}
        self.asked: list[httpx2.Request] = []
        self.before: Callable[[httpx2.Request], httpx2.Response | None] = lambda _: None
        """Answers in place of the shelf, where it does."""

    def put(self, path: str, each: Shown) -> None:
        """Have an object, on the list of its kind too."""
        self.objects[f"{path}/{each['id']}"] = each
        self.lists.setdefault(path, []).append(each)

    def put_all(self, path: str, some: Iterable[Shown]) -> None:
        """Have several."""
        self.lists.setdefault(path, [])
        for each in some:
            self.put(path, each)

    @property
    def transport(self) -> httpx2.MockTransport:
        """How it is reached."""
        return httpx2.MockTransport(self._answer)

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request)
        judged(request)
        said = self.before(request)
        if said is not None:
            return said
        path = request.url.path
        if path in self.objects:
            return httpx2.Response(200, json=dict(self.objects[path]))
        if path in self.lists and not self._forgotten(request):
            asked = parse_qsl(request.url.query.decode())
            return httpx2.Response(200, json=(self._page_v2 if path.startswith("/v2/") else self._page)(path, asked))
        said_missing = {"type": "invalid_request_error", "code": "resource_missing", "message": f"No such: {path}"}
        return httpx2.Response(404, json={"error": said_missing})

    def _forgotten(self, request: httpx2.Request) -> bool:
        """Whether a page is asked for that begins or ends at something that is not there."""
        given = request.url.params
        known = {each["id"] for each in self.lists[request.url.path]}
        return any(name in given and given[name] not in known for name in ("starting_after", "ending_before"))

    def _page_v2(self, path: str, asked: list[tuple[str, str]]) -> dict[str, Any]:
        """Stripe's second way of paging: by the address of the page that follows."""
        given = dict(asked)
        found = [each for each in self.lists[path] if each["created"] > given.get("created[gt]", "")]
        begins = int(given.get("page", "0"))
        ends = begins + min(self.most, int(given.get("limit", "20")))
        following = f"{path}?page={ends}" if ends < len(found) else None
        return {"data": found[begins:ends], "next_page_url": following, "previous_page_url": None}

    def _page(self, path: str, asked: list[tuple[str, str]]) -> dict[str, Any]:
        given = dict(asked)
        wanted = {value for name, value in asked if name.startswith("ids[")}
        found = [each for each in self.lists[path] if not wanted or each["id"] in wanted]
        for name in ("customer", "invoice", "subscription"):
            found = [each for each in found if name not in given or each[name] == given[name]]
        if given.get("pending") == "true":
            found = [each for each in found if each["invoice"] is None]
        places = {each["id"]: place for place, each in enumerate(found)}
        most = min(self.most, int(given.get("limit", "10")))
        if "starting_after" in given:
            found = found[places[given["starting_after"]] + 1 :]
        if "ending_before" in given:
            found = found[: places[given["ending_before"]]]
            return {"object": "list", "url": path, "data": found[-most:], "has_more": len(found) > most}
        return {"object": "list", "url": path, "data": found[:most], "has_more": len(found) > most}
