"""What a portal configuration is written with (portal_spec.md §A). What it may say is core's to judge."""

from typing import Any, get_args

from frontdesk.portal_configuration import (
    AllowedDetail,
    AllowedUpdate,
    CancellationReason,
    CancelMode,
    ScheduleCondition,
)
from frontdesk_web.api.frontdesk_parameters import FRONTDESK
from frontdesk_web.api.parameters import Choice, Flag, Group, Many, Metadata, Required, Text, Whole

_PRORATION = Choice(of=("always_invoice", "create_prorations", "none"))
_URL = Text(clears=True)
_QUANTITY = Group(
    of={
        "enabled": Required(Flag()),
        "maximum": Whole(maximum=999_999_999, clears=True),
        "minimum": Whole(maximum=999_999_999),
    }
)
_OFFERED = Group(
    of={
        "adjustable_quantity": _QUANTITY,
        "prices": Required(Many(of=Text(maximum=255))),
        "product": Required(Text(maximum=255)),
    }
)
_INTERVAL = Group(
    of={"interval": Required(Choice(of=("day", "week", "month", "year"))), "interval_count": Whole(minimum=1)}
)


def _feature(fields: dict[str, Any], needs_enabled: bool) -> Group:
    """A feature that is passed on creation says whether it is on; an update may leave that out."""
    return Group(of={"enabled": Required(Flag()) if needs_enabled else Flag(), **fields})


def _features(creating: bool) -> Group:
    reasons: dict[str, Any] = {
        "feedback_options": Many(of=Text(maximum=255), clears=True),
        "options": Many(of=Choice(of=get_args(CancellationReason)), clears=True),
    }
    return Group(
        of={
            "customer_update": _feature(
                {"allowed_updates": Many(of=Choice(of=get_args(AllowedDetail)), clears=True)}, creating
            ),
            "invoice_history": _feature({}, True),
            "payment_method_update": _feature(
                {"payment_method_configuration": Text(maximum=255, clears=True)}, creating
            ),
            "subscription_cancel": _feature(
                {
                    "cancellation_reason": _feature(reasons, True),
                    "mode": Choice(of=get_args(CancelMode)),
                    "proration_behavior": _PRORATION,
                },
                creating,
            ),
            "subscription_pause": _feature(
                {
                    "duration": Group(
                        of={
                            "interval_options": Many(of=_INTERVAL, clears=True),
                            "type": Required(Choice(of=("indefinite", "interval_options"))),
                        }
                    )
                },
                False,
            ),
            "subscription_update": _feature(
                {
                    "billing_cycle_anchor": Choice(of=("now", "unchanged")),
                    "default_allowed_updates": Many(of=Choice(of=get_args(AllowedUpdate)), clears=True),
                    "products": Many(of=_OFFERED, clears=True),
                    "proration_behavior": _PRORATION,
                    "schedule_at_period_end": Group(
                        of={
                            "conditions": Many(
                                of=Group(of={"type": Required(Choice(of=get_args(ScheduleCondition)))}), clears=True
                            )
                        }
                    ),
                    "trial_update_behavior": Choice(of=("continue_trial", "end_trial")),
                },
                creating,
            ),
        }
    )


_COMMON: dict[str, Any] = {
    "business_profile": Group(
        of={"headline": Text(clears=True), "privacy_policy_url": _URL, "terms_of_service_url": _URL}
    ),
    "default_return_url": _URL,
    "frontdesk": FRONTDESK,
    "login_page": Group(of={"enabled": Required(Flag())}),
    "metadata": Metadata(),
    "name": Text(clears=True),
}
CREATE = _COMMON | {"features": Required(_features(creating=True))}
UPDATE = _COMMON | {"active": Flag(), "features": _features(creating=False), "is_default": Flag()}
