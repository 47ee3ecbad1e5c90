"""Metadata: notes of the tenant's own, as keys and values. Stripe's limits hold (docs.stripe.com/api/metadata)."""

from collections.abc import Mapping
from typing import Any, ClassVar

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct

from frontdesk import billing_details
from frontdesk.book import Customer
from frontdesk.commands import BillingDetails
from frontdesk.errors import Refused
from frontdesk.roles import Right
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard.customers.acting import posted
from frontdesk_web.dashboard.customers.places import CUSTOMER, PLACE, customers_path, open_customer, to_customer
from frontdesk_web.dashboard.customers.refusal_words import staff_sentence
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.messages import translate
from frontdesk_web.site import Site
from frontdesk_web.typed_text import one_line

_ROWS_AT_MOST = 48
"""Pairs in a form: with key and value they stay below the hundred fields that a form may have."""
_EMPTY_ROWS = 3


class Pair(Struct, frozen=True, kw_only=True):
    """A key and its value, as rows of the form; `number` tells the rows apart."""

    number: int
    key: str = ""
    value: str = ""


class MetadataPage(Struct, frozen=True, kw_only=True):
    """Rows of keys and values, with some empty ones; posts `key-1`, `value-1` and so on."""

    template: ClassVar[str] = "dashboard/customers/metadata.html"
    action: str
    back_url: str
    csrf: str
    name: str
    pairs: tuple[Pair, ...]
    error: str = ""


@get(f"{CUSTOMER}/metadata", **needs(Right.HELP_CUSTOMERS))
async def edit_metadata(
    request: AnyRequest, customer: FromPath[str], visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """The rows that there are, and some empty ones."""
    found = await open_customer(site, visit, customer)
    return _answer(request, site, visit, found, sorted(found.metadata.items()))


@post(f"{CUSTOMER}/metadata", **needs(Right.HELP_CUSTOMERS))
async def save_metadata(
    request: AnyRequest, customer: FromPath[str], visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Save the rows. One without a value is deleted; what the form did not show stays."""
    form = await posted(request, site, visit)
    found = await open_customer(site, visit, customer)
    pairs = _pairs(form)
    wanted = {key: value for key, value in pairs if key and value}
    shown = sorted(found.metadata)[:_ROWS_AT_MOST]
    removed: dict[str, str | None] = {key: None for key in shown if key not in wanted}
    try:
        async with visit.desk(site, found.id) as desk:
            await billing_details.update(desk, BillingDetails(metadata={**removed, **wanted}))
    except Refused as refused:
        if refused.refusal.param is None:
            raise
        sentence = staff_sentence(refused.refusal, visit.locale)
        return _answer(request, site, visit, found, pairs, error=sentence, status=400)
    return to_customer(visit, found.id, "metadata")


def _pairs(form: Mapping[str, str]) -> list[tuple[str, str]]:
    """The rows as they were typed, without what cannot be read."""
    numbers = range(1, _ROWS_AT_MOST + 1)
    pairs = [(one_line(form.get(f"key-{number}", "")), one_line(form.get(f"value-{number}", ""))) for number in numbers]
    return [pair for pair in pairs if any(pair)]


def _answer(
    request: AnyRequest,
    site: Site,
    visit: StaffVisit,
    customer: Customer,
    pairs: list[tuple[str, str]],
    *,
    error: str = "",
    status: int = 200,
) -> Response[bytes]:
    path = customers_path(visit, customer.id)
    rows = [*pairs, *[("", "")] * _EMPTY_ROWS][:_ROWS_AT_MOST]
    page = MetadataPage(
        action=f"{path}/metadata",
        back_url=path,
        csrf=visit.csrf,
        name=customer.name or customer.email or translate(visit.locale, "Without a name"),
        pairs=tuple(Pair(number=number, key=key, value=value) for number, (key, value) in enumerate(rows, 1)),
        error=error,
    )
    return dashboard_page(request, site, visit, page, place=PLACE, status=status)


routes = [edit_metadata, save_metadata]
