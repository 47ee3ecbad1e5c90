"""Setting one document, in a process of its own: JSON comes in on standard input, the document goes out on standard
output.

The typesetter takes 60 MB, which is why it does not live in the web process. This process has no environment, opens no
connection, and reads nothing but the template, the fonts and the images that it is handed.
"""

import base64
import json
import resource
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from frontdesk_web.documents.no_network import forbid_network
from frontdesk_web.qr_codes import transfer_file

HERE = Path(__file__).parent
CPU_SECONDS = 20
MEMORY_BYTES = 2 * 1024**3
PICTURE_PPI = 110


def typeset(
    template: str,
    data: dict[str, Any],
    logo: bytes | None,
    issued: int,
    as_picture: bool = False,
    code: str | None = None,
) -> bytes:
    """A PDF, or its first page as a PNG. `issued` is in seconds since 1970 and stands in the file; `code` is what the
    QR code for paying says, where there is one. The same arguments give the same bytes."""
    import typst

    with tempfile.TemporaryDirectory() as root:
        data = {**data, "logo": None, "code": None}
        if logo is not None:
            (Path(root) / "logo.png").write_bytes(logo)
            data["logo"] = "/logo.png"
        if code is not None:
            (Path(root) / "code.svg").write_bytes(transfer_file(code))
            data["code"] = "/code.svg"
        compiler = typst.Compiler(
            input=(HERE / template).read_bytes(),
            root=root,
            font_paths=typst.Fonts(include_system_fonts=False, font_paths=[str(HERE / "fonts")]),
            ignore_system_fonts=True,
            package_path=root,
            package_cache_path=root,
            sys_inputs={"data": json.dumps(data)},
        )
        if as_picture:
            pages = compiler.compile(format="png", ppi=PICTURE_PPI)
            return pages[0] if isinstance(pages, list) else _one_piece(pages)
        return _one_piece(compiler.compile(format="pdf", timestamp=datetime.fromtimestamp(issued, UTC)))


def _one_piece(document: object) -> bytes:
    if not isinstance(document, bytes):
        raise TypeError("a document is one piece of bytes")
    return document


def main() -> None:
    """Read one request, write one document."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    forbid_network()
    request = json.load(sys.stdin)
    logo = None if request["logo"] is None else base64.b64decode(request["logo"])
    sys.stdout.buffer.write(
        typeset(request["template"], request["data"], logo, request["issued"], request["as_picture"], request["code"])
    )


if __name__ == "__main__":
    main()
