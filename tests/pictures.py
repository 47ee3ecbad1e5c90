"""Pictures for tests, and files that are no pictures or want to be more than one thing (trust.md B15)."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

from PIL import Image

SCRIPT = "document.title='owned';alert(1);fetch('/owned')"
ALERT = f"<script>{SCRIPT}</script>".encode()
SVG = f'<svg xmlns="http://www.w3.org/2000/svg" onload="{SCRIPT}"><script>{SCRIPT}</script></svg>'.encode()


def gradient(width: int = 320, height: int = 240) -> Image.Image:
    """A soft picture, as a photo is."""
    red = Image.linear_gradient("L").resize((width, height))
    return Image.merge("RGB", (red, red.transpose(Image.Transpose.ROTATE_180), Image.new("L", red.size, 120)))


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    """The picture as a file."""
    encoded = io.BytesIO()
    image.save(encoded, kind, **options)  # type: ignore[arg-type]
    return encoded.getvalue()


def opened(content: bytes) -> Image.Image:
    """A file as a picture, decoded."""
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def png(**options: object) -> bytes:
    """A small PNG."""
    return saved(gradient(), "PNG", **options)


def jpeg(**options: object) -> bytes:
    """A small JPEG."""
    return saved(gradient(), "JPEG", **options)


def webp(**options: object) -> bytes:
    """A small WEBP."""
    return saved(gradient(), "WEBP", **options)


def moving(kind: str) -> bytes:
    """Two pictures in turns."""
    return saved(gradient(), kind, save_all=True, append_images=[gradient().rotate(180)], duration=100)


def chunk(kind: bytes, data: bytes) -> bytes:
    """One chunk of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_of(width: int, height: int, data: bytes, *before: bytes) -> bytes:
    """A PNG that claims this size, whatever its data holds."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(before) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def archive() -> bytes:
    """A ZIP with a page in it."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as files:
        files.writestr("index.html", ALERT.decode())
    return packed.getvalue()


def with_png_chunk(kind: bytes, data: bytes) -> bytes:
    """A sound PNG with one more chunk behind its head."""
    whole = png()
    return whole[:33] + chunk(kind, data) + whole[33:]


def with_jpeg_comment(data: bytes) -> bytes:
    """A sound JPEG with a comment."""
    whole = jpeg()
    return whole[:2] + b"\xff\xfe" + struct.pack(">H", len(data) + 2) + data + whole[2:]


def riff(kind: bytes, data: bytes) -> bytes:
    """One chunk of a RIFF file."""
    return kind + struct.pack("<I", len(data)) + data + b"\x00" * (len(data) % 2)


