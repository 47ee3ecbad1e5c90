"""A brand as a stylesheet: custom properties and nothing else, under a name that is its hash.

Only `#rrggbb` colours and values from the tables below are written, so no text of a tenant reaches it (trust.md B16).
"""

import hashlib
from functools import lru_cache

from frontdesk.branding import Brand, Font, Radius
from frontdesk.palettes import Scheme, palette

SYSTEM_FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif'
SERIF_FONT = 'ui-serif, Georgia, "Times New Roman", serif'
MONOSPACE_FONT = "ui-monospace, SFMono-Regular, Menlo, Consolas, monospace"

FONT_STACKS: dict[Font, str] = {
    Font.DEFAULT: SYSTEM_FONT,
    Font.BE_VIETNAM_PRO: f'"Be Vietnam Pro", {SYSTEM_FONT}',
    Font.BITTER: f'"Bitter Variable", {SERIF_FONT}',
    Font.CHAKRA_PETCH: f'"Chakra Petch", {SYSTEM_FONT}',
    Font.HAHMLET: f'"Hahmlet Variable", {SERIF_FONT}',
    Font.INCONSOLATA: f'"Inconsolata Variable", {MONOSPACE_FONT}',
    Font.INTER: f'"Inter Variable", {SYSTEM_FONT}',
    Font.LATO: f'"Lato", {SYSTEM_FONT}',
    Font.LORA: f'"Lora Variable", {SERIF_FONT}',
    Font.MONTSERRAT: f'"Montserrat Variable", {SYSTEM_FONT}',
    Font.M_PLUS_1_CODE: f'"M PLUS 1 Code Variable", {MONOSPACE_FONT}',
    Font.NOTO_SANS: f'"Noto Sans Variable", {SYSTEM_FONT}',
    Font.NOTO_SANS_JP: f'"Noto Sans JP Variable", {SYSTEM_FONT}',
    Font.NOTO_SERIF: f'"Noto Serif Variable", {SERIF_FONT}',
    Font.NUNITO: f'"Nunito Variable", {SYSTEM_FONT}',
    Font.OPEN_SANS: f'"Open Sans Variable", {SYSTEM_FONT}',
    Font.PRIDI: f'"Pridi", {SERIF_FONT}',
    Font.PT_SANS: f'"PT Sans", {SYSTEM_FONT}',
    Font.PT_SERIF: f'"PT Serif", {SERIF_FONT}',
    Font.RALEWAY: f'"Raleway Variable", {SYSTEM_FONT}',
    Font.ROBOTO: f'"Roboto Variable", {SYSTEM_FONT}',
    Font.ROBOTO_SLAB: f'"Roboto Slab Variable", {SERIF_FONT}',
    Font.SOURCE_SANS_PRO: f'"Source Sans 3 Variable", {SYSTEM_FONT}',
    Font.TITILLIUM_WEB: f'"Titillium Web", {SYSTEM_FONT}',
    Font.UBUNTU_MONO: f'"Ubuntu Mono", {MONOSPACE_FONT}',
    Font.ZEN_MARU_GOTHIC: f'"Zen Maru Gothic", {SYSTEM_FONT}',
}

# Controls, and the larger boxes around them: a pill-shaped card would cut its own corners off.
RADII: dict[Radius, tuple[int, int]] = {Radius.RECTANGULAR: (2, 2), Radius.ROUNDED: (8, 12), Radius.PILL: (999, 20)}

_COLOURS = {
    "brand": "panel",
    "on-brand": "on_panel",
    "on-brand-quiet": "on_panel_quiet",
    "brand-line": "panel_line",
    "accent": "accent",
    "accent-strong": "accent_strong",
    "on-accent": "on_accent",
    "accent-text": "accent_text",
    "accent-soft": "accent_soft",
}


@lru_cache(maxsize=1024)
def stylesheet(brand: Brand) -> bytes:
    """The stylesheet of a brand: the light scheme, and the dark one for readers who prefer it."""
    colours = palette(brand.background, brand.accent)
    control, box = RADII[brand.radius]
    shape = f"--font: {FONT_STACKS[brand.font]}; --radius: {control}px; --radius-box: {box}px;"
    return (
        f":root {{ {shape} {_tokens(colours.light)} }}\n"
        f"@media (prefers-color-scheme: dark) {{ :root {{ {_tokens(colours.dark)} }} }}\n"
    ).encode()


@lru_cache(maxsize=1024)
def stylesheet_hash(brand: Brand) -> str:
    """The name of a brand's stylesheet: 32 hexadecimal digits of its content's SHA-256."""
    return hashlib.sha256(stylesheet(brand)).hexdigest()[:32]


def _tokens(scheme: Scheme) -> str:
    colours = [f"--{token}: {getattr(scheme, part)};" for token, part in _COLOURS.items()]
    neutrals = [f"--n{step}: {colour};" for step, colour in enumerate(scheme.neutrals)]
    return " ".join(colours + neutrals)
