"""The gallery: every page, part and letter with sample views, for whoever works on the look.

`python -m frontdesk_web.gallery --out DIR` writes it as files that a browser opens without a server.
"""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from frontdesk_web.brand_stylesheet import stylesheet
from frontdesk_web.gallery_brands import SAMPLES, Sample
from frontdesk_web.gallery_frames import around
from frontdesk_web.gallery_letters import letters
from frontdesk_web.gallery_samples import pages
from frontdesk_web.rendering import Renderer
from frontdesk_web.static_files import StaticFiles


def exhibits(renderer: Renderer, sample: Sample, brand_url: str) -> Iterator[tuple[str, str]]:
    """The file name and HTML of everything that a sample shows."""
    for each in pages(sample):
        html = renderer.page(sample.locale, around(sample, each, brand_url), each.page).decode()
        yield f"{each.name}.html", html
    for name, letter in letters(sample):
        finished = renderer.letter(sample.locale, letter)
        yield f"letter-{name}.html", finished.html
        yield f"letter-{name}.txt", f"{finished.subject}\n\n{finished.text}"


def _contents() -> list[tuple[str, list[str]]]:
    return [
        (
            slug,
            [f"{each.name}.html" for each in pages(sample)] + [f"letter-{name}.html" for name, _ in letters(sample)],
        )
        for slug, sample in SAMPLES.items()
    ]


def write_gallery(folder: Path, samples: Mapping[str, Sample] = SAMPLES) -> int:
    """Writes everything below `folder`, with relative addresses; returns how many pages."""
    static_files = write_static_files(folder)
    renderer, written = Renderer(static_files), 0
    for slug, sample in samples.items():
        (folder / slug).mkdir(exist_ok=True)
        (folder / slug / "brand.css").write_bytes(stylesheet(sample.brand))
        for name, html in exhibits(renderer, sample, "brand.css"):
            (folder / slug / name).write_text(html)
            written += 1
    (folder / "index.html").write_text(renderer.render("gallery/contents.html", "en", samples=_contents()))
    return written


def write_static_files(folder: Path) -> StaticFiles:
    """Writes styles, scripts, fonts and icons to `folder/static`, for pages in folders beside it."""
    static_files = StaticFiles(prefix="../static/")
    for file in static_files.all():
        target = folder / "static" / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.body.replace(b'url("../static/', b'url("'))
    return static_files


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] != "--out":
        sys.exit("Usage: python -m frontdesk_web.gallery --out DIR")
    sys.stdout.write(f"{write_gallery(Path(sys.argv[2]))} pages\n")
