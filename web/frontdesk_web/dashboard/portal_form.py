"""The form of the portal's settings: from a configuration to fields, and from what was posted to a configuration.

Features that the form does not show stay as they were set by API.
"""

import re
from collections.abc import Mapping
from typing import Any, get_args

from msgspec.structs import replace

from frontdesk.frontdesk_settings import Restart
from frontdesk.portal_configuration import (
    AdjustableQuantity,
    AllowedDetail,
    AllowedUpdate,
    BusinessProfile,
    CancellationReason,
    CancellationReasons,
    CustomerUpdate,
    InvoiceHistory,
    LoginPage,
    OfferedProduct,
    PauseDuration,
    PauseInterval,
    PortalConfiguration,
    ScheduleCondition,
    SubscriptionCancel,
    SubscriptionPause,
    SubscriptionUpdate,
)
from frontdesk_web.messages import _
from frontdesk_web.typed_text import lines, one_line

DETAILS: tuple[AllowedDetail, ...] = ("name", "email", "address", "phone", "shipping", "tax_id")
"""The details that can be opened for editing now."""
REASONS: tuple[CancellationReason, ...] = get_args(CancellationReason)
PRORATIONS = ("none", "create_prorations", "always_invoice")
ANCHORS = ("unchanged", "now")
TRIALS = ("end_trial", "continue_trial")
WAITS: Mapping[str, ScheduleCondition] = {
    "wait_less": "decreasing_item_amount",
    "wait_shorter": "shortening_interval",
}
"""The switches that put changes off to the end of the period."""
PAUSES = (
    *(PauseInterval(interval="week", interval_count=count) for count in (1, 2)),
    *(PauseInterval(interval="month", interval_count=count) for count in (1, 2, 3, 6)),
    PauseInterval(interval="year", interval_count=1),
)
"""The durations that are shown to tick, beside those that are offered already."""
ON = "on"
_NUMBER = re.compile(r"[0-9]{1,6}", re.ASCII)

Form = Mapping[str, str]


class FieldWrong(ValueError):
    """What stands in a field cannot be read. `field` is the form's, `sentence` says what would be right."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(field)
        self.field = field
        self.sentence = sentence


class NotANumber(FieldWrong):
    """A limit that is no whole number."""

    def __init__(self, field: str) -> None:
        super().__init__(field, _("Enter a whole number, such as 1 or 100, or leave this empty."))


def form_of(configuration: PortalConfiguration) -> dict[str, str]:
    """The form as a configuration fills it in. A switch that is off is not there."""
    features = configuration.features
    cancel, update = features.subscription_cancel, features.subscription_update
    profile = configuration.business_profile
    allowed = update.default_allowed_updates if update.enabled else ()
    details = features.customer_update.allowed_updates if features.customer_update.enabled else ()
    switches = {
        "invoice_history": features.invoice_history.enabled,
        "payment_methods": features.payment_method_update.enabled,
        **{f"detail_{each}": each in details for each in DETAILS},
        "cancel": cancel.enabled,
        "cancel_credit": cancel.proration_behavior != "none",
        "reasons": cancel.cancellation_reason.enabled,
        **{f"reason_{each}": each in cancel.cancellation_reason.options for each in REASONS},
        "switch_plan": "price" in allowed,
        "change_quantity": "quantity" in allowed,
        "promotion_codes": "promotion_code" in allowed,
        **{name: condition in update.schedule_at_period_end for name, condition in WAITS.items()},
        "pause": features.subscription_pause.enabled,
        "restart": configuration.frontdesk.restart.enabled,
        **{pause_name(each): True for each in features.subscription_pause.duration.interval_options},
    }
    form = {name: ON for name, on in switches.items() if on}
    for offered in update.products:
        form |= {f"offer_{price}": ON for price in offered.prices}
        quantity = offered.adjustable_quantity
        form[f"minimum_{offered.product}"] = str(quantity.minimum)
        form[f"maximum_{offered.product}"] = "" if quantity.maximum is None else str(quantity.maximum)
    return form | {
        "cancel_mode": cancel.mode,
        "proration": update.proration_behavior,
        "anchor": update.billing_cycle_anchor,
        "trial": update.trial_update_behavior,
        "pause_type": features.subscription_pause.duration.type,
        "headline": profile.headline or "",
        "terms_url": profile.terms_of_service_url or "",
        "privacy_url": profile.privacy_policy_url or "",
        "return_url": configuration.default_return_url or "",
        "name": configuration.name or "",
        "metadata": "\n".join(f"{key}: {value}" for key, value in sorted(configuration.metadata.items())),
        **({"login_link": ON} if configuration.login_page.enabled else {}),
    }


def configuration_of(
    stored: PortalConfiguration, form: Form, prices_of: Mapping[str, tuple[str, ...]]
) -> PortalConfiguration:
    """The configuration that a posted form asks for. `prices_of` are the prices that were shown, by product.

    Raises:
        FieldWrong: a limit of quantities is no whole number, or metadata are no keys and values.
    """
    features = stored.features
    details = tuple(each for each in DETAILS if _on(form, f"detail_{each}"))
    kept = tuple(each for each in features.customer_update.allowed_updates if each not in DETAILS)
    allowed = (*details, *kept)
    return replace(
        stored,
        name=_text(form, "name"),
        default_return_url=_text(form, "return_url"),
        business_profile=BusinessProfile(
            headline=_text(form, "headline"),
            terms_of_service_url=_text(form, "terms_url"),
            privacy_policy_url=_text(form, "privacy_url"),
        ),
        features=replace(
            features,
            customer_update=CustomerUpdate(enabled=bool(allowed), allowed_updates=allowed),
            invoice_history=InvoiceHistory(enabled=_on(form, "invoice_history")),
            payment_method_update=replace(features.payment_method_update, enabled=_on(form, "payment_methods")),
            subscription_cancel=_cancel(features.subscription_cancel, form),
            subscription_pause=_pause(features.subscription_pause, form),
            subscription_update=_update(features.subscription_update, form, prices_of),
        ),
        # The default's link has a page of its own, where it is also replaced and shared.
        login_page=stored.login_page if stored.is_default else LoginPage(enabled=_on(form, "login_link")),
        metadata=_metadata(form),
        frontdesk=replace(stored.frontdesk, restart=Restart(enabled=_on(form, "restart"))),
    )


def _cancel(stored: SubscriptionCancel, form: Form) -> SubscriptionCancel:
    now = form.get("cancel_mode") == "immediately"
    ordered = (*stored.cancellation_reason.options, *REASONS)
    reasons = CancellationReasons(
        enabled=_on(form, "reasons"),
        options=tuple(each for each in dict.fromkeys(ordered) if _on(form, f"reason_{each}")),
        feedback_options=stored.cancellation_reason.feedback_options,
    )
    return replace(
        stored,
        enabled=_on(form, "cancel"),
        mode="immediately" if now else "at_period_end",
        proration_behavior="create_prorations" if now and _on(form, "cancel_credit") else "none",
        cancellation_reason=reasons,
    )


def pause_name(pause: PauseInterval) -> str:
    """The form's field for a duration: `pause_month_3`."""
    return f"pause_{pause.interval}_{pause.interval_count}"


