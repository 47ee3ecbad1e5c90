"""Lists: newest first, a page at a time in both directions, filtered as at Stripe."""

import httpx
import pytest
from api_server import Shop, made


def _ids(http: httpx.Client, path: str, **params: str) -> list[str]:
    answer = http.get(path, params=params)
    assert answer.status_code == 200, answer.text
    return [each["id"] for each in answer.json()["data"]]


@pytest.fixture
def customers(shop: Shop) -> list[str]:
    """Seven customers, newest first."""
    return [shop.customer(email=f"{number}@example.com") for number in range(7)][::-1]


def test_pages_forwards_and_backwards(shop: Shop, customers: list[str]) -> None:
    with shop.http() as http:
        first = http.get("/v1/customers", params={"limit": "3"}).json()
        assert [each["id"] for each in first["data"]] == customers[:3]
        assert (first["has_more"], first["url"], first["object"]) == (True, "/v1/customers", "list")
        after = http.get("/v1/customers", params={"limit": "3", "starting_after": customers[3]}).json()
        assert ([each["id"] for each in after["data"]], after["has_more"]) == (customers[4:], False)
        before = http.get("/v1/customers", params={"limit": "3", "ending_before": customers[4]}).json()
        assert ([each["id"] for each in before["data"]], before["has_more"]) == (customers[1:4], True)
        nearest = http.get("/v1/customers", params={"limit": "3", "ending_before": customers[2]}).json()
        assert ([each["id"] for each in nearest["data"]], nearest["has_more"]) == (customers[:2], False)
        both = http.get("/v1/customers", params={"starting_after": customers[0], "ending_before": customers[1]})
        assert both.json()["error"]["code"] == "parameters_exclusive"


def test_deleted_customers_are_not_listed(shop: Shop, customers: list[str]) -> None:
    with shop.http() as http:
        http.delete(f"/v1/customers/{customers[0]}")
        assert _ids(http, "/v1/customers") == customers[1:]
        assert _ids(http, "/v1/customers", starting_after=customers[0]) == customers[1:]


def test_customers_by_address_letter_by_letter(shop: Shop, customers: list[str]) -> None:
    with shop.http() as http:
        again = shop.customer(email="3@example.com")
        assert _ids(http, "/v1/customers", email="3@example.com") == [again, customers[3]]
        assert _ids(http, "/v1/customers", email="3@EXAMPLE.com") == []
        assert _ids(http, "/v1/customers", email="no address") == []


def test_created(shop: Shop, customers: list[str]) -> None:
    with shop.http() as http:
        created = http.get(f"/v1/customers/{customers[0]}").json()["created"]
        assert _ids(http, "/v1/customers", **{"created[gt]": str(created)}) == []
        assert customers[0] in _ids(http, "/v1/customers", created=str(created))
        assert _ids(http, "/v1/customers", **{"created[lt]": str(created + 60)}) == customers
        assert _ids(http, "/v1/customers", **{"created[lte]": str(created - 3600)}) == []


def test_products_and_prices(shop: Shop) -> None:
    with shop.http() as http:
        other = made(http.post("/v1/products", data={"name": "Other", "active": "false", "url": "https://a.example/"}))
        terms = {"product": other, "currency": "usd", "unit_amount": "5", "lookup_key": "k"}
        once = made(http.post("/v1/prices", data=terms))
        assert _ids(http, "/v1/products") == [other, shop.product]
        assert _ids(http, "/v1/products", active="true") == [shop.product]
        assert _ids(http, "/v1/products", url="https://a.example/") == [other]
        assert _ids(http, "/v1/products", **{"ids[]": other}) == [other]
        assert _ids(http, "/v1/products", shippable="true") == []
        assert _ids(http, "/v1/prices") == [once, shop.yearly, shop.monthly]
        assert _ids(http, "/v1/prices", product=shop.product) == [shop.yearly, shop.monthly]
        assert _ids(http, "/v1/prices", type="one_time") == [once]
        assert _ids(http, "/v1/prices", type="recurring") == [shop.yearly, shop.monthly]
        assert _ids(http, "/v1/prices", currency="USD") == [once]
        assert _ids(http, "/v1/prices", **{"lookup_keys[]": "k"}) == [once]
        assert _ids(http, "/v1/prices", **{"recurring[interval]": "year"}) == [shop.yearly]


def test_subscriptions(shop: Shop) -> None:
    jenny, paul = shop.customer(), shop.customer("paul@example.com")
    first, second = shop.subscription(jenny), shop.subscription(paul)
    with shop.http() as http:
        http.delete(f"/v1/subscriptions/{first}")
        assert _ids(http, "/v1/subscriptions") == [second]
        assert set(_ids(http, "/v1/subscriptions", status="all")) == {first, second}
        assert _ids(http, "/v1/subscriptions", status="canceled") == [first]
        assert _ids(http, "/v1/subscriptions", status="ended") == [first]
        assert _ids(http, "/v1/subscriptions", status="all", customer=jenny) == [first]
        account = "acct_" + paul.removeprefix("cus_")
        assert _ids(http, "/v1/subscriptions", customer_account=account) == [second]
        assert _ids(http, "/v1/subscriptions", price=shop.monthly) == [second]
        assert _ids(http, "/v1/subscriptions", price=shop.yearly) == []
        assert _ids(http, "/v1/subscriptions", collection_method="charge_automatically") == []
        end = http.get(f"/v1/subscriptions/{second}").json()["items"]["data"][0]["current_period_end"]
        assert _ids(http, "/v1/subscriptions", **{"current_period_end[lte]": str(end)}) == [second]
        assert _ids(http, "/v1/subscriptions", **{"current_period_end[lt]": str(end)}) == []


def test_invoices(shop: Shop) -> None:
    customer = shop.customer()
    subscription = shop.subscription(customer)
    with shop.http() as http:
        (invoice,) = _ids(http, "/v1/invoices", customer=customer)
        assert _ids(http, "/v1/invoices", subscription=subscription, status="open") == [invoice]
        due = http.get(f"/v1/invoices/{invoice}").json()["due_date"]
        assert _ids(http, "/v1/invoices", **{"due_date[gte]": str(due)}) == [invoice]
        assert _ids(http, "/v1/invoices", **{"due_date[gt]": str(due)}) == []
        http.post(f"/v1/invoices/{invoice}/pay", data={"paid_out_of_band": "true"})
        assert _ids(http, "/v1/invoices", status="open") == []
        assert _ids(http, "/v1/invoices", status="paid", collection_method="send_invoice") == [invoice]
