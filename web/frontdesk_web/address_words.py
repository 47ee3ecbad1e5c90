"""What the parts of an address are called where it is written so."""

from frontdesk.address_forms import AddressForm, AddressPart, PostalName, StateName
from frontdesk_web.messages import _, translate

_POSTAL: dict[PostalName, str] = {
    "postal_code": _("Postal code"),
    "zip": _("ZIP code"),
    "postcode": _("Postcode"),
    "pin": _("PIN code"),
    "eircode": _("Eircode"),
}
_STATES: dict[StateName, str] = {
    "region": _("State or region"),
    "state": _("State or territory"),
    "province": _("Province"),
    "prefecture": _("Prefecture"),
    "county": _("County"),
    "emirate": _("Emirate"),
    "canton": _("Canton"),
}


def part_labels(form: AddressForm, locale: str) -> dict[AddressPart, str]:
    """The labels of a form's fields."""
    return {
        "line1": translate(locale, "Street and number"),
        "line2": translate(locale, "Address supplement"),
        "postal_code": translate(locale, _POSTAL[form.postal]),
        "city": translate(locale, "City"),
        "state": translate(locale, _STATES[form.state]),
    }
