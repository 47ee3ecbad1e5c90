"""Signing up: what is asked, slugs and suggestions, and who may."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from seat_shop import NOW

from frontdesk.house_settings import HouseSettings
from frontdesk.house_settings import faults_of as settings_faults
from frontdesk.portal_configuration import default_configuration
from frontdesk.signing_up import SignUp, closed_to, faults_of, needs_approval, tidied
from frontdesk.slugs import is_reserved, is_slug, numbered, suggested
from frontdesk.starting_points import StartingPoint, begun

ASKED = SignUp(
    name="Brandt Yoga",
    slug="brandt-yoga",
    country="DE",
    currency="eur",
    locale="de",
    starting_point=StartingPoint.MEMBERSHIP,
    backend="invoice_only",
)
BACKENDS = ("invoice_only", "stripe")


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Brandt Yoga", "brandt-yoga"),
        ("Müller & Söhne GmbH", "mueller-soehne-gmbh"),
        ("Café Zoë", "cafe-zoe"),
        ("Ærø Færge", "aero-faerge"),
        ("O'Brien's", "obriens"),
        ("21 Grams", "grams"),
        ("42", "portal"),
        ("日本", "portal"),
        ("A", "a-portal"),
        ("Login", "login-portal"),
        ("Staff", "staff-portal"),
        ("My Browser", "my-browser-portal"),
        ("x" * 60, "x" * 40),
    ],
)
def test_slugs_are_suggested(name: str, slug: str) -> None:
    assert suggested(name) == slug


@given(st.text(max_size=80))
def test_every_suggestion_is_a_slug(name: str) -> None:
    slug = suggested(name)
    assert is_slug(slug)
    assert not is_reserved(slug)
    assert is_slug(numbered(slug, 17))


def test_what_is_asked_is_tidied() -> None:
    messy = replace(ASKED, name="  Brandt \t Yoga ", slug="", country="de", currency="EUR")
    assert tidied(messy) == ASKED
    assert tidied(replace(ASKED, slug=" Brandt-YOGA ")) == ASKED
    assert faults_of(ASKED, BACKENDS) == ()


@pytest.mark.parametrize(
    ("changed", "param", "code"),
    [
        ({"name": ""}, "name", "text_needed"),
        ({"name": "x" * 101}, "name", "text_too_long"),
        ({"name": "a\x00b"}, "name", "text_unprintable"),
        ({"slug": "a"}, "slug", "slug_invalid"),
        ({"slug": "-abc"}, "slug", "slug_invalid"),
        ({"slug": "login"}, "slug", "slug_taken"),
        ({"slug": "acme-browser"}, "slug", "slug_taken"),
        ({"country": "XX"}, "country", "country_unknown"),
        ({"currency": "abc"}, "currency", "currency_unknown"),
        ({"backend": "nothing"}, "backend", "backend_unknown"),
    ],
)
def test_each_fault_names_its_field(changed: dict[str, str], param: str, code: str) -> None:
    faults = faults_of(replace(ASKED, **changed), BACKENDS)
    assert [(each.param, each.code) for each in faults] == [(param, code)]


def test_who_may() -> None:
    assert closed_to("open", invited=False) is None
    assert closed_to("approval", invited=False) is None
    assert closed_to("invitation", invited=True) is None
    refusal = closed_to("invitation", invited=False)
    assert refusal is not None
    assert refusal.code == "by_invitation_only"
    assert needs_approval("approval", invited=False)
    assert not needs_approval("approval", invited=True)
    assert not needs_approval("open", invited=False)


def test_starting_points_fill_in_and_switch_nothing_on_that_leads_nowhere() -> None:
    born = default_configuration("bpc_1", NOW)
    seats, membership, one_off = (begun(born, each).features for each in StartingPoint)
    assert {each.subscription_update.enabled for each in (seats, membership, one_off)} == {False}
    assert seats.subscription_update.default_allowed_updates == ("price", "quantity")
    assert membership.subscription_update.default_allowed_updates == ("price",)
    assert (seats.subscription_cancel.enabled, one_off.subscription_cancel.enabled) == (True, False)
    assert one_off.invoice_history.enabled


def test_prices_in_the_language_or_any() -> None:
    settings = HouseSettings(
        prices={"stripe": {"en": "0.5 % of volume", "de": "0,5 % vom Umsatz"}, "x": {"en": "Free"}}
    )
    assert settings.price("stripe", "de") == "0,5 % vom Umsatz"
    assert settings.price("x", "de") == "Free"
    assert settings.price("none", "de") == ""


@pytest.mark.parametrize(
    ("changed", "param"),
    [
        ({"service_name": " "}, "service_name"),
        ({"service_name": "x" * 61}, "service_name"),
        ({"prices": {"stripe": {"de": "x" * 301}}}, "prices[stripe][de]"),
        ({"prices": {"stripe": {"de": "a\nb"}}}, "prices[stripe][de]"),
        ({"contact": "nobody"}, "email"),
    ],
)
def test_faults_of_settings(changed: dict[str, object], param: str) -> None:
    assert [each.param for each in settings_faults(replace(HouseSettings(), **changed))] == [param]  # type: ignore[arg-type]
    assert settings_faults(HouseSettings(contact="house@example.com")) == ()
