"""The `frontdesk` block of a portal configuration in the API: each subject is written, read and cleared."""

import msgspec
import pytest

from frontdesk.frontdesk_settings import FrontdeskSettings
from frontdesk.retention import OfferRule, StayOffer
from frontdesk_web.api.configuration_parameters import CREATE, UPDATE
from frontdesk_web.api.errors import ApiError
from frontdesk_web.api.frontdesk_parameters import SUBJECTS, changed_settings, shown_settings
from frontdesk_web.api.parameters import read


def test_every_subject_can_be_written_and_is_shown() -> None:
    assert set(SUBJECTS) == set(FrontdeskSettings.__struct_fields__)
    shown = shown_settings(FrontdeskSettings())
    for name, subject in SUBJECTS.items():
        assert set(shown[name]) == set(subject.takes), name


def test_configurations_that_are_stored_without_the_block_are_as_before() -> None:
    assert msgspec.json.decode("{}", type=FrontdeskSettings) == FrontdeskSettings()


def test_the_block_and_each_subject_are_cleared_by_an_empty_text() -> None:
    for given in ({"frontdesk": ""}, {"frontdesk": dict.fromkeys(SUBJECTS, "")}):
        asked = read(UPDATE, given)
        assert changed_settings(FrontdeskSettings(), asked["frontdesk"]) == FrontdeskSettings()
    assert changed_settings(FrontdeskSettings(), {}) == FrontdeskSettings()


@pytest.mark.parametrize("table", [CREATE, UPDATE])
def test_a_subject_that_there_is_not_is_refused(table: dict[str, object]) -> None:
    features = {"features": {"invoice_history": {"enabled": "true"}}}
    with pytest.raises(ApiError) as refused:
        read(table, {**features, "frontdesk": {"telepathy": {"enabled": "true"}}})
    assert (refused.value.code, refused.value.param) == ("parameter_unknown", "frontdesk[telepathy]")


def test_offers_to_stay_are_written_as_they_are_shown() -> None:
    offers = {
        "enabled": "true",
        "again_after_months": "6",
        "before": {"0": {"offer": {"type": "pause", "months": "2"}, "from_months": "3", "to_months": ""}},
        "after": {
            "0": {
                "offer": {"type": "coupon", "coupon": "quarter"},
                "products": {"0": "prod_1"},
                "reasons": {"0": "unused", "1": "fo_1"},
            }
        },
    }
    written = changed_settings(FrontdeskSettings(), read(UPDATE, {"frontdesk": {"retention": offers}})["frontdesk"])
    settings = written.retention
    assert settings.before == (OfferRule(offer=StayOffer(type="pause", months=2), from_months=3),)
    (after,) = settings.after
    assert (after.products, after.reasons) == (("prod_1",), ("unused", "fo_1"))
    shown = shown_settings(written)["retention"]
    assert (shown["enabled"], shown["again_after_months"]) == (True, 6)
    assert shown["after"][0]["offer"] == {"type": "coupon", "coupon": "quarter", "months": None, "price": None}
    one = {"frontdesk": {"retention": {"before": ""}}}
    kept = changed_settings(written, read(UPDATE, one)["frontdesk"]).retention
    assert (kept.before, kept.after, kept.enabled) == ((), settings.after, True)
