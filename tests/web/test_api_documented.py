"""Every operation of the OpenAPI document is served as it says: right requests, and requests that nobody thought of.

Requests are made up from the document by hypothesis and written as Stripe's clients write them, with brackets.
"""

import httpx
import pytest
from documented import DOCUMENT, Operation, as_form, filled, operations, values
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from matrix_world import World, caller, new_world, own_request
from route_table import Spot, spots
from sites import RunningSite

from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_web.api.router import ENDPOINTS

MANY = 40
"""Requests of each operation that are made up from the document in the long form; in the short one it is one."""


@pytest.fixture(scope="module")
async def world(running_site: RunningSite, tenancy: Tenancy, postgres: PostgresAddresses) -> World:
    return await new_world(running_site, tenancy, postgres)


async def test_the_document_is_public_and_whole(world: World) -> None:
    async with world.running.client() as client:
        answer = await client.get("/openapi.json")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    paths = answer.json()["paths"]
    served = {(each.method.lower(), each.path.replace(":str}", "}")) for each in ENDPOINTS}
    assert {(method, path) for path, item in paths.items() for method in item} == served
    named = [described["operationId"] for item in paths.values() for described in item.values()]
    assert len(named) == len(set(named))
    for each in operations():
        Draft202012Validator.check_schema(each.takes())
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


def _ask_all(url: str, host: str, key: str, ids: list[str], names: dict[str, str], data: st.DataObject) -> None:
    headers = {"Authorization": f"Bearer {key}", "Host": host}
    with httpx.Client(base_url=url, headers=headers, timeout=20, trust_env=False, verify=False) as http:
        for operation in operations():
            asked = data.draw(values(operation.takes(), ids))
            path = filled(operation.path, names)
            if operation.is_json:
                answer = http.request(operation.method, path, json=asked)
            elif operation.method == "GET":
                answer = http.get(path, params=list(as_form(asked)))
            else:
                answer = http.request(operation.method, path, data=dict(as_form(asked)))
            assert operation.faults_in(answer) == [], (str(operation), asked, answer.text)


def _any_requests(world: World, examples: int) -> None:
    things = world.theirs.live.jenny.ids
    ids = [each for each in things.values() if "_" in each and len(each) < 60]
    names = {name.replace(" ", "_"): id_ for name, id_ in things.items()}
    names |= {"item": things["item"], "account": things["account"], "id": things["product"]}
    running, key = world.running, world.theirs.live.secret_key

    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(st.data())
    def ask(data: st.DataObject) -> None:
        _ask_all(running.url, running.config.host, key, ids, names, data)

    ask()


def test_any_request_is_answered_as_documented(world: World) -> None:
    _any_requests(world, 1)


@pytest.mark.long
def test_many_requests_are_answered_as_documented(world: World) -> None:
    _any_requests(world, MANY)
