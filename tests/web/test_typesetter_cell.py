"""The process that sets documents asks nobody and reads nothing but its template and fonts (trust.md B22)."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from frontdesk_web.documents import typesetting

WELCOME = '#set document(title: "t")\nHello #json(bytes(sys.inputs.data)).name'
LOOKS_AT_OTHERS = {
    "an absolute path": '#read("/etc/passwd")',
    "a path upwards": '#read("../../../../../../etc/passwd")',
    "an image": '#image("/etc/hostname", format: "png")',
    "the environment": '#read("/proc/self/environ")',
    "its own program": '#read("typesetting.py")',
    "another document": '#include "/tmp/other.typ"',
    "data": '#csv("/etc/passwd")',
    "a program": '#plugin("/bin/sh")',
    "a server": '#image("http://127.0.0.1:1/x.png")',
    "a secure server": '#read("https://127.0.0.1:1/x")',
    "a package": '#import "@preview/example:0.1.0": add',
    "a package of this machine": '#import "@local/example:0.1.0": add',
}


def set_document(template: Path, **data: str) -> subprocess.CompletedProcess[bytes]:
    """Set a template as the web process has its own set."""
    request = {"template": str(template), "data": data, "logo": None, "issued": 0, "as_picture": False, "code": None}
    return subprocess.run(
        [sys.executable, "-I", "-m", "frontdesk_web.documents.typesetting"],
        input=json.dumps(request).encode(),
        capture_output=True,
        timeout=60,
        env={},
    )


def test_a_template_is_set(tmp_path: Path) -> None:
    """The control."""
    (tmp_path / "welcome.typ").write_text(WELCOME)
    done = set_document(tmp_path / "welcome.typ", name="Jenny")
    assert done.stdout.startswith(b"%PDF"), done.stderr


@pytest.mark.parametrize("what", LOOKS_AT_OTHERS)
def test_not_even_a_hostile_template_reads_files_or_asks_servers(what: str, tmp_path: Path) -> None:
    (tmp_path / "hostile.typ").write_text(WELCOME + "\n" + LOOKS_AT_OTHERS[what])
    done = set_document(tmp_path / "hostile.typ", name="Jenny")
    assert done.returncode != 0
    assert done.stdout == b""
    assert b"root:" not in done.stderr


def test_its_process_makes_no_socket() -> None:
    program = """
import socket
from frontdesk_web.documents.no_network import forbid_network
socket.socket().close()
assert forbid_network()
for family in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX):
    try:
        socket.socket(family)
    except PermissionError:
        print("refused")
open("/dev/null").close()
"""
    done = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (0, "refused\n" * 3), done.stderr


def test_our_own_templates_name_nothing_but_what_they_are_handed() -> None:
    folder = Path(typesetting.__file__).parent
    templates = list(folder.glob("*.typ"))
    assert templates
    for each in templates:
        words = re.sub(r"//.*", "", each.read_text())
        assert not re.search(r"\b(eval|read|plugin|csv|yaml|toml|xml|cbor|include|import)\b\s*[(\"]", words), each
        assert set(re.findall(r"image\(([^,)]*)", words)) <= {"data.logo", "data.code"}
