"""The details for invoices: who sells, how to pay them, and how invoice numbers begin."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect
from msgspec import Struct
from msgspec.structs import replace

from frontdesk.book import Address, BillingSettings, SellerDetails
from frontdesk.errors import Refusal
from frontdesk.roles import Right
from frontdesk_tenants import sellers
from frontdesk_tenants.sellers import Series
from frontdesk_tenants.side_settings import lock_settings
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page
from frontdesk_web.dashboard.settings_forms import typed_days, unsaved
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.forms import read_form
from frontdesk_web.invoice_words import grouped_iban
from frontdesk_web.messages import translate
from frontdesk_web.portal.details_views import country_options
from frontdesk_web.portal.views import Field, Notice, Option
from frontdesk_web.site import Site

PATH = "/dashboard/{portal:str}/seller"
SHOWN_LENGTH = 600
_SELLER = ("name", "email", "phone", "tax_number", "bank_account_holder", "iban", "bic", "bank_account")
_ADDRESS = ("line1", "line2", "postal_code", "city", "state", "country")
_SETTINGS = ("invoice_prefix", "days_until_due", "invoice_footer", "send_receipts", "send_refund_letters")


class SellerPage(Struct, frozen=True, kw_only=True):
    """The form. `required` says that fields must be filled in; `number` is the next invoice's."""

    template: ClassVar[str] = "dashboard/seller.html"
    action: str
    csrf: str
    may_edit: bool
    required: bool
    fields: dict[str, Field]
    countries: tuple[Option, ...]
    number: str
    notice: Notice | None = None
    error: str = ""


@get(PATH, **needs(Right.SEE))
async def seller(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """The form as it was saved. `?saved=1` says that it just was."""
    saved = "saved" in request.query_params
    text = translate(visit.locale, "Saved. New invoices say this; those you have issued stay as they are.")
    notice = Notice(tone="success", text=text) if saved else None
    return await _answer(request, site, visit, form_of(visit.side.settings), notice=notice)


@post(PATH, **needs(Right.EDIT_BUSINESS, home="seller"))
async def save_seller(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Save what was typed; what cannot be saved is shown again with the reasons, and nothing is changed."""
    form = await read_form(request)
    visit.refuse_forged(site, form)
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        faults = await sellers.save_seller(
            connection,
            visit.side,
            settings_of(form, await lock_settings(connection)),
            actor=visit.actor,
            now=visit.now,
            request_id=visit.request_id,
        )
    if faults:
        return await _answer(request, site, visit, form, faults=faults)
    return Redirect(f"{visit.path('seller')}?saved=1", status_code=303)


def form_of(settings: BillingSettings) -> dict[str, str]:
    """The form as settings fill it in."""
    seller, address = settings.seller, settings.seller.address or Address()
    form = {name: getattr(seller, name) or "" for name in _SELLER}
    form |= {name: getattr(address, name) or "" for name in _ADDRESS}
    form["iban"] = grouped_iban(form["iban"])
    return form | {
        "invoice_prefix": settings.invoice_prefix,
        "days_until_due": str(settings.days_until_due),
        "invoice_footer": settings.invoice_footer or "",
        "send_receipts": "on" if settings.send_receipts else "",
        "send_refund_letters": "on" if settings.send_refund_letters else "",
    }


def settings_of(form: Mapping[str, str], present: BillingSettings) -> BillingSettings:
    """The settings that a posted form asks for. What it does not name is emptied, but not the prefix and the days."""
    return replace(
        present,
        invoice_prefix=form.get("invoice_prefix", present.invoice_prefix),
        days_until_due=typed_days(form.get("days_until_due", str(present.days_until_due))),
        invoice_footer=form.get("invoice_footer", "").replace("\r\n", "\n"),
        send_receipts=bool(form.get("send_receipts")),
        send_refund_letters=bool(form.get("send_refund_letters")),
        seller=SellerDetails(
            **{name: form.get(name, "") for name in _SELLER},
            address=Address(**{name: form.get(name) or None for name in _ADDRESS}),
        ),
    )


async def _answer(
    request: AnyRequest,
    site: Site,
    visit: StaffVisit,
    form: Mapping[str, str],
    *,
    faults: tuple[Refusal, ...] = (),
    notice: Notice | None = None,
) -> Response[bytes]:
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        series = await sellers.read_series(connection, visit.side.settings.invoice_prefix)
    page = _page(visit, form, faults, series, notice)
    return dashboard_page(request, site, visit, page, place="seller", status=400 if faults else 200)


def _page(
    visit: StaffVisit, form: Mapping[str, str], faults: tuple[Refusal, ...], series: Series, notice: Notice | None
) -> SellerPage:
    sentences = {
        str(each.param): translate(visit.locale, each.for_customer, **each.parameters) for each in reversed(faults)
    }
    if "days_until_due" in sentences:
        sentences["days_until_due"] = translate(visit.locale, "Enter a number of days, from 0 to 730.")
    fields = {
        name: Field(value=form.get(name, "")[:SHOWN_LENGTH], error=sentences.get(name, ""))
        for name in (*_SELLER, *_ADDRESS, *_SETTINGS)
    }
    chosen = form.get("country") or visit.side.country
    return SellerPage(
        action=visit.path("seller"),
        csrf=visit.csrf,
        may_edit=visit.may(Right.EDIT_BUSINESS),
        required=visit.side.livemode,
        fields=fields,
        countries=country_options(chosen, visit.locale),
        number=series.number,
        notice=notice,
        error=unsaved(faults, visit.locale),
    )


routes: Sequence[Any] = [seller, save_seller]
