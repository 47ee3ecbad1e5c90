"""Bad input of every kind has a clear answer and never breaks anything (issue acceptance 11; trust.md §C9)."""

import socket

import httpx
import pytest
from api_server import Shop
from hurry import patiently
from hypothesis import given, settings
from hypothesis import strategies as st

from frontdesk_web.api.errors import ApiError
from frontdesk_web.api.forms import read_form, read_json

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (b"a=1&b=%C3%A4+%2B", {"a": "1", "b": "ä +"}),
        (b"a[b][c]=1&a[b][d]=2", {"a": {"b": {"c": "1", "d": "2"}}}),
        (b"a[]=1&a[]=2", {"a": ["1", "2"]}),
        (b"a[0]=1&a[1]=2", {"a": {"0": "1", "1": "2"}}),
        (b"a[][b]=1&a[][c]=2&a[][b]=3", {"a": [{"b": "1", "c": "2"}, {"b": "3"}]}),
        (b"a%5Bb%5D=1", {"a": {"b": "1"}}),
        (b"a=&b", {"a": "", "b": ""}),
        (b"&&", {}),
    ],
)
def test_forms(written: bytes, read: dict[str, object]) -> None:
    assert read_form(written) == read


@pytest.mark.parametrize(
    "written",
    [
        b"a=%zz",
        b"a=%4",
        b"a=%ff",
        b"a=%ED%A0%80",
        b"a=%00",
        b"a[=1",
        b"a]=1",
        b"a[b=1",
        b"a[b]c=1",
        b"[a]=1",
        b"a[[b]]=1",
        b"=1",
        b"a=1&a[b]=2",
        b"a[b]=2&a=1",
        b"a[]=1&a[b]=2",
        b"a" + b"[b]" * 40 + b"=1",
        b"&".join(b"m[%d]=1" % place for place in range(101)),
        b"&".join(b"m[]=1" for _ in range(101)),
        b"&".join(b"p=1" for _ in range(1001)),
        b"a" * 2000 + b"=1",
    ],
)
def test_forms_that_cannot_be_read(written: bytes) -> None:
    with pytest.raises(ApiError) as refused:
        read_form(written)
    assert refused.value.status == 400


@pytest.mark.parametrize(
    "written",
    [
        b"{",
        b"[]",
        b'"a"',
        b'{"a": "\\ud800"}',
        b'{"a": "\\u0000"}',
        b'{"a":' + b"[" * 33 + b"]" * 33 + b"}",
        b'{"a":' + b"[" * 100_000,
        b'{"a": [' + b",".join([b"1"] * 101) + b"]}",
        b"\xff",
        b'{"a": 1e999}',
        b'{"a": ' + b"9" * 5000 + b"}",
    ],
)
def test_json_that_cannot_be_read(written: bytes) -> None:
    with pytest.raises(ApiError) as refused:
        read_json(written)
    assert refused.value.status == 400


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(written: bytes) -> None:
    for reader in (read_form, read_json):
        try:
            reader(written)
        except ApiError as error:
            assert error.status == 400  # noqa: PT017


