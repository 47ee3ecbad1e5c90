"""Whatever colours a brand has, its pages can be read, and what was moved for that is told."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.colours import contrast, hexadecimal, oklch, readable_on
from frontdesk.palettes import Move, palette, text_on

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


@given(colours, colours)
def test_every_correction_is_told_and_nothing_else(background: str, accent: str) -> None:
    both = palette(background, accent)
    used = {
        ("light", "button"): both.light.accent,
        ("light", "link"): both.light.accent_text,
        ("dark", "button"): both.dark.accent,
        ("dark", "link"): both.dark.accent_text,
    }
    told = {(move.scheme, move.place): move.used for move in both.moved}
    assert told == {where: colour for where, colour in used.items() if colour != accent}
    for move in both.moved:
        assert move.chosen == accent
        assert move.ratio == contrast(accent, move.ground) < move.needed <= contrast(move.used, move.ground)


def test_a_yellow_button_is_made_darker_on_white() -> None:
    move = palette("#1d2b4f", "#ffe600").moved[0]
    assert isinstance(move, Move)
    assert (move.scheme, move.place, move.chosen, move.ground, move.needed) == (
        "light",
        "button",
        "#ffe600",
        "#ffffff",
        3.0,
    )
    assert oklch(move.used).lightness < oklch("#ffe600").lightness
    assert palette("#1d2b4f", "#2f5bd7").moved[0].scheme == "dark"
