"""Samples of billing details: all that can be edited, what is wrong with it, what is fixed, and another address."""

from collections.abc import Iterator

from msgspec.structs import replace

from frontdesk.address_forms import AddressPart, address_form
from frontdesk_web.address_words import part_labels
from frontdesk_web.gallery_brands import CSRF, HERE, Sample
from frontdesk_web.gallery_frames import Exhibit
from frontdesk_web.gallery_home import customer_address
from frontdesk_web.portal import address_change, address_objection, details_views, views
from frontdesk_web.portal.details_views import country_options
from frontdesk_web.tax_id_words import type_name, type_options

_TYPED: dict[AddressPart, str] = {"line1": "Weidenweg 18", "postal_code": "10249", "city": "Berlin"}


def details_pages(sample: Sample) -> Iterator[Exhibit]:
    """Each page with its name."""
    details, one_form = _details(sample), replace(_tax_ids(sample), with_details=True)
    yield Exhibit("details", details)
    yield Exhibit("details-wrong", _wrong(sample, details))
    yield Exhibit("details-fixed", _fixed(sample))
    yield Exhibit("details-flow", replace(details, tax_ids=one_form, shipping=None), "flow")
    new = address_change.NewAddressPage(
        action=HERE, csrf=CSRF, email="robin@example.com", former=sample.email, resend_action=HERE, back_url=HERE
    )
    yield Exhibit("new-address", new)
    wrong = sample.say("This code is not right, or it does not count any more. Check it, or ask for a new one.")
    yield Exhibit("new-address-wrong", replace(new, error=wrong, mail_late=True, former="", minutes=20, digits=8))
    yield Exhibit("new-address-resent", replace(new, resent=True))
    objection = address_objection.ObjectionPage(action=HERE, csrf=CSRF, former=sample.email, new="r…@example.com")
    yield Exhibit("objection", objection, "anybody")
    yield Exhibit("objection-done", replace(objection, done=True, sign_in_url=HERE), "anybody")
    late = sample.say("We cannot find this any more. It may have ended or been replaced.")
    yield Exhibit("objection-late", replace(objection, problem=late), "anybody")


def _details(sample: Sample) -> details_views.DetailsPage:
    shipping = details_views.ShippingFields(
        name=views.Field(value=sample.customer), phone=views.Field(), address=_address(sample, "shipping")
    )
    return details_views.DetailsPage(
        action=HERE,
        csrf=CSRF,
        back_url=HERE,
        email=views.Field(value=sample.email),
        email_help=sample.say(
            "You sign in with this address, so it cannot be changed here. {name} can change it for you.",
            name=sample.brand.business_name,
        ),
        name_text=sample.customer,
        phone=views.Field(value="+49 30 5550 188"),
        address=_address(sample, "billing"),
        shipping=shipping,
        some_fixed=True,
        tax_ids=_tax_ids(sample),
        notice=views.Notice(tone="success", text=sample.say("The tax id is added. It appears on your next invoices.")),
    )


def _wrong(sample: Sample, details: details_views.DetailsPage) -> details_views.DetailsPage:
    empty, unknown = sample.say("Please fill this in: invoices need it."), sample.say("Please choose one of these.")
    tax_ids = _tax_ids(sample)
    number = sample.say("This is no number of that kind. Please compare it with your papers.")
    return replace(
        details,
        email=views.Field(
            value="jenny@", error=sample.say("Please enter a complete e-mail address, such as name@example.com.")
        ),
        email_editable=True,
        email_help=sample.say("A new address counts once you have entered the code that we send to it."),
        name=views.Field(value=sample.customer),
        name_text="",
        address=replace(_address(sample, "billing", {"city": empty}), country_error=unknown),
        shipping=None,
        some_fixed=False,
        notice=None,
        error=sample.say("Something that you entered has characters that cannot be kept. Please enter it again."),
        tax_ids=replace(tax_ids, value=views.Field(value="DE12", error=number), rows=()),
    )


def _fixed(sample: Sample) -> details_views.DetailsPage:
    """A configuration that lets a customer change next to nothing."""
    lines = (sample.customer, *customer_address(sample))
    return details_views.DetailsPage(
        action=HERE,
        csrf=CSRF,
        back_url=HERE,
        email=views.Field(value=sample.email),
        name=views.Field(value=sample.customer),
        phone_text="+49 30 5550 188",
        address_lines=customer_address(sample),
        shipping_lines=lines,
        some_fixed=True,
        tax_id_texts=(views.Detail(label=type_name("eu_vat", sample.locale), value="DE123456789"),),
    )


def _address(sample: Sample, section: str, errors: dict[AddressPart, str] | None = None) -> details_views.AddressFields:
    prefix = "shipping_" if section == "shipping" else "address_"
    form = address_form("DE", large_first=sample.locale == "ja")
    labels = part_labels(form, sample.locale)
    return details_views.AddressFields(
        prefix=prefix,
        section=section,
        rows=tuple(
            tuple(
                details_views.AddressField(
                    name=prefix + part,
                    label=labels[part],
                    value="" if errors and part in errors else _TYPED.get(part, ""),
                    error=(errors or {}).get(part, ""),
                    autocomplete="off",
                    maxlength=20 if part == "postal_code" else 200,
                )
                for part in row
            )
            for row in form.rows
        ),
        countries=country_options("DE", sample.locale),
    )


def _tax_ids(sample: Sample) -> details_views.TaxIdsForm:
    badges = (
        views.Badge(sample.say("Confirmed"), "success"),
        views.Badge(sample.say("Not checked yet"), "neutral"),
        views.Badge(sample.say("Unknown to the register"), "danger"),
    )
    kind = type_name("eu_vat", sample.locale)
    return details_views.TaxIdsForm(
        action=HERE,
        rows=tuple(
            details_views.TaxIdLine(value=f"DE12345678{place}", kind=kind, badge=badge, remove_action=HERE)
            for place, badge in enumerate(badges)
        ),
        types=type_options("eu_vat", sample.locale),
        value=views.Field(),
    )
