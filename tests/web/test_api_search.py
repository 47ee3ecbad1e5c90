"""Search with the official SDK and by hand: what a query finds, in pages, and whose."""

import httpx
import pytest
import stripe
from api_server import Shop, made
from stripe_openapi import faults

from frontdesk.search_queries import FIELDS
from frontdesk_tenants import object_search
from frontdesk_tenants.object_search import EXPRESSIONS
from frontdesk_tenants.paging import ID_LENGTH
from frontdesk_web.api.router import ENDPOINTS


def _found(http: httpx.Client, resource: str, query: str, **given: str) -> list[str]:
    answer = http.get(f"/v1/{resource}/search", params={"query": query, **given})
    assert answer.status_code == 200, answer.text
    assert faults("GET", f"/v1/{resource}/search", 200, answer.json()) == []
    return [each["id"] for each in answer.json()["data"]]


def test_every_field_is_known_to_the_tables() -> None:
    for resource, fields in FIELDS.items():
        assert set(fields) - {"metadata", "created"} == set(EXPRESSIONS[resource])
        assert any(each.path == f"/v1/{resource}/search" for each in ENDPOINTS)
    assert ID_LENGTH == 255


def test_customers(shop: Shop) -> None:
    jenny = shop.customer("Jenny.Rosen@example.com", name="Jenny Rosen", **{"metadata[order_id]": "6735"})
    bob = shop.customer("bob@example.org", name="Bob 100%_\\", phone="+49 40 123456")
    gone = shop.customer("gone@example.com", name="Jenny Gone")
    with shop.http() as http:
        http.delete(f"/v1/customers/{gone}")

        def found(query: str) -> list[str]:
            return _found(http, "customers", query)

        assert found("email:'jenny.rosen@EXAMPLE.com'") == [jenny]
        assert found("email~'ROSEN@'") == [jenny]
        assert found("name:'jenny rosen'") == [jenny]
        assert found("name~'enny'") == [jenny]
        assert found("name~'100%_\\\\'") == [bob]
        assert found("name~'%_%'") == []
        assert found("name:'jenny'") == []
        assert found("metadata['order_id']:'6735'") == [jenny]
        assert found("metadata['order_id']:null") == [bob]
        assert found("-metadata['order_id']:null") == [jenny]
        assert found("-metadata['order_id']:'6735'") == [bob]
        assert found("phone:null") == [jenny]
        assert found("name~'jenny' OR phone~'123'") == [bob, jenny]
        assert found("name~'jenny' phone~'123'") == []
        created = http.get(f"/v1/customers/{jenny}").json()["created"]
        assert set(found(f"created>={created} AND created<{created + 60}")) == {jenny, bob}
        assert jenny in found(f"created:{created}")
        assert found(f"created>{created + 60}") == []
        assert found("created<0") == []
        assert set(found("created<9000000000000000000")) == {jenny, bob}
        assert set(found("-created:9000000000000000000")) == {jenny, bob}


def test_the_catalogue_and_what_is_billed(shop: Shop) -> None:
    customer = shop.customer()
    subscription = shop.subscription(customer, **{"metadata[crm]": "K-1"})
    with shop.http() as http:
        made(http.post("/v1/products", data={"name": "Desk", "active": "false", "description": "Standing desk"}))
        once = {"product": shop.product, "currency": "usd", "unit_amount": "1", "lookup_key": "once"}
        price = made(http.post("/v1/prices", data=once))
        (invoice,) = http.get("/v1/invoices").json()["data"]
        assert _found(http, "products", "active:'true'") == [shop.product]
        assert _found(http, "products", "active:'true' AND name~'tea'") == [shop.product]
        assert len(_found(http, "products", "-active:'true' description~'standing'")) == 1
        assert _found(http, "prices", "type:'one_time'") == [price]
        assert _found(http, "prices", "lookup_key:'ONCE' AND currency:'usd'") == [price]
        assert len(_found(http, "prices", f"product:'{shop.product}' -currency:'usd'")) == 2
        assert _found(http, "subscriptions", "status:'active' AND metadata['crm']:'K-1'") == [subscription]
        assert _found(http, "subscriptions", "canceled_at:null") == [subscription]
        assert _found(http, "invoices", f"total>11999 AND total<=12000 AND customer:'{customer}'") == [invoice["id"]]
        assert _found(http, "invoices", f"number:'{invoice['number'].lower()}'") == [invoice["id"]]
        assert _found(http, "invoices", "total<12000") == []
        assert _found(http, "invoices", f"subscription:'{subscription}'") == [invoice["id"]]
        ended = http.delete(f"/v1/subscriptions/{subscription}").json()["canceled_at"]
        assert _found(http, "subscriptions", f"canceled_at>={ended} AND -status:'active'") == [subscription]


def test_pages(shop: Shop) -> None:
    sdk = shop.server.sdk(shop.key)
    ids = [shop.customer(f"jenny+{number}@example.com") for number in range(5)]
    asked = {"query": "email~'jenny'", "limit": 2, "expand": ["total_count"]}
    first = sdk.v1.customers.search(asked)  # type: ignore[arg-type]
    assert (first.total_count, first.has_more, len(first.data)) == (5, True, 2)  # type: ignore[attr-defined]
    assert {each.id for each in first.auto_paging_iter()} == set(ids)
    with shop.http() as http:
        whole = _found(http, "customers", "email~'jenny'")
        pages, page = [], None
        while True:
            params = {"query": "email~'jenny'", "limit": "2", **({"page": page} if page else {})}
            answer = http.get("/v1/customers/search", params=params).json()
            assert "total_count" not in answer
            pages += [each["id"] for each in answer["data"]]
            page = answer["next_page"]
            if not answer["has_more"]:
                break
        assert page is None
        assert pages == whole
        expanded = {"query": "email~'jenny'", "expand[]": "data.subscriptions"}
        assert http.get("/v1/customers/search", params=expanded).json()["data"][0]["subscriptions"]["data"] == []
        for wrong in ("x", "zz-cus_1", "fffffffffffffff-cus_1", "-1"):
            answer = http.get("/v1/customers/search", params={"query": "name:'a'", "page": wrong})
            assert (answer.status_code, answer.json()["error"]["param"]) == (400, "page")


