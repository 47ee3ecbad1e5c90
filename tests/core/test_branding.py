"""A brand accepts typed tokens only, and whatever colours it has, its pages can be read."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.branding import Brand, BrandInvalid, Font, Radius, palette, text_on
from frontdesk.colours import contrast, hexadecimal, oklch, readable_on

colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@given(colours, colours, st.sampled_from([3.0, 4.5]))
def test_every_pair_of_colours_becomes_readable(colour: str, background: str, minimum: float) -> None:
    moved = readable_on(colour, background, minimum)
    assert contrast(moved, background) >= minimum
    if contrast(colour, background) >= minimum:
        assert moved == colour


@given(colours, colours)
def test_no_shorter_move_would_have_been_enough(colour: str, background: str) -> None:
    moved = readable_on(colour, background)
    if moved == colour:
        return
    start, end = oklch(colour), oklch(moved)
    halfway = hexadecimal(
        msgspec.structs.replace(start, lightness=start.lightness + (end.lightness - start.lightness) / 2)
    )
    assert contrast(halfway, background) < 4.5


@given(colours)
def test_colours_survive_the_way_through_oklch(colour: str) -> None:
    assert hexadecimal(oklch(colour)) == colour


@given(colours)
def test_text_can_be_read_on_every_ground(colour: str) -> None:
    assert contrast(text_on(colour), colour) >= 4.5


@given(colours, colours)
def test_every_page_of_every_brand_can_be_read(background: str, accent: str) -> None:
    both = palette(background, accent)
    assert both.light.panel == background
    assert both.moved == (() if both.light.accent == accent else ("accent",))
    for scheme in (both.light, both.dark):
        page, raised, sunken = scheme.neutrals[:3]
        assert contrast(scheme.on_panel, scheme.panel) >= 4.5
        assert contrast(scheme.on_panel_quiet, scheme.panel) >= 4.5
        assert contrast(scheme.on_accent, scheme.accent) >= 4.5
        assert contrast(scheme.on_accent, scheme.accent_strong) >= 4.5
        assert contrast(scheme.accent, page) >= 3
        assert contrast(scheme.neutrals[5], page) >= 3
        for ground in (page, raised, scheme.accent_soft):
            assert contrast(scheme.accent_text, ground) >= 4.5
        for ground in (page, raised, sunken, scheme.accent_soft):
            assert contrast(scheme.neutrals[7], ground) >= 4.5
            assert contrast(scheme.neutrals[9], ground) >= 7


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


def test_a_brand_is_written_and_read_as_it_was() -> None:
    brand = Brand(business_name="Oatmill", background="#f6ead8", accent="#b4441f", font=Font.LORA, radius=Radius.PILL)
    assert msgspec.json.decode(msgspec.json.encode(brand), type=Brand) == brand


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("business_name", "  "),
        ("headline", "x" * 61),
        ("background", "red"),
        ("background", "#FFFFFF"),
        ("background", "#ffffff\n"),
        ("accent", "#fff;}body{display:none"),
        ("accent", "#１２３４５６"),
        ("font", "comic_sans"),
        ("radius", "8px"),
        ("icon_file", "../../etc/passwd"),
        ("logo_file", "logo.png"),
        ("privacy_url", "javascript:alert(1)"),
        ("terms_url", "https://"),
        ("terms_url", 'https://example.com/"onload="'),
        ("support_url", "https://user@evil.example"),
        ("support_url", "//example.com"),
        ("support_email", "help@example.com, other@example.com"),
        ("support_phone", "call me"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(field: str, value: str) -> None:
    with pytest.raises(BrandInvalid) as refused:
        Brand(**{"business_name": "Acme", field: value})  # type: ignore[arg-type]
    assert refused.value.field == field
    assert refused.value.sentence.endswith(".")


@given(st.sampled_from(["background", "accent", "icon_file", "privacy_url"]), st.text())
def test_no_text_is_a_token(field: str, text: str) -> None:
    with pytest.raises(BrandInvalid):
        Brand(**{"business_name": "Acme", field: text})  # type: ignore[arg-type]
