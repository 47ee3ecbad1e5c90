"""The names that outsiders know happenings by: Stripe's, and ours under `frontdesk.`, where Stripe has none."""

from collections.abc import Collection, Mapping

from frontdesk.happenings import ACTS

STRIPES: Mapping[str, str] = {
    "account": "updated",
    "account.application": "authorized deauthorized",
    "account.external_account": "created deleted updated",
    "application_fee": "created refunded",
    "application_fee.refund": "updated",
    "apps.install": "created deleted updated",
    "balance": "available",
    "balance_settings": "updated",
    "billing.alert": "triggered",
    "billing.credit_balance_transaction": "created",
    "billing.credit_grant": "created updated",
    "billing.meter": "created deactivated reactivated updated",
    "billing_portal.configuration": "created updated",
    "billing_portal.session": "created",
    "capability": "updated",
    "cash_balance": "funds_available",
    "charge": "captured expired failed pending refunded succeeded updated",
    "charge.dispute": "closed created funds_reinstated funds_withdrawn updated",
    "charge.refund": "updated",
    "checkout.session": "async_payment_failed async_payment_succeeded completed expired",
    "climate.order": "canceled created delayed delivered product_substituted",
    "climate.product": "created pricing_updated",
    "coupon": "created deleted updated",
    "credit_note": "created updated voided",
    "customer": "created deleted updated",
    "customer.discount": "created deleted updated",
    "customer.source": "created deleted expiring updated",
    "customer.subscription": (
        "created deleted paused pending_update_applied pending_update_expired resumed trial_will_end updated"
    ),
    "customer.tax_id": "created deleted updated",
    "customer_cash_balance_transaction": "created",
    "entitlements.active_entitlement_summary": "updated",
    "file": "created",
    "financial_connections.account": (
        "account_numbers_updated created deactivated disconnected reactivated refreshed_balance refreshed_ownership "
        "refreshed_transactions upcoming_account_number_expiry expected_deactivation_date_updated "
        "supported_payment_method_types_updated upcoming_deactivation"
    ),
    "financial_connections.authorization": "expected_deactivation_date_updated upcoming_deactivation",
    "identity.verification_session": "canceled created processing redacted requires_input verified",
    "invoice": (
        "created deleted finalization_failed finalized marked_uncollectible overdue overpaid paid "
        "payment_action_required payment_attempt_required payment_failed payment_succeeded sent upcoming updated "
        "voided will_be_due"
    ),
    "invoice_payment": "paid",
    "invoiceitem": "created deleted",
    "issuing_authorization": "created request updated",
    "issuing_card": "created updated",
    "issuing_cardholder": "created updated",
    "issuing_dispute": "closed created funds_reinstated funds_rescinded submitted updated",
    "issuing_personalization_design": "activated deactivated rejected updated",
    "issuing_token": "created updated",
    "issuing_transaction": "created purchase_details_receipt_updated updated",
    "mandate": "updated",
    "payment_intent": (
        "amount_capturable_updated canceled created partially_funded payment_failed processing requires_action "
        "succeeded"
    ),
    "payment_link": "created updated",
    "payment_method": "attached automatically_updated detached updated",
    "payout": "canceled created failed paid reconciliation_completed updated",
    "person": "created deleted updated",
    "plan": "created deleted updated",
    "price": "created deleted updated",
    "product": "created deleted updated",
    "promotion_code": "created updated",
    "quote": "accepted canceled created finalized",
    "radar.early_fraud_warning": "created updated",
    "refund": "created failed updated",
    "reporting.report_run": "failed succeeded",
    "reporting.report_type": "updated",
    "reserve.hold": "created updated",
    "reserve.plan": "created disabled expired updated",
    "reserve.release": "created",
    "review": "closed opened",
    "setup_intent": "canceled created requires_action setup_failed succeeded",
    "sigma.scheduled_query_run": "created",
    "source": "canceled chargeable failed mandate_notification refund_attributes_required",
    "source.transaction": "created updated",
    "subscription_schedule": "aborted canceled completed created expiring released updated",
    "tax.settings": "updated",
    "tax_rate": "created updated",
    "terminal.reader": "action_failed action_succeeded action_updated",
    "test_helpers.test_clock": "advancing created deleted internal_failure ready",
    "three_d_secure.authentication": (
        "canceled challenge_started errored failed requires_challenge requires_submission succeeded"
    ),
    "topup": "canceled created failed reversed succeeded",
    "transfer": "created reversed updated",
    "treasury.credit_reversal": "created posted",
    "treasury.debit_reversal": "completed created initial_credit_granted",
    "treasury.financial_account": "closed created features_status_updated",
    "treasury.inbound_transfer": "canceled created failed succeeded",
    "treasury.outbound_payment": (
        "canceled created expected_arrival_date_updated failed posted returned tracking_details_updated"
    ),
    "treasury.outbound_transfer": (
        "canceled created expected_arrival_date_updated failed posted returned tracking_details_updated"
    ),
    "treasury.received_credit": "created failed succeeded",
    "treasury.received_debit": "created",
}
"""All types that an endpoint can ask Stripe for, by what they are of (its OpenAPI document of 2026-05-27.dahlia,
and the official SDK's types of 2026-10-28.endive)."""
OURS = "frontdesk"
OURS_ALONE = frozenset(
    {("customer", "signed_in"), ("subscription", "cancel_page_seen"), ("invoice", "reminded"), ("session", "used")}
)
"""What Stripe has no event for."""
NAMES: Mapping[str, str] = {
    "customer": "customer",
    "tax id": "customer.tax_id",
    "payment method": "payment_method",
    "discount": "customer.discount",
    "subscription": "customer.subscription",
    "schedule": "subscription_schedule",
    "invoice": "invoice",
    "invoiceitem": "invoiceitem",
    "credit note": "credit_note",
    "setupintent": "setup_intent",
    "payment_intent": "payment_intent",
    "charge": "charge",
    "refund": "refund",
    "invoice_payment": "invoice_payment",
    "checkout.session": "checkout.session",
    "product": "product",
    "price": "price",
    "coupon": "coupon",
    "promotion code": "promotion_code",
    "tax rate": "tax_rate",
    "billing meter": "billing.meter",
    "configuration": "billing_portal.configuration",
    "session": "billing_portal.session",
    "file upload": "file",
    "test clock": "test_helpers.test_clock",
}
"""What Stripe calls the kinds of things that something can happen to."""


def type_of(kind: str, act: str) -> str:
    """The type of a happening: `invoice.paid`, `frontdesk.customer.signed_in`."""
    if (kind, act) in OURS_ALONE:
        return f"{OURS}.{kind}.{act}"
    return f"{NAMES[kind]}.{act}"


TOLD: Mapping[str, tuple[str, str]] = {type_of(kind, act): (kind, act) for kind, acts in ACTS.items() for act in acts}
"""Every type that Frontdesk tells, with its kind and act."""
KNOWN: frozenset[str] = frozenset(
    {"*", *TOLD, *(f"{of}.{act}" for of, acts in STRIPES.items() for act in acts.split())}
)
"""What an endpoint may ask for. Types of Stripe's that never come here are taken all the same: programs that were
written for Stripe name them."""


def kinds_of(types: Collection[str]) -> tuple[tuple[str, str], ...]:
    """The kinds and acts of types, each of which may end with `*`: `invoice.*`."""
    return tuple(told for name, told in TOLD.items() if any(_fits(name, wanted) for wanted in types))


def _fits(name: str, wanted: str) -> bool:
    return name.startswith(wanted[:-1]) if wanted.endswith("*") else name == wanted