@pytest.mark.parametrize(
    ("path", "headers", "content", "status", "words"),
    [
        (
            "/v1/customers",
            JSON,
            b'{"email": "jenny@example.com"}',
            400,
            "Invalid request (check that your POST content type is application/x-www-form-urlencoded).",
        ),
        ("/v1/customers", {"Content-Type": "multipart/form-data; boundary=x"}, b"--x--", 400, "Invalid request"),
        (
            "/v2/core/accounts",
            FORM,
            b"contact_email=jenny@example.com",
            400,
            "Invalid request (check that your POST content type is application/json).",
        ),
        ("/v2/core/accounts", JSON, b"[1]", 400, "The request body must be a JSON object."),
        ("/v2/core/accounts", JSON, b'{"contact_email": 17}', 400, "Invalid string: int"),
        ("/v2/core/accounts", JSON, b'{"metadata": {"a": {"b": 1}}}', 400, "Metadata values must be strings."),
        ("/v2/core/accounts", JSON, b'{"include": "everything"}', 400, "Invalid array"),
        ("/v2/core/accounts", JSON, b'{"include": [{"a": 1}]}', 400, "Invalid include"),
        ("/v1/customers", FORM, b"name=%ff", 400, "Invalid request"),
        ("/v1/customers", FORM, b"name=a&metadata=b", 400, "Invalid object"),
        ("/v1/customers", FORM, b"address=here", 400, "Invalid object"),
        ("/v1/customers", FORM, b"name[a]=b", 400, "Invalid string: dict"),
        ("/v1/customers", FORM, b"preferred_locales[a]=b", 400, "Invalid array"),
        ("/v1/customers", FORM, b"preferred_locales=de", 400, "Invalid array"),
        ("/v1/customers", FORM, b"expand=a", 400, "Invalid array"),
        ("/v1/subscriptions", FORM, b"customer=a&items[0][price]=b&items[0][quantity]=-1", 400, "This value must be"),
        (
            "/v1/subscriptions",
            FORM,
            b"customer=a&items[0][price]=b&items[0][quantity]=" + b"9" * 5000,
            400,
            "Invalid integer",
        ),
        (
            "/v1/subscriptions",
            FORM,
            b"customer=a&items[0][price]=b&cancel_at=99999999999999999999",
            400,
            "Invalid timestamp",
        ),
    ],
)
async def test_bodies(shop: Shop, path: str, headers: dict[str, str], content: bytes, status: int, words: str) -> None:
    with shop.http() as http:
        answer = http.post(path, content=content, headers=headers)
    assert (answer.status_code, answer.json()["error"]["message"][: len(words)]) == (status, words)


async def test_a_body_over_one_mebibyte(shop: Shop) -> None:
    with shop.http() as http:
        answer = http.post("/v1/customers", content=b"name=" + b"a" * (1024 * 1024), headers=FORM)
    assert answer.status_code == 413
    assert answer.json()["error"]["message"] == "The request is larger than 1 MiB."


@pytest.mark.parametrize(
    "id_",
    ["%00", "%FF", "%ED%A0%80", "x" * 300, "%F0%9F%98%80", "'; DROP TABLE customers; --", "..", "%25", "%2e%2e%2f"],
)
async def test_ids_that_cannot_be(shop: Shop, id_: str) -> None:
    with shop.http() as http:
        for kind in ("products", "prices", "customers", "subscriptions", "invoices", "billing_portal/configurations"):
            answer = http.get(f"/v1/{kind}/{id_}")
            assert answer.status_code == 404, answer.text
            answer = http.get(f"/v1/{kind}", params=f"starting_after={id_}")
            assert answer.status_code == 400, answer.text


async def test_bytes_that_are_no_text_in_headers(shop: Shop) -> None:
    """Sent by hand: no client would."""
    host, port = httpx.URL(shop.server.url).host, httpx.URL(shop.server.url).port
    for header in (b"Authorization: Bearer \xff\xfe", b"Idempotency-Key: \xc3\xa4", b"Stripe-Version: \xff"):
        with socket.create_connection((host, port), timeout=10) as connection:
            own = b"" if header.startswith(b"Auth") else f"Authorization: Bearer {shop.key}\r\n".encode()
            connection.sendall(
                b"POST /v1/customers HTTP/1.1\r\nHost: %s:%d\r\nContent-Length: 0\r\nConnection: close\r\n%s%s\r\n\r\n"
                % (host.encode(), port, own, header)
            )
            answer = b"".join(iter(lambda: connection.recv(65_536), b""))
        assert int(answer.split(b" ", 2)[1]) in (200, 400, 401), answer[:300]


async def test_garbage_in_every_parameter(shop: Shop) -> None:
    """Each list and each creation with values that mean nothing there: 200 or 400, never 500."""
    values = ["", "-1", "9" * 40, "1e9", "true", "[]", "{}", "\u202e", "NaN", "0x10", "²"]
    names = ["limit", "created[gte]", "customer", "status", "active", "currency", "price", "email", "ids[]", "url"]
    with shop.http() as http:
        for path in ("/v1/products", "/v1/prices", "/v1/customers", "/v1/subscriptions", "/v1/invoices"):
            for name in names:
                garbage = values[(len(path) + len(name)) % len(values)]
                answer = patiently(http, "GET", path, params={name: garbage})
                assert answer.status_code in (200, 400), (path, name, answer.text)
        for value in values:
            for data in (
                {"name": value, "images[0]": value, "metadata[a]": value},
                {"name": "T", "unit_label": value, "statement_descriptor": value},
            ):
                answer = patiently(http, "POST", "/v1/products", data=data)
                assert answer.status_code in (200, 400), answer.text