def test_queries_that_cannot_be_read(shop: Shop) -> None:
    sdk = shop.server.sdk(shop.key)
    with pytest.raises(stripe.InvalidRequestError, match="Missing required param: query"):
        sdk.v1.prices.search({})  # type: ignore[typeddict-item]
    with pytest.raises(stripe.InvalidRequestError, match=r"We were unable to parse your search query\."):
        sdk.v1.prices.search({"query": "asdf"})
    unknown = "Field `foo` is an unsupported search field for resource `prices`"
    with pytest.raises(stripe.InvalidRequestError, match=unknown) as refused:
        sdk.v1.prices.search({"query": "foo:'bar'"})
    assert (refused.value.http_status, refused.value.param) == (400, "query")


def test_the_other_side_is_not_searched(shop: Shop) -> None:
    shop.customer("jenny@example.com", **{"metadata[a]": "b"})
    with shop.server.http(shop.tenant.sandbox.secret_key.reveal()) as http:
        for query in ("email:'jenny@example.com'", "-name:'nobody'", "metadata['a']:'b' OR created>0"):
            assert _found(http, "customers", query, **{"expand[]": "total_count"}) == []


def test_charges_and_payment_intents(shop: Shop) -> None:
    with shop.server.http(shop.tenant.sandbox.secret_key.reveal()) as http:
        customer = made(http.post("/v1/customers", data={"email": "jenny@example.com"}))
        card = made(http.post("/v1/payment_methods", data={"type": "card", "card[token]": "tok_visa"}))
        http.post(f"/v1/payment_methods/{card}/attach", data={"customer": customer})
        asked = {"customer": customer, "payment_method": card, "currency": "eur", "confirm": "true"}
        ways = {"automatic_payment_methods[enabled]": "true", "automatic_payment_methods[allow_redirects]": "never"}
        paid = made(http.post("/v1/payment_intents", data=asked | ways | {"amount": "2500", "metadata[order]": "7"}))
        yen = made(http.post("/v1/payment_intents", data=asked | ways | {"amount": "900", "currency": "jpy"}))
        first = http.get(f"/v1/payment_intents/{paid}").json()["latest_charge"]
        second = http.get(f"/v1/payment_intents/{yen}").json()["latest_charge"]
        shown = http.get(f"/v1/charges/{first}").json()["payment_method_details"]["card"]

        def found(query: str) -> list[str]:
            return _found(http, "charges", query)

        assert found("amount:2500") == [first]
        assert found("amount>899 AND amount<2500 AND currency:'jpy'") == [second]
        assert found(f"customer:'{customer}' status:'succeeded'") == [second, first]
        assert found("metadata['order']:'7'") == [first]
        card_fields = "payment_method_details.card."
        assert found(f"{card_fields}last4:4242 AND {card_fields}brand:'visa'") == [second, first]
        assert found(f"{card_fields}exp_year:{shown['exp_year']} {card_fields}exp_month:'{shown['exp_month']}'")
        assert found(f"{card_fields}fingerprint:'{shown['fingerprint']}'") == [second, first]
        assert found("disputed:'true'") == found("refunded:'true'") == []
        made(http.post("/v1/refunds", data={"charge": first, "amount": "100"}))
        assert found("refunded:'true'") == []
        made(http.post("/v1/refunds", data={"charge": first}))
        assert found("refunded:'true'") == [first]
        assert found("-refunded:'true'") == [second]
        assert _found(http, "payment_intents", "metadata['order']:'7' AND status:'succeeded'") == [paid]
        assert _found(http, "payment_intents", f"customer:'{customer}' amount<=900") == [yen]
        wrong = http.get("/v1/charges/search", params={"query": "payment_method_details.card.last4~'424'"})
        assert "does not support substring search" in wrong.json()["error"]["message"]


def test_a_part_of_a_text_is_not_looked_for_everywhere(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The API of the test runs in this process, so the bound is lowered for both."""
    monkeypatch.setattr(object_search, "READ_AT_MOST", 3)
    first = shop.customer("jenny+0@example.com", **{"metadata[a]": "b"})
    newer = [shop.customer(f"jenny+{number}@example.com") for number in range(1, 5)]
    with shop.http() as http:

        def answer(query: str, **given: str) -> httpx.Response:
            return http.get("/v1/customers/search", params={"query": query, **given})

        # Enough is among the newest for a page.
        assert [each["id"] for each in answer("email~'jenny'", limit="2").json()["data"]] == newer[::-1][:2]
        for too_much in ("email~'jenny'", "name~'nobody'", "email~'jenny' OR metadata['a']:'b'"):
            refused = answer(too_much)
            assert (refused.status_code, refused.json()["error"]["type"]) == (400, "invalid_request_error")
            assert refused.json()["error"]["param"] == "query"
            assert "Your search query is too broad" in refused.json()["error"]["message"]
        assert answer("email~'jenny'", limit="1", **{"expand[]": "total_count"}).status_code == 400
        # What narrows it, and what asks for no part, is answered.
        assert _found(http, "customers", "email~'jenny' AND metadata['a']:'b'") == [first]
        assert len(_found(http, "customers", "-metadata['a']:'b'")) == 4
        assert _found(http, "customers", "email~'jenny' -email:'jenny+4@example.com' -email:'jenny+3@example.com'")
