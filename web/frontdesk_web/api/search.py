"""`/v1/customers/search` and its like: objects that a query in Stripe's search language holds true of."""

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from frontdesk.search_queries import FIELDS, QueryRefused, Resource, read_query
from frontdesk_tenants import listings, object_search
from frontdesk_tenants.keyset import Place
from frontdesk_web.api.calls import Call, Endpoint
from frontdesk_web.api.errors import ApiError
from frontdesk_web.api.parameters import Required, Text, Whole
from frontdesk_web.api.views import show_all

SEARCH: dict[str, Any] = {
    "query": Required(Text()),
    "limit": Whole(minimum=1, maximum=100),
    "page": Text(maximum=300),
}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PLACE = re.compile(r"([0-9a-f]{1,14})-([A-Za-z0-9_-]{1,255})", re.ASCII)


def searching(resource: Resource) -> Callable[[Call], Awaitable[dict[str, Any]]]:
    """The act that searches a resource."""

    async def search(call: Call) -> dict[str, Any]:
        """What a query in the search language holds true of, newest first."""
        try:
            query = read_query(call.given["query"], resource)
        except QueryRefused as refused:
            raise ApiError(refused.message, param="query") from None
        kind = object_search.KINDS[resource]
        async with call.transaction() as connection:
            try:
                found = await object_search.search(
                    connection,
                    resource,
                    query,
                    limit=call.given.get("limit", 10),
                    after=_place(call.given.get("page")),
                    counted=("total_count",) in call.expanded,
                )
            except object_search.TooMuchToRead:
                raise _too_much(resource) from None
            objects = await listings.find_all(connection, kind, found.ids)
            data = await show_all(call, connection, kind, [objects[id_] for id_ in found.ids])
        return {
            "object": "search_result",
            "url": f"/v1/{resource}/search",
            "has_more": found.following is not None,
            "data": data,
            "next_page": None if found.following is None else _written(found.following),
            **({} if found.count is None else {"total_count": found.count}),
        }

    return search


def _too_much(resource: Resource) -> ApiError:
    return ApiError(
        f"Your search query is too broad: substring search with `~` looks at {object_search.READ_AT_MOST:,} {resource} "
        "at most. Narrow it by another clause, such as `created>1735689600`, or look for the whole value with `:`.",
        param="query",
    )


def _written(place: Place) -> str:
    return f"{(place.created - _EPOCH) // timedelta(microseconds=1):x}-{place.id}"


def _place(page: str | None) -> Place | None:
    if page is None:
        return None
    found = _PLACE.fullmatch(page)
    if found is None:
        raise ApiError("Invalid page: use the `next_page` of the answer before.", param="page")
    return Place(created=_EPOCH + timedelta(microseconds=int(found[1], 16)), id=found[2])


endpoints = tuple(
    Endpoint(method="GET", path=f"/v1/{resource}/search", takes=SEARCH, act=searching(resource)) for resource in FIELDS
)
