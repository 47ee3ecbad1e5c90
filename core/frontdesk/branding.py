"""A tenant's brand: how it looks, and the details that it shows in public. `brand_rules` says what each part may be.

The look is drafted, published and rolled back (`frontdesk_tenants.brand_versions`); the details are saved as they are.
What is computed from the colours is in `palettes`.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any

import msgspec
from msgspec.structs import asdict, replace

from frontdesk.book import Address
from frontdesk.brand_rules import COLOURS, DETAILS, IMAGES, NAME_LENGTH, BrandInvalid, Rule, check

__all__ = ["Brand", "BrandInvalid", "Font", "Look", "PublicDetails", "Radius"]

DEFAULT_BACKGROUND = "#1d2b4f"
DEFAULT_ACCENT = "#2f5bd7"


def _(message: str) -> str:
    """Marks a sentence for the message catalogue."""
    return message


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


LOOK: Mapping[str, Rule] = {
    **COLOURS,
    "font": lambda value: None if isinstance(value, Font) else _("Choose a font from the list."),
    "radius": lambda value: None if isinstance(value, Radius) else _("Choose a shape from the list."),
    **IMAGES,
}
"""The rule of each part of a look."""


class Look(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a tenant looks. Raises `BrandInvalid` when a part cannot be used.

    Colours are `#rrggbb` in lower case; `icon_file` and `logo_file` are content hashes of stored images.
    """

    background: str = DEFAULT_BACKGROUND
    accent: str = DEFAULT_ACCENT
    font: Font = Font.DEFAULT
    radius: Radius = Radius.ROUNDED
    icon_file: str | None = None
    logo_file: str | None = None

    def __post_init__(self) -> None:
        """Checks what types alone cannot; msgspec calls it after decoding too."""
        check(self, LOOK)


class PublicDetails(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a tenant says of itself in public (portal_spec.md §D.5). What is None is shown nowhere.

    `phone_on_documents` is whether the phone is printed on invoices; portal and letters always show it. Descriptors
    are what statements of cards and accounts say. No tenant needs a website. Raises `BrandInvalid`.
    """

    business_name: Annotated[str, msgspec.Meta(max_length=NAME_LENGTH)]
    headline: str = ""
    support_email: str | None = None
    support_phone: str | None = None
    phone_on_documents: bool = True
    support_address: Address | None = None
    support_url: str | None = None
    website: str | None = None
    terms_url: str | None = None
    privacy_url: str | None = None
    refund_url: str | None = None
    statement_descriptor: str | None = None
    short_descriptor: str | None = None

    def __post_init__(self) -> None:
        """Checks what types alone cannot; msgspec calls it after decoding too."""
        check(self, DETAILS)


class Brand(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, cache_hash=True):
    """Look and public details of a side, as they are stored and as every page, letter and document needs them.

    The fields are those of `Look` and of `PublicDetails`, side by side. Raises `BrandInvalid`.
    """

    business_name: Annotated[str, msgspec.Meta(max_length=NAME_LENGTH)]
    headline: str = ""
    background: str = DEFAULT_BACKGROUND
    accent: str = DEFAULT_ACCENT
    font: Font = Font.DEFAULT
    radius: Radius = Radius.ROUNDED
    icon_file: str | None = None
    logo_file: str | None = None
    support_email: str | None = None
    support_phone: str | None = None
    phone_on_documents: bool = True
    support_address: Address | None = None
    support_url: str | None = None
    website: str | None = None
    terms_url: str | None = None
    privacy_url: str | None = None
    refund_url: str | None = None
    statement_descriptor: str | None = None
    short_descriptor: str | None = None

    def __post_init__(self) -> None:
        """Checks what types alone cannot; msgspec calls it after decoding too."""
        check(self, DETAILS)
        check(self, LOOK)

    @property
    def look(self) -> Look:
        """The part that is drafted and published."""
        return Look(**_fields(self, Look))

    @property
    def details(self) -> PublicDetails:
        """The part that is shown as text."""
        return PublicDetails(**_fields(self, PublicDetails))

    def looking(self, look: Look) -> "Brand":
        """This brand with another look."""
        return replace(self, **asdict(look))

    def saying(self, details: PublicDetails) -> "Brand":
        """This brand with other public details."""
        return replace(self, **asdict(details))


def _fields(brand: Brand, part: type[msgspec.Struct]) -> dict[str, Any]:
    return {field: getattr(brand, field) for field in part.__struct_fields__}
