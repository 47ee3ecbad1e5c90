"""Every page that a person can see, from the application's own route table: who looks, and at which address.

A page is in the list because its route exists. What is no page, or cannot be visited, stands in `UNSEEN` with a reason.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any

from demo_tour import Tour
from msgspec import Struct
from msgspec.structs import replace
from playwright.async_api import Page
from spots import Spot, spots

UNSEEN: Mapping[str, str] = {
    "GET /livez": "for load balancers",
    "GET /readyz": "for load balancers",
    "GET /static/{path}": "files",
    "GET /brand/{public_id}/{name}": "pictures and colours",
    "GET /images/{public_id}/{name}": "pictures",
    "GET /images/{public_id}/small/{name}": "pictures",
    "GET /links/{token}": "pictures",
    "GET /docs/error-codes/{name}": "plain text for developers",
    "GET /openapi.json": "for programs",
    "GET /reports/{report}": "for carriers of text messages",
    "GET /p/session/{token}": "leads on to the portal",
    "GET /p/{portal}/session": "asked by the script of a page",
    "GET /dashboard/session": "asked by the script of a page",
    "GET /p/{portal}/flow": "leads on to a page of the session's flow",
    "GET /p/{portal}/payment-methods/returned": "leads on to the payment methods, once the backend's page was left",
    "GET /p/{portal}/invoices/{invoice}/pdf": "a document",
    "GET /dashboard/{portal}/customers/{customer}/invoices/{invoice}/pdf": "a document",
    "GET /p/{portal}/invoices/{invoice}/payments/{payment}/receipt": "a document",
    "GET /p/{portal}/credit-notes/{credit_note}/pdf": "a document",
    "GET /p/{portal}/statement/pdf": "a document",
    "GET /p/{portal}/invoices.zip": "documents",
    "GET /p/{portal}/details/email": "told by the story of billing details",
    "GET /p/address/{token}": "told by the story of billing details",
    "GET /p/wrong-codes/{token}": "told by the story of wrong codes",
    "GET /p/checkout/{token}": "told by the story of checkout",
    "GET /p/authenticate/{token}": "told by the story of checkout",
    "GET /p/{portal}/invoices/{invoice}/transfer-code": "a picture",
    "GET /p/invoice/{token}/transfer-code": "a picture",
    "GET /p/invoice/{token}/pdf": "a document",
    "GET /p/invoice/{token}/credit-notes/{credit_note}/pdf": "a document",
    "GET /p/invoice/{token}/payments/{payment}/receipt": "a document",
    "GET /dashboard/{portal}/customers/{customer}/invoices/{invoice}/payments/{payment}/receipt": "a document",
    "GET /dashboard/{portal}/customers/{customer}/invoices/{invoice}/payments/{payment}/refund": (
        "the demo's payments came by transfer"
    ),
    "GET /dashboard/{portal}/customers/{customer}/credit-notes/{credit_note}/pdf": "a document",
    "GET /dashboard/{portal}/customers/{customer}/statement/pdf": "a document",
    "GET /dashboard/{portal}/branding/colours.css": "colours",
    "GET /dashboard/{portal}/branding/contrast": "a part of the page of the look",
    "GET /dashboard/{portal}/portal/link/qr/{kind}": "a picture",
    "GET /dashboard/{portal}/tax-codes": "a part of the page of a product",
    "GET /dashboard/sso/{portal}": "leads on to the tenant's identity provider",
    "GET /dashboard/sso-callback": "leads on to the dashboard",
}
"""GET routes that are no pages, and why."""

_INSTEAD: Mapping[str, Mapping[str, str]] = {
    "GET /p/{portal}/subscriptions/{subscription}/changed/{quote}": {
        "subscription": "moved subscription",
        "quote": "used quote",
    },
    "GET /p/{portal}/subscriptions/{subscription}/cancelled": {"subscription": "cancelled subscription"},
    "GET /p/{portal}/subscriptions/{subscription}/paused": {"subscription": "paused subscription"},
    "GET /p/{portal}/subscriptions/{subscription}/stayed/{quote}": {
        "subscription": "paused subscription",
        "quote": "taken offer",
    },
    "GET /p/{portal}/subscriptions/{subscription}/resume": {"subscription": "paused subscription"},
    "GET /p/{portal}/subscriptions/{subscription}/pause-end": {"subscription": "paused subscription"},
    "GET /p/{portal}/subscriptions/{subscription}/start-again": {"subscription": "ended subscription"},
    "GET /p/{portal}/subscriptions/{subscription}/started/{quote}": {
        "subscription": "subscription before",
        "quote": "used start",
    },
    "GET /p/{portal}/invoices/{invoice}/pay": {"invoice": "owed invoice"},
    "GET /p/{portal}/invoices/{invoice}/pay/confirm": {"invoice": "owed invoice"},
    "GET /dashboard/{portal}/customers/{customer}/subscriptions/{subscription}/resume": {
        "customer": "resting customer",
        "subscription": "paused subscription",
    },
    "GET /dashboard/{portal}/customers/{customer}/invoices/{invoice}/issue": {
        "customer": "resting customer",
        "invoice": "draft invoice",
    },
    "GET /dashboard/{portal}/customers/{customer}/invoices/{invoice}/void": {
        "customer": "resting customer",
        "invoice": "unpaid invoice",
    },
    "GET /dashboard/{portal}/customers/{customer}/invoices/{invoice}/remind": {
        "customer": "resting customer",
        "invoice": "unpaid invoice",
    },
    "GET /dashboard/sign-up/invitation/{token}": {"token": "sign-up invitation"},
    "GET /operator/tenants/{tenant}": {"tenant": "tenant"},
    "GET /dashboard/{portal}/go-live": {"portal": "new portal"},
}
"""Pages about a thing that has to be in a certain state."""
_VISITORS: Mapping[str, str] = {
    "GET /": "anybody",
    "GET /p/{portal}/signed-out": "anybody",
    "GET /p/{portal}/subscriptions/{subscription}/changed/{quote}": "customer who moved",
    "GET /p/{portal}/subscriptions/{subscription}/cancelled": "customer who left",
    "GET /p/{portal}/subscriptions/{subscription}/paused": "customer who rests",
    "GET /p/{portal}/subscriptions/{subscription}/stayed/{quote}": "customer who rests",
    "GET /p/{portal}/subscriptions/{subscription}/resume": "customer who rests",
    "GET /p/{portal}/subscriptions/{subscription}/pause-end": "customer who rests",
    "GET /p/{portal}/subscriptions/{subscription}/start-again": "customer who comes back",
    "GET /p/{portal}/subscriptions/{subscription}/started/{quote}": "customer who came back",
    "GET /p/{portal}/payment-methods": "customer who pays by card",
    "GET /p/{portal}/payment-methods/add": "customer who pays by card",
    "GET /p/{portal}/payment-methods/confirm": "customer who pays by card",
    "GET /p/{portal}/invoices/{invoice}/pay": "customer who pays by card",
    "GET /p/{portal}/invoices/{invoice}/pay/confirm": "customer who pays by card",
    "GET /dashboard/sign-in": "anybody",
    "GET /dashboard/sign-in/code": "anybody",
    "GET /dashboard/sign-in/second-factor": "half signed in",
    "GET /dashboard/sign-in/second-factor/set-up": "first time",
    "GET /dashboard/sign-up": "anybody",
    "GET /dashboard/sign-up/invitation/{token}": "anybody",
    "GET /dashboard/sign-up/details": "newcomer",
    "GET /dashboard/sign-up/waiting": "who waits",
    "GET /dashboard/invitation/{token}": "anybody",
    "GET /dashboard/{portal}/go-live": "new owner",
}
"""Who looks, where the path does not say it."""
_QUERIES: Mapping[str, str] = {
    "GET /p/{portal}/payment-methods/confirm": "?card=authenticationRequired",
    "GET /p/{portal}/invoices/{invoice}/pay/confirm": "?method={asking card}",
    "GET /dashboard": "?all=1",
    "GET /dashboard/{portal}/customers/no-code": "?email=jeny%40example.com",
}
"""What comes after a path, with ids of the tour."""


class Sight(Struct, frozen=True, kw_only=True):
    """A page as one visitor sees it. `name` is good for a file; `approach` opens it where an address is not enough."""

    tour: Tour
    spot: Spot
    name: str
    visitor: str
    url: str
    approach: Callable[[Page, "Sight"], Awaitable[Any]]


def pages() -> list[Spot]:
    """The routes that are pages."""
    return [each for each in spots() if each.method == "GET" and not each.is_api and str(each) not in UNSEEN]


def sights(tour: Tour) -> Iterator[Sight]:
    """Every page, as the sandbox of a company fills it."""
    for spot in pages():
        yield _sight(tour, spot, tour.sandbox.portal)


def empty_sights(tour: Tour) -> Iterator[Sight]:
    """The dashboard's pages right after signing up: what they say when there is nothing to show."""
    for spot in pages():
        if spot.is_staffed and spot.parameters == ["portal"] and str(spot) not in _INSTEAD:
            shown = _sight(tour, spot, tour.ids["new portal"])
            yield replace(shown, name=f"{shown.name}-empty", visitor="new owner")


