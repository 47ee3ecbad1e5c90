"""What Stripe tells: which messages are believed, whose they are, and what was told since."""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
import stripe
from hypothesis import given, settings
from hypothesis import strategies as st
from stripe.events._event_classes import get_v2_event_class
from stripe_openapi import document
from stripe_shelf import Shelf

from frontdesk.errors import Misconfigured
from frontdesk.mirroring import Forged, Heard, Subject
from frontdesk.secret import Secret
from frontdesk_stripe.accounts import EVENTS as ACCOUNT_EVENTS
from frontdesk_stripe.backend import StripeBackend, StripeSettings
from frontdesk_stripe.connection import API_VERSION, World
from frontdesk_stripe.listening import EVENTS, hear, heard_of
from frontdesk_stripe.reading.wire import Unreadable

NOW = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)
MINE, OLD, FOREIGN = Secret("whsec_mine"), Secret("whsec_old"), Secret("whsec_foreign")


def event(kind: str = "customer.updated", object: Any = None, **more: Any) -> dict[str, Any]:
    shown = {"id": "cus_1", "object": "customer"} if object is None else object
    said = {"id": "evt_1", "object": "event", "type": kind, "created": int(NOW.timestamp()), "livemode": True}
    return {**said, "data": {"object": shown}, **more}


