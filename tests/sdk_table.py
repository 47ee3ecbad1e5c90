"""Every resource of the API as the official SDKs call it: one table, from which the walks of all languages are made.

A walk makes two of each, reads one with something expanded, changes it, pages through the list one by one, takes one
away, and asks for one that is not there. Whoever serves a new resource adds a row; what is served and never called is
a failure of `test_sdk_walk`.
"""

import base64
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct, field
from pictures import gradient, saved

Params = Mapping[str, Any]
YES: Params = {"metadata": {"walked": "yes"}}
"""The usual change."""


class Resource(Struct, frozen=True, kw_only=True):
    """One resource. A text `$products.2.id` in parameters or places is of what the walk made before; what begins with
    `@` is a file, in base64.

    `service` is the way to it in Python's client, Node's is made of it. `places` are the ids in front of its own.
    `then` are further acts on each that was made, `ends` is how the second one goes; both are acts with parameters.
    """

    service: str
    made: Sequence[Params] = ()
    places: Sequence[str] = ()
    then: Sequence[tuple[str, Params]] = ()
    expand: str | None = None
    change: Params | None = field(default_factory=lambda: YES)
    found_by: Params | None = {}
    """What the list is asked for; None where there is no list."""
    least: int = 2
    """How many there are to be listed, one a page."""
    alone: bool = True
    """Whether one can be read by its id."""
    ends: tuple[str, Params] | None = None
    searched: str | None = None
    acts: Sequence["Act"] = ()
    """What else there is."""


class Act(Struct, frozen=True, kw_only=True):
    """Another act. It is kept as `accounts.retrieve_current`, say."""

    act: str
    at: Sequence[str] = ()
    params: Params = {}


def _acts(at: str, *acts: tuple[str, Params]) -> tuple[Act, ...]:
    return tuple(Act(act=act, at=(at,), params=params) for act, params in acts)


