"""Which release of the code made a page: two processes that run different code never share one."""

import hashlib
from functools import cache
from pathlib import Path

import frontdesk
import frontdesk_web
from frontdesk.plugins import PluginHost

_KINDS = frozenset({".py", ".html", ".po", ".css", ".js", ".svg"})


@cache
def release(plugins: PluginHost) -> str:
    """The hash of everything that pages are made from: code, templates, catalogues and styles, ours and plugins'."""
    digest = hashlib.sha256()
    for each in plugins.installed():
        digest.update(f"{each.name} {each.distribution} {each.version}\0".encode())
    ours = (Path(package.__file__ or "").parent for package in (frontdesk, frontdesk_web))
    for source in (*ours, *plugins.sources()):
        folder, found = (source, source.rglob("*")) if source.is_dir() else (source.parent, iter((source,)))
        for path in sorted(each for each in found if each.suffix in _KINDS):
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
