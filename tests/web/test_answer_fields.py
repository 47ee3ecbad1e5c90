"""What the API reference says of the objects in answers."""

import pytest

from frontdesk_web.api.router import ENDPOINTS
from frontdesk_web.dashboard.answer_fields import objects_of

HELD = {row.name: {field.name: field.holds for field in row.fields} for row in objects_of(ENDPOINTS, "en")}


@pytest.mark.parametrize("locale", ["en", "de"])
def test_every_object_has_fields_in_every_language_of_staff(locale: str) -> None:
    for row in objects_of(ENDPOINTS, locale):
        assert [row.fields[0].name] in (["id"], ["object"]), row
        assert all(field.name and field.holds for field in row.fields), row


@pytest.mark.parametrize(
    ("kind", "field", "holds"),
    [
        ("subscription", "object", "subscription"),
        ("subscription", "customer", "id, or customer where it is expanded"),
        ("subscription", "items", "list: subscription_item"),
        ("subscription", "discounts", "list: id, or discount where it is expanded"),
        ("subscription", "cancel_at", "Unix seconds, or null"),
        ("subscription", "collection_method", "one of charge_automatically, send_invoice"),
        ("subscription", "cancellation_details", "the following fields, or null"),
        ("subscription", "cancellation_details.comment", "text, or null"),
        ("subscription", "billing_schedules", "empty list"),
        ("customer", "metadata", "keys and values"),
        ("customer", "shipping.address.city", "text, or null"),
        ("tax.registration", "country_options", "keys and values"),
        ("price", "recurring.interval_count", "whole number"),
        ("billing_portal.configuration", "frontdesk.retention.before[].offer.type", "one of coupon, pause, plan"),
        ("coupon", "percent_off", "number, or null"),
    ],
)
def test_a_field_says_what_it_holds(kind: str, field: str, holds: str) -> None:
    assert HELD[kind][field] == holds


def test_what_is_always_null_stands_apart() -> None:
    (customer,) = [row for row in objects_of(ENDPOINTS, "en") if row.name == "customer"]
    assert "invoice_prefix" in customer.empty
    assert "invoice_prefix" not in HELD["customer"]
