"""What a side may say of its taxes: where it is registered and since when, its preset code, and whether tax acts."""

from datetime import datetime

from msgspec.structs import replace

from frontdesk.catalogue_refusals import refuse
from frontdesk.countries import COUNTRIES
from frontdesk.errors import Refusal, Refused
from frontdesk.eu_vat_area import EU_COUNTRIES
from frontdesk.periods import whole_seconds
from frontdesk.refusals import no_such
from frontdesk.tax_settings import Registration, Scheme, TaxSettings

BY_STATE = frozenset({"US"})
"""Countries without a tax of their own: one registers with their states."""
ALSO_BY_STATE = frozenset({"CA"})
"""Countries of which states have taxes besides the country's."""
MOST = 200
"""Registrations of one side, those that have ended too."""


def register(tax: TaxSettings, new: Registration) -> TaxSettings:
    """Settings with one registration more. Raises Refused. Its instants count in whole seconds, like those of bills."""
    new = _in_seconds(new)
    _check_place(new.country, new.state, new.scheme)
    _check_span(new)
    for each in tax.registrations:
        same = (each.country, each.state, each.scheme) == (new.country, new.state, new.scheme)
        if same and _overlap(each, new):
            refuse(
                "tax_registration_exists",
                "You are registered there at that time already. End that registration first.",
                "active_from",
            )
    if len(tax.registrations) >= MOST:
        refuse("too_many_registrations", "There are at most {most} registrations.", None, most=MOST)
    return replace(tax, registrations=(*tax.registrations, new))


def reschedule(
    tax: TaxSettings, id: str, *, active_from: datetime | None = None, expires_at: datetime | None = None, ends: bool
) -> TaxSettings:
    """Settings with other dates of a registration: `active_from` None leaves it; `expires_at` counts if it `ends` or
    is to end no more (None). Raises Refused."""
    before = registration(tax, id)
    after = _in_seconds(
        replace(
            before,
            active_from=before.active_from if active_from is None else active_from,
            expires_at=expires_at if ends else before.expires_at,
        )
    )
    _check_span(after)
    others = tuple(each for each in tax.registrations if each.id != id)
    register(replace(tax, registrations=others), after)
    return replace(tax, registrations=tuple(after if each.id == id else each for each in tax.registrations))


def registration(tax: TaxSettings, id: str) -> Registration:
    """One registration. Raises Refused for an unknown one."""
    for each in tax.registrations:
        if each.id == id:
            return each
    raise Refused(no_such("tax.registration", id, "id"))


def check_preset(tax: TaxSettings) -> None:
    """Raises Refused where the preset code is none that is known."""
    if tax.preset_code and tax.codes and tax.preset_code not in tax.codes:
        refuse(
            "preset_code_unknown",
            "No such tax code: '{tax_code}'.",
            "defaults[tax_code]",
            tax_code=tax.preset_code[:100],
        )


def places_of(tax: TaxSettings) -> tuple[tuple[str, str | None], ...]:
    """The places of which rates are needed, as country and state."""
    found: dict[tuple[str, str | None], None] = {}
    for each in tax.registrations:
        if each.scheme == "standard":
            found[each.country, each.state] = None
        else:
            found |= {(country, None): None for country in sorted(EU_COUNTRIES)}
    return tuple(found)


def rates_unknown(place: str) -> Refusal:
    """Nothing that is installed knows what is charged there."""
    return Refusal(
        code="tax_place_unknown",
        for_customer="This cannot be done now.",
        for_tenant="The tax rates of {place} are not known here. Keep tax rates of your own for customers there.",
        parameters={"place": place},
        param="country",
    )


def _check_place(country: str, state: str | None, scheme: Scheme) -> None:
    if country not in COUNTRIES:
        refuse("country_unknown", "Country '{country}' is unknown.", "country", country=country[:40])
    if scheme != "standard" and country not in EU_COUNTRIES:
        refuse("scheme_invalid", "That scheme is one of the European Union's countries.", "country_options")
    if state is None and country in BY_STATE:
        refuse("state_needed", "There one registers with a state. Choose which.", "state")
    if state is not None and country not in BY_STATE | ALSO_BY_STATE:
        refuse("state_invalid", "There one registers with the country, not with a state.", "state")


def _check_span(one: Registration) -> None:
    if one.expires_at is not None and one.expires_at < one.active_from:
        refuse("registration_ends_first", "A registration cannot end before it begins.", "expires_at")


def _in_seconds(one: Registration) -> Registration:
    ends = one.expires_at
    return replace(
        one, active_from=whole_seconds(one.active_from), expires_at=None if ends is None else whole_seconds(ends)
    )


def _overlap(one: Registration, other: Registration) -> bool:
    first, second = sorted((one, other), key=lambda each: each.active_from)
    return first.expires_at is None or second.active_from < first.expires_at
