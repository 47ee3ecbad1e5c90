"""Pages that say that something went wrong are no dead ends."""

import re
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest
from litestar.exceptions import HTTPException
from litestar.testing import RequestFactory

from frontdesk.errors import Refusal, Refused, Unavailable
from frontdesk_web.problems import error_page
from frontdesk_web.rendering import Renderer
from frontdesk_web.static_files import StaticFiles

RENDERER = Renderer(StaticFiles())
AWAY = Unavailable("the database does not answer")
_WAY = re.compile(r'<a class="button button-primary" href="([^"]*)"><span>Try again')


def asked_again(path: str, query: dict[str, str] | None = None) -> str:
    """Where the page leads that was asked for at this address while the database was away."""
    request = RequestFactory().get(path, query_params=query)
    found = _WAY.search(error_page(RENDERER, request, AWAY).content.decode())
    assert found is not None
    return unescape(found[1])


def test_a_page_that_cannot_be_shown_now_can_be_asked_for_again() -> None:
    assert asked_again("/p/atlas/invoices", {"year": "2026", "page": "a b"}) == "/p/atlas/invoices?year=2026&page=a+b"


@pytest.mark.parametrize("path", ["//evil.example/x", "/\\evil.example", "/\\/evil.example", "///evil.example"])
def test_asking_again_never_leads_to_a_stranger(path: str) -> None:
    again = urljoin("https://billing.example.com/p/", asked_again(path).replace("\\", "/"))
    assert urlsplit(again).netloc == "billing.example.com"


def test_what_was_sent_is_not_sent_again_by_a_link() -> None:
    assert b"Try again" not in error_page(RENDERER, RequestFactory().post("/p/atlas/details"), AWAY).content


def test_a_refusal_is_not_asked_for_again() -> None:
    refused = Refused(Refusal(code="x", for_customer="Please contact us.", for_tenant="x"))
    assert b"Try again" not in error_page(RENDERER, RequestFactory().get("/p/atlas"), refused).content


_HOME = re.compile(r'<a class="button button-[a-z]+" href="([^"]*)"><span>Back to (billing|the dashboard)<')
LOST = HTTPException(status_code=404)


@pytest.mark.parametrize(
    ("path", "home"),
    [
        ("/p/test_atlas/invoices/in_gone", ("/p/test_atlas/", "billing")),
        ("/dashboard/atlas/customers/cus_gone", ("/dashboard", "the dashboard")),
        ("/operator/tenants/gone", ("/operator", "the dashboard")),
        ("/p/nobody/", None),
        ("/dashboard", None),
        ("/p/invoice/secret", None),
        ("/p/login/test_secret/code", None),
        ("/nothing", None),
        ("//p/atlas/x", None),
    ],
)
def test_who_is_lost_is_led_back_to_what_begins_the_address(path: str, home: tuple[str, str] | None) -> None:
    found = _HOME.search(error_page(RENDERER, RequestFactory().get(path), LOST).content.decode())
    assert (found and (unescape(found[1]), found[2])) == home
