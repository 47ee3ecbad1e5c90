"""What each section of the home page is filled from."""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import astuple

from frontdesk_web.portal.home_views import HomePage

NEWS = "portal/home_news.html"
PANELS = "parts/panels.html"
"""These few pages show: they are rendered where they are."""
SECTIONS: dict[str, tuple[str, ...]] = {
    "portal/home_plans.html": ("csrf", "subscriptions"),
    "portal/home_payment.html": ("payment",),
    "portal/home_details.html": ("details",),
    "portal/home_invoices.html": ("invoices", "invoices_url", "statement_url"),
}
"""The others by their template, in the page's order, with the fields of the view that they show."""


def told(page: HomePage) -> tuple[object, ...]:
    """The values of those fields, section by section."""
    payment = page.payment
    return (
        (page.csrf, _rows(page.subscriptions)),
        payment and astuple(payment),
        astuple(page.details),
        (page.invoices and _rows(page.invoices), page.invoices_url, page.statement_url),
    )


def has_news(page: HomePage) -> bool:
    """Whether the first section is there."""
    return bool(page.notices or page.refused or page.waiting or page.late)


def _rows(structs: Sequence[Struct]) -> list[tuple[object, ...]]:
    return [astuple(each) for each in structs]
