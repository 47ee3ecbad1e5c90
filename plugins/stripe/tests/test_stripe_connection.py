"""The door to Stripe: errors as ours, time-outs, few retries, and a breaker, over a scripted transport and clock."""

import json
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from stripe_shelf import judged

from frontdesk.errors import FrontdeskError, Misconfigured, Refused, Unavailable
from frontdesk.secret import Secret
from frontdesk_stripe.breaker import Breaker, Outcome, RetryBudget
from frontdesk_stripe.connecting import mode_of
from frontdesk_stripe.connection import API_VERSION, Connection, World

Answer = Callable[[httpx2.Request], httpx2.Response]
OK = {"id": "cus_1", "object": "customer"}


class Clock:
    """Passes by what is slept, and by what a call is said to take."""

    def __init__(self) -> None:
        self.at = 1000.0

    def now(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.at += seconds


class Script:
    """Answers each request as the script says, and remembers it."""

    def __init__(self, answer: Answer, clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        self.asked: list[httpx2.Request] = []
        self._answer = answer
        world = World(monotonic=self.clock.now, sleep=self.clock.sleep, chance=lambda: 0.5)
        self.stripe = Connection(Secret("rk_test_secret"), transport=httpx2.MockTransport(self._handle), world=world)

    def _handle(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request)
        judged(request)
        return self._answer(request)


def says(status: int, body: Any = None, **headers: str) -> httpx2.Response:
    shown = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx2.Response(status, content=json.dumps(body), headers=shown)


def error(status: int, code: str | None = None, **more: Any) -> httpx2.Response:
    said = {"type": "invalid_request_error", "code": code, "message": "Stripe's own words {here}.", **more}
    return says(status, {"error": said})


async def test_a_call_carries_key_version_and_idempotency() -> None:
    script = Script(lambda _: says(200, OK))
    assert await script.stripe.post("/v1/customers", {"metadata": {"a": "1"}, "name": "Ä"}, key="intent-1") == OK
    (asked,) = script.asked
    assert asked.headers["authorization"] == "Bearer rk_test_secret"
    assert asked.headers["stripe-version"] == API_VERSION
    assert asked.headers["idempotency-key"] == "intent-1"
    assert asked.content == b"metadata[a]=1&name=%C3%84"


async def test_a_list_is_walked_to_its_end() -> None:
    def pages(request: httpx2.Request) -> httpx2.Response:
        after = int(request.url.params.get("starting_after", "0"))
        data = [{"id": str(n)} for n in range(after + 1, min(after + 3, 6))]
        return says(200, {"data": data, "has_more": after + 2 < 5})

    script = Script(pages)
    assert [each["id"] for each in await script.stripe.all("/v1/customers")] == ["1", "2", "3", "4", "5"]
    assert len(script.asked) == 3


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (error(401), Misconfigured),
        (error(403), Misconfigured),
        (error(400, "parameter_missing", param="name"), Refused),
        (error(402, "card_declined", type="card_error", decline_code="insufficient_funds"), Refused),
        (error(400, type="idempotency_error"), Refused),
        (error(404, "resource_missing"), Refused),
        (error(409, "idempotency_key_in_use", type="idempotency_error"), Unavailable),
        (error(429, "rate_limit"), Unavailable),
        (error(500, type="api_error"), Unavailable),
        (httpx2.Response(200, content=b"<html>"), Unavailable),
        (httpx2.Response(200, content=b"[]"), Unavailable),
        (httpx2.Response(502, content=b"<html>"), Unavailable),
        (httpx2.Response(301, headers={"location": "http://127.0.0.1/"}), Unavailable),
    ],
)
async def test_every_answer_is_one_of_our_errors(answer: httpx2.Response, kind: type[FrontdeskError]) -> None:
    script = Script(lambda _: answer)
    with pytest.raises(kind) as raised:
        await script.stripe.post("/v1/customers", {}, key="k")
    assert "rk_test_secret" not in str(raised.value)
    if isinstance(raised.value, Refused):
        assert "Stripe" not in raised.value.refusal.for_customer
        assert "Stripe's own words {here}." in str(raised.value)


async def test_a_bank_s_answer_is_told_to_the_customer_in_our_words() -> None:
    script = Script(lambda _: error(402, "card_declined", type="card_error", decline_code="insufficient_funds"))
    with pytest.raises(Refused) as raised:
        await script.stripe.post("/v1/invoices/in_1/pay", {}, key="k")
    refusal = raised.value.refusal
    assert (refusal.api_code, refusal.decline_code) == ("card_declined", "insufficient_funds")
    assert refusal.for_customer == "There is not enough money on this card for the payment. Use another one."


@pytest.mark.parametrize("kind", ["card_error", "invalid_request_error"])
async def test_a_charge_that_needs_its_holder_is_told_apart_from_a_decline(kind: str) -> None:
    script = Script(lambda _: error(402, "subscription_payment_intent_requires_action", type=kind))
    with pytest.raises(Refused) as raised:
        await script.stripe.post("/v1/subscriptions/sub_1", {}, key="k")
    refusal = raised.value.refusal
    assert refusal.decline_code == "authentication_required"
    assert refusal.for_customer == "Your bank wants you to confirm this payment first."


async def test_a_permission_that_lacks_is_named_as_stripe_s_dashboard_names_it() -> None:
    said = (
        "The provided key 'rk_test_***' does not have the required permissions for this endpoint on account "
        "'acct_1'. Having the 'rak_plan_read' permission would allow this request to continue."
    )
    script = Script(lambda _: error(403, message=said))
    with pytest.raises(Misconfigured) as raised:
        await script.stripe.get("/v1/prices")
    assert raised.value.message == "Stripe's key lacks the permission “Prices: Read”. Add it at Stripe."
    assert raised.value.field == "api_key"


