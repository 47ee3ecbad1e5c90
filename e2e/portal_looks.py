"""How a page of the gallery may be looked at: whose it is, in which language, which way it runs, how wide.

One brand is a tenant's as one would wish for. The other is hostile: yellow on yellow, and every word, name and amount
as long as it may be.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from frontdesk.branding import Font, Radius
from frontdesk_web.brand_stylesheet import stylesheet
from frontdesk_web.gallery import write_static_files
from frontdesk_web.gallery_brands import NORTHBEAM, SAMPLES, Sample
from frontdesk_web.gallery_frames import Exhibit, around
from frontdesk_web.gallery_letters import letters
from frontdesk_web.gallery_samples import pages
from frontdesk_web.languages import LOCALES
from frontdesk_web.rendering import Renderer

WIDTHS = (320, 390, 1280)
DIRECTIONS = ("ltr", "rtl")
HOSTILE = replace(
    NORTHBEAM,
    slug="hostile",
    brand=replace(
        NORTHBEAM.brand,
        business_name="Donaudampfschifffahrtsgesellschaft Österreichischer Uferbahnhöfe",
        headline="Genossenschaftsmitgliedschaftsbescheinigungen und mehr",
        background="#ffff00",
        accent="#ffff66",
        font=Font.M_PLUS_1_CODE,
        radius=Radius.RECTANGULAR,
        support_email="rechnungsabteilung-mitgliederbetreuung@donaudampfschifffahrtsgesellschaft.example",
        support_phone="+43 (1) 505 00-123",
        website="https://donaudampfschifffahrtsgesellschaft.example",
    ),
    currency="chf",
    customer="Rindfleischetikettierungsüberwachungsaufgabenübertragungs GmbH",
    email="maximiliana.von-und-zu-hohenlohe-schillingsfuerst@rindfleischetikettierungsueberwachung.example",
    plans=(
        (
            "Grundstücksverkehrsgenehmigungszuständigkeit",
            "Straßenentwässerungsinvestitionskostenschuldendienst.",
            123_456,
        ),
        (
            "Verkehrswegeplanungsbeschleunigung Professional Plus",
            "Vermögenszuordnungszuständigkeitsübertragung.",
            98_765_400,
        ),
        ("Unternehmenssteuerfortentwicklung", "Betäubungsmittelverschreibungsverordnung und vieles mehr.", 198_765_400),
    ),
    unit="Aufsichtsratsmitgliedschaft",
    prefix="NORTHBEAMINT",
)
BRANDS = {NORTHBEAM.slug: NORTHBEAM, HOSTILE.slug: HOSTILE}
"""The two that tests look at in every way."""
_ALL = {**SAMPLES, **BRANDS}


class Way(Struct, frozen=True):
    """A brand, a language, a direction and a width in pixels."""

    brand: str
    locale: str
    direction: str
    width: int

    def __str__(self) -> str:
        return f"{self.brand} in {self.locale}, {self.direction}, at {self.width} px"


WAYS = [
    Way(brand, locale, direction, width)
    for width in WIDTHS
    for locale in LOCALES
    for direction in DIRECTIONS
    for brand in BRANDS
]


class Gallery:
    """Pages of the gallery as files below a folder, which is served at `url`: scripts do not run in files."""

    def __init__(self, folder: Path, url: str) -> None:
        self._folder = folder
        self._url = url
        self._renderer = Renderer(write_static_files(folder))
        for slug, sample in _ALL.items():
            (folder / slug).mkdir()
            (folder / slug / "brand.css").write_bytes(stylesheet(sample.brand))

    def exhibits(self, brand: str, locale: str) -> list[Exhibit]:
        """The pages of a brand in a language."""
        return _exhibits(brand, locale)

    def page(self, brand: str, locale: str, exhibit: Exhibit) -> str:
        """The address of a page."""
        html = self._renderer.page(locale, around(_sample(brand, locale), exhibit, "brand.css"), exhibit.page)
        path = f"{brand}/{exhibit.name}-{locale}.html"
        (self._folder / path).write_bytes(html)
        return f"{self._url}/{path}"

    def letters(self, brand: str, locale: str) -> Iterator[tuple[str, str]]:
        """The letters of a brand in a language: name and address."""
        for name, letter in letters(_sample(brand, locale)):
            path = f"{brand}/letter-{name}-{locale}.html"
            (self._folder / path).write_text(self._renderer.letter(locale, letter).html)
            yield f"letter {name}", f"{self._url}/{path}"


@cache
def _exhibits(brand: str, locale: str) -> list[Exhibit]:
    return list(pages(_sample(brand, locale)))


def _sample(brand: str, locale: str) -> Sample:
    return replace(_ALL[brand], locale=locale)


class _Quiet(SimpleHTTPRequestHandler):
    """A server of files that does not tell of each."""

    def log_message(self, *told: Any) -> None:
        """Says nothing."""


@contextmanager
def open_gallery(folder: Path) -> Iterator[Gallery]:
    """The gallery in a folder, and a server for it on a free port until the end of the block."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=folder))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield Gallery(folder, f"http://127.0.0.1:{server.server_port}")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
