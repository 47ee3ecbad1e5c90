"""What the page of the portal's settings shows."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from msgspec import Struct

from frontdesk.portal_configuration import PauseInterval
from frontdesk.portal_traps import Topic, Trap
from frontdesk_tenants.offerable import Offerable
from frontdesk_web.dashboard.portal_configuration_views import ConfigurationActs
from frontdesk_web.dashboard.portal_form import DETAILS, ON, REASONS, pause_name
from frontdesk_web.messages import _, translate, translate_plural
from frontdesk_web.portal.views import Badge, Field, Notice, Option
from frontdesk_web.price_words import price_sentence

_DETAILS = {
    "name": _("Name"),
    "email": _("E-mail address"),
    "address": _("Postal address"),
    "phone": _("Phone"),
    "shipping": _("Shipping address"),
    "tax_id": _("Tax ids"),
}
_REASONS = {
    "too_expensive": _("It's too expensive"),
    "missing_features": _("I need more features"),
    "switched_service": _("I found an alternative"),
    "unused": _("I no longer need it"),
    "customer_service": _("Customer service was less than expected"),
    "too_complex": _("Ease of use was less than expected"),
    "low_quality": _("Quality was less than expected"),
    "other": _("Other reason"),
}
_PRORATIONS = {
    "none": _("Do not bill the difference; the new price counts from the next invoice"),
    "create_prorations": _("Work it out to the second and put it on the next invoice"),
    "always_invoice": _("Work it out to the second and bill it at once"),
}
_ANCHORS = {
    "unchanged": _("Keep the billing date"),
    "now": _("Begin a new period with the change"),
}

_TRIALS = {
    "end_trial": _("End the trial and bill the new plan at once"),
    "continue_trial": _("Keep the trial; the new plan is billed when it ends"),
}
_WAITS = {
    "wait_less": _("Changes to a lower amount wait for the end of the paid period"),
    "wait_shorter": _("Changes to a shorter interval wait for the end of the paid period"),
}


_PAUSE_TYPES = {
    "interval_options": _("For a time that they choose; then the plan goes on by itself"),
    "indefinite": _("Until they resume it"),
}


class Tick(Struct, frozen=True, kw_only=True):
    """A check box."""

    name: str
    text: str
    checked: bool


class OfferChoice(Struct, frozen=True, kw_only=True):
    """A product with its prices to tick, and the limits of its quantity."""

    product: str
    name: str
    prices: tuple[Tick, ...]
    minimum: Field
    maximum: Field


class Configured(Struct, frozen=True, kw_only=True):
    """Whose settings they are: a configuration, its login link (empty where it is off), and what can become of it."""

    name: str
    id: str
    badges: tuple[Badge, ...]
    link: str
    acts: ConfigurationActs
    pauses: tuple[PauseInterval, ...]
    """The durations of a pause that can be ticked."""
    keeps_methods: bool = False
    """Whether the backend keeps payment methods."""


class PortalSettingsPage(Struct, frozen=True, kw_only=True):
    """The settings in their groups. `may_edit` False shows them without a way to save; `error` is not of one field."""

    template: ClassVar[str] = "dashboard/portal_settings.html"
    about: Configured
    action: str
    preview_url: str
    all_url: str
    offers_url: str
    link_url: str
    products_url: str
    csrf: str
    may_edit: bool
    invoice_history: bool
    payment_methods: bool | None
    """None where the backend keeps none."""
    details: tuple[Tick, ...]
    cancel: bool
    cancel_now: bool
    cancel_credit: bool
    reasons_on: bool
    reasons: tuple[Tick, ...]
    restart: bool
    pause: bool
    pause_types: tuple[Option, ...]
    pauses: tuple[Tick, ...]
    switch_plan: bool
    change_quantity: bool
    promotion_codes: bool
    prorations: tuple[Option, ...]
    anchors: tuple[Option, ...]
    trials: tuple[Option, ...]
    waits: tuple[Tick, ...]
    offers: tuple[OfferChoice, ...]
    headline: Field
    terms_url: Field
    privacy_url: Field
    return_url: Field
    name: Field
    metadata: Field
    login_link: bool
    invoice_warnings: tuple[str, ...] = ()
    detail_warnings: tuple[str, ...] = ()
    cancel_warnings: tuple[str, ...] = ()
    plan_warnings: tuple[str, ...] = ()
    notice: Notice | None = None
    error: str = ""


class Faults(Struct, frozen=True, kw_only=True):
    """What is wrong with what was posted: sentences by the form's field, and what belongs to none."""

    by_field: Mapping[str, str] = {}
    general: str = ""