def shown_pauses(stored: SubscriptionPause) -> tuple[PauseInterval, ...]:
    """The durations that can be ticked: those that are offered now, in their order, then the others."""
    return tuple(dict.fromkeys((*stored.duration.interval_options, *PAUSES)))


def _pause(stored: SubscriptionPause, form: Form) -> SubscriptionPause:
    options = tuple(each for each in shown_pauses(stored) if _on(form, pause_name(each)))
    open_end = form.get("pause_type") == "indefinite"
    # Durations matter where one is chosen alone: without any, the switch keeps what it had while it is off.
    kept = options or (stored.duration.interval_options if open_end or not _on(form, "pause") else ())
    duration = PauseDuration(type="indefinite" if open_end else "interval_options", interval_options=kept)
    return SubscriptionPause(enabled=_on(form, "pause"), duration=duration)


def _update(stored: SubscriptionUpdate, form: Form, prices_of: Mapping[str, tuple[str, ...]]) -> SubscriptionUpdate:
    switches: tuple[tuple[str, AllowedUpdate], ...] = (
        ("switch_plan", "price"),
        ("change_quantity", "quantity"),
        ("promotion_codes", "promotion_code"),
    )
    allowed = tuple(update for switch, update in switches if _on(form, switch))
    values: dict[str, Any] = {}
    if form.get("proration") in PRORATIONS:
        values["proration_behavior"] = form["proration"]
    if form.get("anchor") in ANCHORS:
        values["billing_cycle_anchor"] = form["anchor"]
    if form.get("trial") in TRIALS:
        values["trial_update_behavior"] = form["trial"]
    values["schedule_at_period_end"] = tuple(condition for name, condition in WAITS.items() if _on(form, name))
    return replace(
        stored,
        enabled=bool(allowed),
        default_allowed_updates=allowed,
        products=tuple(_offers(stored, form, prices_of)),
        **values,
    )


def _offers(stored: SubscriptionUpdate, form: Form, prices_of: Mapping[str, tuple[str, ...]]) -> list[OfferedProduct]:
    before = {each.product: each for each in stored.products}
    found = []
    for product, shown in prices_of.items():
        prices = tuple(price for price in shown if _on(form, f"offer_{price}"))
        if not prices:
            continue
        quantity = before[product].adjustable_quantity if product in before else AdjustableQuantity()
        found.append(
            OfferedProduct(
                product=product,
                prices=prices,
                adjustable_quantity=replace(
                    quantity,
                    minimum=_whole(form, f"minimum_{product}", 1) or 0,
                    maximum=_whole(form, f"maximum_{product}", None),
                ),
            )
        )
    return found


def _metadata(form: Form) -> dict[str, str]:
    """Keys and values, `key: value` on a line each."""
    found: dict[str, str] = {}
    for line in filter(None, lines(form.get("metadata", "")).split("\n")):
        key, colon, value = (each.strip() for each in line.partition(":"))
        if not colon or not key or not value:
            sentence = _("Write each line as a key, a colon and a value, such as “segment: resellers”.")
            raise FieldWrong("metadata", sentence)
        found[key] = value
    return found


def _whole(form: Form, name: str, default: int | None) -> int | None:
    text = form.get(name, "").strip()
    if not text:
        return default
    if not _NUMBER.fullmatch(text):
        raise NotANumber(name)
    return int(text)


def _on(form: Form, name: str) -> bool:
    return form.get(name) == ON


def _text(form: Form, name: str) -> str | None:
    return one_line(form.get(name, "")) or None