_MONTH = {"interval": "month"}
_CUSTOMER = {"customer": "$customers.1.id"}
_CHARGED = {"amount": 1200, "currency": "eur", "payment_method_types": ["card"], **_CUSTOMER}
_DRESSED = {"settings": {"branding": {"logo": "$files.1.id"}}}
_PICTURE = "@" + base64.b64encode(saved(gradient(128, 128), "PNG")).decode()
TABLE: tuple[Resource, ...] = (
    Resource(
        service="products",
        made=(
            {"name": "Team", "default_price_data": {"currency": "eur", "unit_amount": 1200, "recurring": _MONTH}},
            {"name": "Alone"},
        ),
        expand="default_price",
        ends=("delete", {}),
        searched="active:'true'",
    ),
    Resource(service="products.features", places=("$products.1.id",), least=0, alone=False),
    Resource(
        service="prices",
        made=(
            {"product": "$products.1.id", "currency": "eur", "unit_amount": 500, "recurring": _MONTH},
            {"product": "$products.1.id", "currency": "eur", "unit_amount": 700},
        ),
        expand="product",
        searched="currency:'eur'",
    ),
    Resource(
        service="coupons", made=({"percent_off": 25, "duration": "forever"}, {"percent_off": 50}), ends=("delete", {})
    ),
    Resource(
        service="promotion_codes",
        made=({"promotion": {"type": "coupon", "coupon": "$coupons.1.id"}},) * 2,
        expand="promotion.coupon",
        ends=("update", {"active": False}),
    ),
    Resource(
        service="tax_rates",
        made=({"display_name": "VAT", "percentage": 19, "inclusive": False},) * 2,
        ends=("update", {"active": False}),
    ),
    Resource(service="tax_codes", change=None),
    Resource(
        service="tax.registrations",
        made=tuple(
            {"active_from": "now", "country": each, "country_options": {each.lower(): {"type": "standard"}}}
            for each in ("AT", "FR")
        ),
        change={"expires_at": ""},
    ),
    Resource(
        service="test_helpers.test_clocks",
        made=({"frozen_time": 1800000000},) * 2,
        change=None,
        ends=("delete", {}),
        acts=_acts("$test_helpers.test_clocks.1.id", ("advance", {"frozen_time": 1800003600})),
    ),
    Resource(
        service="customers",
        made=({"email": "jenny@example.com", "name": "Jenny Rosen"}, {"email": "other@example.com"}),
        expand="tax_ids",
        ends=("delete", {}),
        searched="email:'jenny@example.com'",
    ),
    Resource(
        service="customers.tax_ids",
        places=("$customers.1.id",),
        made=({"type": "eu_vat", "value": "DE123456789"}, {"type": "us_ein", "value": "12-3456789"}),
        change=None,
        ends=("delete", {}),
    ),
    Resource(
        service="tax_ids",
        made=tuple(
            {"type": "us_ein", "value": each, "owner": {"type": "customer", **_CUSTOMER}}
            for each in ("12-3456780", "12-3456781")
        ),
        found_by={"owner": {"type": "customer", **_CUSTOMER}},
        change=None,
        ends=("delete", {}),
    ),
    Resource(
        service="customers.balance_transactions",
        places=("$customers.1.id",),
        made=({"amount": -500, "currency": "eur"},) * 2,
        expand="customer",
        change=None,
    ),
    Resource(
        service="payment_methods",
        made=tuple({"type": "card", "card": {"token": each}} for each in ("tok_visa", "tok_mastercard")),
        then=(("attach", _CUSTOMER),),
        expand="customer",
        found_by=_CUSTOMER,
        ends=("detach", {}),
    ),
    Resource(service="customers.payment_methods", places=("$customers.1.id",), change=None),
    Resource(service="customers.payment_sources", places=("$customers.1.id",), least=0, alone=False),
    Resource(
        service="setup_intents",
        made=({**_CUSTOMER, "payment_method": "$payment_methods.1.id", "payment_method_types": ["card"]},) * 2,
        expand="payment_method",
        found_by=_CUSTOMER,
        ends=("cancel", {}),
        acts=_acts("$setup_intents.1.id", ("confirm", {})),
    ),
    Resource(
        service="payment_intents",
        made=(
            {**_CHARGED, "payment_method": "$payment_methods.1.id", "capture_method": "manual"},
            {**_CHARGED, "description": "Never confirmed"},
        ),
        expand="customer",
        found_by=_CUSTOMER,
        ends=("cancel", {"cancellation_reason": "duplicate"}),
        searched="currency:'eur'",
        acts=_acts("$payment_intents.1.id", ("confirm", {}), ("capture", {"amount_to_capture": 1000})),
    ),
    Resource(
        service="checkout.sessions",
        made=({"mode": "setup", "success_url": "https://shop.example.com/thanks", "currency": "eur", **_CUSTOMER},) * 2,
        expand="setup_intent",
        change=None,
        found_by=_CUSTOMER,
        ends=("expire", {}),
    ),
    Resource(service="files", made=({"file": _PICTURE, "purpose": "business_logo"},) * 2, change=None),
    Resource(service="file_links", made=({"file": "$files.1.id"},) * 2, expand="file"),
    Resource(
        service="subscriptions",
        made=tuple(
            {
                **_CUSTOMER,
                "collection_method": "send_invoice",
                "days_until_due": 14,
                "discounts": [{"coupon": "$coupons.1.id"}],
                "items": [{"price": "$prices.1.id", "quantity": each}],
            }
            for each in (10, 20)
        ),
        expand="latest_invoice",
        found_by=_CUSTOMER,
        ends=("cancel", {}),
        searched="status:'active'",
        acts=_acts("$subscriptions.2.id", ("delete_discount", {}), ("pause", {"type": "subscription"}), ("resume", {})),
    ),
    Resource(
        service="subscription_items",
        made=tuple(
            {
                "subscription": "$subscriptions.1.id",
                "price_data": {
                    "currency": "eur",
                    "product": "$products.1.id",
                    "recurring": _MONTH,
                    "unit_amount": each,
                },
            }
            for each in (100, 200)
        ),
        expand="price.product",
        found_by={"subscription": "$subscriptions.1.id"},
        ends=("delete", {}),
    ),
    Resource(
        service="subscription_schedules",
        made=(
            {
                **_CUSTOMER,
                "start_date": "now",
                "phases": [
                    {"items": [{"price": "$prices.1.id", "quantity": each}], "iterations": 1} for each in (2, 3)
                ],
            },
        )
        * 2,
        change={"end_behavior": "release"},
        ends=("cancel", {}),
        acts=_acts("$subscription_schedules.1.id", ("release", {})),
    ),
    Resource(
        service="invoices",
        made=(_CUSTOMER,) * 3,
        expand="customer",
        found_by=_CUSTOMER,
        ends=("delete", {}),
        searched="status:'open'",
        acts=(
            Act(act="create_preview", params={"subscription": "$subscriptions.1.id"}),
            *_acts(
                "$invoices.3.id",
                ("add_lines", {"lines": [{"amount": 100}]}),
                ("finalize_invoice", {}),
                ("send_invoice", {}),
                ("pay", {"payment_method": "$payment_methods.1.id"}),
            ),
            *_acts("$subscriptions.2.latest_invoice", ("mark_uncollectible", {}), ("void_invoice", {})),
        ),
    ),
    Resource(service="invoice_payments", expand="payment.payment_intent", change=None, least=1),
    Resource(
        service="charges",
        found_by=_CUSTOMER,
        expand="payment_intent",
        change=None,
        searched="status:'succeeded'",
        acts=_acts("$charges.1.id", ("update", YES)),
    ),
    Resource(
        service="refunds",
        made=(
            {"payment_intent": "$payment_intents.1.id", "amount": 100},
            {"charge": "$charges.1.id", "reason": "duplicate"},
        ),
        expand="charge",
    ),
    Resource(
        service="invoice_items",
        made=tuple(
            {**_CUSTOMER, "invoice": "$invoices.1.id", "amount": each, "currency": "eur"} for each in (100, 200, 300)
        ),
        expand="invoice",
        found_by={"invoice": "$invoices.1.id"},
        ends=("delete", {}),
    ),
    Resource(
        service="invoices.line_items",
        places=("$invoices.1.id",),
        alone=False,
        acts=_acts("$invoices.line_items.1.id", ("update", {"amount": 150})),
    ),
    Resource(
        service="invoices",
        found_by=None,
        alone=False,
        acts=_acts(
            "$invoices.1.id",
            ("update_lines", {"lines": [{"id": "$invoices.line_items.1.id", "amount": 200}]}),
            ("remove_lines", {"lines": [{"id": "$invoices.line_items.1.id", "behavior": "delete"}]}),
        ),
    ),
    Resource(
        service="credit_notes",
        made=tuple({"invoice": "$subscriptions.1.latest_invoice", "amount": each} for each in (5, 10)),
        expand="invoice",
        ends=("void_credit_note", {}),
        acts=(Act(act="preview", params={"invoice": "$subscriptions.1.latest_invoice", "amount": 5}),),
    ),
    Resource(service="credit_notes.line_items", places=("$credit_notes.1.id",), least=1, alone=False),
    Resource(
        service="billing.meters",
        made=tuple(
            {"display_name": "Calls", "event_name": each, "default_aggregation": {"formula": "sum"}}
            for each in ("calls", "texts")
        ),
        change={"display_name": "All calls"},
        ends=("deactivate", {}),
        acts=_acts("$billing.meters.1.id", ("deactivate", {}), ("reactivate", {})),
    ),
    Resource(
        service="billing.meter_events",
        made=({"event_name": "calls", "payload": {"stripe_customer_id": "$customers.1.id", "value": "3"}},),
        change=None,
        found_by=None,
        alone=False,
    ),
    Resource(
        service="billing.meters.event_summaries",
        places=("$billing.meters.1.id",),
        found_by={**_CUSTOMER, "start_time": 1800000000, "end_time": 1800003600},
        least=0,
        alone=False,
    ),
    Resource(
        service="billing.meter_event_adjustments",
        made=(
            {"event_name": "calls", "type": "cancel", "cancel": {"identifier": "$billing.meter_events.1.identifier"}},
        ),
        change=None,
        found_by=None,
        alone=False,
    ),
    Resource(
        service="billing.feedback_options",
        made=({"description": "We closed our office"}, {"description": "We moved"}),
        change={"description": "We closed"},
        ends=("deactivate", {}),
    ),
    Resource(
        service="billing_portal.configurations",
        made=({"features": {"invoice_history": {"enabled": True}}},) * 2,
        ends=("update", {"active": False}),
    ),
    Resource(
        service="billing_portal.sessions",
        made=({**_CUSTOMER, "expand": ["configuration"]},),
        change=None,
        found_by=None,
        alone=False,
    ),
    Resource(
        service="webhook_endpoints",
        made=({"url": "https://hooks.example.com/", "enabled_events": ["*"]},) * 2,
        ends=("delete", {}),
    ),
    Resource(service="events", found_by={"type": "customer.*"}, change=None),
    Resource(
        service="v2.core.accounts",
        made=({"contact_email": "jenny@example.com"}, {"contact_email": "other@example.com"}),
    ),
    Resource(
        service="accounts",
        least=0,
        alone=False,
        acts=(
            Act(act="retrieve_current"),
            *_acts("$accounts.retrieve_current.id", ("retrieve", {}), ("update", _DRESSED)),
        ),
    ),
    Resource(service="balance", found_by=None, alone=False, acts=(Act(act="retrieve"),)),
    Resource(
        service="tax.settings",
        found_by=None,
        alone=False,
        acts=(Act(act="retrieve"), Act(act="update", params={"defaults": {"tax_behavior": "inclusive"}})),
    ),
)


