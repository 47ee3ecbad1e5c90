"""What changes in a template where the language runs from right to left.

A name, an address or a number that stands alone in its element would take the direction of the page: `Acme (Inc.)`
lost its last parenthesis to the other end. So what people wrote is put between `<bdi>` and `</bdi>`, when a template is
loaded: pages from left to right pay nothing for it, and no template can forget it. Sentences are left alone; what fills
their places is set apart by `template_messages`.
"""

import re

_TOKEN = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|[<>]", re.DOTALL)
_OUTPUT = re.compile(r"\{\{ ?(?:\w+\.)*(?P<name>\w+)(?:\|join\(\"[^\"]*\"\))? ?\}\}")
# What the fields of views are called that hold what people wrote, a number or an address of theirs.
_NAMES = (
    "address current_name description detail email feature line name number phone support_email support_phone value"
)
_WRITTEN = frozenset(_NAMES.split())
_TITLE = re.compile(r"\{% block title %\}.*?\{% endblock %\}|<title>.*?</title>|<textarea.*?</textarea>", re.DOTALL)


def set_apart(source: str) -> str:
    """The source of an HTML template in which what people wrote finds its own direction."""
    plain = [each.span() for each in _TITLE.finditer(source)]
    parts, position, in_tag = [], 0, False
    for token in _TOKEN.finditer(source):
        if token[0] in "<>":
            in_tag = token[0] == "<"
            continue
        output = _OUTPUT.fullmatch(token[0])
        if in_tag or output is None or output["name"] not in _WRITTEN:
            continue
        if any(start <= token.start() < end for start, end in plain):
            continue
        parts += [source[position : token.start()], "<bdi>", token[0], "</bdi>"]
        position = token.end()
    return "".join([*parts, source[position:]])
