"""The colours of a brand's pages, computed from its two: readable whatever was chosen, and what was moved for that."""

from functools import lru_cache
from typing import Literal

import msgspec

from frontdesk.colours import BLACK, WHITE, contrast, oklch, readable_on, tinted, with_lightness

TEXT_CONTRAST = 4.5
CONTROL_CONTRAST = 3.0

_LIGHT_STEPS = (1.0, 0.985, 0.965, 0.93, 0.885, 0.645, 0.56, 0.475, 0.345, 0.215)
_DARK_STEPS = (0.178, 0.208, 0.238, 0.285, 0.345, 0.565, 0.66, 0.745, 0.87, 0.955)
_TINT = 0.02


class Scheme(msgspec.Struct, frozen=True, kw_only=True):
    """The computed colours of one scheme (light or dark), all `#rrggbb`.

    `panel` is the side with the tenant's name, `accent` fills buttons, `accent_text` is the accent as text on the page,
    `accent_soft` marks what is chosen, `neutrals` go from the page's ground (0) to its text (9).
    """

    panel: str
    on_panel: str
    on_panel_quiet: str
    panel_line: str
    accent: str
    accent_strong: str
    on_accent: str
    accent_text: str
    accent_soft: str
    neutrals: tuple[str, ...]


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """A colour that could not be used as it was chosen, and how it was corrected.

    `chosen` had `ratio` contrast with `ground`, where `needed` is the least; `used` reaches it. `place` is what the
    colour is for: `button` (the button itself against the page) or `link` (the colour as text).
    """

    scheme: Literal["light", "dark"]
    place: Literal["button", "link"]
    chosen: str
    used: str
    ground: str
    ratio: float
    needed: float


class Palette(msgspec.Struct, frozen=True, kw_only=True):
    """Both schemes of a brand. `moved` says which colours could not be used as they were chosen."""

    light: Scheme
    dark: Scheme
    moved: tuple[Move, ...]


@lru_cache(maxsize=1024)
def palette(background: str, accent: str) -> Palette:
    """The colours of every page of a brand, from its two colours."""
    light = _scheme(background, accent, background, _LIGHT_STEPS, soft=0.955)
    dark_panel = with_lightness(background, min(oklch(background).lightness, 0.29), chroma_at_most=0.085)
    dark = _scheme(dark_panel, accent, background, _DARK_STEPS, soft=0.27)
    return Palette(light=light, dark=dark, moved=(*_moves("light", accent, light), *_moves("dark", accent, dark)))


def neutrals(steps: tuple[float, ...], brand: str) -> tuple[str, ...]:
    """Greys of the given lightnesses, each tinted 2 % toward the brand."""
    return tuple(tinted(step, brand, _TINT) for step in steps)


def text_on(background: str) -> str:
    """White where it can be read on `background`, else nearly black; at least 4.5:1 either way."""
    if contrast(WHITE, background) >= TEXT_CONTRAST:
        return WHITE
    return readable_on(tinted(0.2, background, 0.1), background, TEXT_CONTRAST)


def _scheme(panel: str, accent: str, tint: str, steps: tuple[float, ...], soft: float) -> Scheme:
    scale = neutrals(steps, tint)
    button = readable_on(accent, scale[0], CONTROL_CONTRAST)
    on_button = text_on(button)
    away = -0.06 if on_button == WHITE else 0.06
    on_panel = text_on(panel)
    quiet = _between(panel, on_panel, 0.72)
    soft_ground = with_lightness(accent, soft, chroma_at_most=0.018 if soft > 0.5 else 0.05)
    accent_text = readable_on(readable_on(accent, scale[1], TEXT_CONTRAST), soft_ground, TEXT_CONTRAST)
    return Scheme(
        panel=panel,
        on_panel=on_panel,
        on_panel_quiet=readable_on(quiet, panel, TEXT_CONTRAST),
        panel_line=_between(panel, on_panel, 0.2),
        accent=button,
        accent_strong=readable_on(with_lightness(button, oklch(button).lightness + away), on_button, TEXT_CONTRAST),
        on_accent=on_button,
        accent_text=accent_text,
        accent_soft=soft_ground,
        neutrals=scale,
    )


def _between(ground: str, text: str, share: float) -> str:
    """A colour between two, `share` of the way from ground to text, with the ground's hue."""
    start, end = oklch(ground).lightness, oklch(text).lightness
    return with_lightness(ground if ground not in (WHITE, BLACK) else text, start + (end - start) * share, 0.08)


def _moves(scheme: Literal["light", "dark"], accent: str, computed: Scheme) -> tuple[Move, ...]:
    """What became of the button colour in a scheme."""
    page, raised = computed.neutrals[:2]
    # As text it must be read on the raised ground and on what is chosen; the worse of the two is told.
    text_ground = min(raised, computed.accent_soft, key=lambda ground: contrast(accent, ground))
    told: list[tuple[Literal["button", "link"], str, str, float]] = [
        ("button", computed.accent, page, CONTROL_CONTRAST),
        ("link", computed.accent_text, text_ground, TEXT_CONTRAST),
    ]
    return tuple(
        Move(
            scheme=scheme,
            place=place,
            chosen=accent,
            used=used,
            ground=ground,
            ratio=contrast(accent, ground),
            needed=needed,
        )
        for place, used, ground, needed in told
        if used != accent
    )