class Step(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One call of a walk, and what must be so of its answer.

    `keep` is the name by which later steps know the answer. A list is paged through, one a page, until everything that
    was made has been seen, and at least so many.
    """

    service: str
    act: str
    places: Sequence[str] = ()
    params: Params = {}
    keep: str | None = None
    expanded: str | None = None
    echo: Params = {}
    refused: bool = False
    pages: bool = False
    seen: Sequence[str] = ()
    least: int = 0


def steps(table: Sequence[Resource] = TABLE) -> list[Step]:
    """The walk. What ends comes last, latest first."""
    return [each for row in table for each in _walked(row)] + [each for row in reversed(table) for each in _ended(row)]


def _walked(row: Resource) -> Iterator[Step]:
    made = [f"{row.service}.{number}" for number in range(1, len(row.made) + 1)]
    one = (*row.places, f"${row.service}.1.id")
    for name, params in zip(made, row.made, strict=True):
        yield Step(service=row.service, act="create", places=row.places, params=params, keep=name)
    for act, params in row.then:
        for name in made:
            yield Step(service=row.service, act=act, places=(*row.places, f"${name}.id"), params=params)
    if row.found_by is not None:
        yield Step(
            service=row.service,
            act="list",
            places=row.places,
            params={**row.found_by, "limit": 1},
            keep=None if made else f"{row.service}.1",
            pages=True,
            seen=[f"${name}.id" for name in made],
            least=row.least,
        )
    if row.alone:
        asked: Params = {} if row.expand is None else {"expand": [row.expand]}
        yield Step(service=row.service, act="retrieve", places=one, params=asked, expanded=row.expand)
        yield Step(service=row.service, act="retrieve", places=(*row.places, "none"), refused=True)
    if made and row.change is not None:
        yield Step(service=row.service, act="update", places=one, params=row.change, echo=row.change)
    if row.searched is not None:
        asked = {"query": row.searched, "limit": 1}
        yield Step(service=row.service, act="search", params=asked, pages=True)
    for each in row.acts:
        places = (*row.places, *each.at)
        yield Step(
            service=row.service, act=each.act, places=places, params=each.params, keep=f"{row.service}.{each.act}"
        )


def _ended(row: Resource) -> Iterator[Step]:
    if row.ends is not None:
        act, params = row.ends
        yield Step(service=row.service, act=act, places=(*row.places, f"${row.service}.2.id"), params=params)