def signed(body: bytes, secret: Secret = MINE, at: datetime = NOW) -> str:
    stamp = int(at.timestamp())
    mac = hmac.new(secret.reveal().encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={stamp},v1={mac}"


def backend(shelf: Shelf) -> StripeBackend:
    key = StripeSettings(api_key=Secret("rk_live_1"))
    return StripeBackend(key, transport=shelf.transport, world=World(now=lambda: NOW))


def test_a_message_that_stripe_signed_is_heard() -> None:
    body = json.dumps(event()).encode()
    found = hear(body, signed(body), [MINE], NOW)
    about = Subject("customer", "cus_1")
    assert found == Heard(id="evt_1", kind="customer.updated", at=NOW, livemode=True, about=about)


def test_stripe_s_own_library_signs_alike() -> None:
    body = json.dumps(event())
    mac = stripe.WebhookSignature._compute_signature(f"{int(NOW.timestamp())}.{body}", MINE.reveal())
    assert signed(body.encode()).endswith(mac)


def test_the_old_secret_is_good_while_it_is_one_of_ours() -> None:
    body = json.dumps(event()).encode()
    hear(body, signed(body, OLD), [MINE, OLD], NOW)
    both = signed(body, FOREIGN) + "," + signed(body).partition(",")[2] + ",v0=x"
    hear(body, both, [MINE, OLD], NOW)
    with pytest.raises(Forged):
        hear(body, signed(body, OLD), [MINE], NOW)


BODY = json.dumps(event()).encode()
FORGED = [
    (BODY, ""),
    (BODY, "v1="),
    (BODY, "t=,v1="),
    (BODY, "t=1"),
    (BODY, signed(BODY).replace("v1=", "v0=")),
    (BODY, signed(BODY)[:-1]),
    (BODY, signed(BODY) + "0"),
    (BODY, signed(BODY).upper()),
    (BODY, signed(BODY, FOREIGN)),
    (BODY + b" ", signed(BODY)),
    (BODY, signed(BODY, at=NOW - timedelta(seconds=301))),
    (BODY, signed(BODY, at=NOW + timedelta(seconds=301))),
    (BODY, "t=" + "9" * 5000 + "," + signed(BODY).partition(",")[2]),
    (BODY, "t=١٢٣," + signed(BODY).partition(",")[2]),
    (BODY, f"t={int(NOW.timestamp()) + 1}," + signed(BODY)),
    (BODY, "ü" + signed(BODY) + ",v1=ü"),
    *((each, signed(each)) for each in (b"", b"{}", b"[]", b"null", b'{"id": 3}', b"\xff", b'{"id":"e","type":"t"}')),
]


@pytest.mark.parametrize(("body", "signature"), FORGED)
def test_whatever_else_comes_is_forged(body: bytes, signature: str) -> None:
    if signature.startswith("ü"):
        # Something before the time is no time.
        assert "t=" in signature
    with pytest.raises(Forged):
        hear(body, signature, [MINE], NOW)


@given(st.text(), st.binary(max_size=40))
@settings(max_examples=60, deadline=None)
def test_no_signature_makes_it_stumble(signature: str, body: bytes) -> None:
    with pytest.raises(Forged):
        hear(body, signature, [MINE], NOW)


@pytest.mark.parametrize(
    ("kind", "object", "about"),
    [
        ("customer.deleted", {"object": "customer", "id": "cus_1"}, Subject("customer", "cus_1")),
        ("customer.tax_id.created", {"object": "tax_id", "id": "txi_1", "customer": "cus_1"}, "cus_1"),
        ("customer.discount.created", {"object": "discount", "id": "di_1", "customer": "cus_1"}, "cus_1"),
        ("customer.subscription.updated", {"object": "subscription", "customer": {"id": "cus_1"}}, "cus_1"),
        ("invoice.paid", {"object": "invoice", "id": "in_1", "customer": "cus_1"}, "cus_1"),
        ("invoice.paid", {"object": "invoice", "id": "in_1", "customer": None}, None),
        ("invoiceitem.deleted", {"object": "invoiceitem", "id": "ii_1", "customer": "cus_1"}, "cus_1"),
        ("setup_intent.succeeded", {"object": "setup_intent", "customer": "cus_1"}, "cus_1"),
        ("checkout.session.completed", {"object": "checkout.session", "customer": "cus_1"}, "cus_1"),
        ("price.updated", {"object": "price", "id": "price_1"}, Subject("price", "price_1")),
        ("product.deleted", {"object": "product", "id": "prod_1"}, Subject("product", "prod_1")),
        ("coupon.deleted", {"object": "coupon", "id": "C"}, Subject("coupon", "C")),
        ("promotion_code.created", {"object": "promotion_code", "id": "p"}, Subject("promotion_code", "p")),
        ("tax_rate.updated", {"object": "tax_rate", "id": "txr_1"}, Subject("tax_rate", "txr_1")),
        ("charge.succeeded", {"object": "charge", "id": "ch_1", "customer": "cus_1"}, None),
        ("something.new", {"object": "customer", "id": "cus_1"}, None),
        ("customer.updated", {"object": "customer", "id": 5}, None),
    ],
)
def test_an_event_says_whose_it_is(kind: str, object: Any, about: Subject | str | None) -> None:
    wanted = Subject("customer", about) if isinstance(about, str) else about
    assert heard_of(event(kind, object)).about == wanted


def test_a_method_that_was_taken_away_says_whose_it_was() -> None:
    said = event("payment_method.detached", {"object": "payment_method", "id": "pm_1", "customer": None})
    said["data"]["previous_attributes"] = {"customer": "cus_1"}
    assert heard_of(said).about == Subject("customer", "cus_1")


def thin(kind: str = "v2.core.account.updated", number: int = 2, **related: Any) -> dict[str, Any]:
    named = {"id": "acct_1", "type": "v2.core.account", "url": "/v2/core/accounts/acct_1", **related}
    return {
        "id": f"evt_{number}",
        "object": "v2.core.event",
        "type": kind,
        "created": f"2026-11-28T09:00:0{number}.000Z",
        "livemode": True,
        "data": None,
        "related_object": named,
    }


@pytest.mark.parametrize("kind", ACCOUNT_EVENTS)
def test_thin_events_of_accounts_concern_their_customers(kind: str) -> None:
    at = NOW + timedelta(seconds=2)
    assert heard_of(thin(kind)) == Heard(
        id="evt_2", kind=kind, at=at, livemode=True, about=Subject("customer", "acct_1")
    )


@pytest.mark.parametrize(
    "said",
    [
        thin("v2.core.account[configuration.merchant].updated"),
        thin("v2.core.account_person.updated", type="v2.core.account_person", id="person_1"),
        thin(type="v2.core.account_person"),
        thin(id=None),
        thin() | {"related_object": None},
        thin("v2.billing.meter.no_meter_found"),
    ],
)
def test_other_thin_events_are_heard_and_concern_nothing(said: dict[str, Any]) -> None:
    assert heard_of(said).about is None


@pytest.mark.parametrize("kind", ACCOUNT_EVENTS)
def test_thin_events_are_those_that_stripe_has(kind: str) -> None:
    assert get_v2_event_class(kind) is not stripe.StripeObject


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5), lambda inner: st.lists(inner)))
@settings(max_examples=60, deadline=None)
def test_nothing_in_an_event_makes_it_stumble(value: Any) -> None:
    for name in ("id", "type", "created", "livemode", "account", "data", "related_object"):
        for said in (event(), thin()):
            try:
                heard_of({**said, name: value})
            except Unreadable:
                continue
    for name in ("object", "previous_attributes"):
        heard_of({**event(), "data": {"object": {"object": "invoice"}, name: value}})


def test_all_that_is_heard_is_known_to_stripe() -> None:
    asked = document()["paths"]["/v1/webhook_endpoints"]["post"]["requestBody"]["content"]
    (body,) = asked.values()
    known = body["schema"]["properties"]["enabled_events"]["items"]["enum"]
    assert set(EVENTS) <= set(known)
    assert len(set(EVENTS)) == len(EVENTS)


