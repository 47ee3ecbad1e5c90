"""What the pages of signing up show."""

from collections.abc import Mapping
from typing import ClassVar

from msgspec import Struct

from frontdesk.errors import Refusal
from frontdesk.house_settings import HouseSettings
from frontdesk.plugins import PluginHost
from frontdesk.starting_points import StartingPoint
from frontdesk_web.currency_words import currency_names, currency_of
from frontdesk_web.messages import _, translate
from frontdesk_web.portal.details_views import country_options
from frontdesk_web.portal.views import Field, Option

SHOWN_LENGTH = 512
_POINTS = {
    StartingPoint.SEATS: (_("Seats"), _("Software or a service that is paid for each user, device or place.")),
    StartingPoint.MEMBERSHIP: (_("Membership"), _("A club, a studio, a newsletter: one price for each period.")),
    StartingPoint.ONE_OFF: (
        _("One-off invoices"),
        _("Projects and single orders: customers find their invoices."),
    ),
}
_ELSEWHERE = _("Your account there goes on billing. You connect it afterwards, and your customers come with it.")
_HERE = _("Invoices are made here. Your customers pay them by bank transfer.")


class SignUpPage(Struct, frozen=True, kw_only=True):
    """Asks for the address of somebody new; posts `email`."""

    template: ClassVar[str] = "dashboard/sign_up.html"
    action: str
    sign_in_url: str
    service: str
    approval: bool
    email: str = ""
    error: str = ""


class SignUpClosedPage(Struct, frozen=True, kw_only=True):
    """Says that a portal is set up by invitation, and whom to ask."""

    template: ClassVar[str] = "dashboard/sign_up_closed.html"
    sign_in_url: str
    contact: str | None


class SignUpInvitationPage(Struct, frozen=True, kw_only=True):
    """An invitation that counts: posts its address, to which a code is sent."""

    template: ClassVar[str] = "dashboard/sign_up_invitation.html"
    action: str
    service: str
    email: str


class Choice(Struct, frozen=True, kw_only=True):
    """A card to choose. `note` is a price text."""

    value: str
    title: str
    text: str = ""
    note: str = ""
    selected: bool = False


class CountryChoice(Struct, frozen=True, kw_only=True):
    """A country with the currency that goes with it."""

    value: str
    text: str
    currency: str
    selected: bool


class SignUpDetailsPage(Struct, frozen=True, kw_only=True):
    """Asks for what a portal needs. `backends` is empty where there is nothing to choose; `price` is then its text."""

    template: ClassVar[str] = "dashboard/sign_up_details.html"
    action: str
    csrf: str
    address: str
    sign_out_action: str
    portal_prefix: str
    name: Field
    slug: Field
    countries: tuple[CountryChoice, ...]
    country_error: str
    currencies: tuple[Option, ...]
    currency_error: str
    starting_points: tuple[Choice, ...]
    backends: tuple[Choice, ...]
    backend: str
    price: str
    approval: bool
    error: str = ""


class SignUpWaitingPage(Struct, frozen=True, kw_only=True):
    """How a request stands: it waits, or was refused for a reason."""

    template: ClassVar[str] = "dashboard/sign_up_waiting.html"
    csrf: str
    name: str
    address: str
    portal: str
    refused: bool
    reason: str
    again_url: str | None
    sign_out_action: str
    contact: str | None


def details_page(
    form: Mapping[str, str],
    faults: tuple[Refusal, ...],
    settings: HouseSettings,
    plugins: PluginHost,
    locale: str,
    *,
    action: str,
    csrf: str,
    address: str,
    sign_out_action: str,
    portal_prefix: str,
    approval: bool,
) -> SignUpDetailsPage:
    """The form with what was typed and what is wrong with it."""
    sentences = {each.param: translate(locale, each.for_customer, **each.parameters) for each in reversed(faults)}
    backends = plugins.billing_backends()
    chosen = form.get("backend") if form.get("backend") in backends else next(iter(sorted(backends)), "")
    return SignUpDetailsPage(
        action=action,
        csrf=csrf,
        address=address,
        sign_out_action=sign_out_action,
        portal_prefix=portal_prefix,
        name=Field(value=form.get("name", "")[:SHOWN_LENGTH], error=sentences.get("name", "")),
        slug=Field(value=form.get("slug", "")[:SHOWN_LENGTH], error=sentences.get("slug", "")),
        countries=tuple(
            CountryChoice(value=each.value, text=each.text, currency=currency_of(each.value), selected=each.selected)
            for each in country_options(form.get("country"), locale)
        ),
        country_error=sentences.get("country", ""),
        currencies=_currencies(form.get("currency", ""), locale),
        currency_error=sentences.get("currency", ""),
        starting_points=tuple(
            Choice(
                value=point,
                title=translate(locale, title),
                text=translate(locale, text),
                selected=point == form.get("starting_point", StartingPoint.SEATS),
            )
            for point, (title, text) in _POINTS.items()
        ),
        backends=()
        if len(backends) < 2
        else tuple(
            Choice(
                value=name,
                title=translate(locale, kind.title),
                text=translate(locale, _ELSEWHERE if kind.capabilities.remote else _HERE),
                note=settings.price(name, locale),
                selected=name == chosen,
            )
            for name, kind in sorted(backends.items())
        ),
        backend=chosen or "",
        price=settings.price(chosen or "", locale) if len(backends) < 2 else "",
        approval=approval,
        error=sentences.get(None, ""),
    )


def _currencies(chosen: str, locale: str) -> tuple[Option, ...]:
    options = tuple(Option(value=code, text=name, selected=code == chosen) for code, name in currency_names(locale))
    return options if any(each.selected for each in options) else (Option(value="", text="", selected=True), *options)
