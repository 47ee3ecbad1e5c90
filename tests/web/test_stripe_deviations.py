"""The list of deviations is true: each is missing in the document, and typed in the official SDK."""

import pytest
from stripe_deviations import DEVIATIONS, OURS, Deviation
from stripe_openapi import document


@pytest.mark.parametrize("deviation", DEVIATIONS, ids=lambda each: f"{each.schema}.{each.property}")
def test_a_deviation_is_newer_than_the_document_and_known_to_the_sdk(deviation: Deviation) -> None:
    schema = document()["components"]["schemas"][deviation.schema]
    assert deviation.property not in schema["properties"], "the document has it: take it off the list"
    assert deviation.property in deviation.sdk.__annotations__


def test_what_is_ours_alone_is_no_word_of_stripes() -> None:
    for schema, ours in OURS:
        assert ours not in document()["components"]["schemas"][schema]["properties"]
