"""Which release of the code made a page: two processes that run different code never share one."""

import hashlib
from functools import cache
from pathlib import Path

import frontdesk
import frontdesk_web

_KINDS = frozenset({".py", ".html", ".po", ".css", ".js", ".svg"})


@cache
def release() -> str:
    """The hash of everything that pages are made from: code, templates, catalogues, styles."""
    digest = hashlib.sha256()
    for package in (frontdesk, frontdesk_web):
        folder = Path(package.__file__ or "").parent
        for path in sorted(each for each in folder.rglob("*") if each.suffix in _KINDS):
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
