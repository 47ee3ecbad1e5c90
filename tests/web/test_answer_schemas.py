"""The schemas of answers in our OpenAPI document: cut from Stripe's as the table says, whole, and none too many."""

from typing import Any

import pytest
from documented import DOCUMENT, operations, undocumented
from jsonschema_rs import meta
from served_schemas import cut, references, served, written
from stripe_deviations import DEVIATIONS, OURS
from stripe_openapi import document

from frontdesk_web.api.answer_schemas import ADDED, CUT, answer_schemas

SCHEMAS: dict[str, Any] = DOCUMENT["components"]["schemas"]


def test_they_are_what_the_table_makes_of_stripes_document() -> None:
    assert written() == CUT.read_bytes(), "say `make schemas`, and commit what comes of it"


def test_what_was_added_is_on_the_list_of_deviations_or_said_otherwise_than_stripes_does() -> None:
    """Only words are: fewer than Stripe's, or newer ones. The SDK walk sees that what we answer with is Stripe's."""
    stripes = document()["components"]["schemas"]
    added = {(schema, name) for schema, properties in ADDED.items() for name in properties}
    listed = {(each.schema, each.property) for each in DEVIATIONS} | set(OURS)
    assert listed <= added
    for schema, name in added - listed:
        assert stripes[schema]["properties"][name]["enum"], (schema, name)
    for schema, fields in served().items():
        known = {*stripes[schema].get("properties", ()), *ADDED.get(schema, ()), "*"}
        assert {each.rstrip("?-") for each in fields} <= known, schema


def test_every_schema_is_one_and_is_referred_to() -> None:
    for name, schema in SCHEMAS.items():
        meta.validate(schema)
        assert set(references(schema)) <= set(SCHEMAS), name
    reached, waiting = set(), set(references(DOCUMENT["paths"])) | {"error"}
    while waiting:
        name = waiting.pop()
        reached.add(name)
        waiting |= set(references(SCHEMAS[name])) - reached if name in SCHEMAS else set()
    assert set(SCHEMAS) - reached == set()


def test_an_object_that_is_listed_alone_and_within_is_one_schema() -> None:
    """Each answer is an object, or a list of objects, that has a name: so a program can have types for them."""
    for each in operations():
        content = each.described["responses"]["200"]["content"].get("application/json")
        if content is not None and not _never_lists(content["schema"]):
            assert set(references(content["schema"])), each


def _never_lists(schema: dict[str, Any]) -> bool:
    return schema.get("properties", {}).get("data", {}).get("maxItems") == 0


def test_stripes_schemas_answer_the_same_addresses() -> None:
    """Where Stripe names the schema of an answer, ours names the same one."""
    stripes = {_plain(path): item for path, item in document()["paths"].items()}
    compared = 0
    for each in operations():
        described = stripes.get(_plain(each.path), {}).get(each.method.lower())
        content = (described or {}).get("responses", {}).get("200", {}).get("content", {})
        if "application/json" not in content or each.path.startswith("/v2/"):
            continue
        theirs = set(references(content["application/json"]["schema"]))
        ours = set(references(each.described["responses"]["200"]["content"]["application/json"]["schema"]))
        assert ours <= theirs, each
        compared += 1
    assert compared > 100


def _plain(path: str) -> str:
    return "/".join("{}" if each.startswith("{") else each for each in path.split("/"))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"nickname": 3}, "nickname"),
        ({"nome": "Team"}, "nome"),
        ({"custom_unit_amount": {"minimum": 1}}, "custom_unit_amount"),
        ({"type": None}, "type"),
    ],
)
def test_a_wrong_answer_is_seen(change: dict[str, Any], says: str) -> None:
    price = {name: _some(schema) for name, schema in answer_schemas()["price"]["properties"].items()}
    price = {name: value for name, value in price.items() if name not in ("tiers", "currency_options")}
    assert undocumented("GET", "/v1/prices/price_1", 200, price) == []
    wrong = undocumented("GET", "/v1/prices/price_1", 200, price | change)
    assert says in wrong[0]


def _some(schema: dict[str, Any]) -> Any:
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return _some(schema["anyOf"][0] if "$ref" not in schema["anyOf"][0] else schema["anyOf"][-1])
    kind = schema["type"] if isinstance(schema["type"], str) else schema["type"][-1]
    return {"string": "a", "integer": 1, "boolean": True, "object": {}, "array": [], "null": None}[kind]


def test_what_is_cut_is_closed() -> None:
    assert all(each["additionalProperties"] is False for each in cut().values())


def test_every_type_of_tax_id_that_is_taken_is_one_that_is_answered() -> None:
    (takes,) = [each.takes() for each in operations() if str(each) == "POST /v1/tax_ids"]
    taken = set(takes["properties"]["type"]["enum"])
    for schema in ("tax_id", "invoices_resource_invoice_tax_id"):
        assert taken == set(SCHEMAS[schema]["properties"]["type"]["enum"]), schema