@pytest.mark.parametrize("lost", [httpx2.ReadTimeout, httpx2.ConnectTimeout, httpx2.ConnectError, httpx2.ReadError])
async def test_an_answer_that_was_lost_is_asked_for_again_with_the_same_key(lost: type[httpx2.TransportError]) -> None:
    answers: list[Any] = []
    script = Script(lambda _: says(200, OK))
    for _ in range(20):
        await script.stripe.get("/v1/customers/cus_1")

    def lose_once(_: httpx2.Request) -> httpx2.Response:
        if not answers:
            answers.append(1)
            raise lost("lost")
        return says(200, OK)

    script._answer = lose_once
    script.asked.clear()
    assert await script.stripe.post("/v1/customers", {}, key="intent-1") == OK
    assert [each.headers["idempotency-key"] for each in script.asked] == ["intent-1"] * 2


@pytest.mark.parametrize("status", [400, 500])
async def test_stripe_says_itself_whether_to_ask_again(status: int) -> None:
    for told, calls in (("true", 3), ("false", 1)):
        script = Script(lambda _: says(200, OK))
        for _ in range(40):
            await script.stripe.get("/v1/customers/cus_1")
        script._answer = lambda _, told=told: says(  # type: ignore[misc]
            status, {"error": {"type": "api_error", "message": ""}}, stripe_should_retry=told
        )
        script.asked.clear()
        with pytest.raises((Unavailable, Refused)):
            await script.stripe.get("/v1/customers/cus_1")
        assert len(script.asked) == calls


async def walk(script: Script, calls: int, every: float = 0.2) -> tuple[int, int]:
    """How many of so many calls, some time apart, were answered and reached Stripe."""
    answered, waits = 0, []
    for _ in range(calls):
        script.clock.at += every
        try:
            await script.stripe.get("/v1/customers/cus_1")
            answered += 1
        except Unavailable as error:
            waits.append(error.retry_after)
    assert all(1 <= each <= 3600 for each in waits)
    return answered, len(script.asked)


def slow(script_clock: Clock, seconds: float) -> Answer:
    def answer(_: httpx2.Request) -> httpx2.Response:
        script_clock.at += seconds
        raise httpx2.ReadTimeout("slow")

    return answer


async def test_a_stripe_that_always_fails_is_left_alone_but_for_probes() -> None:
    script = Script(lambda _: error(500, type="api_error"))
    answered, reached = await walk(script, 500)  # A hundred seconds.
    assert answered == 0
    assert 10 + 15 <= reached <= 10 + 20
    script._answer = lambda _: says(200, OK)
    script.clock.at += 5
    assert (await walk(script, 50))[0] == 50


async def test_half_of_all_answers_failing_costs_no_storm() -> None:
    turns = iter(range(10**6))
    script = Script(lambda _: error(500, type="api_error") if next(turns) % 2 else says(200, OK))
    _, reached = await walk(script, 400)
    assert reached <= 440


async def test_a_stripe_that_is_slow_holds_up_five_calls_at_most() -> None:
    clock = Clock()
    script = Script(slow(clock, 8), clock)
    began = clock.at
    await walk(script, 5, every=0)
    assert clock.at - began <= 5 * 8
    with pytest.raises(Unavailable):
        await script.stripe.get("/v1/customers/cus_1")
    assert len(script.asked) == 5


async def test_a_storm_of_429_is_waited_out() -> None:
    script = Script(lambda _: says(429, {"error": {"code": "rate_limit", "message": ""}}, retry_after="7"))
    with pytest.raises(Unavailable) as raised:
        await script.stripe.get("/v1/customers/cus_1")
    assert raised.value.retry_after == 7
    _, reached = await walk(script, 300, every=0.1)
    assert reached <= 1 + 30 / 7 + 1


async def test_fewer_than_a_tenth_of_all_calls_are_repeated() -> None:
    """One in five fails, which opens no breaker."""
    turns = iter(range(10**6))
    script = Script(lambda _: error(500, type="api_error") if next(turns) % 5 == 0 else says(200, OK))
    _, reached = await walk(script, 1000, every=1)
    assert 1000 < reached <= 1100


def test_the_breaker_lets_one_probe_through_in_five_seconds() -> None:
    breaker = Breaker()
    for n in range(10):
        assert breaker.wait(n) == 0
        breaker.record(n, Outcome.FAILED if n % 2 else Outcome.ANSWERED)
    assert breaker.is_open
    assert [breaker.wait(at) for at in (10, 13, 14, 14.1, 18.9, 19)] == [4, 1, 0, 5, 1, 0]
    breaker.record(19, Outcome.ANSWERED)
    assert (breaker.is_open, breaker.wait(19)) == (False, 0)


def test_failures_of_long_ago_are_forgotten() -> None:
    breaker = Breaker()
    for n in range(100):
        breaker.record(n * 4, Outcome.FAILED)
    assert not breaker.is_open


def test_the_budget_saves_up_no_more_than_a_few() -> None:
    budget = RetryBudget()
    assert not budget.take()
    for _ in range(1000):
        budget.called()
    assert sum(budget.take() for _ in range(100)) == 5


@pytest.mark.parametrize(
    ("key", "said"),
    [("pk_live_1", "publishable"), ("whsec_1", "no key of Stripe's"), ("rk_live_ä", "no key"), ("", "no key")],
)
def test_what_is_no_key_for_servers_is_told_so(key: str, said: str) -> None:
    with pytest.raises(Misconfigured, match=said) as raised:
        mode_of(Secret(key))
    assert raised.value.field == "api_key"


def test_the_mode_stands_in_the_key() -> None:
    assert [mode_of(Secret(each)) for each in ("rk_live_1", "rk_test_1", "sk_test_1")] == [True, False, False]
