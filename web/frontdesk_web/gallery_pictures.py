"""Made-up pictures for the gallery, drawn here so that it needs no files."""

from urllib.parse import quote

from frontdesk_web.gallery_brands import NORTHBEAM, Sample

_COLOURS = (("#f4b860", "#c83e4d"), ("#7dc4b5", "#2b59c3"))
_DRAWING = (
    "<svg xmlns='http://www.w3.org/2000/svg' width='96' height='96'><rect width='96' height='96' fill='{first}'/>"
    "<circle cx='64' cy='40' r='26' fill='{second}'/><rect y='58' width='96' height='38' fill='{second}' opacity='.6'/>"
    "</svg>"
)
_WIDE = (
    "<svg xmlns='http://www.w3.org/2000/svg' width='640' height='96'><rect width='640' height='96' rx='12' "
    "fill='{first}'/><circle cx='48' cy='48' r='28' fill='{second}'/></svg>"
)
_CODE = (
    "<svg xmlns='http://www.w3.org/2000/svg' width='164' height='164'><rect width='164' height='164' fill='#fff'/>"
    "<path d='M16 16h44v44h-44zm88 0h44v44h-44zm-88 88h44v44h-44zm60-60h16v16h-16zm16 32h24v16h-24zm24 24h32v32h-32z'/>"
    "</svg>"
)


def picture_of(sample: Sample, index: int) -> str:
    """The address of a plan's picture; empty for a plan or a tenant that has none."""
    if sample.slug != NORTHBEAM.slug or index >= len(_COLOURS):
        return ""
    return _drawn(_DRAWING, index)


def icon_of(sample: Sample) -> str:
    """The address of a square picture."""
    return _drawn(_DRAWING, 0)


def logo_of(sample: Sample) -> str:
    """The address of a wide picture."""
    return _drawn(_WIDE, 1)


def transfer_code() -> str:
    """The address of what looks like the QR code of a transfer."""
    return "data:image/svg+xml," + quote(_CODE)


def _drawn(drawing: str, index: int) -> str:
    first, second = _COLOURS[index]
    return "data:image/svg+xml," + quote(drawing.format(first=first, second=second))
