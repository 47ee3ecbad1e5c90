"""Every way to be wrong answers with Stripe's code and a sentence, names the parameter, and changes nothing.

The ways are in `data/wrong_ways.json`: what is asked, with names of `wrong_world` in the place of ids, and what must be
answered. They are asked in turn of one side, whose rows are compared all the while.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from api_server import Shop, made
from catalog_findings import Connection, as_admin
from digests import Watch
from sides import Tenant
from wrong_world import World, live_world, sandbox_world

from frontdesk_tenants.embedded import PostgresAddresses

WAYS: Mapping[str, Sequence[Mapping[str, Any]]] = json.loads(
    (Path(__file__).parent.parent / "data" / "wrong_ways.json").read_text()
)
AT_ONCE = 8
"""Rows that are asked before the side is looked at again; if it has moved, one of them did it."""


@pytest.fixture
def admin(postgres: PostgresAddresses) -> Iterator[Connection]:
    """A connection that sees all sides."""
    with as_admin(postgres) as connection:
        yield connection


def test_every_way_to_be_wrong(shop: Shop, tenant: Tenant, admin: Connection) -> None:
    of_sandbox = [(name, way) for name, ways in WAYS.items() for way in ways if name == "sandbox"]
    of_live = [(name, way) for name, ways in WAYS.items() for way in ways if name != "sandbox"]
    assert len(of_live) > 200, "the ways are not there"
    _nothing_changes(live_world(shop), of_live, Watch(admin, [tenant.live.door.tenant_id]))
    _nothing_changes(sandbox_world(shop, tenant), of_sandbox, Watch(admin, [tenant.sandbox.door.tenant_id]))


def _nothing_changes(world: World, ways: Sequence[tuple[str, Mapping[str, Any]]], watch: Watch) -> None:
    before = watch.tables()
    for start in range(0, len(ways), AT_ONCE):
        some = ways[start : start + AT_ONCE]
        for group, way in some:
            _is_refused(world, group, way)
        after = watch.tables()
        moved = {table for table in before.keys() | after.keys() if before.get(table) != after.get(table)}
        assert not moved, (moved, [way["ask"] for _, way in some])


def _is_refused(world: World, group: str, way: Mapping[str, Any]) -> None:
    method, path = way["ask"].split()
    given = world.filled(way.get("given", {}))
    sent: dict[str, Any] = {"data" if method == "POST" else "params": given}
    answer = world.http.request(method, path.format_map(world.ids), **sent)
    error = answer.json().get("error", {})
    wanted = (way.get("status", 400), way.get("code"), way.get("param"))
    assert (answer.status_code, error.get("code"), error.get("param")) == wanted, (group, way, answer.text)
    assert error["message"].startswith(way["says"].format_map(world.ids)), (group, way, error["message"])
    assert error["type"] == "invalid_request_error"


def test_the_wrong_ways_are_looked_at(shop: Shop, admin: Connection) -> None:
    """What is right moves the side, and the watch sees it."""
    watch = Watch(admin, [shop.tenant.live.door.tenant_id])
    before = watch.tables()
    shop.customer()
    assert {"customers", "audit", "events"} <= {
        table for table, digest in watch.tables().items() if before.get(table) != digest
    }


Raced = tuple[str, Mapping[str, str]]


async def test_of_two_at_once_one_comes_true(shop: Shop, admin: Connection) -> None:
    """Whatever is asked for twice at once is done once; who comes second is told why, in words."""
    customer, tenant_id = shop.customer(), shop.tenant.live.door.tenant_id
    with shop.http() as http:
        draft = _draft(http, customer)
        (unpaid, closed, credited) = (_issued(http, customer) for _ in range(3))
        coupon = made(http.post("/v1/coupons", data={"percent_off": "10", "max_redemptions": "1"}))
    subscription = shop.subscription(customer)
    off_band = {"paid_out_of_band": "true"}
    new = {"customer": customer, "items[0][price]": shop.monthly, "discounts[0][coupon]": coupon}
    races: Mapping[str, tuple[Sequence[Raced], Sequence[str]]] = {
        "finalise": ([(f"/v1/invoices/{draft}/finalize", {})] * 4, ["This invoice is already finalized"]),
        "pay": ([(f"/v1/invoices/{unpaid}/pay", off_band)] * 4, ["Invoice is already paid"]),
        "pay and void": (
            [(f"/v1/invoices/{closed}/pay", off_band), (f"/v1/invoices/{closed}/void", {})] * 2,
            ["Invoice is already paid", "Invoices with `paid` payments", "You can only pay an open invoice", "You can"],
        ),
        "credit": (
            [("/v1/credit_notes", {"invoice": credited, "amount": "1000"})] * 4,
            ["The amount of a credit note must be from 1 to what is left of the invoice: 0."],
        ),
        "the last coupon": ([("/v1/subscriptions", new)] * 3, [f"Coupon {coupon} is used up"]),
        "pause": ([(f"/v1/subscriptions/{subscription}/pause", {"type": "subscription"})] * 3, ["The subscription"]),
    }
    headers = {"Authorization": f"Bearer {shop.key}"}
    async with httpx.AsyncClient(
        base_url=shop.server.url, headers=headers, timeout=20, trust_env=False, verify=False
    ) as client:
        for name, (asked, sentences) in races.items():
            answers = await asyncio.gather(*(client.post(path, data=dict(given)) for path, given in asked))
            told = Counter(each.status_code for each in answers)
            assert told == {200: 1, 400: len(asked) - 1}, (name, [each.text for each in answers])
            for each in answers:
                message = each.json().get("error", {}).get("message", sentences[0])
                assert message.startswith(tuple(sentences)), (name, message)
    _holds(admin, tenant_id)


def _draft(http: httpx.Client, customer: str) -> str:
    draft = made(http.post("/v1/invoices", data={"customer": customer}))
    line = {"customer": customer, "invoice": draft, "amount": "1000", "currency": "eur"}
    made(http.post("/v1/invoiceitems", data=line))
    return draft


def _issued(http: httpx.Client, customer: str) -> str:
    return made(http.post(f"/v1/invoices/{_draft(http, customer)}/finalize"))


def _holds(admin: Connection, tenant_id: UUID) -> None:
    """The ledger sums to zero, and no number is drawn twice or left out."""
    side = {"side": tenant_id}
    total = admin.execute("SELECT coalesce(sum(amount), 0) FROM ledger_entries WHERE tenant_id = %(side)s", side)
    assert total.fetchall() == [(0,)]
    numbers = admin.execute(
        "SELECT number FROM invoices WHERE tenant_id = %(side)s AND number IS NOT NULL", side
    ).fetchall()
    drawn = sorted(int(number.rpartition("-")[2]) for (number,) in numbers)
    assert drawn == list(range(1, len(drawn) + 1))
