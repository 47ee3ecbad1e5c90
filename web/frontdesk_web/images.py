"""Uploaded images: decoded and encoded anew, so that what is served is a picture and nothing else (trust.md B15)."""

import io
import warnings

from PIL import Image, UnidentifiedImageError

from frontdesk.errors import Misconfigured
from frontdesk_tenants.files import File

BYTES_AT_MOST = 512 * 1024
SIDE_AT_LEAST = 128
SIDE_AT_MOST = 2048
PIXELS_AT_MOST = 16_000_000
KINDS = ("PNG", "JPEG", "GIF")


def raster(content: bytes, what: str, square: bool = False) -> File:
    """A brand's image as PNG. Limits are Stripe's (portal_spec.md §D.4): 512 KB, at least 128 by 128.

    Raises:
        Misconfigured: it cannot be used; the sentence says why.
    """
    if len(content) > BYTES_AT_MOST:
        raise Misconfigured(f"The {what} is larger than 512 KB. Save it smaller and try again.", what)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=KINDS) as image:
                if image.width * image.height > PIXELS_AT_MOST:
                    raise Misconfigured(f"The {what} has too many pixels. Scale it down and try again.", what)
                picture = image.convert("RGBA")
    except (UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Misconfigured(f"The {what} is no PNG, JPEG or GIF image.", what) from error
    except (OSError, ValueError, SyntaxError) as error:
        raise Misconfigured(f"The {what} is damaged.", what) from error
    if min(picture.size) < SIDE_AT_LEAST:
        raise Misconfigured(f"The {what} must be at least 128 by 128 pixels.", what)
    if square and picture.width != picture.height:
        raise Misconfigured(f"The {what} must be square.", what)
    picture.thumbnail((SIDE_AT_MOST, SIDE_AT_MOST))
    encoded = io.BytesIO()
    picture.save(encoded, "PNG", optimize=True)
    return File(media_type="image/png", content=encoded.getvalue())
