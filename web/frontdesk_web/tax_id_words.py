"""Tax ids in the words of their reader: what kind one is, and what is known of it."""

from collections.abc import Mapping
from functools import cache

from frontdesk.tax_id_types import TYPES
from frontdesk.tax_ids import TaxId, TaxIdStatus
from frontdesk_web.messages import _, translate
from frontdesk_web.portal.views import Badge, Option, Tone
from frontdesk_web.postal_addresses import country_name

FIRST = ("eu_vat", "gb_vat", "ch_vat")
"""What most customers have: these stand first."""
_SCHEMES = {"eu": _("European Union"), "ic": _("Canary Islands")}
_KINDS = {"vat": _("VAT number"), "oss vat": _("VAT number for all of the EU (OSS)")}
_STATES: Mapping[TaxIdStatus, tuple[str, Tone]] = {
    "verified": (_("Confirmed"), "success"),
    "unverified": (_("Unknown to the register"), "danger"),
    "pending": (_("Not checked yet"), "neutral"),
    "unavailable": (_("Register not reachable"), "warning"),
}


def type_name(type_: str, locale: str) -> str:
    """`European Union: VAT number`, `United States: EIN`."""
    place, _mark, kind = type_.partition("_")
    where = translate(locale, _SCHEMES[place]) if place in _SCHEMES else country_name(place.upper(), locale)
    kind = kind.replace("_", " ")
    return f"{where}: {translate(locale, _KINDS[kind]) if kind in _KINDS else kind.upper()}"


def type_options(chosen: str, locale: str) -> tuple[Option, ...]:
    """All kinds by name, the most frequent ones first."""
    return tuple(Option(value=value, text=text, selected=value == chosen) for value, text in _named(locale))


def state_badge(tax_id: TaxId, locale: str) -> Badge | None:
    """What is known of an id; None where no register is asked about its kind."""
    if tax_id.verification is None:
        return None
    text, tone = _STATES[tax_id.verification.status]
    return Badge(translate(locale, text), tone)


@cache
def _named(locale: str) -> tuple[tuple[str, str], ...]:
    rest = sorted(
        ((each, type_name(each, locale)) for each in TYPES if each not in FIRST), key=lambda each: each[1].casefold()
    )
    return (*((each, type_name(each, locale)) for each in FIRST), *rest)
