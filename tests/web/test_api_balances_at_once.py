"""Many programs move the same balances at once, while everything else that takes locks goes on (E14 of trust.md).

What is judged is the history that the programs saw, and not the end alone: each movement that was acknowledged is
there once, none that was refused is, every list is a piece of the final one from its beginning, and nobody is answered
with an error that is not theirs.
"""

import itertools
import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from api_server import Shop
from msgspec import Struct, field

from frontdesk_tenants.book_checks import faults_of
from frontdesk_tenants.tenancy import Tenancy

CLIENTS = 8
PAGE = 100


class History(Struct, kw_only=True):
    """What one program sent and was told, of one customer's balance each."""

    acknowledged: dict[str, dict[str, int]] = field(default_factory=dict)
    """By customer, the amounts of the movements that were done, by what they were called."""
    refused: set[str] = field(default_factory=set)
    reads: list[tuple[str, frozenset[str], list[dict[str, Any]]]] = field(default_factory=list)
    """Whose balance was read, what this program knew of before, and what it was shown, oldest first."""
    answers: Counter[int] = field(default_factory=Counter)
    odd: list[str] = field(default_factory=list)


class Program:
    """One of those who ask at once."""

    def __init__(self, shop: Shop, customers: list[str], number: int) -> None:
        self._http = shop.http()
        self._shop = shop
        self._customers = customers
        self._number = number
        self._chance = random.Random(number)
        self.seen = History()

    def run(self, until: float, least: int) -> None:
        """Ask until the time is over, and so often in any case."""
        for count in itertools.count():
            if time.monotonic() > until and count >= least:
                return
            customer = self._chance.choice(self._customers)
            act = self._chance.choice((self._append, self._append, self._read, self._other))
            act(customer, f"{self._number}-{count}")

    def _ask(self, method: str, path: str, **data: str) -> httpx.Response:
        answer = self._http.request(method, path, **({"data": data} if method == "POST" else {"params": data}))
        self.seen.answers[answer.status_code] += 1
        if answer.status_code not in (200, 400, 402, 404, 429):
            self.seen.odd.append(f"{method} {path} {data}: {answer.status_code} {answer.text}")
        return answer

    def _append(self, customer: str, name: str) -> None:
        amount = self._chance.choice((-1, 1)) * self._chance.randrange(1, 5000)
        path = f"/v1/customers/{customer}/balance_transactions"
        answer = self._ask("POST", path, amount=str(amount), currency="eur", description=name)
        if answer.status_code == 200:
            self.seen.acknowledged.setdefault(customer, {})[name] = amount
        else:
            self.seen.refused.add(name)

    def _read(self, customer: str, _: str) -> None:
        known = frozenset(self.seen.acknowledged.get(customer, {}))
        self.seen.reads.append((customer, known, movements(self._http, customer)))

    def _other(self, customer: str, name: str) -> None:
        """Something that takes other locks as well, and moves balances too."""
        match self._chance.randrange(5):
            case 0:
                items = {"items[0][price]": self._shop.monthly, "items[0][quantity]": "1"}
                self._ask("POST", "/v1/subscriptions", customer=customer, **items)
            case 1:
                found = self._ask("GET", "/v1/subscriptions", customer=customer, limit="100").json()["data"]
                for each in found[1:2]:
                    self._ask("DELETE", f"/v1/subscriptions/{each['id']}", prorate="true")
            case 2:
                self._ask("POST", "/v1/invoiceitems", customer=customer, amount="700", currency="eur")
                invoice = self._ask("POST", "/v1/invoices", customer=customer, pending_invoice_items_behavior="include")
                if invoice.status_code == 200:
                    finalized = self._ask("POST", f"/v1/invoices/{invoice.json()['id']}/finalize")
                    if finalized.status_code == 200 and self._chance.random() < 0.5:
                        self._ask("POST", f"/v1/invoices/{invoice.json()['id']}/void")
            case 3:
                self._ask("POST", f"/v1/customers/{customer}", name=name)
                self._ask("POST", f"/v1/products/{self._shop.product}", name=f"Team {name}")
            case _:
                self._ask("POST", f"/v1/prices/{self._shop.monthly}", **{"metadata[by]": name})


def movements(http: httpx.Client, customer: str) -> list[dict[str, Any]]:
    """All of a customer's, oldest first."""
    path = f"/v1/customers/{customer}/balance_transactions"
    found: list[dict[str, Any]] = []
    while True:
        after = {"starting_after": found[-1]["id"]} if found else {}
        answer = http.get(path, params={"limit": PAGE, **after})
        assert answer.status_code == 200, answer.text
        found += answer.json()["data"]
        if not answer.json()["has_more"]:
            return found[::-1]


@pytest.mark.parametrize("seconds", [0, pytest.param(30, marks=pytest.mark.long)])
async def test_no_movement_is_lost_doubled_or_seen_out_of_turn(shop: Shop, tenancy: Tenancy, seconds: int) -> None:
    customers = [shop.customer(f"c{number}@example.com") for number in range(2)]
    programs = [Program(shop, customers, number) for number in range(CLIENTS)]
    until = time.monotonic() + seconds
    with ThreadPoolExecutor(CLIENTS) as pool:
        for each in [pool.submit(each.run, until, 5) for each in programs]:
            each.result()
    answers = sum((each.seen.answers for each in programs), Counter[int]())
    assert [odd for each in programs for odd in each.seen.odd] == []
    # Who is told to ask again is one in a hundred at most.
    assert answers[429] <= max(2, answers.total() // 100), answers
    with shop.http() as http:
        for customer in customers:
            _hold(customer, movements(http, customer), programs)
            assert http.get(f"/v1/customers/{customer}").json()["balance"] == (
                sum(each["amount"] for each in movements(http, customer))
            )
    async with tenancy.at(shop.tenant.live.door) as (connection, _):
        assert not await faults_of(connection)


def _hold(customer: str, final: list[dict[str, Any]], programs: list[Program]) -> None:
    by_hand = {each["description"]: each["amount"] for each in final if each["type"] == "adjustment"}
    done = {name: amount for each in programs for name, amount in each.seen.acknowledged.get(customer, {}).items()}
    assert by_hand == done
    assert len(done) == sum(each["type"] == "adjustment" for each in final)
    balance = 0
    for each in final:
        balance += each["amount"]
        assert each["ending_balance"] == balance, (each, final)
    for program in programs:
        for whose, known, shown in program.seen.reads:
            if whose == customer:
                assert shown == final[: len(shown)]
                assert known <= {each["description"] for each in shown}
