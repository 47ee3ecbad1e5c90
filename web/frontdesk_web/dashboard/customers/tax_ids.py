"""A customer's tax ids: those there are with what is known of them, adding one, taking one away, confirming by hand."""

from typing import Any, ClassVar

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct

from frontdesk import customer_tax_ids
from frontdesk.book import Customer
from frontdesk.customer_tax_ids import id_for, new_tax_id
from frontdesk.errors import Refusal, Refused
from frontdesk.ids import IdSource
from frontdesk.roles import Right
from frontdesk.tax_id_types import MAXIMUM
from frontdesk.tax_ids import TaxId, Verification
from frontdesk_tenants.tax_id_checks import ask_later
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard.customers.acting import posted
from frontdesk_web.dashboard.customers.places import CUSTOMER, PLACE, customers_path, open_customer, to_customer
from frontdesk_web.dashboard.customers.refusal_words import staff_sentence
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.messages import translate
from frontdesk_web.portal.answers import known_id
from frontdesk_web.portal.views import Badge, Field, Option
from frontdesk_web.site import Site
from frontdesk_web.tax_id_words import state_badge, type_name, type_options
from frontdesk_web.typed_text import one_line


class TaxIdRow(Struct, frozen=True, kw_only=True):
    """A tax id. `confirm_action` is there where a register could know it and does not say so."""

    value: str
    type: str
    known_as: str
    badge: Badge | None
    remove_action: str
    confirm_action: str | None


class TaxIdsPage(Struct, frozen=True, kw_only=True):
    """The ids, and a form that posts `type` and `value`."""

    template: ClassVar[str] = "dashboard/customers/tax_ids.html"
    csrf: str
    name: str
    back_url: str
    action: str
    rows: tuple[TaxIdRow, ...]
    types: tuple[Option, ...]
    value: Field


@get(f"{CUSTOMER}/tax-ids", **needs(Right.BILL_CUSTOMERS))
async def show_tax_ids(
    request: AnyRequest, customer: FromPath[str], visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """What there is."""
    found = await open_customer(site, visit, customer)
    return _answer(request, site, visit, found)


@post(f"{CUSTOMER}/tax-ids", **needs(Right.BILL_CUSTOMERS))
async def add_tax_id(
    request: AnyRequest, customer: FromPath[str], visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Add one, and have the register asked about it."""
    form = await posted(request, site, visit)
    typed = {name: one_line(form.get(name, "")[: 4 * MAXIMUM])[:MAXIMUM] for name in ("type", "value")}
    found = await open_customer(site, visit, customer)
    try:
        id_ = id_for(found.id, IdSource(visit.now)("txi"))
        new = new_tax_id(id_, typed["type"], typed["value"], visit.now, livemode=visit.door.livemode)
        async with visit.desk(site, found.id) as desk:
            await customer_tax_ids.add(desk, new)
    except Refused as refused:
        return _answer(request, site, visit, found, typed, refused.refusal)
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        await ask_later(connection, site.tenancy, visit.door, found.id, (new,))
    return to_customer(visit, found.id, "tax-id")


@post(f"{CUSTOMER}/tax-ids/{{tax_id:str}}/remove", **needs(Right.BILL_CUSTOMERS))
async def remove_tax_id(
    request: AnyRequest,
    customer: FromPath[str],
    tax_id: FromPath[str],
    visit: NamedDependency[StaffVisit],
    site: NamedDependency[Site],
) -> Response[Any]:
    """Take one away. Invoices that say it stay as they are."""
    await posted(request, site, visit)
    found = await open_customer(site, visit, customer)
    async with visit.desk(site, found.id) as desk:
        await customer_tax_ids.remove(desk, known_id(tax_id))
    return to_customer(visit, found.id, "tax-id-gone")


@post(f"{CUSTOMER}/tax-ids/{{tax_id:str}}/confirm", **needs(Right.BILL_CUSTOMERS))
async def confirm_tax_id(
    request: AnyRequest,
    customer: FromPath[str],
    tax_id: FromPath[str],
    visit: NamedDependency[StaffVisit],
    site: NamedDependency[Site],
) -> Response[Any]:
    """Keep that staff have looked one up themselves. The audit says who."""
    await posted(request, site, visit)
    found = await open_customer(site, visit, customer)
    async with visit.desk(site, found.id) as desk:
        verification = Verification(status="verified", at=desk.real_now, by="staff")
        await customer_tax_ids.verify(desk, known_id(tax_id), verification)
    return to_customer(visit, found.id, "tax-id-confirmed")


def _answer(
    request: AnyRequest,
    site: Site,
    visit: StaffVisit,
    customer: Customer,
    typed: dict[str, str] | None = None,
    fault: Refusal | None = None,
) -> Response[bytes]:
    path, locale, form = customers_path(visit, customer.id), visit.locale, typed or {}
    error = "" if fault is None else staff_sentence(fault, locale)
    page = TaxIdsPage(
        csrf=visit.csrf,
        name=customer.name or customer.email or translate(locale, "Without a name"),
        back_url=path,
        action=f"{path}/tax-ids",
        rows=tuple(_row(each, path, locale) for each in customer.tax_ids),
        types=type_options(form.get("type", "eu_vat"), locale),
        value=Field(value=form.get("value", ""), error=error),
    )
    return dashboard_page(request, site, visit, page, place=PLACE, status=200 if fault is None else 400)


def _row(tax_id: TaxId, path: str, locale: str) -> TaxIdRow:
    known = tax_id.verification
    return TaxIdRow(
        value=tax_id.value,
        type=type_name(tax_id.type, locale),
        known_as=", ".join(each for each in (known.name, known.address) if each) if known else "",
        badge=state_badge(tax_id, locale),
        remove_action=f"{path}/tax-ids/{tax_id.id}/remove",
        confirm_action=f"{path}/tax-ids/{tax_id.id}/confirm" if known and not tax_id.verified else None,
    )


routes = [show_tax_ids, add_tax_id, remove_tax_id, confirm_tax_id]
