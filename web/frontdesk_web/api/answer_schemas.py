"""The schemas of what we answer with: Stripe's objects, cut to the fields that we serve, and what is ours or newer.

The cut ones lie in `answer_schemas.json`, which `make schemas` writes; nobody edits it. Here is what Stripe's document
of that day does not have.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, get_args

import msgspec

from frontdesk.flows import FlowType
from frontdesk.frontdesk_settings import FrontdeskSettings
from frontdesk.notice_settings import NOTICES
from frontdesk.payment_methods import AfterRetries
from frontdesk.portal_configuration import SubscriptionPause
from frontdesk.tax_id_types import TYPES

CUT = Path(__file__).parent / "answer_schemas.json"
_PLACE = "#/components/schemas/"
_OURS = _PLACE + "frontdesk.{name}"
Schema = dict[str, Any]


def ref(name: str) -> Schema:
    """A reference to one of the schemas."""
    return {"$ref": _PLACE + name}


def _closed(properties: Mapping[str, Any]) -> Schema:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": sorted(properties),
        "additionalProperties": False,
    }


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, _NULL]}


_TEXT: Schema = {"type": "string"}
_FLAG: Schema = {"type": "boolean"}
_NULL: Schema = {"type": "null"}
_TEXT_OR_NULL: Schema = {"type": ["string", "null"]}
_INSTANT: Schema = {"type": "integer", "format": "unix-time"}
_METADATA: Schema = {"type": "object", "additionalProperties": _TEXT}
_SUBJECT = _closed({"subscription": _TEXT})
_COLLECTION = _closed(
    {
        "after": {"type": "string", "enum": list(get_args(AfterRetries))},
        "letters": _FLAG,
        "retry_days": {"type": "array", "items": {"type": "integer"}},
    }
)
_NOTICES = _closed({name: {"type": ["integer", "null"]} for name in NOTICES})
_PAUSED = _closed(
    {
        "subscription": _closed({"type": {"const": "pause_requested"}}),
        "transitioned_at": _INSTANT,
        "type": {"const": "subscription"},
    }
)
_TAX_ID_TYPE: Schema = {"type": "string", "enum": list(TYPES)}
ADDED: Mapping[str, Mapping[str, Schema]] = {
    "account": {"frontdesk": _closed({"collection": _or_null(_COLLECTION), "notices": _or_null(_NOTICES)})},
    "billing_portal.configuration": {"frontdesk": ref("frontdesk.FrontdeskSettings")},
    "billing_portal.session": {
        "after_expiration": _or_null(
            _closed(
                {
                    "customer_login": _closed({"expires_at": {"type": ["integer", "null"], "format": "unix-time"}}),
                    "type": {"const": "customer_login"},
                }
            )
        )
    },
    "cancellation_details": {"feedback_option": {"anyOf": [_TEXT, ref("billing.feedback_option"), _NULL]}},
    "portal_features": {"subscription_pause": ref("frontdesk.SubscriptionPause")},
    "invoices_resource_invoice_tax_id": {"type": _TAX_ID_TYPE},
    "payment_method": {"type": {"const": "card"}},
    "portal_flows_flow": {
        "customer_update": _or_null(_closed({})),
        "subscription_pause": _or_null(_SUBJECT),
        "type": {"type": "string", "enum": list(get_args(FlowType))},
    },
    "portal_subscription_cancellation_reason": {
        "feedback_options": {"type": "array", "items": {"anyOf": [_TEXT, ref("billing.feedback_option")]}}
    },
    "product": {"type": {"const": "service"}},
    "recurring": {"trial_period_days": _NULL},
    "subscription": {"status_details": _or_null(_closed({"paused": _PAUSED}))},
    "subscription_item": {"plan": ref("plan")},
    "tax_id": {"type": _TAX_ID_TYPE},
}
"""Properties of Stripe's schemas that are ours, newer than the document that they were cut from, or of other words."""
_PERMISSION = _closed(
    {
        "allowed": _FLAG,
        "code": _TEXT_OR_NULL,
        "customer_message": _TEXT_OR_NULL,
        "message": _TEXT_OR_NULL,
        "setting": _TEXT_OR_NULL,
    }
)
_OWN: Mapping[str, Schema] = {
    "billing.feedback_option": _closed(
        {
            "id": _TEXT,
            "object": {"const": "billing.feedback_option"},
            "description": _TEXT,
            "livemode": _FLAG,
            "status": {"type": "string", "enum": ["active", "inactive"]},
            "status_transitions": _closed({"deactivated_at": {"type": ["integer", "null"], "format": "unix-time"}}),
        }
    ),
    "billing_portal.permissions": _closed(
        {
            "object": {"const": "billing_portal.permissions"},
            "configuration": _TEXT,
            "customer": _TEXT,
            "customer_update": {"type": "object", "additionalProperties": ref("frontdesk.permission")},
            "ended_subscriptions": {
                "type": "array",
                "items": _closed({"start_again": ref("frontdesk.permission"), "status": _TEXT, "subscription": _TEXT}),
            },
            "invoices": _closed({"pay": ref("frontdesk.permission"), "view": ref("frontdesk.permission")}),
            "livemode": _FLAG,
            "payment_method_update": ref("frontdesk.permission"),
            "source": {"type": "string", "enum": ["api_session", "login_link"]},
            "subscriptions": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"status": _TEXT, "subscription": _TEXT},
                    "required": ["status", "subscription"],
                    "additionalProperties": ref("frontdesk.permission"),
                },
            },
        }
    ),
    "deleted_billing_portal.configuration": _closed(
        {"id": _TEXT, "object": {"const": "billing_portal.configuration"}, "deleted": {"const": True}}
    ),
    "frontdesk.payment": _closed(
        {
            "id": _TEXT,
            "object": {"const": "frontdesk.payment"},
            "amount": {"type": "integer"},
            "amount_overpaid": {"type": "integer"},
            "created": _INSTANT,
            "currency": _TEXT,
            "invoice": _TEXT,
            "received_on": {"type": "string", "format": "date"},
            "reference": _TEXT_OR_NULL,
            "reverses": _TEXT_OR_NULL,
        }
    ),
    "frontdesk.permission": _PERMISSION,
    "v2.core.account": _closed(
        {
            "id": _TEXT,
            "object": {"const": "v2.core.account"},
            "applied_configurations": {"type": "array", "items": {"const": "customer"}},
            "closed": _FLAG,
            "configuration": _or_null(
                _closed({"customer": ref("frontdesk.account_customer"), "merchant": _NULL, "recipient": _NULL})
            ),
            "contact_email": _TEXT_OR_NULL,
            "contact_phone": _TEXT_OR_NULL,
            "created": {"type": "string", "format": "date-time"},
            "display_name": _TEXT_OR_NULL,
            "livemode": _FLAG,
            "metadata": _METADATA,
        }
        | dict.fromkeys(("dashboard", "defaults", "future_requirements", "identity", "requirements"), _NULL)
    ),
    "frontdesk.account_customer": _closed(
        {
            "applied": _FLAG,
            "automatic_indirect_tax": _closed(
                {"exempt": {"type": "string", "enum": ["none", "exempt", "reverse"]}}
                | dict.fromkeys(("ip_address", "location", "location_source"), _NULL)
            ),
            "billing": _closed(
                {
                    "default_payment_method": _TEXT_OR_NULL,
                    "invoice": _closed(
                        {
                            "custom_fields": {"type": "array", "items": ref("invoice_setting_custom_field")},
                            "footer": _TEXT_OR_NULL,
                        }
                        | dict.fromkeys(("next_sequence", "prefix", "rendering"), _NULL)
                    ),
                }
            ),
            "capabilities": _NULL,
            "shipping": _or_null(ref("shipping")),
            "test_clock": _TEXT_OR_NULL,
        }
    ),
}
"""Objects that Stripe does not have, or does not describe as we answer them."""


@cache
def answer_schemas() -> Mapping[str, Schema]:
    """All of them, by name."""
    cut: dict[str, Schema] = msgspec.json.decode(CUT.read_bytes())
    for name, added in ADDED.items():
        cut[name]["properties"] |= added
    return dict(sorted({**cut, **_OWN, **_of_structs()}.items()))


def _of_structs() -> dict[str, Schema]:
    """What is answered as a struct is written: its fields all are there."""
    _, found = msgspec.json.schema_components((FrontdeskSettings, SubscriptionPause), ref_template=_OURS)
    return {f"frontdesk.{name}": _as_answered(schema) for name, schema in found.items()}


def _as_answered(schema: Schema) -> Schema:
    """The struct without what its fields are where nobody says so."""
    return _closed({name: _without_default(each) for name, each in schema["properties"].items()})


def _without_default(schema: Schema) -> Schema:
    return {key: value for key, value in schema.items() if key not in ("default", "description", "title")}