async def test_an_endpoint_is_made_and_taken_away() -> None:
    shelf = Shelf()
    made = {"id": "we_1", "object": "webhook_endpoint", "secret": "whsec_1"}
    shelf.objects["/v1/webhook_endpoints"] = made
    listening = await backend(shelf).listen("https://pay.example.com/webhooks/a/b", "intent-1")
    assert (listening.endpoint, listening.secret) == ("we_1", Secret("whsec_1"))
    (asked,) = shelf.asked
    assert asked.headers["idempotency-key"] == "intent-1"
    assert f"api_version={API_VERSION}" in asked.content.decode()
    await backend(shelf).stop_listening("we_1")
    assert shelf.asked[-1].method == "DELETE"
    shelf.before = lambda _: httpx2.Response(400, json={"error": {"message": "Invalid URL", "param": "url"}})
    with pytest.raises(Misconfigured, match="Invalid URL"):
        await backend(shelf).listen("http://localhost/", "intent-2")


def happened(count: int) -> list[dict[str, Any]]:
    """So many events, the newest first."""
    return [{**event(), "id": f"evt_{n}", "created": int(NOW.timestamp()) + n} for n in reversed(range(count))]


async def test_what_happened_is_told_oldest_first_and_once() -> None:
    shelf = Shelf(most=3)
    shelf.lists["/v1/events"] = happened(8)
    stripe_backend = backend(shelf)
    page = await stripe_backend.heard_since(None, NOW)
    found = list(page.heard)
    while page.heard:
        page = await stripe_backend.heard_since(page.after, NOW)
        found += page.heard
    assert [each.id for each in found] == [f"evt_{n}" for n in range(8)]
    assert page.after == "evt_7"
    shelf.lists["/v1/events"] = happened(9)
    assert [each.id for each in (await stripe_backend.heard_since("evt_7", NOW)).heard] == ["evt_8"]


async def test_nothing_yet_is_no_place_to_go_on_from() -> None:
    shelf = Shelf()
    shelf.lists["/v1/events"] = []
    page = await backend(shelf).heard_since(None, NOW)
    assert (page.heard, page.after) == ((), None)


async def test_a_place_that_stripe_has_forgotten_is_begun_anew() -> None:
    shelf = Shelf()
    shelf.lists["/v1/events"] = happened(2)
    page = await backend(shelf).heard_since("evt_long_ago", NOW)
    assert [each.id for each in page.heard] == ["evt_0", "evt_1"]


async def test_what_happened_to_accounts_is_told_beside_it() -> None:
    shelf = Shelf(most=2)
    shelf.lists["/v1/events"] = happened(3)
    shelf.lists["/v2/core/events"] = [thin(number=each) for each in (6, 5, 4)]
    stripe_backend = backend(shelf)
    page = await stripe_backend.heard_since(None, NOW)
    found = list(page.heard)
    while page.heard:
        page = await stripe_backend.heard_since(page.after, NOW)
        found += page.heard
    assert [each.id for each in found] == ["evt_0", "evt_4", "evt_5", "evt_6", "evt_1", "evt_2"]
    assert page.after == "evt_2 2026-11-28T09:00:06.000Z"
    shelf.lists["/v2/core/events"].insert(0, thin("v2.core.account.closed", 7))
    page = await stripe_backend.heard_since(page.after, NOW)
    assert [(each.id, each.about) for each in page.heard] == [("evt_7", Subject("customer", "acct_1"))]
    # What a place says that was noted before there were two lists holds as well.
    assert [each.id for each in (await stripe_backend.heard_since("evt_2", NOW)).heard][-1] == "evt_7"


async def test_accounts_of_which_nothing_has_happened_leave_no_place() -> None:
    shelf = Shelf()
    shelf.lists["/v1/events"] = happened(1)
    shelf.lists["/v2/core/events"] = []
    assert (await backend(shelf).heard_since(None, NOW)).after == "evt_0"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500])
async def test_where_events_of_accounts_are_not_told_all_else_is(status: int) -> None:
    shelf = Shelf()
    shelf.lists["/v1/events"] = happened(2)
    said = {"error": {"code": "accounts_v2_access_blocked", "message": "Accounts v2 is not enabled."}}
    shelf.before = lambda request: httpx2.Response(status, json=said) if request.url.path.startswith("/v2/") else None
    page = await backend(shelf).heard_since("evt_long_ago 2026-11-28T08:00:00.000Z", NOW)
    assert [each.id for each in page.heard] == ["evt_0", "evt_1"]
    assert page.after == "evt_1 2026-11-28T08:00:00.000Z", "what was not told now is asked for again"
