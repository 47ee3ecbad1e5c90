"""A tenant's brand: what it may set, and the colours that are computed from it.

Only typed tokens are accepted (`#rrggbb`, two enumerations, addresses), so nothing that a tenant writes can reach a
stylesheet as text. The computed colours are readable whatever was chosen: `palette` moves a colour in lightness until
its contrast is enough, and says which ones it moved.
"""

import re
from enum import StrEnum
from functools import lru_cache
from typing import Annotated

import msgspec

from frontdesk.colours import BLACK, WHITE, contrast, oklch, readable_on, tinted, with_lightness

TEXT_CONTRAST = 4.5
CONTROL_CONTRAST = 3.0

_COLOUR = re.compile(r"#[0-9a-f]{6}", re.ASCII)
_FILE = re.compile(r"[0-9a-f]{16,128}(\.(png|jpg|jpeg|gif))?", re.ASCII)
_WEB_ADDRESS = re.compile(r"https?://[\w.:-]+([/?#][^\s\"'<>\\]*)?")
_MAIL_ADDRESS = re.compile(r"[^\s@<>\"',;:]+@[^\s@<>\"',;:]+")
_PHONE = re.compile(r"[0-9+()/. -]{3,20}", re.ASCII)

_LIGHT_STEPS = (1.0, 0.985, 0.965, 0.93, 0.885, 0.645, 0.56, 0.475, 0.345, 0.215)
_DARK_STEPS = (0.178, 0.208, 0.238, 0.285, 0.345, 0.565, 0.66, 0.745, 0.87, 0.955)
_TINT = 0.02


class Font(StrEnum):
    """The fonts that are shipped: all of Stripe's, by its names (portal_spec D.4). `default` is the system's font."""

    DEFAULT = "default"
    BE_VIETNAM_PRO = "be_vietnam_pro"
    BITTER = "bitter"
    CHAKRA_PETCH = "chakra_petch"
    HAHMLET = "hahmlet"
    INCONSOLATA = "inconsolata"
    INTER = "inter"
    LATO = "lato"
    LORA = "lora"
    M_PLUS_1_CODE = "m_plus_1_code"
    MONTSERRAT = "montserrat"
    NOTO_SANS = "noto_sans"
    NOTO_SANS_JP = "noto_sans_jp"
    NOTO_SERIF = "noto_serif"
    NUNITO = "nunito"
    OPEN_SANS = "open_sans"
    PRIDI = "pridi"
    PT_SANS = "pt_sans"
    PT_SERIF = "pt_serif"
    RALEWAY = "raleway"
    ROBOTO = "roboto"
    ROBOTO_SLAB = "roboto_slab"
    SOURCE_SANS_PRO = "source_sans_pro"
    TITILLIUM_WEB = "titillium_web"
    UBUNTU_MONO = "ubuntu_mono"
    ZEN_MARU_GOTHIC = "zen_maru_gothic"


class Radius(StrEnum):
    """The shape of buttons and fields."""

    RECTANGULAR = "rectangular"
    ROUNDED = "rounded"
    PILL = "pill"


class BrandInvalid(ValueError):
    """A brand that cannot be used. `field` names the part; the text says what to enter instead."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(f"{field}: {sentence}")
        self.field = field
        self.sentence = sentence


class Brand(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a tenant looks on every page, letter and document. Raises `BrandInvalid` when a part cannot be used.

    Colours are `#rrggbb` in lower case; `icon_file` and `logo_file` are content hashes of stored images.
    """

    business_name: Annotated[str, msgspec.Meta(max_length=100)]
    headline: Annotated[str, msgspec.Meta(max_length=60)] = ""
    background: str = "#1d2b4f"
    accent: str = "#2f5bd7"
    font: Font = Font.DEFAULT
    radius: Radius = Radius.ROUNDED
    icon_file: str | None = None
    logo_file: str | None = None
    privacy_url: str | None = None
    terms_url: str | None = None
    support_email: str | None = None
    support_phone: str | None = None
    support_url: str | None = None

    def __post_init__(self) -> None:
        """Checks what types alone cannot; msgspec calls it after decoding too."""
        if not self.business_name.strip() or len(self.business_name) > 100:
            raise BrandInvalid(
                "business_name", "Enter the name that your customers know you by, at most 100 characters."
            )
        if len(self.headline) > 60:
            raise BrandInvalid("headline", "Shorten the headline to at most 60 characters.")
        if not isinstance(self.font, Font):
            raise BrandInvalid("font", f"Choose one of: {', '.join(Font)}.")
        if not isinstance(self.radius, Radius):
            raise BrandInvalid("radius", f"Choose one of: {', '.join(Radius)}.")
        for field, pattern, sentence in _RULES:
            value = getattr(self, field)
            if value is not None and not (len(value) <= 2048 and pattern.fullmatch(value)):
                raise BrandInvalid(field, sentence)


_RULES: tuple[tuple[str, re.Pattern[str], str], ...] = (
    ("background", _COLOUR, "Enter the colour as # and six hexadecimal digits in lower case, such as #1d2b4f."),
    ("accent", _COLOUR, "Enter the colour as # and six hexadecimal digits in lower case, such as #2f5bd7."),
    ("icon_file", _FILE, "Upload the icon first; its file is then named by its hash."),
    ("logo_file", _FILE, "Upload the logo first; its file is then named by its hash."),
    ("privacy_url", _WEB_ADDRESS, "Enter a full web address that begins with https://."),
    ("terms_url", _WEB_ADDRESS, "Enter a full web address that begins with https://."),
    ("support_email", _MAIL_ADDRESS, "Enter one e-mail address, such as help@example.com."),
    ("support_phone", _PHONE, "Enter 3 to 20 digits, spaces and + ( ) / . - only."),
    ("support_url", _WEB_ADDRESS, "Enter a full web address that begins with https://."),
)


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


class Palette(msgspec.Struct, frozen=True, kw_only=True):
    """Both schemes of a brand. `moved` names the parts whose colour could not be used as it was chosen."""

    light: Scheme
    dark: Scheme
    moved: tuple[str, ...]


@lru_cache(maxsize=1024)
def palette(background: str, accent: str) -> Palette:
    """The colours of every page of a brand, from its two colours."""
    light = _scheme(background, accent, background, _LIGHT_STEPS, soft=0.955)
    dark_panel = with_lightness(background, min(oklch(background).lightness, 0.29), chroma_at_most=0.085)
    dark = _scheme(dark_panel, accent, background, _DARK_STEPS, soft=0.27)
    return Palette(light=light, dark=dark, moved=("accent",) if light.accent != accent else ())


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