def portal_settings_page(
    form: Mapping[str, str],
    offerable: Sequence[Offerable],
    traps: Sequence[Trap],
    locale: str,
    *,
    about: Configured,
    action: str,
    preview_url: str,
    all_url: str,
    offers_url: str,
    link_url: str,
    products_url: str,
    csrf: str,
    may_edit: bool,
    notice: Notice | None = None,
    faults: Faults | None = None,
) -> PortalSettingsPage:
    """The page with `form` filled in."""
    wrong = faults or Faults()

    def on(name: str) -> bool:
        return form.get(name) == ON

    def field(name: str, default: str = "") -> Field:
        return Field(value=form.get(name, default), error=wrong.by_field.get(name, ""))

    def options(name: str, texts: Mapping[str, str]) -> tuple[Option, ...]:
        return tuple(
            Option(value=value, text=translate(locale, text), selected=form.get(name) == value)
            for value, text in texts.items()
        )

    def warnings(topic: Topic) -> tuple[str, ...]:
        return tuple(translate(locale, each.sentence, **each.parameters) for each in traps if each.topic is topic)

    return PortalSettingsPage(
        about=about,
        action=action,
        preview_url=preview_url,
        all_url=all_url,
        offers_url=offers_url,
        link_url=link_url,
        products_url=products_url,
        csrf=csrf,
        may_edit=may_edit,
        invoice_history=on("invoice_history"),
        payment_methods=on("payment_methods") if about.keeps_methods else None,
        details=tuple(
            Tick(name=f"detail_{each}", text=translate(locale, _DETAILS[each]), checked=on(f"detail_{each}"))
            for each in DETAILS
        ),
        cancel=on("cancel"),
        cancel_now=form.get("cancel_mode") == "immediately",
        cancel_credit=on("cancel_credit"),
        reasons_on=on("reasons"),
        reasons=tuple(
            Tick(name=f"reason_{each}", text=translate(locale, _REASONS[each]), checked=on(f"reason_{each}"))
            for each in sorted(REASONS, key=list(_REASONS).index)
        ),
        restart=on("restart"),
        pause=on("pause"),
        pause_types=options("pause_type", _PAUSE_TYPES),
        pauses=tuple(
            Tick(name=pause_name(each), text=_pause_words(each, locale), checked=on(pause_name(each)))
            for each in about.pauses
        ),
        switch_plan=on("switch_plan"),
        change_quantity=on("change_quantity"),
        promotion_codes=on("promotion_codes"),
        prorations=options("proration", _PRORATIONS),
        anchors=options("anchor", _ANCHORS),
        trials=options("trial", _TRIALS),
        waits=tuple(Tick(name=name, text=translate(locale, text), checked=on(name)) for name, text in _WAITS.items()),
        offers=tuple(
            OfferChoice(
                product=each.product.id,
                name=each.product.name,
                prices=tuple(
                    Tick(
                        name=f"offer_{price.id}",
                        text=price_text(each, place, locale),
                        checked=on(f"offer_{price.id}"),
                    )
                    for place, price in enumerate(each.prices)
                ),
                minimum=field(f"minimum_{each.product.id}", "1"),
                maximum=field(f"maximum_{each.product.id}"),
            )
            for each in offerable
        ),
        headline=field("headline"),
        terms_url=field("terms_url"),
        privacy_url=field("privacy_url"),
        return_url=field("return_url"),
        name=field("name"),
        metadata=field("metadata"),
        login_link=on("login_link"),
        invoice_warnings=warnings(Topic.INVOICES),
        detail_warnings=warnings(Topic.DETAILS),
        cancel_warnings=warnings(Topic.CANCELLATIONS),
        plan_warnings=warnings(Topic.PLANS),
        notice=notice,
        error=wrong.general,
    )


def _pause_words(pause: PauseInterval, locale: str) -> str:
    count = pause.interval_count
    match pause.interval:
        case "day":
            return translate_plural(locale, "{number} day", "{number} days", count)
        case "week":
            return translate_plural(locale, "{number} week", "{number} weeks", count)
        case "month":
            return translate_plural(locale, "{number} month", "{number} months", count)
        case "year":
            return translate_plural(locale, "{number} year", "{number} years", count)


def price_text(offerable: Offerable, place: int, locale: str) -> str:
    """`€12.00 per seat, per month`, with the price's own name where it has one."""
    price, unit = offerable.prices[place], offerable.product.unit_label
    text = price_sentence(price, unit, locale)
    return f"{text} ({price.nickname})" if price.nickname else text
