"""The pixels of an uploaded image: decoded by Pillow, set upright, scaled down, and encoded anew (see `images`)."""

import io
import warnings

from msgspec.structs import replace
from PIL import Image, ImageOps

from frontdesk_tenants.files import File
from frontdesk_web.image_rules import ImageRules, UnusableImage
from frontdesk_web.messages import _

PIXELS_AT_MOST = 16_000_000
"""Of any image: what one takes in memory is bounded by this, a hundred megabytes for a moment."""
SMALL_SIDE = 192
"""Pixels of the longer side of `File.small`: twice what a page shows."""
_MANY = _("This picture has more than 16 million pixels. Scale it down and choose it again.")


def encoded_anew(content: bytes, rules: ImageRules) -> File:
    """The picture that bytes hold which look like one. Raises UnusableImage."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=rules.formats) as image:
                _refuse_by_head(image)
                photo = image.format in ("JPEG", "MPO")
                upright = _upright(image, rules.side_at_most)
    except UnusableImage:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UnusableImage(_MANY) from error
    except Exception as error:
        # A decoder's complaint about a stranger's bytes takes any form.
        raise UnusableImage(
            _("This file is damaged or incomplete. Save the picture anew and choose that file.")
        ) from error
    _refuse_by_size(upright, rules)
    file = _encoded(upright, photo, rules.lossless)
    return replace(file, small=_small(upright)) if rules.with_small else file


def _refuse_by_head(image: Image.Image) -> None:
    """What can be seen before a pixel is decoded."""
    if image.width * image.height > PIXELS_AT_MOST:
        raise UnusableImage(_MANY)
    # Phones put a second, smaller picture or a depth map behind a photo, which does not move (MPO).
    if image.format != "MPO" and getattr(image, "is_animated", False):
        raise UnusableImage(_("This picture moves. Please choose one that stands still."))


def _refuse_by_size(image: Image.Image, rules: ImageRules) -> None:
    least = rules.side_at_least
    if min(image.size) < least:
        raise UnusableImage(_("This picture must be at least {side} by {side} pixels."), side=str(least))
    if rules.square and image.width != image.height:
        raise UnusableImage(_("This picture must be square. Cut it to a square and choose it again."))


def _upright(image: Image.Image, side: int) -> Image.Image:
    """The first picture in the file as RGB or RGBA, turned as its camera was held, at most `side` long."""
    if image.format in ("JPEG", "MPO"):
        # Before anything else: the decoder can leave out most of what would only be scaled away.
        image.thumbnail((side, side))
    image.load()
    transparent = image.has_transparency_data
    if image.mode.startswith("I"):
        # 16 bits a pixel: the upper eight are what can be shown.
        image = image.point(lambda value: value / 256).convert("L")
    turned = ImageOps.exif_transpose(image)
    coloured = turned.convert("RGBA" if transparent else "RGB")
    coloured.thumbnail((side, side))
    # Into a new picture, which knows of no comment, profile or position.
    bare = Image.new(coloured.mode, coloured.size)
    bare.paste(coloured)
    return bare


def _encoded(image: Image.Image, photo: bool, lossless: bool) -> File:
    """As PNG where that is what it needs to be or hardly larger, else as JPEG, with transparency as WEBP."""
    transparent = image.mode == "RGBA"
    if lossless:
        return File(media_type="image/png", content=_saved(image.convert("RGBA"), "PNG"))
    kind = "WEBP" if transparent else "JPEG"
    lossy = File(media_type=f"image/{kind.lower()}", content=_saved(image, kind))
    if photo:
        return lossy
    exact = File(media_type="image/png", content=_saved(image, "PNG"))
    return exact if len(exact.content) <= 2 * len(lossy.content) else lossy


def _small(image: Image.Image) -> bytes:
    scaled = image.copy()
    scaled.thumbnail((SMALL_SIDE, SMALL_SIDE))
    return _saved(scaled, "WEBP")


def _saved(image: Image.Image, kind: str) -> bytes:
    encoded = io.BytesIO()
    image.save(encoded, kind, quality=86, optimize=kind != "PNG")
    return encoded.getvalue()
