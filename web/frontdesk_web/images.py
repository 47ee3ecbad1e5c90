"""Uploaded images: decoded and encoded anew, so that what is served is a picture and nothing else (trust.md B15).

What is taken is decided by the bytes alone, never by a file's name or by what a browser says of it. Whatever a file
holds beside its first picture (positions, comments, profiles, other files) does not get into what is stored.
"""

import asyncio
import io
import zipfile
from weakref import WeakKeyDictionary

from frontdesk.errors import Misconfigured
from frontdesk_tenants.files import File
from frontdesk_web.image_rules import BRAND_ICON, BRAND_LOGO, ImageRules, UnusableImage, too_large
from frontdesk_web.languages import SOURCE_LOCALE
from frontdesk_web.messages import _

_FIRST_BYTES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"GIF8", "GIF"),
    (8, b"WEBP", "WEBP"),
    (0, b"\x89PNG", "PNG"),
    (0, b"\xff\xd8\xff", "JPEG"),
    (0, b"BM", "BMP"),
    (0, b"II*\x00", "TIFF"),
    (0, b"MM\x00*", "TIFF"),
    (0, b"\x00\x00\x01\x00", "ICO"),
    (0, b"8BPS", "Photoshop"),
    (0, b"%PDF", "PDF"),
    (0, b"\x00\x00\x00\x0cjP", "JPEG 2000"),
    (4, b"ftypavif", "AVIF"),
    (4, b"ftypheic", "HEIC"),
    (4, b"ftypheix", "HEIC"),
    (4, b"ftypmif1", "HEIC"),
)
_MARKS = (b"<script", b"<?php", b"<html", b"<!doctype", b"<iframe", b"<foreignobject", b"javascript:", b"%pdf-")
"""What no picture holds, and a file that wants to be two things at once does."""
_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = WeakKeyDictionary()


def picture(content: bytes, rules: ImageRules) -> File:
    """The picture that a file holds, upright and encoded anew. Takes up to a second: see `decoded`.

    Raises:
        UnusableImage: it cannot be taken.
    """
    _refuse_by_bytes(content, rules)
    # Pillow is loaded by the first picture that comes: most web processes never see one.
    from frontdesk_web.pixels import encoded_anew

    return encoded_anew(content, rules)


async def decoded(content: bytes, rules: ImageRules) -> File:
    """`picture` beside the event loop, one at a time, so that many uploads at once take no more memory than one."""
    async with _turns.setdefault(asyncio.get_running_loop(), asyncio.Lock()):
        return await asyncio.to_thread(picture, content, rules)


def raster(content: bytes, what: str, square: bool = False) -> File:
    """A brand's image as PNG, for the command line.

    Raises:
        Misconfigured: it cannot be used; the sentence says why.
    """
    try:
        return picture(content, BRAND_ICON if square else BRAND_LOGO)
    except UnusableImage as error:
        raise Misconfigured(f"The {what}: {error.said(SOURCE_LOCALE)}", what) from error


def _refuse_by_bytes(content: bytes, rules: ImageRules) -> None:
    if not content:
        raise UnusableImage(_("This file is empty. Please choose another one."))
    if len(content) > rules.bytes_at_most:
        raise too_large(rules)
    head = content[:512].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00").lower()
    if head.startswith(b"<") and b"<svg" in content[:4096].lower():
        raise UnusableImage(
            _("SVG drawings can hold programs, so they are not taken. Save the picture as PNG and choose that file.")
        )
    kind = next((kind for at, first, kind in _FIRST_BYTES if content.startswith(first, at)), None)
    if kind is None:
        raise UnusableImage(
            _("This file is no picture that we can read. Please choose one as {kinds}."), kinds=rules.kinds
        )
    if kind not in rules.formats:
        raise UnusableImage(
            _("This is a {kind} file. Please choose a picture as {kinds}."), kind=kind, kinds=rules.kinds
        )
    lowered = content.lower()
    if any(mark in lowered for mark in _MARKS) or zipfile.is_zipfile(io.BytesIO(content)):
        raise UnusableImage(
            _("This file holds something beside a picture. Save the picture anew and choose that file.")
        )
