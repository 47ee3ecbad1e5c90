"""What the stylesheet of a brand may be, byte by byte (trust.md B16), and texts that want to be more."""

import re

from frontdesk.branding import Brand
from frontdesk_web.brand_stylesheet import stylesheet, stylesheet_hash

TOKEN = r"--[a-z0-9-]+: (#[0-9a-f]{6}|\d+px|[\w ,\"-]+);"
SHEET = re.compile(
    rf":root \{{ ({TOKEN} )*({TOKEN}) \}}\n"
    rf"@media \(prefers-color-scheme: dark\) \{{ :root \{{ ({TOKEN} )*({TOKEN}) \}} \}}\n"
)
HOSTILE = (
    "#ffffff;}body{display:none",
    "#fff",
    "url(//evil)",
    "red",
    "#ffffff\n}",
    "#ffffff\x00",
    "lora;",
    "8px",
    "}",
    "expression(alert(1))",
    "</style><script>",
)


def assert_grammar(brand: Brand) -> None:
    """The stylesheet holds tokens and nothing else."""
    sheet = stylesheet(brand).decode()
    assert SHEET.fullmatch(sheet)
    assert "url(" not in sheet
    assert "@import" not in sheet
    assert sheet.count("}") == 3
    assert re.fullmatch(r"[0-9a-f]{32}", stylesheet_hash(brand))
