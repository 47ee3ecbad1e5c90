"""Made-up pictures of products for the gallery, drawn here so that it needs no files."""

from urllib.parse import quote

from frontdesk_web.gallery_brands import NORTHBEAM, Sample

_COLOURS = (("#f4b860", "#c83e4d"), ("#7dc4b5", "#2b59c3"))
_DRAWING = (
    "<svg xmlns='http://www.w3.org/2000/svg' width='96' height='96'><rect width='96' height='96' fill='{first}'/>"
    "<circle cx='64' cy='40' r='26' fill='{second}'/><rect y='58' width='96' height='38' fill='{second}' opacity='.6'/>"
    "</svg>"
)


def picture_of(sample: Sample, index: int) -> str:
    """The address of a plan's picture; empty for a plan or a tenant that has none."""
    if sample is not NORTHBEAM or index >= len(_COLOURS):
        return ""
    first, second = _COLOURS[index]
    return "data:image/svg+xml," + quote(_DRAWING.format(first=first, second=second))
