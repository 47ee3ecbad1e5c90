"""Setting one document, in a process of its own: JSON comes in on standard input, the PDF goes out on standard output.

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

HERE = Path(__file__).parent
CPU_SECONDS = 20
MEMORY_BYTES = 2 * 1024**3


def typeset(template: str, data: dict[str, Any], logo: bytes | None, issued: int) -> bytes:
    """A PDF. `issued` is in seconds since 1970 and stands in the file; the same arguments give the same bytes."""
    import typst

    with tempfile.TemporaryDirectory() as root:
        data = {**data, "logo": None}
        if logo is not None:
            (Path(root) / "logo.png").write_bytes(logo)
            data["logo"] = "/logo.png"
        compiler = typst.Compiler(
            input=(HERE / template).read_bytes(),
            root=root,
            font_paths=typst.Fonts(include_system_fonts=False, font_paths=[str(HERE / "fonts")]),
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(data)},
        )
        pdf = compiler.compile(format="pdf", timestamp=datetime.fromtimestamp(issued, UTC))
    if not isinstance(pdf, bytes):
        raise TypeError("a PDF is one piece of bytes")
    return pdf


def main() -> None:
    """Read one request, write one PDF."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    request = json.load(sys.stdin)
    logo = None if request["logo"] is None else base64.b64decode(request["logo"])
    sys.stdout.buffer.write(typeset(request["template"], request["data"], logo, request["issued"]))


if __name__ == "__main__":
    main()
