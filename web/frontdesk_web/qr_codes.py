"""QR codes. What draws them is loaded by the first one that is wanted: most web processes never draw any."""

import io
from functools import lru_cache
from typing import Any

_MARGIN_OF_PICTURES = 3
_MARGIN_IN_PRINT = 4
"""Modules of white around a code: 4 is what ISO/IEC 18004 asks for, on a white page 3 do."""


def qr_picture(text: str, scale: int) -> str:
    """A code for a page, as a `data:` address. `scale` is pixels a module."""
    import segno

    return str(segno.make(text, error="m").png_data_uri(scale=scale, border=_MARGIN_OF_PICTURES))


def qr_file(text: str, kind: str, scale: int) -> bytes:
    """A code to print. `kind` is png or svg."""
    import segno

    file = io.BytesIO()
    segno.make(text, error="m").save(file, kind=kind, scale=scale, border=_MARGIN_IN_PRINT)
    return file.getvalue()


# To draw one takes 12 ms, and it is the same until it is paid.
@lru_cache(maxsize=256)
def transfer_png(payload: str) -> bytes:
    """The code of a transfer (`frontdesk.transfer_codes`) for a page, as PNG."""
    file = io.BytesIO()
    _transfer(payload).save(file, kind="png", scale=4, border=_MARGIN_IN_PRINT)
    return file.getvalue()


def transfer_file(payload: str) -> bytes:
    """The code of a transfer for a document, as SVG on white."""
    file = io.BytesIO()
    _transfer(payload).save(file, kind="svg", border=_MARGIN_IN_PRINT, light="#ffffff", xmldecl=False)
    return file.getvalue()


def _transfer(payload: str) -> Any:
    """As EPC069-12 asks: error correction M and no other, bytes in UTF-8 (its character set 1), at most version 13."""
    import segno

    return segno.make_qr(payload, error="m", boost_error=False, mode="byte", encoding="utf-8")
