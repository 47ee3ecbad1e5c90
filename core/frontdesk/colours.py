"""Colour arithmetic in OKLCH: how light a colour is, and how far it must move to be read.

Colours are `#rrggbb` strings in lower case. OKLab is Björn Ottosson's (https://bottosson.github.io/posts/oklab/), the
contrast ratio that of WCAG 2.2 (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio).
"""

import math
from functools import lru_cache

import msgspec

WHITE = "#ffffff"
BLACK = "#000000"

_STEPS = 18


class Oklch(msgspec.Struct, frozen=True):
    """Lightness 0 to 1, chroma 0 to about 0.32, hue in radians."""

    lightness: float
    chroma: float
    hue: float


def contrast(one: str, other: str) -> float:
    """The WCAG contrast ratio of two colours, 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def oklch(colour: str) -> Oklch:
    """`#rrggbb` in OKLCH."""
    red, green, blue = (_linear(channel) for channel in _channels(colour))
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return Oklch(lightness, math.hypot(a, b), math.atan2(b, a))


def hexadecimal(colour: Oklch) -> str:
    """OKLCH as `#rrggbb`; a colour that screens cannot show loses chroma, never lightness or hue."""
    lightness = min(max(colour.lightness, 0.0), 1.0)
    if lightness in (0.0, 1.0):
        return WHITE if lightness else BLACK
    lowest, highest = 0.0, colour.chroma
    if not _shown(_linear_rgb(lightness, highest, colour.hue)):
        for _ in range(_STEPS):
            middle = (lowest + highest) / 2
            if _shown(_linear_rgb(lightness, middle, colour.hue)):
                lowest = middle
            else:
                highest = middle
        highest = lowest
    return "#" + "".join(f"{_encoded(channel):02x}" for channel in _linear_rgb(lightness, highest, colour.hue))


def with_lightness(colour: str, lightness: float, chroma_at_most: float = 1.0) -> str:
    """The same hue at another lightness (0 to 1)."""
    have = oklch(colour)
    return hexadecimal(Oklch(lightness, min(have.chroma, chroma_at_most), have.hue))


def tinted(lightness: float, towards: str, share: float) -> str:
    """A grey of that lightness, mixed with `share` (0 to 1) of the hue and chroma of another colour."""
    aim = oklch(towards)
    return hexadecimal(Oklch(lightness, aim.chroma * share, aim.hue))


@lru_cache(maxsize=4096)
def readable_on(colour: str, background: str, minimum: float = 4.5) -> str:
    """The colour nearest in lightness to `colour` that reaches `minimum` contrast on `background`.

    Text needs 4.5, large text and control borders 3. Every ratio up to 4.58 can be reached on every background; above
    that the better of black and white comes back where nothing else suffices.
    """
    if contrast(colour, background) >= minimum:
        return colour
    start = oklch(colour).lightness
    found = [moved for end in (0.0, 1.0) if (moved := _moved(colour, background, minimum, end)) is not None]
    if not found:
        return max((BLACK, WHITE), key=lambda extreme: contrast(extreme, background))
    return min(found, key=lambda moved: abs(oklch(moved).lightness - start))


def _moved(colour: str, background: str, minimum: float, end: float) -> str | None:
    """`colour` moved toward lightness `end` just far enough, or None where even the end is not enough."""
    extreme = WHITE if end else BLACK
    if contrast(extreme, background) < minimum:
        return None
    near, far, best = oklch(colour).lightness, end, extreme
    for _ in range(_STEPS):
        middle = (near + far) / 2
        candidate = with_lightness(colour, middle)
        if contrast(candidate, background) >= minimum:
            far, best = middle, candidate
        else:
            near = middle
    return best


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _linear(channel: int) -> float:
    share = channel / 255
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)


def _encoded(linear: float) -> int:
    share = min(max(linear, 0.0), 1.0)
    return round(255 * (12.92 * share if share <= 0.0031308 else 1.055 * share ** (1 / 2.4) - 0.055))


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear_rgb(lightness: float, chroma: float, hue: float) -> tuple[float, float, float]:
    a, b = chroma * math.cos(hue), chroma * math.sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _shown(channels: tuple[float, float, float]) -> bool:
    return all(-0.0005 <= channel <= 1.0005 for channel in channels)
