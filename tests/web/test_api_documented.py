"""Every operation of the OpenAPI document is served as it says: right requests, and requests that nobody thought of.

Requests are made up from the document by schemathesis and written as Stripe's clients write them, with brackets.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from random import Random
from typing import Any, get_args

import httpx
import pytest
from any_requests import Mood, Walker, faults_of, made_up_from
from documented import DOCUMENT, Operation, operations
from hurry import Hurried
from jsonschema_rs import meta
from matrix_world import World, caller, new_world, own_request
from sites import RunningSite
from spots import Spot, spots

from frontdesk_tenants import book_checks
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_web.api.router import ENDPOINTS

MANY = 12
"""Requests of each operation and mood that are made up from the document in the long form."""


@pytest.fixture(scope="module")
async def world(running_site: RunningSite, tenancy: Tenancy, postgres: PostgresAddresses) -> World:
    return await new_world(running_site, tenancy, postgres)


async def test_the_document_is_public_and_whole(world: World) -> None:
    async with world.running.client() as client:
        answer = await client.get("/openapi.json")
        plain = await client.get("/openapi.json", headers={"Accept-Encoding": "identity"})
    assert (answer.headers["content-encoding"], answer.headers["vary"]) == ("gzip", "Accept-Encoding")
    assert int(answer.headers["content-length"]) < 60_000
    assert "content-encoding" not in plain.headers
    assert plain.content == answer.content
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    paths = answer.json()["paths"]
    served = {(each.method.lower(), each.path.replace(":str}", "}")) for each in ENDPOINTS}
    assert {(method, path) for path, item in paths.items() for method in item} == served
    named = [described["operationId"] for item in paths.values() for described in item.values()]
    assert len(named) == len(set(named))
    for each in operations():
        meta.validate(each.takes())
        assert each.described["summary"].endswith((".", ":")), each
    assert DOCUMENT["openapi"].startswith("3.1")


async def test_right_requests_are_answered_as_documented(world: World) -> None:
    by_spot = {(each.method, each.path): each for each in operations()}
    api = [each for each in spots() if each.is_api]
    done = 0
    # What is taken away comes last.
    order = sorted(api, key=lambda spot: (spot.method == "DELETE", spot.path.endswith(("void", "pay", "cancel"))))
    async with world.running.client() as client:
        for spot in order:
            operation = by_spot[spot.method, spot.path]
            answer = await _sent(client, world, spot, operation)
            assert operation.faults_in(answer) == [], (str(spot), answer.text)
            done += answer.status_code == 200
    # Of payment methods and intents a live side has none.
    without = ("payment_method", "_intents", "/checkout/")
    served = [spot for spot in api if not any(each in spot.path for each in without)]
    assert done >= 0.8 * len(served), f"{done} of {len(served)} succeeded"


async def _sent(client: httpx.AsyncClient, world: World, spot: Spot, operation: Operation) -> httpx.Response:
    ask = own_request(world, spot)
    while True:
        form = None if ask.form is None or operation.is_json else ask.form
        json = dict(ask.form) if ask.form is not None and operation.is_json else None
        answer = await client.request(spot.method, ask.url, headers=caller(world, spot), data=form, json=json)
        if answer.status_code != 429:
            return answer


async def test_any_request_is_answered_as_documented(world: World, tenancy: Tenancy) -> None:
    """Each operation that makes or changes something, once: nearly right or right by turns. The long form asks all of
    them, and wrongly too."""
    moods: tuple[Mood, Mood] = ("nearly right", "right")
    asked = [each for each in made_up_from() if each.method == "post"]
    turns = [(each, moods[place % 2]) for place, each in enumerate(asked)]
    assert await asyncio.to_thread(_faults, world, turns, 1) == []
    await _hold(world, tenancy)


@pytest.mark.long
async def test_many_requests_are_answered_as_documented(world: World, tenancy: Tenancy) -> None:
    """Others each time: their number, where something is found, makes them again."""
    turns = [(each, mood) for mood in get_args(Mood) for each in made_up_from()]
    number = Random().randrange(10**6)
    assert (number, await asyncio.to_thread(_faults, world, turns, MANY, number)) == (number, [])
    await _hold(world, tenancy)


async def _hold(world: World, tenancy: Tenancy) -> None:
    """Whatever was asked for, the book that came of it holds."""
    async with tenancy.at(world.theirs.sandbox.door) as (connection, _):
        assert not await book_checks.faults_of(connection)


def _faults(world: World, turns: Sequence[tuple[Any, Mood]], examples: int, number: int | None = None) -> list[str]:
    """What the document does not know of the answers in a sandbox."""
    running, side = world.running, world.theirs.sandbox
    headers = {"Authorization": f"Bearer {side.secret_key}", "Host": running.config.host}
    with Hurried(base_url=running.url, headers=headers, timeout=30, trust_env=False, verify=False) as http:
        walker = Walker(http, side.jenny.ids)
        walker.look_around()
        for operation, mood in turns:
            walker.walk(operation, mood, examples, number)
    assert walker.counts[200] > len(turns) * examples // 5, walker.counts
    return walker.faults


@pytest.mark.parametrize(
    ("status", "kind", "body", "says"),
    [
        (500, "application/json", {"error": {"type": "api_error", "message": "Sorry"}}, "Server error"),
        (418, "application/json", {"error": {"type": "api_error", "message": "Tea"}}, "Undocumented status code"),
        (200, "text/html", {}, "Undocumented Content-Type"),
        (
            200,
            "application/json",
            {"object": "list", "data": [], "url": "/", "has_more": 1},
            "Response violates schema",
        ),
        (400, "application/json", {"error": {"type": "other", "message": "No"}}, "Response violates schema"),
    ],
)
def test_a_wrong_answer_would_be_seen(status: int, kind: str, body: Any, says: str) -> None:
    (operation,) = [each for each in made_up_from() if each.label == "GET /v1/products"]
    request = httpx.Request("GET", "https://billing.example/v1/products")
    answer = httpx.Response(status, json=body, headers={"content-type": kind}, request=request)
    answer.elapsed = timedelta()
    assert says in " ".join(faults_of(operation.Case(), answer))
