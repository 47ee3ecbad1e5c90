"""Idempotency keys: one effect however often, together or one after the other, a request is sent (trust.md §E4)."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import httpx
import psycopg
from api_server import Shop, serving

from frontdesk_tenants.embedded import PostgresAddresses

KEY = {"Idempotency-Key": "order-17"}


def _customers(http: httpx.Client) -> list[str]:
    return [each["id"] for each in http.get("/v1/customers").json()["data"]]


async def test_the_second_request_gets_the_first_answer(shop: Shop) -> None:
    with shop.http() as http:
        first = http.post("/v1/customers", data={"email": "jenny@example.com", "name": "Jenny"}, headers=KEY)
        # The same parameters in another order are the same request.
        again = http.post("/v1/customers", data={"name": "Jenny", "email": "jenny@example.com"}, headers=KEY)
        assert (again.status_code, again.content) == (200, first.content)
        assert "idempotent-replayed" not in first.headers
        assert again.headers["idempotent-replayed"] == "true"
        assert again.headers["original-request"] == first.headers["request-id"] != again.headers["request-id"]
        assert again.headers["idempotency-key"] == "order-17"
        assert len(_customers(http)) == 1


async def test_fifty_at_once_have_one_effect(shop: Shop) -> None:
    """All fifty are under way together: each waits for the others before it asks."""
    ready = Barrier(50)

    def create(_: int) -> httpx.Response:
        with shop.http(**KEY) as http:
            ready.wait(timeout=30)
            while True:
                answer = http.post("/v1/customers", data={"email": "jenny@example.com"})
                if answer.status_code not in (409, 429, 503):
                    return answer

    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(create, range(50)))
    assert {each.status_code for each in answers} == {200}, [each.text for each in answers if each.status_code != 200]
    assert len({each.content for each in answers}) == 1
    assert len({each.headers["request-id"] for each in answers}) == 50
    assert sum("idempotent-replayed" not in each.headers for each in answers) == 1
    with shop.http() as http:
        assert len(_customers(http)) == 1


async def test_answers_outlive_the_server(shop: Shop, postgres: PostgresAddresses, valkey_url: str) -> None:
    """What one process answered, another one answers again: of what was made, and of what cannot be made twice."""
    customer = shop.customer()
    asked = {"customer": customer, "items[0][price]": shop.monthly}
    with serving(postgres, valkey_url) as server, server.http(shop.key, **KEY) as http:
        first = http.post("/v1/subscriptions", data=asked)
        assert first.status_code == 200, first.text
    with serving(postgres, valkey_url) as server, server.http(shop.key, **KEY) as http:
        again = http.post("/v1/subscriptions", data=asked)
        assert (again.status_code, again.content) == (200, first.content)
        assert again.headers["original-request"] == first.headers["request-id"]
        other = http.post("/v1/subscriptions", data=asked | {"items[0][quantity]": "2"})
        assert other.json()["error"]["type"] == "idempotency_error"
        assert [each["id"] for each in http.get("/v1/subscriptions").json()["data"]] == [first.json()["id"]]


async def test_other_parameters_are_refused(shop: Shop) -> None:
    with shop.http(**KEY) as http:
        assert http.post("/v1/customers", data={"email": "jenny@example.com"}).status_code == 200
        for path, data in (("/v1/customers", {"email": "other@example.com"}), ("/v1/products", {"name": "Team"})):
            answer = http.post(path, data=data)
            assert answer.status_code == 400
            error = answer.json()["error"]
            assert error["type"] == "idempotency_error"
            assert error["message"].startswith("Keys for idempotent requests can only be used with the same parameters")


async def test_a_refused_request_leaves_the_key_free(shop: Shop) -> None:
    with shop.http(**KEY) as http:
        assert http.post("/v1/customers", data={"email": "nobody"}).status_code == 400
        assert http.post("/v1/customers", data={"email": "jenny@example.com"}).status_code == 200


async def test_a_key_that_stays_busy_is_in_use(shop: Shop, postgres: PostgresAddresses) -> None:
    """Somebody holds the row for longer than a lock is waited for."""
    tenant_id = shop.tenant.live.door.tenant_id
    with psycopg.connect(postgres.app_url) as holder, shop.http(**KEY) as http:
        holder.execute("SELECT set_config('frontdesk.tenant_id', %s, true)", [str(tenant_id)])
        holder.execute(
            "INSERT INTO idempotency_keys (tenant_id, key, request_hash, request_id, created)"
            " VALUES (%s, 'order-17', '\\x00', 'req_1', frontdesk_now())",
            [tenant_id],
        )
        answer = http.post("/v1/customers", data={"email": "jenny@example.com"})
        assert answer.status_code == 409
        assert answer.json()["error"]["code"] == "idempotency_key_in_use"
        holder.rollback()
        assert http.post("/v1/customers", data={"email": "jenny@example.com"}).status_code == 200


async def test_keys_of_another_tenant_are_other_keys(shop: Shop) -> None:
    live, sandbox = shop.key, shop.tenant.sandbox.secret_key.reveal()
    ids = set()
    for key in (live, sandbox):
        with shop.server.http(key, **KEY) as http:
            ids.add(http.post("/v1/customers", data={"email": "jenny@example.com"}).json()["id"])
    assert len(ids) == 2


async def test_a_key_has_at_most_255_characters_and_gets_ignore_it(shop: Shop) -> None:
    with shop.http(**{"Idempotency-Key": "x" * 256}) as http:
        assert http.post("/v1/customers").json()["error"]["type"] == "idempotency_error"
        assert http.get("/v1/customers").status_code == 200
    with shop.http(**{"Idempotency-Key": "x" * 255}) as http:
        assert http.post("/v1/customers").status_code == 200


async def test_a_request_that_dies_has_no_effect_and_can_be_repeated(shop: Shop, postgres: PostgresAddresses) -> None:
    """Its connection is cut in the middle of its transaction, while it waits for the customer's row."""
    customer = shop.customer()
    data = {"customer": customer, "items[0][price]": shop.monthly}
    tenant_id = str(shop.tenant.live.door.tenant_id)
    with shop.http(**KEY) as http, ThreadPoolExecutor(1) as pool:
        with psycopg.connect(postgres.app_url) as holder, psycopg.connect(postgres.admin_url, autocommit=True) as admin:
            holder.execute("SELECT set_config('frontdesk.tenant_id', %s, true)", [tenant_id])
            holder.execute("SELECT FROM customers WHERE id = %s FOR UPDATE", [customer])
            running = pool.submit(http.post, "/v1/subscriptions", data=data)
            waiting = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE %s = ANY(pg_blocking_pids(pid))"
            while not admin.execute(waiting, [holder.info.backend_pid]).fetchall():
                assert not running.done(), running.result().text
            assert running.result().status_code == 503
        assert http.get("/v1/subscriptions").json()["data"] == []
        answers = [http.post("/v1/subscriptions", data=data) for _ in range(2)]
        assert answers[0].status_code == 200
        assert answers[0].content == answers[1].content
        assert len(http.get("/v1/subscriptions").json()["data"]) == 1
        assert len(http.get("/v1/invoices").json()["data"]) == 1
