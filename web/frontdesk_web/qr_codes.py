"""QR codes. What draws them is loaded by the first one that is wanted: most web processes never draw any."""

import io

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
