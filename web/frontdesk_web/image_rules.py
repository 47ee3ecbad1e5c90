"""What an uploaded image may be, for each purpose, and how it is said that one is not taken."""

from msgspec import Struct
from msgspec.structs import replace

from frontdesk_web.messages import _, translate


class ImageRules(Struct, frozen=True, kw_only=True):
    """What an image of some purpose may be. Sides are in pixels; `kinds` names the formats for a reader.

    It is scaled down to `side_at_most`. `lossless` keeps it a PNG, as documents need it; `with_small` adds the same
    picture as lists show it.
    """

    formats: tuple[str, ...]
    kinds: str
    bytes_at_most: int
    side_at_most: int
    side_at_least: int = 1
    square: bool = False
    lossless: bool = False
    with_small: bool = False


BRAND_LOGO = ImageRules(
    formats=("PNG", "JPEG", "GIF"),
    kinds=_("PNG, JPEG or GIF"),
    bytes_at_most=512 * 1024,
    side_at_least=128,
    side_at_most=2048,
    lossless=True,
)
"""Stripe's limits (portal_spec.md §D.4)."""
BRAND_ICON = replace(BRAND_LOGO, square=True)
PRODUCT_IMAGE = ImageRules(
    formats=("JPEG", "PNG", "WEBP"),
    kinds=_("JPEG, PNG or WEBP"),
    bytes_at_most=2 * 1024 * 1024,
    side_at_most=1600,
    with_small=True,
)
"""Portal_spec.md §D.1."""


class UnusableImage(Exception):
    """It is not taken. `sentence` is a message id that says why and what would help; `parameters` fill its places."""

    def __init__(self, sentence: str, **parameters: str) -> None:
        super().__init__(sentence.format_map(parameters))
        self.sentence = sentence
        self.parameters = parameters

    def said(self, locale: str) -> str:
        """The sentence in a language."""
        return translate(locale, self.sentence, **{name: translate(locale, a) for name, a in self.parameters.items()})


def too_large(rules: ImageRules) -> UnusableImage:
    """The complaint about a file with too many bytes."""
    limit = rules.bytes_at_most // 1024
    size = f"{limit} KB" if limit < 1024 else f"{limit // 1024} MB"
    sentence = _("This file is larger than {limit}. Save the picture smaller and choose it again.")
    return UnusableImage(sentence, limit=size)
