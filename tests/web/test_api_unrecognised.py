"""What is not served below /v1: Stripe's sentence with 404, in Stripe's shape, whatever the method and the path."""

import pytest
from api_server import ApiServer, Shop
from stripe_openapi import object_faults

PATHS = (
    *("/v1", "/v1/", "/v1/x", "/v1/disputes", "/v1/customers/cus_1/nothing", "/v1/customers/cus_1/sources/a/b/c"),
    *(
        "/v1//customers",
        "/v1/customers//subscriptions",
        "/v1/%00",
        "/v1/%ff%fe",
        "/v1/..%2fdashboard",
        "/v1/" + "x" * 3000,
    ),
    *(
        "/v1/customers/search/more",
        "/v1/customer_sessions",
        "/v1/%F0%9F%98%80",
        "/v2",
        "/v2/core",
        "/v1/customers.json",
    ),
)


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "PUT", "PATCH", "HEAD", "PROPFIND"])
def test_no_such_address(api_server: ApiServer, method: str) -> None:
    """No key is asked for, as at Stripe."""
    with api_server.http("sk_live_nobody") as http:
        for path in PATHS:
            answer = http.request(method, path)
            assert answer.status_code == 404, (method, path, answer.text)
            assert answer.headers["request-id"].startswith("req_")
            if method == "HEAD":
                continue
            assert answer.headers["content-type"] == "application/json"
            error = answer.json()["error"]
            assert object_faults("error", answer.json()) == []
            assert error["type"] == "invalid_request_error"
            assert error["message"].startswith(f"Unrecognized request URL ({method}: /v")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", "/v1/prices"),
        ("PUT", "/v1/customers"),
        ("PATCH", "/v1/customers/cus_1"),
        ("POST", "/v1/balance"),
        ("POST", "/v1/customers/search"),
        ("DELETE", "/v1/invoices/in_1/finalize"),
        ("GET", "/v1/invoices/in_1/pay"),
    ],
)
def test_no_such_method(api_server: ApiServer, method: str, path: str) -> None:
    with api_server.http("sk_live_nobody") as http:
        answer = http.request(method, path)
    assert (answer.status_code, answer.json()["error"]["type"]) == (404, "invalid_request_error")
    assert answer.json()["error"]["message"].startswith(f"Unrecognized request URL ({method}: {path}). ")


def test_an_id_that_was_left_out_lists_nothing(shop: Shop) -> None:
    """A client that asks for the customer "" must not get them all."""
    with shop.http() as http:
        for path in ("/v1/customers/", "/v1/subscriptions/", "/v1/customers//"):
            answer = http.get(path)
            assert answer.status_code == 404, answer.text
            assert "remove the trailing slash" in answer.json()["error"]["message"]
        assert http.post("/v1/customers/", data={"email": "jenny@example.com"}).status_code == 404


def test_pages_beside_the_api_are_pages(api_server: ApiServer) -> None:
    with api_server.http("sk_live_nobody") as http:
        answer = http.get("/v1x")
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
