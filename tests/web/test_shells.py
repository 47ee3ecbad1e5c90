"""What stands around a page, rendered once for many: the page is the same as if it had been rendered whole."""

import pytest
from msgspec.structs import replace

from frontdesk_web.gallery_brands import SAMPLES
from frontdesk_web.gallery_frames import around
from frontdesk_web.gallery_samples import pages
from frontdesk_web.languages import LOCALES
from frontdesk_web.portal.shells import Shells
from frontdesk_web.rendering import Renderer
from frontdesk_web.static_files import StaticFiles

ADDRESSES = ("jenny@example.com", 'o\'neil&<b>"x"/@example.com', "")
# All that a frame shows besides the address, each of them another one.
OTHERS = (
    {"return_url": "https://app.example/return"},
    {"csrf": "t" * 43},
    {"session_url": "/p/other/session"},
    {"preview": True},
)


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer(StaticFiles())


@pytest.mark.parametrize("slug", SAMPLES)
def test_a_page_from_parts_is_the_same_as_a_whole_one(renderer: Renderer, slug: str) -> None:
    """Every page of the gallery, one after the other in one process, so that what is kept is met again."""
    shells, sample = Shells(renderer), SAMPLES[slug]
    framed = [(each, around(sample, each, "brand.css")) for each in pages(sample)]
    compared = 0
    for exhibit, frame in framed:
        if frame.signed_in is None or frame.signed_in.switcher is not None:
            continue
        for address in ADDRESSES:
            shown = replace(frame, signed_in=replace(frame.signed_in, email=address))
            whole = renderer.page(sample.locale, shown, exhibit.page)
            assert shells.page(sample.locale, shown, exhibit.page) == whole, exhibit.name
            compared += 1
    assert compared > 30


def test_what_is_kept_is_nobody_elses(renderer: Renderer) -> None:
    """Two frames that differ in anything, and two languages, never share."""
    shells = Shells(renderer)
    sample = next(iter(SAMPLES.values()))
    home = next(each for each in pages(sample) if each.page.template == "portal/home.html")
    plain = around(sample, home, "brand.css")
    assert plain.signed_in is not None
    plain = replace(plain, signed_in=replace(plain.signed_in, switcher=None))
    brands = (replace(plain.brand, name="Another"), replace(plain.brand, stylesheet_url="other.css"))
    frames = [plain, *(replace(plain, **other) for other in OTHERS), *(replace(plain, brand=each) for each in brands)]
    for _ in range(2):
        found = set()
        for locale in LOCALES:
            for frame in frames:
                page = shells.page(locale, frame, home.page)
                assert page == renderer.page(locale, frame, home.page)
                found.add(page)
        assert len(found) == len(LOCALES) * len(frames)