def _sight(tour: Tour, spot: Spot, portal: str) -> Sight:
    path = tour.path(spot, _INSTEAD.get(str(spot), {}), portal)
    return Sight(
        tour=tour,
        spot=spot,
        name="-".join(each.strip("{}") for each in spot.path.split("/") if each) or "front",
        visitor=visitor_of(spot),
        url=tour.base_url + path + _QUERIES.get(str(spot), "").format_map(tour.ids),
        approach=_APPROACHES.get(str(spot), _go),
    )


def visitor_of(spot: Spot) -> str:
    """Who looks at a page."""
    if str(spot) in _VISITORS:
        return _VISITORS[str(spot)]
    if spot.is_signed_in:
        return "customer"
    if spot.is_dashboard:
        return "operator" if spot.path.startswith("/operator") else "staff"
    return "anybody"


async def open_sight(page: Page, sight: Sight) -> None:
    """Open a page.

    Raises:
        AssertionError: it is another page, or none.
    """
    answer = await sight.approach(page, sight)
    assert answer is None or answer.status == 200, f"{sight.name}: {sight.url} answers {answer.status}"
    assert page.url == sight.url, f"{sight.name}: {sight.url} leads to {page.url}: {sight.spot} may belong in UNSEEN"


async def _go(page: Page, sight: Sight) -> Any:
    return await page.goto(sight.url)


async def _ask_for_a_code(page: Page, sight: Sight) -> Any:
    """The page before asks for an address."""
    address = sight.tour.company.people[0].email if sight.spot.path.startswith("/p/") else "somebody@example.com"
    await page.goto(sight.url.rpartition("/")[0])
    await page.locator("input[name=email]").fill(address)
    await page.locator("form:has(input[name=email]) button").first.click()
    await page.wait_for_url("**/code")


_APPROACHES: Mapping[str, Callable[[Page, Sight], Awaitable[Any]]] = {
    "GET /p/login/{token}/code": _ask_for_a_code,
    "GET /dashboard/sign-in/code": _ask_for_a_code,
}