def with_webp_chunk(kind: bytes, data: bytes) -> bytes:
    """A sound WEBP with one more chunk at its end."""
    body = webp()[12:] + riff(kind, data)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def exif(orientation: int = 1, **texts: str) -> bytes:
    """EXIF data: how the camera was held, where it was and what somebody wrote."""
    data = Image.Exif()
    data[0x0112] = orientation
    data[0x010E] = texts.get("description", "")
    data[0x010F] = texts.get("maker", "Camera")
    data.get_ifd(0x8825)[1] = "N"
    data.get_ifd(0x8825)[2] = (53.0, 33.0, 1.0)
    return data.tobytes()


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "an empty file": (lambda: b"", "empty"),
    "text": (lambda: b"hello", "no picture"),
    "a page": (lambda: b"<!doctype html>" + ALERT, "no picture"),
    "a page that begins with a mark of order": (lambda: b"\xef\xbb\xbf<html>" + ALERT, "no picture"),
    "a script": (lambda: SCRIPT.encode(), "no picture"),
    "a style sheet": (lambda: b"body{background:url(javascript:alert(1))}", "no picture"),
    "a PHP program": (lambda: b"<?php system($_GET['a']); ?>", "no picture"),
    "an SVG with a script": (lambda: SVG, "SVG"),
    "an SVG behind a declaration": (lambda: b'<?xml version="1.0"?>\n<!-- x -->\n' + SVG, "SVG"),
    "an SVG with a page in it": (
        lambda: b"<svg><foreignObject><iframe src='javascript:alert(1)'/></foreignObject></svg>",
        "SVG",
    ),
    "an SVG that loads a file": (
        lambda: b"<!DOCTYPE svg [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><svg>&a;</svg>",
        "SVG",
    ),
    "an SVG in UTF-16": (lambda: SVG.decode().encode("utf-16"), "no picture"),
    "a packed SVG": (lambda: zlib.compress(SVG, wbits=31), "no picture"),
    "a GIF": (lambda: saved(gradient(), "GIF"), "GIF"),
    "a GIF that is a script": (lambda: b"GIF89a/*" + saved(gradient(), "GIF")[8:] + b"*/=1;" + SCRIPT.encode(), "GIF"),
    "a BMP that is a script": (lambda: b"BM/*" + b"\x00" * 60 + b"*/=1;" + SCRIPT.encode(), "BMP"),
    "an ICO": (lambda: saved(gradient(64, 64), "ICO"), "ICO"),
    "an ICO with a page in it": (lambda: b"\x00\x00\x01\x00\x01\x00" + b"\x00" * 16 + ALERT, "ICO"),
    "a TIFF": (lambda: saved(gradient(), "TIFF"), "TIFF"),
    "an AVIF": (lambda: saved(gradient(), "AVIF"), "AVIF"),
    "a photo as iPhones keep them": (lambda: b"\x00\x00\x00\x18ftypheic" + b"\x00" * 40, "HEIC"),
    "a JPEG 2000": (lambda: saved(gradient(), "JPEG2000"), "JPEG 2000"),
    "a PDF": (lambda: b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>", "PDF"),
    "a ZIP": (archive, "no picture"),
    "PostScript": (lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(file) run", "no picture"),
    "a program for a drawing tool": (lambda: b"push graphic-context\nviewbox 0 0 9 9\nimage over", "no picture"),
    "a sound": (lambda: b"RIFF\x24\x00\x00\x00WAVEfmt " + b"\x00" * 30, "no picture"),
    "a PNG bomb": (lambda: png_of(60_000, 60_000, zlib.compress(b"\x00" * 1_000_000)), "16 million"),
    "a PNG just over the limit": (lambda: png_of(4001, 4000, zlib.compress(b"")), "16 million"),
    "a PNG that claims to be endless": (lambda: png_of(2**31 - 1, 2**31 - 1, b""), "16 million"),
    "a PNG whose comment unpacks to a gigabyte": (
        lambda: png_of(9, 9, b"", chunk(b"zTXt", b"a\x00\x00" + zlib.compress(b"a" * 80_000_000))),
        "damaged",
    ),
    "a PNG without data": (lambda: png_of(9, 9, b""), "damaged"),
    "a PNG of no width": (lambda: png_of(0, 9, b""), "damaged"),
    "a PNG with a wrong sum": (lambda: png()[:40] + b"\xff\xff" + png()[42:], "damaged"),
    "half a PNG": (lambda: png()[: len(png()) // 2], "damaged"),
    "half a JPEG": (lambda: jpeg()[: len(jpeg()) // 2], "damaged"),
    "half a WEBP": (lambda: webp()[: len(webp()) // 2], "damaged"),
    "a JPEG that claims to be large": (lambda: saved(Image.new("L", (16_001, 1_000)), "JPEG"), "16 million"),
    "a PNG that moves": (lambda: moving("PNG"), "moves"),
    "a WEBP that moves": (lambda: moving("WEBP"), "moves"),
    "a PNG with a page behind it": (lambda: png() + b"<html>" + ALERT, "something beside"),
    "a JPEG with a page behind it": (lambda: jpeg() + b"<HTML>" + ALERT, "something beside"),
    "a JPEG with a page in its comment": (lambda: with_jpeg_comment(b"*/" + ALERT + b"/*"), "something beside"),
    "a PNG with a page in its text": (lambda: with_png_chunk(b"tEXt", b"Comment\x00" + ALERT), "something beside"),
    "a WEBP with a page in it": (lambda: with_webp_chunk(b"XMP ", ALERT), "something beside"),
    "a JPEG with a PHP program": (lambda: with_jpeg_comment(b"<?php phpinfo(); ?>"), "something beside"),
    "a JPEG with a page in its camera's name": (
        lambda: jpeg(exif=exif(maker=ALERT.decode())),
        "something beside",
    ),
    "a PNG that is an archive": (lambda: png() + archive(), "something beside"),
    "a JPEG that is a document": (lambda: with_jpeg_comment(b"%PDF-1.4\n1 0 obj"), "something beside"),
}
"""Files by name, and a word of the sentence that refuses them."""
INERT: dict[str, Callable[[], bytes]] = {
    "a JPEG that is a script": lambda: with_jpeg_comment(b"*/=1;alert(1);/*"),
    "a JPEG whose length is a comment": lambda: with_jpeg_comment(b"/*" * 6000 + b"*/=alert(1)/*"),
    "a PNG with a handler in its text": lambda: with_png_chunk(b"tEXt", b'Title\x00"><img src=x onerror=alert(1)>'),
    "a PNG with a chunk of its own": lambda: with_png_chunk(b"prVt", SCRIPT.encode()),
    "a PNG with bytes behind it": lambda: png() + b"\x00" * 999 + SCRIPT.encode(),
    "a WEBP with bytes behind it": lambda: webp() + SCRIPT.encode(),
    "a JPEG with another JPEG behind it": lambda: jpeg() + jpeg(),
    "a JPEG with an odd colour profile": lambda: jpeg(icc_profile=b"\x00" * 128 + SCRIPT.encode()),
    "a JPEG with odd EXIF data": lambda: jpeg(exif=b"Exif\x00\x00MM\x00*\xff\xff\xff\xff"),
    "a PNG with odd EXIF data": lambda: with_png_chunk(b"eXIf", b"II*\x00\x08\x00\x00\x00\xff\xff"),
}
"""Pictures that are taken, without what they carry."""
