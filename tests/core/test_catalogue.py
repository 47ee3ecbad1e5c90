"""What may be written of products and prices."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from frontdesk.book import BillingSettings, MarketingFeature, Price, Product, Recurring, Terms
from frontdesk.catalogue import change_catalogue, merge_metadata
from frontdesk.catalogue_commands import (
    CatalogueCommand,
    CreatePrice,
    CreateProduct,
    DeleteProduct,
    ProductFields,
    UpdatePrice,
    UpdateProduct,
)
from frontdesk.errors import Refused
from frontdesk.statement_descriptors import printed, product_problem

NOW = datetime(2026, 3, 1, tzinfo=UTC)
LATER = datetime(2026, 3, 2, tzinfo=UTC)
PRODUCT = Product(id="prod_1", name="Desk", created=NOW, updated=NOW, metadata={"a": "1", "b": "2"})
PRICE = Price(
    id="price_1",
    product="prod_1",
    currency="eur",
    unit_amount=Decimal(1200),
    created=NOW,
    recurring=Recurring(interval="month"),
    lookup_key="pro",
)
OTHER = Product(id="prod_2", name="Chair", created=NOW, updated=NOW)


def terms(*things: Product | Price) -> Terms:
    return Terms(
        settings=BillingSettings(currency="eur"),
        products={each.id: each for each in things if isinstance(each, Product)},
        prices={each.id: each for each in things if isinstance(each, Price)},
    )


FULL = terms(PRODUCT, OTHER, PRICE)


def new_price(**fields: Any) -> CreatePrice:
    return CreatePrice(
        **{"id": "price_2", "product": "prod_1", "currency": "eur", "unit_amount": Decimal(900)} | fields
    )


def refusal(command: CatalogueCommand, within: Terms = FULL) -> tuple[str, str, str | None]:
    with pytest.raises(Refused) as refused:
        change_catalogue(within, command, LATER)
    found = refused.value.refusal
    return found.code, found.for_tenant.format_map(dict(found.parameters)), found.param


def test_a_product_is_created_with_what_was_given() -> None:
    fields = ProductFields(name="Lamp", unit_label="seat", marketing_features=(MarketingFeature("bright"),))
    (product,) = change_catalogue(terms(), CreateProduct(id="lamp", fields=fields), NOW).products
    assert product == Product(
        id="lamp",
        name="Lamp",
        created=NOW,
        updated=NOW,
        unit_label="seat",
        marketing_features=(MarketingFeature("bright"),),
    )


def test_an_update_changes_what_is_given_and_merges_metadata() -> None:
    fields = ProductFields(description="Oak", metadata={"a": None, "c": "3"})
    (product,) = change_catalogue(FULL, UpdateProduct(id="prod_1", fields=fields), LATER).products
    assert product == replace(PRODUCT, description="Oak", metadata={"b": "2", "c": "3"}, updated=LATER, version=2)
    cleared = change_catalogue(
        terms(product), UpdateProduct(id="prod_1", fields=ProductFields(description=None)), LATER
    )
    assert cleared.products[0].description is None


@pytest.mark.parametrize(
    ("fields", "code", "param"),
    [
        (ProductFields(name=" "), "name_empty", "name"),
        (ProductFields(name="x" * 5001), "text_too_long", "name"),
        (ProductFields(unit_label="x" * 13), "text_too_long", "unit_label"),
        (ProductFields(statement_descriptor="ÜÄÖ"), "statement_descriptor_invalid", "statement_descriptor"),
        (ProductFields(statement_descriptor="12345"), "statement_descriptor_invalid", "statement_descriptor"),
        (ProductFields(statement_descriptor="DESK<1>"), "statement_descriptor_invalid", "statement_descriptor"),
        (ProductFields(images=("https://x/y.png",) * 9), "images_invalid", "images"),
        (
            ProductFields(marketing_features=(MarketingFeature("x" * 81),)),
            "marketing_features_invalid",
            "marketing_features",
        ),
        (ProductFields(metadata={str(n): "x" for n in range(49)}), "metadata_too_large", "metadata"),
        (ProductFields(metadata={"k" * 41: "x"}), "metadata_key", "metadata"),
        (ProductFields(metadata={"k": "x" * 501}), "metadata_value", "metadata[k]"),
        (ProductFields(default_price="price_9"), "no_such_price", "default_price"),
    ],
)
def test_fields_that_a_product_refuses(fields: ProductFields, code: str, param: str) -> None:
    assert refusal(UpdateProduct(id="prod_1", fields=fields))[::2] == (code, param)


@pytest.mark.parametrize(
    ("text", "problem", "line"),
    [
        ("Yoga Mondays", None, "YOGA MONDAYS"),
        ("Yoga für alle", None, "YOGA FR ALLE"),
        ("A*B & Co.", None, "A*B & CO."),
        ("x" * 22, None, "X" * 22),
        ("x" * 23, "at most 22", "X" * 23),
        ("123", "A to Z", "123"),
        ("ÜÄÖ 1", "A to Z", "1"),
        ("a<b", "angle brackets", "A<B"),
        ("a\\b", "backslashes", "A\\B"),
        ("it's", "quotation marks", "IT'S"),
        ("", "A to Z", ""),
    ],
)
def test_what_banks_print_of_a_product(text: str, problem: str | None, line: str) -> None:
    found = product_problem(text)
    assert (found is None) if problem is None else (found is not None and problem in found)
    assert printed(text) == line
    # The page and the API agree on what is taken.
    if text:
        fields = ProductFields(name="Desk", statement_descriptor=text)
        try:
            change_catalogue(terms(), CreateProduct(id="prod_9", fields=fields), NOW)
        except Refused:
            assert found is not None
        else:
            assert found is None


def test_a_default_price_belongs_to_its_product_and_is_active() -> None:
    mine = UpdateProduct(id="prod_1", fields=ProductFields(default_price="price_1"))
    assert change_catalogue(FULL, mine, NOW).products[0].default_price == "price_1"
    other = UpdateProduct(id="prod_2", fields=ProductFields(default_price="price_1"))
    assert refusal(other)[0] == "default_price_of_another"
    assert refusal(mine, terms(PRODUCT, replace(PRICE, active=False)))[0] == "default_price_inactive"


def test_a_product_with_prices_stays() -> None:
    assert refusal(DeleteProduct("prod_1"))[1] == (
        "This product cannot be deleted because it has one or more user-created prices."
    )
    (deleted,) = change_catalogue(FULL, DeleteProduct("prod_2"), LATER).products
    assert (deleted.deleted, deleted.active, deleted.version) == (True, False, 2)
    assert refusal(DeleteProduct("prod_2"), terms(deleted))[1] == "No such product: 'prod_2'"


def test_unknown_and_known_ids() -> None:
    assert refusal(UpdateProduct(id="prod_9", fields=ProductFields(name="x")))[0] == "no_such_product"
    assert refusal(DeleteProduct("prod_9"))[0] == "no_such_product"
    assert refusal(UpdatePrice(id="price_9"))[1] == "No such price: 'price_9'"
    assert refusal(new_price(product="prod_9"))[::2] == ("no_such_product", "product")
    assert refusal(CreateProduct(id="prod_1", fields=ProductFields(name="x")))[0] == "product_exists"
    assert refusal(CreateProduct(id="prod_3", fields=ProductFields()))[0] == "name_missing"
    assert refusal(new_price(id="price_1"))[0] == "price_exists"


def test_a_price_keeps_what_was_given() -> None:
    (price,) = change_catalogue(
        FULL, new_price(unit_amount=Decimal("0.000000000001"), recurring=Recurring(interval="year")), NOW
    ).prices
    assert (price.unit_amount, price.recurring, price.version) == (
        Decimal("0.000000000001"),
        Recurring(interval="year"),
        1,
    )


@pytest.mark.parametrize(
    ("fields", "code", "param"),
    [
        ({"currency": "xyz"}, "currency_unknown", "currency"),
        ({"currency": "EUR"}, "currency_unknown", "currency"),
        ({"unit_amount": Decimal(-1)}, "unit_amount_invalid", "unit_amount"),
        ({"unit_amount": Decimal("NaN")}, "unit_amount_invalid", "unit_amount"),
        ({"unit_amount": Decimal("Infinity")}, "unit_amount_invalid", "unit_amount"),
        ({"unit_amount": Decimal("0.0000000000001")}, "unit_amount_places", "unit_amount_decimal"),
        ({"recurring": Recurring(interval="month", interval_count=0)}, "interval_count_invalid", None),
        ({"recurring": Recurring(interval="month", interval_count=37)}, "interval_too_long", None),
        ({"recurring": Recurring(interval="week", interval_count=157)}, "interval_too_long", None),
        ({"recurring": Recurring(interval="year", interval_count=4)}, "interval_too_long", None),
        ({"lookup_key": "k" * 201}, "text_too_long", "lookup_key"),
    ],
)
def test_prices_that_are_refused(fields: dict[str, Any], code: str, param: str | None) -> None:
    assert refusal(new_price(**fields))[::2] == (code, param or "recurring[interval_count]")


@pytest.mark.parametrize(("interval", "count"), [("day", 1095), ("week", 156), ("month", 36), ("year", 3)])
def test_three_years_are_allowed(interval: Any, count: int) -> None:
    recurring = Recurring(interval=interval, interval_count=count)
    assert change_catalogue(FULL, new_price(recurring=recurring), NOW).prices[0].recurring == recurring


def test_a_lookup_key_is_taken_or_transferred() -> None:
    assert refusal(new_price(lookup_key="pro"))[1:] == (
        "A price (`price_1`) already uses that lookup key.",
        "lookup_key",
    )
    held, taken = change_catalogue(FULL, new_price(lookup_key="pro", transfer_lookup_key=True), NOW).prices
    assert (held.id, held.lookup_key, held.active, held.version) == ("price_1", None, True, 2)
    assert (taken.id, taken.lookup_key) == ("price_2", "pro")
    again = change_catalogue(FULL, UpdatePrice(id="price_1", lookup_key="pro"), NOW).prices
    assert [each.lookup_key for each in again] == ["pro"]


def test_tax_behavior_is_frozen_once_set() -> None:
    (price,) = change_catalogue(FULL, UpdatePrice(id="price_1", tax_behavior="exclusive"), NOW).prices
    assert (price.tax_behavior, price.version) == ("exclusive", 2)
    for other in ("inclusive", "unspecified"):
        assert refusal(UpdatePrice(id="price_1", tax_behavior=other), terms(PRODUCT, price))[0] == (
            "tax_behavior_frozen"
        )
    assert change_catalogue(terms(PRODUCT, price), UpdatePrice(id="price_1", tax_behavior="exclusive"), NOW).prices


def test_the_default_price_is_not_archived() -> None:
    product = replace(PRODUCT, default_price="price_1")
    assert refusal(UpdatePrice(id="price_1", active=False), terms(product, PRICE))[1] == (
        "This price cannot be archived because it is the default price of its product."
    )
    assert not change_catalogue(FULL, UpdatePrice(id="price_1", active=False), NOW).prices[0].active


def test_metadata_merges() -> None:
    assert merge_metadata({"a": "1", "b": "2"}, {"a": None, "b": "3", "c": "4"}) == {"b": "3", "c": "4"}
    assert merge_metadata({"a": "1"}, {}) == {"a": "1"}
