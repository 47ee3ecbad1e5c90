"""The static files: styles, scripts, fonts and icons, each under a name that holds its content's hash.

So they can be kept by browsers for ever, and a new release never meets an old style. Every `url("…")` of a stylesheet
is rewritten to the hashed name. `portal.css` and `dashboard.css` are each one file, made of the tokens and of every
part's own stylesheet, without the remarks in them. Each brand font has a stylesheet of its own, `fonts/{font}.css`, so
that a page carries the rules of one family only.
"""

import gzip
import hashlib
import re
from pathlib import Path

import msgspec

HERE = Path(__file__).parent / "static"

# In the order of the cascade; every other file in css/ is a part.
_FIRST_STYLES = ("tokens.css", "base.css", "page.css")
_LAST_STYLES = ("print.css",)
# The dashboard has the same parts, a frame and parts of its own, and no tenant's fonts.
_PORTAL_ALONE = ("page.css", "account_bar.css", "print.css")
_URL = re.compile(r'url\("\.\./([^"]+)"\)')
_REMARK = re.compile(r"^ *(/\*[^*]*\*/ *)+\n|/\*[^*]*\*/", re.MULTILINE)
"""What says to us why a rule is there; no browser is sent it."""
_NEIGHBOUR = re.compile(r'url\("([\w.-]+)"\)')
_KINDS = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".txt": "text/plain; charset=utf-8",
}


class StaticFile(msgspec.Struct, frozen=True, kw_only=True):
    """One file as it is sent. `path` is its hashed path below the static prefix.

    `content` is where it lies if it is not worth the memory of every process. `packed` is it in gzip, where that is
    smaller: made once, and with nobody's secrets in it, so that its length tells nothing.
    """

    path: str
    content_type: str
    content: bytes | Path
    packed: bytes | None = None

    @property
    def body(self) -> bytes:
        """What is sent."""
        return self.content.read_bytes() if isinstance(self.content, Path) else self.content


class StaticFiles:
    """All static files. `prefix` is the public path that they are served below.

    Styles and scripts are in memory, 300 kB. Of the fonts, 2.2 MB, a browser wants one or two, once: they are read when
    it does.
    """

    def __init__(self, prefix: str = "/static/", folder: Path = HERE) -> None:
        self.prefix = prefix
        self._by_name: dict[str, StaticFile] = {}
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder).as_posix()
            if path.is_file() and path.suffix in _KINDS and path.suffix != ".css":
                self._add(name, path.read_bytes(), path if path.suffix == ".woff2" else None)
        for path in sorted((folder / "fonts").glob("*.css")):
            self._add(f"fonts/{path.name}", _NEIGHBOUR.sub(self._font, path.read_text()).encode())
        portal = _styles(folder / "css")
        shared = [path for path in portal if path.name not in _PORTAL_ALONE]
        self._bundle("portal.css", portal)
        self._bundle("dashboard.css", [*shared, *sorted((folder / "css" / "dashboard").glob("*.css"))])
        self._by_path = {file.path: file for file in self._by_name.values()}

    def url(self, name: str) -> str:
        """The public address of a file by its plain name, such as `portal.css`. Raises KeyError for an unknown one."""
        return self.prefix + self._by_name[name].path

    def find(self, path: str) -> StaticFile | None:
        """The file of a hashed path (what stands behind the prefix), or None."""
        return self._by_path.get(path)

    def fonts(self) -> dict[str, str]:
        """The address of each font's stylesheet, by the font's name in `branding.Font`."""
        names = [name for name in self._by_name if name.startswith("fonts/") and name.endswith(".css")]
        return {name.removeprefix("fonts/").removesuffix(".css"): self.url(name) for name in names}

    def all(self) -> list[StaticFile]:
        """Every file."""
        return list(self._by_name.values())

    def _font(self, found: re.Match[str]) -> str:
        """A font beside its stylesheet, by the hashed name."""
        return f'url("{self._by_name["fonts/" + found[1]].path.removeprefix("fonts/")}")'

    def _bundle(self, name: str, styles: list[Path]) -> None:
        text = "".join(_REMARK.sub("", path.read_text()) for path in styles)
        self._add(name, _URL.sub(lambda found: f'url("{self.url(found[1])}")', text).encode())

    def _add(self, name: str, body: bytes, place: Path | None = None) -> None:
        stem, dot, kind = name.rpartition(".")
        digest = hashlib.sha256(body).hexdigest()[:12]
        content_type = _KINDS[dot + kind]
        self._by_name[name] = StaticFile(
            path=f"{stem}.{digest}.{kind}",
            content_type=content_type,
            content=place or body,
            packed=None if place else gzip.compress(body, 9, mtime=0),
        )


def _styles(folder: Path) -> list[Path]:
    parts = sorted(path.name for path in folder.glob("*.css") if path.name not in _FIRST_STYLES + _LAST_STYLES)
    return [folder / name for name in (*_FIRST_STYLES, *parts, *_LAST_STYLES)]
