"""The static files: styles, scripts, fonts and icons, each under a name that holds its content's hash.

So they can be kept by browsers for ever, and a new release never meets an old style. Every `url("…")` of a stylesheet
is rewritten to the hashed name, and `portal.css` is one file made of the tokens and of every part's own stylesheet.
"""

import hashlib
import re
from pathlib import Path

import msgspec

HERE = Path(__file__).parent / "static"

# In the order of the cascade; every other file in css/ is a part.
_FIRST_STYLES = ("fonts.css", "tokens.css", "page.css")
_LAST_STYLES = ("print.css",)
_URL = re.compile(r'url\("\.\./([^"]+)"\)')
_KINDS = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".txt": "text/plain; charset=utf-8",
}


class StaticFile(msgspec.Struct, frozen=True, kw_only=True):
    """One file as it is sent. `path` is its hashed path below the static prefix."""

    path: str
    content_type: str
    body: bytes


class StaticFiles:
    """All static files in memory (about 1 MB). `prefix` is the public path that they are served below."""

    def __init__(self, prefix: str = "/static/", folder: Path = HERE) -> None:
        self.prefix = prefix
        self._by_name: dict[str, StaticFile] = {}
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder).as_posix()
            if path.is_file() and path.suffix in _KINDS and not name.startswith("css/"):
                self._add(name, path.read_bytes())
        parts = "".join(path.read_text() for path in _styles(folder / "css"))
        self._add("portal.css", _URL.sub(lambda found: f'url("{self.url(found[1])}")', parts).encode())
        self._by_path = {file.path: file for file in self._by_name.values()}

    def url(self, name: str) -> str:
        """The public address of a file by its plain name, such as `portal.css`. Raises KeyError for an unknown one."""
        return self.prefix + self._by_name[name].path

    def find(self, path: str) -> StaticFile | None:
        """The file of a hashed path (what stands behind the prefix), or None."""
        return self._by_path.get(path)

    def all(self) -> list[StaticFile]:
        """Every file."""
        return list(self._by_name.values())

    def _add(self, name: str, body: bytes) -> None:
        stem, dot, kind = name.rpartition(".")
        digest = hashlib.sha256(body).hexdigest()[:12]
        content_type = _KINDS[dot + kind]
        self._by_name[name] = StaticFile(path=f"{stem}.{digest}.{kind}", content_type=content_type, body=body)


def _styles(folder: Path) -> list[Path]:
    parts = sorted(path.name for path in folder.glob("*.css") if path.name not in _FIRST_STYLES + _LAST_STYLES)
    return [folder / name for name in (*_FIRST_STYLES, *parts, *_LAST_STYLES)]
